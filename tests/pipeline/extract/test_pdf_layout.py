"""PDF pages that are set in other ways than plainly: footnotes, turned text, hidden text, tables of several lines."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.extract import extract
from pipeline.extract.pdf_bidi import logical
from pipeline.extract.pdf_paragraphs import join_lines
from pipeline.records import Capture, Extracted
from tests.pipeline.extract import samples
from tests.pipeline.extract.test_extract import assert_valid

BODY = [*samples.SENTENCES, *samples.SENTENCES]


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=True)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def read(body: bytes) -> Extracted:
    got = extract(Capture(url="https://a.example/report.pdf", body=body))
    assert_valid(got)
    return got


def lines(canvas: Canvas, texts: list[str], x: float = 60, top: float = 700, step: float = 12) -> None:
    for i, text in enumerate(texts):
        canvas.drawString(x, top - step * i, text)


def test_footnotes_follow_the_text_of_both_columns_and_a_sentence_goes_on_in_the_next_column() -> None:
    left = [f"Line {i} of the column on the left, which is" for i in range(14)]
    right = [
        "full of words about clusters and hospitals",
        *[f"as line {i} on the right is as well, so" for i in range(14)],
    ]
    notes = [(60, 500, 7, "1 A note on the first column of this page."), (60, 491, 7, "It has a second line.")]
    page = [*samples.column(60, 700, left), *samples.column(320, 700, right), *notes]
    text = read(samples.pdf([page])).text
    assert "on the left, which is full of words about clusters" in text
    assert text.endswith("1 A note on the first column of this page. It has a second line.")


def test_numbers_and_heads_that_alternate_are_left_out_roman_ones_too() -> None:
    def page(n: int) -> list[tuple[float, float, float, str]]:
        head = (60, 800, 8, "The Example Review") if n % 2 else (300, 800, 8, f"A. Marín: Part {n} of the story")
        number = (280 if n % 2 else 60, 30, 8, ("i", "ii", "iii", "iv", "v", "vi")[n - 1])
        return [head, *samples.column(60, 700, [f"Only page {n} says this.", *BODY]), number]

    text = read(samples.pdf([page(n) for n in range(1, 7)])).text
    assert "Example Review" not in text
    assert not [line for line in text.split("\n") if line.strip() in ("i", "ii", "iii", "iv", "v", "vi")]
    assert text.count("says this") == 6


def test_the_head_beside_a_counting_page_number_goes_but_a_last_row_of_a_table_stays() -> None:
    pages = [
        [*samples.column(60, 700, BODY), (60, 60, 9, f"Chapter about topic {'abcd'[n]}"), (500, 60, 9, str(n + 11))]
        for n in range(4)
    ]
    assert "Chapter about" not in read(samples.pdf(pages)).text
    totals = [
        [*samples.column(60, 700, BODY), (60, 60, 10, f"Total cost of {what}"), (500, 60, 10, n)]
        for what, n in (("staff", "410"), ("rooms", "77"), ("travel", "93"))
    ]
    assert read(samples.pdf(totals)).text.count("Total cost of") == 3


def test_slides_keep_a_title_that_several_of_them_have() -> None:
    slides = [
        [(60, 520, 30, "Results"), (60, 400, 18, f"finding {w}"), (60, 15, 9, "Cluster meeting")]
        for w in ("one", "two", "three", "four", "five", "six")
    ]
    text = read(
        samples.pdf(
            [*slides[:2], *[[(60, 520, 30, w), *s[1:]] for w, s in zip("ABCD", slides[2:], strict=True)]], wide=True
        )
    ).text
    assert text.count("Results") == 2
    assert "Cluster meeting" not in text


def test_a_word_broken_by_the_page_is_whole_on_the_page_where_it_begins() -> None:
    got = read(
        samples.pdf(
            [
                samples.column(60, 700, [*BODY, "and then they made an agree-"]),
                samples.column(60, 700, ["ment for life.", *BODY]),
            ]
        )
    )
    first, second = (got.text[a.start : a.end] for a in got.anchors)
    assert first.endswith("an agreement")
    assert second.startswith("for life.")


def test_a_broken_word_is_written_as_elsewhere_in_the_document() -> None:
    assert join_lines("they re-", "analyse it", frozenset(("re-analyse",))) == "they re-analyse it"
    assert join_lines("they re-", "analyse it", frozenset(("reanalyse",))) == "they reanalyse it"
    assert join_lines("they re-", "analyse it") == "they reanalyse it"
    assert join_lines("their self-", "help groups") == "their self-help groups"
    assert join_lines("EU-", "Kommission") == "EU-Kommission"


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_text_that_is_written_at_a_turn_is_read_like_any_other(angle: int) -> None:
    def turned(canvas: Canvas) -> None:
        canvas.translate(*{90: (500, 100), 180: (520, 200), 270: (100, 800)}[angle])
        canvas.rotate(angle)
        lines(canvas, list(samples.SENTENCES), x=0, top=0)

    def plain(canvas: Canvas) -> None:
        lines(canvas, list(samples.SENTENCES))

    assert read(drawn(turned)).text == read(drawn(plain)).text


def test_a_note_along_the_margin_comes_after_the_text() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, BODY)
        canvas.translate(25, 300)
        canvas.rotate(90)
        canvas.drawString(0, 0, "arXiv:1234.56789 [cs.CL] 5 April 2021")

    text = read(drawn(page)).text
    assert text.endswith("arXiv:1234.56789 [cs.CL] 5 April 2021")
    assert text.startswith(BODY[0])


def test_what_nobody_sees_is_not_read_but_the_text_of_a_scan_is() -> None:
    def hidden(canvas: Canvas, texts: list[str]) -> None:
        words = canvas.beginText(60, 400)
        words.setTextRenderMode(3)
        words.textLines(texts)
        canvas.drawText(words)

    def page(canvas: Canvas) -> None:
        lines(canvas, BODY)
        hidden(canvas, ["cheap pills cheap pills"])
        canvas.drawString(-900, 300, "beside the page")
        canvas.drawString(60, 5000, "above the page")

    seen = read(drawn(page)).text
    assert "pills" not in seen and "the page" not in seen
    assert read(drawn(lambda canvas: hidden(canvas, BODY))).text.startswith(BODY[0])


def test_letters_that_are_printed_twice_to_look_bold_are_read_once() -> None:
    def page(canvas: Canvas) -> None:
        for shift in (0, 0.3):
            canvas.drawString(60 + shift, 700, "Agreement of two institutes")
        lines(canvas, BODY, top=650)

    assert read(drawn(page)).text.count("Agreement of two institutes") == 1


def test_lines_of_one_cell_stay_together() -> None:
    def page(canvas: Canvas) -> None:
        for i, (name, task) in enumerate((("University of Leuven", "Training"), ("Clinic of Barcelona", "Data"))):
            for column, text in ((60, name), (250, task), (400, "spaces and services")):
                first, _, rest = text.partition(" ")
                canvas.drawString(column, 700 - 50 * i, first)
                canvas.drawString(column, 689 - 50 * i, rest)

    found = read(drawn(page)).text.split("\n")
    assert found == [
        "University of Leuven | Training | spaces and services",
        "Clinic of Barcelona | Data | spaces and services",
    ]


def test_rows_of_a_table_that_are_set_tight_stay_rows() -> None:
    rows = [("Institute A", "12", ""), ("Institute B", "", "7"), ("Institute C", "9", "")]
    cells = [(60 + 150 * j, 600 - 12 * i, 10, c) for i, row in enumerate(rows) for j, c in enumerate(row) if c]
    assert read(samples.pdf([cells])).text == "Institute A | 12\nInstitute B | 7\nInstitute C | 9"


def test_the_mark_of_a_footnote_is_no_part_of_its_word() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, BODY)
        words = canvas.beginText(60, 400)
        words.textOut("The Institute")
        words.setFont("Helvetica", 6)
        words.setRise(4)
        words.textOut("12")
        words.setFont("Helvetica", 10)
        words.setRise(0)
        words.textOut(" and the H")
        words.setRise(-3)
        words.textOut("2")
        words.setRise(0)
        words.textOut("O project")
        canvas.drawText(words)

    assert "The Institute 12 and the H2O project" in read(drawn(page)).text


@pytest.mark.parametrize("size", [(3.0, 3.0), (14_000.0, 14_000.0), (900_000.0, 900_000.0)])
def test_pages_of_any_size_are_read(size: tuple[float, float]) -> None:
    got = read(drawn(lambda canvas: canvas.drawString(0.5, 0.5, "Agreement of two institutes"), size=size))
    assert got.text == "Agreement of two institutes"


def test_arabic_is_put_in_order() -> None:
    # What pdfium gives for a lam-alef glyph, a number at the left of the line, and mirrored brackets.
    text = "12 كاال )ب("
    places = {0: 10.0, 1: 15.0, 3: 100.0, 4: 90.0, 5: 80.0, 6: 80.0, 8: 70.0, 9: 65.0, 10: 60.0}
    assert logical(text, lambda at: (places[at], 0.0, places[at] + 5, 10.0)) == "كالا (ب) 12"


@pytest.mark.parametrize(
    "stated",
    [
        "Microsoft Word - report_final.doc",
        "PowerPoint Presentation",
        "annual-report-2021-v3",
        "untitled",
        "Rowing in winter",
    ],
)
def test_a_title_that_is_none_gives_way_to_the_one_on_the_page(stated: str) -> None:
    page = [(60, 760, 20, "Skills for digital care"), (60, 735, 10, "Ada Marín 1,2 and Jan de Vries*")]
    got = read(samples.pdf([[*page, *samples.column(60, 690, BODY)]], title=stated))
    assert got.title == "Skills for digital care"
    assert got.authors == ("Ada Marín", "Jan de Vries")


def test_a_logo_is_not_the_title_and_a_stated_title_of_the_text_is() -> None:
    page = [(60, 780, 40, "Leuven"), (60, 700, 22, "Report on the skills of nurses"), *samples.column(60, 650, BODY)]
    assert read(samples.pdf([page])).title == "Report on the skills of nurses"
    assert read(samples.pdf([page], title="Skills of nurses in 2021")).title == "Skills of nurses in 2021"
