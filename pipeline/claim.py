"""Batches of captures are claimed by one worker at a time; the claim of a dead worker ends."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, Select, func, or_, select, update
from sqlalchemy.orm import Session

from models.base import now
from models.crawl import Capture
from models.session import read_session, write_session

WAITING = "fetched"


def claim_batch(
    engine: Engine,
    worker: str,
    size: int,
    expiry_seconds: float,
    max_attempts: int,
    *,
    run_ids: Sequence[str] | None = None,
) -> list[int]:
    """Claim up to `size` waiting captures for `worker`, in its own transaction; return their ids, oldest first.

    A capture whose earlier claim came to nothing is claimed alone, so that one document that kills its worker does not
    take others with it; after `max_attempts` claims it fails for good. An empty list means that nothing is to be had.
    """
    while True:
        with write_session(engine) as session:
            # PostgreSQL: rows that another worker is claiming are passed over. SQLite has one writer at a time anyway.
            free = _free(expiry_seconds, run_ids).limit(size).with_for_update(skip_locked=True)
            rows = session.execute(free).all()
            if not rows:
                return []
            given_up = [capture_id for capture_id, attempts in rows if attempts >= max_attempts]
            _give_up(session, given_up, max_attempts)
            fresh = [capture_id for capture_id, attempts in rows if attempts == 0]
            again = [capture_id for capture_id, attempts in rows if 0 < attempts < max_attempts]
            ids = fresh or again[:1]
            if ids:
                claimed = {"claimed_by": worker, "claimed_at": now(), "attempts": Capture.attempts + 1}
                session.execute(update(Capture).where(Capture.id.in_(ids)).values(claimed))
                return ids


def release(engine: Engine, worker: str, ids: Sequence[int] | None = None, *, counts: bool = True) -> int:
    """End the claims of a worker (on `ids` only, if given) that it did not get done; return how many there were.

    With `counts` false the attempt is not held against the documents: it failed for another reason.
    """
    query = update(Capture).where(Capture.claimed_by == worker, Capture.state == WAITING)
    if ids is not None:
        query = query.where(Capture.id.in_(ids))
    attempts = Capture.attempts - (0 if counts else 1)
    with write_session(engine) as session:
        query = query.values(claimed_by=None, claimed_at=None, attempts=attempts)
        released = session.execute(query.returning(Capture.id))
        return len(released.all())


def release_dead(engine: Engine) -> int:
    """End the claims of workers of this host whose processes are gone, without waiting for expiry; return how many."""
    with read_session(engine) as session:
        claimed = select(Capture.claimed_by).where(Capture.state == WAITING, Capture.claimed_by.is_not(None))
        workers = [name for name in session.scalars(claimed.distinct()) if name]
    return sum(release(engine, worker) for worker in workers if _is_dead(worker))


def worker_name(number: int = 0) -> str:
    """A name that says which process claims: ``HOST:PID:START:NUMBER``; START tells reused process ids apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}:{number}"


def count_waiting(session: Session, run_ids: Sequence[str] | None = None) -> int:
    """Number of captures that wait to be processed, claimed ones included."""
    query = select(func.count()).select_from(Capture).where(Capture.state == WAITING)
    if run_ids is not None:
        query = query.where(Capture.run_id.in_(run_ids))
    return session.scalar(query) or 0


def count_free(session: Session, expiry_seconds: float, run_ids: Sequence[str] | None = None) -> int:
    """Number of waiting captures that nobody has claimed, or whose claim has ended."""
    free = _free(expiry_seconds, run_ids).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(free)) or 0


def waiting_runs(session: Session, run_ids: Sequence[str] | None = None) -> list[str]:
    """The runs that captures wait of."""
    query = select(Capture.run_id).where(Capture.state == WAITING).distinct().order_by(Capture.run_id)
    return list(session.scalars(query if run_ids is None else query.where(Capture.run_id.in_(run_ids))))


def _free(expiry_seconds: float, run_ids: Sequence[str] | None) -> Select[int, int]:
    expired = now() - timedelta(seconds=expiry_seconds)
    query = (
        select(Capture.id, Capture.attempts)
        .where(Capture.state == WAITING, or_(Capture.claimed_at.is_(None), Capture.claimed_at < expired))
        .order_by(Capture.id)
    )
    return query if run_ids is None else query.where(Capture.run_id.in_(run_ids))


def _give_up(session: Session, ids: Sequence[int], max_attempts: int) -> None:
    if ids:
        failed = {"state": "failed", "state_reason": f"gave up after {max_attempts} attempts"}
        query = update(Capture).where(Capture.id.in_(ids))
        session.execute(query.values(**failed, claimed_by=None, claimed_at=None))


def _is_dead(worker: str) -> bool:
    host, _, rest = worker.partition(":")
    pid, _, rest = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _started(int(pid)) != int(rest.partition(":")[0] or 0)


def _started(pid: int) -> int:
    """Clock tick at which a process started (proc(5), field 22 of stat); 0 where the system does not say.

    -1 for a zombie: dead, but nobody has asked for its exit status, as in containers whose first process never does.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf8").rpartition(")")[2].split()
        return -1 if fields[0] in "ZX" else int(fields[19])
    except (OSError, IndexError, ValueError):
        return 0
