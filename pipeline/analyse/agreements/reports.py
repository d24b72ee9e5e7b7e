"""Accepted pairs of one document brought together into reports: n-ary parties, kind, status, dates, roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from config.agreements import KINDS, Agreements
from pipeline.analyse.agreements.candidates import Candidate
from pipeline.analyse.agreements.clauses import Stated
from pipeline.analyse.agreements.layout import Layout
from pipeline.analyse.agreements.money import find_sum
from pipeline.analyse.agreements.when import Place, when_and_how_long
from pipeline.records import Entity, Party, Report

LINKED = 0.3
"""Mean probability of a body's pairs with the parties of a group from which on it is a party too."""
APART = 0.2
"""… unless that is so much less than the surest pair of the group: beside a certain pair a doubtful body gets a report
of its own, else the confidence of both would say nothing."""
MOST_REPORTS = 8
"""Of one sentence or list, the most confident: beyond, it is a register and no news."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A pair held to be stated in `candidate.unit`, with log-probabilities by kind and by status."""

    candidate: Candidate
    confidence: float
    kinds: dict[str, float]
    statuses: dict[str, float]


@dataclass(frozen=True, slots=True)
class Around:
    """What the reports of one document share."""

    layout: Layout
    entities: Sequence[Entity]
    words: Agreements
    published: str | None
    chances: Mapping[tuple[int, int], float]
    """Probability of every pair that was looked at, accepted or not."""


def make_reports(accepted: Sequence[Accepted], around: Around) -> list[Report]:
    """Reports, most confident first: one for each group of parties that a sentence or a list links with each other."""
    by_place: dict[tuple[bool, int], list[Accepted]] = {}
    for pair in accepted:
        listed = pair.candidate.mode == "block"
        by_place.setdefault((listed, pair.candidate.head if listed else pair.candidate.unit), []).append(pair)
    reports: list[Report] = []
    for pairs in by_place.values():
        made = [_report(group, around) for group in _groups(pairs, around.chances)]
        reports += sorted(made, key=lambda report: -report.confidence)[:MOST_REPORTS]
    return sorted(_distinct(reports), key=lambda report: (-report.confidence, report.evidence_start))


def _distinct(reports: Sequence[Report]) -> list[Report]:
    """One report, the most confident, of those with the same parties and the same evidence."""
    best: dict[tuple[frozenset[str], int, int], Report] = {}
    for report in sorted(reports, key=lambda report: -report.confidence):
        parties = frozenset(party.name for party in report.parties)
        best.setdefault((parties, report.evidence_start, report.evidence_end), report)
    return list(best.values())


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs that are one agreement, with the label of all pairs that are linked with them."""

    pairs: list[Accepted]
    kind: str
    status: str


def _groups(pairs: Sequence[Accepted], chances: Mapping[tuple[int, int], float]) -> list[Group]:
    """One group for each set of linked parties; those that hardly belong to the others make more of the same kind."""
    groups = []
    for linked in _linked(pairs):
        kind = _most_probable([(pair.confidence, pair.kinds) for pair in linked])
        status = _most_probable([(pair.confidence, pair.statuses) for pair in linked])
        todo = {pair.candidate.pair: pair for pair in linked}
        while todo:
            members = _around_the_surest(todo, chances)
            inner = [pair for pair in combinations(sorted(members), 2) if pair in todo]
            groups.append(Group([todo.pop(pair) for pair in inner], kind, status))
    return groups


def _around_the_surest(todo: Mapping[tuple[int, int], Accepted], chances: Mapping[tuple[int, int], float]) -> set[int]:
    """The parties of the surest pair, and those that join them one by one, the best tied first."""
    members = set(next(iter(todo)))
    least = max(LINKED, chances[next(iter(todo))] - APART)
    ties: dict[int, list[float]] = {}
    waiting = {body for pair in todo for body in pair} - members
    newest = set(members)
    while waiting:
        for body in waiting:
            known = (chances.get((min(body, m), max(body, m))) for m in newest)
            ties.setdefault(body, []).extend(chance for chance in known if chance is not None)
        body = max(sorted(waiting), key=lambda n: sum(ties[n]) / max(1, len(ties[n])))
        if not ties[body] or sum(ties[body]) < least * len(ties[body]):
            break
        waiting.discard(body)
        members.add(body)
        newest = {body}
    return members


def _linked(pairs: Sequence[Accepted]) -> list[list[Accepted]]:
    """Cut the pairs of one place into sets that share no party, the surest pair of each first; near-linear."""
    parent: dict[int, int] = {}

    def root(body: int) -> int:
        while parent.setdefault(body, body) != body:
            parent[body] = parent[parent[body]]  # halves the way for the next
            body = parent[body]
        return body

    for pair in pairs:
        one, other = pair.candidate.pair
        parent[root(one)] = root(other)
    groups: dict[int, list[Accepted]] = {}
    for pair in sorted(pairs, key=lambda p: -p.confidence):
        groups.setdefault(root(pair.candidate.pair[0]), []).append(pair)
    return list(groups.values())


def _most_probable(rows: Sequence[tuple[float, dict[str, float]]]) -> str:
    """The label with the largest sum of log-probabilities, each pair counting by its confidence."""
    return max(rows[0][1], key=lambda label: sum(weight * logs[label] for weight, logs in rows))


def _report(found: Group, around: Around) -> Report:
    layout = around.layout
    group, kind, status = found.pairs, found.kind, found.status
    first, last = _evidence(group, layout)
    start, end = layout.char_span(layout.units[first])[0], layout.char_span(layout.units[last])[1]
    bodies = {body for pair in group for body in pair.candidate.pair}
    money = find_sum(layout.text[start:end]) if kind == "funding" else None
    when = when_and_how_long(
        layout, _place(group, first, last), Stated(frozenset(bodies), kind, status, around.published)
    )
    return Report(
        kind=kind,
        status=status,
        parties=_parties(group, kind, around),
        confidence=round(_together(bodies, around.chances), 4),
        evidence_start=start,
        evidence_end=end,
        signed=when[0],
        duration_months=when[1],
        amount=money[0] if money else None,
        currency=money[1] if money else None,
    )


def _evidence(group: Sequence[Accepted], layout: Layout) -> tuple[int, int]:
    """The first and the last unit of the evidence: one sentence, or the lines of a list with what announces them."""
    found = [pair.candidate for pair in group]
    if found[0].mode != "block":
        return found[0].unit, found[0].unit
    first, last = min(c.other for c in found), max(c.unit for c in found)
    head = found[0].head
    if 0 <= head < first and _announces(layout, head):
        first = head
    return first, last


def _place(group: Sequence[Accepted], first: int, last: int) -> Place:
    surest = group[0].candidate
    return Place(first, last, surest.second, surest.other if surest.mode == "ctx" else -1)


def _announces(layout: Layout, number: int) -> bool:
    unit = layout.units[number]
    return layout.words[unit.end - 1] == ":" or any(hit.group == "list" or hit.group in KINDS for hit in unit.hits)


def _parties(group: list[Accepted], kind: str, around: Around) -> tuple[Party, ...]:
    layout, entities, words = around.layout, around.entities, around.words
    order: dict[int, None] = {}
    for pair in group:
        order.update({pair.candidate.first.entity: None, pair.candidate.second.entity: None})
    roles = (
        _coordinator(group, layout) if kind == "consortium" and len(order) > 2 else _roles(group, kind, layout, words)
    )
    return tuple(Party(entities[number].name, roles.get(number)) for number in order)


def _roles(group: Sequence[Accepted], kind: str, layout: Layout, words: Agreements) -> dict[int, str | None]:
    """The role that each party has in most of its pairs; of many parties one must stand against all others."""
    votes: dict[int, Counter[str | None]] = {}
    for pair in group:
        for body, role in _two_roles(pair, kind, layout, words).items():
            votes.setdefault(body, Counter())[role] += 1
    ranked = {body: counts.most_common(2) for body, counts in votes.items()}
    roles = {body: top[0][0] for body, top in ranked.items() if len(top) == 1 or top[0][1] > top[1][1]}
    alone = 1 in Counter(roles.values()).values()
    return roles if len(votes) == 2 or (alone and len(roles) == len(votes)) else {}


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


def _two_roles(pair: Accepted, kind: str, layout: Layout, words: Agreements) -> dict[int, str | None]:
    """The earlier party acts, unless "by", "from" or a verb of receiving stands between."""
    known = words.kinds[kind].roles  # type: ignore[index]  # labels of the model are kinds
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


def _together(bodies: set[int], chances: Mapping[tuple[int, int], float]) -> float:
    """Confidence of a group: the mean probability of its pairs, those included that were not accepted."""
    known = [chances[pair] for pair in combinations(sorted(bodies), 2) if pair in chances]
    return sum(known) / len(known)
