"""The three sample sites as finished responses: {path: resource} for an edition and a set of addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from samples.content import HERE, Page, load_pages

FILES = HERE / "files"
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Sites:
    """Base URLs of the three sites, without a trailing slash."""

    news_url: str
    cluster_url: str
    tank_url: str


@dataclass(frozen=True, slots=True)
class Resource:
    """What the server answers for one path."""

    body: bytes
    media_type: str = HTML
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class _Site:
    """What the builders of one site share."""

    name: str
    base: str
    pages: dict[str, Page]
    context: dict[str, Any]

    def page(self, template: str, **context: Any) -> Resource:
        return _text(_render(f"{self.name}/{template}", base=self.base, **self.context, **context))

    def text(self, template: str, media_type: str, **context: Any) -> Resource:
        return _text(_render(f"{self.name}/{template}", base=self.base, **self.context, **context), media_type)

    def newest(self) -> list[Page]:
        return sorted(self.pages.values(), key=lambda p: (p.published or date.min, p.id), reverse=True)


def build(sites: Sites, edition: int) -> dict[str, dict[str, Resource]]:
    """Render every site: {site name: {path with query: resource}}; names are ``courier``, ``clusters``, ``table``."""
    context = {"sites": sites}
    return {
        "courier": _courier(_Site("courier", sites.news_url, load_pages("courier", edition), context)),
        "clusters": _clusters(_Site("clusters", sites.cluster_url, load_pages("clusters", edition), context)),
        "table": _table(_Site("table", sites.tank_url, load_pages("table", edition), context)),
    }


def _courier(site: _Site) -> dict[str, Resource]:
    # Boxes of related articles and the feed go by the first edition: a page that has gone since is still linked, as
    # happens on real sites, and the other pages keep their bytes.
    first = load_pages("courier", 1)
    feed = [p for p in _Site(site.name, site.base, first, {}).newest() if p.in_feed]
    archive = [p for p in site.newest() if p.in_archive]
    found = {
        "/robots.txt": site.text("robots.txt", TEXT),
        "/": site.page("home.html", pages=archive[:6]),
        "/feed.xml": site.text("feed.xml", RSS, pages=feed),
    }
    found.update(_listing(site, "/archive/", archive, 5))
    for page in site.pages.values():
        related = [first[name] for name in page.related]
        found[page.path] = _validated(page, site.page("article.html", page=page, related=related))
    return found


def _clusters(site: _Site) -> dict[str, Resource]:
    files = sorted(path.name for path in (FILES / "clusters").iterdir())
    return {
        "/robots.txt": site.text("robots.txt", TEXT),
        "/sitemap.xml": site.text("sitemap_index.xml", XML),
        "/sitemap-pages.xml": site.text("sitemap_pages.xml", XML, pages=list(site.pages.values())),
        "/sitemap-files.xml": site.text("sitemap_files.xml", XML, files=files),
        "/": site.page("home.html", pages=site.newest()),
        **{p.path: _validated(p, site.page("page.html", page=p)) for p in site.pages.values()},
        **dict(_files("clusters")),
    }


def _table(site: _Site) -> dict[str, Resource]:
    listed = [p for p in site.newest() if p.in_archive]
    return {
        "/robots.txt": site.text("robots.txt", TEXT),
        "/": site.page("home.html", pages=listed[:3]),
        "/podcast/feed.xml": site.text("podcast.xml", RSS),
        **_listing(site, "/publications/", listed, 3),
        **{p.path: _validated(p, site.page("page.html", page=p)) for p in site.pages.values()},
        **dict(_files("table")),
    }


def _listing(site: _Site, path: str, pages: Sequence[Page], size: int) -> dict[str, Resource]:
    """Pages of links, `size` a page: ``path``, ``path?page=2``, …"""
    found = {}
    count = -(-len(pages) // size)
    for number in range(1, count + 1):
        part = pages[(number - 1) * size : number * size]
        url = path if number == 1 else f"{path}?page={number}"
        found[url] = site.page("listing.html", pages=part, number=number, count=count, path=path)
    return found


def _files(site: str) -> Iterator[tuple[str, Resource]]:
    for path in sorted((FILES / site).iterdir()):
        yield f"/files/{path.name}", _file(path)


def _file(path: Path) -> Resource:
    body = path.read_bytes()
    # Slides and documents come without validators: there only the digest can tell that nothing has changed.
    etag = _etag(body) if path.suffix == ".pdf" else None
    return Resource(body, MEDIA_TYPES[path.suffix], etag=etag)


def _text(text: str, media_type: str = HTML) -> Resource:
    return Resource(text.encode("utf8"), media_type)


def _validated(page: Page, resource: Resource) -> Resource:
    etag = _etag(resource.body) if page.validators == "etag" else None
    last = http_date(page.modified or page.published) if page.validators == "last-modified" else None
    return Resource(resource.body, resource.media_type, etag, last)


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def http_date(day: date | None) -> str | None:
    """A day at eight in the morning UTC, as HTTP and RSS write it (RFC 9110, RFC 2822)."""
    if day is None:
        return None
    return format_datetime(datetime(day.year, day.month, day.day, 8, tzinfo=UTC), usegmt=True)


def long_date(day: date) -> str:
    """``7 April 2021``, whatever the locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"http_date": http_date, "long_date": long_date}
    return environment


def _render(template: str, **context: Any) -> str:
    return _environment().get_template(template).render(**context)
