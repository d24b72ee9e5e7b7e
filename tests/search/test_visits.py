"""What is new since the last visit: a pure rule, and where it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from models.session import read_session, write_session
from models.tables import UserAccount
from search.visits import PARTNERSHIPS, PAUSE, Look, keep_look, last_look, look, mark, worth_keeping

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_at_the_first_look_nothing_is_new_and_within_a_visit_the_same_stays_new() -> None:
    first = look(None, 5, NOON)
    assert (first.before, first.seen) == (5, 5)
    later = look(first, 8, NOON + timedelta(minutes=10))
    assert (later.before, later.seen) == (5, 8)
    again = look(later, 9, later.at + PAUSE)
    assert (again.before, again.seen) == (5, 9)
    next_day = look(again, 12, again.at + timedelta(days=1))
    assert (next_day.before, next_day.seen) == (9, 12)


def test_a_look_at_another_database_begins_anew() -> None:
    assert look(Look(400, 500, NOON), 7, NOON).before == 7


def test_a_look_that_tells_nothing_more_is_not_kept() -> None:
    one = look(None, 5, NOON)
    assert worth_keeping(None, one)
    assert not worth_keeping(one, look(one, 5, NOON + timedelta(minutes=1)))
    assert worth_keeping(one, look(one, 5, NOON + timedelta(minutes=9)))
    assert worth_keeping(one, look(one, 6, NOON + timedelta(minutes=1)))


def test_looks_are_kept_for_each_user_and_place(engine: Engine) -> None:
    with write_session(engine) as session:
        for name in ("anna", "bert"):
            session.add(UserAccount(name=name, role="reader", password="x", session_stamp="s", feed_stamp="f"))
    with write_session(engine) as session:
        keep_look(session, 1, PARTNERSHIPS, Look(3, 4, NOON))
        mark(session, 1, "saved:7", 9)
    with write_session(engine) as session:
        keep_look(session, 1, PARTNERSHIPS, Look(4, 6, NOON + timedelta(hours=2)))
    with read_session(engine) as session:
        assert last_look(session, 1, PARTNERSHIPS) == Look(4, 6, NOON + timedelta(hours=2))
        marked = last_look(session, 1, "saved:7")
        assert marked is not None and (marked.before, marked.seen) == (9, 9)
        assert last_look(session, 2, PARTNERSHIPS) is None
