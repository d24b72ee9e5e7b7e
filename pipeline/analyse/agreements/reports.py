"""Accepted pairs of one document brought together into reports: n-ary parties, kind, status, dates, roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from config.agreements import Agreements
from pipeline.analyse.agreements.candidates import Candidate
from pipeline.analyse.agreements.dates import find_dates, find_term
from pipeline.analyse.agreements.layout import Layout
from pipeline.analyse.agreements.money import find_sum
from pipeline.records import Entity, Party, Report

DENSE = 0.75
"""Share of a group's pairs that must be accepted for the group to be one agreement of all its parties."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A pair held to be stated in `candidate.unit`, with log-probabilities of kinds and statuses."""

    candidate: Candidate
    confidence: float
    kind: str
    status: str


def make_reports(
    accepted: Sequence[Accepted], layout: Layout, entities: Sequence[Entity], words: Agreements, published: str | None
) -> list[Report]:
    """Reports, most confident first; every accepted pair is in at least one."""
    by_place: dict[tuple[str, int, str, str], list[Accepted]] = {}
    for pair in accepted:
        unit = pair.candidate.head if pair.candidate.mode == "block" else pair.candidate.unit
        by_place.setdefault((pair.candidate.mode, max(unit, 0), pair.kind, pair.status), []).append(pair)
    reports = []
    for (_, unit, _, _), pairs in by_place.items():
        reports += [_report(group, unit, layout, entities, words, published) for group in _groups(pairs)]
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
        seed = next(iter(todo))
        members = set(seed)
        for body in sorted(links, key=lambda n: -len(links[n] & members)):
            if body not in members and len(links[body] & members) >= DENSE * len(members):
                members.add(body)
        inner = [p for p in combinations(sorted(members), 2) if p in todo]
        groups.append([todo.pop(p) for p in inner])
    return groups


def _report(
    group: list[Accepted], unit: int, layout: Layout, entities: Sequence[Entity], words: Agreements, published: str | None
) -> Report:
    start, end = layout.char_span(layout.units[unit])
    sentence = layout.text[start:end]
    first = group[0]
    near = layout.offsets[first.candidate.second.start] - start
    dates = find_dates(sentence, published)
    signed = min(dates, key=lambda d: abs(d.start - near)).iso if dates and first.status != "planned" else None
    money = find_sum(sentence) if first.kind == "funding" else None
    return Report(
        kind=first.kind,
        status=first.status,
        parties=_parties(group, layout, entities, words),
        confidence=round(sum(pair.confidence for pair in group) / len(group), 4),
        evidence_start=start,
        evidence_end=end,
        signed=signed,
        duration_months=find_term(sentence, published, signed),
        amount=money[0] if money else None,
        currency=money[1] if money else None,
    )


def _parties(group: list[Accepted], layout: Layout, entities: Sequence[Entity], words: Agreements) -> tuple[Party, ...]:
    order: dict[int, None] = {}
    for pair in group:
        order.update({pair.candidate.first.entity: None, pair.candidate.second.entity: None})
    roles: dict[int, str | None] = {}
    if len(order) == 2:
        roles = _two_roles(group[0], layout, words)
    elif group[0].kind == "consortium":
        roles = _coordinator(group, layout)
    return tuple(Party(entities[number].name, roles.get(number)) for number in order)


_REVERSED = frozenset(("by", "from", "welcomes", "welcomed", "admits", "admitted", "receives", "received", "gets", "got", "won", "secured"))


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
