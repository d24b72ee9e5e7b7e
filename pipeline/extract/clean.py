"""The text form that every reader hands on: NFC, visible characters only, single spaces, no blank lines."""

from __future__ import annotations

import re
import unicodedata

# What is not seen, or breaks words when it is kept: soft hyphen, zero-width characters, bidi marks, BOM.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile(r"[^\S\n]+")
_LINE_EDGE = re.compile(r" ?\n[ \n]*")

# Code points that no text means: windows-1252 read as Latin-1, or written as numeric references (&#147;). Browsers show
# what windows-1252 has there (WHATWG HTML, numeric character reference end state).
_C1 = {n: bytes((n,)).decode("cp1252") for n in range(0x80, 0xA0) if n not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)}
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_FORMULA = re.compile("[\U0001d400-\U0001d7ff]+")
_BULLET = re.compile(r"^[•▪●◦‣⁃∙■□▶►➢➤\uf0b7\uf0a7\uf0d8\uf076\u2023\u25cf·o](?=\s+\S)\s+", re.MULTILINE)


def clean_text(text: str) -> str:
    """Return the text in NFC with line breaks as ``\\n``, single spaces, no invisible or control characters.

    Lines are stripped and empty ones dropped; cleaning twice changes nothing.
    """
    text = _BREAK.sub("\n", text)
    if not text.isascii():
        text = text.translate(_C1)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", text)
    return _LINE_EDGE.sub("\n", _SPACE.sub(" ", text)).strip()


def one_line(text: str) -> str:
    """The same on a single line: titles, names, details."""
    return clean_text(text).replace("\n", " ")


def plain_glyphs(text: str) -> str:
    """Undo what typesetting did to the characters: ligatures apart, every bullet glyph a ``- ``, letters of formulae
    plain.
    """
    text = text.translate(_LIGATURES).replace("-\u2010", "-")  # some fonts give a hyphen twice
    text = _FORMULA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _BULLET.sub("- ", text)
