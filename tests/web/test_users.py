"""Accounts, passwords, API tokens, sessions: without a server, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.base import now
from models.session import write_session
from models.tables import ApiToken, SavedSearch, UserAccount
from search.saved import save
from web.users import accounts, sessions, tokens
from web.users.accounts import UserError
from web.users.passwords import Passwords
from web.users.roles import LOCAL, NOBODY, SHARED, Role, Visitor

PASSWORD = "correct horse battery"
SECRET = b"s" * 32


class Counting(PasswordHasher):
    """Counts what it checks."""

    checked = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  # the name it has there
        self.checked += 1
        return super().verify(hash, password)


def counting() -> Counting:
    return Counting(time_cost=CHEAPEST.time_cost, memory_cost=CHEAPEST.memory_cost, parallelism=1)


@pytest.fixture
def hasher() -> Counting:
    return counting()


@pytest.fixture
def session(engine: Engine, hasher: Counting) -> Iterator[Session]:
    with write_session(engine) as made:
        accounts.add(made, Passwords(hasher), "Anna", PASSWORD, "editor")
        yield made


def test_a_password_is_kept_as_an_argon2id_hash_with_the_recommended_parameters() -> None:
    made = Passwords().hash("pässword of ånna")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().check(made, "pa\u0308ssword of a\u030anna")
    assert not Passwords().check(made, "password of anna")


def test_an_unknown_name_costs_as_many_checks_as_a_wrong_password(session: Session, hasher: Counting) -> None:
    passwords = Passwords(hasher)
    passwords.prepare()
    for name, password in (("anna", "wrong"), ("nobody", PASSWORD), ("\0", PASSWORD)):
        before = hasher.checked
        assert accounts.sign_in(session, passwords, name, password) is None
        assert hasher.checked == before + 1
    found = accounts.sign_in(session, passwords, " ANNA ", PASSWORD)
    assert found is not None and (found.name, found.role) == ("anna", Role.EDITOR)


def test_a_password_is_hashed_anew_at_the_login_after_its_parameters_changed(session: Session) -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    before = accounts.get(session, "anna").password
    assert stronger.outdated(before)
    user = accounts.sign_in(session, stronger, "anna", PASSWORD)
    assert user is not None
    accounts.note_login(session, stronger, user.id, PASSWORD)
    row = accounts.get(session, "anna")
    assert row.password != before and not stronger.outdated(row.password)
    assert row.session_stamp == user.stamp  # who has signed in stays signed in
    assert row.last_login_at is not None and stronger.check(row.password, PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "role", "part"),
    [
        ("anna", PASSWORD, "reader", "there is a user 'anna' already"),
        ("ANNA", PASSWORD, "reader", "there is a user 'anna' already"),
        ("me", PASSWORD, "reader", "stands for everybody"),
        ("", PASSWORD, "reader", "is no name of a user"),
        ("a b", PASSWORD, "reader", "is no name of a user"),
        ("x" * 65, PASSWORD, "reader", "is no name of a user"),
        ("bert", "short", "reader", "10 to 512 characters"),
        ("bert", "x" * 513, "reader", "10 to 512 characters"),
        ("bert-the-best", "Bert-The-Best", "reader", "too easy"),
        ("bert", "aaaaaaaaaaaa", "reader", "too easy"),
        ("bert", PASSWORD, "king", "'king' is no role"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    session: Session, hasher: Counting, *, name: str, password: str, role: str, part: str
) -> None:
    with pytest.raises(UserError, match=part):
        accounts.add(session, Passwords(hasher), name, password, role)
    assert [one.name for one in accounts.listed(session)] == ["anna"]


def test_removing_a_user_takes_their_tokens_and_own_searches_along(session: Session, hasher: Counting) -> None:
    tokens.issue(session, "anna")
    save(session, "mine", "data", owner="anna")
    save(session, "everybody's", "data")
    assert accounts.remove(session, "anna") == 1
    assert session.scalars(select(ApiToken)).all() == []
    assert [row.name for row in session.scalars(select(SavedSearch))] == ["everybody's"]
    assert not accounts.any_users(session)
    with pytest.raises(UserError, match="no user 'anna'"):
        accounts.remove(session, "anna")


def test_a_token_is_kept_as_a_digest_and_names_its_user(session: Session) -> None:
    made, label = tokens.issue(session, "anna")
    other, _ = tokens.issue(session, "anna", "note  book")
    assert label == "token 1" and made != other and len(made) > 40
    kept = session.scalars(select(ApiToken.digest)).all()
    assert all(made not in one and len(one) == 64 for one in kept)
    found = tokens.bearer(session, made)
    assert found is not None and (found[0].name, found[0].role, found[1]) == ("anna", Role.EDITOR, True)
    assert found[0].token_id is not None
    tokens.note_use(session, found[0].token_id)
    again = tokens.bearer(session, made)
    assert again is not None and again[1] is False  # once an hour is enough
    session.get_one(ApiToken, found[0].token_id).last_used_at = now() - timedelta(hours=2)
    later = tokens.bearer(session, made)
    assert later is not None and later[1] is True
    tokens.revoke(session, "anna", "token 1")
    assert tokens.bearer(session, made) is None and tokens.bearer(session, other) is not None
    assert [row.label for row in tokens.listed(session)] == ["note book"]
    for wrong in ("", "x", made + "x", tokens.MARK, "pactwatch_\udcff"):
        assert tokens.bearer(session, wrong) is None


def test_a_token_that_cannot_be_made_or_revoked_is_told(session: Session) -> None:
    tokens.issue(session, "anna", "one")
    for act, part in (
        (lambda: tokens.issue(session, "anna", "one"), "has a token 'one' already"),
        (lambda: tokens.issue(session, "anna", "x" * 65), "at most 64"),
        (lambda: tokens.issue(session, "nobody"), "no user 'nobody'"),
        (lambda: tokens.revoke(session, "anna", "two"), "no token 'two'"),
    ):
        with pytest.raises(UserError, match=part):
            act()
    for _ in range(tokens.MOST - 1):
        tokens.issue(session, "anna")
    with pytest.raises(UserError, match="has 50 tokens"):
        tokens.issue(session, "anna")


def test_a_session_ends_with_time_with_the_stamp_and_with_the_secret() -> None:
    value = sessions.make(SECRET, 7, "stamp", issued=1000)
    assert sessions.user_in(value, at=1000.0) == 7
    assert sessions.user_in(value, at=1000.0 + sessions.LASTS) is None
    assert sessions.user_in(value, at=0.0) is None
    assert sessions.genuine(SECRET, value, "stamp")
    assert not sessions.genuine(SECRET, value, "another stamp")
    assert not sessions.genuine(b"x" * 32, value, "stamp")
    assert not sessions.genuine(SECRET, value.replace("7.", "8.", 1), "stamp")
    assert not sessions.genuine(SECRET, value.replace(".1000.", ".9000."), "stamp")
    for wrong in ("", "7", "7.1000.", "a.b.c", "9" * 40 + ".1." + "0" * 64, value + "0", value + "\n"):
        assert sessions.user_in(wrong, at=1000.0) is None
        assert not sessions.genuine(SECRET, wrong, "stamp")


@pytest.mark.parametrize("change", ["password", "role", "sessions"])
def test_what_changes_an_account_gives_it_another_stamp(session: Session, hasher: Counting, change: str) -> None:
    before = accounts.get(session, "anna").session_stamp
    acts = {
        "password": lambda: accounts.set_password(session, Passwords(hasher), "anna", "another good password"),
        "role": lambda: accounts.set_role(session, "anna", "reader"),
        "sessions": lambda: accounts.end_sessions(session, "anna"),
    }
    acts[change]()
    session.flush()
    assert session.scalars(select(UserAccount.session_stamp)).one() != before


def test_each_role_may_what_the_ones_before_it_may() -> None:
    may = {
        role: [wanted for wanted in Role if Visitor(role, "anna", 1).may(wanted)] for role in (*Role, None)
    }  # fmt: skip
    assert may[Role.READER] == ["reader"] and may[Role.EDITOR] == ["reader", "editor"]
    assert may[Role.ADMIN] == list(Role) and may[None] == []
    anna = Visitor(Role.READER, "anna", 1)
    assert anna.sees("anna") and anna.sees("me") and not anna.sees("bert")
    assert anna.changes("anna") and not anna.changes("me")
    assert Visitor(Role.EDITOR, "anna", 1).changes("me") and not Visitor(Role.ADMIN, "anna", 1).changes("bert")
    assert LOCAL.sees("bert") and LOCAL.changes("bert") and SHARED.changes("me") and not NOBODY.sees("me")
    assert SHARED.sees("me") and not SHARED.sees("bert") and not SHARED.changes("bert")
