"""What DOCX and PPTX have in common: relations between parts, and core properties (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import zipfile
from urllib.parse import unquote

from lxml.etree import _Element

from pipeline.extract.office_result import Properties
from pipeline.extract.office_zip import BROKEN, attribute, inner, local, parse_part, part


def tree(archive: zipfile.ZipFile, name: str) -> _Element | None:
    """A part as a tree; None where the archive has none of that name or it is no XML."""
    try:
        return parse_part(part(archive, name))
    except BROKEN:
        return None


def relations(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """The relations of a part: id to (last word of the type, name of the target part). External ones are left out."""
    folder, _, file = name.rpartition("/")
    found = tree(archive, f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
    targets: dict[str, tuple[str, str]] = {}
    for relation in () if found is None else inner(found, "Relationship"):
        target = unquote(relation.get("Target") or "")
        if relation.get("TargetMode") == "External" or not target:
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        targets[relation.get("Id") or ""] = ((relation.get("Type") or "").rpartition("/")[2], path)
    return targets


def main_part(archive: zipfile.ZipFile, usual: str) -> str:
    """The part that the package is about; a producer may call it otherwise."""
    names = set(archive.namelist())
    for kind, target in relations(archive, "").values():
        if kind == "officeDocument" and target in names:
            return target
    return usual


def properties(archive: zipfile.ZipFile) -> Properties:
    """Title, author, dates and language of ``docProps/core.xml``; what is not stated is empty."""
    name = next((target for kind, target in relations(archive, "").values() if kind == "core-properties"), "")
    found = tree(archive, name or "docProps/core.xml")
    stated: dict[str, str] = {}
    for element in () if found is None else found.iter():
        stated.setdefault(local(element), (element.text or "").strip())
    return Properties(
        title=stated.get("title", ""),
        author=stated.get("creator", ""),
        created=stated.get("created", ""),
        modified=stated.get("modified", ""),
        language=stated.get("language", ""),
    )


def is_on(element: _Element | None) -> bool:
    """A switch such as ``<w:vanish/>``: on unless its value says otherwise."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off", "none")
