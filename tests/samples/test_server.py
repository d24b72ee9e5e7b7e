"""The sample sites over real HTTP."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from samples.server import Server, serve

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as err:
        with err:
            return err.code, dict(err.headers), err.read()


def bases(server: Server) -> dict[str, str]:
    sites = server.sites
    return {"courier": sites.news_url, "clusters": sites.cluster_url, "table": sites.tank_url}


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("site", ["courier", "clusters", "table"])
def test_every_path_answers_with_a_body_and_its_type(site: str, edition: int) -> None:
    with serve(edition) as server:
        for path in server.paths(site):
            status, headers, body = get(bases(server)[site] + path)
            assert status == 200, path
            assert body, path
            assert headers["Content-Type"] == (server.resource(site, path) or pytest.fail(path)).media_type


def test_an_unknown_path_is_not_found_and_noted(server: Server) -> None:
    status, _, body = get(f"{server.sites.news_url}/nowhere", User_Agent="tester")
    assert status == 404
    assert b"no such page" in body
    assert [(r.site, r.path, r.status, r.user_agent) for r in server.requests] == [
        ("courier", "/nowhere", 404, "tester")
    ]


def test_a_page_with_an_etag_is_not_sent_twice(server: Server) -> None:
    url = f"{server.sites.news_url}/news/2020/06/dexamethasone/"
    _, headers, body = get(url)
    status, again, rest = get(url, If_None_Match=headers["ETag"])
    assert (status, rest) == (304, b"")
    assert again["ETag"] == headers["ETag"]
    assert get(url, If_None_Match='"another"')[2] == body
    assert [r.conditional for r in server.requests] == [False, True, True]


def test_a_page_with_last_modified_is_not_sent_twice(server: Server) -> None:
    url = f"{server.sites.news_url}/news/2020/12/sleeping-sickness/"
    _, headers, _ = get(url)
    assert headers["Last-Modified"] == "Tue, 15 Dec 2020 08:00:00 GMT"
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304


def test_a_page_without_validators_is_sent_again_with_the_same_bytes(server: Server) -> None:
    url = f"{server.sites.news_url}/2024/03/04/two-german-clusters/"
    _, headers, body = get(url)
    assert "ETag" not in headers
    assert "Last-Modified" not in headers
    assert get(url, If_None_Match='"x"')[::2] == (200, body)


def test_between_the_editions_one_page_changes_and_one_vanishes(server: Server) -> None:
    documents = [p for p in server.paths("courier") if p.count("/") > 3]
    first = {path: get(server.sites.news_url + path)[2] for path in documents}
    server.edition = 2
    answers = {path: get(server.sites.news_url + path) for path in documents}
    changed = [path for path, (status, _, body) in answers.items() if status == 200 and body != first[path]]
    gone = [path for path, (status, _, _) in answers.items() if status == 404]
    assert changed == ["/news/2024/06/berlin-gene-and-cell-therapy/"]
    assert gone == ["/news/2022/06/emilia-romagna-cebr/"]
    assert b"Berlin Institute of Health" in answers[changed[0]][2]


def test_the_other_sites_are_the_same_in_both_editions(server: Server) -> None:
    for site in ("clusters", "table"):
        first = {path: server.resource(site, path) for path in server.paths(site)}
        server.edition = 2
        assert {path: server.resource(site, path) for path in server.paths(site)} == first
        server.edition = 1


def test_head_sends_no_body(server: Server) -> None:
    with urlopen(Request(f"{server.sites.tank_url}/programme/", method="HEAD"), timeout=10) as answer:
        assert int(answer.headers["Content-Length"]) > 500
        assert answer.read() == b""


def test_the_feed_lists_the_page_that_robots_txt_forbids(server: Server) -> None:
    assert b"/members/2016/11/osaka/" in get(f"{server.sites.news_url}/feed.xml")[2]
    assert b"Disallow: /members/" in get(f"{server.sites.news_url}/robots.txt")[2]


def three_free_ports() -> int:
    """The first of three neighbouring ports that nobody uses."""
    for port in range(20000, 60000, 7):
        with ExitStack() as stack:
            try:
                for offset in range(3):
                    stack.enter_context(socket.create_server(("127.0.0.1", port + offset)))
            except OSError:
                continue
            return port
    pytest.skip("no three free ports in a row")


def test_a_port_can_be_chosen_and_is_free_again_afterwards() -> None:
    port = three_free_ports()
    for _ in range(2):
        with serve(port=port) as server:
            assert server.sites.news_url == f"http://127.0.0.1:{port}"
            assert server.sites.tank_url == f"http://127.0.0.1:{port + 2}"
            assert get(f"{server.base_url}/")[0] == 200


def test_the_command_says_where_the_sites_are_and_stops_on_ctrl_c() -> None:
    port = three_free_ports()
    command = [sys.executable, "-m", "samples.server", "--edition", "2", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"news      http://127.0.0.1:{port}/\n"
            page = get(f"http://127.0.0.1:{port}/news/2024/06/berlin-gene-and-cell-therapy/")[2]
            assert b"Berlin Institute of Health" in page
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


def test_a_taken_port_is_explained() -> None:
    with serve() as server:
        port = server.base_url.rpartition(":")[2]
        command = [sys.executable, "-m", "samples.server", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=30)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"port {port} or one of the two after it: ")
    assert ended.stderr.count("\n") == 1
