"""URLs: one form to ask for, one key for all spellings, and what belongs to a source."""

from __future__ import annotations

import io
import zipfile

import pytest

from crawlers.media import DOCUMENTS, DOCX, HTML, MAIL, ODP, ODT, OTHER, PDF, PPTX, RTF, sniff
from crawlers.urls import Scope, clean, is_file, key


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("HTTP://Example.ORG:80/a#part", "http://example.org/a"),
        ("https://example.org:8443", "https://example.org:8443/"),
        ("http://example.org/a?utm_source=x&id=3&fbclid=y", "http://example.org/a?id=3"),
        ("http://example.org/a?ref=3&source=4&uid=5", "http://example.org/a?ref=3&source=4&uid=5"),
        (" http://example.org/caf\u00e9 au lait ", "http://example.org/caf%C3%A9%20au%20lait"),
        ("http://user:secret@example.org/", "http://example.org/"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("http://example.org/a;jsessionid=0AF?b=1", "http://example.org/a?b=1"),
        ("http://example.org/a?PHPSESSID=1&sid=0af8c1d2e3f4a5b6c7d8e9f0&id=2&_ga=3", "http://example.org/a?id=2"),
        ("http://example.org/a?sid=12", "http://example.org/a?sid=12"),
        ("http://example.org/a?amp=1&amp", "http://example.org/a"),
    ],
)
def test_a_url_is_asked_for_without_what_names_no_document(url: str, cleaned: str) -> None:
    assert clean(url) == cleaned
    assert clean(cleaned) == cleaned


def test_the_order_of_parameters_does_not_make_another_document() -> None:
    assert key("http://example.org/?b=1&a=2") == key("http://example.org/?a=2&b=1")
    assert key("http://example.org/?a=1") != key("http://example.org/?a=2")


@pytest.mark.parametrize("twin", ["https://example.org/a", "http://www.example.org/a", "https://www.example.org/a"])
def test_twins_of_a_page_are_one_document(twin: str) -> None:
    assert key(twin) == key("http://example.org/a")
    assert key(twin) != key("http://other.example.org/a")


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://www.example.org/x", None),
        ("http://example.org/x", None),
        ("http://cdn.test/x", None),
        ("http://sub.example.org/x", "host"),
        ("http://example.org/tag/x", "pattern"),
        ("mailto:a@example.org", "scheme"),
    ],
)
def test_a_source_is_its_hosts_without_what_it_denies(url: str, refusal: str | None) -> None:
    assert Scope(["www.example.org", "cdn.test"], deny=["/tag/"]).refusal(url) == refusal


def test_allow_decides_alone_but_not_about_files() -> None:
    scope = Scope(["example.org"], allow=["/news/", "partner.test/joint/"])
    assert scope.refusal("http://example.org/news/1") is None
    assert scope.refusal("http://partner.test/joint/1") is None
    assert scope.refusal("http://example.org/files/a.pdf") == "pattern"
    assert scope.refusal("http://example.org/files/a.pdf", patterns=False) is None


def _opendocument(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
    return out.getvalue()


def test_what_a_crawl_keeps_the_reader_can_read() -> None:
    from pipeline.extract.read import READERS

    assert set(READERS) >= DOCUMENTS


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("http://e.org/a.PDF?x=1", True),
        ("http://e.org/b.odt", True),
        ("http://e.org/c.eml", True),
        ("http://e.org/pdf", False),
    ],
)
def test_files_are_told_by_their_suffix(url: str, file: bool) -> None:
    assert is_file(url) is file


@pytest.mark.parametrize(
    ("body", "declared", "media"),
    [
        (b"%PDF-1.4", "text/html", PDF),
        (b"\n\n%PDF-1.4", "application/octet-stream", PDF),
        (b"PK\x03\x04..word/document.xml", "application/octet-stream", DOCX),
        (b"PK\x03\x04..ppt/presentation.xml", "", PPTX),
        (b"PK\x03\x04..xl/workbook.xml", DOCX, "application/zip"),
        (_opendocument(ODT), "application/octet-stream", ODT),
        (_opendocument(ODP), "", ODP),
        (_opendocument("application/vnd.oasis.opendocument.spreadsheet"), ODT, "application/zip"),
        (b"{\\rtf1 x}", "application/msword", RTF),
        (b"Return-Path: <a@b.test>\r\nSubject: x\r\n\r\n", "application/octet-stream", MAIL),
        (b"From: a@b.test\n\nx", MAIL, MAIL),
        (b"<!DOCTYPE html><p>x", "application/octet-stream", HTML),
        (b"<p>x", HTML, HTML),
        (b"\x89PNG\x00\x00", HTML, OTHER),
        (b"plain", "text/plain", "text/plain"),
        (b"", "", OTHER),
    ],
)
def test_the_magic_bytes_go_before_the_declared_type(body: bytes, declared: str, media: str) -> None:
    assert sniff(body, declared) == media
