"""Which of the URLs that a crawl sees are asked for, and in what order."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from scrapy.linkextractors import IGNORED_EXTENSIONS

from config.sources import Source
from crawlers.addresses import names_private
from crawlers.contract import Job, OutcomeKind, UrlRole
from crawlers.discovery import Link
from crawlers.ledger import Entry, Ledger
from crawlers.urls import Scope, clean, host_of, is_file, key, without_user

NO_PAGE = frozenset(IGNORED_EXTENSIONS) | {"css", "js", "json", "xml"}
"""Suffixes that no page or accepted file has; those are not asked for at all."""


class Frontier:
    """Takes what is found, settles what is not wanted at once, and keeps the rest until discovery is done.

    Waiting for all of discovery costs nothing, since it takes the same requests, and lets the limit on documents fall
    on the right ones: new URLs go before known ones, and in sitemaps late dates before early ones.
    """

    def __init__(self, job: Job, source: Source, known: set[str], ledger: Ledger) -> None:
        starts = [url for way in source.ways for url in way.start]
        hosts = [*map(host_of, starts), *source.hosts, host_of(source.home or "")]
        self.scope = Scope(hosts, source.allow, source.deny)
        self._known = known
        self._ledger = ledger
        self._allow_private = job.allow_private
        self._room = job.limits.max_pages if job.since else min(source.max_documents, job.limits.max_pages)
        self.by_date = False
        """Whether late documents go before early ones."""
        self._waiting: list[Entry] = []
        self._exploring: set[Entry] = set()
        self._explored = 0

    @property
    def exploring(self) -> bool:
        """Whether discovery still goes on."""
        return bool(self._exploring)

    def begin(self, url: str, role: UrlRole, way: int = 0) -> Iterator[Entry]:
        """The entry of a start URL, if it may be asked for."""
        entry = Entry(clean(url), role, start=True, way=way)
        if self._ledger.claim(entry) and not self._is_private(entry):
            if role is UrlRole.DOCUMENT:
                self._room -= 1
            self._exploring.add(entry)
            self._explored += 1
            yield entry

    def explore(self, link: Link, found_on: str, most: int, way: int = 0, *, guessed: bool = False) -> Iterator[Entry]:
        """The entry of a further discovery document, if it may be asked for."""
        entry = self._claim(link, UrlRole.DISCOVERY, found_on)
        if entry is None:
            return
        entry.way, entry.guessed = way, guessed
        reason = self.scope.refusal(entry.url, patterns=False)
        if reason:
            self._ledger.settle(entry, OutcomeKind.FILTERED, reason)
        elif self._explored >= most:
            self._ledger.settle(entry, OutcomeKind.FILTERED, "limit", f"{most} discovery documents were read")
        elif not self._is_private(entry):
            self._exploring.add(entry)
            self._explored += 1
            yield entry

    def explored(self, entry: Entry) -> None:
        """An entry that others wait for has its outcome."""
        self._exploring.discard(entry)

    def offer(
        self, link: Link, found_on: str | None = None, *, only_new: bool = False, file: bool = False, depth: int = 0
    ) -> bool:
        """Take a document's URL, or settle why not; `only_new` passes over what earlier crawls know.

        True where it is a document of the source, whether it is asked for or known already.
        """
        entry = self._claim(link, UrlRole.DOCUMENT, found_on, depth, self._known if only_new else frozenset())
        if entry is None:
            return self._is_wanted(link)
        entry.file = file and not is_file(entry.url)
        reason = self.scope.refusal(entry.url, patterns=not file)
        if reason is None and _suffix(entry.url) in NO_PAGE and not is_file(entry.url):
            reason = "type"
        if reason:
            self._ledger.settle(entry, OutcomeKind.FILTERED, reason)
            return False
        if self._is_private(entry):
            return False
        self._waiting.append(entry)
        return True

    def knows(self, link: Link) -> bool:
        """Whether the URL has been seen in this crawl."""
        return self._ledger.knows(link.url)

    def refuse(self, link: Link, found_on: str, reason: str, detail: str) -> None:
        """Settle a document's URL as filtered."""
        entry = self._claim(link, UrlRole.DOCUMENT, found_on, passed_over=self._known)
        if entry is not None:
            self._ledger.settle(entry, OutcomeKind.FILTERED, reason, detail)

    def _is_wanted(self, link: Link) -> bool:
        """Whether a URL that was passed over is a document of the source."""
        try:
            return self.scope.refusal(clean(link.url)) is None
        except ValueError:
            return False

    def release(self) -> Iterator[Entry]:
        """Documents to ask for now: none while discovery goes on; what is above the limit is settled."""
        if self._exploring or not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        if self.by_date:
            waiting.sort(key=lambda entry: entry.hint_published or entry.changed or "", reverse=True)
        waiting.sort(key=lambda entry: key(entry.url) in self._known)
        for entry in waiting:
            if self._room > 0:
                self._room -= 1
                yield entry
            else:
                self._ledger.settle(entry, OutcomeKind.FILTERED, "limit", "the crawl has its number of documents")

    def is_own(self, url: str) -> bool:
        """Whether a URL lies on a host of the source."""
        return host_of(url) in self.scope.hosts

    def refusal_of_redirect(self, entry: Entry, target: str) -> str | None:
        """Why a redirect is not followed; a start URL may move to another host, which then belongs to the source."""
        if entry.start:
            self.scope.hosts.add(host_of(target))
        return None if entry.role is UrlRole.DISCOVERY else self.scope.refusal(target, patterns=False)

    def _claim(
        self,
        link: Link,
        role: UrlRole,
        found_on: str | None,
        depth: int = 0,
        passed_over: set[str] | frozenset[str] = frozenset(),
    ) -> Entry | None:
        try:
            url = clean(link.url)
            if key(url) in passed_over:
                return None
            problem = None
        except ValueError as err:
            url, problem = without_user(link.url), str(err)
        entry = Entry(url, role, found_on, link.title, link.published, link.changed, depth)
        if not self._ledger.claim(entry):
            return None
        if problem is None and urlsplit(url).scheme in {"http", "https"} and not urlsplit(url).hostname:
            problem = "it names no host"
        if problem is not None:
            self._ledger.settle(entry, OutcomeKind.FILTERED, "not-a-url", problem)
            return None
        return entry

    def _is_private(self, entry: Entry) -> bool:
        if self._allow_private or not names_private(entry.url):
            return False
        self._ledger.settle(entry, OutcomeKind.FILTERED, "private", "the URL names a private address")
        return True


def _suffix(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2].rpartition(".")[2].lower()
