"""Partnerships in the database: ids that last, counts, and what goes when its reports go; on both databases."""

from __future__ import annotations

from tests.pipeline.load.world import World, entity, found, pact, read, report

ONE = "Alpha Centre signed with Beta Institute."
TWO = "Beta Institute and Alpha Centre agreed."


def test_reports_of_the_same_parties_become_one_partnership(world: World) -> None:
    world.load(world.item("a", *pact(ONE, "Alpha Centre", "Beta Institute", kind="collaboration")))
    (before,) = world.rows("partnership", "id")
    world.load(world.item("b", *pact(TWO, "Beta Institute", "Alpha Centre", kind="mou")))
    assert world.rows("partnership", "id, kind, reports_count, sources_count, revision") == [(*before, "mou", 2, 2, 2)]
    assert {row[0] for row in world.rows("partnership_report", "partnership_id")} == set(before)


def test_a_partnership_keeps_its_id_when_its_document_is_analysed_anew(world: World) -> None:
    names = ("Alpha Centre", "Beta Institute", "Gamma Hospital")
    body = "Alpha Centre signed with Beta Institute; Gamma Hospital and Alpha Centre work on it."
    everyone = [entity(body, name) for name in names]
    pacts = [report(names[0], names[1], body=body), report(names[0], names[2], body=body)]
    world.load(world.item("a", read(body), found(everyone, pacts)))
    before = dict(world.rows("v_partnerships", "parties, partnership_id"))
    world.next_run()
    again = [report(names[0], names[2], body=body, confidence=0.5), report(names[1], names[0], body=body, kind="mou")]
    world.load(world.item("a", read(body), found(everyone, again, analyser="analyser/2")))
    after = {
        frozenset(parties.split("; ")): id_ for parties, id_ in world.rows("v_partnerships", "parties, partnership_id")
    }
    assert after == {frozenset(parties.split("; ")): id_ for parties, id_ in before.items()}


def test_a_partnership_that_gains_a_party_keeps_its_id(world: World) -> None:
    world.load(world.item("a", *pact(ONE, "Alpha Centre", "Beta Institute")))
    (before,) = world.rows("partnership", "id")
    world.next_run()
    body = "Alpha Centre signed with Beta Institute and Gamma Hospital."
    world.load(world.item("a", *pact(body, "Alpha Centre", "Beta Institute", "Gamma Hospital")))
    assert world.rows("partnership", "id") == [before]
    assert [row[0] for row in world.rows("v_partnerships", "parties")] == [
        "Alpha Centre; Beta Institute; Gamma Hospital"
    ]


def test_a_partnership_goes_with_its_last_report(world: World) -> None:
    world.load(world.item("a", *pact(ONE, "Alpha Centre", "Beta Institute")))
    world.load(world.item("b", *pact(TWO, "Beta Institute", "Alpha Centre")))
    world.next_run()
    world.load(world.item("a", read("Nothing of it."), found()))
    assert world.rows("partnership", "reports_count, sources_count") == [(1, 1)]
    assert world.rows("document", "url, revision")[1][1] == 3
    world.next_run()
    world.load(world.item("b", read("Nothing of it, either."), found()))
    assert world.rows("partnership") == world.rows("partnership_party") == world.rows("partnership_report") == []


def test_far_agreements_of_the_same_parties_are_two_and_a_changed_date_joins_them(world: World) -> None:
    reading, analysis = pact(ONE, "Alpha Centre", "Beta Institute")
    other, later = pact(TWO, "Beta Institute", "Alpha Centre")
    world.load(world.item("a", reading, analysis))
    world.load(world.item("b", read(TWO, published="2024-01-01"), later))
    assert len(world.rows("partnership")) == 2
    world.next_run()
    world.load(world.item("b", other, None))
    assert world.rows("partnership", "reports_count") == [(2,)]


def test_a_report_whose_parties_are_one_organisation_is_no_partnership(world: World) -> None:
    body = "Alpha Centre and Alpha Centre GmbH signed."
    world.load(world.item("a", *pact(body, "Alpha Centre", "Alpha Centre GmbH")))
    assert world.rows("partnership") == []
    assert world.rows("partnership_report", "parties_key, partnership_id") == [("", None)]


def test_a_party_that_no_mention_names_is_an_organisation_too(world: World) -> None:
    told = report("Alpha Centre", "Beta Institute", body=ONE)
    world.load(world.item("a", read(ONE), found([entity(ONE, "Alpha Centre")], [told])))
    assert [row[0] for row in world.rows("v_partnerships", "parties")] == ["Alpha Centre; Beta Institute"]


def test_of_equally_sure_reports_the_earliest_is_the_evidence(world: World) -> None:
    _, analysis = pact(ONE, "Alpha Centre", "Beta Institute")
    for path, published in (("a", None), ("b", "2021-04-05"), ("c", "2021-04-01")):
        world.load(world.item(path, read(ONE, published=published), analysis))
    assert [row[0] for row in world.rows("v_partnerships", "url")] == ["https://news.example.org/c"]
