"""Scanned pages: what is drawn on them becomes text where tesseract is there and turned on."""

from __future__ import annotations

import io
import shutil

import pypdfium2 as pdfium
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.extract import Ocr, extract
from pipeline.extract.ocr import MISSING, make_ocr
from pipeline.records import Capture, Extracted
from tests.pipeline.extract import samples
from tests.pipeline.extract.test_extract import assert_valid

WORDS = samples.SENTENCES[:3]


def scan(*others: str) -> bytes:
    """A page drawn to a picture that is a page of another PDF; then pages of plain text."""
    drawn = samples.pdf([samples.column(40, 700, WORDS, size=11)])
    picture = pdfium.PdfDocument(drawn)[0].render(scale=2, grayscale=True).to_pil()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.drawImage(ImageReader(picture), 0, 0, *A4)
    canvas.showPage()
    for text in others:
        canvas.drawString(60, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def read(body: bytes, ocr: Ocr | None = None) -> Extracted:
    got = extract(Capture(url="https://a.example/scan.pdf", body=body), ocr)
    assert_valid(got)
    return got


def test_without_ocr_a_scan_says_what_it_needs_and_a_partial_one_what_is_missing() -> None:
    assert read(scan()).outcome == "needs-ocr"
    got = read(scan("A page of plain text about clusters"))
    assert (got.outcome, got.detail) == ("ok", "1 of 2 pages are images without text")
    assert got.text_from is None


def test_ocr_that_is_not_installed_says_how_to_mend_it() -> None:
    got = read(scan(), Ocr(program="no-such-program"))
    assert got.outcome == "needs-ocr"
    assert MISSING in (got.detail or "")


def test_ocr_is_off_unless_it_is_set() -> None:
    assert make_ocr(False, "eng") is None
    assert make_ocr(True, "eng+deu") == Ocr("eng+deu")


@pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed: apt-get install tesseract-ocr"
)
def test_a_scanned_page_becomes_text_with_confidence_and_its_page() -> None:
    got = read(scan("A page of plain text about clusters"), Ocr())
    assert (got.outcome, got.text_from) == ("ok", "ocr")
    assert got.text_confidence is not None and got.text_confidence > 0.7
    page = got.text[got.anchors[0].start : got.anchors[0].end]
    assert "memorandum of understanding on clinical data spaces" in page
    assert [a.page for a in got.anchors] == [1, 2]
    assert got.text.endswith("A page of plain text about clusters")
    assert "1 pages read by OCR (eng)" in (got.detail or "")


@pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed: apt-get install tesseract-ocr"
)
def test_ocr_that_fails_or_is_late_leaves_the_scan_as_it_was() -> None:
    unknown = read(scan(), Ocr(languages="xyz"))
    assert unknown.outcome == "needs-ocr" and "OCR failed" in (unknown.detail or "")
    late = read(scan(), Ocr(page_seconds=0.01))
    assert late.outcome == "needs-ocr" and "longer than" in (late.detail or "")
