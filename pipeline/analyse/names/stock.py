"""Candidate spans from spaCy's own entity recogniser: the tagger where no trained one is given."""

from __future__ import annotations

from spacy.tokens import Doc, Span

from pipeline.analyse.names.patterns import PROJECT_HEADS


def stock_spans(doc: Doc) -> list[Span]:
    """Return spaCy's ORG entities as organisations, or projects where the head noun says so."""
    spans = []
    for ent in doc.ents:
        if ent.label_ == "ORG":
            label = "project" if ent[-1].text in PROJECT_HEADS else "organisation"
            spans.append(Span(doc, ent.start, ent.end, label=label))
    return spans
