"""Keys of names: what makes two names the same, and what does not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.resolve.names import block_of, is_acronym, is_strong_short_form, organisation_key, preferred_name

SAME = [
    ("EIT Health", "EIT Health e.V.", "EIT HEALTH e. V.", "the EIT Health"),
    ("Siemens Healthineers", "Siemens Healthineers AG", "Siemens Healthineers A.G."),
    ("Novo Nordisk", "Novo Nordisk A/S"),
    ("Menarini", "Menarini S.p.A.", "Menarini SpA"),
    ("Bayer und Söhne", "Bayer & Sohne GmbH & Co. KG", "Bayer and Söhne GmbH"),
    ("L'Oréal", "L’Oreal S.A."),
    ("Institut Børge Łódź", "Institut Borge Lodz"),
    ("Foo Bar", "Foo Bar Sp. z o.o.", "Foo-Bar, Inc.", "Foo Bar B.V.", "Foo Bar Oy", "Foo Bar plc", "Foo Bar S.L."),
    ("J.P. Morgan", "J. P. Morgan"),
    ("King's College London", "King’s College London"),
    ("European Cluster Alliance", "European Cluster Alliance ASBL", "The European Cluster Alliance"),
]
DIFFERENT = ["Roche", "La Roche", "University of Lyon", "Hospital 1", "Hospital 2", "EIT", "EIT Health", "AG Health"]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_forms_of_one_name_share_a_key(names: tuple[str, ...]) -> None:
    assert len({organisation_key(name) for name in names}) == 1


def test_different_names_have_different_keys() -> None:
    assert len({organisation_key(name) for name in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize("name", ["SE", "AG", "Co. Ltd", "***", "the", "北京大学"])
def test_a_name_of_nothing_but_form_keeps_something(name: str) -> None:
    assert organisation_key(name)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key_in_any_case(name: str) -> None:
    key = organisation_key(name)
    assert organisation_key(name.strip()) == key
    assert "\n" not in key.strip() or not any(c.isalnum() for c in name)


def test_acronyms_are_told_from_names() -> None:
    assert all(map(is_acronym, ["EIT", "NHS", "BioM", "BBMRI-ERIC", "IHI"]))
    assert not any(map(is_acronym, ["Siemens", "EIT Health", "Roche", "12", "", "A"]))


def test_only_short_forms_of_several_words_are_strong() -> None:
    assert is_strong_short_form("BioMed Alliance")
    assert not any(map(is_strong_short_form, ["BAE", "The Alliance", "Foo GmbH", "x" * 400]))


def test_the_shown_name_is_the_fullest_whatever_the_order() -> None:
    names = ["EIT HEALTH", "EIT Health e.V.", "EIT Health", "EIT"]
    assert {preferred_name(order) for order in itertools.permutations(names)} == {"EIT Health"}


def test_misspelt_names_share_a_block() -> None:
    assert block_of("biomedical alliance in europe") == block_of("biomedical aliance europe")
