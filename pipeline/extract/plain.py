"""A plain text file to `Extracted`: its first line is the title where it looks like one."""

from __future__ import annotations

from pipeline.extract.charset import decode
from pipeline.extract.clean import clean_text
from pipeline.extract.dateparse import parse_date
from pipeline.extract.language import find_language
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

_MAX_TITLE = 200


def read_plain(capture: Capture, media_type: str) -> Extracted:
    """Read a text file."""
    text = clean_text(decode(capture.body, capture.charset))
    if not text:
        return Extracted(outcome="empty", detail="the file has no text", media_type=media_type, extractor=EXTRACTOR)
    first = text.split("\n", 1)[0].lstrip("# ")
    hinted = parse_date(capture.hint_published)
    return Extracted(
        outcome="ok",
        title=capture.hint_title or (first if 2 < len(first) <= _MAX_TITLE else None),
        text=text,
        language=find_language(text, None),
        published=hinted,
        published_from="feed" if hinted else None,
        media_type=media_type,
        extractor=EXTRACTOR,
    )
