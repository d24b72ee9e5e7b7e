"""The sample sites as declared sources, for `make demo` and the tests."""

from __future__ import annotations

import re

from config.sources import Expect, Listing, Source, SourceKind
from samples.site import Sites


def sample_sources(sites: Sites) -> list[Source]:
    """Declare the sample sites at their addresses: every kind, no delay, and one source that yields nothing."""
    return [*_courier(sites), *_clusters_and_table(sites)]


def _courier(sites: Sites) -> list[Source]:
    return [
        Source(
            id="sample-courier",
            name="Health Innovation Courier (sample)",
            kind=SourceKind.FEED,
            start=(f"{sites.news_url}/feed.xml",),
            home=f"{sites.news_url}/",
            language="en",
            delay=0,
            expect=Expect(documents=9, fields=("title", "published")),
        ),
        Source(
            id="sample-courier-archive",
            name="Health Innovation Courier, older articles (sample)",
            kind=SourceKind.LISTING,
            start=(f"{sites.news_url}/archive/",),
            allow=(r"/news/2016/",),
            listing=Listing(items="ol.archive li", next="nav.pagination a.next"),
            language="en",
            delay=0,
            expect=Expect(documents=1, fields=("title", "published")),
        ),
    ]


def _clusters_and_table(sites: Sites) -> list[Source]:
    return [
        Source(
            id="sample-clusters",
            name="Health Cluster Compass (sample)",
            kind=SourceKind.SITEMAP,
            start=(f"{sites.cluster_url}/sitemap.xml",),
            home=f"{sites.cluster_url}/",
            language="en",
            delay=0,
            expect=Expect(documents=8, fields=("title",)),
        ),
        Source(
            id="sample-table",
            name="The Health Policy Table, publications (sample)",
            kind=SourceKind.LISTING,
            start=(f"{sites.tank_url}/publications/",),
            allow=(rf"^{re.escape(sites.tank_url)}/publications/[a-z-]+/$", r"\.pdf$"),
            listing=Listing(items="div.teaser h2 a", next="div.pager a.next"),
            language="en",
            delay=0,
            expect=Expect(documents=6, fields=("title", "published")),
        ),
        Source(
            id="sample-programme",
            name="The Health Policy Table, programme (sample)",
            kind=SourceKind.PAGE,
            start=(f"{sites.tank_url}/programme/",),
            language="en",
            follow_files=False,
            delay=0,
            expect=Expect(documents=1, fields=("title",)),
        ),
        Source(
            id="sample-podcast",
            name="The Health Policy Table, podcast (sample, yields nothing)",
            kind=SourceKind.FEED,
            start=(f"{sites.tank_url}/podcast/feed.xml",),
            language="en",
            delay=0,
            expect=Expect(documents=1, fields=("title",)),
        ),
    ]
