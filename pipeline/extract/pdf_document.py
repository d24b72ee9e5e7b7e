"""A PDF file to plain data: its pages' texts, its title's place and what its metadata says.

Runs in the process of `pdf_child`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extract.clean import clean_text, one_line, plain_glyphs
from pipeline.extract.pdf_furniture import Sheet, without_furniture
from pipeline.extract.pdf_heading import find_heading
from pipeline.extract.pdf_layout import read_lines
from pipeline.extract.pdf_page import UNREADABLE, PageRead, read_page
from pipeline.extract.pdf_paragraphs import join_lines, page_blocks
from pipeline.extract.pdf_text import Piece

MEMORY_LIMIT = 1 << 30
"""Bytes of address space of the reading process."""
MAX_PAGES = 5000
MAX_PIECES = 1_000_000
"""Of one file: about ten thousand full pages."""
_SLIDE_RATIO = 1.2
_SLIDE_WORDS = 140
"""A slide has fewer words, in the median."""
_LEAST_TEXT = 20
"""Letters on all pages together: fewer, on pages of images, are stamps and numbers on a scan."""
_NO_CHARACTERS = "the fonts of the PDF do not say which characters they draw"
_LETTER = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_BROKEN_END = re.compile(r"[^\W\d_]-$")
_FIRST = re.compile(r"^[^\W\d_]\S*")

Answer = dict[str, Any]
TOO_LARGE: Answer = {"outcome": "too-large", "detail": f"the PDF needs more than {MEMORY_LIMIT} bytes of memory"}


def read_file(body: bytes, password: str | None = None) -> Answer:
    """Read one PDF into plain data; every failure is an ``outcome``."""
    # A failure that pdfium gives no reason for would be given the reason of the failure before it.
    pdfium_c.FPDF_LoadMemDocument64(b"", 0, None)
    try:
        document = pdfium.PdfDocument(body, password=password)
    except pdfium.PdfiumError as err:
        if err.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            return {"outcome": "encrypted", "detail": "the PDF needs a password"}
        if err.err_code == pdfium_c.FPDF_ERR_SECURITY:
            return {"outcome": "encrypted", "detail": "the PDF uses a security scheme that cannot be read"}
        return {"outcome": "damaged", "detail": f"not a readable PDF: {one_line(str(err))[:150]}"}
    except MemoryError:
        return TOO_LARGE
    try:
        return _read_document(document)
    except MemoryError:
        return TOO_LARGE
    finally:
        document.close()


def _read_document(document: Any) -> Answer:
    count = len(document)
    if count == 0:
        return {"outcome": "damaged", "detail": "the PDF has no pages"}
    if count > MAX_PAGES:
        return {"outcome": "too-large", "detail": f"{count} pages, the limit is {MAX_PAGES}"}
    pages: list[PageRead] = []
    unreadable, pieces = 0, 0
    for index in range(count):
        try:
            pages.append(read_page(document, index))
        except pdfium.PdfiumError:
            pages.append(UNREADABLE)
            unreadable += 1
        pieces += len(pages[-1].sheet.pieces)
        if pieces > MAX_PIECES:
            return {"outcome": "too-large", "detail": f"more than {MAX_PIECES} pieces of text"}
    info = {k: one_line(v)[:500] for k, v in document.get_metadata_dict(skip_empty=True).items()}
    if unreadable == count:
        return {"outcome": "damaged", "detail": "no page of the PDF can be read", "info": info}
    if problem := _nothing_to_read(document, pages):
        return {**problem, "info": info}
    images = [i for i, p in enumerate(pages) if not p.sheet.pieces and p.objects > 0 and _is_image(document, i)]
    detail = _partial(count, unreadable, len(images))
    sheets = [page.sheet for page in pages]
    slides = are_slides(sheets)
    heading = find_heading(sheets[:2])
    texts = _texts(pages, slides)
    return {"outcome": "ok", "detail": detail, "pages": texts, "info": info, "heading": heading, "images": images}


def _nothing_to_read(document: Any, pages: Sequence[PageRead]) -> Answer | None:
    """The outcome of a file without text: blank pages, a form that only its own program shows, or images."""
    text = "".join(p.text for page in pages for p in (*page.sheet.pieces, *page.turned))
    letters = sum(1 for _ in islice(_LETTER.finditer(text), _LEAST_TEXT))
    if letters >= _LEAST_TEXT or (letters and not all(_is_image(document, i) for i in range(min(len(pages), 3)))):
        every = list(range(len(pages)))
        return {"outcome": "needs-ocr", "detail": _NO_CHARACTERS, "images": every} if _is_unreadable(text) else None
    if document.get_formtype() in (pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND) and not letters:
        return {"outcome": "unsupported", "detail": "an XFA form, which only its own program can show"}
    if letters == 0 and not any(page.objects for page in pages):
        return {"outcome": "empty", "detail": "the pages of the PDF are blank"}
    every = list(range(len(pages)))
    return {"outcome": "needs-ocr", "detail": f"{len(pages)} pages of images without text", "images": every}


def _is_image(document: Any, index: int) -> bool:
    """Does a page show an image that covers a good part of it?"""
    try:
        page = document[index]
        width, height = page.get_size()
        bounds = [o.get_bounds() for o in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)]
    except pdfium.PdfiumError:
        return False
    return any((right - left) * (top - bottom) > 0.4 * width * height for left, bottom, right, top in bounds)


def _is_unreadable(text: str) -> bool:
    """Fonts without a Unicode map: what comes out is no character of any script."""
    sample = [c for c in text[:5_000] if not c.isspace() and c not in "\x02\ufffe\u2060"]
    odd = sum(unicodedata.category(c) in ("Co", "Cn", "Cc", "Cs") or c == "\ufffd" for c in sample)
    return odd * 2 > len(sample)


def _partial(count: int, unreadable: int, images: int) -> str | None:
    """What is missing of a file that was read: pages that cannot be, pages that are images."""
    missing = [f"{unreadable} of {count} pages cannot be read"] if unreadable else []
    if images:
        missing.append(f"{images} of {count} pages are images without text")
    return "; ".join(missing) or None


def are_slides(sheets: Sequence[Sheet]) -> bool:
    """Landscape pages with few words."""
    full = [s for s in sheets if s.pieces]
    wide = sum(s.width > _SLIDE_RATIO * s.height for s in full)
    return wide * 2 > len(full) and median(_words(s) for s in full) < _SLIDE_WORDS


def _words(sheet: Sheet) -> int:
    return sum(p.text.count(" ") + 1 for p in sheet.pieces)


def _texts(pages: Sequence[PageRead], slides: bool) -> list[str]:
    sheets = [page.sheet for page in pages]
    known = _known_words(sheets)
    texts = []
    for page, pieces in zip(pages, without_furniture(sheets, slides), strict=True):
        blocks = page_blocks(read_lines(pieces, page.sheet.width), known)
        blocks.extend(_beside(page.turned))
        texts.append(clean_text(plain_glyphs("\n".join(blocks))))
    return texts if slides else _healed(texts)


def _known_words(sheets: Iterable[Sheet]) -> frozenset[str]:
    """The document's words in lower case, whole ones and compounds: they tell how a broken word is written."""
    return frozenset(
        word.casefold() for sheet in sheets for p in sheet.pieces for word in _WORD.findall(p.text) if len(word) > 3
    )


def _beside(turned: list[Piece]) -> list[str]:
    """Text that is written at a turn (a note in the margin, the label of an axis): whole lines of it."""
    return [p.text for p in turned if p.text.count(" ") > 0 and len(p.text) > 8]


def _healed(texts: list[str]) -> list[str]:
    """A word that a page's end breaks goes, whole, to the page where it begins."""
    healed = list(texts)
    for i in range(len(healed) - 1):
        rest = _FIRST.match(healed[i + 1])
        if rest and rest[0][0].islower() and _BROKEN_END.search(healed[i]):
            healed[i] = join_lines(healed[i], rest[0])
            healed[i + 1] = healed[i + 1][rest.end() :].lstrip(" ")
    return healed
