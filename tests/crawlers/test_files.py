"""The files of a crawl: readable at any moment, complete at the end, and nothing secret in them."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawlers.archive import Archive
from crawlers.contract import DONE_FILE, OUTCOMES_FILE, Known, Outcome, OutcomeKind, UrlRole, read_outcomes
from crawlers.records import Payload
from tests.crawlers.conftest import ROOT, Crawled, job_of
from tests.crawlers.site import Site

Crawl = Callable[..., Crawled]


def record(folder: Path, outcome: Outcome) -> tuple[str, dict[str, str], bytes]:
    """Target URL, HTTP headers and body of the record that an outcome points at; nothing else lies in its bytes."""
    assert outcome.warc and outcome.offset is not None and outcome.length
    with (folder / outcome.warc).open("rb") as archive:
        archive.seek(outcome.offset)
        member = archive.read(outcome.length)
    import io

    (found,) = [
        (r.rec_headers.get_header("WARC-Target-URI"), dict(r.http_headers.headers), r.content_stream().read())
        for r in ArchiveIterator(io.BytesIO(member), check_digests="raise")
    ]
    return found


def test_a_fetched_url_has_its_record_with_consistent_headers_and_no_secrets(site: Site, crawl: Crawl) -> None:
    import gzip

    body = b"<html><p>" + b"text " * 100 + b"</p></html>"
    url = site.add(
        "/page",
        gzip.compress(body),
        Content_Encoding="gzip",
        Set_Cookie="session=secret",
        WWW_Authenticate="Basic",
        ETag='"v1"',
        Last_Modified="Mon, 05 Apr 2021 10:00:00 GMT",
    )
    crawled = crawl("page", url)
    outcome = crawled[url]
    target, headers, stored = record(crawled.folder, outcome)
    assert (target, stored) == (url, body)
    assert outcome.digest == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert (outcome.size, outcome.etag, outcome.last_modified) == (
        len(body),
        '"v1"',
        "Mon, 05 Apr 2021 10:00:00 GMT",
    )
    assert headers["Content-Length"] == str(len(body))
    assert not {"content-encoding", "set-cookie", "www-authenticate"} & {name.lower() for name in headers}


def test_only_fetched_urls_have_records(site: Site, crawl: Crawl) -> None:
    page = site.page("/one")
    crawled = crawl("feed", site.feed("/feed", page, site.url("/missing")))
    with (crawled.folder / "00000.warc.gz").open("rb") as archive:
        records = [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI")) for r in ArchiveIterator(archive)]
    feed = site.url("/feed")
    assert records == [("warcinfo", None), ("response", feed), ("request", feed), ("response", page), ("request", page)]
    assert {o.url for o in crawled.outcomes if o.warc} == {site.url("/feed"), page}


def test_validators_of_an_earlier_crawl_are_sent_and_304_is_unchanged(site: Site, crawl: Crawl) -> None:
    page = site.conditional("/one", "<html>x</html>", '"v1"')
    first = crawl("page", page)[page]
    known = Known(page, first.etag, first.last_modified, first.digest)
    again = crawl("page", page, [known])[page]
    assert (again.outcome, again.status, again.digest) == (OutcomeKind.UNCHANGED, 304, first.digest)
    assert again.warc is None
    changed = crawl("page", page, [Known(page, '"v0"', None, "sha256:0")])[page]
    assert (changed.outcome, changed.digest) == (OutcomeKind.FETCHED, first.digest)


def test_a_payload_with_the_known_digest_is_unchanged_and_has_no_record_where_the_archive_does_not_hold_it(
    site: Site, crawl: Crawl
) -> None:
    page = site.page("/one")
    digest = crawl("page", page)[page].digest
    again = crawl("page", page, [Known(page, digest=digest)])
    assert (again[page].outcome, again[page].status) == (OutcomeKind.UNCHANGED, 200)
    assert not list(again.folder.glob("*.warc.gz"))


def test_an_unchanged_feed_is_not_walked_but_what_must_be_rechecked_is(site: Site, crawl: Crawl) -> None:
    one, two, new = site.page("/one"), site.page("/two"), site.page("/new")
    feed = site.feed("/feed", one, two, new)
    first = crawl("feed", feed)
    known = [Known(o.url, digest=o.digest, recheck=o.url == two) for o in first.outcomes if o.url != new]
    site.page("/two", "changed")
    again = crawl("feed", feed, known)
    # /new was not known, as after a crawl that ended early: it is not lost.
    assert again.verdicts() == {"feed": "unchanged", "two": "fetched", "new": "fetched"}


def test_what_must_be_rechecked_counts_as_named_where_the_feed_names_it(site: Site, crawl: Crawl) -> None:
    one, gone = site.page("/one"), site.page("/gone")
    feed = site.feed("/feed", one)
    crawled = crawl("feed", feed, [Known(one, recheck=True), Known(gone, recheck=True)])
    assert {o.url: o.found_on for o in crawled.outcomes} == {feed: None, one: feed, gone: "recheck"}


def test_a_feed_that_answers_304_has_nothing_new(site: Site, crawl: Crawl) -> None:
    feed = site.conditional("/feed", "<rss/>", '"f"', "application/rss+xml")
    gone = site.url("/gone")
    crawled = crawl("feed", feed, [Known(feed, '"f"', None, "sha256:0"), Known(gone, recheck=True)])
    assert crawled.verdicts() == {"feed": "unchanged", "gone": "failed status-404"}


def test_an_unchanged_index_still_leads_to_changed_sitemaps(site: Site, crawl: Crawl) -> None:
    child, page = site.url("/child.xml"), site.page("/one")
    index = site.conditional("/index.xml", f"<sitemapindex><sitemap><loc>{child}</loc></sitemap></sitemapindex>", '"i"')
    site.add("/child.xml", "<urlset/>", "text/xml")
    known = [Known(o.url, o.etag, None, o.digest) for o in crawl("sitemap", index).outcomes]
    site.add("/child.xml", f"<urlset><url><loc>{page}</loc></url></urlset>", "text/xml")
    again = crawl("sitemap", index, known)
    assert again.verdicts() == {"index.xml": "unchanged", "child.xml": "fetched", "one": "fetched"}


@pytest.mark.parametrize("after", [1, 60, 200])
def test_a_crawl_killed_at_any_moment_leaves_files_that_can_be_read(site: Site, tmp_path: Path, after: int) -> None:
    pages = [site.page(f"/p{n}", f"{n} " * 500) for n in range(400)]
    folder = tmp_path / "killed"
    job = job_of(folder, "feed", site.feed("/feed", *pages))
    with subprocess.Popen([sys.executable, "-m", "crawlers", str(job)], cwd=ROOT) as crawl:
        while len(site.hits) < after and crawl.poll() is None:
            time.sleep(0.002)
        crawl.send_signal(signal.SIGKILL)
    assert not (folder / DONE_FILE).exists()
    lines = folder / OUTCOMES_FILE
    outcomes = list(read_outcomes(lines)) if lines.exists() else []
    for outcome in outcomes:
        assert record(folder, outcome)[0] == outcome.url
    assert len({outcome.url for outcome in outcomes}) == len(outcomes) < 401


def test_a_crawl_that_is_told_to_stop_accounts_for_what_is_left(site: Site, tmp_path: Path) -> None:
    pages = [site.page(f"/p{n}") for n in range(30)]
    folder = tmp_path / "stopped"
    job = job_of(folder, "feed", site.feed("/feed", *pages), delay=0.2, per_host=1)
    with subprocess.Popen([sys.executable, "-m", "crawlers", str(job)], cwd=ROOT) as crawl:
        while len(site.hits) < 5 and crawl.poll() is None:
            time.sleep(0.01)
        crawl.terminate()
    assert crawl.returncode == 3
    outcomes = list(read_outcomes(folder / OUTCOMES_FILE))
    assert json.loads((folder / DONE_FILE).read_text())["reason"] == "shutdown"
    assert len({outcome.url for outcome in outcomes}) == len(outcomes) == 31
    assert any(outcome.reason == "interrupted" for outcome in outcomes)


def test_a_title_that_is_no_text_costs_nothing_but_itself(site: Site, crawl: Crawl) -> None:
    page = site.page("/one")
    feed = site.add("/feed", f'{{"items": [{{"url": "{page}", "title": "half \\ud800 pair"}}]}}', "application/json")
    assert crawl("feed", feed)[page].hint_title == "half ? pair"


def payload(number: int, size: int) -> tuple[Outcome, Payload]:
    body = os.urandom(size)
    url = f"http://example.org/{number}"
    outcome = Outcome(url, OutcomeKind.FETCHED, UrlRole.DOCUMENT, "2026-01-01T00:00:00.000Z")
    return outcome, Payload(url, 200, (), body, "sha256:0", outcome.at)


def test_a_disk_that_fills_up_ends_the_archive_and_keeps_what_was_written(tmp_path: Path) -> None:
    """RLIMIT_FSIZE is a disk that is full for this process: writes beyond it fail, as with ENOSPC."""
    script = f"""
import resource, signal
from pathlib import Path
from crawlers.archive import Archive
from tests.crawlers.test_files import payload
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
told = []
archive = Archive(Path({str(tmp_path)!r}), "test", lambda: told.append(1))
for number in range(50):
    archive.put(*payload(number, 20_000))
try:
    archive.close()
except OSError as err:
    print(err.errno, told)
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == f"{errno.EFBIG} [1]\n"
    for outcome in read_outcomes(tmp_path / OUTCOMES_FILE):
        assert hashlib.sha256(warc_body(tmp_path, outcome)).digest()


def warc_body(folder: Path, outcome: Outcome) -> bytes:
    assert outcome.warc and outcome.offset is not None
    with (folder / outcome.warc).open("rb") as archive:
        archive.seek(outcome.offset)
        return bytes(next(iter(ArchiveIterator(archive))).content_stream().read())


def test_a_full_disk_ends_the_crawl_with_one_line(site: Site, tmp_path: Path) -> None:
    pages = [site.add(f"/p{n}", b"<html>" + os.urandom(30_000).hex().encode()) for n in range(60)]
    job = job_of(tmp_path / "full", "feed", site.feed("/feed", *pages))
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000));"
        "from crawlers.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", limited, str(job)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("crawl: ") and ended.stderr.count("\n") == 1
    outcomes = list(read_outcomes(tmp_path / "full" / OUTCOMES_FILE))
    assert 0 < len(outcomes) < 61
    assert all(record(tmp_path / "full", outcome)[0] == outcome.url for outcome in outcomes if outcome.warc)
    assert not (tmp_path / "full" / DONE_FILE).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda job: job.unlink(), "No such file"),
        (lambda job: job.write_text("{"), "not a crawl job"),
        (lambda job: job.write_text(job.read_text().replace('"feed"', '"fed"')), "kind"),
        (lambda job: (job.parent / OUTCOMES_FILE).write_text(""), "already holds a crawl"),
        (lambda job: (job.parent / "known.jsonl").write_text("?\n"), "known.jsonl"),
    ],
    ids=["no job", "no JSON", "wrong source", "used folder", "broken known.jsonl"],
)
def test_a_job_that_makes_no_sense_is_one_line_and_no_crawl(
    tmp_path: Path, change: Callable[[Path], object], words: str
) -> None:
    job = job_of(tmp_path / "bad", "feed", "http://127.0.0.1:9/feed")
    change(job)
    ended = subprocess.run(
        [sys.executable, "-m", "crawlers", str(job)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert words in ended.stderr and ended.stderr.count("\n") == 1


def test_a_selector_that_is_none_is_one_line_and_no_crawl(tmp_path: Path) -> None:
    job = job_of(tmp_path / "bad", "listing", "http://127.0.0.1:9/", listing={"items": "a[["})
    ended = subprocess.run(
        [sys.executable, "-m", "crawlers", str(job)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "listing.items" in ended.stderr


def test_a_payload_that_waits_for_the_disk_is_written_in_the_end(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "test")
    for number in range(20):
        archive.put(*payload(number, 100_000))
    archive.close()
    assert archive.counts == {"fetched": 20}
    assert [o.url for o in read_outcomes(tmp_path / OUTCOMES_FILE)] == [f"http://example.org/{n}" for n in range(20)]
