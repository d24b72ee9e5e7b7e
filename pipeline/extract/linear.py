"""The plain reading of a page: its lines in one pass, whatever its size or shape.

It reads pages that are too large for the readers that weigh every node against its neighbours, and it is the last
resort where those find nothing. Time and memory are linear in the tree; nothing is copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipeline.extract.clean import clean_text, one_line

LARGE_ELEMENTS = 20_000
"""Elements from which on a page is read plainly. News pages have 1,000 to 5,000, long encyclopaedia articles 15,000."""
LARGE_TEXT = 1_500_000
"""Characters of text from which on it is."""
LARGE_DEPTH = 500_000
"""Sum of the depths of all elements from which on it is: ten times that of a usual news page."""
LARGE_CHILDREN = 1_500
"""Children of a single element from which on it is."""
_HIDDEN = frozenset(
    ("script", "style", "noscript", "template", "nav", "footer", "aside", "header", "button", "svg", "iframe",
     "select", "head", "object")
)  # fmt: skip
_BREAKS = frozenset(
    ("p", "div", "section", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd",
     "blockquote", "pre", "table", "tr", "br", "hr", "figure", "figcaption", "body", "center", "address", "details",
     "summary", "caption", "thead", "tbody")
)  # fmt: skip
_CELLS = frozenset(("td", "th"))
_WORD = re.compile(r"\w+")
_MANY_LINKS = 0.7
"""Share of a line's characters inside links from which on it leads elsewhere."""


def is_large(tree: HtmlElement) -> bool:
    """Is the tree beyond what `trafilatura` reads in reasonable time? Its rules look at the ancestors, descendants and
    siblings of nodes, so depth and width count as much as number.
    """
    elements = int(tree.xpath("count(.//*)"))  # in C: this is asked of every page
    if elements > LARGE_ELEMENTS or _is_long(tree):
        return True
    if elements > LARGE_CHILDREN and any(len(element) > LARGE_CHILDREN for element in tree.iter()):
        return True
    return elements * 256 > LARGE_DEPTH and _depths(tree) > LARGE_DEPTH


def _is_long(tree: HtmlElement) -> bool:
    """More text than `LARGE_TEXT`, without scripts and styles."""
    if len(tree.text_content()) <= LARGE_TEXT:
        return False
    scripts = sum(len(element.text or "") for element in tree.iter("script", "style"))
    return len(tree.text_content()) - scripts > LARGE_TEXT


def _depths(tree: HtmlElement) -> int:
    """The sum of the depths of all elements."""
    depth = total = 0
    for event, _element in _events(tree):
        depth += 1 if event == "start" else -1
        total += depth if event == "start" else 0
    return total


def plain_lines(tree: HtmlElement, *, everything: bool = False) -> str:
    """All lines outside navigation, in order: cells of a row as ``a | b``, no line twice running.

    Lines of links and of a word or two are left out, unless ``everything`` is wanted.
    """
    lines: list[str] = []
    parts: list[str] = []
    linked = 0
    within_link = 0
    hidden = 0

    def flush() -> None:
        nonlocal linked
        line = one_line("".join(parts)).strip("| ")
        if line and (everything or _tells(line, linked)) and (not lines or lines[-1] != line):
            lines.append(line)
        parts.clear()
        linked = 0

    for event, element in _events(tree):
        tag = element.tag
        if event == "start":
            hidden += tag in _HIDDEN
            within_link += tag == "a"
            if tag in _BREAKS:
                flush()
            piece = element.text
        else:
            hidden -= tag in _HIDDEN
            within_link -= tag == "a"
            if tag in _BREAKS:
                flush()
            elif tag in _CELLS:
                parts.append(" | ")
            piece = element.tail
        if piece and not hidden:
            parts.append(piece)
            linked += len(piece) if within_link > 0 else 0
    flush()
    return clean_text("\n".join(lines))


def _events(tree: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """Start and end of each element, in document order, without recursion."""
    open_elements: list[HtmlElement] = []
    for element in tree.iter():
        parent = element.getparent()
        while open_elements and open_elements[-1] is not parent:
            yield "end", open_elements.pop()
        yield "start", element
        open_elements.append(element)
    for element in reversed(open_elements):
        yield "end", element


def _tells(line: str, linked: int) -> bool:
    if len(line) <= 20 and len(_WORD.findall(line)) <= 2:
        return False
    return linked < max(len(line), 1) * _MANY_LINKS
