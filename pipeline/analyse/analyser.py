"""From texts to analyses: the one place where the parts of the analysis are strung together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from config.agreements import Agreements
from config.kinds import DocumentKind
from config.themes import Theme
from pipeline.analyse.agreements import AgreementFinder
from pipeline.analyse.language import ENGLISH, LanguageDetector
from pipeline.analyse.model import load_model
from pipeline.analyse.names import find_entities
from pipeline.analyse.names.factory import NAME
from pipeline.analyse.reading import read_docs
from pipeline.analyse.subjects.classifier import Subjects
from pipeline.analyse.version import analyser_version
from pipeline.records import Analysis, Text


class Analyser:
    """Analyses texts. Build it once with `load_analyser`; it holds no state of the documents."""

    def __init__(
        self, nlp: Language, subjects: Subjects, agreements: Agreements, detector: LanguageDetector, version: str
    ) -> None:
        self._nlp = nlp
        self._subjects = subjects
        self._finder = AgreementFinder(nlp.vocab, agreements)
        self._detector = detector
        self.version = version
        """What gave an analysis (`pipeline.analyse.version`)."""

    def analyse(self, texts: Iterable[Text], batch_size: int = 32) -> Iterator[Analysis]:
        """Yield one analysis per text, in order, as they are read; memory is that of one batch."""
        for text, language, doc in read_docs(self._nlp, texts, self._detector, batch_size):
            yield self._one(text, language, doc)

    def _one(self, text: Text, language: str, doc: Doc) -> Analysis:
        english = language == ENGLISH
        entities = find_entities(doc, text.text)
        reports = self._finder.find(doc, entities, text) if english else ()
        kind, kind_score, themes = self._subjects.classify(doc, text.text, text.title, trained=english)
        return Analysis(
            language=language,
            kind=kind,
            kind_score=kind_score,
            themes=themes,
            entities=entities,
            reports=reports,
            analyser=self.version,
            complete=english,
        )


def load_analyser(themes: Sequence[Theme], kinds: Sequence[DocumentKind], agreements: Agreements) -> Analyser:
    """Load the models and build the analyser; raises OSError where the spaCy model is missing."""
    nlp = load_model()
    nlp.add_pipe(NAME, last=True)
    version = analyser_version([*themes, *kinds, agreements])
    return Analyser(nlp, Subjects(nlp, themes, kinds), agreements, LanguageDetector(), version)
