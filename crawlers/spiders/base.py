"""What all four ways of walking a site share: asking for URLs, judging answers, following what they name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response
from twisted.python.failure import Failure

from config.sources import Source
from crawlers.answers import facts_of, html_links, is_empty, payload_of
from crawlers.contract import Job, Known, OutcomeKind, UrlRole
from crawlers.control import Control
from crawlers.discovery import Found, Link, UnreadableError
from crawlers.frontier import Frontier
from crawlers.ledger import Entry, Ledger
from crawlers.media import DISCOVERIES, DOCUMENTS, HTML, NEVER, XHTML, declared, sniff
from crawlers.urls import is_file, key
from crawlers.verdicts import judge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

DISCOVERY_PRIORITY = 10


class SourceSpider(Spider):
    """Walks one source as it is declared. A kind of source says in `read` how its discovery documents are read."""

    start_role = UrlRole.DISCOVERY
    asks_for_changes = True
    """Whether discovery documents are asked for with If-None-Match and the like."""
    most_discoveries = 50
    """Most feeds, sitemaps or listing pages of one crawl."""
    depth = 0
    """How far links of pages are followed."""

    def __init__(self, *, job: Job, source: Source, known: dict[str, Known], ledger: Ledger, **given: Any) -> None:
        super().__init__(**given)
        self.limits = job.limits
        self.source = source
        self.known = {key(item.url): item for item in known.values()}
        self.ledger = ledger
        self.frontier = Frontier(job, source, set(self.known), ledger)
        self.control: Control

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **given: Any) -> SourceSpider:
        """Scrapy's way to build it."""
        spider: SourceSpider = super().from_crawler(crawler, *args, **given)
        spider.control = Control(crawler)
        crawler.signals.connect(spider.opened, signal=signals.spider_opened)
        crawler.signals.connect(spider.headers_received, signal=signals.headers_received)
        return spider

    def read(self, response: Response) -> Found:
        """Links of a discovery document; raises UnreadableError."""
        raise UnreadableError("broken-feed", f"a source of kind {self.name} has none")

    def opened(self) -> None:
        """Start the clock of the crawl."""
        asyncio.get_running_loop().call_later(self.limits.max_seconds, self.control.stop, "max-seconds")

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
        for url in self.source.start:
            for entry in self.frontier.begin(url, self.start_role):
                yield self.request(entry)
        for item in self.known.values():
            if item.recheck:
                self.frontier.offer(Link(item.url))
        for request in self.release():
            yield request

    def request(self, entry: Entry) -> Request:
        """The request for an entry, conditional where an earlier crawl left validators."""
        known = self.known.get(key(entry.url))
        headers = {}
        if known and (self.asks_for_changes or entry.role is UrlRole.DOCUMENT):
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
        """Requests for the documents found, once all discovery is done."""
        return [self.request(entry) for entry in self.frontier.release()]

    def received(self, response: Response) -> list[Request]:
        """Judge an answer; return what to ask for next."""
        entry: Entry = response.meta["entry"]
        try:
            following = [self.request(found) for found in self._judge(response, entry)]
        except Exception as err:  # any error: one page that nobody foresaw must not cost the others their outcome
            logger.exception("%s: cannot be judged", entry.url)
            following = []
            if not entry.settled:
                self.ledger.settle(entry, OutcomeKind.FAILED, "error", f"{type(err).__name__}: {err}")
        self.frontier.explored(entry)
        return [*following, *self.release()]

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
            self.ledger.settle(entry, OutcomeKind.UNCHANGED, **facts)
        elif response.status not in {200, 203}:
            self.ledger.settle(entry, OutcomeKind.FAILED, f"status-{response.status}", **facts)
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
        elif media in DOCUMENTS:
            unchanged = self._settle(response, entry, facts)
            if media in {HTML, XHTML}:
                self._follow(response, entry, only_new=unchanged)
        else:
            self.ledger.settle(entry, OutcomeKind.FILTERED, "type", f"{media} is not read", **facts)

    def _discovery(self, response: Response, entry: Entry, facts: dict[str, Any]) -> Iterator[Entry]:
        try:
            found = self.read(response)
        except UnreadableError as err:
            kind = OutcomeKind.FILTERED if err.reason == "too-large" else OutcomeKind.FAILED
            self.ledger.settle(entry, kind, err.reason, err.detail, **facts)
            return
        unchanged = self._settle(response, entry, facts, found.note)
        for link in found.documents:
            self.frontier.offer(link, response.url, only_new=unchanged)
        if unchanged and self.asks_for_changes:
            return  # the page before is as it was, so are those after it
        for link in found.further:
            yield from self.frontier.explore(link, response.url, self.most_discoveries)

    def _settle(self, response: Response, entry: Entry, facts: dict[str, Any], note: str | None = None) -> bool:
        """Settle a readable answer as fetched or, by its digest, as unchanged; return whether it is the latter."""
        payload = payload_of(response)
        facts["digest"] = payload.digest
        known = self.known.get(key(entry.url))
        unchanged = known is not None and known.digest == payload.digest
        if unchanged:
            self.ledger.settle(entry, OutcomeKind.UNCHANGED, detail=note, **facts)
        else:
            self.ledger.settle(entry, OutcomeKind.FETCHED, detail=note, payload=payload, **facts)
        return unchanged

    def _follow(self, response: Response, entry: Entry, only_new: bool) -> None:
        walks = entry.depth < self.depth
        if not walks and not self.source.follow_files:
            return
        for link in html_links(response, files_only=not walks):
            if is_file(link.url):
                if self.source.follow_files:
                    self.frontier.offer(link, response.url, only_new=only_new, file=True)
            elif walks and self.frontier.is_own(link.url):
                self.frontier.offer(link, response.url, only_new=only_new, depth=entry.depth + 1)

    def _asked_for_changes(self, response: Response) -> bool:
        return response.request is not None and any(
            name in response.request.headers for name in ("If-None-Match", "If-Modified-Since")
        )
