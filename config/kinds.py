"""Kinds of documents as data: what a document is (an announcement, a report, an event), and the words that show it."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from config.themes import Phrase
from config.yamlfile import load_list


class DocumentKind(BaseModel):
    """One kind; every document gets exactly one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    label: str = Field(min_length=2)
    description: str = ""
    words: tuple[Phrase, ...] = ()
    """Words and phrases as in `config.themes.Theme`; none: the kind is taken where no other is shown."""
    examples: tuple[str, ...] = Field(min_length=1)


def load_kinds(path: Path) -> list[DocumentKind]:
    """Read kinds.yaml; raises ConfigError naming file, line and mend."""
    return load_list(path, "kinds", DocumentKind)
