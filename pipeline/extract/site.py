"""What a site calls itself, and whether a piece of text is that name: needed to cut it off titles and not to take it
for an author.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.extract import jsonld
from pipeline.extract.page import Page, host

_WORD = re.compile(r"\w+")
_CAPITALS = re.compile(r"\b[^\W\d_]")
_MAX_NAME = 80
# Labels of a host name that name nobody: public suffixes' second level, and what machines are called.
_NO_NAME = frozenset(
    ("www", "com", "co", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob", "gouv", "m", "mobile", "amp", "web",
     "blog", "blogs")
)  # fmt: skip


def site_names(page: Page) -> list[str]:
    """What the site calls itself, the most explicit first: ``og:site_name``, publisher in JSON-LD, application name."""
    found = [page.first_meta("og:site_name"), jsonld.text(page.article.get("publisher"))]
    publisher = page.article.get("publisher")
    if isinstance(publisher, dict) and not publisher.get("name"):
        found.append(jsonld.text(page.by_id.get(str(publisher.get("@id")), {}).get("name")))
    sites = (n for n in page.nodes if jsonld.types(n) & {"website", "newsmediaorganization"})
    found.extend(jsonld.text(node.get("name")) for node in sites)
    found += [page.first_meta("application-name", "apple-mobile-web-app-title"), page.first_meta("twitter:site")]
    return list(dict.fromkeys(n.lstrip("@") for n in found if n and len(n) < _MAX_NAME))


def site_keys(page: Page) -> list[str]:
    """Keys (see `key`) of the site's names and of the telling labels of its host."""
    own = site_names(page)
    names = [key(n) for n in own] + [short for n in own if 2 <= len(short := initials(n)) <= 5]
    name = host(page.url) or host(page.first_meta("og:url"))
    labels = [label for label in name.split(".")[:-1] if label not in _NO_NAME]
    names += [key(name), *(key(label) for label in labels)]
    return [n for n in dict.fromkeys(names) if n]


def is_site(part: str, names: list[str]) -> bool:
    """Is the text one of the names (keys), or one with a little more or less ("heise online")?"""
    wanted = key(part)
    if not wanted or len(wanted) > 60:
        return False
    for name in names:
        if wanted == name:
            return True
        if min(len(name), len(wanted)) > 3 and (
            wanted.startswith(name)
            or (name in wanted and len(name) * 2 >= len(wanted))
            or (wanted in name and len(wanted) * 2 >= len(name))
        ):
            return True
    return False


def initials(text: str) -> str:
    """The key of the first letters of the words: "The Associated Press" may sign as AP."""
    return key("".join(_CAPITALS.findall(re.sub(r"^the\s+", "", text, flags=re.IGNORECASE))))


def key(text: str) -> str:
    """What two spellings of a name or title have in common: letters and digits, case and accents folded."""
    if text.isascii():
        return "".join(_WORD.findall(text.lower())).replace("_", "")
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c)))).replace("_", "")
