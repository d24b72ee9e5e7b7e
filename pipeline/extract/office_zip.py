"""Office files are zip archives of XML parts: what may be unpacked, and how a part is parsed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree
from lxml.etree import LxmlError, _Element

MAX_UNPACKED = 300_000_000
"""Bytes, all parts together."""
MAX_XML = 60_000_000
"""Bytes of one XML part: it becomes a tree about ten times that size."""
MAX_RATIO = 200
MAX_PARTS = 20_000
_SMALL = 20_000_000
"""Below that no ratio is dangerous: a blank sheet packs a thousandfold."""

BROKEN = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, LookupError, OSError, EOFError,
    NotImplementedError,    RuntimeError, RecursionError, AssertionError, ArithmeticError, LxmlError, zlib.error,
)  # fmt: skip
"""What the office libraries raise on parts that are missing or are not what they should be; they document none of it.
"""


def too_large(body: bytes) -> str | None:
    """Why an archive is not unpacked, or None where it may be; raises one of `BROKEN` where it is no archive."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = archive.infolist()
    unpacked = sum(p.file_size for p in parts)
    largest = max((p.file_size for p in parts if p.filename.endswith((".xml", ".rels"))), default=0)
    if len(parts) > MAX_PARTS:
        return f"{len(parts)} parts, the limit is {MAX_PARTS}"
    if unpacked > MAX_UNPACKED or largest > MAX_XML:
        return f"{unpacked} bytes unpacked, the limit is {MAX_UNPACKED} ({MAX_XML} for one XML part)"
    if unpacked > _SMALL and unpacked > len(body) * MAX_RATIO:
        return f"{unpacked} bytes out of {len(body)}: packed more than {MAX_RATIO} times, as in a zip bomb"
    return None


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of an archive, read no further than a part may be long; its declared length may be a lie."""
    with archive.open(name) as stream:
        body = stream.read(MAX_XML + 1)
    if len(body) > MAX_XML:
        raise ValueError(f"{name} is longer than {MAX_XML} bytes")
    return body


def parse_part(body: bytes) -> _Element:
    """An XML part as a tree, without entities, network or a document type's files; raises LxmlError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.fromstring(body, parser)


def local(element: _Element) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: _Element, name: str) -> str | None:
    """An attribute's value, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def inner(element: _Element, *names: str) -> Iterator[_Element]:
    """Descendants of these names in document order."""
    return (e for e in element.iter() if local(e) in names)
