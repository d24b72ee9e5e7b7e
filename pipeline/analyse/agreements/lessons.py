"""Our own training texts, `lessons.yaml`, as labelled documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from spacy.language import Language

from config.agreements import AgreementKind
from config.yamlfile import load_list
from pipeline.analyse.agreements.gold import Labelled, label
from pipeline.records import Text

LESSONS = Path(__file__).parent / "lessons.yaml"
_MARK = re.compile(r"\[([^\]]+)\]|\{([^}]+)\}")


class Lesson(BaseModel):
    """One text with its bodies in [brackets] and projects in {braces}, and the agreement that it states, if any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    kind: AgreementKind | None = None
    status: Literal["signed", "planned", "extended", "ended"] = "signed"
    pairs: Literal["all", "first", "last"] = "all"
    """Whose partners the bodies are: each other's, or the first or last one's only."""
    parties: tuple[str, ...] = ()
    """The partners, where they are not all bodies of the text."""


def read_lessons(nlp: Language, path: Path = LESSONS) -> Iterator[Labelled]:
    """Read and parse the lessons; raises ConfigError for a mistake in the file."""
    for number, lesson in enumerate(load_list(path, "lessons", Lesson, unique="text")):
        names = list(dict.fromkeys((m[1] or m[2], bool(m[1])) for m in _MARK.finditer(lesson.text)))
        text = _MARK.sub(lambda m: m[1] or m[2], lesson.text)
        gold = {
            "organisations": [{"name": name, "surface": [name]} for name, body in names if body],
            "projects": [{"name": name, "surface": [name]} for name, body in names if not body],
            "partnerships": list(_agreements(lesson, [name for name, _ in names], text)),
        }
        yield label(gold, Text(f"lesson/{number}", "", text), nlp(text))


def _agreements(lesson: Lesson, names: list[str], text: str) -> Iterator[dict[str, Any]]:
    parties = list(lesson.parties) or names
    groups: list[tuple[str, ...]] = [tuple(parties)]
    if lesson.pairs != "all":
        one = parties[0] if lesson.pairs == "first" else parties[-1]
        groups = [pair for pair in combinations(parties, 2) if one in pair]
    for group in groups if lesson.kind else []:
        yield {
            "kind": lesson.kind, "status": lesson.status, "signed": None, "duration_months": None,
            "evidence": " ".join(text.split()[:8]), "parties": list(group),
        }  # fmt: skip
