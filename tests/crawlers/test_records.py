"""WARC records: answers with their requests, revisits of what is archived, files of a bounded size."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from crawlers.archive import Archive
from crawlers.contract import OUTCOMES_FILE, Known, Outcome, OutcomeKind, Stored, UrlRole, read_outcomes
from crawlers.records import Asked, Payload
from tests.crawlers.conftest import Crawled
from tests.crawlers.site import Site

Crawl = Callable[..., Crawled]
AT = "2026-01-02T03:04:05.678Z"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def records(folder: Path) -> list[tuple[dict[str, str], str, dict[str, str], bytes]]:
    """WARC headers, status or request line, HTTP headers in lower case and body of every record but warcinfo."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as stream:
            for one in ArchiveIterator(stream, check_digests="raise"):
                if one.rec_type == "warcinfo":
                    continue
                http = {name.lower(): value for name, value in one.http_headers.headers}
                line = " ".join(filter(None, (one.http_headers.protocol, one.http_headers.statusline)))
                found.append((dict(one.rec_headers.headers), line, http, one.content_stream().read()))
    return found


def is_valid(folder: Path) -> bool:
    """Whether `warcio check` passes every file."""
    with pytest.raises(SystemExit) as ended:
        warcio(["check", "-v", *map(str, sorted(folder.glob("*.warc.gz")))])
    return ended.value.code == 0


def write(folder: Path, *payloads: Payload, warc_bytes: int = 10**9) -> list[Outcome]:
    archive = Archive(folder, "test", warc_bytes=warc_bytes)
    for payload in payloads:
        kind = OutcomeKind.UNCHANGED if payload.stored else OutcomeKind.FETCHED
        archive.put(Outcome(payload.url, kind, UrlRole.DOCUMENT, payload.at, status=payload.status), payload)
    archive.close()
    return list(read_outcomes(folder / OUTCOMES_FILE))


def payload(body: bytes, path: str = "/page?x=1", **more: object) -> Payload:
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    return Payload(f"https://news.example{path}", 200, ((b"Content-Type", b"text/html"),), body, digest, AT, **more)  # type: ignore[arg-type]


def test_an_answer_stands_beside_its_request_and_neither_holds_what_lets_somebody_in(tmp_path: Path) -> None:
    sent = ((b"User-Agent", b"Pactwatch"), (b"Cookie", b"sid=s3cret"), (b"Authorization", b"Basic s3cret"))
    answered = ((b"Content-Type", b"text/html"), (b"Set-Cookie", b"sid=s3cret"), (b"X-Api-Key", b"s3cret"))
    one = Payload("https://news.example/a?b=1", 200, answered, b"<p>text", payload(b"<p>text").digest, AT,
                  "203.0.113.9", Asked("GET", sent))  # fmt: skip
    (outcome,) = write(tmp_path, one)
    (about, line, http, body), (asked, request, headers, _) = records(tmp_path)
    assert (about["WARC-Type"], line, body) == ("response", "HTTP/1.1 200 OK", b"<p>text")
    assert (about["WARC-Date"], about["WARC-IP-Address"]) == (AT, "203.0.113.9")
    assert http == {"content-type": "text/html", "content-length": "7"}
    assert (asked["WARC-Type"], request) == ("request", "GET /a?b=1 HTTP/1.1")
    assert asked["WARC-Concurrent-To"] == about["WARC-Record-ID"]
    assert asked["WARC-Target-URI"] == about["WARC-Target-URI"] == "https://news.example/a?b=1"
    assert headers == {"host": "news.example", "user-agent": "Pactwatch"}
    assert is_valid(tmp_path)
    # The outcome's bytes are the answer alone.
    with (tmp_path / "00000.warc.gz").open("rb") as stream:
        stream.seek(outcome.offset or 0)
        whole = stream.read()
    assert len(whole) > (outcome.length or 0) > 0
    assert [one.rec_type for one in ArchiveIterator(io.BytesIO(whole[: outcome.length]))] == ["response"]


STORED = Stored("https://news.example/page?x=1", "2025-12-31T00:00:00.000Z", "run-0/00000.warc.gz", 417, 888)


def test_a_payload_that_is_archived_becomes_a_revisit_without_it(tmp_path: Path) -> None:
    was = payload(b"<p>text")
    write(tmp_path, Payload(was.url, 200, was.headers, b"", was.digest, AT, stored=STORED, size=7))
    ((about, line, http, body),) = records(tmp_path)
    assert (about["WARC-Type"], about["WARC-Profile"], line, body) == ("revisit", IDENTICAL, "HTTP/1.1 200 OK", b"")
    assert about["WARC-Refers-To-Target-URI"] == STORED.url
    assert about["WARC-Refers-To-Date"] == STORED.at
    assert about["WARC-Payload-Digest"] == was.digest
    assert (about["WARC-Refers-To-Filename"], about["WARC-Refers-To-File-Offset"]) == (STORED.file, "417")
    assert http["content-length"] == "7"
    assert is_valid(tmp_path)


def test_a_304_becomes_a_revisit_of_what_the_server_has_not_modified(tmp_path: Path) -> None:
    write(tmp_path, Payload(STORED.url, 304, ((b"ETag", b'"1"'),), b"", "sha256:of-nothing", AT, stored=STORED))
    ((about, line, http, _),) = records(tmp_path)
    assert (about["WARC-Profile"], line) == (NOT_MODIFIED, "HTTP/1.1 304 Not Modified")
    assert about["WARC-Refers-To-Date"] == STORED.at
    assert "WARC-Payload-Digest" not in about
    assert http == {"etag": '"1"'}
    assert is_valid(tmp_path)


@pytest.mark.parametrize("bound", [1, 4000])
def test_a_file_that_has_reached_its_size_is_followed_by_another(tmp_path: Path, bound: int) -> None:
    bodies = [os.urandom(1500) for _ in range(6)]
    outcomes = write(tmp_path, *(payload(body, f"/{n}") for n, body in enumerate(bodies)), warc_bytes=bound)
    files = [outcome.warc for outcome in outcomes]
    assert len(set(files)) == (6 if bound == 1 else 3) == len(list(tmp_path.glob("*.warc.gz")))
    assert files == sorted(files, key=str)
    assert [body for _, _, _, body in records(tmp_path)] == bodies
    assert is_valid(tmp_path)


def test_a_crawl_writes_revisits_for_what_it_finds_unchanged(site: Site, crawl: Crawl) -> None:
    same, modified = site.page("/same"), site.conditional("/modified", "<html>x</html>", '"v1"')
    links = site.add("/list", f'<a href="{same}">1</a><a href="{modified}">2</a>')
    first = crawl("listing", links)

    def known(url: str) -> Known:
        was = first[url]
        assert was.warc and was.offset is not None and was.length
        stored = Stored(url, was.at, f"run-0/{was.warc}", was.offset, was.length)
        return Known(url, was.etag, None, was.digest, stored=stored)

    again = crawl("listing", links, [known(same), known(modified)])
    assert again.verdicts() == {"list": "fetched", "same": "unchanged", "modified": "unchanged"}
    found = {about["WARC-Target-URI"]: about for about, *_ in records(again.folder) if about["WARC-Type"] == "revisit"}
    assert {url: about["WARC-Profile"] for url, about in found.items()} == {same: IDENTICAL, modified: NOT_MODIFIED}
    assert found[same]["WARC-Refers-To-Date"] == first[same].at
    requests = {about["WARC-Target-URI"]: http for about, _, http, _ in records(again.folder) if http.get("host")}
    assert requests[modified]["if-none-match"] == '"v1"'
    assert is_valid(first.folder) and is_valid(again.folder)
    assert again[same].warc == again[modified].warc == "00000.warc.gz"
