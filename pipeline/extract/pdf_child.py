"""The process that opens PDFs: ``python -m pipeline.extract.pdf_child``.

PDF files are hostile input to a large C library, so they are read where a crash, a hang or a gigabyte of memory takes
nothing along. It reads requests from standard input (8 bytes big-endian length, then the file) and answers on
standard output (8 bytes length, then JSON: ``outcome``, ``detail``, ``pages``, ``info``, ``heading``, ``slides``). It
ends when standard input closes.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extract.clean import clean_text, one_line, plain_glyphs
from pipeline.extract.pdf_furniture import without_furniture
from pipeline.extract.pdf_layout import paragraphs, read_lines
from pipeline.extract.pdf_text import Piece, page_pieces
from pipeline.extract.pdf_wire import LENGTH, receive

MEMORY_LIMIT = 1 << 30
"""Bytes of address space."""
MAX_PAGES = 5000
_SLIDE_RATIO = 1.2
_LARGER = 1.12
"""A title is that much larger than the page's usual text."""
_FEW_LINES = 6
_MAX_FIRST_LINE = 120
_MAX_TITLE = 250


def main() -> None:
    """Serve until standard input closes."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Answers go to a private copy of standard output: a stray print of the library must not break the protocol.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (body := receive(sys.stdin.buffer)) is not None:
        answer = json.dumps(read_file(body)).encode("utf-8", "replace")
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def read_file(body: bytes) -> dict[str, Any]:
    """Read one PDF into plain data; every failure is an ``outcome``."""
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as err:
        if err.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            return {"outcome": "encrypted", "detail": "the PDF needs a password"}
        if err.err_code == pdfium_c.FPDF_ERR_SECURITY:
            return {"outcome": "encrypted", "detail": "the PDF uses a security scheme that cannot be read"}
        return {"outcome": "damaged", "detail": f"not a readable PDF: {one_line(str(err))[:150]}"}
    except MemoryError:
        return {"outcome": "too-large", "detail": f"the PDF needs more than {MEMORY_LIMIT} bytes of memory"}
    try:
        return _read_document(document)
    except MemoryError:
        return {"outcome": "too-large", "detail": f"the PDF needs more than {MEMORY_LIMIT} bytes of memory"}
    finally:
        document.close()


def _read_document(document: Any) -> dict[str, Any]:
    count = len(document)
    if count == 0:
        return {"outcome": "damaged", "detail": "the PDF has no pages"}
    if count > MAX_PAGES:
        return {"outcome": "too-large", "detail": f"{count} pages, the limit is {MAX_PAGES}"}
    raw, sizes, unreadable, objects = [], [], 0, 0
    for index in range(count):
        try:
            pieces, width, height, drawn = _read_page(document, index)
        except pdfium.PdfiumError:
            pieces, width, height, drawn = [], 0.0, 0.0, 0
            unreadable += 1
        raw.append((pieces, height))
        sizes.append((width, height))
        objects += drawn
    info = {k: one_line(v)[:500] for k, v in document.get_metadata_dict(skip_empty=True).items()}
    if unreadable == count:
        return {"outcome": "damaged", "detail": "no page of the PDF can be read", "info": info}
    if not any(p.text for pieces, _ in raw for p in pieces):
        if objects == 0:
            return {"outcome": "empty", "detail": "the pages of the PDF are blank", "info": info}
        return {"outcome": "needs-ocr", "detail": f"{count} pages of images without text", "info": info}
    slides = sum(w > _SLIDE_RATIO * h for w, h in sizes) * 2 > count
    heading = _heading(raw[:2])
    pages = [_page_text(pieces, width) for pieces, (width, _) in zip(without_furniture(raw), sizes, strict=True)]
    detail = f"{unreadable} of {count} pages cannot be read" if unreadable else None
    return {"outcome": "ok", "detail": detail, "pages": pages, "info": info, "heading": heading, "slides": slides}


def _read_page(document: Any, index: int) -> tuple[list[Piece], float, float, int]:
    page = document[index]
    try:
        left, bottom, right, top = page.get_bbox()
        rotation = page.get_rotation()
        textpage = page.get_textpage()
        try:
            pieces = page_pieces(textpage)
        finally:
            textpage.close()
        drawn = pdfium_c.FPDFPage_CountObjects(page)
    finally:
        page.close()
    width, height = right - left, top - bottom
    for piece in pieces:  # a crop box need not start at the origin
        piece.x0, piece.x1, piece.y0, piece.y1 = piece.x0 - left, piece.x1 - left, piece.y0 - bottom, piece.y1 - bottom
        _turn(piece, rotation, width, height)
    return (pieces, width, height, drawn) if rotation in (0, 180) else (pieces, height, width, drawn)


def _turn(piece: Piece, rotation: int, width: float, height: float) -> None:
    """Place a piece as it is seen on a page that is shown turned clockwise."""
    x0, y0, x1, y1 = piece.x0, piece.y0, piece.x1, piece.y1
    if rotation == 90:
        piece.x0, piece.y0, piece.x1, piece.y1 = y0, width - x1, y1, width - x0
    elif rotation == 180:
        piece.x0, piece.y0, piece.x1, piece.y1 = width - x1, height - y1, width - x0, height - y0
    elif rotation == 270:
        piece.x0, piece.y0, piece.x1, piece.y1 = height - y1, x0, height - y0, x1


def _page_text(pieces: list[Piece], width: float) -> str:
    blocks = [p for group in read_lines(pieces, width) for p in paragraphs(group)]
    return clean_text(plain_glyphs("\n".join(blocks)))


def _heading(pages: list[tuple[list[Piece], float]]) -> str | None:
    """The largest text of the first page that has any: its title, where the metadata has none."""
    for pieces, _ in pages:
        lines = sorted((p for p in pieces if sum(c.isalpha() for c in p.text) > 2), key=lambda p: (-p.middle, p.x0))
        if not lines:
            continue
        size = max(p.size for p in lines)
        usual = median(p.size for p in lines)
        if size < usual * _LARGER and len(lines) > _FEW_LINES:
            first = one_line(plain_glyphs(lines[0].text))
            return first if len(first) <= _MAX_FIRST_LINE else None
        return _joined([p for p in lines if p.size > 0.93 * size])
    return None


def _joined(lines: list[Piece]) -> str | None:
    """The first of the lines and those that follow it closely."""
    title = [lines[0]]
    for line in lines[1:]:
        if title[-1].middle - line.middle > 1.8 * line.size:
            break
        title.append(line)
    text = one_line(plain_glyphs(" ".join(p.text for p in title)))
    return text if len(text) <= _MAX_TITLE else None


if __name__ == "__main__":
    main()
