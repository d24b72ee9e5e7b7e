"""From texts to analyses: the one place where the parts of the analysis are strung together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language

from config.agreements import Agreements
from config.kinds import DocumentKind
from config.themes import Theme
from pipeline.analyse.agreements import AgreementFinder
from pipeline.analyse.foreign import ForeignNames, Known
from pipeline.analyse.language import ENGLISH, LanguageDetector
from pipeline.analyse.model import load_model
from pipeline.analyse.names import find_entities
from pipeline.analyse.names.factory import NAME
from pipeline.analyse.reading import Read, read_docs
from pipeline.analyse.subjects.classifier import Subjects
from pipeline.analyse.version import analyser_version
from pipeline.records import Analysis, Entity, Report, Text


class Analyser:
    """Analyses texts. Build it once with `load_analyser`; it holds no state of the documents."""

    def __init__(
        self, nlp: Language, subjects: Subjects, agreements: Agreements, version: str, known: Known | None = None
    ) -> None:
        self._nlp = nlp
        self._subjects = subjects
        self._finder = AgreementFinder(nlp.vocab, agreements)
        self._detector = LanguageDetector()
        self._foreign = ForeignNames(nlp.vocab, known)
        self.version = version
        """What gave an analysis (`pipeline.analyse.version`)."""

    def analyse(self, texts: Iterable[Text], batch_size: int = 32) -> Iterator[Analysis]:
        """Yield one analysis per text, in order, as they are read; memory is that of one batch."""
        telling = self._finder.needs_parse
        for read in read_docs(self._nlp, texts, self._detector, self._foreign, batch_size, telling=telling):
            yield self._one(read)

    def _one(self, read: Read) -> Analysis:
        text, doc = read.text, read.doc
        entities = find_entities(doc, text.text)
        kind, kind_score, themes = self._subjects.classify(doc, text.text, text.title, trained=read.language == ENGLISH)
        return Analysis(
            language=read.language,
            kind=kind,
            kind_score=kind_score,
            themes=themes,
            entities=entities,
            reports=self._reports(read, entities),
            analyser=self.version,
            complete=read.complete,
        )

    def _reports(self, read: Read, entities: tuple[Entity, ...]) -> tuple[Report, ...]:
        if read.complete:
            return tuple(self._finder.find(read.doc, entities, read.text))
        if not any(part.language == ENGLISH for part in read.parts):
            return ()
        found = self._finder.find(read.doc, entities, read.text)
        return tuple(one for one in found if read.in_english(one.evidence_start))


def load_analyser(
    themes: Sequence[Theme], kinds: Sequence[DocumentKind], agreements: Agreements, known: Known | None = None
) -> Analyser:
    """Load the models and build the analyser; raises OSError where the spaCy model is missing.

    `known` says which names are names of organisations (the register's): texts that are not English are searched for
    them.
    """
    nlp = load_model()
    nlp.add_pipe(NAME, last=True)
    version = analyser_version([*themes, *kinds, agreements])
    return Analyser(nlp, Subjects(nlp, themes, kinds), agreements, version, known)
