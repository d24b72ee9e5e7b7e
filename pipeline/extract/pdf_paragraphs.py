"""From the lines of a page's columns to its paragraphs: what flows on joins, broken words heal, footnotes come last.

Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from pipeline.extract.pdf_bidi import is_rtl
from pipeline.extract.pdf_rows import Line, leading, usual_size

PARAGRAPH_GAP = 0.75
"""Of the line height: more white than that above a line starts a paragraph."""
_SMALLER = 0.93
"""Of the page's usual size: a footnote is set smaller than that."""
_HYPHEN = re.compile(r"[^\W\d_][-\u00ad\u2010\x02\ufffe]$")
_SOFT = "\x02\ufffe\u00ad"
_COMPOUND = frozenset(
    ("non", "self", "well", "long", "short", "high", "low", "follow", "cross", "full", "part", "half", "all", "anti",
     "evidence", "cost", "peer", "real", "state")
)  # fmt: skip
"""First halves of English compounds that keep their hyphen, where the document itself does not show which it is."""
_END = re.compile(r"[.!?:;…\"”»)\]。！？]$")
_CLOSED = re.compile(r"[.!?:;…。！？]['\"”»)\]]*\s?\d{0,2}$")
_LEADER_LINE = re.compile(r" … \S{0,12}$")
_ITEM = re.compile(r"^(?:[-–•▪●◦‣⁃∙■□▶►➢➤✓\uf0b7\uf0a7\uf0d8\u25cf]\s|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]\s)")
_NOTE = re.compile(r"^(?:\d{1,3}\)?|[*†‡§¶]{1,3}|[¹²³⁴-⁹]{1,3})\s?(?=[^\W\d_]|[\"“«(「*])")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_FIRST_WORD = re.compile(r"^[^\W\d_]+")


def page_blocks(groups: list[list[Line]], known: AbstractSet[str] = frozenset()) -> list[str]:
    """The paragraphs of a page from its columns in reading order, footnotes last. ``known`` holds the document's words
    in lower case: they decide whether a broken word keeps its hyphen.
    """
    usual = usual_size([line for group in groups for line in group])
    blocks: list[str] = []
    notes: list[str] = []
    open_end = False
    for group in groups:
        body, foot = _part_footnotes(group, usual)
        found = paragraphs(body, known)
        if found and blocks and open_end and body[0].cells == 1 and _flows_on(blocks[-1], found[0]):
            blocks[-1] = join_lines(blocks[-1], found.pop(0), known)
        blocks.extend(found)
        open_end = bool(body) and body[-1].cells == 1 and abs(body[-1].size - usual) < 0.15 * max(usual, 1.0)
        notes.extend(paragraphs(foot, known))
    return [_settled(block) for block in (*blocks, *notes)]


def _ends(pattern: re.Pattern[str], text: str) -> bool:
    """Does a text end so? Only its last characters are looked at, since these patterns are tried at every line."""
    return pattern.search(text, max(0, len(text) - 12)) is not None


def _flows_on(before: str, after: str) -> bool:
    """Does a paragraph go on at the top of the next column?"""
    return (_ends(_HYPHEN, before) or not _ends(_CLOSED, before)) and after[:1].islower() and len(before) > 40


def _settled(block: str) -> str:
    """A word that is broken for good (at the page's end) shows its hyphen."""
    return block[:-1] + "-" if block.endswith(tuple(_SOFT)) else block


def _part_footnotes(lines: list[Line], usual: float) -> tuple[list[Line], list[Line]]:
    """The column's text, and the footnotes under it: smaller lines down to its end, from the first that has a mark."""
    first = len(lines)
    while first and lines[first - 1].size < _SMALLER * usual and lines[first - 1].cells < 3:
        first -= 1
    if first == 0:  # a column of small print is not a footnote
        return lines, []
    start = next((i for i in range(first, len(lines)) if _NOTE.match(lines[i].text)), len(lines))
    return lines[:start], lines[start:]


def paragraphs(lines: list[Line], known: AbstractSet[str] = frozenset()) -> list[str]:
    """Join the lines of one column to paragraphs; hyphens at line ends heal."""
    if not lines:
        return []
    right = max(line.x1 for line in lines)
    usual = leading(lines)
    done: list[str] = []
    for i, line in enumerate(lines):
        if i and not _starts_paragraph(lines[i - 1], line, right, usual):
            done[-1] = join_lines(done[-1], line.text, known)
        else:
            done.append(line.text)
    return done


def _starts_paragraph(before: Line, line: Line, right: float, usual: float) -> bool:
    if before.cells > 1 or line.cells > 1:
        return True
    broken = _ends(_HYPHEN, before.text)
    height = max(min(before.size, line.size), 1.0)
    if broken and line.text[:1].islower() and abs(before.y0 - line.y1) < 2.5 * height:
        return False
    if _ITEM.match(line.text):
        return True
    flows = line.text[:1].islower() and not _ends(_END, before.text)
    if (apart := _stands_apart(before, line, height, usual, flows)) or broken:
        return apart
    return (
        _is_entry(before)
        or _is_entry(line)
        or _ended_on_purpose(before, line, right, height)
        or (line.x0 - before.x0 > 0.8 * height and _ends(_END, before.text) and not _ITEM.match(before.text))
    )


def _is_entry(line: Line) -> bool:
    """An entry of a table of contents."""
    return "…" in line.text and _LEADER_LINE.search(line.text) is not None


def _stands_apart(before: Line, line: Line, height: float, usual: float, flows: bool) -> bool:
    """More white than usual between the lines, or another size of type."""
    gap = before.y0 - line.y1
    if gap > max((1.5 if flows else PARAGRAPH_GAP) * height, 1.3 * usual) or gap < -2 * height:
        return True
    return not flows and abs(before.size - line.size) > 0.15 * height


def _ended_on_purpose(before: Line, line: Line, right: float, height: float) -> bool:
    """The next line's first word would still have fitted."""
    word = (line.x1 - line.x0) * (len(line.text.split(" ", 1)[0]) + 1) / max(len(line.text), 1)
    if before.x1 + word >= right - 0.3 * height or is_rtl(line.text):
        return False
    return _ends(_END, before.text) or not line.text[:1].islower()


def join_lines(before: str, after: str, known: AbstractSet[str] = frozenset()) -> str:
    """Two lines of one paragraph to one; a word broken by a hyphen becomes whole, a compound keeps its own."""
    if not _ends(_HYPHEN, before):
        return f"{before} {after}"
    if after[:1].islower() and not _is_compound(before[:-1], after, known):
        return before[:-1] + after
    return before[:-1] + "-" + after


def _is_compound(before: str, after: str, known: AbstractSet[str]) -> bool:
    """The document's other pages decide; else the few first halves that English keeps apart."""
    head, tail = _LAST_WORD.search(before), _FIRST_WORD.search(after)
    if head is None or tail is None:
        return False
    first, second = head[0].casefold(), tail[0].casefold()
    if first + second in known:
        return False
    return f"{first}-{second}" in known or first in _COMPOUND
