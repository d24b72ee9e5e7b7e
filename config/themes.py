"""Themes as data: what a librarian may file a document under, and the words that show it.

A new theme needs no training: add it to ``themes.yaml`` with words and an example, and it is classified by its words.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from config.yamlfile import load_list

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]


class Theme(BaseModel):
    """One theme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    label: str = Field(min_length=2)
    """Name for people."""
    description: str = ""
    """What belongs under it, for people."""
    words: tuple[Phrase, ...] = Field(min_length=1)
    """Words and phrases: in any case and with a plural s, or, where written all in capitals (``AI``), exactly so."""
    examples: tuple[str, ...] = Field(min_length=1)
    """Sentences that belong under the theme; the tests hold that each is classified to it."""


def load_themes(path: Path) -> list[Theme]:
    """Read themes.yaml; raises ConfigError naming file, line and mend."""
    return load_list(path, "themes", Theme)
