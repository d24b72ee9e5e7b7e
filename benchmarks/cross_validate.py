"""The honest figures of the whole analysis, every document analysed by weights that have not seen it.

    python -m benchmarks.cross_validate --encoders FOLDER [--by-site] [--json] [--errors FOLDER]

Names, kinds, themes and agreements are trained on the other folds only; with ``--by-site`` on everything but the posts
of one site. Agreement weights are trained on labelled names, as those in use; with ``--names predicted`` or ``both`` on
those that inner taggers, which have seen neither the held-out documents nor these, predict for the training documents.
The name encoders are trained beforehand, one a fold: ``python -m benchmarks.train_encoder --folds FOLDER``; without
``--encoders`` the random field tags alone. ``--write-names FILE`` writes out-of-fold names of all documents for
``pipeline.analyse.agreements.train --names FILE``; ``--given-names FILE`` takes such names as they are: no tagger is
trained, but the names of training documents then come from taggers that have seen the held-out ones.
Needs python-crfsuite and scikit-learn. Parses and names are kept in a cache between runs, by what they depend on:
the first run takes many minutes. Set OMP_NUM_THREADS=1: more threads make it far slower.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc

import pipeline.analyse.names as names_package
from benchmarks import train_names, train_subjects
from benchmarks.gold import EVAL, SETS, GoldDocument, read_gold, score_predictions
from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import load
from config.themes import load_themes
from pipeline.analyse.agreements.finder import AgreementFinder
from pipeline.analyse.agreements.gold import label, read_names, relabel
from pipeline.analyse.agreements.model import Model, from_json
from pipeline.analyse.agreements.train import (
    Example,
    examples,
    fit,
    fit_on_names,
    lesson_examples,
    load_parser,
)
from pipeline.analyse.agreements.untrained import UNTRAINED
from pipeline.analyse.contract import as_dict
from pipeline.analyse.encoder.encoder import NETWORK, Encoder
from pipeline.analyse.model import load_model
from pipeline.analyse.names import find_entities
from pipeline.analyse.names.entities import SPANS
from pipeline.analyse.names.tagger import Tagger
from pipeline.analyse.names.tagger import from_json as tagger_from_json
from pipeline.analyse.subjects import linear
from pipeline.analyse.subjects.classifier import Subjects
from pipeline.records import Analysis, Entity, Text

FOLDS = 5
HALVES = 2
"""Inner parts of the training documents, by site."""
CACHE = Path(tempfile.gettempdir()) / "pactwatch-folds"

_BLANK = spacy.blank("en")
"""Cuts tokens for the classifiers, which need no parse, as the agreements' parses have a vocabulary of their own."""

Names = dict[str, tuple[Entity, ...]]
Split = Callable[[str], str]


def by_document(id_: str) -> str:
    """Fold of a document, by a digest of its id."""
    return str(int(hashlib.md5(id_.encode()).hexdigest(), 16) % FOLDS)


def by_site(id_: str) -> str:
    """The site of a post; documents of the domain set, whose ids name no site, are always trained on."""
    return id_.partition(":")[0] if ":" in id_ else "domain"


def half(id_: str) -> str:
    """Inner part of a training document."""
    return "half" + str(int(hashlib.md5(f"{id_}/half".encode()).hexdigest(), 16) % HALVES)


def digest(*paths: Path) -> str:
    """Digest of files and of the Python files of folders, for the names of cached things."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            total.update(file.read_bytes())
    return total.hexdigest()[:16]


@dataclass(slots=True)
class Corpus:
    """The gold documents with their parses."""

    gold: list[GoldDocument]
    texts: dict[str, Text]
    docs: dict[str, Doc]


def load_corpus(cache: Path) -> Corpus:
    """Read the gold set; parses come from the cache where the texts have not changed."""
    gold = list(read_gold())
    published: dict[str, str | None] = {}
    for name in SETS:
        with (EVAL / "dev" / f"{name}_texts.jsonl").open(encoding="utf8") as lines:
            published |= {row["id"]: row.get("published") for row in map(json.loads, lines)}
    texts = {d.id: Text(d.id, d.title, d.text, published[d.id]) for d in gold}
    path = cache / f"parses-{digest(*(EVAL / 'dev' / f'{name}_texts.jsonl' for name in SETS))}.pickle"
    if not path.exists():
        nlp = load_model()
        parsed = list(nlp.pipe((d.text for d in gold), batch_size=32))
        path.write_bytes(pickle.dumps(parsed))
    docs = pickle.loads(path.read_bytes())
    return Corpus(gold, texts, dict(zip((d.id for d in gold), docs, strict=True)))


class NameTaggers:
    """Names of documents from taggers that have not seen them, trained when first asked for."""

    def __init__(self, corpus: Corpus, cache: Path, split: Split, encoders: Path | None = None) -> None:
        self._corpus = corpus
        self._cache = cache
        self._split = split
        self._encoders = encoders
        code = Path(names_package.__file__).parent
        self._key = digest(code, Path(train_names.__file__), *(EVAL / "dev" / f"{name}.jsonl" for name in SETS))

    @cached_property
    def _register(self) -> dict[str, int]:
        return train_names.register_words()

    @cached_property
    def _gold(self) -> list[train_names.Example]:
        return train_names.examples(self._corpus.gold, self._register)

    @cached_property
    def _general(self) -> list[train_names.Example]:
        return train_names.examples(train_names.general_sentences(), self._register)

    def without(self, unseen: Iterable[str]) -> Names:
        """Names of the documents `unseen`, from a tagger trained on all the others."""
        ids = frozenset(unseen)
        encoder = self._encoder_without(ids)
        seen = "" if encoder is None else digest(encoder / NETWORK)
        key = hashlib.sha256("\n".join([*sorted(ids), seen]).encode()).hexdigest()[:16]
        path = self._cache / f"names-{self._key}-{key}.pickle"
        if not path.exists():
            known = [e for e in self._gold if e.id not in ids]
            tagger = Tagger(tagger_from_json(train_names.train([*known, *self._general], self._register)))
            read = None if encoder is None else Encoder(encoder, self._register)
            names = {id_: self._tagged(tagger, read, self._corpus.docs[id_]) for id_ in sorted(ids)}
            path.write_bytes(pickle.dumps(names))
        found: Names = pickle.loads(path.read_bytes())
        return found

    def _encoder_without(self, ids: frozenset[str]) -> Path | None:
        """The folder of the encoder that has seen none of the documents `ids`."""
        if self._encoders is None:
            return None
        folds = {self._split(id_) for id_ in ids}
        if len(folds) > 1:
            raise SystemExit("no encoder has seen none of several folds: --encoders goes with --names gold only")
        return self._encoders / folds.pop()

    def _tagged(self, tagger: Tagger, encoder: Encoder | None, doc: Doc) -> tuple[Entity, ...]:
        doc.spans[SPANS] = tagger(doc, None if encoder is None else encoder(doc.text))
        found = find_entities(doc, doc.text)
        del doc.spans[SPANS]
        return found


def inner_names(names: NameTaggers, ids: Sequence[str], split: Split, held: str) -> Names:
    """Names of the training documents, from taggers that know neither them nor the held-out documents."""
    tested = [i for i in ids if split(i) == held]
    inner = split if split is by_document else half
    known: Names = {}
    for part in sorted({inner(i) for i in ids if split(i) != held}):
        asked = [i for i in ids if split(i) != held and inner(i) == part]
        found = names.without([*tested, *asked])
        known |= {i: found[i] for i in asked}
    return known


def out_of_fold_names(names: NameTaggers, ids: Sequence[str]) -> Names:
    """Names of every document, each from the tagger of the other folds."""
    found: Names = {}
    for fold in sorted({by_document(i) for i in ids}):
        found |= names.without([i for i in ids if by_document(i) == fold])
    return found


class Rows:
    """Training rows of documents with given names, made once for each."""

    def __init__(self, corpus: Corpus, finder: AgreementFinder) -> None:
        self._finder = finder
        self._lessons = lesson_examples(finder, load_parser())
        self._gold = {d.id: label(d.labels, corpus.texts[d.id], corpus.docs[d.id]) for d in corpus.gold}

    def train(self, names: Names, ids: Sequence[str], mode: str) -> Model:
        """Fit agreement weights on the documents `ids` with labelled names, the given ones, or both."""
        labelled = [self._gold[i] for i in ids]
        if mode == "both":
            return fit_on_names(labelled, names, self._finder, self._lessons)
        documents = labelled if mode == "gold" else [relabel(d, names[d.text.id]) for d in labelled]
        rows: list[Example] = [row for d in documents for row in examples(d, self._finder)]
        return fit(rows, self._lessons)


class SubjectWeights:
    """Kind and theme classifiers trained on any part of the documents."""

    def __init__(self, corpus: Corpus) -> None:
        settings = load()
        self._themes, self._kinds = load_themes(settings.themes_file), load_kinds(settings.kinds_file)
        self._nlp = _BLANK
        self._gold = corpus.gold
        empty = linear.from_json(train_subjects.EMPTY)
        finder = Subjects(self._nlp, self._themes, self._kinds, (empty, empty))
        self._rows = [train_subjects.features_of(finder, self._nlp, d.title, d.text) for d in corpus.gold]
        self._lessons = train_subjects.read_lessons(finder, self._nlp)

    def train(self, ids: Sequence[str]) -> Subjects:
        """Fit on the documents `ids`."""
        wanted = frozenset(ids)
        known = [n for n, d in enumerate(self._gold) if d.id in wanted]
        data = train_subjects.train(
            [self._rows[n] for n in known],
            [self._gold[n] for n in known],
            [theme.id for theme in self._themes],
            self._lessons,
        )
        weights = (linear.from_json(data["kinds"]), linear.from_json(data["themes"]))
        return Subjects(self._nlp, self._themes, self._kinds, weights)


def cross_validate(
    cache: Path, split: Split, mode: str, encoders: Path | None = None, given: Names | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Analyse every document with weights of the other folds; return the contract's lines of each set.

    `given` are out-of-fold names of all documents: they are taken as they are, to test and to train on.
    """
    corpus = load_corpus(cache)
    names, subjects = NameTaggers(corpus, cache, split, encoders), SubjectWeights(corpus)
    words = load_agreements(load().agreements_file)
    vocab = spacy.blank("en").vocab
    rows = Rows(corpus, AgreementFinder(vocab, words, from_json(UNTRAINED)))
    ids = [d.id for d in corpus.gold]
    group = {d.id: d.group for d in corpus.gold}
    lines: dict[str, list[dict[str, Any]]] = {}
    for held in sorted({split(i) for i in ids} - {"domain"}):
        known = [i for i in ids if split(i) != held]
        tested = (
            {i: given[i] for i in ids if split(i) == held}
            if given
            else names.without([i for i in ids if split(i) == held])
        )
        inner = given or ({} if mode == "gold" else inner_names(names, ids, split, held))
        model = rows.train(inner, known, mode)
        finder, classifier = AgreementFinder(vocab, words, model), subjects.train(known)
        for id_, entities in tested.items():
            analysis = analyse(corpus.texts[id_], corpus.docs[id_], entities, finder, classifier)
            lines.setdefault(group[id_], []).append(as_dict(id_, analysis))
    return lines


def analyse(
    text: Text, doc: Doc, entities: tuple[Entity, ...], finder: AgreementFinder, subjects: Subjects
) -> Analysis:
    """What `pipeline.analyse.Analyser` does after the names, with the weights of a fold."""
    reports = finder.find(doc, entities, text)
    kind, score, themes = subjects.classify(_BLANK.make_doc(text.text), text.text, text.title)
    return Analysis("en", kind, score, themes, entities, reports)


def write_names(path: Path, cache: Path, encoders: Path | None = None) -> None:
    """Write the out-of-fold names of all documents as the contract's lines."""
    corpus = load_corpus(cache)
    found = out_of_fold_names(NameTaggers(corpus, cache, by_document, encoders), [d.id for d in corpus.gold])
    rows = (as_dict(id_, Analysis("en", "other", 0.0, entities=entities)) for id_, entities in found.items())
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")


def table(figures: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Lines of a table with one column a set."""
    yield f"{'':26}" + "".join(f"{name:>30}" for name in figures)
    for row in next(iter(figures.values())):
        cells = []
        for values in figures.values():
            value = values.get(row, "")
            cells.append("  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value))
        yield f"{row:26}" + "".join(f"{cell:>42}" for cell in cells)


def main() -> None:
    """Measure, or write the names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by-site", action="store_true", help="fold = site; measures the real posts only")
    parser.add_argument("--names", choices=("both", "predicted", "gold"), default="gold", help="names for training")
    parser.add_argument("--encoders", type=Path, help="folder with one name encoder a fold")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--errors", type=Path, help="folder for one file of differences a set")
    parser.add_argument("--given-names", type=Path, help="out-of-fold names, to test and, but with gold, to train on")
    parser.add_argument("--write-names", type=Path, help="only write the out-of-fold names to this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    if options.write_names:
        write_names(options.write_names, options.cache, options.encoders)
        return
    given = read_names(options.given_names) if options.given_names else None
    split = by_site if options.by_site else by_document
    lines = cross_validate(options.cache, split, options.names, options.encoders, given)
    figures = {}
    for name, rows in lines.items():
        errors = options.errors / f"{name}.tsv" if options.errors else None
        figures[name] = score_predictions(name, rows, errors=errors)
    print(json.dumps(figures) if options.json else "\n".join(table(figures)))


if __name__ == "__main__":
    main()
