"""Pages that are made by their scripts, in the real browser: a listing and its articles that hold nothing without."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from warcio.archiveiterator import ArchiveIterator

from crawlers.chromium import find_chromium, what_is_missing
from crawlers.contract import Known
from tests.crawlers.conftest import PROCESSES, ROOT, Crawled, job_of, read
from tests.crawlers.names import HERE, run_job_with_names
from tests.crawlers.scripted import ITEMS, SHELL, build
from tests.crawlers.site import Site, serving

Crawl = Callable[..., Crawled]
needs_browser = pytest.mark.skipif(find_chromium(None) is None, reason="needs Chromium (Debian: chromium)")


@pytest.fixture
def other() -> Iterator[Site]:
    with serving() as served:
        yield served


@pytest.fixture
def scripted(site: Site) -> str:
    return build(site)


def bodies(crawled: Crawled) -> dict[str, tuple[str, str | None]]:
    """Path: what was archived of it, and by what it says it was rendered."""
    found = {}
    for path in sorted(crawled.folder.glob("*.warc.gz")):
        with path.open("rb") as stream:
            for one in ArchiveIterator(stream, check_digests="raise"):
                if one.rec_type == "response":
                    assert one.http_headers.get_header("Content-Type") == "text/html; charset=utf-8"
                    url, by = map(one.rec_headers.get_header, ("WARC-Target-URI", "WARC-Rendered-By"))
                    found[url.partition("://")[2].partition("/")[2]] = one.content_stream().read().decode(), by
    return found


@needs_browser
def test_documents_arrive_as_their_scripts_make_them_and_are_compared_as_such(
    scripted: str, site: Site, crawl: Crawl
) -> None:
    crawled = crawl("listing", scripted, listing={"items": "#app a"}, render=True)
    assert crawled.verdicts() == {"news": "fetched", "article/1": "fetched", "article/2": "fetched"}
    stored = bodies(crawled)
    for number in (1, 2):
        body, by = stored[f"article/{number}"]
        assert f"<h1>Agreement {number} – signé à Orléans</h1>" in body
        assert by and by.startswith("Chromium ") and by.endswith(" requests)")
    # The script is fetched once for all pages; styles and pictures are not fetched at all.
    assert site.asked("/app.js") == site.asked("/api/list.json") == site.asked("/news") == 1
    assert not site.asked("/style.css") and not site.asked("/picture.png")
    agents = {headers["User-Agent"] for _, headers in site.headers}
    assert agents == {"Pactwatch-test/0 (+http://127.0.0.1/)"}

    # Later the pages themselves are as they were, and the server would say so; what the second one shows has changed.
    pages = [site.conditional(f"/article/{number}", SHELL, '"same"') for number in (1, 2)]
    known = [Known(url, '"same"', None, crawled[url].digest) for url in pages]
    site.add("/api/article/2.json", json.dumps({**ITEMS[1], "text": "Another text."}), "application/json")
    again = crawl("page", pages, known, render=True)
    assert again.verdicts() == {"article/1": "unchanged", "article/2": "fetched"}
    assert {outcome.status for outcome in again.outcomes} == {200}


@needs_browser
def test_a_page_reaches_nothing_past_the_crawl(other: Site, tmp_path: Path) -> None:
    """One loopback address counts as public here, so that the guard is on as on any night; another server is not."""
    there = other.url("/secret")
    tries = {
        "fetch": f"fetch('{there}').catch(() => 0);",
        "number": f"fetch('{there.replace('127.0.0.1', '2130706433')}').catch(() => 0);",
        "name": f"fetch('{there.replace('127.0.0.1', 'inside.test')}').catch(() => 0);",
        "redirect": "fetch('/away').catch(() => 0);",
        "robots": "fetch('/forbidden').catch(() => 0);",
        "script": f"const s = document.createElement('script'); s.src = '{there}'; document.head.append(s);",
        "frame": f"const f = document.createElement('iframe'); f.src = '{there}'; document.body.append(f);",
        "socket": f"new WebSocket('{there.replace('http', 'ws')}');",
        "picture": f"new Image().src = '{there}';",
        "beacon": f"navigator.sendBeacon('{there}', 'x');",
        "leave": f"addEventListener('load', () => {{ location.href = '{there}'; }});",
        "leads-on": f"location.href = '{there}';",
        "blank": "location.href = 'about:blank';",
        "huge": "document.body.append('x'.repeat(3e6));",
    }
    rest = {"leads-on": "failed render-error", "blank": "failed render-error", "huge": "filtered too-large"}
    with serving(HERE) as public:
        public.add("/robots.txt", "User-agent: *\nDisallow: /forbidden", "text/plain")
        public.redirect("/away", there)
        for way, script in tries.items():
            public.add(f"/{way}", f"<html><body><p>Before.</p><script>{script}</script><p>After.</p></body></html>")
        urls = [f"http://news.test:{public.port}/{way}" for way in tries]
        job = job_of(tmp_path / "job", "page", urls, render=True, allow_private=False, max_body_bytes=1_000_000)
        names = {"news.test": [[HERE]], "inside.test": [["127.0.0.1"]]}
        given = (str(job), str(tmp_path / "errors.txt"), names, "")
        process = PROCESSES.Process(target=run_job_with_names, args=given)
        process.start()
        process.join(200)
        crawled = read(tmp_path / "job", process.exitcode or 0, "")
    assert crawled.verdicts() == {**dict.fromkeys(tries, "fetched"), **rest}
    stored = bodies(crawled)
    assert all("After." in body for body, _ in stored.values())
    assert other.hits == []
    assert "/forbidden" not in public.hits and "(robots)" in str(stored["robots"][1])
    assert "(private)" in str(stored["redirect"][1]) and "inside.test" in str(stored["name"][1])
    assert f"way to {there} was not taken" in str(stored["leave"][1])
    assert crawled[f"http://news.test:{public.port}/leads-on"].detail == f"its script leads to {there}"


@needs_browser
def test_what_hangs_without_end_is_named_and_the_rest_goes_on(site: Site, crawl: Crawl) -> None:
    pages = {
        "/loop": "<script>for (;;) {}</script>",
        "/later": "<p>x</p><script>setTimeout(() => { for (;;) {} }, 200)</script>",
        "/never": "<p>nothing comes</p>",
        "/fine": "<p id='done'>fine</p>",
    }
    urls = [site.add(path, f"<html><body>{text}</body></html>") for path, text in pages.items()]
    crawled = crawl("page", urls, render={"wait_for": "#done", "seconds": 4}, max_seconds=100)
    hung = dict.fromkeys(("loop", "later", "never"), "failed render-timeout")
    assert crawled.verdicts() == {**hung, "fine": "fetched"}
    assert str(crawled[urls[2]].detail).endswith("after 4 s")


@pytest.mark.slow
@needs_browser
def test_a_page_that_brings_its_renderer_down_is_named_at_once(site: Site, crawl: Crawl) -> None:
    """Nothing that a page can do brings it down for certain, so it is killed from outside while it waits."""
    url = site.add("/page", "<html><body><script>fetch('/asked')</script></body></html>")
    site.add("/asked", "yes", "text/plain")

    def kill() -> None:
        while not site.asked("/asked"):
            time.sleep(0.05)
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if "--type=renderer" in " ".join(child.cmdline()):
                    child.kill()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    crawled = crawl("page", url, render={"wait_for": "#never", "seconds": 200})
    killer.join()
    assert crawled.verdicts() == {"page": "failed render-crash"}


@pytest.mark.slow
@needs_browser
def test_without_a_selector_a_page_that_never_rests_is_taken_as_it_is_and_says_so(site: Site, crawl: Crawl) -> None:
    site.add("/tick", "tick", "text/plain")
    script = "setInterval(() => fetch('/tick'), 100); document.body.append('made')"
    url = site.add("/page", f"<html><body><script>{script}</script></body></html>")
    crawled = crawl("page", url, render={"seconds": 4})
    body, by = bodies(crawled)["page"]
    assert "made" in body and "cut off after 4 s" in str(by)


def test_a_browser_that_is_missing_is_one_line_and_no_crawl(site: Site, tmp_path: Path) -> None:
    job = job_of(tmp_path / "job", "page", site.page("/one"), render=True, chromium=str(tmp_path / "chromium"))
    command = [sys.executable, "-m", "crawlers", str(job)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, site.hits) == (2, [])
    assert "source site: it asks for rendering, and no browser at" in ended.stderr
    assert "PACTWATCH_CHROMIUM" in ended.stderr and ended.stderr.count("\n") == 1


def test_scrapy_playwright_that_is_missing_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scrapy_playwright", None)
    assert "pip install 'pactwatch[browser]'" in (what_is_missing(None) or "")


@pytest.mark.skipif(shutil.which("true") is None, reason="needs the command true")
def test_a_browser_that_does_not_start_is_a_named_failure(site: Site, crawl: Crawl) -> None:
    crawled = crawl("page", site.page("/one"), render=True, chromium=shutil.which("true"))
    assert crawled.verdicts() == {"one": "failed render-error"}


def test_a_source_without_rendering_loads_nothing_of_the_browser(site: Site, crawl: Crawl) -> None:
    crawled = crawl("page", site.page("/one"), chromium="/nowhere")
    assert crawled.verdicts() == {"one": "fetched"}
    log = (crawled.folder / "crawl.log").read_text()
    assert "laywright" not in log
