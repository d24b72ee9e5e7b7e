"""What a document is known by: its URL, and the digest of its text."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import select
from sqlalchemy.orm import Session
from tldextract import TLDExtract

from models.document import Document
from pipeline.load.items import storable
from pipeline.records import Extracted
from pipeline.settled import settled

_TRACKING = re.compile(
    r"(utm_|pk_|mtm_|matomo_|hsa_|_hs|mc_[ce]id$|(fb|g|dc|ms|tw|yc|igsh|ttc|wbra|gbra|gc)l?(cl)?id$|igshid$|_ga$|_gl$"
    r"|mkt_tok$|oly_(anon|enc)_id$|vero_id$|s_cid$|ref_src$|cmpid$|at_(medium|campaign)$)",
    re.IGNORECASE,
)
_TWIN = re.compile(r"https?://(www\.)?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def text_digest(text: str) -> str:
    """``sha256:<hex>`` of what the text says: layout, clocks and counters are no change (`pipeline.settled`)."""
    return "sha256:" + hashlib.sha256(settled(text).encode("utf8", "surrogatepass")).hexdigest()


def document_url(url: str, canonical: str | None = None) -> str:
    """The URL that the document is known by: the canonical one where it is on the same site, else its own.

    "The same site" is the same registrable domain (``news.example.co.uk`` and ``www.example.co.uk``), for addresses
    and single-label hosts the same host and port. Fragment and tracking parameters go; scheme and host are lower case.
    """
    return _clean(canonical if canonical and _same_site(url, canonical) else url)


def twins(url: str) -> frozenset[str]:
    """The four spellings of a `document_url` that name one document: ``http`` and ``https``, with and without ``www.``.

    It is one of them, but for what is no URL of the web, which has no twins.
    """
    start = _TWIN.match(url)
    if start is None:
        return frozenset({url})
    rest = url[start.end() :]
    return frozenset(f"{scheme}://{www}{rest}" for scheme in ("http", "https") for www in ("", "www."))


def _clean(url: str) -> str:
    parts = urlsplit(url.strip())
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)]
    # A query that loses nothing stays byte for byte as the site wrote it
    kept = parts.query if len(query) == len(parse_qsl(parts.query, keep_blank_values=True)) else urlencode(query)
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    return urlunsplit((scheme, host.removesuffix(_DEFAULT_PORTS.get(scheme, "\0")), parts.path or "/", kept, ""))


def _same_site(url: str, canonical: str) -> bool:
    try:
        one, other = urlsplit(url), urlsplit(canonical)
        if other.scheme.lower() not in ("http", "https") or not one.hostname or not other.hostname:
            return False
        return _site(one.hostname, one.port) == _site(other.hostname, other.port)
    except ValueError:  # a malformed canonical URL is none
        return False


def _site(host: str, port: int | None) -> str:
    try:
        ip_address(host)
    except ValueError:
        return _suffixes()(host).top_domain_under_public_suffix or f"{host}:{port}"
    return f"{host}:{port}"


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    # The list that the package carries: nothing is fetched, nothing is written
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def is_current(session: Session, url: str, digest: str, extractor: str, analyser: str) -> int | None:
    """The id of the document at `url` (a `document_url`) if exactly this text was read and analysed so; else None.

    Analysis may then be left out: `load_batch` takes the item with ``analysis=None``.
    """
    return session.scalar(
        select(Document.id)
        .where(
            Document.url.in_(twins(url)),
            Document.text_digest == digest,
            Document.extractor == extractor,
            Document.analyser == analyser,
        )
        .order_by(Document.id)
        .limit(1)
    )


def is_read_alike(session: Session, url: str, read: Extracted, analyser: str) -> bool:
    """Whether the document at `url` was analysed so, and read to the letter: text, pages, title, date.

    Its analysis would be the same again, so it may be left out as after `is_current`.
    """
    anchors = [[anchor.start, anchor.end, anchor.page] for anchor in read.anchors]
    row = session.execute(
        select(Document.text, Document.anchors, Document.title, Document.published).where(
            Document.url.in_(twins(url)), Document.text_digest == text_digest(read.text), Document.analyser == analyser
        )
    ).first()
    now = storable(read.text), anchors, storable(read.title or url), read.published
    return row is not None and tuple(row) == now
