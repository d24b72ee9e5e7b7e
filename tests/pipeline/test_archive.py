from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from config.sources import Source
from crawlers.archive import Archive as Writing
from crawlers.contract import OUTCOMES_FILE, Outcome, OutcomeKind, Stored, UrlRole, read_outcomes
from crawlers.records import Payload
from pipeline.archive import Archive
from pipeline.errors import ArchiveError, ArchiveUnreachableError
from tests.pipeline.crawled import Crawled, page


@pytest.fixture
def crawled(spool: Path, source: Source) -> Crawled:
    return Crawled(spool / "run", source).fetch("/a", page("A")).fetch("/b", b"\x00\xff" * 500, "application/pdf")


@pytest.fixture(params=["folder", "memory"])
def stored(request: pytest.FixtureRequest, tmp_path: Path, crawled: Crawled) -> Archive:
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()
    made = Archive(str(tmp_path / "archive") if request.param == "folder" else "memory://archive")
    made.put(crawled.folder / "00000.warc.gz", "run/00000.warc.gz")
    return made


ORIGINAL = b"<p>the original</p>"


@pytest.fixture
def revisited(tmp_path: Path, archive: Archive) -> Callable[..., tuple[str, int, int]]:
    """Archives a response and a revisit of it in another run; answers the place of the revisit."""

    def revisit(status: int = 200, *, digest: str = "sha256:one", **changed: object) -> tuple[str, int, int]:
        was = Payload("https://news.example/a", 200, ((b"Content-Type", b"text/html"), (b"Age", b"1")), ORIGINAL,
                      "sha256:one", "2026-01-01T00:00:00.000Z")  # fmt: skip
        (first,) = written(tmp_path / "run-1", was)
        stored = Stored(was.url, was.at, "run-1/00000.warc.gz", first.offset or 0, first.length or 0)
        headers = ((b"Age", b"2"),)
        again = replace(was, status=status, headers=headers, body=b"", digest=digest, stored=replace(stored, **changed))
        (second,) = written(tmp_path / "run-2", again)
        for run in ("run-1", "run-2"):
            archive.put(tmp_path / run / "00000.warc.gz", f"{run}/00000.warc.gz")
        return "run-2/00000.warc.gz", second.offset or 0, second.length or 0

    return revisit


def written(folder: Path, payload: Payload) -> list[Outcome]:
    folder.mkdir()
    records = Writing(folder, "test")
    records.put(Outcome(payload.url, OutcomeKind.FETCHED, UrlRole.DOCUMENT, payload.at), payload)
    records.close()
    return list(read_outcomes(folder / OUTCOMES_FILE))


def test_a_revisit_is_read_as_its_original_with_its_own_headers(
    archive: Archive, revisited: Callable[..., tuple[str, int, int]]
) -> None:
    headers, body = archive.read(*revisited())
    assert (headers["age"], body) == ("2", ORIGINAL)
    assert "content-type" not in headers


def test_a_304_is_read_as_its_original_with_the_headers_that_it_renews(
    archive: Archive, revisited: Callable[..., tuple[str, int, int]]
) -> None:
    headers, body = archive.read(*revisited(304))
    assert (headers["age"], headers["content-type"], body) == ("2", "text/html", ORIGINAL)


def test_a_revisit_of_another_payload_is_named(
    archive: Archive, revisited: Callable[..., tuple[str, int, int]]
) -> None:
    with pytest.raises(ArchiveError, match=r"a revisit of run-1/.+, which has another payload"):
        archive.read(*revisited(digest="sha256:two"))


def test_a_revisit_whose_original_is_gone_is_named(
    archive: Archive, revisited: Callable[..., tuple[str, int, int]]
) -> None:
    with pytest.raises(ArchiveError, match=r"run-0/00000\.warc\.gz at byte \d+: no such file"):
        archive.read(*revisited(file="run-0/00000.warc.gz"))


def _place(crawled: Crawled, number: int) -> tuple[str, int, int]:
    found = crawled.outcomes[number]
    assert found.offset is not None
    assert found.length is not None
    return f"run/{found.warc}", found.offset, found.length


def test_each_record_is_read_alone_with_its_headers(stored: Archive, crawled: Crawled) -> None:
    assert stored.read(*_place(crawled, 0)) == ({"content-type": "text/html; charset=utf-8"}, page("A"))
    assert stored.read(*_place(crawled, 1)) == ({"content-type": "application/pdf"}, b"\x00\xff" * 500)


def test_small_files_are_written_from_memory_listed_and_read_whole(stored: Archive) -> None:
    stored.put_bytes(b"one", "run/index.cdxj")
    stored.put_bytes(b"two", "other/index.cdxj")
    names = list(stored.files("/index.cdxj"))
    assert names == ["other/index.cdxj", "run/index.cdxj"]
    assert stored.whole(names) == {"run/index.cdxj": b"one", "other/index.cdxj": b"two"}
    assert stored.whole(names[:1]) == {"other/index.cdxj": b"two"}


def test_a_file_that_is_there_is_not_written_again(tmp_path: Path, crawled: Crawled, archive: Archive) -> None:
    warc = crawled.folder / "00000.warc.gz"
    archive.put(warc, "run/00000.warc.gz")
    target = tmp_path / "archive" / "run" / "00000.warc.gz"
    before = target.stat()
    archive.put(warc, "run/00000.warc.gz")
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(target.parent.iterdir()) == [target]


def test_a_torn_copy_is_replaced_by_the_whole_file(tmp_path: Path, crawled: Crawled, archive: Archive) -> None:
    warc = crawled.folder / "00000.warc.gz"
    target = tmp_path / "archive" / "run" / "00000.warc.gz"
    target.parent.mkdir(parents=True)
    target.write_bytes(warc.read_bytes()[:50])
    archive.put(warc, "run/00000.warc.gz")
    assert target.read_bytes() == warc.read_bytes()


def test_a_missing_file_is_named(stored: Archive) -> None:
    with pytest.raises(ArchiveError, match=r"other/00000\.warc\.gz at byte 0: no such file"):
        stored.read("other/00000.warc.gz", 0, 10)


def test_a_record_that_is_cut_off_is_named(stored: Archive, crawled: Crawled) -> None:
    file, offset, length = _place(crawled, 1)
    with pytest.raises(ArchiveError, match="cut off"):
        stored.read(file, offset, length + 99)


@pytest.mark.parametrize("shift", [3, -3])
def test_a_place_that_is_no_record_is_named(stored: Archive, crawled: Crawled, shift: int) -> None:
    file, offset, length = _place(crawled, 1)
    with pytest.raises(ArchiveError, match="damaged"):
        stored.read(file, offset + shift, length - abs(shift))


def test_a_flipped_bit_is_found_by_the_checksum(tmp_path: Path, crawled: Crawled, archive: Archive) -> None:
    archive.put(crawled.folder / "00000.warc.gz", "run/00000.warc.gz")
    file, offset, length = _place(crawled, 0)
    path = tmp_path / "archive" / file
    data = bytearray(path.read_bytes())
    data[offset + length - 6] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"):
        archive.read(file, offset, length)


def test_an_archive_that_is_not_there_is_not_a_missing_record(archive: Archive) -> None:
    with pytest.raises(ArchiveUnreachableError, match="archive_url"):
        archive.read("run/00000.warc.gz", 0, 10)


def test_an_archive_that_cannot_be_written_says_where(tmp_path: Path, crawled: Crawled) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    with pytest.raises(ArchiveUnreachableError, match=r"cannot store run/00000\.warc\.gz"):
        Archive(str(tmp_path / "archive")).put(crawled.folder / "00000.warc.gz", "run/00000.warc.gz")


def test_an_unknown_kind_of_archive_names_the_setting() -> None:
    with pytest.raises(ArchiveUnreachableError, match="archive_url"):
        Archive("nonsense://bucket")
