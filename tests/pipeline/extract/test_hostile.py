"""Random and mutated office and PDF bytes, and files made to hurt: an outcome always, never an exception or a flood."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.extract import extract
from pipeline.extract.pdf_process import PdfProcess
from pipeline.records import Capture, Extracted
from tests.pipeline.extract import office_samples, samples
from tests.pipeline.extract.test_extract import FILES, assert_valid

ZIPPED = ("docx", "pptx", "odt", "odp")
QUIET = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(body: bytes) -> Extracted:
    got = extract(Capture(url="https://a.example/x", body=body))
    assert_valid(got)
    return got


@pytest.mark.parametrize(
    "start",
    [b"%PDF-1.7\n", b"PK\x03\x04", b"{\\rtf1", b"Return-Path: <a@b.example>\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
)
@given(rest=st.binary(max_size=1500))
@QUIET
def test_random_bytes_after_a_true_beginning_have_an_outcome(start: bytes, rest: bytes) -> None:
    read(start + rest)


@pytest.mark.parametrize("kind", ZIPPED)
@given(data=st.data())
@QUIET
def test_parts_that_are_mutated_inside_a_sound_archive_have_an_outcome(kind: str, data: st.DataObject) -> None:
    read(_repacked(FILES[kind], lambda name, part: _mutated(part, data) if name.endswith((".xml", ".rels")) else part))


def _repacked(body: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def _mutated(part: bytes, data: st.DataObject) -> bytes:
    if not part or data.draw(st.integers(0, 3)):
        return part
    tags = [
        b"<w:p>",
        b"</w:p>",
        b"<a:t>",
        b"<text:p>",
        b"<",
        b"&",
        b"\x00",
        b"9" * 30,
        b'r:id="rId9"',
        b"<w:tbl><w:tr/></w:tbl>",
    ]
    at = data.draw(st.integers(0, len(part) - 1))
    end = at + data.draw(st.integers(0, 60))
    return part[:at] + data.draw(st.sampled_from(tags)) + part[end:]


@given(data=st.data())
@QUIET
def test_pdf_objects_that_are_mutated_have_an_outcome(data: st.DataObject) -> None:
    words = [
        b"/Kids",
        b"/Count 999999999",
        b"/MediaBox [0 0 -1 9e99]",
        b"/Rotate 45",
        b"/Parent 1 0 R",
        b"<<",
        b"endobj",
        b"/Length 0",
    ]
    body = FILES["pdf"]
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(body) - 1))
        body = body[:at] + data.draw(st.sampled_from(words)) + body[at + data.draw(st.integers(0, 30)) :]
    read(body)


@pytest.mark.parametrize("kind", ["docx", "pptx", "odt", "odp", "rtf", "eml", "pdf"])
def test_every_way_of_being_cut_off_has_an_outcome(kind: str) -> None:
    body = FILES[kind]
    for part in range(1, 20):
        read(body[: len(body) * part // 20])


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of numbered objects from 1 on, without a cross-reference table, which readers rebuild."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer <</Root 1 0 R>>\n%%EOF"


def stream(text: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(text), more, text)


CATALOG = b"<</Type /Catalog /Pages 2 0 R>>"
PAGE = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</XObject <</X 5 0 R>>>>>>"
PAGES = b"<</Type /Pages /Kids [3 0 R] /Count 1>>"
SHELL = (CATALOG, PAGES, PAGE)
NOTHING = {"empty", "needs-ocr", "damaged"}
LATE = NOTHING | {"timeout"}
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X %d 0 R /Y %d 0 R>>>>"


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        (pdf_of(CATALOG, b"<</Type /Pages /Kids [] /Count 0>>"), {"damaged"}),
        (pdf_of(CATALOG, b"<</Type /Pages /Kids [2 0 R] /Count 9>>"), {"damaged", "empty"}),
        (pdf_of(CATALOG, b"<</Type /Pages /Kids [] /Count 2000000000>>"), {"damaged", "too-large", "empty"}),
        (pdf_of(*SHELL, stream(b"/X Do"), stream(b"/X Do", FORM % (5, 5))), NOTHING),
        (pdf_of(*SHELL, stream(b"/X Do"), *(stream(b"/X Do /Y Do " * 9, FORM % (n, n)) for n in range(6, 40))), LATE),
        (pdf_of(*SHELL, stream(b"q " * 400_000)), LATE),
        (
            pdf_of(*SHELL, stream(zlib.compress(b" " * 100_000_000, 9), b"/Filter /FlateDecode")),
            LATE | {"too-large"},
        ),
    ],
    ids=["no-pages", "own-child", "false-count", "form-in-itself", "forms-in-forms", "deep-states", "packed-blanks"],
)  # fmt: skip
def test_pdfs_made_to_hurt_stay_within_the_limits(body: bytes, outcomes: set[str]) -> None:
    reader = PdfProcess(time_limit=8)
    answer = reader.read(body)
    assert answer["outcome"] in outcomes
    assert (reader.peak_memory() or 0) < 1 << 30
    reader.close()


def test_a_part_that_lies_about_its_length_and_a_flood_of_rows_do_no_harm() -> None:
    rows = "<table:table>" + "<table:table-row table:number-rows-repeated='1000000'><table:table-cell "
    rows += (
        "table:number-columns-repeated='16384'><text:p>x</text:p></table:table-cell></table:table-row></table:table>"
    )
    assert read(office_samples.odf("text", rows)).text == "x"
    spaces = "<text:p>a<text:s text:c='2000000000'/>b</text:p>"
    assert read(office_samples.odf("text", spaces)).text == "a b"
    assert len(read(b"{\\rtf1 \\bin2000000000 rest}").text) == 0
    assert read(b"{\\rtf1 \\uc2000000000 \\u8211 some text that is skipped}").outcome == "ok"
    body = samples.docx()
    at = body.index(b"PK\x01\x02")
    assert read(body[: at + 24] + b"\xff\xff\xff\x0f" + body[at + 28 :]).outcome in ("too-large", "damaged", "ok")
