"""Which reader reads what."""

from __future__ import annotations

import logging
import zlib
from dataclasses import replace

from pipeline.extract.clean import one_line
from pipeline.extract.html import read_html
from pipeline.extract.mail import read_mail
from pipeline.extract.ocr import Ocr
from pipeline.extract.office import read_office
from pipeline.extract.pdf import read_pdf
from pipeline.extract.plain import read_plain
from pipeline.extract.rtf import read_rtf
from pipeline.extract.sniff import (
    DOCX,
    ENCRYPTED_OFFICE,
    GZIP,
    HTML,
    MAIL,
    ODP,
    ODT,
    PDF,
    PPTX,
    RTF,
    TEXT,
    WORDS,
    XHTML,
    sniff,
)
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

READERS = {
    HTML: read_html,
    XHTML: read_html,
    PDF: read_pdf,
    DOCX: read_office,
    PPTX: read_office,
    ODT: read_office,
    ODP: read_office,
    RTF: read_rtf,
    MAIL: read_mail,
    TEXT: read_plain,
}
"""Each media type that is read, and its reader."""

# Its complaints ("discarding data") say nothing that the outcome does not.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


MAX_INFLATED = 50_000_000
"""Bytes that a gzipped payload may grow to; it is read no further."""


def read(capture: Capture, ocr: Ocr | None = None) -> Extracted:
    """Sniff the payload, let its reader read it, and turn whatever goes wrong into an outcome."""
    if not capture.body.strip(b"\x00 \t\r\n"):
        return _failed("empty", "the payload has no bytes", capture.media_type)
    media_type = sniff(capture.body, capture.media_type)
    if media_type == GZIP:
        return _read_inflated(capture, ocr)
    if media_type == ENCRYPTED_OFFICE:
        return _failed("encrypted", "the office file needs a password", media_type)
    reader = READERS.get(media_type)
    if reader is None:
        known = f" ({WORDS[media_type]})" if media_type in WORDS else ""
        return _failed("unsupported", f"no reader for {media_type}{known}", media_type)
    try:
        return read_pdf(capture, media_type, ocr) if media_type == PDF else reader(capture, media_type)
    except Exception as err:  # noqa: BLE001 - hostile input finds what four parsers do not document; the run must go on
        return _failed("damaged", f"the reader failed: {type(err).__name__}: {one_line(str(err))[:200]}", media_type)


def _read_inflated(capture: Capture, ocr: Ocr | None) -> Extracted:
    """A payload that is still packed: some servers do not say that they have packed it, some pack twice."""
    try:
        body = zlib.decompressobj(31).decompress(capture.body, MAX_INFLATED + 1)
    except zlib.error as err:
        return _failed("damaged", f"not readable gzip: {one_line(str(err))}", GZIP)
    if len(body) > MAX_INFLATED:
        return _failed("too-large", f"gzip that unpacks to more than {MAX_INFLATED} bytes", GZIP)
    if sniff(body, None) == GZIP:
        return _failed("unsupported", "gzip within gzip", GZIP)
    return read(replace(capture, body=body), ocr)


def _failed(outcome: str, detail: str, media_type: str | None) -> Extracted:
    return Extracted(outcome=outcome, detail=detail, media_type=media_type, extractor=EXTRACTOR)
