"""Days of feeds and sitemaps, as they are written."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"\s*(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def day_of(text: str) -> date | None:
    """The last day that an ISO date (``2021``, ``2021-04``, ``2021-04-05T…``) or an RFC 822 date may mean."""
    found = _ISO.match(text)
    try:
        if found:
            year, month, day = (int(part) if part else None for part in found.groups())
            if day:
                return date(year or 0, month or 1, day)
            return _month_end(year or 0, month or 12)
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError):
        return None


def _month_end(year: int, month: int) -> date:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)
