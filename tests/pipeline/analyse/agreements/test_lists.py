"""Lists of partners: their lines, the line that announces them, whose list it is."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.analyse.agreements import AgreementFinder
from pipeline.analyse.agreements.lists import Listing, listings
from pipeline.records import Text
from tests.pipeline.analyse.agreements.conftest import Read, unmark


def read_lists(nlp: Language, finder: AgreementFinder, marked: str) -> list[tuple[str, list[str], Listing]]:
    """For each list its announcing line, the names in it, and the list itself."""
    text, entities = unmark(marked)
    layout, _ = finder.look(nlp(text), entities, Text("t", "", text))
    return [
        (
            text[slice(*layout.char_span(layout.units[listing.head]))] if listing.head >= 0 else "",
            [entities[span.entity].name for _, span in listing.bodies],
            listing,
        )
        for listing in listings(layout)
    ]


def test_a_role_beside_a_name_is_no_heading(nlp: Language, finder: AgreementFinder) -> None:
    marked = "Core partners\n\n[Alder University] – coordinator\n[Birch Hospital]\n[Cedar Ltd] – partner\n[Damson]\n"
    [(head, names, listing)] = read_lists(nlp, finder, marked)
    assert head == "Core partners"
    assert names == ["Alder University", "Birch Hospital", "Cedar Ltd", "Damson"]
    assert (listing.begins, listing.announced) == (4, True)


def test_a_labelled_line_belongs_to_the_list(nlp: Language, finder: AgreementFinder) -> None:
    [(head, names, _)] = read_lists(nlp, finder, "PARTNERSHIP\n\nLead: [Alder GmbH]\n\n- [Birch]\n- [Cedar]\n")
    assert (head, names) == ("PARTNERSHIP", ["Alder GmbH", "Birch", "Cedar"])


def test_a_new_heading_begins_a_new_list(nlp: Language, finder: AgreementFinder) -> None:
    marked = "Partners:\n- [Alder]\n- [Birch]\nMembers:\n- [Cedar]\n- [Damson]\n"
    assert [(head, names) for head, names, _ in read_lists(nlp, finder, marked)] == [
        ("Partners:", ["Alder", "Birch"]),
        ("Members:", ["Cedar", "Damson"]),
    ]


def test_short_sentences_of_running_text_are_no_list(nlp: Language, finder: AgreementFinder) -> None:
    assert read_lists(nlp, finder, "[Alder] opened a ward. [Birch] closed one. [Cedar] did nothing.") == []


@pytest.mark.parametrize(
    "heading", ["Members of the network are:", "The partners", "Consortium", "PARTICIPANTS", "Founding members:"]
)
def test_all_members_of_an_announced_list_are_one_report(read: Read, heading: str) -> None:
    names = ["Alder University", "Birch Hospital", "Cedar GmbH", "Damson Institute", "Elm Foundation"]
    reports = read(f"{heading}\n" + "".join(f"- [{name}]\n" for name in names))[0]
    assert {party.name for party in reports[0].parties} == set(names)


@pytest.mark.parametrize("heading", ["Speakers", "Further reading:", "Exhibitors", "Vacancies"])
def test_lists_of_other_things_state_nothing(read: Read, heading: str) -> None:
    assert read(f"{heading}\n- [Alder University]\n- [Birch Hospital]\n- [Cedar GmbH]\n")[0] == ()
