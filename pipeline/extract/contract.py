"""The reading contract (``pactwatch extract``): a manifest of files in, one JSON object for each out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from pipeline.extract import extract
from pipeline.extract.ocr import Ocr
from pipeline.records import Capture, Extracted


class ManifestError(ValueError):
    """A manifest line that is none; the message is one line: which line, what is wrong, how to mend it."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file to read: ``{"id", "path", "url"?, "media_type"?}``. A relative path counts from the manifest's folder,
    or, where nothing is there, from the working folder.

    Further fields of a line are the writer's own and are passed over.
    """

    id: str
    path: Path
    url: str | None = None
    media_type: str | None = None


def read_manifest(path: Path) -> Iterator[ManifestEntry]:
    """Yield a manifest's entries; raises `ManifestError` at the first line that is none."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _entry(line, f"{path}, line {number}", path.parent)


def file_entries(paths: Iterable[Path]) -> Iterator[ManifestEntry]:
    """Plain files as entries: the path is the id."""
    for path in paths:
        yield ManifestEntry(id=str(path), path=path)


def run_manifest(lines: Iterable[ManifestEntry], ocr: Ocr | None = None) -> Iterator[dict[str, Any]]:
    """Read each file and yield its output object, in order; one that cannot be opened has the outcome ``missing``.
    With `ocr`, PDF pages that are images are read, too.
    """
    for entry in lines:
        try:
            body = entry.path.read_bytes()
        except OSError as err:
            yield _object(entry.id, Extracted("missing", f"{entry.path}: {err.strerror or err}"))
            continue
        yield _object(
            entry.id,
            extract(Capture(entry.url or "", body, media_type=entry.media_type or guess_type(entry.path.name)[0]), ocr),
        )


def _object(name: str, read: Extracted) -> dict[str, Any]:
    return {
        "id": name,
        "outcome": read.outcome,
        "detail": read.detail,
        "title": read.title,
        "text": read.text,
        "text_from": read.text_from,
        "text_confidence": read.text_confidence,
        "language": read.language,
        "published": read.published,
        "published_from": read.published_from,
        "modified": read.modified,
        "modified_from": read.modified_from,
        "authors": list(read.authors),
        "canonical_url": read.canonical_url,
        "site": read.site,
        "section": read.section,
        "tags": list(read.tags),
        "media_type": read.media_type,
        "anchors": [{"start": a.start, "end": a.end, "page": a.page} for a in read.anchors],
        "extractor": read.extractor,
    }


def _entry(line: str, where: str, folder: Path) -> ManifestEntry:
    example = 'expected {"id": "…", "path": "…", "url"?: "…", "media_type"?: "…"}'
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as err:
        raise ManifestError(f"{where}: not JSON ({str(err).splitlines()[0]}); {example}") from err
    if not isinstance(data, dict):
        raise ManifestError(f"{where}: not an object; {example}")
    for key in ("id", "path"):
        if not isinstance(data.get(key), str) or not data[key]:
            raise ManifestError(f"{where}: no text in {key!r}; {example}")
    for key in ("url", "media_type"):
        if data.get(key) is not None and not isinstance(data[key], str):
            raise ManifestError(f"{where}: {key!r} is not text; {example}")
    beside = folder / data["path"]
    path = beside if beside.exists() else Path(data["path"])
    return ManifestEntry(data["id"], path, data.get("url"), data.get("media_type"))
