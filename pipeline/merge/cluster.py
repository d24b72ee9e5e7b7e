"""Which reports of the same parties tell of the same agreement, and what they say together. Pure and order-free.

Nothing here looks at ids or at the order of arrival: ties are broken by what the reports say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pipeline.merge.dates import add_months, first_day

GAP_DAYS = 400
"""Reports further apart than this tell of different agreements: a yearly renewal announced late still joins."""

FAMILIES = {"mou": "cooperation", "collaboration": "cooperation", "consortium": "cooperation"}
"""Kinds that may be words for the same agreement; every other kind is a family of its own."""

_SPECIFIC = {"mou": 2, "consortium": 1}
"""Within a family: the more specific word, where confidences are close."""
_CLOSE = 0.2

_STAGES = ("planned", "signed", "extended", "ended")
_FOLLOWING = ("extended", "ended")


@dataclass(frozen=True, slots=True)
class Told:
    """A stored report with what its document adds: publication date and story."""

    report_id: int
    document_id: int
    story_id: int
    url: str
    parties: tuple[tuple[int, str | None], ...]
    """Organisation id and role, in the order of the text."""
    kind: str
    status: str
    signed: str | None
    duration_months: int | None
    amount: float | None
    currency: str | None
    confidence: float
    evidence_start: int
    published: date | None

    @property
    def when(self) -> date | None:
        """The date that places the report among the others: signed, else published."""
        return first_day(self.signed) or self.published

    @property
    def order(self) -> tuple[object, ...]:
        """A total order that depends on nothing but what was said and where."""
        when = self.when
        return (when is None, when or date.min, _stage(self.status), self.url, self.evidence_start, self.kind)


@dataclass(frozen=True, slots=True)
class Merged:
    """What the reports of one partnership say together: the columns of `models.partnership.Partnership`."""

    kind: str
    status: str
    signed: str | None
    duration_months: int | None
    expires: str | None
    amount: float | None
    currency: str | None
    confidence: float
    reports_count: int
    sources_count: int
    first_reported: date | None
    last_reported: date | None


def family(kind: str) -> str:
    """The family of a kind; reports of different families are never merged."""
    return FAMILIES.get(kind, kind)


def _stage(status: str) -> int:
    return _STAGES.index(status) if status in _STAGES else 0


def clusters(reports: Iterable[Told]) -> list[list[Told]]:
    """Reports of the same parties, split into one list for each agreement, in a fixed order."""
    ordered = sorted(reports, key=lambda told: (family(told.kind), *told.order))
    return [cluster for _, same in groupby(ordered, lambda told: family(told.kind)) for cluster in _by_time(list(same))]


def _by_time(ordered: Sequence[Told]) -> list[list[Told]]:
    dated = [(told.when, told) for told in ordered if told.when is not None]
    undated = [told for told in ordered if told.when is None]
    starts = _sweep([(when, told) for when, told in dated if told.status not in _FOLLOWING])
    beginnings = [cluster[0][0] for cluster in starts]
    orphans: list[tuple[date, Told]] = []
    for when, told in dated:
        if told.status in _FOLLOWING:
            earlier = [i for i, begun in enumerate(beginnings) if begun <= when]
            (starts[earlier[-1]] if earlier else orphans).append((when, told))
    if orphans and starts and (beginnings[0] - orphans[-1][0]).days <= GAP_DAYS:
        # "Extended" shortly before "signed": the same news in other words
        starts[0].extend(orphans)
    elif orphans:
        starts.insert(0, orphans)
    found = [[told for _, told in cluster] for cluster in starts]
    if undated:
        # No date at all: a page that describes what is in force, so the latest
        if found:
            found[-1].extend(undated)
        else:
            found.append(undated)
    return found


def _sweep(dated: Sequence[tuple[date, Told]]) -> list[list[tuple[date, Told]]]:
    found: list[list[tuple[date, Told]]] = []
    for when, told in dated:
        if found and (when - found[-1][-1][0]).days <= GAP_DAYS:
            found[-1].append((when, told))
        else:
            found.append([(when, told)])
    return found


def merged(cluster: Sequence[Told]) -> Merged:
    """What the reports of one agreement say together; `cluster` must not be empty."""
    ranked = sorted(cluster, key=lambda told: (-told.confidence, *told.order))
    base = [told for told in ranked if told.status not in _FOLLOWING] or ranked
    signed = next((told.signed for told in base if told.signed), None)
    duration = next((told.duration_months for told in base if told.duration_months), None)
    money = next((told for told in ranked if told.amount is not None), None)
    published = [told.published for told in cluster if told.published]
    ends = [add_months(signed, duration)]
    ends += [add_months(told.signed, told.duration_months) for told in cluster if told.status == "extended"]
    return Merged(
        kind=_kind(ranked),
        status=_status(cluster),
        signed=signed,
        duration_months=duration,
        expires=max((end for end in ends if end), default=None),
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        confidence=ranked[0].confidence,
        reports_count=len(cluster),
        sources_count=len({told.story_id for told in cluster}),
        first_reported=min(published, default=None),
        last_reported=max(published, default=None),
    )


def _kind(ranked: Sequence[Told]) -> str:
    sure = [told for told in ranked if told.confidence >= ranked[0].confidence - _CLOSE]
    return max(sure, key=lambda told: _SPECIFIC.get(told.kind, 0)).kind


def _status(cluster: Sequence[Told]) -> str:
    # The latest extension or ending, wherever there is one; a plan only where nothing else was reported: later
    # articles go on telling that a thing was signed, or once planned.
    following = [told for told in cluster if told.status in _FOLLOWING]
    if following:
        return max(following, key=lambda told: (told.when or date.min, _stage(told.status))).status
    return max(cluster, key=lambda told: _stage(told.status)).status


def roles(cluster: Sequence[Told]) -> list[tuple[int, str | None]]:
    """The parties in the order of the best report, each with the first role that a report gives it."""
    ranked = sorted(cluster, key=lambda told: (-told.confidence, *told.order))
    found: dict[int, str | None] = {}
    for told in ranked:
        for organisation, role in told.parties:
            found[organisation] = found.get(organisation) or role
    return list(found.items())
