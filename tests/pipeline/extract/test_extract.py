"""The entry: each kind of file is read, each kind of trouble has its outcome, and nothing ever raises."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.extract import EXTRACTOR, extract
from pipeline.records import EXTRACT_OUTCOMES, Capture, Extracted
from tests.pipeline.extract import office_samples, samples

PAGE = samples.ARTICLE.encode()
PDF = samples.pdf([samples.column(60, 780, samples.SENTENCES), samples.column(60, 780, samples.SENTENCES[::-1])])
FILES = {
    "html": PAGE,
    "pdf": PDF,
    "docx": samples.docx(),
    "pptx": samples.pptx(),
    "odt": office_samples.odt(),
    "odp": office_samples.odp(),
    "rtf": office_samples.RTF,
    "eml": office_samples.newsletter(),
    "txt": "\n".join(samples.SENTENCES).encode(),
}


def read(body: bytes, **known: str) -> Extracted:
    return extract(Capture(url="https://news.example.com/two", body=body, **known))


def assert_valid(read: Extracted) -> None:
    """What every answer keeps to, whatever was read."""
    assert read.outcome in EXTRACT_OUTCOMES
    assert read.extractor == EXTRACTOR
    assert (read.published is None) == (read.published_from is None)
    assert read.text == unicodedata.normalize("NFC", read.text)
    assert not set(read.text) & set("\u00ad\u200b\ufeff\x00\r\t")
    assert "  " not in read.text and "\n\n" not in read.text
    if read.outcome not in ("ok", "stub"):
        assert not read.text
        assert read.detail and "\n" not in read.detail
    last = 0
    for anchor in read.anchors:
        assert last <= anchor.start < anchor.end <= len(read.text)
        assert not read.text[last : anchor.start].strip()
        last = anchor.end
    assert last == (len(read.text) if read.anchors else 0)


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_file_is_read_whatever_it_is_declared_as(kind: str) -> None:
    for declared in (None, "text/html", "application/octet-stream", "application/pdf"):
        got = extract(Capture(url="https://a.example/x", body=FILES[kind], media_type=declared))
        assert got.outcome == "ok", (declared, got.detail)
        assert len(got.text) > 100
        assert_valid(got)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", "empty"),
        (b" \r\n\x00 ", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "unsupported"),
        (b"GIF89a" + bytes(50), "unsupported"),
        (b"<?xml version='1.0'?><rss><channel><title>x</title></channel></rss>", "unsupported"),
        (b"%PDF-1.7\nnothing that a reader could use", "damaged"),
        (FILES["docx"][: len(FILES["docx"]) // 2], "damaged"),
        (b"<html><body></body></html>", "empty"),
    ],
)
def test_trouble_has_a_name(body: bytes, outcome: str) -> None:
    got = read(body)
    assert got.outcome == outcome
    assert_valid(got)


def test_a_zip_bomb_is_too_large_and_is_never_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 400_000_000)
    got = read(out.getvalue())
    assert got.outcome == "too-large"
    assert_valid(got)


def test_a_payload_that_is_still_packed_is_unpacked_within_bounds() -> None:
    assert read(gzip.compress(PAGE)).text == read(PAGE).text
    assert read(gzip.compress(PAGE)[:300]).outcome in ("ok", "damaged", "empty")
    assert read(gzip.compress(bytes(60_000_000))).outcome == "too-large"
    assert read(b"\x1f\x8b" + b"nonsense" * 10).outcome == "damaged"
    assert read(gzip.compress(gzip.compress(PAGE))).outcome == "unsupported"


def test_plain_text_is_read_with_its_first_line_as_title() -> None:
    got = read(b"Report on skills\n\n" + samples.SENTENCES[0].encode(), media_type="text/plain")
    assert (got.outcome, got.title) == ("ok", "Report on skills")
    assert got.text == f"Report on skills\n{samples.SENTENCES[0]}"


def test_a_deeply_nested_page_does_no_harm() -> None:
    assert_valid(read(b"<html><body>" + b"<div>" * 50_000 + b"deep" + b"</div>" * 50_000 + b"</body></html>"))


@given(st.binary(max_size=2000))
@settings(max_examples=60, deadline=None)
def test_random_bytes_never_raise(body: bytes) -> None:
    assert_valid(read(body))


@pytest.mark.parametrize("kind", FILES)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_files_never_raise(kind: str, data: st.DataObject) -> None:
    body = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        piece = data.draw(st.binary(max_size=40))
        end = at + data.draw(st.integers(0, 200))
        body[at:end] = piece
        if not body:
            body = bytearray(b"x")
    assert_valid(read(bytes(body)))
