"""A captured payload to a document: `extract` reads web pages, PDF, office and text files, and names what it cannot
read.
"""

from __future__ import annotations

from pipeline.extract.ocr import Ocr
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

__all__ = ["EXTRACTOR", "Ocr", "extract"]


def extract(capture: Capture, ocr: Ocr | None = None) -> Extracted:
    """Read a capture. Never raises, whatever the bytes: each failure is a named outcome with a one-line detail.

    With `ocr`, PDF pages that are images are read by tesseract; without, they have the outcome ``needs-ocr``.
    """
    # The PDF child process imports this package too and must start quickly, without the HTML libraries.
    from pipeline.extract.read import read  # noqa: PLC0415

    return read(capture, ocr)
