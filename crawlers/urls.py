"""URLs: the form that is requested, the form that tells two apart, and which belong to a source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

TRACKING = re.compile(
    r"^(utm_\w+|mtm_\w+|pk_\w+|itm_\w+|matomo_\w+|hsa_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid"
    r"|ttclid|mc_cid|mc_eid|_hsenc|_hsmi|_ga|_gl|mkt_tok|oly_(anon|enc)_id|vero_id|s_cid|ref_src|cmpid|at_(medium|campaign)"
    r"|phpsessid|aspsessionid\w*|asp\.net_sessionid|jsessionid|cfid|cftoken|session_?id|amp)$",
    re.IGNORECASE,
)
"""Query parameters that say where a reader came from, or which visit it is, or that ask for the AMP page of a document.
Few on purpose: ``id``, ``ref``, ``source`` name documents."""
SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
"""Session ids that stand in the path."""
SID = re.compile(r"^sid=(?=[^&]*\d)[0-9a-z]{20,}$", re.IGNORECASE)
"""``sid`` names documents on some sites; a session's is long and random."""

FILE_SUFFIX = re.compile(r"\.(pdf|docx|pptx|odt|odp|rtf|eml)$", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}
USER = re.compile(r"//[^/?#]*@")
TWIN = re.compile(r"^https?://(?:www\.)?(?=[^/])", re.IGNORECASE)


def clean(url: str, base: str | None = None) -> str:
    """The form in which a URL is requested and reported: absolute, escaped, no fragment, no tracking parameters.

    Raises ValueError where it is not a URL at all (a port that is no number, a broken IPv6 host).
    """
    url = url.strip()
    parts = urlsplit(safe_url_string(urljoin(base, url) if base else url))
    host = (parts.hostname or "").lower()
    if not host:
        return without_user(urlunsplit(parts._replace(fragment="")))
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != DEFAULT_PORTS.get(parts.scheme):
        netloc += f":{parts.port}"
    query = parts.query
    if query:
        pairs = (pair for pair in query.split("&") if not TRACKING.match(pair.partition("=")[0]))
        query = "&".join(pair for pair in pairs if not SID.match(pair))
    path = SESSION.sub("", parts.path) if ";" in parts.path else parts.path
    return urlunsplit((parts.scheme, netloc, path or "/", query, ""))


def without_user(url: str) -> str:
    """A URL without user name and password, even where it is none."""
    return USER.sub("//", url, count=1)


def key(url: str) -> str:
    """What spellings of one URL have in common: escapes, order of parameters, ``www.`` and ``https`` do not count."""
    try:
        return TWIN.sub("//", str(canonicalize_url(url)), count=1)
    except ValueError:  # no URL, but still something that was seen
        return url


def host_of(url: str) -> str:
    """Host in lower case without a leading ``www.``, which no site uses to tell two sites apart."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.")


def netloc_of(url: str) -> str:
    """Host and port in lower case: who answers, or does not."""
    return urlsplit(url).netloc.lower()


def is_file(url: str) -> bool:
    """Whether the path names a file type that becomes a document."""
    return FILE_SUFFIX.search(urlsplit(url).path) is not None


class Scope:
    """Which URLs belong to a source: its hosts, its ``allow`` and ``deny`` patterns."""

    def __init__(self, hosts: Iterable[str], allow: Iterable[str] = (), deny: Iterable[str] = ()) -> None:
        self.hosts = {host.lower().removeprefix("www.") for host in hosts if host}
        self._allow = [re.compile(pattern) for pattern in allow]
        self._deny = [re.compile(pattern) for pattern in deny]

    def refusal(self, url: str, *, patterns: bool = True) -> str | None:
        """Why the URL is not wanted (``scheme``, ``host``, ``pattern``), or None where it is.

        ``patterns=False`` leaves out ``allow``, for files: what a wanted page links to has its own folder.
        """
        if urlsplit(url).scheme not in DEFAULT_PORTS:
            return "scheme"
        if any(pattern.search(url) for pattern in self._deny):
            return "pattern"
        if any(pattern.search(url) for pattern in self._allow):
            return None
        if self._allow and patterns:
            return "pattern"
        return None if host_of(url) in self.hosts else "host"
