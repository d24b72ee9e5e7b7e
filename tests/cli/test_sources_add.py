"""`sources add`: a site is looked at, tried, and declared after a yes; what cannot be had is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.sources import load_sources
from tests.cli.calling import Ran, call
from tests.cli.conftest import declare
from tests.crawlers.site import Site

TEXT = "The hospitals of both towns will train their nurses together in the use of new methods of imaging. " * 8


def article(site: Site, path: str) -> str:
    head = f'<title>News {path}</title><meta property="article:published_time" content="2026-01-05">'
    return site.add(
        path, f"<html lang=en><head>{head}</head><body><h1>News {path}</h1><p>{path}. {TEXT}</p></body></html>"
    )


def add(tmp_path: Path, *arguments: str) -> Ran:
    file = str(tmp_path / "sources.yaml")
    return call(tmp_path, "sources", "add", *arguments, "--allow-private", PACTWATCH_SOURCES_FILE=file)


def test_a_site_is_declared_by_its_listing_where_its_feed_leads_nowhere(site: Site, tmp_path: Path) -> None:
    file = declare(tmp_path / "sources.yaml", [])
    site.feed("/feed/", site.url("/gone"))
    links = "".join(f"<li><a href='/news/{n}'>A hospital and a university begin work {n}</a></li>" for n in range(4))
    for number in range(4):
        article(site, f"/news/{number}")
    site.add("/", f"<html lang=en><head><title>The News</title></head><body><ul class=list>{links}</ul></body></html>")
    ran = add(tmp_path, site.url("/"), "--id", "the-news", "--yes")
    assert ran.code == 0, ran.err
    assert "no document: fetched, failed status-404" in ran.out
    (source,) = load_sources(file)
    assert (source.id, source.name, source.kind, source.language) == ("the-news", "The News", "listing", "en")
    assert source.listing.items == "li a"
    assert source.expect.fields == ("title", "published")
    assert "Seen on" in file.read_text(encoding="utf8")
    assert not (tmp_path / "pactwatch.db").exists(), "nothing is stored"
    taken = add(tmp_path, site.url("/"), "--id", "the-news", "--yes")
    assert (taken.code, "declared already" in taken.mistake) == (2, True)


def test_nothing_is_written_on_a_dry_run(site: Site, tmp_path: Path) -> None:
    article(site, "/watched")
    ran = add(tmp_path, site.url("/watched"), "--dry-run")
    assert ran.code == 0, ran.err
    assert "kind: page" in ran.out
    assert not (tmp_path / "sources.yaml").exists()


@pytest.mark.parametrize(
    ("url", "said"), [("ftp://x", "write a whole URL"), ("http://127.0.0.1:1/", "unreachable refused")]
)
def test_a_site_that_cannot_be_had_is_named(tmp_path: Path, url: str, said: str) -> None:
    ran = add(tmp_path, url)
    assert ran.code == 2
    assert said in ran.mistake
