"""Names that show themselves in any language: defined short forms and legal forms. For texts that no model reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.analyse.names.acronyms import definitions

_LEGAL = re.compile(
    r"(?<!\w)(?:[A-ZÀ-Þ][\w&.-]{0,40} ){1,4}(?:GmbH|AG|SE|KGaA|S\.A\.|SA|SAS|SARL|S\.r\.l\."
    r"|B\.V\.|N\.V\.|AB|A/S|Oy|Ltd|Inc\.?)(?!\w)"
)
_HEADS = re.compile(
    r"univers|institut|hospital|hôpital|klinik|agen|minist|verein|verband|gesellschaft|associa|société|fond|stiftung"
    r"|centr|zentrum|netz|réseau|alli|forschung|recherche|council|rat\b|akadem|académ|amt\b|office|konsortium",
    re.IGNORECASE,
)
"""Parts of words that name a kind of body in several languages of Europe."""


def rule_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield ``(start, end, "organisation")`` of names that `text` itself marks as such."""
    for found in definitions(text):
        if _HEADS.search(text, found.long_start, found.long_end):
            yield found.long_start, found.long_end, "organisation"
    for match in _LEGAL.finditer(text):
        yield match.start(), match.end(), "organisation"
