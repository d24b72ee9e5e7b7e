"""The one entry: from a parsed document and its named bodies to reports of agreements."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc
from spacy.vocab import Vocab

from config.agreements import Agreements
from pipeline.analyse.agreements.candidates import Candidate, candidates, leading
from pipeline.analyse.agreements.features import Context, features
from pipeline.analyse.agreements.layout import Layout, lay_out
from pipeline.analyse.agreements.lexicon import Lexicon, pieces
from pipeline.analyse.agreements.model import Model, Softmax, load_model
from pipeline.analyse.agreements.reports import Accepted, Around, make_reports
from pipeline.analyse.agreements.triggers import Triggers
from pipeline.records import Entity, Report, Text

BORROWED = 0.6
"""Pairs of one unit that share a body mostly state one agreement: so much comes from the neighbours."""
DENIED = 1.0
"""Taken from the score under a negated verb: too few labelled sentences deny anything for training to learn it."""
_NEGATED = frozenset(("verb-negated", "path:negation", "verb:negation"))

Seen = Iterator[tuple[Candidate, list[str]]]


class AgreementFinder:
    """Compiled once from the words; `find` may be called for any number of documents."""

    def __init__(self, vocab: Vocab, words: Agreements, model: Model | None = None) -> None:
        self._vocab = vocab
        self._words = words
        self._lexicon = Lexicon(words)
        self._triggers = Triggers(words)
        self._model = model or load_model()

    def needs_parse(self, text: str) -> bool:
        """Tell whether a paragraph holds a word of agreements; all others may come unparsed, without loss."""
        return self._triggers(text)

    def find(self, doc: Doc, entities: Sequence[Entity], text: Text) -> tuple[Report, ...]:
        """Reports of agreements between `entities` (offsets into ``doc.text``), most confident first; never raises."""
        layout, seen = self.look(doc, entities, text)
        best = self._best(seen)
        chances = {candidate.pair: chance for chance, candidate, _ in best}
        accepted = _decided([row for row in best if row[0] >= self._model.threshold], self._model)
        return tuple(make_reports(accepted, Around(layout, entities, self._words, text.published, chances)))

    def look(self, doc: Doc, entities: Sequence[Entity], text: Text) -> tuple[Layout, Seen]:
        """The document's layout and, one at a time, every candidate with its features: what training sees too."""
        layout = lay_out(doc, entities, self._lexicon)
        title_hits = self._lexicon.find(pieces(text.title))
        context = Context(layout, entities, text.title, title_hits, leading(layout))
        return layout, ((candidate, features(candidate, context)) for candidate in candidates(layout))

    def _best(self, seen: Seen) -> list[tuple[float, Candidate, list[str]]]:
        """For each pair the place that states it most clearly, with the probability that it does.

        Features that are kept are one object each, and those of what is too improbable to be reported are not kept:
        in a text of names alone nothing else takes so much memory.
        """
        best: dict[tuple[int, int], tuple[float, Candidate, list[str]]] = {}
        for candidate, names in seen:
            score = self._model.score(candidate.mode, names) - (DENIED if not _NEGATED.isdisjoint(names) else 0.0)
            if candidate.pair not in best or score > best[candidate.pair][0]:
                reported = self._model.probability(score) >= self._model.threshold
                best[candidate.pair] = (score, candidate, list(map(sys.intern, names)) if reported else [])
        return [(self._model.probability(score), candidate, names) for score, candidate, names in best.values()]


def _decided(best: list[tuple[float, Candidate, list[str]]], model: Model) -> list[Accepted]:
    kinds = _shared_logs(best, model.kinds)
    statuses = _shared_logs(best, model.status)
    return [
        Accepted(candidate, probability, kind, status)
        for (probability, candidate, _), kind, status in zip(best, kinds, statuses, strict=True)
    ]


def _shared_logs(best: list[tuple[float, Candidate, list[str]]], model: Softmax) -> list[dict[str, float]]:
    """Log-probabilities by label for each pair, from its own features and those of its neighbours in the unit."""
    logs = [model.logs(names) for _, _, names in best]
    places: dict[tuple[int, int], list[int]] = {}
    for at, (_, candidate, _) in enumerate(best):
        for body in candidate.pair:
            places.setdefault((candidate.unit, body), []).append(at)
    sums = {
        place: [sum(column) for column in zip(*(logs[at] for at in rows), strict=True)]
        for place, rows in places.items()
    }
    shared = []
    for own, (_, candidate, _) in zip(logs, best, strict=True):
        keys = [(candidate.unit, body) for body in candidate.pair]
        others = sum(len(places[key]) - 1 for key in keys)
        mixed = own
        if others:
            around = [sum(sums[key][at] for key in keys) - 2 * value for at, value in enumerate(own)]
            mixed = [(1 - BORROWED) * value + BORROWED * near / others for value, near in zip(own, around, strict=True)]
        shared.append(dict(zip(model.labels, mixed, strict=True)))
    return shared


def find_reports(doc: Doc, entities: Sequence[Entity], text: Text, words: Agreements) -> tuple[Report, ...]:
    """`AgreementFinder.find` for a single document; for many, keep one `AgreementFinder`: building it costs time."""
    return AgreementFinder(doc.vocab, words).find(doc, entities, text)
