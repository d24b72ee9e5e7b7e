"""One batch: plan, write documents, write what was found, settle the captures. Never commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from pipeline.load.findings import write_findings
from pipeline.load.identity import document_url
from pipeline.load.items import MAX_URL, LoadItem, LoadResult
from pipeline.load.plan import Plan, Verdict, plan
from pipeline.load.revision import Ticket, lock_writer
from pipeline.load.rows import fail_captures, write_captures, write_documents
from pipeline.load.stories import renew, signed
from pipeline.merge.store import Affected, revisit
from pipeline.near import Signed, place, settle

READABLE = ("ok", "stub")


def load_batch(session: Session, items: Iterable[LoadItem]) -> LoadResult:
    """Load what was read and found; the same items again change nothing but `Document.last_seen_at`.

    Takes the writer lock first, so several workers may load at once. The captures must exist; their state is set.
    Raises SQLAlchemy's IntegrityError where a capture or source does not exist: then nothing of the batch is loaded.
    """
    wanted = list(items)
    texts = signed(wanted)  # before the lock: others need not wait for it
    lock_writer(session)
    ticket = Ticket(session)
    failed = [(item, reason) for item in wanted if (reason := _unreadable(item))]
    fail_captures(session, failed)
    counts = Counter({"new": 0, "changed": 0, "unchanged": 0, "failed": len(failed), "waiting": 0})
    ids: dict[int, int] = {}
    refused = {item.capture_id for item, _ in failed}
    rest = [item for item in wanted if item.capture_id not in refused]
    while rest:
        plans, rest = plan(session, rest)
        ids |= _apply(session, plans, texts, ticket)
        counts.update(_outcome(p) for p in plans)
    session.expire_all()
    return LoadResult(dict(counts), ids)


def apply_reviews(session: Session) -> None:
    """Apply what persons decided about organisations since the last batch (`load_batch` does so, too)."""
    lock_writer(session)
    write_findings(session, {}, Affected(), Ticket(session))
    session.expire_all()


def _unreadable(item: LoadItem) -> str | None:
    read = item.extracted
    if read.outcome not in READABLE:
        return f"{read.outcome}: {read.detail}" if read.detail else read.outcome
    if len(document_url(item.url, read.canonical_url)) > MAX_URL:
        return f"URL longer than {MAX_URL} characters"
    return None


def _apply(session: Session, plans: Sequence[Plan], texts: Mapping[str, Signed], ticket: Ticket) -> dict[int, int]:
    stories, fresh = place(session, {p.digest: texts[p.digest] for p in plans if p.verdict.found_anew})
    ids = write_documents(session, plans, stories, ticket)
    moved = settle(session, _texts_touched(plans), fresh, texts)
    affected = Affected()
    reread = {p.standing.id for p in plans if p.standing and p.verdict is Verdict.READING}
    revisit(session, reread | moved, affected)
    found = {ids[p.item.capture_id]: p.item for p in plans if p.verdict.found_anew}
    if found or affected.keys:
        write_findings(session, found, affected, ticket)
    renew(session, moved, ticket)
    write_captures(session, plans, ids)
    return {p.item.capture_id: ids[p.item.capture_id] for p in plans if p.verdict is not Verdict.WAITING}


def _texts_touched(plans: Iterable[Plan]) -> set[str]:
    """Digests of the texts that documents say now or did until now, or say under another date."""
    now = {p.digest for p in plans if p.verdict.found_anew}
    changed = (Verdict.TEXT, Verdict.ANALYSED, Verdict.READING)
    return now | {p.standing.digest for p in plans if p.standing and p.verdict in changed}


def _outcome(p: Plan) -> str:
    if p.verdict is Verdict.WAITING:
        return "waiting"
    if p.verdict is Verdict.NEW:
        return "new"
    return "unchanged" if p.verdict is Verdict.SAME and not p.returns else "changed"
