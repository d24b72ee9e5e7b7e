from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.sources import Source
from pipeline.archive import Archive
from pipeline.cdxj import INDEX_FILE, find, index_of, surt
from pipeline.intake import take_in
from tests.pipeline.crawled import Crawled, outcome, page


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.News.example/MoU?b=2&a=1#top", "example,news)/mou?a=1&b=2"),
        ("http://news.example", "example,news)/"),
        ("http://news.example:80/a", "example,news)/a"),
        ("https://me:secret@news.example:8443/a", "example,news:8443)/a"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000)/a"),
        ("https://news.example/où va?x=ü y", "example,news)/o%c3%b9%20va?x=%c3%bc%20y"),
        ("https://www2.a.news.example/%7Ea//b/", "example,news,a)/%7ea//b/"),
    ],
)
def test_spellings_of_a_url_have_one_key(url: str, key: str) -> None:
    assert surt(url) == key


def test_what_names_no_host_has_no_key() -> None:
    with pytest.raises(ValueError, match="names no host"):
        surt("news.example/a")


def test_intake_puts_a_sorted_index_beside_the_records_from_which_each_capture_is_one_seek_away(
    engine: Engine, spool: Path, source: Source, archive: Archive, tmp_path: Path
) -> None:
    crawled = Crawled(spool / "run-1", source)
    crawled.fetch("/b", page("B")).fetch("/a", page("A"), final_url="https://www.news.example/A/", status=200)
    crawled.add(outcome("/gone", "failed", status=404), outcome("/old", "unchanged", status=304, warc="00000.warc.gz",
                offset=0, length=9, digest="sha256:old"))  # fmt: skip
    take_in(engine, crawled.end(), archive)
    index = (tmp_path / "archive" / "run-1" / INDEX_FILE).read_bytes()
    lines = index.splitlines()
    assert lines == sorted(lines)
    assert [line.split(b" ")[0] for line in lines] == [b"example,news)/a/", b"example,news)/b", b"example,news)/old"]
    (one,) = find(index, "http://news.example/a/")
    assert (one.url, one.status, f"{one.at:%Y-%m-%dT%H:%M:%SZ}") == (
        "https://www.news.example/A/", 200, "2024-05-01T00:01:00Z",
    )  # fmt: skip
    assert archive.read(one.file, one.offset, one.length)[1] == page("A")
    (old,) = find(index, "https://news.example/old")
    assert (old.revisit, old.digest) == (True, "sha256:old")
    assert json.loads(lines[1].split(b" ", 2)[2])["filename"] == "run-1/00000.warc.gz"
    assert not list(find(index, "https://news.example/gone"))


def test_a_killed_crawl_has_an_index_of_what_it_captured(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    crawled = Crawled(spool / "run-1", source).fetch("/a", page("A"))
    take_in(engine, crawled.folder, archive)
    assert list(archive.files("/" + INDEX_FILE)) == ["run-1/index.cdxj"]
    (index,) = archive.whole(["run-1/index.cdxj"]).values()
    assert len(list(find(index, "https://news.example/a"))) == 1


def test_a_crawl_that_captured_nothing_leaves_no_index(spool: Path, source: Source) -> None:
    crawled = Crawled(spool / "run-1", source).add(outcome("/gone", "failed"))
    assert index_of(crawled.folder, "run-1") is None
