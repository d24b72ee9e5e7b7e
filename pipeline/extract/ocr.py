"""Text from images of pages by tesseract, where an operator has turned it on: the parent's side of `ocr_child`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.extract.clean import one_line

_ROOT = Path(__file__).resolve().parents[2]
MISSING = "OCR is on, but the program tesseract is not installed: apt-get install tesseract-ocr"


@dataclass(frozen=True, slots=True)
class Ocr:
    """How pages are read from their images."""

    languages: str = "eng"
    """Tesseract's names of languages, joined by ``+`` (``eng+deu``); each needs its data package."""
    max_pages: int = 30
    """Most pages of one file."""
    page_seconds: float = 20.0
    """Seconds allowed for a page; the file has the sum of its pages'."""
    program: str = "tesseract"


def make_ocr(on: bool, languages: str) -> Ocr | None:
    """What the settings ``ocr`` and ``ocr_languages`` ask for."""
    return Ocr(languages) if on else None


@dataclass(frozen=True, slots=True)
class OcrPage:
    """One page: its number (from 0), its text, and the mean confidence of its words (0 to 1)."""

    index: int
    text: str
    confidence: float


class OcrError(Exception):
    """No text came from the images; the message is one line: why, and how to mend it."""


def read_images(body: bytes, pages: Sequence[int], ocr: Ocr) -> list[OcrPage]:
    """Read the given pages of a PDF (from 0) from their images; raises OcrError where that fails as a whole.

    Pages are drawn and read in a process group of its own with the limits of the PDF reader, ended when it is late.
    """
    program = shutil.which(ocr.program)
    if program is None:
        raise OcrError(MISSING)
    chosen = list(pages)[: ocr.max_pages]
    request = json.dumps({"pages": chosen, "languages": ocr.languages, "program": program, "seconds": ocr.page_seconds})
    command = [sys.executable, "-m", "pipeline.extract.ocr_child", request]
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, "OMP_THREAD_LIMIT": "1"},
        start_new_session=True,
    ) as child:
        try:
            answer, _ = child.communicate(body, timeout=ocr.page_seconds * (len(chosen) + 1))
        except subprocess.TimeoutExpired as err:
            os.killpg(child.pid, signal.SIGKILL)
            raise OcrError(f"OCR took longer than {ocr.page_seconds:g} seconds a page") from err
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    return _pages(answer)


def _pages(answer: bytes) -> list[OcrPage]:
    try:
        data = json.loads(answer)
    except ValueError as err:
        raise OcrError("the OCR process died of the file") from err
    if problem := data.get("problem"):
        raise OcrError(f"OCR failed: {one_line(problem)[:200]}")
    return [OcrPage(page["index"], page["text"], page["confidence"]) for page in data["pages"]]
