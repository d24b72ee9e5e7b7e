"""Predicted names joined with labelled ones, for training."""

from __future__ import annotations

from spacy.language import Language

from pipeline.analyse.agreements.gold import label, relabel
from pipeline.records import Entity, Mention, Text

TEXT = "Alder Institute (AI) has joined Birch Alliance, says Cedar News."
GOLD = {
    "organisations": [
        {"name": "Alder Institute", "surface": ["Alder Institute", "AI"]},
        {"name": "Birch Alliance", "surface": ["Birch Alliance"]},
    ],
    "projects": [],
    "partnerships": [{"kind": "membership", "status": "signed", "parties": ["Alder Institute", "Birch Alliance"]}],
}


def _entity(name: str) -> Entity:
    return Entity(name, "organisation", (Mention(name, TEXT.index(name), TEXT.index(name) + len(name)),))


def test_predicted_names_stand_for_the_labelled_bodies_they_share_a_form_with(nlp: Language) -> None:
    gold = label(GOLD, Text("t", "", TEXT), nlp(TEXT))
    found = relabel(gold, [_entity("AI"), _entity("Cedar News"), _entity("Birch Alliance"), _entity("Alder Institute")])
    assert found.pair(0, 2) in found.pairs()
    assert found.pair(2, 3) in found.pairs()
    assert found.pair(1, 2) not in found.pairs()
    assert found.pair(0, 3) == (0, 0)  # two halves of one body are no pair
