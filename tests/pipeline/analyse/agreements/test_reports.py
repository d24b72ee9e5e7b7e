"""How pairs become reports: one for the linked parties of a sentence, with evidence that names or denotes them."""

from __future__ import annotations

from itertools import combinations

from pipeline.analyse.agreements.candidates import Candidate
from pipeline.analyse.agreements.layout import Span
from pipeline.analyse.agreements.reports import Accepted, _groups
from tests.pipeline.analyse.agreements.conftest import Read

KINDS = {"consortium": -0.5, "collaboration": -0.9}
SIGNED = {"signed": 0.0}


def accepted(pair: tuple[int, int], kinds: dict[str, float] = KINDS, confidence: float = 0.8) -> Accepted:
    first, second = (Span(body, body, body + 1) for body in pair)
    return Accepted(Candidate("in", 0, first, second, 0), confidence, kinds, SIGNED)


def test_linked_pairs_of_two_kinds_are_one_group_of_the_more_probable() -> None:
    other = {"consortium": -0.8, "collaboration": -0.6}
    pairs = [accepted((0, 1)), accepted((1, 2), other), accepted((2, 3))]
    chances = dict.fromkeys(combinations(range(4), 2), 0.6)
    [group] = _groups(pairs, {**chances, (0, 1): 0.8, (1, 2): 0.8, (2, 3): 0.8})
    assert (group.kind, len(group.pairs)) == ("consortium", 3)


def test_parties_without_a_link_stay_apart() -> None:
    groups = _groups([accepted((0, 1)), accepted((2, 3))], {(0, 1): 0.8, (2, 3): 0.8, (0, 2): 0.1})
    assert [{pair.candidate.pair for pair in group.pairs} for group in groups] == [{(0, 1)}, {(2, 3)}]


def test_a_doubtful_body_beside_a_certain_pair_is_a_report_of_its_own_with_the_same_kind() -> None:
    other = {"consortium": -0.9, "collaboration": -0.6}
    chances = {(0, 1): 0.95, (1, 2): 0.4, (0, 2): 0.1}
    groups = _groups([accepted((0, 1), confidence=0.95), accepted((1, 2), other, 0.4)], chances)
    assert [group.kind for group in groups] == ["consortium", "consortium"]


def test_a_sentence_of_members_is_one_report(read: Read) -> None:
    names = ("Alder University", "Birch Institute", "Cedar Hospital", "Damson GmbH", "Elm Foundation", "Fir College")
    marked = ", ".join(f"[{name}]" for name in names[:-1]) + f" and [{names[-1]}] are partners in the consortium."
    reports = read(marked)[0]
    assert [{party.name for party in report.parties} for report in reports] == [set(names)]


def test_no_two_reports_have_the_same_parties_and_evidence(read: Read) -> None:
    marked = "[Alder] and [Birch] signed an agreement. " * 3 + "[Alder] is a partner of [Birch] and [Cedar]."
    reports = read(marked)[0]
    keys = [(frozenset(p.name for p in r.parties), r.evidence_start) for r in reports]
    assert len(keys) == len(set(keys)) > 0


def test_a_body_that_the_sentence_neither_names_nor_denotes_is_no_party(read: Read) -> None:
    marked = "[Alder Department] launched the pledge. [Birch], [Cedar] and [Damson Pharma] have signed agreements."
    parties = {party.name for report in read(marked)[0] for party in report.parties}
    assert "Alder Department" not in parties


def test_evidence_of_a_list_names_all_its_parties(read: Read) -> None:
    marked = "The project partners are:\n- [Alder University]\n- [Birch Hospital]\n- [Cedar Institute]\n"
    reports, _, text = read(marked)
    assert reports
    for report in reports:
        evidence = text[report.evidence_start : report.evidence_end]
        assert all(party.name in evidence for party in report.parties)
