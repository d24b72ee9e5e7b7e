"""PDFs: reading order, furniture, hyphens, slides, and the outcomes of files that cannot be read."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.extract.pdf_process import PdfProcess
from pipeline.records import Capture, Extracted
from tests.pipeline.extract import samples
from tests.pipeline.extract.test_extract import assert_valid

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "pdf"

LEFT = [
    "The clusters of the region have worked to-",
    "gether since the spring of last year and",
    "they share a common training programme",
    "for nurses, engineers and data stewards.",
] * 5
RIGHT = [
    "Money comes from four national funds and",
    "from the members themselves, who decide",
    "on its use once a year in the assembly of",
    "all partners that have paid their share.",
] * 5


def read(body: bytes) -> Extracted:
    got = extract(Capture(url="https://a.example/report.pdf", body=body, media_type="application/pdf"))
    assert_valid(got)
    return got


def test_two_columns_are_read_one_after_the_other_and_hyphens_heal() -> None:
    rows = [
        piece
        for pair in zip(samples.column(50, 700, LEFT), samples.column(310, 700, RIGHT), strict=True)
        for piece in pair
    ]
    got = read(samples.pdf([[(50, 760, 18, "A report across the whole width of the page"), *rows]]))
    text = got.text
    assert "have worked together since" in text
    assert text.index("data stewards") < text.index("Money comes")
    assert text.rindex("data stewards") < text.index("Money comes")
    assert text.startswith("A report across the whole width of the page")
    assert got.title == "A report across the whole width of the page"


def test_running_headers_footers_and_page_numbers_are_left_out_and_anchors_name_the_pages() -> None:
    pages = [
        [
            (60, 815, 8, "Annual report of the association"),
            *samples.column(60, 700, [f"Text of page {n} only.", *samples.SENTENCES]),
            (300, 25, 8, str(n)),
        ]
        for n in range(1, 6)
    ]
    got = read(samples.pdf(pages, title="Annual report 2021", author="Ada Marín"))
    assert "Annual report of the association" not in got.text
    assert [a.page for a in got.anchors] == [1, 2, 3, 4, 5]
    for anchor in got.anchors:
        page = got.text[anchor.start : anchor.end]
        assert page.startswith(f"Text of page {anchor.page} only.")
        assert page.rstrip().endswith(samples.SENTENCES[-1])
    assert (got.title, got.authors) == ("Annual report 2021", ("Ada Marín",))


def test_slides_keep_together() -> None:
    slides = [
        [
            (60, 480, 28, f"Slide number {w}"),
            (60, 400, 18, "• first point"),
            (60, 370, 18, "• second point"),
            (60, 20, 9, "Cluster meeting 2021"),
        ]
        for w in ("one", "two", "three")
    ]
    got = read(samples.pdf(slides, wide=True))
    assert [got.text[a.start : a.end].split("\n") for a in got.anchors] == [
        [f"Slide number {w}", "- first point", "- second point"] for w in ("one", "two", "three")
    ]


def test_tables_stay_rows() -> None:
    rows = [("Partner", "Country", "Since"), ("Institute A", "Belgium", "2019"), ("Institute B", "Spain", "2020")]
    cells = [(60 + 150 * j, 600 - 20 * i, 10, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)]
    assert "Institute A | Belgium | 2019" in read(samples.pdf([cells])).text.split("\n")


def test_a_date_on_the_first_page_is_the_publication_date() -> None:
    got = read(
        samples.pdf(
            [
                [
                    (60, 780, 20, "Recommendations"),
                    (60, 750, 10, "Brussels, 14 March 2022"),
                    *samples.column(60, 700, samples.SENTENCES),
                ]
            ]
        )
    )
    assert (got.published, got.published_from) == ("2022-03-14", "text")


def test_files_that_cannot_be_read_have_named_outcomes() -> None:
    whole = samples.pdf([samples.column(60, 700, samples.SENTENCES)])
    assert read(samples.pdf([[(60, 700, 10, "secret")]], encrypt="password")).outcome == "encrypted"
    assert read(whole[:300]).outcome == "damaged"
    assert read(samples.pdf([[]])).outcome == "empty"


def test_a_child_that_is_late_is_killed_and_replaced() -> None:
    late = PdfProcess(time_limit=0.0)
    assert late.read(b"%PDF-1.4")["outcome"] == "timeout"
    late.close()
    reader = PdfProcess()
    assert reader.read(samples.pdf([samples.column(60, 700, samples.SENTENCES)]))["outcome"] == "ok"
    child = reader._child
    assert child is not None
    child.kill()
    child.wait()
    assert reader.read(samples.pdf([samples.column(60, 700, samples.SENTENCES)]))["outcome"] == "ok"
    reader.close()


def _read_in_worker(body: bytes) -> str:
    return read(body).outcome


def test_worker_processes_read_pdfs_too() -> None:
    body = samples.pdf([samples.column(60, 700, samples.SENTENCES)])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_read_in_worker, [body, body]) == ["ok", "ok"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared PDF corpus is not beside this checkout")
def test_odd_pdfs_end_in_an_outcome() -> None:
    outcomes = [read(path.read_bytes()).outcome for path in sorted(CORPUS.rglob("*.pdf"))]
    assert len(outcomes) > 50
    assert outcomes.count("ok") > 30
    assert "timeout" not in outcomes
