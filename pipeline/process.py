"""Archived captures become documents: read, extract, analyse, load; one batch, one transaction.

One bad document never fails its batch: it ends as a failed capture that says why.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.orm import Session

from models.crawl import Capture as CaptureRow
from models.session import read_session, write_session
from pipeline.archive import Archive
from pipeline.claim import WAITING
from pipeline.errors import ArchiveError, PipelineError, one_line, plain_errors
from pipeline.extract import EXTRACTOR, extract
from pipeline.extract.ocr import Ocr
from pipeline.load import LoadItem, document_url, is_current, is_read_alike, load_batch, text_digest
from pipeline.records import Analysis, Capture, Extracted, Text

log = logging.getLogger(__name__)

READABLE = ("ok", "stub")
"""Outcomes of extraction that have a text."""


class Analyses(Protocol):
    """What analyses texts: `pipeline.analyse.Analyser`. Known here by its shape: importing spaCy takes seconds."""

    version: str

    def analyse(self, texts: Iterable[Text], batch_size: int = 32) -> Iterator[Analysis]:
        """Yield one analysis per text, in order."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Captures of a batch by their end: ``new``, ``changed``, ``unchanged``, ``failed``, or still ``waiting``."""

    counts: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: BatchResult) -> BatchResult:
        """Sum of two results."""
        return BatchResult(dict(Counter(self.counts) + Counter(other.counts)))


@dataclass(frozen=True, slots=True)
class _Work:
    """One capture on its way through the stages."""

    id: int
    url: str
    source_id: str
    at: datetime
    extracted: Extracted
    current: bool = False

    @property
    def readable(self) -> bool:
        return self.extracted.outcome in READABLE

    def item(self, analysis: Analysis | None) -> LoadItem:
        return LoadItem(self.id, self.url, self.source_id, self.at, self.extracted, analysis)


def process_batch(
    engine: Engine, archive: Archive, analyser: Analyses, ids: Sequence[int], ocr: Ocr | None = None
) -> BatchResult:
    """Process the captures `ids` that still wait; texts that stand in the database just so are not analysed again.
    With `ocr`, PDF pages that are images are read, too.

    Raises PipelineError where the archive or the database as a whole fails: nothing of the batch is stored then.
    """
    with plain_errors("processing"):
        with read_session(engine) as session:
            rows = _waiting(session, ids)
        # No transaction is open while files are read: extraction may take long.
        work = [_read(archive, row, ocr) for row in rows]
        with read_session(engine) as session:
            work = [_mark_current(session, one, analyser.version) for one in work]
        analyses, broken = _analyse(analyser, [one for one in work if one.readable and not one.current])
        failed = {one.id: reason for one, reason in broken}
        items = [one.item(analyses.get(one.id)) for one in work if one.id not in failed]
        counts, refused = _load(engine, items)
        failed |= refused
        _fail(engine, failed)
    counts["failed"] += len(failed)
    return BatchResult({word: number for word, number in counts.items() if number})


def _waiting(session: Session, ids: Sequence[int]) -> Sequence[CaptureRow]:
    query = select(CaptureRow).where(CaptureRow.id.in_(ids), CaptureRow.state == WAITING).order_by(CaptureRow.id)
    return session.scalars(query).all()


def _read(archive: Archive, row: CaptureRow, ocr: Ocr | None) -> _Work:
    url = row.final_url or row.url
    file, start, length = row.archive_file or "", row.archive_offset or 0, row.archive_length or 0
    hints = row.hint_title, row.hint_published
    extracted = read_record(archive, file, start, length, url=url, media_type=row.media_type, hints=hints, ocr=ocr)
    return _Work(row.id, url, row.source_id, row.at, extracted)


def read_record(
    archive: Archive,
    file: str,
    start: int,
    length: int,
    *,
    url: str,
    media_type: str | None = None,
    hints: tuple[str | None, str | None] = (None, None),
    ocr: Ocr | None = None,
) -> Extracted:
    """Read a record of `length` bytes and extract its payload; one that is missing or damaged is an outcome, too.

    `media_type` is used where the record has none; `hints` are title and date as a feed gives them. Raises
    ArchiveUnreachableError where the archive as a whole cannot be read.
    """
    try:
        headers, body = archive.read(file, start, length)
    except ArchiveError as err:
        log.warning("%s: %s", url, err)
        return Extracted(outcome="damaged", detail=str(err), extractor=EXTRACTOR)
    declared = headers.get("content-type", media_type or "")
    return extract(
        Capture(
            url=url,
            body=body,
            media_type=declared.partition(";")[0].strip().lower() or None,
            charset=charset_of(declared),
            hint_title=hints[0],
            hint_published=hints[1],
        ),
        ocr,
    )


def charset_of(content_type: str) -> str | None:
    """The charset parameter of a Content-Type, if any."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def _mark_current(session: Session, one: _Work, analyser: str) -> _Work:
    if not one.readable:
        return one
    digest = text_digest(one.extracted.text)
    url = document_url(one.url, one.extracted.canonical_url)
    current = is_current(session, url, digest, one.extracted.extractor, analyser) is not None
    current = current or is_read_alike(session, url, one.extracted, analyser)
    return _Work(one.id, one.url, one.source_id, one.at, one.extracted, current)


def _analyse(analyser: Analyses, work: Sequence[_Work]) -> tuple[dict[int, Analysis], list[tuple[_Work, str]]]:
    """Analyse as one batch; if that fails, one by one, so that only the culprit is lost.

    Raises PipelineError where every one of several fails: then it is not the documents.
    """
    try:
        return _analyse_all(analyser, work), []
    except Exception as err:  # noqa: BLE001  # a document may break any component of the analysis; see who it was
        log.warning("analysis of a batch of %d failed (%s), trying one by one", len(work), one_line(err))
    done: dict[int, Analysis] = {}
    broken: list[tuple[_Work, str]] = []
    for one in work:
        try:
            done |= _analyse_all(analyser, [one])
        except Exception as err:  # any component may raise anything; it ends this document alone
            log.exception("analysis of %s failed", one.url)
            broken.append((one, f"analysis: {type(err).__name__}: {one_line(err)}"))
    if len(broken) == len(work) > 1:
        raise PipelineError(f"{broken[0][1]}; so for every document of a batch: mend the analysis and run again")
    return done, broken


def _analyse_all(analyser: Analyses, work: Sequence[_Work]) -> dict[int, Analysis]:
    texts = [
        Text(
            id=str(one.id),
            title=one.extracted.title or "",
            text=one.extracted.text,
            published=one.extracted.published,
            language=one.extracted.language,
            url=one.url,
        )
        for one in work
    ]
    analyses = analyser.analyse(texts, batch_size=len(texts) or 1)
    return {one.id: analysis for one, analysis in zip(work, analyses, strict=True)}


def _load(engine: Engine, items: Sequence[LoadItem]) -> tuple[Counter[str], dict[int, str]]:
    """Load as one transaction; if a row is refused, one by one. Return counts, and why captures were refused."""
    try:
        with write_session(engine) as session:
            return Counter(load_batch(session, items).counts), {}
    except OperationalError:
        raise  # the database as a whole: no document's fault
    except (DBAPIError, StatementError, ValueError) as err:
        if len(items) == 1:
            log.error("loading %s failed: %s", items[0].url, one_line(err))
            return Counter(), {items[0].capture_id: f"load: {one_line(err)}"}
        log.warning("loading a batch of %d failed (%s), trying one by one", len(items), one_line(err))
    counts: Counter[str] = Counter()
    refused: dict[int, str] = {}
    for item in items:
        one, why = _load(engine, [item])
        counts += one
        refused |= why
    return counts, refused


def _fail(engine: Engine, failed: dict[int, str]) -> None:
    if not failed:
        return
    with write_session(engine) as session:
        for capture_id, reason in failed.items():
            values = {"state": "failed", "state_reason": reason, "claimed_by": None, "claimed_at": None}
            session.execute(update(CaptureRow).where(CaptureRow.id == capture_id).values(values))
