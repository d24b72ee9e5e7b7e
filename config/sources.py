"""Sources as data: what a site is, how to walk it, and what to expect of it."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from config.yamlfile import load_list


class SourceKind(StrEnum):
    """How the documents of a source are found."""

    FEED = "feed"
    """RSS, Atom, RDF or JSON Feed."""
    SITEMAP = "sitemap"
    """Sitemap or sitemap index, plain or gzipped."""
    LISTING = "listing"
    """Pages of links, with pagination."""
    PAGE = "page"
    """Pages watched for change; files that they link to are fetched too."""


def _http(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError("a URL must begin with http:// or https:// and name a host")
    return url


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as err:
        raise ValueError(f"not a regular expression: {err}") from err
    return pattern


Url = Annotated[str, AfterValidator(_http)]
Regex = Annotated[str, AfterValidator(_regex)]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expect(_Declared):
    """What a healthy run of the source yields; a run below it is never green."""

    documents: int = Field(1, ge=0)
    """Least documents (new, changed or unchanged) that a run must see."""
    fields: tuple[str, ...] = ()
    """Fields that must be filled, of `title`, `published`, `authors`."""
    days: float | None = Field(None, gt=0)
    """Something new at least once in so many days, else the source is quiet; none: as often as is usual for it."""


class Listing(_Declared):
    """How a listing page is read; selectors are CSS as Scrapy understands it, or XPath if they begin with ``/``, ``./``
    or ``(``."""

    items: str = "a"
    """Selector of the elements that are, or hold, the links to documents."""
    next: str | None = None
    """Selector of the link to the next page."""
    pages: Url | None = None
    """URL of the further pages, with ``{page}``, ``{offset}`` or ``{year}`` where their number stands."""
    first: int = Field(2, ge=0)
    """Number of the second page: the first one is `start`."""
    step: int = Field(1, gt=0)
    """What the number grows by from page to page; for ``{offset}`` the items of a page."""
    json_path: str | None = Field(None, alias="json", pattern=r"^[^.\s]+(\.[^.\s]+)*$")
    """Where a JSON answer holds URLs or pieces of HTML: keys with dots between, lists are gone through."""
    max_pages: int = Field(20, gt=0)
    """Most listing pages that a run walks."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    @model_validator(mode="after")
    def _number_in_pages(self) -> Listing:
        marks = re.findall(r"\{(\w*)\}", self.pages or "{page}")
        if len(marks) != 1 or marks[0] not in {"page", "offset", "year"}:
            raise ValueError("'pages' must have {page}, {offset} or {year} once")
        return self


class Render(_Declared):
    """How pages that are made by their scripts are rendered."""

    wait_for: str | None = None
    """CSS selector of what must be there before a page counts as done; none: until it asks for nothing more."""
    seconds: float = Field(30.0, gt=0, le=300)
    """Longest time that a page may take."""


class Adapt(_Declared):
    """Bounds within which the time between two crawls follows the share of news in each visit."""

    least_hours: float = Field(6.0, gt=0)
    most_hours: float = Field(168.0, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Adapt:
        if self.least_hours > self.most_hours:
            raise ValueError("'least_hours' is more than 'most_hours'")
        return self


class Way(_Declared):
    """One way to the documents of a source: what is read for their URLs."""

    kind: SourceKind
    start: tuple[Url, ...] = Field(min_length=1)
    """URLs of the feeds, sitemaps, listing pages or watched pages."""
    listing: Listing = Listing()

    @field_validator("start", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _listing_only_where_used(self) -> Way:
        if self.kind is not SourceKind.LISTING and "listing" in self.model_fields_set:
            raise ValueError(f"'listing' goes with kind: listing, this is kind: {self.kind}; remove it")
        return self


class Source(_Declared):
    """One source. A site is a declaration, not a class."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")
    name: str = Field(min_length=1)
    kind: SourceKind
    start: tuple[Url, ...] = Field(min_length=1)
    """URLs of the feeds, sitemaps, listing pages or watched pages."""
    home: Url | None = None
    """The site's front page, for people."""
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    """ISO 3166-1 alpha-2; none: international."""
    language: str | None = Field(None, pattern=r"^[a-z]{2}$")
    """ISO 639-1, if the source writes in one language."""
    allow: tuple[Regex, ...] = ()
    """Only URLs that match one of these become documents; empty: every URL on the hosts of `start`."""
    deny: tuple[Regex, ...] = ()
    """URLs that match one of these are filtered."""
    hosts: tuple[str, ...] = ()
    """Further hosts whose pages belong to the source."""
    listing: Listing = Listing()
    fallbacks: tuple[Way, ...] = ()
    """Further ways to the documents, each tried where those before it were empty or broken."""
    follow_files: bool = True
    """Fetch PDF, office (DOCX, PPTX, ODT, ODP, RTF) and ``.eml`` files that a document page of the source links to."""
    depth: int = Field(0, ge=0)
    """Kind `page` only: how far links to the source's own hosts are followed from `start`; 0: not at all."""
    max_documents: int = Field(500, gt=0)
    """Most documents a run."""
    max_minutes: float = Field(60.0, gt=0)
    """Longest time that a run may take."""
    max_bytes: int = Field(5_000_000_000, gt=0)
    """Most bytes that a run may fetch, feeds and listings included."""
    obey: tuple[Literal["noai", "nofollow", "noindex", "tdm"], ...] = ()
    """What sites say of the use of their documents and the source keeps to; all of it is recorded anyway."""
    render: Render | None = None
    """Run the pages' scripts in a browser (``true``, or how); none: pages are read as they are sent."""
    delay: float | None = Field(None, ge=0)
    """Seconds between two requests to the host; none: the setting `delay`."""
    every_hours: float = Field(24.0, gt=0)
    """The source is due when its last crawl began longer ago than this."""
    adapt: Adapt | None = None
    """Let the interval follow the share of news, beginning with `every_hours`; none: it stays."""
    expect: Expect = Expect()
    enabled: bool = True
    verified: bool = False
    """True once a live crawl has proved the declaration."""

    @field_validator("start", "allow", "deny", "hosts", "obey", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("render", mode="before")
    @classmethod
    def _yes_or_how(cls, value: object) -> object:
        return {True: Render(), False: None}[value] if isinstance(value, bool) else value

    @model_validator(mode="after")
    def _listing_only_where_used(self) -> Source:
        if self.kind is not SourceKind.LISTING and "listing" in self.model_fields_set:
            raise ValueError(f"'listing' goes with kind: listing, this source is kind: {self.kind}; remove it")
        return self

    @property
    def ways(self) -> tuple[Way, ...]:
        """The source's own way to its documents, then its fallbacks."""
        given = {"listing": self.listing} if self.kind is SourceKind.LISTING else {}
        return (Way.model_validate({"kind": self.kind, "start": self.start, **given}), *self.fallbacks)

    @property
    def interval(self) -> timedelta:
        """Time between two crawls, with an hour's grace so that a nightly run finds last night's source due."""
        return graced(self.every_hours)


def graced(hours: float) -> timedelta:
    """An interval less the hour that a run may begin earlier than the one before."""
    return max(timedelta(hours=hours) - timedelta(hours=1), timedelta(0))


def load_sources(path: Path) -> list[Source]:
    """Read sources.yaml; raises ConfigError naming file, line and mend."""
    return load_list(path, "sources", Source)
