"""Labelled documents (`eval/GUIDELINES.md` of the gold set) as this package's records, to train and measure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.records import Entity, Mention, Text


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with its entities as labelled, and the agreements as the gold file gives them."""

    text: Text
    doc: Doc
    entities: tuple[Entity, ...]
    agreements: tuple[dict[str, Any], ...]
    """Gold objects with ``kind``, ``status``, ``signed``, ``duration_months``, ``evidence``, ``parties``."""
    parties: tuple[frozenset[int], ...]
    """Gold numbers of each agreement's parties."""
    stands: tuple[int, ...]
    """The gold number of each of `entities`, negative where it is no labelled body."""
    forms: dict[str, int]
    """The gold number of every labelled form, lower-cased."""

    def pair(self, one: int, other: int) -> tuple[int, int]:
        """Gold numbers of two entities, the smaller first."""
        a, b = self.stands[one], self.stands[other]
        return (a, b) if a < b else (b, a)

    def pairs(self) -> dict[tuple[int, int], list[int]]:
        """Gold pairs (smaller number first) with the numbers of the agreements that state them."""
        found: dict[tuple[int, int], list[int]] = {}
        for number, bodies in enumerate(self.parties):
            for one, other in combinations(sorted(bodies), 2):
                found.setdefault((one, other), []).append(number)
        return found

    def evidence_at(self, number: int) -> int:
        """Character at which an agreement's evidence begins, or -1."""
        words = self.agreements[number]["evidence"].split()
        match = re.search(r"\s+".join(map(re.escape, words)), self.text.text)
        return match.start() if match else -1


def read_gold(folder: Path, name: str, nlp: Language) -> Iterator[Labelled]:
    """Read and parse ``{name}.jsonl`` with ``{name}_texts.jsonl``."""
    texts = {row["id"]: row for row in _rows(folder / f"{name}_texts.jsonl")}
    golds = list(_rows(folder / f"{name}.jsonl"))
    docs = nlp.pipe((texts[gold["id"]]["text"] for gold in golds), batch_size=32)
    for gold, doc in zip(golds, docs, strict=True):
        row = texts[gold["id"]]
        yield label(gold, Text(row["id"], row["title"], row["text"], row.get("published")), doc)


def label(gold: dict[str, Any], text: Text, doc: Doc) -> Labelled:
    """Join a gold object with its parsed text."""
    rows = [(e, kind) for kind in ("organisation", "project") for e in gold[f"{kind}s"]]
    numbers = {_key(form): n for n, (e, _) in enumerate(rows) for form in e["surface"]}
    numbers |= {_key(e["name"]): n for n, (e, _) in enumerate(rows)}
    parties = tuple(frozenset(numbers[_key(name)] for name in p["parties"]) for p in gold["partnerships"])
    mentions = _mentions(text.text, [(form, n) for n, (e, _) in enumerate(rows) for form in e["surface"]])
    entities = tuple(
        Entity(e["name"], kind, tuple(sorted(mentions.get(n, []), key=lambda m: m.start)))
        for n, (e, kind) in enumerate(rows)
    )
    return Labelled(text, doc, entities, tuple(gold["partnerships"]), parties, tuple(range(len(entities))), numbers)


def relabel(labelled: Labelled, entities: Sequence[Entity]) -> Labelled:
    """The same document with other entities, predicted ones: each stands for the gold body that it shares a form with.

    An entity that shares none gets a negative number of its own; two may stand for the same body.
    """
    stands = []
    for number, entity in enumerate(entities):
        forms = [_key(entity.name), *(_key(mention.text) for mention in entity.mentions)]
        known = [labelled.forms[form] for form in forms if form in labelled.forms]
        stands.append(known[0] if known else -1 - number)
    return replace(labelled, entities=tuple(entities), stands=tuple(stands))


def read_names(path: Path) -> dict[str, tuple[Entity, ...]]:
    """Read entities by document from lines as the analysis writes them."""
    return {
        row["id"]: tuple(
            Entity(e["name"], e["type"], tuple(Mention(m["text"], m["start"], m["end"]) for m in e["mentions"]))
            for e in row["organisations"]
        )
        for row in _rows(path)
    }


def _mentions(text: str, forms: list[tuple[str, int]]) -> dict[int, list[Mention]]:
    """Surface forms as spans: whole words, the longest first, no overlaps (as the gold's own scorer expands them)."""
    found: dict[int, list[Mention]] = {}
    taken = bytearray(len(text))
    for form, number in sorted(forms, key=lambda row: -len(row[0])):
        for match in re.finditer(r"(?<!\w)" + re.escape(form) + r"(?!\w)", text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * len(form)
                found.setdefault(number, []).append(Mention(form, match.start(), match.end()))
    return found


def _key(name: str) -> str:
    return re.sub(r"^the ", "", re.sub(r"\s+", " ", name).strip().casefold())


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


_CORE = {
    "collaboration": "collaboration",
    "acquired_by": "acquisition",
    "merged_with": "acquisition",
    "shareholder_of": "funding",
    "competitor_of": "",
    "traded_on": "",
    "regulated_by": "",
    "undefined": "",
}
"""Relations of CORE as kinds of agreement; an empty kind is no agreement. Others are left out."""


def read_core(path: Path, nlp: Language) -> Iterator[Labelled]:
    """Read CORE (one sentence, two companies, their relation; CC BY 4.0) as documents of one sentence."""
    rows = [row for row in _rows(path) if row["relation"] in _CORE]
    for row, doc in zip(rows, nlp.pipe((row["text"] for row in rows), batch_size=64), strict=True):
        entities = tuple(
            Entity(f"company {n}", "organisation", (Mention(row["text"][start:end], start, end),))
            for n, (start, end, _) in enumerate((row["e1"], row["e2"]))
        )
        agreement = {"kind": _CORE[row["relation"]], "status": "signed", "evidence": row["text"]}
        text = Text(f"core/{row['id']}", "", row["text"])
        stated = bool(agreement["kind"])
        agreements, parties = ((agreement,), (frozenset((0, 1)),)) if stated else ((), ())
        yield Labelled(text, doc, entities, agreements, parties, (0, 1), {})
