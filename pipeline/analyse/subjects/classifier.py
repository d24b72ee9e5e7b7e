"""Kind and themes of a document: trained weights for the labels that training knew, words for all others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from config.kinds import DocumentKind
from config.themes import Theme
from pipeline.analyse.subjects.cues import cues
from pipeline.analyse.subjects.linear import Linear, bag, load_linear
from pipeline.analyse.subjects.rules import MOST_THEMES, weigh
from pipeline.analyse.subjects.vocabulary import Vocabulary
from pipeline.records import ThemeScore

HEAD_TOKENS = 120
"""A document says what it is at its beginning."""
THEME_CUT = -1.0
"""Trained score (a logit) from which a further theme is given; by cross-validation, -1.2 to -0.5 differ by 0.006 F1."""
STRONG = 5.0
"""Weight of words from which an untrained theme, or one of a very short text, is given."""
NO_WORD = -9.0
"""Score of an untrained theme none of whose words is there."""
SHORT_TOKENS = 40
"""Below this the trained weights have too little to go by, and the words decide."""

Found = dict[str, Counter[str]]


class Subjects:
    """Classifies documents. A label that `weights` do not know is classified by its words alone."""

    def __init__(
        self,
        nlp: Language,
        themes: Sequence[Theme],
        kinds: Sequence[DocumentKind],
        weights: tuple[Linear, Linear] | None = None,
    ) -> None:
        """Take the declared labels; `weights` (kinds, themes) are read from the package where not given."""
        self._nlp = nlp
        self._theme_ids = [theme.id for theme in themes]
        self._kind_ids = [kind.id for kind in kinds]
        words = {f"theme:{theme.id}": theme.words for theme in themes} | {
            f"kind:{kind.id}": kind.words for kind in kinds
        }
        self._vocabulary = Vocabulary(nlp, words)
        self._by_kind, self._by_theme = weights or load_linear(("kinds", "themes"))

    def classify(
        self, doc: Doc, text: str, title: str, *, trained: bool = True
    ) -> tuple[str, float, tuple[ThemeScore, ...]]:
        """Return ``(kind, score, themes)`` of `text`, the text of `doc`; scores are 0 to 1, themes strongest first.

        Texts of a language that the weights were not `trained` on are classified by the declared words alone: one that
        has few of them gets no theme, and the last kind.
        """
        in_title, in_head, in_body = self.find(doc, title)
        by_title, by_words = weigh(in_title, in_head, HEAD_TOKENS), weigh(in_title, in_body, len(doc))
        if not trained:
            kind, score = self._kind_by_words(by_title)
            return kind, score, self._chosen(self._by_words(by_words), in_title, in_body)
        features = bag(title, text, found_features(in_title, in_head, in_body)) | cues(title, text)
        short = len(doc) < SHORT_TOKENS
        kind, score = self._kind(features, by_title, short)
        return kind, score, self._themes(features, by_words, in_title, in_body, short)

    def find(self, doc: Doc, title: str) -> tuple[Found, Found, Found]:
        """Return the words of every label found in the title, at the beginning and in the body."""
        heading = self._vocabulary.count(self._nlp.make_doc(title[:1000]))
        body = self._vocabulary.count(doc)
        head = self._vocabulary.count(doc[:HEAD_TOKENS]) if len(doc) > HEAD_TOKENS else body
        return heading, head, body

    def _kind(self, features: dict[str, float], weights: dict[str, float], short: bool) -> tuple[str, float]:
        raw = self._by_kind.scores(features)
        highest = max(raw)
        powers = [math.exp(value - highest) for value in raw]
        scores = {k: p / sum(powers) for k, p in zip(self._by_kind.labels, powers, strict=True)}
        for k, share in self._shares(weights).items():
            if short or (k not in scores and weights.get(f"kind:{k}", 0.0) >= STRONG):
                scores[k] = share
        return self._best(scores)

    def _kind_by_words(self, weights: dict[str, float]) -> tuple[str, float]:
        kind, score = self._best(self._shares(weights))
        # The last kind declared is the one for what is none of the others
        return (kind, score) if weights.get(f"kind:{kind}", 0.0) >= STRONG else (self._kind_ids[-1], 0.0)

    def _shares(self, weights: dict[str, float]) -> dict[str, float]:
        total = sum(weights.get(f"kind:{k}", 0.0) for k in self._kind_ids)
        return {k: weights.get(f"kind:{k}", 0.0) / total for k in self._kind_ids} if total else {}

    def _best(self, scores: dict[str, float]) -> tuple[str, float]:
        best = max(self._kind_ids, key=lambda k: scores.get(k, 0.0))
        return best, round(float(scores.get(best, 0.0)), 3)

    def _themes(
        self, features: dict[str, float], weights: dict[str, float], title: Found, body: Found, short: bool
    ) -> tuple[ThemeScore, ...]:
        raw = dict(zip(self._by_theme.labels, map(float, self._by_theme.scores(features)), strict=True))
        by_words = self._by_words(weights)
        scores = {theme: by_words[theme] if short or theme not in raw else raw[theme] for theme in self._theme_ids}
        return self._chosen(scores, title, body, always=True)

    def _by_words(self, weights: dict[str, float]) -> dict[str, float]:
        found = {theme: weights.get(f"theme:{theme}", 0.0) for theme in self._theme_ids}
        return {theme: (weight - STRONG) / 2 if weight else NO_WORD for theme, weight in found.items()}

    def _chosen(
        self, scores: dict[str, float], title: Found, body: Found, *, always: bool = False
    ) -> tuple[ThemeScore, ...]:
        """The strongest themes; with `always` at least one, unless no word tells of any."""
        ranked = sorted(self._theme_ids, key=lambda theme: -scores[theme])[:MOST_THEMES]
        return tuple(
            ThemeScore(theme, round(1 / (1 + math.exp(-scores[theme])), 3), _shown(f"theme:{theme}", title, body))
            for n, theme in enumerate(ranked)
            if scores[theme] > THEME_CUT or (always and n == 0 and scores[theme] > NO_WORD)
        )


def found_features(title: Found, head: Found, body: Found) -> dict[str, int]:
    """Return how many distinct words of each label each place holds, as `linear.bag` takes them."""
    places = (("title", title), ("head", head), ("body", body))
    return {f"{place} {label}": len(words) for place, found in places for label, words in found.items()}


def _shown(label: str, title: Found, body: Found) -> tuple[str, ...]:
    words = title.get(label, Counter()) + body.get(label, Counter())
    return tuple(word for word, _ in words.most_common(8))
