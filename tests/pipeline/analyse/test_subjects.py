from __future__ import annotations

import pytest
import spacy

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import load
from config.themes import Theme, load_themes
from pipeline.analyse import Analyser, load_analyser
from pipeline.analyse.subjects.vocabulary import Vocabulary
from pipeline.records import Text

THEMES = load_themes(load().themes_file)
KINDS = load_kinds(load().kinds_file)


@pytest.mark.parametrize(("id_", "example"), [(t.id, e) for t in THEMES for e in t.examples])
def test_every_theme_is_found_in_its_examples(analyser: Analyser, id_: str, example: str) -> None:
    [analysis] = analyser.analyse([Text("a", "", example)])
    assert id_ in {theme.id for theme in analysis.themes}


@pytest.mark.parametrize(("id_", "example"), [(k.id, e) for k in KINDS for e in k.examples])
def test_every_kind_is_found_in_its_examples(analyser: Analyser, id_: str, example: str) -> None:
    [analysis] = analyser.analyse([Text("a", "", example)])
    assert analysis.kind == id_


def test_a_theme_added_without_training_is_found_with_its_words() -> None:
    new = Theme(id="wood", label="Wood", words=("timber", "sawmill", "plywood"), examples=("Timber and plywood.",))
    analyser = load_analyser([*THEMES, new], KINDS, load_agreements(load().agreements_file))
    body = "The sawmill sells timber and plywood to builders in the valley. " * 5
    with_wood, without = analyser.analyse(
        [Text("a", "Timber from the sawmill", body), Text("b", "Bread", "We bake. " * 30)]
    )
    [wood] = [theme for theme in with_wood.themes if theme.id == "wood"]
    assert wood.words[0] in {"timber", "sawmill", "plywood"}
    assert "wood" not in {theme.id for theme in without.themes}


def test_a_removed_theme_is_never_given() -> None:
    few = [theme for theme in THEMES if theme.id in {"ageing", "robotics"}]
    analyser = load_analyser(few, KINDS, load_agreements(load().agreements_file))
    [analysis] = analyser.analyse(
        [Text("a", "", "The hospital buys medical devices and starts a clinical trial. " * 9)]
    )
    assert {theme.id for theme in analysis.themes} <= {"ageing", "robotics"}


def test_themes_are_one_to_four_and_scored(analyser: Analyser) -> None:
    text = " ".join(example for theme in THEMES for example in theme.examples)
    [analysis] = analyser.analyse([Text("a", "", text)])
    assert 1 <= len(analysis.themes) <= 4
    assert all(0 <= theme.score <= 1 for theme in analysis.themes)


def test_words_in_capitals_are_matched_exactly_and_others_in_any_case_and_number() -> None:
    nlp = spacy.blank("en")
    vocabulary = Vocabulary(nlp, {"x": ["AI", "registry", "data space"]})
    found = vocabulary.count(nlp.make_doc("ai and AI, Registries, DATA SPACES"))["x"]
    assert dict(found) == {"ai": 1, "registries": 1, "data spaces": 1}


def test_a_text_of_another_language_is_classified_by_declared_words_alone(analyser: Analyser) -> None:
    french = "L'université et l'hôpital ont annoncé une nouvelle recherche pour les patients de la région. " * 4
    telling = french + "Un projet de telemedicine, de eHealth et de interoperability avec un EHR pour tous. " * 3
    plain, told = analyser.analyse([Text("a", "Recherche", french), Text("b", "Telemedicine et eHealth", telling)])
    assert (plain.language, plain.kind, plain.kind_score, plain.themes) == ("fr", "other", 0.0, ())
    assert [theme.id for theme in told.themes] == ["digital-health"]
