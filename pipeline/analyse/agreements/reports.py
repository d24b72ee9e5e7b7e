"""Accepted pairs of one document brought together into reports: n-ary parties, kind, status, dates, roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from config.agreements import Agreements
from pipeline.analyse.agreements.candidates import Candidate
from pipeline.analyse.agreements.layout import Layout
from pipeline.analyse.agreements.money import find_sum
from pipeline.analyse.agreements.when import when_and_how_long
from pipeline.records import Entity, Party, Report

DENSE = 0.75
"""Share of a group's pairs that must be accepted for the group to be one agreement of all its parties."""

APART = 0.2
"""A body whose pairs are less certain than the group's best by more than this gets a report of its own."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A pair held to be stated in `candidate.unit`, with log-probabilities of kinds and statuses."""

    candidate: Candidate
    confidence: float
    kind: str
    status: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the reports of one document share."""

    layout: Layout
    entities: Sequence[Entity]
    words: Agreements
    published: str | None


def make_reports(
    accepted: Sequence[Accepted], layout: Layout, entities: Sequence[Entity], words: Agreements, published: str | None
) -> list[Report]:
    """Reports, most confident first; every accepted pair is in at least one."""
    by_place: dict[tuple[str, int, str, str], list[Accepted]] = {}
    for pair in accepted:
        unit = pair.candidate.head if pair.candidate.mode == "block" else pair.candidate.unit
        by_place.setdefault((pair.candidate.mode, max(unit, 0), pair.kind, pair.status), []).append(pair)
    around = Around(layout, entities, words, published)
    reports: list[Report] = []
    for (_, unit, _, _), pairs in by_place.items():
        reports += [_report(group, unit, around) for group in _groups(pairs)]
    return sorted(reports, key=lambda report: (-report.confidence, report.evidence_start))


def _groups(pairs: list[Accepted]) -> list[list[Accepted]]:
    """Cut pairs into groups whose parties are (nearly) all paired with each other."""
    todo = {pair.candidate.pair: pair for pair in sorted(pairs, key=lambda p: -p.confidence)}
    links: dict[int, set[int]] = {}
    for one, other in todo:
        links.setdefault(one, set()).add(other)
        links.setdefault(other, set()).add(one)
    groups = []
    while todo:
        seed, strongest = next(iter(todo.items()))
        members = set(seed)
        for body in sorted(links, key=lambda n: -len(links[n] & members)):
            joined = [todo[p] for p in (tuple(sorted((body, m))) for m in members) if p in todo]
            if body not in members and len(joined) >= DENSE * len(members):
                weak = sum(pair.confidence for pair in joined) / len(joined)
                if weak >= strongest.confidence - APART:
                    members.add(body)
        inner = [p for p in combinations(sorted(members), 2) if p in todo]
        groups.append([todo.pop(p) for p in inner])
    return groups


def _report(group: list[Accepted], unit: int, around: Around) -> Report:
    layout, published = around.layout, around.published
    start, end = layout.char_span(layout.units[unit])
    first = group[0]
    bodies = {body for pair in group for body in pair.candidate.pair}
    money = find_sum(layout.text[start:end]) if first.kind == "funding" else None
    when = when_and_how_long(layout, (unit, first.candidate.second), bodies, (first.kind, first.status), published)
    return Report(
        kind=first.kind,
        status=first.status,
        parties=_parties(group, around),
        confidence=round(_together(group), 4),
        evidence_start=start,
        evidence_end=end,
        signed=when[0],
        duration_months=when[1],
        amount=money[0] if money else None,
        currency=money[1] if money else None,
    )


def _parties(group: list[Accepted], around: Around) -> tuple[Party, ...]:
    layout, entities, words = around.layout, around.entities, around.words
    order: dict[int, None] = {}
    for pair in group:
        order.update({pair.candidate.first.entity: None, pair.candidate.second.entity: None})
    roles: dict[int, str | None] = {}
    if len(order) == 2:
        roles = _two_roles(group[0], layout, words)
    elif group[0].kind == "consortium":
        roles = _coordinator(group, layout)
    return tuple(Party(entities[number].name, roles.get(number)) for number in order)


_REVERSED = frozenset(
    (
        "by",
        "from",
        "welcomes",
        "welcomed",
        "admits",
        "admitted",
        "receives",
        "received",
        "gets",
        "got",
        "won",
        "secured",
    )
)


def _two_roles(pair: Accepted, layout: Layout, words: Agreements) -> dict[int, str | None]:
    """The earlier party acts, unless "by", "from" or a verb of receiving stands between."""
    known = words.kinds[pair.kind].roles  # type: ignore[index]  # labels of the model are kinds
    if known.actor is None or pair.candidate.mode != "in":
        return {}
    left, right = pair.candidate.first, pair.candidate.second
    turned = not _REVERSED.isdisjoint(layout.lows[left.end : right.start])
    actor, other = (right, left) if turned else (left, right)
    return {actor.entity: known.actor, other.entity: known.other}


def _coordinator(group: list[Accepted], layout: Layout) -> dict[int, str | None]:
    for pair in group:
        for span in (pair.candidate.first, pair.candidate.second):
            before = layout.lows[max(0, span.start - 3) : span.start]
            if before and "by" in before and {"led", "coordinated", "ordinated"} & set(before):
                return {span.entity: "coordinator"}
    return {}


def _together(group: list[Accepted]) -> float:
    """Confidence of a group: the mean of its pairs."""
    return sum(pair.confidence for pair in group) / len(group)
