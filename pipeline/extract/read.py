"""Which reader reads what."""

from __future__ import annotations

import logging

from pipeline.extract.clean import one_line
from pipeline.extract.html import read_html
from pipeline.extract.office import read_office
from pipeline.extract.pdf import read_pdf
from pipeline.extract.plain import read_plain
from pipeline.extract.sniff import DOCX, HTML, PDF, PPTX, TEXT, XHTML, sniff
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

_READERS = {HTML: read_html, XHTML: read_html, PDF: read_pdf, DOCX: read_office, PPTX: read_office, TEXT: read_plain}

# Its complaints ("discarding data") say nothing that the outcome does not.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def read(capture: Capture) -> Extracted:
    """Sniff the payload, let its reader read it, and turn whatever goes wrong into an outcome."""
    if not capture.body.strip(b"\x00 \t\r\n"):
        return Extracted(
            outcome="empty", detail="the payload has no bytes", media_type=capture.media_type, extractor=EXTRACTOR
        )
    media_type = sniff(capture.body, capture.media_type)
    reader = _READERS.get(media_type)
    if reader is None:
        return Extracted(
            outcome="unsupported", detail=f"no reader for {media_type}", media_type=media_type, extractor=EXTRACTOR
        )
    try:
        return reader(capture, media_type)
    except Exception as err:  # noqa: BLE001 - hostile input finds what four parsers do not document; the run must go on
        detail = f"the reader failed: {type(err).__name__}: {one_line(str(err))[:200]}"
        return Extracted(outcome="damaged", detail=detail, media_type=media_type, extractor=EXTRACTOR)
