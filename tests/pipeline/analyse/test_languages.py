"""No part of a text is read with another language's model, and nothing is silently left out."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import load
from config.themes import load_themes
from models.migrate import upgrade
from models.session import make_engine, write_session
from pipeline.analyse import Analyser, load_analyser
from pipeline.analyse.foreign import ForeignNames, french_version, tokens_of
from pipeline.analyse.language import LanguageDetector
from pipeline.records import Text
from pipeline.register.known import RegisterNames
from pipeline.register.records import Entry, NameForm
from pipeline.register.store import import_register
from pipeline.resolve.names import organisation_key
from pipeline.spoken import surely_english

ENGLISH = (
    "Acme Diagnostics GmbH and the University of Oslo signed a memorandum of understanding on 5 May 2021. The two "
    "partners will share their data, and they are going to train nurses in all of the regions of the country.\n\n"
)
FRENCH = (
    "L'hôpital de Lyon et l'Université de Grenoble ont signé une convention de partenariat pour trois ans. Les deux "
    "établissements vont partager leurs données et former des infirmières dans toutes les régions du pays.\n\n"
)
GERMAN = (
    "Die Klinik in Hamburg und die Nordlicht Medizintechnik GmbH haben am Montag eine Vereinbarung unterzeichnet. Sie "
    "wollen ihre Daten teilen und in allen Regionen des Landes gemeinsam Pflegekräfte ausbilden.\n\n"
)

DETECTOR = LanguageDetector()
VOCAB = spacy.blank("en").vocab


def test_english_is_known_by_its_frequent_words_and_mixed_text_is_not() -> None:
    assert surely_english(ENGLISH)
    assert not surely_english(FRENCH)
    assert not surely_english(GERMAN)
    assert not surely_english(ENGLISH + FRENCH)
    assert not surely_english("Oslo, Lyon, Hamburg")


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        (ENGLISH, ["en"]),
        (FRENCH + GERMAN, ["fr", "de"]),
        (ENGLISH * 3 + FRENCH * 2 + ENGLISH, ["en", "fr", "en"]),
        (ENGLISH + "Lyon\n\nCHU\n\n" + ENGLISH, ["en"]),
        ("", ["en"]),
    ],
)
def test_a_text_is_cut_where_its_language_changes(text: str, languages: list[str]) -> None:
    assert [part.language for part in DETECTOR.parts(text)] == languages


@settings(deadline=None)  # the first text that is not English loads the model
@given(st.lists(st.sampled_from([ENGLISH, FRENCH, "a\n", "\n\n", "🏥 " * 50, "x" * 700]), max_size=8))
def test_parts_leave_no_gap(pieces: list[str]) -> None:
    text = "".join(pieces)
    parts = DETECTOR.parts(text)
    assert [part.start for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == len(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_tokens_of_any_language_are_exactly_the_text(text: str) -> None:
    assert tokens_of(VOCAB, text).text == text


def names(analyser: Analyser, text: str) -> tuple[set[str], bool, str]:
    [found] = analyser.analyse([Text("a", "", text)])
    for entity in found.entities:
        assert all(text[m.start : m.end] == m.text for m in entity.mentions)
    return {entity.name for entity in found.entities}, found.complete, found.language


def test_german_gets_what_shows_itself_and_is_marked_as_partly_analysed(analyser: Analyser) -> None:
    found, complete, language = names(analyser, GERMAN)
    assert any("Nordlicht Medizintechnik GmbH" in name for name in found)
    assert (complete, language) == (False, "de")


def test_agreements_come_from_the_english_parts_alone(analyser: Analyser) -> None:
    french = FRENCH + "Acme Diagnostics GmbH et University of Oslo: memorandum of understanding, agreement. " * 3
    text = french + "\n\n" + ENGLISH
    [mixed] = analyser.analyse([Text("a", "", text)])
    assert not mixed.complete
    assert mixed.reports
    assert all(report.evidence_start >= len(french) for report in mixed.reports)
    [alone] = analyser.analyse([Text("b", "", FRENCH * 2)])
    assert (alone.reports, alone.complete, alone.language) == ((), False, "fr")


def entry(number: int, name: str) -> Entry:
    return Entry(
        id=f"https://ror.org/0{number:08d}", name=name, country="FR", kind="education", city="Grenoble",
        status="active", branch=False, names=(NameForm(name, organisation_key(name), "name", False),), relations=(),
    )  # fmt: skip


def test_names_of_the_register_are_found_in_other_languages(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/register.db")
    upgrade(engine)
    with write_session(engine) as session:
        import_register(session, [entry(1, "Université de Grenoble"), entry(2, "Klinik"), entry(3, "Health Institute")])
    declared = load()
    analyser = load_analyser(
        load_themes(declared.themes_file),
        load_kinds(declared.kinds_file),
        load_agreements(declared.agreements_file),
        RegisterNames(engine),
    )
    assert "Université de Grenoble" in names(analyser, FRENCH)[0]
    assert "Klinik" not in names(analyser, GERMAN)[0]
    engine.dispose()


def test_the_register_is_asked_once_a_piece_for_runs_within_a_clause() -> None:
    asked: list[set[str]] = []

    def known(names: Collection[str]) -> set[str]:
        asked.append(set(names))
        return {"Société Atlas"} & set(names)

    doc = ForeignNames(VOCAB, known).read("Les amis. Société Atlas, Nantes; Paris", "es")
    assert [span.text for span in doc.spans["names"]] == ["Société Atlas"]
    assert len(asked) == 1
    assert "Société Atlas" in asked[0]
    assert not any("amis. " in name or ";" in name for name in asked[0])


@pytest.mark.skipif(french_version() is None, reason="the optional French model is not installed")
def test_the_french_model_finds_names_in_french_parts() -> None:
    text = "Le ministre a visité l'Institut Pasteur à Paris, où la société Sanofi présentait ses vaccins."
    doc = ForeignNames(VOCAB).read(text, "fr")
    assert {span.text for span in doc.spans["names"]} & {"Institut Pasteur", "Sanofi"}


def test_a_missing_french_model_is_said_once(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.analyse.foreign.FRENCH", "no_such_model")
    reader = ForeignNames(VOCAB)
    with caplog.at_level(logging.WARNING):
        reader.read(FRENCH, "fr")
        reader.read(FRENCH, "fr")
    assert [record.getMessage() for record in caplog.records] == [
        "French texts: no_such_model is not installed, so fewer names are found: see docs/analysis.md"
    ]
