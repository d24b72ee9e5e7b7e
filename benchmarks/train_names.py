"""Train the name tagger: ``python -m benchmarks.train_names [--folds 5 | --sites]``; needs python-crfsuite.

Without an option it trains on all gold documents and writes the weights; ``--folds`` and ``--sites`` only measure:
each document is analysed by a tagger that has seen neither it nor, with ``--sites``, its site.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pycrfsuite
from spacy.tokens import Doc

from benchmarks.gold import SETS, GoldDocument, read_gold, score_predictions
from pipeline.analyse.contract import as_dict
from pipeline.analyse.model import load_model
from pipeline.analyse.names import find_entities
from pipeline.analyse.names.entities import SPANS
from pipeline.analyse.names.features import context, features
from pipeline.analyse.names.segments import segments
from pipeline.analyse.names.tagger import TAGS, WEIGHTS, Tagger, from_json
from pipeline.records import Analysis

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
LEAST_COUNT = 15
"""A word of the register counts as common from this many names on."""
PARAMETERS = {"c1": 0.05, "c2": 0.3, "max_iterations": 80, "feature.minfreq": 2, "feature.possible_transitions": True}


@dataclass(slots=True)
class Example:
    """A parsed document with the features and tags of its runs."""

    group: str
    id: str
    doc: Doc
    runs: list[tuple[list[list[str]], list[str]]]


def register_words() -> dict[str, int]:
    """Return how common words are in the names of the organisation register, in four steps."""
    counts: Counter[str] = Counter()
    with gzip.open(CORPORA / "register" / "ror_orgs.jsonl.gz", "rt", encoding="utf8") as lines:
        for line in lines:
            counts.update(set(re.findall(r"\w+", str(json.loads(line)["name"]).lower())))
    return {
        word: min(4, 1 + int(math.log10(n / LEAST_COUNT) * 2))
        for word, n in counts.items()
        if n >= LEAST_COUNT and not word.isdigit()
    }


def general_sentences() -> Iterator[GoldDocument]:
    """Yield the sentences of wikigold as documents with organisations only."""
    with (CORPORA / "ner" / "wikigold.jsonl").open(encoding="utf8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            spans = {(start, end): "organisation" for start, end, _ in row["org"]}
            yield GoldDocument("wikigold", str(number), "", row["text"], spans, {})


def examples(documents: Iterable[GoldDocument], register: dict[str, int]) -> list[Example]:
    """Parse the documents and label the tokens of every run."""
    nlp = load_model()
    pairs = ((nlp.make_doc(d.text), d) for d in documents)
    return [Example(gold.group, gold.id, doc, _label(doc, gold, register)) for doc, gold in pairs]


def _label(doc: Doc, gold: GoldDocument, register: dict[str, int]) -> list[tuple[list[list[str]], list[str]]]:
    tags = ["O"] * len(doc)
    for (start, end), label in gold.spans.items():
        span = doc.char_span(start, end, alignment_mode="expand")
        for token in span or ():
            tags[token.i] = f"{'B' if token.i == span.start else 'I'}-{label}"
    seen = context(doc)
    return [
        ([features(seen, i, register) for i in range(start, end)], tags[start:end])
        for start, end in segments(seen.marks, seen.forms)
    ]


def train(chosen: Iterable[Example], register: dict[str, int]) -> dict[str, Any]:
    """Train on `chosen` and return the weights as `tagger.from_json` reads them."""
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    numbers: dict[str, str] = {}  # crfsuite's dump cannot be read back with white space in a name
    for example in chosen:
        for rows, tags in example.runs:
            trainer.append([[numbers.setdefault(name, str(len(numbers))) for name in row] for row in rows], tags)
    names = list(numbers)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        trainer.train(path)
        model = pycrfsuite.Tagger()
        model.open(path)
        info = model.info()
    weights: dict[str, list[float]] = {}
    for (name, tag), value in info.state_features.items():
        weights.setdefault(names[int(name)], [0.0] * len(TAGS))[TAGS.index(tag)] = round(value, 3)
    transition = [[round(info.transitions.get((a, b), -20.0), 3) for b in TAGS] for a in TAGS]
    return {"features": weights, "transition": transition, "register": register}


def predict(example: Example, tagger: Tagger) -> dict[str, Any]:
    """Return the contract's line for a document, with names only."""
    example.doc.spans[SPANS] = tagger(example.doc)
    entities = find_entities(example.doc, example.doc.text)
    return as_dict(example.id, Analysis("en", "other", 0.0, entities=entities))


def fold_of(example: Example, folds: int, by_site: bool) -> int:
    """Return the fold of a document: by a digest of its id, or of its site."""
    name = example.id.split(":")[0] if by_site else example.id
    return int(hashlib.md5(name.encode()).hexdigest(), 16) % folds


def cross_validate(
    gold: list[Example], general: list[Example], register: dict[str, int], folds: int, site: bool
) -> None:
    """Print the figures of documents that their tagger has not seen."""
    lines: dict[str, list[dict[str, Any]]] = {name: [] for name in SETS}
    fold = {id(e): e.id.split(":")[0] if site else fold_of(e, folds, False) for e in gold}
    for held in sorted(set(fold.values()), key=str):
        tested = [e for e in gold if fold[id(e)] == held]
        if site and tested[0].group != "real":
            continue
        tagger = Tagger(from_json(train([e for e in gold if fold[id(e)] != held] + general, register)))
        for example in tested:
            lines[example.group].append(predict(example, tagger))
    for name, rows in lines.items():
        if rows:
            figures = score_predictions(name, rows)
            shown = {k: v for k, v in figures.items() if "mentions" in k or "entities" in k}
            print(name, json.dumps(shown), flush=True)


def main() -> None:
    """Train, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--sites", action="store_true")
    options = parser.parse_args()
    register = register_words()
    gold = examples(read_gold(), register)
    general = examples(general_sentences(), register)
    if options.folds or options.sites:
        cross_validate(gold, general, register, options.folds, options.sites)
        return
    data = json.dumps(train(gold + general, register), ensure_ascii=False)
    WEIGHTS.write_bytes(gzip.compress(data.encode(), mtime=0))
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
