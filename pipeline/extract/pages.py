"""Page texts to one text with exact anchors."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.extract.clean import clean_text
from pipeline.records import Anchor


def join_pages(parts: Iterable[str]) -> tuple[str, tuple[Anchor, ...]]:
    """Join page texts by a line break; anchors say where each page that has text stands. Pages count from 1."""
    pieces: list[str] = []
    anchors: list[Anchor] = []
    at = 0
    for number, part in enumerate(parts, 1):
        page = clean_text(part)
        if not page:
            continue
        if pieces:
            at += 1
        anchors.append(Anchor(at, at + len(page), number))
        pieces.append(page)
        at += len(page)
    return "\n".join(pieces), tuple(anchors)
