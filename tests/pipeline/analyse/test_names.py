from __future__ import annotations

import tracemalloc

import pytest

from pipeline.analyse import Analyser
from pipeline.analyse.names.acronyms import definitions, initials
from pipeline.analyse.names.grouping import stem
from pipeline.analyse.names.repair import repair
from pipeline.analyse.names.words import key, occurrences, split
from pipeline.records import Entity, Text


def entities(analyser: Analyser, text: str) -> tuple[Entity, ...]:
    [analysis] = analyser.analyse([Text("a", "", text)])
    return analysis.entities


@pytest.mark.parametrize(
    ("span", "name"),
    [
        ("the World Bank", "World Bank"),
        ("▪ World Bank", "World Bank"),
        ("World Bank's", "World Bank"),
        ("World Bank’s ", "World Bank"),
        ("“World Bank”", "World Bank"),
        ("World Bank and", "World Bank"),
        ("World Bank (WB", "World Bank"),
        ("World Bank)", "World Bank"),
        ("World Bank.", "World Bank"),
        ("World Bank\n\nNews", "World Bank"),
        ("World\nBank", "World\nBank"),
        ("Acme Inc.", "Acme Inc."),
        ("BioLAGO e.V.", "BioLAGO e.V."),
        ("Saipem S.p.A.", "Saipem S.p.A."),
    ],
)
def test_boundaries_follow_the_guidelines(span: str, name: str) -> None:
    fixed = repair(span, 0, len(span))
    assert fixed is not None
    assert span[slice(*fixed)] == name


@pytest.mark.parametrize(
    "span", ["the", "42", "–", "hospitals", "'s", "A" * 400, "V.", "e.V.", "S.p.A.", "U.S.", "St."]
)
def test_what_is_no_name_is_dropped(span: str) -> None:
    assert repair(span, 0, len(span)) is None


@pytest.mark.parametrize("form", ["e.V.", "e. V.", "S.p.A.", "B.V."])
def test_a_legal_form_that_was_cut_off_is_joined_again(form: str) -> None:
    text = f"by biosaxony {form} and"
    assert repair(text, 3, 12) == (3, 13 + len(form))


def test_the_end_of_a_cut_abbreviation_is_no_name() -> None:
    text = "biosaxony e.V. met"
    assert repair(text, 12, 14) is None


def test_places_of_names_are_chosen_with_one_byte_a_character() -> None:
    tracemalloc.start()
    text = "Mayo Clinic " * 20_000
    assert len(occurrences(text, split(text), [key("Mayo Clinic"), key("Mayo")])) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * len(text)


def test_long_rows_of_signs_are_repaired_in_linear_time() -> None:
    assert repair("Bank " + "-" * 50_000, 0, 50_005) == (0, 4)


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("the European Health Telematics Association (EHTEL) met", "European Health Telematics Association", "EHTEL"),
        ("the Biomedical Alliance in Europe (BioMed Alliance) met", "Biomedical Alliance in Europe", "BioMed Alliance"),
        ("by EHTEL (European Health Telematics Association).", "European Health Telematics Association", "EHTEL"),
    ],
)
def test_definitions_are_found_in_both_directions(text: str, long: str, short: str) -> None:
    found = [(text[d.long_start : d.long_end], text[d.short_start : d.short_end]) for d in definitions(text)]
    assert (long, short) in found


@pytest.mark.parametrize("text", ["a small trial (RCT) of drugs", "in Berlin (2019)", "(WHO)", "Anna Smith (right)"])
def test_other_brackets_define_nothing(text: str) -> None:
    assert definitions(text) == []


def test_initials_are_those_of_capitalised_words() -> None:
    assert initials("National Institutes of Health") == "NIH"


def test_the_longest_name_wins_and_white_space_does_not_matter() -> None:
    text = "NHS England and the NHS; NHS\nEngland. NHSX"
    found = occurrences(text, split(text), [key("NHS"), key("NHS England")])
    assert [text[start:end] for start, end, _ in found] == ["NHS England", "NHS", "NHS\nEngland"]


def test_legal_forms_do_not_part_a_body() -> None:
    assert stem(key("Medtronic plc")) == stem(key("Medtronic"))
    assert stem(key("BioLAGO e.V.")) == stem(key("BioLAGO"))
    assert stem(key("Mayo Clinic")) != stem(key("Cleveland Clinic"))


def test_a_name_found_once_is_found_everywhere(analyser: Analyser) -> None:
    text = (
        "The University of Twente signed a contract with the Rathenau Institute.\n"
        "▪ RATHENAU\n▪ visit to the Rathenau Institute\nthanks, Rathenau Institute!"
    )
    [body] = [e for e in entities(analyser, text) if e.name == "Rathenau Institute"]
    assert len(body.mentions) == 3


def test_a_defined_short_form_is_the_same_body(analyser: Analyser) -> None:
    text = "The National Institute of Marine Research (NIMR) joins. NIMR will host the office of the network."
    [body] = [e for e in entities(analyser, text) if "NIMR" in {m.text for m in e.mentions}]
    assert body.name == "National Institute of Marine Research"
    assert body.defined == ("NIMR",)
    assert len(body.mentions) == 3


def test_projects_are_told_from_organisations(analyser: Analyser) -> None:
    text = "The University of Oslo takes part in Horizon Europe, and the Horizon Europe programme pays for it."
    types = {e.name: e.type for e in entities(analyser, text)}
    assert types["University of Oslo"] == "organisation"
    assert types["Horizon Europe"] == "project"


def test_rules_find_marked_names_where_no_model_reads(analyser: Analyser) -> None:
    text = (
        "Gestern haben das Deutsche Zentrum für Luft und Raumfahrt (DZLR) und die Muster Technik GmbH"
        " einen Vertrag über die gemeinsame Forschung unterzeichnet. Das DZLR freut sich sehr darüber."
    )
    found = {e.name: [m.text for m in e.mentions] for e in entities(analyser, text)}
    assert found["Deutsche Zentrum für Luft und Raumfahrt"] == [
        "Deutsche Zentrum für Luft und Raumfahrt",
        "DZLR",
        "DZLR",
    ]
    assert found["Muster Technik GmbH"] == ["Muster Technik GmbH"]
