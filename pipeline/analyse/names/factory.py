"""The spaCy component ``pactwatch_names``: fills ``doc.spans["names"]`` with candidate organisations and projects."""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.analyse.names.entities import SPANS
from pipeline.analyse.names.tagger import Tagger, load_weights

NAME = "pactwatch_names"


class NameTagger:
    """Wraps any function from a Doc to labelled spans as a component."""

    def __init__(self, tag: Callable[[Doc], list[Span]]) -> None:
        self._tag = tag

    def __call__(self, doc: Doc) -> Doc:
        doc.spans[SPANS] = self._tag(doc)
        return doc


@Language.factory(NAME, assigns=["doc.spans"], requires=["token.tag", "token.dep"])
def create_names(nlp: Language, name: str) -> NameTagger:
    """Create the component with the trained tagger; any function from a Doc to spans can stand in its place."""
    return NameTagger(Tagger(load_weights()))
