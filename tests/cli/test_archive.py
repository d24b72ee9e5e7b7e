"""`pactwatch archive show`: what was captured when, in a folder and on an S3 server, with the database and without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.context import opened
from config.settings import load
from config.sources import Source
from models.migrate import upgrade
from pipeline.run import crawl_source, process_pending, reprocess
from tests.cli.calling import Ran, call
from tests.crawlers.site import Site
from tests.pipeline.crawled import Fixed

WORDS = "A page that is long enough to be read as an article by anyone who cares to read it. " * 9


def article(title: str) -> str:
    return f"<html lang='en'><title>{title}</title><article><h1>{title}</h1><p>{WORDS}</p></article></html>"


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """Settings of a real S3 server on loopback with an empty bucket."""
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}
    s3fs.S3FileSystem(key="test", secret="test", endpoint_url=address).mkdir("captures")
    yield {"PACTWATCH_ARCHIVE_URL": "s3://captures/pactwatch", "AWS_ENDPOINT_URL": address, **keys}
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.fixture(params=["s3", pytest.param("folder", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of an archive of each kind."""
    return {} if request.param == "folder" else request.getfixturevalue("s3")


@pytest.fixture
def crawled(tmp_path: Path, site: Site, place: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Settings after three crawls: of each page a first capture and one that is the same, of one a changed one."""
    page = site.add("/same", article("The same"))
    cond = site.conditional("/modified", article("Not modified"), '"1"')
    site.add("/list", f'<a href="{page}">1</a><a href="{cond}">2</a>')
    source = Source(id="news", name="News", kind="listing", start=(site.url("/list"),), allow=(r"/same|/modified",))
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    settings = load(data_dir=tmp_path / "data", allow_private=True, delay=0)
    settings.data_dir.mkdir()
    with opened(settings) as engine:
        upgrade(engine)
        for title in ("The same", "The same", "Another"):
            site.add("/same", article(title))
            site.add("/list", f'<a href="{page}">1</a><a href="{cond}">2</a><!--{title}-->')
            assert crawl_source(settings, engine, source, "ad-hoc").green
            process_pending(settings, engine, workers=1, analyser=Fixed())
        # What was archived is read again, revisits or not.
        assert reprocess(settings, engine, analyser=Fixed()) == {"unchanged": 2}
    return place


def show(tmp_path: Path, values: dict[str, str], *arguments: object) -> Ran:
    return call(tmp_path / "data", "archive", "show", *arguments, **values)


def test_every_capture_is_listed_and_read_back_from_the_archive(
    tmp_path: Path, site: Site, crawled: dict[str, str]
) -> None:
    url = site.url("/same")
    (told,) = show(tmp_path, crawled, url, "--json").rows
    first, same, changed = told["captures"]
    assert [one["revisit"] for one in told["captures"]] == [False, True, False]
    assert (same["same_as"], same["digest"], same["size"]) == (first["at"], first["digest"], first["size"])
    assert changed["digest"] != first["digest"]
    assert len({one["run_id"] for one in told["captures"]}) == 3
    listed = show(tmp_path, crawled, url).out
    assert all(word in listed for word in ("first", "revisit of", "changed", "text/html", first["run_id"]))

    # A revisit gives what it found unchanged; without a time the last capture is given.
    assert show(tmp_path, crawled, url, "--at", same["at"], "--body").out == article("The same")
    assert show(tmp_path, crawled, url, "--body").out == article("Another")
    target = tmp_path / "page.html"
    assert show(tmp_path, crawled, url, "--at", first["at"].partition(".")[0], "--output", target).code == 0
    assert target.read_text() == article("The same")

    # After a 304 the type and size are those of what was not modified.
    (told,) = show(tmp_path, crawled, site.url("/modified"), "--json").rows
    assert [(one["status"], one["media_type"], one["revisit"]) for one in told["captures"]] == [
        (200, "text/html", False), (304, "text/html", True), (304, "text/html", True),
    ]  # fmt: skip
    assert show(tmp_path, crawled, site.url("/modified"), "--body").out == article("Not modified")
    (one,) = show(tmp_path, crawled, site.url("/modified"), "--at", told["captures"][1]["at"], "--json").rows
    assert (one["headers"]["etag"], one["revisit"]) == ('"1"', True)
    assert "status 304" in show(tmp_path, crawled, site.url("/modified"), "--at", "2999-01-01").out

    # Without a database the archive's own indexes tell the same.
    url = url.replace("http:", "https:")
    lost = {**crawled, "PACTWATCH_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}
    (told,) = show(tmp_path, lost, url, "--index", "--json").rows
    assert [(one["revisit"], one["digest"]) for one in told["captures"]] == [
        (False, first["digest"]), (True, first["digest"]), (False, changed["digest"]),
    ]  # fmt: skip
    assert show(tmp_path, lost, url, "--index", "--body").out == article("Another")
    assert not Path(f"{tmp_path}/empty.db").exists()


@pytest.fixture
def one(filled: Path) -> str:
    """A URL of which the archive holds a capture."""
    index = next((filled / "archive").glob("*/index.cdxj")).read_text().splitlines()[0]
    return str(json.loads(index.split(" ", 2)[2])["url"])


def test_what_cannot_be_shown_is_one_line(filled: Path, one: str) -> None:
    def mistake(*arguments: object, **values: str) -> str:
        ran = call(filled, "archive", "show", *arguments, **values)
        assert ran.code in {1, 2}
        return ran.mistake

    assert "no capture of https://unknown.example/" in mistake("https://unknown.example/")
    assert "have no capture of https://unknown.example/" in mistake("https://unknown.example/", "--index")
    assert "'unknown' is no URL" in mistake("unknown")
    assert "'http://[' is no URL" in mistake("http://[")
    assert "--at yesterday: write a day" in mistake(one, "--at", "yesterday")
    assert "--at : write a day" in mistake(one, "--at", "")
    assert f"no capture of {one} up to 2001-01-01" in mistake(one, "--at", "2001-01-01")
    assert "up to 2001-01-01 23:59:59" in mistake(one, "--at", "20010101"), "any spelling of a day means all of it"
    assert "leave out" in mistake(one, "--json", "--body")
    assert "no such folder" in mistake(one, "--output", filled / "none" / "x")
    nowhere = str(filled.parent / "nowhere")
    assert "archive_url" in mistake(one, "--body", PACTWATCH_ARCHIVE_URL=nowhere)
    assert "archive_url" in mistake(one, "--index", PACTWATCH_ARCHIVE_URL=nowhere)


def test_captures_of_before_there_were_indexes_and_requests_are_shown(copied: Path, one: str) -> None:
    for index in (copied / "archive").glob("*/index.cdxj"):
        index.unlink()
    assert call(copied, "archive", "show", one, "--body").out
    assert "have no capture" in call(copied, "archive", "show", one, "--index").mistake


def test_a_damaged_index_is_named(copied: Path, one: str) -> None:
    for index in (copied / "archive").glob("*/index.cdxj"):
        index.write_text(index.read_text().replace("{", "["))
    assert "index.cdxj is damaged" in call(copied, "archive", "show", one, "--index").mistake
