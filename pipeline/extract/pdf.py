"""A PDF to `Extracted`: the child process reads it, here its answer becomes a document."""

from __future__ import annotations

import re
from typing import Any

from pipeline.extract.clean import one_line
from pipeline.extract.dateparse import parse_date
from pipeline.extract.language import find_language
from pipeline.extract.names import tidy_names
from pipeline.extract.ocr import Ocr, OcrError, read_images
from pipeline.extract.pages import join_pages
from pipeline.extract.pdf_process import own_process
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

_EARLIEST = 1980
_PDF_STAMP = re.compile(r"^\s*D?:?\s*((?:19|20)\d\d)(\d\d)?(\d\d)?")
_FILE_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel|office)|powerpoint|untitled|unbenannt|sans titre|document\d*|"
    r"slide \d+|layout \d+|title|no title|print|page \d+|"
    r"template|draft|cover|folie \d+|präsentation|présentation|presentación|presentazione|diapositiv\w+)\b.{0,16}$|"
    r"\.(?:docx?|pptx?|pdf|indd|xlsx?|qxd|qxp|rtf|tex|dvi|ps|odt|cdr|ai)$|^microsoft \w+ - |"
    r"^\S*[_\\/]\S*$|^[\d\W]+$|^\w+(?:-[\w.]+){2,}$|[\ufffd\x00-\x08]|"
    r"^\(?(?:anonymous|unspecified|unknown|none)\)?$",
    re.IGNORECASE,
)
_LAST_FIRST = re.compile(r"^([^\s,;&]+), ([^\s,;&]+(?: [^\s,;&]+)?)$")
_EITHER_WAY = re.compile(r"(?<!\d)(?:0?\d|1[0-2])[-/.](?:0?\d|1[0-2])[-/.](?:19|20)\d\d")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_STATED_AUTHOR = re.compile(
    r"^(?:(?:written|prepared|edited) by|authors?|by|autor(?:es|in|en)?|auteurs?|von|par|por|door)(?::\s*|\s+)"
    r"((?:[A-ZÀ-Þ][\w.'’-]+(?:,|\s|$)\s*(?:and |und |et |y |en |& )?){2,12})$"
)
_MARKS = re.compile(r"[\d*†‡§¶∗]+|\b(?:MD|PhD|Dr|Prof|MSc|BSc|RN)\b\.?")
_FULL_NAME = re.compile(r"^[A-ZÀ-Þ][\w.'’-]+(?: (?:[A-ZÀ-Þ][\w.'’-]*|van|von|de|der|den|di|da|del|la|le|bin|al)){1,4}$")
_MAX_BYLINE = 160
_FIRST_LINES = 25
_MAX_DATE_LINE = 90


def read_pdf(capture: Capture, media_type: str, ocr: Ocr | None = None) -> Extracted:
    """Read a PDF file; with `ocr`, its pages that are images, too."""
    answer = own_process().read(capture.body)
    confidence = _recognise(capture.body, answer, ocr) if ocr is not None and answer.get("images") else None
    info = answer.get("info") or {}
    text, anchors = join_pages(answer.get("pages") or ())
    outcome = str(answer["outcome"])
    if outcome == "ok" and not text:
        outcome = "needs-ocr"
    title = _title(info.get("Title"), answer.get("heading"), text)
    if outcome != "ok":
        detail = answer.get("detail") or "the PDF has no text"
        return Extracted(outcome, detail, title=title, media_type=media_type, extractor=EXTRACTOR)
    language = find_language(text, None)
    first_page = text[: anchors[0].end].split("\n")[:_FIRST_LINES]
    published, place = _published(info, first_page, language, capture.hint_published)
    modified = _stamp(info.get("ModDate"))
    changed = modified if modified and published and modified >= published else None
    return Extracted(
        outcome="ok",
        detail=answer.get("detail"),
        title=title or capture.hint_title,
        text=text,
        text_from=None if confidence is None else "ocr",
        text_confidence=confidence,
        language=language,
        published=published,
        published_from=place,
        modified=changed,
        modified_from="pdf" if changed else None,
        authors=tidy_names(_people(info.get("Author")) or _byline(first_page, title)),
        media_type=media_type,
        anchors=anchors,
        extractor=EXTRACTOR,
    )


def _recognise(body: bytes, answer: dict[str, Any], ocr: Ocr) -> float | None:
    """Put what tesseract reads on the pages without text into the answer; the mean confidence, None without text."""
    images: list[int] = answer["images"]
    try:
        found = [page for page in read_images(body, images, ocr) if page.text]
    except OcrError as err:
        answer["detail"] = f"{answer['detail']}; {err}"
        return None
    if not found:
        answer["detail"] = f"{answer['detail']}; OCR found no words"
        return None
    pages = answer.get("pages") or [""] * (max(images) + 1)
    for page in found:
        pages[page.index] = page.text
    letters = sum(len(page.text) for page in found)
    confidence = sum(page.confidence * len(page.text) for page in found) / letters
    skipped = len(images) - len(found)
    missing = f", {skipped} pages without words or above the limit of {ocr.max_pages}" if skipped else ""
    detail = f"{len(found)} pages read by OCR ({ocr.languages}), confidence {confidence:.2f}{missing}"
    answer.update(outcome="ok", pages=pages, detail=detail)
    return round(confidence, 3)


def _people(stated: str | None) -> list[str]:
    """The metadata's author; a single word is a user name, "Marín, Ada" is one person."""
    stated = one_line(stated or "")
    if match := _LAST_FIRST.match(stated):
        return [f"{match[2]} {match[1]}"]
    return [stated] if " " in stated else []


def _title(stated: str | None, heading: str | None, text: str) -> str | None:
    """The metadata's title, unless it is a file name, a program's default or of another document (none of its words
    stands in the text); else the one that the first page shows.
    """
    stated = one_line(stated or "")
    if len(stated) <= 3 or _FILE_TITLE.search(stated):
        return heading or None
    words = _LONG_WORD.findall(stated.casefold())
    shown = f"{heading}\n{text}".casefold()
    if heading and text and words and not any(word in shown for word in words):
        return heading
    return stated


def _byline(lines: list[str], title: str | None) -> list[str]:
    """Authors that the first page names: after "Author:" or "By", or a line of nothing but names under the title."""
    for number, line in enumerate(lines):
        if match := _STATED_AUTHOR.match(line):
            return [match[1]]
        if title and number and lines[number - 1].casefold().endswith(title.casefold()[-30:]):
            names = tidy_names([_MARKS.sub(" ", line)])
            if names and len(line) < _MAX_BYLINE and all(_FULL_NAME.match(name) for name in names):
                return list(names)
    return []


def _published(
    info: dict[str, str], lines: list[str], language: str | None, hint: str | None
) -> tuple[str | None, str | None]:
    """A date in a short line at the top of the first page, else the metadata's, else the feed's."""
    for line in lines:
        if language == "en" and _EITHER_WAY.search(line):
            continue  # March or April? The metadata knows better
        if len(line) <= _MAX_DATE_LINE and (found := parse_date(line, _EARLIEST)) and len(found) > 4:
            return found, "text"
    if found := _stamp(info.get("CreationDate")):
        return found, "pdf"
    if found := parse_date(hint):
        return found, "feed"
    return None, None


def _stamp(value: str | None) -> str | None:
    """``D:20210405120000+02'00'`` to ``2021-04-05``."""
    match = _PDF_STAMP.match(value or "")
    return parse_date("-".join(part for part in match.groups() if part), _EARLIEST) if match else None
