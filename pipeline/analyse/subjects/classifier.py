"""Kind and themes of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from config.kinds import DocumentKind
from config.themes import Theme
from pipeline.analyse.subjects.rules import best_kind, rank_themes, weigh
from pipeline.analyse.subjects.vocabulary import Vocabulary
from pipeline.records import ThemeScore

HEAD_TOKENS = 120
"""A document says what it is at its beginning."""


class Subjects:
    """Classifies documents by the words of themes and kinds."""

    def __init__(self, nlp: Language, themes: Sequence[Theme], kinds: Sequence[DocumentKind]) -> None:
        self._nlp = nlp
        self._theme_ids = [theme.id for theme in themes]
        self._kind_ids = [kind.id for kind in kinds]
        self._themes = Vocabulary(nlp, {theme.id: theme.words for theme in themes})
        self._kinds = Vocabulary(nlp, {kind.id: kind.words for kind in kinds})

    def classify(self, doc: Doc, title: str) -> tuple[str, float, tuple[ThemeScore, ...]]:
        """Return ``(kind, score, themes)``."""
        head = self._nlp.make_doc(title[:1000])
        in_title, in_body = self._themes.count(head), self._themes.count(doc)
        found = {
            label: in_title.get(label, Counter()) + in_body.get(label, Counter()) for label in {*in_title, *in_body}
        }
        themes = rank_themes(weigh(in_title, in_body, len(doc)), found, self._theme_ids)
        start = doc[:HEAD_TOKENS].as_doc() if len(doc) > HEAD_TOKENS else doc
        kind, score = best_kind(weigh(self._kinds.count(head), self._kinds.count(start), len(start)), self._kind_ids)
        return kind, score, themes
