"""Text that was decoded wrongly before it came to the page ("Ã¼" for "ü", "â€™" for "’"): mended line by line.

Such damage is in the publisher's own data, so no choice of encoding for the page helps. ftfy knows the sequences that
no language writes; a line is mended only where it has them, and how many were is noted.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.extract.clean import clean_text

_MAX_LINE = 20_000
"""Characters: longer lines are left as they are, ftfy's look at a line is not quite linear."""


def mend(text: str) -> tuple[str, int]:
    """The text with its broken lines mended, and how many there were."""
    if text.isascii():
        return text, 0
    lines = text.split("\n")
    mended = 0
    for number, line in enumerate(lines):
        if line.isascii() or len(line) > _MAX_LINE or not _ftfy().badness.is_bad(line):
            continue
        better = clean_text(_ftfy().fix_encoding(line)).replace("\n", " ")
        if better != line and better:
            lines[number] = better
            mended += 1
    return "\n".join(lines), mended


def noted(lines: int) -> str | None:
    """The note for the document's detail; None where nothing was mended."""
    return f"wrongly decoded characters mended in {lines} line{'s' if lines > 1 else ''}" if lines else None


@cache
def _ftfy() -> Any:
    # Only where a text is not plain ASCII: most pages of a crawl never need it.
    import ftfy  # noqa: PLC0415
    import ftfy.badness  # noqa: PLC0415

    return ftfy
