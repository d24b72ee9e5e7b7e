"""Which names the imported register knows: for texts of languages whose names no model finds."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine

from models.session import read_session
from pipeline.register.lookup import Candidate, candidates
from pipeline.register.words import is_generic
from pipeline.resolve.names import organisation_key


class RegisterNames:
    """Asks the database's register, for every text anew, so that an import counts at once."""

    def __init__(self, engine: Engine) -> None:
        """Take the database; an engine may not cross a process."""
        self._engine = engine

    def __call__(self, names: Collection[str]) -> set[str]:
        """Return those that are a full name of several words of a body in the register, none of general words alone."""
        keys = {name: organisation_key(name) for name in names}
        asked = {key for key in keys.values() if " " in key and not is_generic(key)}
        if not asked:
            return set()
        with read_session(self._engine) as session:
            found = candidates(session, asked)
        full = {key for key, bearers in found.items() if any(map(_in_full, bearers))}
        return {name for name, key in keys.items() if key in full}


def _in_full(bearer: Candidate) -> bool:
    return not bearer.weak and not bearer.branch
