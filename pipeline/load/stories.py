"""Stories while documents are loaded: signatures before, revisions after; and texts that an older schema stored."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models.document import Document
from models.session import read_session, write_session
from models.story import StoryText
from pipeline.load.identity import text_digest
from pipeline.load.items import LoadItem
from pipeline.load.revision import Ticket, lock_writer
from pipeline.merge.store import Affected, recompute, revisit
from pipeline.near import Signed, place, settle, sign

log = logging.getLogger(__name__)

BATCH = 100
"""Texts of one transaction of `catch_up`: other writers wait for no longer than it takes."""


def signed(items: Iterable[LoadItem]) -> dict[str, Signed]:
    """Digest and signature of the texts that may have to be stored: those with an analysis."""
    texts = {text_digest(item.extracted.text): item.extracted.text for item in items if item.analysis}
    return {digest: sign(text) for digest, text in texts.items()}


def renew(session: Session, moved: Collection[int], ticket: Ticket) -> None:
    """Give documents whose story has changed a new revision: the index holds it, too."""
    if moved:
        session.execute(update(Document).where(Document.id.in_(moved)).values(revision=ticket.value))


def catch_up(engine: Engine) -> int:
    """Sign the texts that an older version of Pactwatch has stored, and join their stories; how many there were.

    A batch at a time, each in its own transaction; costs one look at an index where there are none.
    """
    number = 0
    while texts := _unsigned(engine):
        number += len(texts)
        _sign_stored(engine, texts)
        log.info("signed %d stored texts", number)
    return number


def _unsigned(engine: Engine) -> Sequence[str]:
    with read_session(engine) as session:
        query = select(StoryText.digest).where(StoryText.signature.is_(None)).order_by(StoryText.id).limit(BATCH)
        return session.scalars(query).all()


def _sign_stored(engine: Engine, digests: Sequence[str]) -> None:
    with read_session(engine) as session:
        rows = session.execute(
            select(Document.id, Document.text_digest, Document.text).where(Document.text_digest.in_(digests))
        ).all()
    texts = {text_digest(text): text for _, _, text in rows}
    made = {digest: sign(text) for digest, text in texts.items()}
    with write_session(engine) as session:
        lock_writer(session)
        ticket = Ticket(session)
        stories, fresh = place(session, made)
        moved = _rekey(session, [(id_, old, text_digest(text)) for id_, old, text in rows], stories)
        moved |= settle(session, {*digests, *made}, fresh, made)
        affected = Affected()
        revisit(session, moved, affected)
        renew(session, moved | recompute(session, affected, ticket), ticket)


def _rekey(session: Session, rows: Iterable[tuple[int, str, str]], stories: dict[str, int]) -> set[int]:
    """Digests by today's rule of what counts as the text; documents that have changed since are passed over."""
    changed = set()
    for id_, old, new in rows:
        if old != new:
            query = update(Document).where(Document.id == id_, Document.text_digest == old)
            result: Any = session.execute(query.values(text_digest=new, story_id=stories[new]))
            changed |= {id_} if result.rowcount else set()
    return changed
