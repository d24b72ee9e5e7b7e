"""Kind and themes of a document: trained weights for the labels that training knew, words for all others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from config.kinds import DocumentKind
from config.themes import Theme
from pipeline.analyse.subjects.linear import Linear, bag, load_linear
from pipeline.analyse.subjects.rules import MOST_THEMES, weigh
from pipeline.analyse.subjects.vocabulary import Vocabulary
from pipeline.records import ThemeScore

HEAD_TOKENS = 120
"""A document says what it is at its beginning."""
THEME_CUT = -0.9
"""Trained score from which a further theme is given; chosen by cross-validation."""
STRONG = 5.0
"""Weight of words from which an untrained theme, or one of a very short text, is given."""
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

    def classify(self, doc: Doc, text: str, title: str) -> tuple[str, float, tuple[ThemeScore, ...]]:
        """Return ``(kind, score, themes)`` of `text`, the text of `doc`; scores are 0 to 1, themes strongest first."""
        in_title, in_head, in_body = self.find(doc, title)
        features = bag(title, text, found_features(in_title, in_head, in_body))
        short = len(doc) < SHORT_TOKENS
        kind, score = self._kind(features, weigh(in_title, in_head, HEAD_TOKENS), short)
        return kind, score, self._themes(features, weigh(in_title, in_body, len(doc)), in_title, in_body, short)

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
        total = sum(weights.get(f"kind:{k}", 0.0) for k in self._kind_ids)
        if total:
            for k in self._kind_ids:
                share = weights.get(f"kind:{k}", 0.0) / total
                if short or (k not in scores and weights.get(f"kind:{k}", 0.0) >= STRONG):
                    scores[k] = share
        best = max(self._kind_ids, key=lambda k: scores.get(k, 0.0))
        return best, round(float(scores.get(best, 0.0)), 3)

    def _themes(
        self, features: dict[str, float], weights: dict[str, float], title: Found, body: Found, short: bool
    ) -> tuple[ThemeScore, ...]:
        raw = dict(zip(self._by_theme.labels, map(float, self._by_theme.scores(features)), strict=True))
        scores: dict[str, float] = {}
        for theme in self._theme_ids:
            weight = weights.get(f"theme:{theme}", 0.0)
            by_words = (weight - STRONG) / 2 if weight else -9.0
            scores[theme] = by_words if short or theme not in raw else raw[theme]
        ranked = sorted(self._theme_ids, key=lambda theme: -scores[theme])[:MOST_THEMES]
        chosen = [t for n, t in enumerate(ranked) if scores[t] > THEME_CUT or (n == 0 and scores[t] > -9.0)]
        return tuple(
            ThemeScore(theme, round(1 / (1 + math.exp(-scores[theme])), 3), _shown(f"theme:{theme}", title, body))
            for theme in chosen
        )


def found_features(title: Found, head: Found, body: Found) -> dict[str, int]:
    """Return how many distinct words of each label each place holds, as `linear.bag` takes them."""
    places = (("title", title), ("head", head), ("body", body))
    return {f"{place} {label}": len(words) for place, found in places for label, words in found.items()}


def _shown(label: str, title: Found, body: Found) -> tuple[str, ...]:
    words = title.get(label, Counter()) + body.get(label, Counter())
    return tuple(word for word, _ in words.most_common(8))
