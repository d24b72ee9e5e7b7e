"""What sites ask for: rest, a host's failures in a row, and what they say of the use of their documents."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from time import monotonic

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response

from crawlers import retry
from crawlers.contract import Known
from crawlers.retry import FAILURES_TO_BREAK, OPEN_SECONDS, RetryMiddleware
from crawlers.signals import signals_of
from crawlers.spiders.base import SourceSpider
from crawlers.traps import MOST, PatternBudget
from crawlers.verdicts import Refused
from tests.crawlers.conftest import Crawled
from tests.crawlers.site import Site

Crawl = Callable[..., Crawled]
PAGE = "http://down.example/{}"


def fail(middleware: RetryMiddleware, times: int, host: str = "down.example") -> list[Request | None]:
    requests = [Request(f"http://{host}/{number}") for number in range(times)]
    return [middleware.process_exception(request, DownloadFailedError("reset")) for request in requests]


@pytest.fixture
def middleware() -> RetryMiddleware:
    return RetryMiddleware(Crawler(SourceSpider, {"RETRY_TIMES": 2, "DOWNLOAD_DELAY": 0.0}))


def wait_of(middleware: RetryMiddleware, url: str) -> float:
    return middleware.resume(url) - monotonic()


def test_failures_in_a_row_make_the_whole_host_wait_longer_and_longer(middleware: RetryMiddleware) -> None:
    waits = []
    for _ in range(6):
        fail(middleware, 1)
        waits.append(max(0.0, wait_of(middleware, PAGE.format("other"))))
    assert waits[:2] == [0.0, 0.0], "one page that fails is not the host"
    assert all(later > 1.5 * earlier for earlier, later in pairwise(waits[2:]))
    assert wait_of(middleware, "http://other.example/") <= 0


def test_an_answer_in_order_closes_the_chain(middleware: RetryMiddleware, caplog: pytest.LogCaptureFixture) -> None:
    fail(middleware, FAILURES_TO_BREAK - 1)
    middleware.downloaded(Request(PAGE.format(1)), Response(PAGE.format(1), status=404))
    fail(middleware, FAILURES_TO_BREAK - 1)
    assert "circuit opened" not in caplog.text
    fail(middleware, 1)
    assert "circuit opened" in caplog.text


def test_a_host_that_goes_on_failing_is_left_alone_first_for_a_while_then_for_good(
    middleware: RetryMiddleware, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(middleware, FAILURES_TO_BREAK)
    assert OPEN_SECONDS - 1 < wait_of(middleware, PAGE.format(1)) <= OPEN_SECONDS
    fail(middleware, FAILURES_TO_BREAK)
    assert not middleware.is_down(PAGE.format(1)), "what was under way when the circuit opened does not count"
    later = monotonic() + OPEN_SECONDS + 1
    monkeypatch.setattr(retry, "monotonic", lambda: later)
    fail(middleware, 1)
    with pytest.raises(Refused) as refused:
        asyncio.run(middleware.process_request(Request(PAGE.format(1))))
    assert (refused.value.verdict.kind, refused.value.verdict.reason) == ("unreachable", "host-down")
    assert not middleware.is_down("http://other.example/")


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        ({}, "<meta name='robots' content='noindex, NOAI'>", ["noai", "noindex"]),
        ({}, '<META content="none" NAME=robots>', ["nofollow", "noindex"]),
        ({}, '<meta name="googlebot" content="noindex">', []),
        ({}, '<meta name="pactwatch" content="noindex">', ["noindex"]),
        ({}, '<meta name="tdm-reservation" content="1">', ["tdm"]),
        ({"X-Robots-Tag": ["noai, nofollow", "otherbot: noindex"]}, "", ["noai", "nofollow"]),
        ({"X-Robots-Tag": "pactwatch: noindex"}, "", ["noindex"]),
        ({"X-Robots-Tag": "unavailable_after: 1 Jan 2030, noai"}, "", ["noai"]),
        ({"TDM-Reservation": "1"}, "", ["tdm"]),
        ({"TDM-Reservation": "0"}, "<p>about robots</p>", []),
    ],
)
def test_what_a_site_says_of_the_use_of_a_document(headers: dict[str, str], body: str, told: list[str]) -> None:
    assert signals_of(Response("http://a.example/", headers=headers, body=body.encode()), html=True) == told


def test_signals_are_recorded_and_obeyed_where_the_source_says_so(site: Site, crawl: Crawl) -> None:
    meta = "<meta name=robots content='noai,nofollow'>"
    site.add("/a", f"<html><head>{meta}</head><body><a href='/b'>B</a></body></html>", TDM_Reservation="1")
    site.page("/b")
    crawled = crawl("page", site.url("/a"), depth=1)
    assert crawled[site.url("/a")].signals == "noai nofollow tdm"
    assert crawled[site.url("/b")].outcome == "fetched"
    assert crawl("page", site.url("/a"), depth=1, obey="nofollow").verdicts() == {"a": "fetched"}
    refused = crawl("page", site.url("/a"), depth=1, obey=["tdm", "nofollow"])
    assert refused.verdicts() == {"a": "filtered tdm"}
    assert refused[site.url("/a")].warc is None


def test_a_feed_whose_entries_are_the_same_is_unchanged_whatever_its_hour(site: Site, crawl: Crawl) -> None:
    def feed(hour: int, text: str = "same") -> None:
        item = f"<item><link>{site.url('/a')}</link><description>{text}</description></item>"
        site.add("/feed", f"<rss><channel><lastBuildDate>{hour}</lastBuildDate>{item}</channel></rss>", "text/xml")

    site.page("/a")
    feed(1)
    first = crawl("feed", site.url("/feed"))[site.url("/feed")]
    known = [Known(site.url("/feed"), digest=first.digest, entries=first.entries), Known(site.url("/a"))]
    feed(2)
    assert crawl("feed", site.url("/feed"), known).verdicts() == {"feed": "unchanged"}
    feed(3, "changed")
    assert crawl("feed", site.url("/feed"), known).verdicts() == {"feed": "fetched", "a": "fetched"}


def test_a_crawl_ends_with_its_bytes(site: Site, crawl: Crawl) -> None:
    links = [site.page(f"/{number}", "x" * 3000) for number in range(9)]
    crawled = crawl("feed", site.feed("/feed", *links), max_total_bytes=10_000, per_host=1)
    assert crawled.done is not None
    assert crawled.done["reason"] == "max-bytes"
    assert 2 <= sum(one.outcome == "fetched" for one in crawled.outcomes) < 9
    assert crawled.done["counts"]["filtered"] > 3


def test_an_endless_calendar_is_left_after_a_number_of_its_pages_and_articles_are_not() -> None:
    budget = PatternBudget()
    calendar = [budget.spend(f"http://a.example/events?month={n % 12}&year={n}") for n in range(MOST + 5)]
    assert calendar == [True] * MOST + [False] * 5
    assert not all(budget.spend(f"http://a.example/calendar/{n}/") for n in range(MOST + 1))
    assert all(budget.spend(f"http://a.example/news/{n}") for n in range(3 * MOST))


def test_links_into_a_calendar_end_by_name(site: Site, crawl: Crawl) -> None:
    days = "".join(f"<a href='/calendar?day={day}'>{day}</a>" for day in range(MOST + 3))
    crawled = crawl("page", site.add("/", f"<html><body>{days}</body></html>"), depth=1, max_documents=5)
    reasons = Counter(one.reason for one in crawled.outcomes if one.reason and not one.reason.startswith("status"))
    assert reasons == {"trap": 3, "limit": MOST - 4}
