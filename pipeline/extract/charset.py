"""Bytes to text, whatever the declarations say.

Order of belief: byte order mark; UTF-16 without one; the bytes being valid UTF-8 (which is almost never chance); what
the header or the page declares, if the bytes can be read so; a statistical guess; windows-1252, which reads anything.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""", re.IGNORECASE)
# What browsers do: these labels mean the larger Windows sets (WHATWG Encoding Standard, section 4.2).
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_GUESS_BYTES = 65_536
_STRAY_SHARE = 0.002
_SINGLE_BYTE = re.compile(rb"[\x80-\xff]")


def decode(body: bytes, declared: str | None = None) -> str:
    """Decode a page or a text file. Never raises; what cannot be read becomes U+FFFD."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body.decode(name, "replace").lstrip("\ufeff")
    if (wide := _wide_without_bom(body)) is not None:
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    mostly = body.decode("utf-8", "replace")
    strays = mostly.count("\ufffd")
    seen = len(_SINGLE_BYTE.findall(body))
    # A UTF-8 page with a few bytes of something else in it (an advertisement, a cut character), or cut in the middle.
    if strays <= max(1, seen * 0.05) and strays <= max(1, len(mostly) * _STRAY_SHARE):
        return _mend_strays(body)
    for name in _declared(body, declared):
        if (text := _strictly(body, name)) is not None:
            return text
    return _guess(body)


def _wide_without_bom(body: bytes) -> str | None:
    head = body[:400]
    if len(head) < 8:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.7 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd == 0 else None


def _declared(body: bytes, header: str | None) -> list[str]:
    labels = [header] if header else []
    head = body[:4096]
    found = filter(None, (pattern.search(head) for pattern in (_META, _XML)))
    labels.extend(match[1].decode("ascii", "replace") for match in found)
    names = []
    for label in labels:
        try:
            name = codecs.lookup(label.strip(" \"'")).name
        except (LookupError, ValueError, UnicodeError):
            continue
        if name not in ("utf-8", "utf-16", "utf-32", "utf-7"):  # these were tried, or would have had a mark
            names.append(_WIDER.get(name, name))
    return names


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name, "strict")
    except (UnicodeDecodeError, LookupError, ValueError):
        pass
    try:
        text = body.decode(name, "replace")
    except (
        LookupError,
        ValueError,
        TypeError,
        AssertionError,
    ):  # a codec that is not from bytes to text (base64, rot13)
        return None
    return text if isinstance(text, str) and text.count("\ufffd") <= len(text) * _STRAY_SHARE else None


def _mend_strays(body: bytes) -> str:
    """Read as UTF-8, the odd single byte as windows-1252 (quotes pasted from an office program)."""
    codecs.register_error("pactwatch-cp1252", _as_cp1252)
    return body.decode("utf-8", "pactwatch-cp1252")


def _as_cp1252(err: UnicodeError) -> tuple[str, int]:
    if not isinstance(err, UnicodeDecodeError):
        raise err
    return err.object[err.start : err.end].decode("cp1252", "replace"), err.end


def _guess(body: bytes) -> str:
    best = from_bytes(body[:_GUESS_BYTES]).best()
    if best is not None and (text := _strictly(body, best.encoding)) is not None:
        return text
    return body.decode("cp1252", "replace")
