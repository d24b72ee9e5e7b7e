"""Every word of the shipped agreements.yaml is found in text, inflected where it is a verb or noun."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.agreements import AgreementKind, load_agreements
from pipeline.analyse.agreements.inflect import noun_forms, verb_forms
from pipeline.analyse.agreements.lexicon import Lexicon, pieces

WORDS = load_agreements(Path(__file__).parents[4] / "config" / "agreements.yaml")
LEXICON = Lexicon(WORDS)

GROUPS = [
    (kind, form) for kind in WORDS.kinds for form in ("verbs", "nouns", "phrases") if getattr(WORDS.kinds[kind], form)
]


@pytest.mark.parametrize(("kind", "form"), GROUPS, ids=lambda part: part)
def test_every_word_of_a_kind_is_found(kind: AgreementKind, form: str) -> None:
    for word in getattr(WORDS.kinds[kind], form):
        hits = LEXICON.find(word.lower().split())
        assert any(hit.group == kind and hit.end == len(word.split()) for hit in hits), word


def test_verbs_are_found_in_every_form() -> None:
    assert {"teams up with", "teamed up with", "teaming up with"} <= verb_forms("team up with")
    assert {"jointly ran", "jointly running"} <= verb_forms("jointly run")
    assert {"co-funded", "co-funding"} <= verb_forms("co-fund")
    assert {"allied", "allies", "allying"} <= verb_forms("ally")
    assert "admitted" in verb_forms("admit")


def test_nouns_are_found_in_the_plural() -> None:
    assert "memorandums of understanding" in noun_forms("memorandum of understanding")
    assert "subsidies" in noun_forms("subsidy")


def test_a_longer_word_hides_a_shorter_one_of_its_group() -> None:
    hits = [hit for hit in LEXICON.find(["a", "memorandum", "of", "understanding"]) if hit.group == "mou"]
    assert [(hit.start, hit.end) for hit in hits] == [(1, 4)]


OTHERS = {
    **{name: getattr(WORDS.status, name) for name in type(WORDS.status).model_fields},
    **{name: getattr(WORDS.anaphors, name) for name in type(WORDS.anaphors).model_fields},
    **{name: getattr(WORDS.suppressors, name) for name in type(WORDS.suppressors).model_fields},
    "negation": WORDS.negation,
    "hope": WORDS.hope,
    "link": WORDS.links,
    "list": WORDS.lists,
}


@pytest.mark.parametrize("group", OTHERS)
def test_every_word_of_another_group_is_found(group: str) -> None:
    for word in OTHERS[group]:
        assert any(hit.group == group for hit in LEXICON.find(word.lower().split())), word


@pytest.mark.parametrize(("words", "planned"), [
    ("signed an agreement in May", False), ("signed on 5 May", False), ("on May 5 they signed", False),
    ("signed last May", False), ("they may sign", True), ("and may join", True), ("this may lead to a deal", True),
])  # fmt: skip
def test_the_month_of_may_plans_nothing(words: str, planned: bool) -> None:
    assert any(hit.group == "planned" for hit in LEXICON.find(pieces(words))) is planned
