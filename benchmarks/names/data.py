"""Labelled words for the encoder: gold documents, general sentences, sentences of which only two names are labelled."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.gold import GoldDocument
from pipeline.analyse.encoder.marks import Rows, case, marks
from pipeline.analyse.encoder.pieces import WordPieces
from pipeline.analyse.encoder.windows import windows
from pipeline.analyse.names.tagger import TAGS
from pipeline.analyse.names.words import split

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
UNKNOWN = -100
"""Label of a word that training does not look at."""
_NUMBER = {tag: n for n, tag in enumerate(TAGS)}


@dataclass(slots=True)
class Window:
    """Words of a window with their marks and the number of their tag, or `UNKNOWN`."""

    id: str
    forms: list[str]
    rows: Rows
    labels: list[int]


def windows_of(
    document: GoldDocument, pieces: WordPieces, register: Mapping[str, int], partly: bool = False
) -> Iterator[Window]:
    """Yield the labelled windows of `document`; with `partly`, capitalised words outside its spans are `UNKNOWN`."""
    words = split(document.text)
    rows = marks(document.text, words, register)
    tags = [UNKNOWN if partly and case(form) in (1, 2, 3) else 0 for form in words.forms]
    starts = np.array(words.starts)
    ends = np.array(words.ends)
    for (start, end), label in document.spans.items():
        first, last = int(np.searchsorted(ends, start, "right")), int(np.searchsorted(starts, end))
        tags[first:last] = [_NUMBER[f"I-{label}"]] * (last - first)
        if last > first:
            tags[first] = _NUMBER[f"B-{label}"]
    lengths = [len(pieces(form)) for form in words.forms]
    for a, b in windows(words.forms, lengths, rows.tolist()):
        if any(case(form) in (1, 2, 3) for form in words.forms[a:b]):
            yield Window(document.id, words.forms[a:b], rows[a:b], tags[a:b])


def general_sentences() -> Iterator[GoldDocument]:
    """Yield the sentences of wikigold as documents with organisations only."""
    with (CORPORA / "ner" / "wikigold.jsonl").open(encoding="utf8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            spans = {(start, end): "organisation" for start, end, _ in row["org"]}
            yield GoldDocument("wikigold", f"wikigold/{number}", "", row["text"], spans, {})


def company_sentences(most: int) -> Iterator[GoldDocument]:
    """Yield sentences of CORE with the two companies that each labels; other names in them are not labelled."""
    with (CORPORA / "relations" / "core_train.jsonl").open(encoding="utf8") as lines:
        for number, line in enumerate(lines):
            if number >= most:
                return
            row = json.loads(line)
            spans = {(start, end): "organisation" for start, end, _ in (row["e1"], row["e2"])}
            yield GoldDocument("core", f"core/{number}", "", row["text"], spans, {})


def register_names(most_words: int = 7) -> dict[str, list[list[str]]]:
    """Return names of the register as words, by shape: ``acronym``, ``1``, ``2``, … words."""
    found: dict[str, list[list[str]]] = {}
    with gzip.open(CORPORA / "register" / "ror_orgs.jsonl.gz", "rt", encoding="utf8") as lines:
        for line in lines:
            row = json.loads(line)
            for name in (row["name"], *row["acronyms"][:1]):
                forms = split(name).forms
                if name.isascii() and name[:1].isupper() and forms and len(forms) <= most_words:
                    found.setdefault(shape(forms), []).append(forms)
    return found


def shape(forms: list[str]) -> str:
    """Return what a name is swapped by: its number of words, or that it is an acronym."""
    if len(forms) == 1 and case(forms[0]) == 2 and len(forms[0]) <= 7:
        return "acronym"
    return str(len(forms))


def of_all(
    documents: Iterable[GoldDocument], pieces: WordPieces, register: Mapping[str, int], partly: bool = False
) -> list[Window]:
    """Return the windows of all `documents`."""
    return [window for d in documents for window in windows_of(d, pieces, register, partly)]
