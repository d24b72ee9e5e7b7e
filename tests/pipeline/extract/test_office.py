"""Office files and e-mails: what is text, what is not, where it stands, and what a file says of itself."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.extract import extract
from pipeline.extract.read import READERS
from pipeline.extract.sniff import MAIL, ODP, ODT, RTF, sniff
from pipeline.records import Capture, Extracted
from tests.pipeline.extract import office_samples, samples
from tests.pipeline.extract.test_extract import FILES, assert_valid

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def read(body: bytes, declared: str | None = None) -> Extracted:
    got = extract(Capture(url="https://a.example/x", body=body, media_type=declared))
    assert_valid(got)
    return got


def test_word_keeps_what_was_inserted_and_drops_what_was_deleted_or_hidden() -> None:
    got = read(office_samples.tracked_docx())
    assert got.text.split("\n") == [
        "Agreement on data",
        "The partners will share-use data.",
        "A box beside the text",
        "In a content control",
        "Partner | Country Since",
        "Institute A inner | Belgium | 2019",
    ]
    assert got.title == "Agreement on data"


def test_word_footnotes_follow_the_text() -> None:
    source = zipfile.ZipFile(io.BytesIO(samples.docx()))
    space = f'xmlns:w="{office_samples.W}"'
    notes = (
        f'<w:footnotes {space}><w:footnote w:id="7"><w:p><w:r><w:t>Signed in spring.</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            body = source.read(name).replace(b"in April.</w:t>", b'in April.</w:t><w:footnoteReference w:id="7"/>')
            archive.writestr(name, body)
        archive.writestr("word/footnotes.xml", notes)
    lines = read(out.getvalue()).text.split("\n")
    assert lines[1].endswith("in April. 1")
    assert lines[-1] == "1 Signed in spring."


def test_slides_are_read_across_and_repeated_footers_left_out() -> None:
    got = read(office_samples.busy_pptx())
    assert [got.text[a.start : a.end].split("\n") for a in got.anchors] == [
        [f"Slide {n}", "- on the left", "on the right", "Year | Courses", "2021 | 4", f"Notes: Say {n} slowly"]
        for n in range(1, 5)
    ]


def test_open_document_text_is_read_with_its_notes_and_without_deleted_text() -> None:
    got = read(office_samples.odt())
    assert got.media_type == ODT
    assert got.text.split("\n") == [
        "Skills for digital care",
        f"{samples.SENTENCES[0]} 1 It goes on.",
        "- Train the trainers",
        "Partner | Country",
        "Institute A | Belgium",
        "A box beside the text",
        "1 As seen in spring.",
    ]
    assert (got.title, got.authors) == ("Skills for digital care", ("Ada Marín",))
    assert (got.published, got.published_from, got.modified) == ("2021-04-05", "office", "2021-04-09")


def test_open_document_slides_have_anchors_and_notes() -> None:
    got = read(office_samples.odp())
    assert (got.media_type, got.title) == (ODP, "Clusters of health")
    assert [got.text[a.start : a.end].split("\n") for a in got.anchors] == [
        ["Health clusters", samples.SENTENCES[2], "Notes: Mention the budget"],
        ["Next steps", samples.SENTENCES[3]],
    ]


def test_rich_text_is_read_in_every_code_page() -> None:
    got = read(office_samples.RTF)
    assert got.media_type == RTF
    assert got.text.split("\n") == [
        "Two institutes signed a memorandum 1 of understanding – at last.",
        "Straße Мир",
        "Partner | Country",
        "Institute A | Belgium",
        "The end.",
        "1 It was signed in spring.",
    ]
    assert (got.title, got.authors, got.published) == ("Skills for digital care", ("Ada Marín",), "2021-04-05")


def test_an_email_is_read_like_its_page_with_subject_sender_and_day() -> None:
    got = read(office_samples.newsletter())
    assert (got.media_type, got.title) == (MAIL, "Zwei Institute arbeiten zusammen – News")
    assert (got.published, got.published_from, got.authors) == ("2021-04-05", "mail", ("Ada Marín",))
    assert samples.SENTENCES[4] in got.text
    assert "Sign up for our newsletter" not in got.text
    assert got.detail == "attachments not read: report.pdf"
    plain = read(office_samples.newsletter(html=False))
    assert plain.text.split("\n") == list(samples.SENTENCES)


def test_a_page_or_a_text_with_colons_is_no_email() -> None:
    assert sniff(b"Note: this\nFrom: here on\nit is text.\n", "text/plain") == "text/plain"
    assert sniff(b"Subject: one header only\n\nText.\n", None) == "text/plain"
    assert sniff(samples.ARTICLE.encode(), "message/rfc822") == "text/html"


@pytest.mark.parametrize(
    ("body", "outcome", "words"),
    [
        (OLE + "WordDocument".encode("utf-16-le"), "unsupported", "a Word 97 document"),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "unsupported", "a PowerPoint 97 presentation"),
        (OLE + "Workbook".encode("utf-16-le"), "unsupported", "an Excel 97 workbook"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", "needs a password"),
        (OLE, "unsupported", "an OLE container"),
        (office_samples.odf("spreadsheet", ""), "unsupported", "an OpenDocument spreadsheet"),
        (
            office_samples.odf("text", "", **{"META-INF__manifest_xml": "<m><encryption-data/></m>"}),
            "encrypted",
            "needs a password",
        ),
        (office_samples.odf("text", ""), "empty", "no text"),
        (office_samples.odt()[:900], "damaged", "not a readable office file"),
        (b"{\\rtf1}", "empty", "no text"),
        (b"From: a@b.example\nTo: c@d.example\nSubject: x\n\n", "empty", "no text"),
    ],
)
def test_what_cannot_be_read_says_what_it_is(body: bytes, outcome: str, words: str) -> None:
    got = read(body, "application/pdf" if outcome == "encrypted" else "text/html")
    assert got.outcome == outcome
    assert words in (got.detail or "")


def test_entities_of_a_part_are_never_expanded_or_fetched() -> None:
    bomb = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'><!ENTITY a '" + "ha" * 50 + "'>"
    bomb += "".join(f"<!ENTITY {c} '{f'&{p};' * 30}'>" for p, c in zip("abcdefg", "bcdefgh", strict=True)) + "]>"
    document = office_samples.odf("text", "<text:p>&h;</text:p><text:p>&x;</text:p><text:p>Plain words</text:p>")
    source = zipfile.ZipFile(io.BytesIO(document))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(
                name, part.replace(b"<office:document-content", bomb.encode() + b"<office:document-content")
            )
    got = read(out.getvalue())
    assert got.outcome == "damaged" or got.text == "Plain words"


def test_deep_nesting_does_no_harm() -> None:
    deep = "<text:section>" * 3000 + "<text:p>deep</text:p>" + "</text:section>" * 3000
    assert read(office_samples.odf("text", deep + "<text:p>flat</text:p>")).outcome in ("ok", "damaged", "empty")
    read(b"{\\rtf1 " + b"{" * 100_000 + b"deep" + b"}" * 100_000 + b"}")


def test_every_type_that_is_read_is_tried_with_mutations() -> None:
    assert {extract(Capture(url="", body=body)).media_type for body in FILES.values()} | {
        "application/xhtml+xml"
    } == set(READERS)
