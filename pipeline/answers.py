"""Questions that wait for a person, and the person's answers (`models.partnership.Review`). The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from models.base import now
from models.partnership import Organisation, OrganisationAlias, Review
from models.register import RegisterEntry
from pipeline.errors import PipelineError
from pipeline.load.batch import apply_reviews
from pipeline.register.link import link_organisations
from pipeline.register.lookup import is_imported
from pipeline.resolve.names import organisation_key
from pipeline.resolve.registered import CONFLICT, LINK, UNLINKABLE
from pipeline.resolve.reviews import MERGE, SPLIT, review_key

SUBJECTS = (MERGE, SPLIT, LINK, CONFLICT)
STATES = ("open", "accepted", "rejected")


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answer, if any."""

    id: int
    subject: str
    key: str
    names: tuple[str, ...]
    entries: tuple[str, ...]
    """ROR ids that the question is about."""
    why: str
    state: str
    entry: str | None
    """The entry that was chosen."""
    decided_at: datetime | None
    decided_by: str | None


def questions(
    session: Session, state: str | None = "open", subject: str | None = None, limit: int = 50
) -> tuple[int, list[Question]]:
    """Count and list the questions, oldest first; None: of every state, of every subject."""
    wanted = [Review.subject.in_(SUBJECTS) if subject is None else Review.subject == subject]
    if state is not None:
        wanted.append(Review.state == state)
    total = session.scalar(select(func.count()).select_from(Review).where(*wanted)) or 0
    rows = session.scalars(select(Review).where(*wanted).order_by(Review.id).limit(limit))
    return total, [_question(row) for row in rows]


def _question(row: Review) -> Question:
    entries = [one["id"] if isinstance(one, dict) else one for one in row.detail.get("entries", ())]
    return Question(
        row.id, row.subject, row.key, tuple(row.detail.get("names", ())), tuple(entries), row.detail.get("why", ""),
        row.state, row.detail.get("entry"), row.decided_at, row.decided_by,
    )  # fmt: skip


def answer(
    session: Session, ids: Sequence[int], *, accept: bool, entry: str | None = None, by: str | None = None
) -> list[Question]:
    """Answer questions; an earlier answer is replaced. Nothing is applied yet (`apply_answers`).

    Raises PipelineError where a question is not there, or needs (or cannot take) an `entry`, or that is none.
    """
    rows = {row.id: row for row in session.scalars(select(Review).where(Review.id.in_(ids)))}
    for id_ in ids:
        if id_ not in rows:
            raise PipelineError(f"no question {id_}: `pactwatch review list --state all` shows them all")
        _check(session, _question(rows[id_]), accept, entry)
    for row in rows.values():
        detail = {name: value for name, value in row.detail.items() if name != "entry"}
        row.detail = detail | ({"entry": entry} if entry and accept else {})
        row.state, row.decided_at, row.decided_by = "accepted" if accept else "rejected", now(), by
    session.flush()
    return [_question(rows[id_]) for id_ in ids]


def _check(session: Session, question: Question, accept: bool, entry: str | None) -> None:
    about = f"question {question.id} ({question.subject})"
    needs = question.subject in (LINK, CONFLICT)
    if entry and not (needs and accept):
        raise PipelineError(f"{about} takes no entry: leave --entry out")
    if not (needs and accept):
        return
    if not entry:
        raise PipelineError(f"{about} asks which entry: add --entry with one of {', '.join(question.entries)}")
    row = session.get(RegisterEntry, entry)
    if row is None or row.status in UNLINKABLE:
        raise PipelineError(f"{entry} is no entry of the imported register: {about} offers {_offered(question)}")
    if question.subject == CONFLICT and entry not in question.entries:
        raise PipelineError(f"{about} is about other entries: choose one of {_offered(question)}")


def _offered(question: Question) -> str:
    return ", ".join(question.entries)


def decide_pair(
    session: Session, one: str, other: str, *, same: bool, kind: str = "organisation", by: str | None = None
) -> Question:
    """Say, without being asked, that two names are the same organisation, or are two; PipelineError for an unknown one.

    The last word counts: an answer to the opposite is taken back.
    """
    keys = [_known_key(session, name, kind) for name in (one, other)]
    if keys[0] == keys[1]:
        raise PipelineError(f"{one!r} and {other!r} are spellings of one name: name two that differ")
    key = review_key(kind, *keys)
    detail: dict[str, Any] = {"why": "a person's decision", "names": sorted((one, other))}
    merge, split = ("accepted", "rejected") if same else ("rejected", "accepted")
    for subject, state in ((MERGE, merge), (SPLIT, split)):
        about = (Review.subject == subject, Review.key == key)
        values = {"state": state, "decided_at": now(), "decided_by": by}
        if session.scalar(select(Review.id).where(*about)) is not None:
            session.execute(update(Review).where(*about).values(**values))
        elif state == "accepted":
            row = {"subject": subject, "key": key, "detail": detail, "created_at": now()}
            session.execute(insert(Review), [row | values])
    session.expire_all()
    subject = MERGE if same else SPLIT
    return _question(session.scalars(select(Review).where(Review.subject == subject, Review.key == key)).one())


def _known_key(session: Session, name: str, kind: str) -> str:
    key = organisation_key(name)
    known = session.scalar(
        select(OrganisationAlias.id)
        .join(Organisation, Organisation.id == OrganisationAlias.organisation_id)
        .where(OrganisationAlias.key == key, Organisation.type == kind)
        .limit(1)
    )
    if known is None:
        raise PipelineError(f"no {kind} goes by {name!r}: `pactwatch organisations` shows those there are")
    return key


def apply_answers(session: Session, answered: Sequence[Question]) -> None:
    """Let organisations, links and partnerships follow the answers at once. Takes the writer lock."""
    apply_reviews(session)
    if any(question.subject in (LINK, CONFLICT) for question in answered) and is_imported(session):
        link_organisations(session)
