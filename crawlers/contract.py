"""The contract between crawling and the pipeline: a job goes in, records and outcomes come out.

Plain data without scrapy, so that `pipeline` may import it. A crawl is `python -m crawlers JOB.json`; everything it
leaves behind lies in the job's folder:

    job.json          what was asked (this module's `Job`)
    known.jsonl       what is known of each URL from earlier crawls (`Known`), one a line
    NNNNN.warc.gz     WARC 1.1: a gzipped response or revisit record per answer that was kept, and its request
    outcomes.jsonl    one `Outcome` a line, written after its record is safely on disk
    done.json         the crawl's own summary (`Done`); absent where the crawl was interrupted
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

JOB_FILE = "job.json"
KNOWN_FILE = "known.jsonl"
OUTCOMES_FILE = "outcomes.jsonl"
DONE_FILE = "done.json"
RECHECK = "recheck"
"""`Outcome.found_on` of a URL that only earlier crawls name: it says nothing of what the source lists today."""

WARC_BYTES = 1_000_000_000
"""Size in bytes at which a new WARC file is begun, where a job says nothing else."""

PACKET_BYTES = 65_536
MOST_LOCKS = 8
"""Size of what is said to `crawlers.host`, and descriptors that go with it."""
MOST_REST = 86_400.0
"""Longest rest in seconds that a host is granted: some ask for years."""
_REST = re.compile(r"the host asks for (\d+) seconds of rest")


def rest_told(seconds: float) -> str:
    """The detail of an outcome whose host asks to be left alone for some time."""
    return f"the host asks for {min(seconds, MOST_REST):.0f} seconds of rest"


def rest_of(detail: str | None) -> float | None:
    """The seconds that `rest_told` tells; None where it is another detail."""
    found = _REST.search(detail or "")
    return float(found[1]) if found else None


class OutcomeKind(StrEnum):
    """What became of a URL; each URL of a crawl ends in exactly one of these."""

    FETCHED = "fetched"
    """A response with a new payload was archived."""
    UNCHANGED = "unchanged"
    """304, or a payload with the digest that was already known; a revisit record says so where that one is archived."""
    FILTERED = "filtered"
    """Not wanted: robots.txt, pattern, media type, size, private address."""
    FAILED = "failed"
    """The server answered, but not with what was asked (4xx, 5xx, redirect loop, empty body, broken feed)."""
    UNREACHABLE = "unreachable"
    """No answer: DNS, refused, TLS, time-out."""


class UrlRole(StrEnum):
    """What a URL was fetched for."""

    DISCOVERY = "discovery"
    """A feed, sitemap or listing: read for its links, archived, but no document of its own."""
    DOCUMENT = "document"
    """A page or file that becomes a document."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the archive holds a payload: a response record (never a revisit), by its URL, its date and its place."""

    url: str
    at: str
    """As in the record: UTC in ISO 8601."""
    file: str
    """Relative to the archive's root."""
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier crawls know of a URL: its validators and the digest (``sha256:<hex>``) of its last payload."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    entries: str | None = None
    """Digest of a feed's entries, which stay the same where only the hour of the feed changes."""
    recheck: bool = False
    """Ask for it even if no feed, sitemap or listing names it any more: has the page changed, or gone?"""
    stored: Stored | None = None
    """Where the payload with `digest` is archived, if it is: what is unchanged becomes a revisit of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one crawl. Times in seconds, sizes in bytes."""

    max_pages: int = 2000
    max_depth: int = 3
    max_seconds: float = 3600.0
    max_total_bytes: int = 5_000_000_000
    """Bytes of all answers together."""
    max_body_bytes: int = 50_000_000
    timeout: float = 30.0
    delay: float = 1.0
    """Least time between two requests to one host."""
    per_host: int = 2
    """Requests under way to one host at once."""
    retries: int = 2


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the crawls of one run may use up together. 0: no bound."""

    file: str
    """Where they keep count: two numbers, pages and bytes."""
    pages: int = 0
    bytes: int = 0
    until: float = 0.0
    """Seconds since the epoch."""

    def spend(self, pages: int = 0, size: int = 0) -> str | None:
        """Add to the count; which bound is reached by now, if one is: ``run-pages``, ``run-bytes``, ``run-minutes``.

        Crawls are processes of their own: the file is locked meanwhile. Raises OSError where it cannot be written.
        """
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            kept = os.pread(descriptor, _COUNT.size, 0)
            all_pages, all_bytes = _COUNT.unpack(kept) if len(kept) == _COUNT.size else (0, 0)
            if pages or size:
                os.pwrite(descriptor, _COUNT.pack(all_pages + pages, all_bytes + size), 0)
        finally:
            os.close(descriptor)
        if self.pages and all_pages + pages >= self.pages:
            return "run-pages"
        if self.bytes and all_bytes + size >= self.bytes:
            return "run-bytes"
        return "run-minutes" if self.until and time.time() >= self.until else None


_COUNT = struct.Struct("<qq")


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl of one source. ``source`` is the declaration as plain data (`config.sources.Source.model_dump`)."""

    run_id: str
    folder: str
    source: dict[str, Any]
    user_agent: str
    limits: Limits = field(default_factory=Limits)
    allow_private: bool = False
    probe: bool = False
    """A first look: the start URLs are fetched whatever they are, and nothing that they name is followed."""
    allowance: Allowance | None = None
    """What is left to the run that this crawl is part of."""
    since: str | None = None
    """ISO date: go back through feeds, sitemaps and listings to it, for documents that are not known yet."""
    warc_bytes: int = WARC_BYTES
    """Size in bytes at which a new WARC file is begun."""
    chromium: str | None = None
    """Path or name of the browser, for a source that asks for rendering; none: found by its usual names."""

    def write(self, known: Iterable[Known] = ()) -> Path:
        """Write job.json and known.jsonl into the folder; return the path of job.json."""
        folder = Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / KNOWN_FILE).open("w", encoding="utf8") as out:
            out.writelines(json.dumps(asdict(k)) + "\n" for k in known)
        path = folder / JOB_FILE
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf8")
        return path

    @classmethod
    def read(cls, path: Path) -> Job:
        """Read job.json; raises ValueError naming the file where it is not a job."""
        try:
            data = json.loads(path.read_text(encoding="utf8"))
            shared = data.get("allowance")
            plain = {"limits": Limits(**data["limits"]), "allowance": Allowance(**shared) if shared else None}
            return cls(**{**data, **plain})
        except (KeyError, TypeError, json.JSONDecodeError) as err:
            raise ValueError(f"{path}: not a crawl job: {err}") from err


def read_known(folder: Path) -> dict[str, Known]:
    """Read known.jsonl of a job's folder into {url: Known}; empty where there is none."""
    path = folder / KNOWN_FILE
    if not path.exists():
        return {}
    with path.open(encoding="utf8") as lines:
        return {k.url: k for k in (_known(json.loads(line)) for line in lines if line.strip())}


def _known(data: dict[str, Any]) -> Known:
    stored = data.get("stored")
    return Known(**{**data, "stored": Stored(**stored) if stored else None})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one URL. Times are UTC in ISO 8601 with a trailing ``Z``; sizes are bytes.

    ``reason`` is a short stable word (``robots``, ``status-404``, ``dns``, ``timeout``, ``too-large``, …), ``detail``
    is for people. ``warc``, ``offset`` and ``length`` say where the record lies in the job's folder: a response
    where FETCHED, a revisit where UNCHANGED has one; others have none.
    """

    url: str
    outcome: OutcomeKind
    role: UrlRole
    at: str
    reason: str | None = None
    detail: str | None = None
    status: int | None = None
    final_url: str | None = None
    media_type: str | None = None
    size: int | None = None
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    found_on: str | None = None
    """URL of what named it, or `RECHECK`; none for a start URL."""
    hint_title: str | None = None
    hint_published: str | None = None
    """What the feed or sitemap said of the URL; a hint, never a fact."""
    entries: str | None = None
    """``sha256:<hex>`` of what the entries of a feed say."""
    signals: str | None = None
    """What the site says of the use of a document: some of ``noai``, ``nofollow``, ``noindex``, ``tdm``, with blanks
    between (`crawlers.signals`)."""
    warc: str | None = None
    offset: int | None = None
    length: int | None = None

    def line(self) -> str:
        """One JSON line, newline included; empty fields left out."""
        return json.dumps({k: v for k, v in asdict(self).items() if v is not None}, ensure_ascii=False) + "\n"


def read_outcomes(path: Path, start: int = 0) -> Iterator[Outcome]:
    """Yield the outcomes of a file from byte ``start`` on.

    A last line without its newline is what a killed crawl leaves: it is passed over, its URL counts as not fetched.
    """
    for raw in read_lines(path, start):
        yield parse_outcome(raw)


def read_lines(path: Path, start: int = 0) -> Iterator[bytes]:
    """Yield the whole lines of outcomes.jsonl from byte ``start`` on, as bytes, newline included."""
    with path.open("rb") as lines:
        lines.seek(start)
        for raw in lines:
            if not raw.endswith(b"\n"):
                return
            yield raw


def parse_outcome(raw: bytes) -> Outcome:
    """Read one line of outcomes.jsonl; raises ValueError where it is none."""
    try:
        data = json.loads(raw)
        return Outcome(**{**data, "outcome": OutcomeKind(data["outcome"]), "role": UrlRole(data["role"])})
    except (KeyError, TypeError) as err:
        raise ValueError(f"not an outcome: {err}") from err


@dataclass(frozen=True, slots=True)
class Done:
    """The crawl's own summary: why it ended and how many URLs had which outcome."""

    run_id: str
    reason: str
    started_at: str
    finished_at: str
    counts: dict[str, int]
    way: int = 0
    """Which of the source's ways gave documents, or was the last one tried; 0 is its own, 1 the first fallback."""
    gave: list[str] = field(default_factory=list)
    """What became of each way that was tried: ``used``, ``empty``, or why it could not be read."""
    since: str | None = None
    """As in the job: a crawl that goes back need not find anything."""
