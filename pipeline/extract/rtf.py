"""RTF to `Extracted` (Rich Text Format 1.9.1): text, tables as rows, footnotes after the text, the file's properties.

One pass over the tokens, so that no file takes longer than its length deserves.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from pipeline.extract.clean import one_line, plain_glyphs
from pipeline.extract.office_result import OfficeRead, Properties, office_document
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

MAX_BYTES = 50_000_000
_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
_MAX_DEPTH = 500
_MAX_HEADING = 150
_SIGNS = {
    "tab": " ", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
    "par": "\n", "sect": "\n", "page": "\n", "cell": "\x1f", "nestcell": "\x1f", "row": "\x1e", "nestrow": "\x1e",
}  # fmt: skip
_CELL, _ROW = "\x1f", "\x1e"
_ESCAPED = {"~": " ", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
_DESTINATIONS = frozenset(
    ("fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "revtbl", "rsidtbl", "generator", "pict",
     "object", "objdata", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf",
     "fldinst", "themedata", "colorschememapping", "datastore", "latentstyles", "xmlnstbl", "mmathPr", "filetbl",
     "bkmkstart", "bkmkend", "annotation", "atnid", "atnauthor", "atntime", "atnref", "userprops", "nonshppict",
     "deleted", "comment", "doccomm", "operator", "company", "keywords", "category", "subject", "manager", "hlinkbase")
)  # fmt: skip
"""Groups whose text is none of the document's."""
_SHAPES = frozenset(("shppict", "shpinst", "shptxt"))
"""Marked as passed over by older readers, but with text in them."""
_STATED = frozenset(("title", "author", "creatim", "revtim"))
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""``\\fcharset`` to codec; others follow ``\\ansicpg``."""


@dataclass(slots=True)
class _State:
    """What a group inherits and its end undoes."""

    target: str = "text"
    """``text``, ``note``, a property, ``fonts`` or ``none``."""
    skip: int = 1
    """Characters after a ``\\u`` that stand for it in older readers."""
    codec: str = ""
    hidden: bool = False


def read_rtf(capture: Capture, media_type: str) -> Extracted:
    """Read an RTF file."""
    if len(capture.body) > MAX_BYTES:
        detail = f"{len(capture.body)} bytes of RTF, the limit is {MAX_BYTES}"
        return Extracted(outcome="too-large", detail=detail, media_type=media_type, extractor=EXTRACTOR)
    read = _Parser()
    read.run(capture.body.decode("latin-1"))
    lines = [_line(line) for line in _rows("".join(read.found.get("text", ())))]
    notes = [f"{number} {note}" for number, parts in enumerate(read.notes, 1) if (note := one_line("".join(parts)))]
    first = next((line for line in lines if line), None)
    stated = {key: one_line("".join(read.found.get(key, ()))) for key in _STATED}
    properties = Properties(stated["title"], stated["author"], stated["creatim"], stated["revtim"])
    heading = first if first and len(first) < _MAX_HEADING else None
    return office_document(capture, media_type, OfficeRead(["\n".join([*lines, *notes])], heading, False, properties))


def _rows(text: str) -> list[str]:
    """Lines; what cells part until a row ends is one line."""
    lines: list[str] = []
    for stretch in text.split(_ROW):
        head, mark, tail = stretch.rpartition(_CELL)
        if mark:
            start = head.rfind("\n", 0, (head + _CELL).find(_CELL)) + 1  # paragraphs before the table
            lines.extend(head[:start].split("\n"))
            lines.append(" | ".join(one_line(cell) for cell in head[start:].split(_CELL)))
        lines.extend(tail.split("\n"))
    return lines


def _line(text: str) -> str:
    return one_line(plain_glyphs(text))


class _Parser:
    """Runs over the tokens and collects the text of each destination."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self.notes: list[list[str]] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._state = _State()
        self._stack: list[_State] = []
        self._left = 0  # characters that stand for a \\u
        self._raw = bytearray()
        self._opened = self._star = False

    def run(self, text: str) -> None:
        """Read until the outermost group ends; what follows is none of the document's."""
        at = 0
        while match := _TOKEN.match(text, at):
            at = match.end()
            word, number, pair, escaped, brace, plain = match.groups()
            if pair is not None:
                self._byte(int(pair, 16))
                continue
            self._flush()
            if brace is not None:
                self._brace(brace)
                if not self._stack:
                    break
            elif word is not None:
                value = int(number) if number else None
                if word == "bin":
                    at += max(0, value or 0)
                self._word(word, value)
            elif escaped is not None:
                self._star = escaped == "*" and self._opened
                self._put(_ESCAPED.get(escaped, ""))
            elif plain is not None:
                cut = min(self._left, len(plain))
                self._left -= cut
                self._put(plain[cut:])
        self._flush()

    def _byte(self, value: int) -> None:
        if self._left:
            self._left -= 1
        else:
            self._raw.append(value)

    def _flush(self) -> None:
        if self._raw:
            self._put(bytes(self._raw).decode(self._state.codec or self._codec, "replace"))
            self._raw.clear()

    def _brace(self, brace: str) -> None:
        self._left, self._opened, self._star = 0, brace == "{", False
        if brace == "}":
            self._state = self._stack.pop() if self._stack else _State()
            return
        self._stack.append(replace(self._state))
        if len(self._stack) > _MAX_DEPTH:
            self._state.target = "none"

    def _word(self, word: str, value: int | None) -> None:
        """A control word: a sign, the beginning of a destination, or a setting."""
        if word in _SIGNS:
            self._put(_SIGNS[word])
        elif word == "u" and value is not None:
            self._put(_character(value))
            self._left = self._state.skip
        elif not self._destination(word):
            self._setting(word, value)
        self._opened = False

    def _destination(self, word: str) -> bool:
        state = self._state
        if word in _STATED and state.target == "none":
            state.target = word
        elif word == "info" or word in _DESTINATIONS:
            state.target = "fonts" if word == "fonttbl" else "none"
        elif word == "footnote" and state.target == "text":
            self.notes.append([])
            self._put(f" {len(self.notes)} ")
            state.target = "note"
        elif self._star and word not in _SHAPES:
            state.target = "none"
        else:
            return False
        self._star = False
        return True

    def _setting(self, word: str, value: int | None) -> None:
        state = self._state
        if word in ("yr", "mo", "dy") and value is not None:
            self._put(f"{value:02}" if word == "yr" else f"-{value:02}")
        elif word in ("ansicpg", "mac"):
            self._codec = _codec("mac_roman" if word == "mac" else f"cp{value}", self._codec)
        elif word == "uc":
            state.skip = max(0, value or 0)
        elif word == "v":
            state.hidden = value != 0
        elif word == "f":
            self._font = value or 0
            state.codec = self._fonts.get(self._font, "") if state.target != "fonts" else ""
        elif word == "fcharset" and state.target == "fonts" and value in _CHARSETS:
            self._fonts[self._font] = _CHARSETS[value]

    def _put(self, text: str) -> None:
        state = self._state
        if state.hidden or not text or state.target in ("none", "fonts"):
            return
        target = self.notes[-1] if state.target == "note" else self.found.setdefault(state.target, [])
        target.append(text)


def _codec(name: str, otherwise: str) -> str:
    """A codec that turns bytes to text, or the other one."""
    try:
        b"".decode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return otherwise


def _character(value: int) -> str:
    code = value + 0x10000 if value < 0 else value
    return chr(code) if 0 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
