"""Add a declaration to a file of sources without touching what stands in it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from config.errors import ConfigError
from config.sources import Source, load_sources

EMPTY = re.compile(r"^sources:\s*(?:\[\s*\]|~|null)?\s*$", re.MULTILINE)
ITEM = re.compile(r"^( *)- ", re.MULTILINE)


def declaration(source: Source, comment: str = "", indent: str = "  ") -> str:
    """A source as an entry of the list in sources.yaml, with a comment over it."""
    data = source.model_dump(mode="json", exclude_unset=True)
    plain: dict[str, Any] = {name: _single(value) for name, value in data.items() if value != {}}
    if "fallbacks" in data:
        plain["fallbacks"] = [{name: _single(value) for name, value in way.items()} for way in data["fallbacks"]]
    dumped = yaml.safe_dump([plain], sort_keys=False, allow_unicode=True, width=10_000)
    lines = [*(f"# {line}".rstrip() for line in comment.splitlines()), *dumped.splitlines()]
    return "".join(f"{indent}{line}\n" for line in lines)


def append_source(path: Path, source: Source, comment: str = "") -> None:
    """Write a declaration behind the last one of a file, which is made where there is none.

    The file is written anew beside itself and moved over itself, so a reader sees the old or the new one. Raises
    ConfigError where the file is not in order, has a source of that id, or is not written as a list with a line each.
    """
    before = load_sources(path) if path.exists() and not _has_none(path) else []
    if source.id in {one.id for one in before}:
        raise ConfigError(f"{path}: source '{source.id}' is declared already: choose another id with --id")
    text = path.read_text(encoding="utf8") if path.exists() else ""
    if not before:
        text = EMPTY.sub("sources:", text) if EMPTY.search(text) else f"{text}sources:\n"
    found = ITEM.search(text)
    text = text.rstrip("\n") + "\n\n" if before else text.rstrip("\n") + "\n"
    text += declaration(source, comment, found[1] if found else "  ")
    target = path.resolve()
    handle, draft_name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".yaml", dir=target.parent)
    draft = Path(draft_name)
    try:
        with os.fdopen(handle, "w", encoding="utf8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        _check(draft, path, [*before, source])
        if target.exists():
            shutil.copymode(target, draft)
        else:
            draft.chmod(0o644)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _check(draft: Path, path: Path, wanted: list[Source]) -> None:
    try:
        written = load_sources(draft)
    except ConfigError:
        written = []
    if written != wanted:
        raise ConfigError(f"{path}: nothing can be added behind its last line: write the list as one entry a line")


def _has_none(path: Path) -> bool:
    """Whether the file is in order and declares nothing: empty, or comments, or an empty list."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf8"))
    except (OSError, ValueError, yaml.YAMLError):
        return False  # what is wrong with it is said by `load_sources`
    return data is None or data in ({"sources": []}, {"sources": None})


def _single(value: Any) -> Any:
    """A list of one as the text that stands for it."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
