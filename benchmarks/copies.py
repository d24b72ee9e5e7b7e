"""Copies of known strength, and what is no copy, made from real posts and the sample texts; seeded."""

from __future__ import annotations

import gzip
import json
import random
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

POSTS = Path("../shared/corpora/posts/posts.jsonl.gz")
SAMPLES = Path("samples/content")
ORIGINALS = 500
"""Texts that are copied; the others are loaded as they are."""
LEAST_WORDS = 60
OTHERS = 8
"""Texts that foreign words and paragraphs are taken from, so that there is enough of them for any edit."""

Edit = Callable[[list[str], list[str], random.Random], str]
"""Paragraphs of the text, paragraphs of others, chance: the edited text."""


@dataclass(frozen=True, slots=True)
class Made:
    """A text, the text it was made from, by which edit (empty: none), and whether a reader would call it a copy."""

    text: str
    origin: str
    how: str
    copy: bool
    published: str | None


def originals() -> list[Made]:
    """The posts, and the paragraphs of the sample pages where they are long enough."""
    with gzip.open(POSTS, "rt", encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [Made(row["text"], row["id"], "", True, row["date"] and row["date"][:10]) for row in rows]
    for path in sorted(SAMPLES.rglob("*.md")) + sorted(SAMPLES.rglob("*.html")):
        text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf8"))
        found.append(Made(text, str(path), "", True, "2021-04-05"))
    return [one for one in found if len(one.text.split()) >= LEAST_WORDS]


def material(seed: int, chosen: Sequence[Made] | None = None, copied: int = ORIGINALS) -> list[Made]:
    """All originals (or those chosen) and every edit of so many of them."""
    chance = random.Random(seed)
    every = originals() if chosen is None else list(chosen)
    made = list(every)
    for one in chance.sample(every, min(copied, len(every))):
        others = [other for other in chance.sample(every, OTHERS) if other.origin != one.origin]
        foreign = [part for other in others for part in _paragraphs(other.text)]
        for how, (edit, copy) in EDITS.items():
            text = edit(_paragraphs(one.text), foreign, chance)
            later = timedelta(days=chance.randint(0, 20))
            day = (date.fromisoformat(one.published) + later).isoformat() if one.published else None
            made.append(Made(text, one.origin, how, copy, day))
    return made


def exact(one: str, other: str) -> float:
    """Jaccard similarity of the sets of three words in a row; an implementation apart from the one measured."""
    first, second = _triples(one), _triples(other)
    return len(first & second) / max(1, len(first | second))


@lru_cache(maxsize=64)
def _triples(text: str) -> set[tuple[str, str, str]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _words(share: float) -> Edit:
    """So large a share of the words is replaced by words of others, at random places."""

    def edit(own: list[str], other: list[str], chance: random.Random) -> str:
        foreign = " ".join(other).split()
        words = [part.split(" ") for part in own]
        places = [(i, j) for i, part in enumerate(words) for j in range(len(part))]
        for i, j in chance.sample(places, max(1, round(share * len(places)))):
            words[i][j] = chance.choice(foreign)
        return "\n\n".join(" ".join(part) for part in words)

    return edit


def _beside(share: float, *, before: bool) -> Edit:
    """Words of others, so large a share of the own ones, as a paragraph before or behind."""

    def edit(own: list[str], other: list[str], chance: random.Random) -> str:
        length = len(" ".join(own).split())
        local = " ".join(" ".join(other).split()[: max(8, round(share * length))])
        return "\n\n".join([local, *own] if before else [*own, local])

    return edit


def _headline(own: list[str], other: list[str], chance: random.Random) -> str:
    return "\n\n".join([" ".join(" ".join(other).split()[:9]).title(), *own])


def _cut(own: list[str], other: list[str], chance: random.Random) -> str:
    words = " ".join(own).split()
    return " ".join(words[: -max(5, len(words) // 10)])


def _amp(own: list[str], other: list[str], chance: random.Random) -> str:
    marks = f"{chance.randint(2, 50)} minutes ago\n{chance.randint(100, 9000)} views\nShare\nPrint this page\n"
    return marks + "\n\n".join(own) + "\nRelated articles\n" + "\n".join(part[:60] for part in other[:4])


def _pdf(own: list[str], other: list[str], chance: random.Random) -> str:
    lines = [line for part in own for line in textwrap.wrap(part, 78)]
    pages = [lines[at : at + 45] for at in range(0, len(lines), 45)]
    header = " ".join(own[0].split()[:5])
    return "\n".join("\n".join([header, *page, f"Page {n} of {len(pages)}"]) for n, page in enumerate(pages, 1))


def _typography(own: list[str], other: list[str], chance: random.Random) -> str:
    changed = "\n".join(own).replace('"', "”").replace("'", "’").replace(" - ", " — ")
    return re.sub(r"\b(\w{12,})\b", lambda long: long[0][:6] + "\u00ad" + long[0][6:], changed)


def _half(own: list[str], other: list[str], chance: random.Random) -> str:
    mine, theirs = " ".join(own).split(), " ".join(other).split()
    return " ".join(mine[: len(mine) // 2] + theirs[: len(mine) // 2])


def _newsletter(own: list[str], other: list[str], chance: random.Random) -> str:
    length = len(" ".join(own).split())
    return "\n\n".join(own) + "\n\n" + " ".join(" ".join(other).split()[: 2 * length])


EDITS: dict[str, tuple[Edit, bool]] = {
    "words 1 %": (_words(0.01), True),
    "words 2 %": (_words(0.02), True),
    "words 3 %": (_words(0.03), True),
    "words 15 %": (_words(0.15), False),
    "words 40 %": (_words(0.40), False),
    "another headline": (_headline, True),
    "local first paragraph": (_beside(0.15, before=True), True),
    "long local paragraph": (_beside(0.40, before=True), True),
    "own last paragraph": (_beside(0.10, before=False), True),
    "last tenth cut": (_cut, True),
    "AMP twin": (_amp, True),
    "PDF of the page": (_pdf, True),
    "typography": (_typography, True),
    "half of another": (_half, False),
    "in a newsletter": (_newsletter, False),
}
