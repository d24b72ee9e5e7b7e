"""How many partnerships meet a filter, and of which kinds and states: what stands above the table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.tables import Partnership
from search.partnerships import PartnershipFilter, _asked, _conditions, _with_theme


@dataclass(frozen=True, slots=True)
class PartnershipCounts:
    """Numbers of partnerships."""

    total: int
    kinds: dict[str, int]
    """Of each kind, were the filter's own kind not asked for; the most frequent first."""
    statuses: dict[str, int]
    """Likewise of each status."""


def count_partnerships(session: Session, wanted: PartnershipFilter) -> PartnershipCounts:
    """Count what `search.partnerships.list_partnerships` lists; raises `QueryError` as that does."""
    wanted = _with_theme(session, wanted)
    kinds = _grouped(session, replace(wanted, kind=None), Partnership.kind)
    statuses = _grouped(session, replace(wanted, status=None), Partnership.status)
    total = kinds[wanted.kind] if wanted.kind is not None else kinds.total()
    return PartnershipCounts(total, dict(kinds.most_common()), dict(statuses.most_common()))


def _grouped(session: Session, wanted: PartnershipFilter, key: InstrumentedAttribute[str]) -> Counter[str]:
    conditions = _conditions(wanted, _asked(session, wanted))
    statement = select(key, func.count(Partnership.id)).where(*conditions).group_by(key).order_by(key)
    return Counter({row[0]: row[1] for row in session.execute(statement)})
