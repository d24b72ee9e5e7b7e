"""The process that draws the pages of a PDF and has tesseract read them: ``python -m pipeline.extract.ocr_child``.

Its argument is JSON (``pages``, ``languages``, ``program``, ``seconds``), standard input the PDF; it answers on
standard output with JSON: ``pages`` of ``index``, ``text`` and ``confidence``, or ``problem``.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys
from itertools import groupby
from typing import Any

import pypdfium2 as pdfium

MEMORY_LIMIT = 1 << 30
"""Bytes of address space, for this process and for tesseract each."""
_DPI = 300
_MAX_SIDE = 5000
"""Pixels."""
_LEAST_CONFIDENCE = 20.0
"""Of tesseract's 100: below that it saw letters in a picture."""


def main() -> None:
    """Read the request, answer, and end."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    request = json.loads(sys.argv[1])
    try:
        answer: dict[str, Any] = {"pages": list(_read(sys.stdin.buffer.read(), request))}
    except (pdfium.PdfiumError, OSError, ValueError, MemoryError, subprocess.SubprocessError) as err:
        answer = {"problem": str(err) or type(err).__name__}
    sys.stdout.write(json.dumps(answer))


def _read(body: bytes, request: dict[str, Any]) -> list[dict[str, Any]]:
    document = pdfium.PdfDocument(body)
    pages = []
    for index in request["pages"]:
        try:
            image = _image(document[index])
        except pdfium.PdfiumError:
            continue
        text, confidence = _recognise(image, request)
        pages.append({"index": index, "text": text, "confidence": confidence})
    return pages


def _image(page: Any) -> bytes:
    """A page as a grey picture in the PGM format."""
    width, height = page.get_size()
    scale = min(_DPI / 72, _MAX_SIDE / max(width, height, 1.0))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        rows = memoryview(bitmap.buffer).cast("B")
        size, stride = bitmap.width, bitmap.stride
        picture = b"".join(bytes(rows[y * stride : y * stride + size]) for y in range(bitmap.height))
        return b"P5 %d %d 255\n" % (size, bitmap.height) + picture
    finally:
        bitmap.close()


def _recognise(image: bytes, request: dict[str, Any]) -> tuple[str, float]:
    """(text, mean confidence of its words from 0 to 1); a paragraph a line."""
    command = [request["program"], "-", "-", "-l", request["languages"], "--dpi", str(_DPI), "tsv"]
    done = subprocess.run(command, input=image, capture_output=True, timeout=request["seconds"], check=False)
    if done.returncode:
        raise ValueError(done.stderr.decode("utf-8", "replace").strip() or f"tesseract ended with {done.returncode}")
    words = [
        row
        for row in csv.DictReader(
            io.StringIO(done.stdout.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE
        )
        if (row["text"] or "").strip() and float(row["conf"]) >= _LEAST_CONFIDENCE
    ]
    paragraphs = []
    for _, members in groupby(words, key=lambda row: (row["block_num"], row["par_num"])):
        lines = [" ".join(w["text"] for w in line) for _, line in groupby(members, key=lambda row: row["line_num"])]
        paragraphs.append(_joined(lines))
    confidence = sum(float(row["conf"]) for row in words) / (100 * len(words)) if words else 0.0
    return "\n".join(paragraphs), round(confidence, 3)


def _joined(lines: list[str]) -> str:
    """Lines of a paragraph to one; words broken at a line's end heal."""
    text = lines[0]
    for line in lines[1:]:
        broken = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
        text = text[:-1] + line if broken else f"{text} {line}"
    return text


if __name__ == "__main__":
    main()
