"""The committed files are what the script makes of their content."""

from __future__ import annotations

import io
import zipfile

import pypdfium2
import pytest

from samples.build import Built, build_all
from samples.site import FILES

BUILT = build_all()


def content(body: bytes) -> object:
    """What a file says: members of an office file, texts and properties of a PDF, the head of a broken one."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return {info.filename: (info.date_time, archive.read(info)) for info in archive.infolist()}
    try:
        with pypdfium2.PdfDocument(body) as document:
            return document.get_metadata_dict(), [page.get_textpage().get_text_range() for page in document]
    except pypdfium2.PdfiumError:
        return body[:8]


@pytest.mark.parametrize("built", BUILT, ids=lambda built: built.path)
def test_the_committed_file_says_what_its_content_says(built: Built) -> None:
    # Not the bytes: another zlib may pack the same content differently.
    assert content((FILES / built.path).read_bytes()) == content(built.body)


def test_building_twice_gives_the_same_bytes() -> None:
    assert build_all() == BUILT


def test_no_other_files_are_committed() -> None:
    assert {str(path.relative_to(FILES)) for path in FILES.rglob("*.*")} == {built.path for built in BUILT}


def test_the_slides_are_landscape_and_the_report_has_pages_in_columns() -> None:
    with pypdfium2.PdfDocument(FILES / "clusters" / "bioxclusters-slides.pdf") as slides:
        width, height = slides[0].get_size()
        assert (len(slides), width > height) == (6, True)
    with pypdfium2.PdfDocument(FILES / "clusters" / "hiec-report.pdf") as report:
        assert len(report) >= 3
        page = report[1].get_textpage()
        lefts = [page.get_rect(i)[0] for i in range(page.count_rects())]
        middle = report[1].get_width() / 2
        assert sum(left > middle for left in lefts) > 5
        assert sum(left < middle for left in lefts) > 5
