"""How the sources stand, for exports: told anew when a run has ended or an hour has passed."""

from __future__ import annotations

import threading
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import now
from search.standing import latest_run, standing


class Coverage:
    """Keeps the last answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[object, str] | None = None

    def told(self, session: Session) -> str:
        """The line of `search.standing.Standing.told`."""
        at = now()
        mark = (latest_run(session), _hour(at))
        with self._lock:
            if self._known is None or self._known[0] != mark:
                self._known = (mark, standing(session, at).told())
            return self._known[1]


def _hour(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H}"
