"""Walks a source by its ways: asks for URLs, judges answers, follows what they name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from time import time
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response
from twisted.python.failure import Failure

from config.sources import Source
from crawlers.answers import facts_of, html_links, is_empty, payload_of, revisit_of
from crawlers.contract import RECHECK, Job, Known, OutcomeKind, UrlRole, rest_told
from crawlers.control import Control
from crawlers.dates import day_of
from crawlers.discovery import Link, UnreadableError
from crawlers.frontier import Frontier
from crawlers.ledger import Entry, Ledger
from crawlers.media import DISCOVERIES, DOCUMENTS, HTML, NEVER, XHTML, declared, sniff
from crawlers.retry import pause_of
from crawlers.signals import signals_of
from crawlers.trail import Trail
from crawlers.traps import PatternBudget
from crawlers.urls import is_file, key
from crawlers.verdicts import judge
from crawlers.ways import Walk, walks

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

DISCOVERY_PRIORITY = 10
MOST_BACK = 5000
"""Most feeds, sitemaps or listing pages of a crawl that goes back to a date."""
MOST_PROMISED = 20
"""Most links of a page that are followed because they promise a file, without its ending."""


class SourceSpider(Spider):
    """Walks one source as it is declared: its own way, and each fallback where those before it gave nothing."""

    name = "source"

    def __init__(self, *, job: Job, source: Source, known: dict[str, Known], ledger: Ledger, **given: Any) -> None:
        super().__init__(**given)
        self.limits = job.limits
        self.allowance = job.allowance
        self.source = source
        self.since = day_of(job.since) if job.since else None
        self.known = {key(item.url): item for item in known.values()}
        self.ledger = ledger
        self.frontier = Frontier(job, source, set(self.known), ledger)
        self.walks = self.ways_of(source)
        self.trail = Trail(self.walks)
        self.control: Control
        self.budget = PatternBudget()
        self.bytes = 0
        """Of all answers so far."""

    def ways_of(self, source: Source) -> list[Walk]:
        """How the source is walked."""
        return walks(source, self.limits, back=self.since is not None)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **given: Any) -> SourceSpider:
        """Scrapy's way to build it."""
        spider: SourceSpider = super().from_crawler(crawler, *args, **given)
        spider.control = Control(crawler)
        crawler.signals.connect(spider.opened, signal=signals.spider_opened)
        crawler.signals.connect(spider.headers_received, signal=signals.headers_received)
        return spider

    def opened(self) -> None:
        """Start the clocks of the crawl and of the run that it is part of."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.limits.max_seconds, self.control.stop, "max-seconds")
        if self.allowance and self.allowance.until:
            loop.call_later(max(0.0, self.allowance.until - time()), self.control.stop, "run-minutes")

    def closed(self, reason: str) -> None:
        """Keep why Scrapy ended the crawl (a signal, an error at the start), where it was not us."""
        if self.control.reason == "finished":
            self.control.reason = reason

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Do not wait for the body of a picture or a film."""
        if "entry" in request.meta and declared(headers.get("Content-Type")).startswith(NEVER):
            raise StopDownload(fail=True)

    async def start(self) -> AsyncIterator[Request]:
        """Start URLs first; then, if nothing is left to discover, what must be rechecked."""
        begun = [self.request(entry) for entry in self._begin()]
        for item in self.known.values():
            if item.recheck:
                self.frontier.offer(Link(item.url), RECHECK)
        for request in [*begun, *self.release()]:
            yield request

    def _begin(self) -> Iterator[Entry]:
        """Start entries of the way that is walked now."""
        walk = self.walks[self.trail.place]
        self.frontier.by_date = walk.by_date
        for url in walk.way.start:
            for entry in self.frontier.begin(url, walk.start_role, self.trail.place):
                self.trail.begun.append(entry)
                yield entry

    def request(self, entry: Entry) -> Request:
        """The request for an entry, conditional where an earlier crawl left validators."""
        known = self.known.get(key(entry.url))
        headers = {}
        # The page before its scripts may be as it was while what they fetch is not.
        if (
            known
            and self.source.render is None
            and (entry.role is UrlRole.DOCUMENT or (self._walk(entry).asks_for_changes and not self.since))
        ):
            asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
            headers = {name: value for name, value in asked.items() if value}
        return Request(
            entry.url,
            callback=self.received,
            errback=self.unanswered,
            headers=headers,
            meta={"entry": entry},
            priority=DISCOVERY_PRIORITY if entry.role is UrlRole.DISCOVERY else 0,
        )

    def release(self) -> Iterable[Request]:
        """Requests for the documents found, once all discovery is done; for the next way, if this one was in vain."""
        while not self.frontier.exploring and not self.trail.gave and self.trail.turn():
            begun = [self.request(entry) for entry in self._begin()]
            if begun:
                return begun
        return [self.request(entry) for entry in self.frontier.release()]

    def _walk(self, entry: Entry) -> Walk:
        return self.walks[entry.way]

    def received(self, response: Response) -> list[Request]:
        """Judge an answer; return what to ask for next."""
        entry: Entry = response.meta["entry"]
        self.bytes += len(response.body)
        if self.bytes > self.limits.max_total_bytes:
            self.control.stop("max-bytes")
        if spent := self._spent(len(response.body)):
            self.control.stop(spent)
        try:
            following = [self.request(found) for found in self._judge(response, entry)]
        except Exception as err:  # any error: one page that nobody foresaw must not cost the others their outcome
            logger.exception("%s: cannot be judged", entry.url)
            following = []
            if not entry.settled:
                self.ledger.settle(entry, OutcomeKind.FAILED, "error", f"{type(err).__name__}: {err}")
        self.frontier.explored(entry)
        return [*following, *self.release()]

    def _spent(self, size: int) -> str | None:
        """The bound of the run that is reached with this answer; ``disk`` where nobody can count any more."""
        try:
            return self.allowance.spend(1, size) if self.allowance else None
        except OSError as err:
            logger.error("the count of the run: %s", err)
            return "disk"

    def unanswered(self, failure: Failure) -> Iterable[Request]:
        """Name why a request came to nothing."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        entry: Entry = request.meta["entry"]
        verdict = judge(failure.value or ValueError("no cause given"), request.url)
        final_url = request.url if "hops" in request.meta else None
        self.ledger.settle(entry, verdict.kind, verdict.reason, verdict.detail, final_url=final_url)
        self.frontier.explored(entry)
        return self.release()

    def _judge(self, response: Response, entry: Entry) -> Iterator[Entry]:
        facts = facts_of(response, entry.url)
        if response.status == 304 and self._asked_for_changes(response):
            known = self.known[key(entry.url)]
            facts |= {"digest": known.digest, "size": None, "media_type": None}
            facts["etag"] = facts["etag"] or known.etag
            facts["last_modified"] = facts["last_modified"] or known.last_modified
            revisit = revisit_of(payload_of(response), known.stored)
            self.ledger.settle(entry, OutcomeKind.UNCHANGED, payload=revisit, **facts)
            self.trail.gives(entry)
        elif entry.guessed and 400 <= response.status < 500 and response.status not in {408, 429}:
            self.ledger.settle(entry, OutcomeKind.FILTERED, "last-page", f"status {response.status}", **facts)
        elif response.status not in {200, 203}:
            rest = pause_of(response)
            told = rest_told(rest) if rest else None
            self.ledger.settle(entry, OutcomeKind.FAILED, f"status-{response.status}", told, **facts)
        elif is_empty(response.body):
            self.ledger.settle(entry, OutcomeKind.FAILED, "empty-body", **facts)
        else:
            yield from self._read(response, entry, facts)

    def _read(self, response: Response, entry: Entry, facts: dict[str, Any]) -> Iterator[Entry]:
        media = facts["media_type"] = sniff(response.body, declared(response.headers.get("Content-Type")))
        if entry.start and media in DISCOVERIES:
            entry.role = UrlRole.DISCOVERY
        if entry.role is UrlRole.DISCOVERY:
            yield from self._discovery(response, entry, facts)
        elif entry.file and media in {HTML, XHTML}:
            self.ledger.settle(entry, OutcomeKind.FILTERED, "type", "a page where a file was promised", **facts)
        elif refused := self._refused(response, media, facts):
            self.ledger.settle(entry, OutcomeKind.FILTERED, refused, "the site asks for it, the source obeys", **facts)
        elif media in DOCUMENTS:
            unchanged = self._settle(response, entry, facts)
            self.trail.gives(entry)
            if media in {HTML, XHTML} and not self._obeys(facts, "nofollow"):
                self._follow(response, entry, only_new=unchanged)
        else:
            self.ledger.settle(entry, OutcomeKind.FILTERED, "type", f"{media} is not read", **facts)

    def _refused(self, response: Response, media: str, facts: dict[str, Any]) -> str | None:
        """Note what the site says of the use of a document; the word of it that forbids it, where the source obeys."""
        told = signals_of(response, html=media in {HTML, XHTML})
        facts["signals"] = " ".join(told) or None
        return next((word for word in told if word != "nofollow" and self._obeys(facts, word)), None)

    def _obeys(self, facts: dict[str, Any], word: str) -> bool:
        return word in self.source.obey and word in (facts.get("signals") or "").split()

    def _discovery(self, response: Response, entry: Entry, facts: dict[str, Any]) -> Iterator[Entry]:
        walk = self._walk(entry)
        try:
            found = walk.read(response, entry.url)
        except UnreadableError as err:
            kind = OutcomeKind.FILTERED if err.reason in {"too-large", "bomb"} else OutcomeKind.FAILED
            self.ledger.settle(entry, kind, err.reason, err.detail, **facts)
            return
        unchanged = self._settle(response, entry, facts, found.note, found.digest)
        for link in found.documents:
            if self._too_old(link):
                self.frontier.refuse(link, response.url, "since", f"before {self.since}")
            elif self.frontier.offer(link, response.url, only_new=unchanged or self.since is not None):
                self.trail.gives(entry)
        if unchanged and walk.asks_for_changes and not self.since:
            return  # the page before is as it was, so are those after it
        most = walk.most if not self.since else max(walk.most, MOST_BACK)
        for link in found.further:
            yield from self.frontier.explore(link, response.url, most, entry.way, guessed=found.guessed)

    def _too_old(self, link: Link) -> bool:
        """Whether a link is dated before the period that is asked for; what bears no date may lie in it."""
        if self.since is None:
            return False
        day = day_of(link.published or link.changed or "")
        return day is not None and day < self.since

    def _settle(
        self,
        response: Response,
        entry: Entry,
        facts: dict[str, Any],
        note: str | None = None,
        entries: str | None = None,
    ) -> bool:
        """Settle a readable answer as fetched or, by its digest, as unchanged; return whether it is the latter.

        A feed is unchanged where its `entries` are, whatever else of it has changed.
        """
        payload = payload_of(response)
        facts["digest"] = payload.digest
        known = self.known.get(key(entry.url))
        unchanged = same = known is not None and known.digest == payload.digest
        if entries and entry.role is UrlRole.DISCOVERY:
            facts["entries"] = entries
            unchanged = unchanged or (known is not None and known.entries == entries)
        if unchanged:
            revisit = revisit_of(payload, known.stored) if known and same else None
            self.ledger.settle(entry, OutcomeKind.UNCHANGED, detail=note, payload=revisit, **facts)
        else:
            self.ledger.settle(entry, OutcomeKind.FETCHED, detail=note, payload=payload, **facts)
        return unchanged

    def _follow(self, response: Response, entry: Entry, only_new: bool) -> None:
        deeper = entry.depth < self._walk(entry).depth
        if not deeper and not self.source.follow_files:
            return
        promised = 0
        for link in html_links(response, files_only=not deeper):
            if is_file(link.url):
                if self.source.follow_files:
                    self.frontier.offer(link, response.url, only_new=only_new, file=True)
            elif not self.frontier.is_own(link.url):
                continue
            elif deeper and not self.frontier.knows(link) and not self.budget.spend(link.url):
                self.frontier.refuse(link, response.url, "trap", "too many URLs that differ in numbers alone")
            elif deeper:
                self.frontier.offer(link, response.url, only_new=only_new, depth=entry.depth + 1)
            elif link.promises_file and promised < MOST_PROMISED:
                promised += 1
                self.frontier.offer(link, response.url, only_new=only_new, file=True)

    def _asked_for_changes(self, response: Response) -> bool:
        return response.request is not None and any(
            name in response.request.headers for name in ("If-None-Match", "If-Modified-Since")
        )
