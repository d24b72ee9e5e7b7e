"""The three forms of sample PDF: landscape slides, a two-column report, a one-column paper."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=12, leading=17, spaceAfter=9)
HEADING = ParagraphStyle(
    "heading", fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=10, spaceAfter=5, keepWithNext=1
)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=20, leading=25, spaceAfter=14)
CREATOR = "Pactwatch samples"
MARGIN = 20 * mm
GUTTER = 8 * mm


def slides(spec: dict[str, Any]) -> bytes:
    """A slide deck: one landscape page for each of ``slides``, with a footer and the page number."""
    out = io.BytesIO()
    width, height = landscape(A4)
    canvas = _dated(Canvas(out, pagesize=(width, height), invariant=1), spec["date"])
    canvas.setTitle(spec["title"])
    canvas.setAuthor(spec["footer"])
    canvas.setCreator(CREATOR)
    for number, slide in enumerate(spec["slides"], start=1):
        canvas.setFont("Helvetica-Bold", 30)
        canvas.drawString(MARGIN, height - 38 * mm, slide["title"])
        for row, point in enumerate(slide["points"]):
            paragraph = Paragraph(f"• {point}", ParagraphStyle("point", fontName="Helvetica", fontSize=19, leading=24))
            _, used = paragraph.wrap(width - 2 * MARGIN, height)
            paragraph.drawOn(canvas, MARGIN, height - 62 * mm - row * 19 * mm - used + 24)
        _foot(canvas, width, spec["footer"], number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def report(spec: dict[str, Any]) -> bytes:
    """A booklet in two columns with running header and footer; each of ``sections`` flows on."""
    width, height = A5
    column = (width - 2 * MARGIN - GUTTER) / 2
    tall = height - 2 * MARGIN - 12 * mm
    frames = [Frame(MARGIN + i * (column + GUTTER), MARGIN + 6 * mm, column, tall, 0, 0, 0, 0) for i in (0, 1)]
    return _flow(spec, A5, frames)


def paper(spec: dict[str, Any]) -> bytes:
    """A paper in one column with running header and footer; a section with ``page_break`` begins a page."""
    width, height = A4
    return _flow(
        spec, A4, [Frame(MARGIN, MARGIN + 6 * mm, width - 2 * MARGIN, height - 2 * MARGIN - 12 * mm, 0, 0, 0, 0)]
    )


def _flow(spec: dict[str, Any], size: tuple[float, float], frames: list[Frame]) -> bytes:
    def decorate(canvas: Canvas, _document: BaseDocTemplate) -> None:
        width, height = size
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN, height - 12 * mm, spec["header"])
        _foot(canvas, width, spec["footer"], canvas.getPageNumber())

    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=size,
        pageTemplates=[PageTemplate("all", frames, onPage=decorate)],
        title=spec["title"],
        author=spec["header"],
        creator=CREATOR,
        invariant=1,
    )
    document.build(_story(spec), canvasmaker=lambda *args, **options: _dated(Canvas(*args, **options), spec["date"]))
    return out.getvalue()


def _story(spec: dict[str, Any]) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(spec["title"], TITLE), Spacer(1, 4)]
    for section in spec["sections"]:
        if section.get("page_break"):
            story.append(PageBreak())
        story.append(Paragraph(section["heading"], HEADING))
        story += [Paragraph(text.strip(), BODY) for text in section["text"]]
    return story


def _foot(canvas: Canvas, width: float, text: str, number: int) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(MARGIN, 11 * mm, text)
    canvas.drawRightString(width - MARGIN, 11 * mm, f"Page {number}")


def _dated(canvas: Canvas, day: date) -> Canvas:
    # `invariant` sets every creation date to the year 2000; the samples need their own dates, the same each time.
    canvas._doc._timeStamp.YMDhms = (day.year, day.month, day.day, 9, 0, 0)
    return canvas
