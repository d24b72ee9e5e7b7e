"""The one entry: from a parsed document and its named bodies to reports of agreements."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc
from spacy.vocab import Vocab

from config.agreements import KINDS, Agreements
from pipeline.analyse.agreements.layout import lay_out
from pipeline.analyse.agreements.lexicon import Lexicon
from pipeline.records import Entity, Party, Report, Text


class AgreementFinder:
    """Compiled once from the words; `find` may be called for any number of documents."""

    def __init__(self, vocab: Vocab, words: Agreements) -> None:
        self._vocab = vocab
        self._lexicon = Lexicon(words)

    def find(self, doc: Doc, entities: Sequence[Entity], text: Text) -> tuple[Report, ...]:
        """Reports of agreements between `entities` (offsets into ``doc.text``), most confident first; never raises."""
        layout = lay_out(doc, entities, self._lexicon)
        reports = []
        for unit in layout.units:
            kinds = [hit.group for hit in unit.hits if hit.group in KINDS]
            names = sorted({span.entity for span in unit.spans})
            if kinds and len(names) == 2:
                start, end = layout.char_span(unit)
                parties = tuple(Party(entities[number].name) for number in names)
                reports.append(Report(kinds[0], "signed", parties, 0.4, start, end))
        return tuple(reports)


def find_reports(doc: Doc, entities: Sequence[Entity], text: Text, words: Agreements) -> tuple[Report, ...]:
    """`AgreementFinder.find` for a single document; for many, keep one `AgreementFinder`."""
    return AgreementFinder(doc.vocab, words).find(doc, entities, text)
