"""Small files made on the spot: pages, PDFs, office files. Nothing here is anybody else's."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from pptx import Presentation
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

SENTENCES = (
    "The two institutes signed a memorandum of understanding on clinical data spaces in April.",
    "Both partners will train engineers and nurses together for a period of two years.",
    "A joint office in Leuven coordinates the exchange of staff and of teaching material.",
    "The first course opens in autumn and is meant for thirty participants from six countries.",
    "An evaluation by independent experts is planned at the end of the second year.",
    "The agreement can be extended once by the same period if both boards agree to it.",
)

_HEAD = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Two institutes join forces | Example Health News</title>
<meta property="og:site_name" content="Example Health News">
<meta property="og:title" content="Two institutes join forces">
<link rel="canonical" href="/news/two-institutes">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Two institutes join forces", "datePublished": "2021-04-05T23:30:00+02:00", "dateModified": "2021-04-07",
"author": [{"@type": "Person", "name": "Ada Marín"}, {"@type": "Person", "name": "By Jan de Vries"}],
"publisher": {"@type": "Organization", "name": "Example Health News"}}</script></head>"""
_BODY = f"""<body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<div class="breadcrumb"><a href="/">Home</a> › <a href="/news">News</a></div>
<article><h1>Two institutes join forces</h1>
<div class="share-bar"><a href="https://social.example/share">Share on Social</a> Tweet this</div>
<p>{SENTENCES[0]}</p><p>{SENTENCES[1]} {SENTENCES[2]}</p><h2>What comes next</h2>
<p>{SENTENCES[3]} See <a href="https://partner.example.org/plan#top">the plan</a>.</p>
<ul><li>Thirty participants in the first course</li><li>Six countries take part</li></ul>
<table><tr><th>Year</th><th>Courses</th></tr><tr><td>2021</td><td>4</td></tr></table><p>{SENTENCES[4]}</p></article>
<aside class="related"><h3>Related articles</h3><p>Completely different things happened elsewhere yesterday.</p></aside>
<div class="newsletter"><p>Sign up for our newsletter and never miss a story from our newsroom again.</p></div>
<footer><p>Copyright 2021 Example Health News. All rights reserved everywhere.</p></footer></body></html>"""
ARTICLE = _HEAD + _BODY


def pdf(
    pages: Sequence[Sequence[tuple[float, float, float, str]]],
    wide: bool = False,
    encrypt: str | None = None,
    **info: str,
) -> bytes:
    """A PDF whose pages are (x, y, size, text) strings."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=landscape(A4) if wide else A4, encrypt=encrypt, invariant=True)
    canvas.setTitle(info.get("title", ""))
    canvas.setAuthor(info.get("author", ""))
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def column(x: float, top: float, lines: Sequence[str], size: float = 10) -> list[tuple[float, float, float, str]]:
    """Lines under each other."""
    return [(x, top - 12 * i, size, line) for i, line in enumerate(lines)]


def docx() -> bytes:
    """A report with a heading, a paragraph, a list and a table between paragraphs."""
    document = Document()
    document.core_properties.author = "Ada Marín"
    document.add_heading("Skills for digital care", 0)
    document.add_paragraph(SENTENCES[0])
    document.add_paragraph("Train the trainers", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Partner", "Country"), ("Institute A", "Belgium")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph(SENTENCES[1])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pptx() -> bytes:
    """Two slides, the second with notes."""
    presentation = Presentation()
    layout = presentation.slide_layouts[1]
    for title, body, notes in (
        ("Health clusters", SENTENCES[2], ""),
        ("Next steps", SENTENCES[3], "Mention the budget"),
    ):
        slide = presentation.slides.add_slide(layout)
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()
