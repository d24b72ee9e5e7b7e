"""Signing in, tokens, roles and keys of feeds, through the real server as browsers and programs do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from sqlalchemy import Engine, select

from config.settings import load
from models.session import read_session, write_session
from models.tables import UserAccount
from search.index import open_index, refresh
from search.saved import save
from tests.search.factories import World
from tests.web.serving import PATIENCE, browsing, eventually
from tests.web.test_saved import Crawls, token
from tests.web.test_users import PASSWORD, counting
from web.app import create_app
from web.users import accounts, sessions, tokens
from web.users.passwords import Passwords

USERS = (("anna", "reader"), ("bert", "editor"), ("cleo", "admin"))
SHARED = "t" * 32


class Gate:
    """A served application with users, and what a test changes about it."""

    def __init__(self, client: httpx.Client, engine: Engine, folder: Path, crawls: Crawls) -> None:
        self.client, self.engine, self.folder, self.crawls = client, engine, folder, crawls

    def visitor(self) -> httpx.Client:
        return httpx.Client(base_url=self.client.base_url, timeout=PATIENCE)

    def sign_in(self, client: httpx.Client, name: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
        form = {"token": token(client, "/login"), "name": name, "password": password}
        return client.post("/login", data=form | more)

    def used(self, name: str) -> bool:
        with read_session(self.engine) as session:
            return tokens.listed(session, name)[0].last_used_at is not None

    def api_token(self, name: str) -> str:
        with write_session(self.engine) as session:
            return tokens.issue(session, name)[0]


def application(engine: Engine, folder: Path, **more: Any) -> Any:
    settings = load(data_dir=folder, database_url="")
    return create_app(settings, engine, open_index(engine, settings.index), passwords=Passwords(counting()), **more)


def add_users(engine: Engine) -> None:
    with write_session(engine) as session:
        for name, role in USERS:
            accounts.add(session, Passwords(counting()), name, PASSWORD, role)


@pytest.fixture
def gate(own: Engine, tmp_path: Path) -> Iterator[Gate]:
    crawls = Crawls()
    add_users(own)
    with browsing(application(own, tmp_path, crawls=crawls, closed=True)) as client:
        yield Gate(client, own, tmp_path, crawls)


def test_whoever_has_not_signed_in_is_sent_to_the_login_and_back(gate: Gate) -> None:
    answer = gate.client.get("/partnerships?kind=mou")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/partnerships%3Fkind%3Dmou")
    assert "content-security-policy" in answer.headers
    page = gate.client.get(answer.headers["location"])
    assert page.status_code == 200 and 'name="next" value="/partnerships?kind=mou"' in page.text
    assert gate.client.get("/static/style.css").status_code == 200
    for path in ("/api/v1/themes", "/api/v1/openapi.json", "/saved/1.json"):
        problem = gate.client.get(path)
        assert (problem.status_code, problem.headers["content-type"]) == (401, "application/problem+json")
    assert gate.client.post("/crawls", data={"target": "courier"}).status_code == 401
    done = gate.sign_in(gate.client, "anna", next="/partnerships?kind=mou")
    assert (done.status_code, done.headers["location"]) == (303, "/partnerships?kind=mou")
    cookie = next(one for one in done.headers.get_list("set-cookie") if one.startswith(sessions.COOKIE))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=1209600" in cookie and "Secure" not in cookie
    seen = gate.client.get("/partnerships")
    assert seen.status_code == 200 and 'href="/account"' in seen.text and "private" in seen.headers["cache-control"]
    assert gate.client.get("/api/v1/themes").status_code == 200
    assert gate.client.get("/login").headers["location"] == "/"


def test_the_login_leads_back_to_an_address_with_letters_of_other_alphabets(gate: Gate) -> None:
    page = gate.client.get(gate.client.get("/sources/caf%C3%A9%20?q=%C3%A9").headers["location"])
    onward = "/sources/caf%C3%A9%20?q=%C3%A9"
    assert f'name="next" value="{onward}"' in page.text
    assert gate.sign_in(gate.client, "anna", next=onward).headers["location"] == onward


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", "/a b", "/login", ""])
def test_the_login_leads_to_pages_of_ours_alone(gate: Gate, onward: str) -> None:
    assert gate.sign_in(gate.client, "anna", next=onward).headers["location"] == "/"


def test_behind_a_proxy_with_tls_the_cookies_are_secure(gate: Gate) -> None:
    gate.client.headers["X-Forwarded-Proto"] = "https"
    form = gate.client.get("/login")
    held = re.search(r'name="token" value="(\w+)"', form.text)
    visit = form.headers["set-cookie"]
    assert held and "Secure" in visit
    data = {"token": held[1], "name": "anna", "password": PASSWORD}
    done = gate.client.post("/login", data=data, headers={"Cookie": visit.partition(";")[0]})
    assert done.status_code == 303 and "Secure" in done.headers["set-cookie"]


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer_and_soon_none(gate: Gate) -> None:
    def plain(answer: httpx.Response, name: str) -> str:
        return re.sub(r'name="token" value="\w+"', "", answer.text).replace(f'value="{name}"', "")

    one, other = gate.sign_in(gate.client, "anna", "wrong"), gate.sign_in(gate.client, "nobody", "wrong")
    assert one.status_code == other.status_code == 401
    assert plain(one, "anna") == plain(other, "nobody")
    assert "do not belong together" in one.text and sessions.COOKIE not in gate.client.cookies
    for _ in range(5):
        assert gate.sign_in(gate.client, "anna", "wrong").status_code == 401
    assert gate.sign_in(gate.client, "anna").status_code == 303  # which does not count as one of the eight
    with gate.visitor() as guesser:
        assert gate.sign_in(guesser, "bert", "wrong").status_code == 401
        late = gate.sign_in(guesser, "bert")
        assert late.status_code == 429 and 0 < int(late.headers["retry-after"]) <= 20
    assert gate.client.get("/").status_code == 200


def test_the_login_takes_forms_of_ours_alone(gate: Gate) -> None:
    form = {"name": "anna", "password": PASSWORD}
    assert gate.client.post("/login", data=form).status_code == 403
    held = token(gate.client, "/login")
    sent = form | {"token": held}
    assert gate.client.post("/login", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    with gate.visitor() as stranger:
        assert stranger.post("/login", data=sent).status_code == 403


@pytest.mark.parametrize("change", ["password", "role", "removal", "sessions", "logout", "forgery", "age"])
def test_a_session_ends(gate: Gate, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.sign_in(gate.client, "anna")
    assert gate.client.get("/api/v1/themes").status_code == 200
    with write_session(gate.engine) as session:
        if change == "password":
            accounts.set_password(session, Passwords(counting()), "anna", "another good password")
        elif change == "role":
            accounts.set_role(session, "anna", "admin")
        elif change == "removal":
            accounts.remove(session, "anna")
    if change == "sessions":
        done = gate.client.post("/account/sessions", data={"token": token(gate.client, "/account")})
        assert done.headers["location"] == "/login"
    elif change == "logout":
        assert gate.client.post("/logout", data={"token": token(gate.client, "/account")}).status_code == 303
        assert sessions.COOKIE not in gate.client.cookies
    elif change == "forgery":
        value = gate.client.cookies[sessions.COOKIE]
        gate.client.cookies.delete(sessions.COOKIE)
        gate.client.cookies.set(sessions.COOKIE, value[:-1] + ("0" if value[-1] != "0" else "1"))
    elif change == "age":
        monkeypatch.setattr(sessions, "LASTS", -1)
    assert gate.client.get("/api/v1/themes").status_code == 401
    assert gate.client.get("/account").headers["location"] == "/login?next=/account"


def test_a_program_asks_with_the_token_of_a_user_until_it_is_revoked(gate: Gate) -> None:
    made = gate.api_token("anna")
    bearer = {"Authorization": f"Bearer {made}"}
    assert gate.client.get("/api/v1/themes", headers=bearer).status_code == 200
    assert gate.client.get("/partnerships", auth=("anybody", made)).status_code == 200
    address = str(gate.client.base_url.join("/api/v1/organisations.csv"))
    frame = pd.read_csv(address, comment="#", encoding="utf-8-sig", storage_options=bearer)
    assert "EIT Health" in set(frame["name"])
    eventually(lambda: gate.used("anna"))
    with write_session(gate.engine) as session:
        tokens.revoke(session, "anna", "token 1")
    answer = gate.client.get("/api/v1/themes", headers=bearer)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    statuses = [gate.client.get("/", headers=bearer).status_code for _ in range(12)]
    assert statuses[0] == 401 and statuses[-1] == 429


def test_a_reader_reads_an_editor_starts_crawls_an_admin_manages_users(gate: Gate) -> None:
    may_crawl, may_manage = {}, {}
    for name, role in USERS:
        with gate.visitor() as client:
            gate.sign_in(client, name)
            held = token(client, "/saved")
            may_crawl[role] = client.post("/crawls", data={"token": held, "target": "courier"}).status_code
            assert ("<form" in client.get("/crawls").text.partition("<main")[2]) == (role != "reader")
            assert ("Crawl a source" in client.get("/sources").text) == (role != "reader")
            may_manage[role] = client.get("/users").status_code
    assert may_crawl == {"reader": 403, "editor": 303, "admin": 303} and len(gate.crawls.asked) == 2
    assert may_manage == {"reader": 403, "editor": 403, "admin": 200}


def test_an_admin_adds_changes_and_removes_users_but_not_themselves(gate: Gate) -> None:
    gate.sign_in(gate.client, "cleo")
    held = token(gate.client, "/users")

    def change(**form: str) -> httpx.Response:
        return gate.client.post("/users", data={"token": held} | form)

    added = {"what": "add", "name": "Dora", "password": f" {PASSWORD} ", "role": "reader"}
    assert change(**added).headers["location"] == "/users"
    with gate.visitor() as dora:
        assert gate.sign_in(dora, "dora").status_code == 401  # the blanks at its ends are part of a password
        assert gate.sign_in(dora, "dora", f" {PASSWORD} ").status_code == 303
        assert change(what="role", name="dora", role="editor").status_code == 303
        assert dora.get("/api/v1/themes").status_code == 401
        assert dora.post("/users", data={"token": token(dora, "/login"), "what": "remove"}).status_code == 401
    assert change(what="password", name="dora", password="another good password").status_code == 303
    assert change(what="remove", name="dora").status_code == 303
    for wrong, part in (
        ({"what": "remove", "name": "cleo"}, "another admin"),
        ({"what": "role", "name": "Cleo", "role": "reader"}, "another admin"),
        ({"what": "add", "name": "x y"}, "is no name"),
        ({"what": "role", "name": "anna", "role": "king"}, "is no role"),
        ({"what": "nonsense"}, "cannot be done"),
    ):
        answer = change(**wrong)
        assert answer.status_code == 400 and part in answer.text


def test_users_change_their_own_password_and_tokens(gate: Gate) -> None:
    client = gate.client
    gate.sign_in(client, "anna")
    held = token(client, "/account")
    page = client.post("/account/tokens", data={"token": held, "label": "<b>notes</b>"})
    shown = re.search(r">(pactwatch_[\w-]+)<", page.text)
    assert shown and "&lt;b&gt;notes" in page.text and page.headers["cache-control"] == "no-store"
    assert shown[1] not in client.get("/account").text
    with gate.visitor() as program:
        assert program.get("/api/v1/themes", headers={"Authorization": f"Bearer {shown[1]}"}).status_code == 200
        # A token is no way to more tokens, or to another password.
        assert program.get("/account", headers={"Authorization": f"Bearer {shown[1]}"}).status_code == 403
    assert "already" in client.post("/account/tokens", data={"token": held, "label": "<b>notes</b>"}).text
    assert client.post("/account/tokens/revoke", data={"token": held, "label": "<b>notes</b>"}).status_code == 303
    form = {"token": held, "password": PASSWORD, "new": "another good password", "again": "another good password"}
    for wrong, part in (
        ({"again": "else"}, "two ways"),
        ({"password": "wrong"}, "is wrong"),
        ({"new": "short", "again": "short"}, "10 to 512"),
    ):
        answer = client.post("/account/password", data=form | wrong)
        assert answer.status_code == 400 and part in answer.text
    with gate.visitor() as elsewhere:
        gate.sign_in(elsewhere, "anna")
        assert client.post("/account/password", data=form).status_code == 303
        assert client.get("/account").status_code == 200
        assert elsewhere.get("/api/v1/themes").status_code == 401


def keep(client: httpx.Client, name: str, **more: str) -> int:
    form = {"token": token(client, "/saved"), "name": name, "query": "memorandum", "about": "documents"}
    assert client.post("/saved", data=form | more).headers["location"] == "/saved"
    found = re.search(rf'href="/saved/(\d+)">{name}<', client.get("/saved").text)
    assert found is not None
    return int(found[1])


def test_saved_searches_are_their_owners_and_some_are_everybodys(gate: Gate) -> None:
    with write_session(gate.engine) as session:
        old = save(session, "From before", "memorandum").id
    with gate.visitor() as anna, gate.visitor() as bert:
        gate.sign_in(anna, "anna")
        gate.sign_in(bert, "bert")
        hers, his = keep(anna, "Hers"), keep(bert, "His")
        shared = keep(bert, "Ours", shared="1")
        assert anna.post("/saved", data={"token": token(anna, "/saved"), "name": "x", "shared": "1"}).status_code == 403
        page = anna.get("/saved").text
        assert [name in page for name in ("Hers", "Ours", "From before", "His<")] == [True, True, True, False]
        for path in (f"/saved/{his}", f"/saved/{his}.atom"):
            assert anna.get(path).status_code == 404
        held = token(anna, "/saved")
        assert [
            anna.post(f"/saved/{one}/remove", data={"token": held}).status_code for one in (his, shared, old, hers)
        ] == [404, 403, 403, 303]
        World(gate.engine).document("Another memorandum", "It is new.", source="courier")
        refresh(gate.engine, gate.folder / "index")
        assert anna.post(f"/saved/{shared}/seen", data={"token": held}).status_code == 303

        def new(client: httpx.Client) -> dict[str, int]:
            rows = re.findall(r'href="/saved/\d+">([^<]+)<.*?class="num">(\d+)<', client.get("/saved").text, re.DOTALL)
            return {name: int(count) for name, count in rows}

        assert new(anna) == {"Ours": 0, "From before": 1}
        assert new(bert) == {"Ours": 1, "From before": 1, "His": 1}
        assert bert.post(f"/saved/{old}/remove", data={"token": token(bert, "/saved")}).status_code == 303


def test_the_address_of_a_feed_holds_a_key_that_can_be_ended(gate: Gate) -> None:
    with gate.visitor() as anna, gate.visitor() as reader:
        gate.sign_in(anna, "anna")
        number = keep(anna, "Hers")
        feed = re.search(rf'"(/saved/{number}\.atom\?key=\d+-[0-9a-f]{{40}})"', anna.get("/saved").text)
        assert feed is not None
        answer = reader.get(feed[1])
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/atom+xml")
        assert f'rel="self" href="{str(reader.base_url).rstrip("/")}{feed[1]}"' in answer.text.replace("&amp;", "&")
        assert (
            reader.get(feed[1].replace(".atom", ".json")).json()["feed_url"].endswith(feed[1][-60:].rpartition("=")[2])
        )
        key = feed[1].rpartition("=")[2]
        last = "0" if key[-1] != "0" else "1"
        for wrong in ("", "?key=", f"?key={key[:-1]}{last}", f"?key=9{key}", "?key=0-" + "0" * 40, "?key=x"):
            assert reader.get(f"/saved/{number}.atom{wrong}").status_code == 401
        other = keep(anna, "Other")
        assert reader.get(f"/saved/{other}.atom?key={key}").status_code == 401
        assert reader.get(f"/saved/999.atom?key={key}").status_code == 401
        made = gate.api_token("anna")
        assert reader.get(f"/saved/{number}.atom", auth=("anna", made)).status_code == 200
        assert reader.get(f"/saved/{number}.atom", auth=("bert", gate.api_token("bert"))).status_code == 404
        assert anna.post("/account/feeds", data={"token": token(anna, "/account")}).status_code == 303
        assert reader.get(feed[1]).status_code == 401
        assert anna.get(f"/saved/{number}.atom").status_code == 200


def test_the_shared_token_works_beside_users_and_feeds_by_it_have_keys_too(own: Engine, tmp_path: Path) -> None:
    add_users(own)
    with write_session(own) as session:
        number = save(session, "Ours", "memorandum").id
        private = save(session, "Annas alone", "memorandum", owner="anna").id
    with browsing(application(own, tmp_path, token=SHARED)) as client:
        assert client.get("/").headers["location"] == "/login?next=/"
        assert client.get("/login").status_code == 200 and client.get("/static/style.css").status_code == 200
        assert client.get("/", auth=("anybody", SHARED)).status_code == 200
        page = client.get("/saved", headers={"Authorization": f"Bearer {SHARED}"}).text
        feed = re.search(rf'"(/saved/{number}\.atom\?key=0-[0-9a-f]{{40}})"', page)
        assert feed is not None and client.get(feed[1]).status_code == 200
        assert "Annas alone" not in page  # what users keep for themselves it does not open
        for path in (f"/saved/{private}", f"/saved/{private}.atom"):
            assert client.get(path, auth=("anybody", SHARED)).status_code == 404
        assert client.get("/users", auth=("anybody", SHARED)).status_code == 403
    with browsing(application(own, tmp_path, token="u" * 32, secret=b"x" * 32)) as client:
        assert client.get(feed[1]).status_code == 401


def test_a_closed_server_stays_closed_when_its_last_user_is_gone(gate: Gate) -> None:
    with write_session(gate.engine) as session:
        for name in session.scalars(select(UserAccount.name)).all():
            accounts.remove(session, name)
    answer = gate.client.get("/api/v1/themes")
    assert answer.status_code == 401 and "no user is left" in answer.json()["detail"]
    assert gate.client.get("/").status_code == 401


def test_an_open_server_asks_for_nothing_until_there_is_a_user(own: Engine, tmp_path: Path) -> None:
    with browsing(application(own, tmp_path)) as client:
        assert client.get("/").status_code == 200 and "/account" not in client.get("/").text
        assert client.get("/login").headers["location"] == "/"
        assert client.get("/account").status_code == client.get("/users").status_code == 403
        assert "?key=" not in client.get("/saved").text
        add_users(own)
        assert client.get("/").headers["location"] == "/login?next=/"


def test_a_database_that_is_gone_is_told_as_such(own: Engine, tmp_path: Path) -> None:
    app = application(own, tmp_path)
    own.dispose()
    for file in tmp_path.glob("own.db*"):
        file.unlink()
    (tmp_path / "own.db").write_bytes(b"no database at all, of whatever kind" * 40)
    with browsing(app) as client:
        answer = client.get("/")
    assert answer.status_code == 503 and "pactwatch doctor" in answer.json()["detail"]


def test_the_description_of_the_api_says_how_to_prove_who_one_is(gate: Gate) -> None:
    bearer = {"Authorization": f"Bearer {gate.api_token('anna')}"}
    schema = gate.client.get("/api/v1/openapi.json", headers=bearer).json()
    assert set(schema["components"]["securitySchemes"]) == {"bearer", "basic", "session"}
    assert schema["security"] == [{}, {"bearer": []}, {"basic": []}, {"session": []}]
    for path, operations in schema["paths"].items():
        assert all("401" in one["responses"] for one in operations.values()), path
