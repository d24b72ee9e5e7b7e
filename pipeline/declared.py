"""Build the analyser from the declarations that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import Settings
from config.themes import load_themes
from pipeline.analyse import Analyser, load_analyser

if TYPE_CHECKING:
    from sqlalchemy import Engine


def build_analyser(settings: Settings, engine: Engine | None = None) -> Analyser:
    """Load themes, kinds and agreement words, and the model; raises ConfigError where a declaration is wrong.

    With a database, its register is asked for names in texts that are not English.
    """
    known = None
    if engine is not None:
        from pipeline.register.known import RegisterNames  # noqa: PLC0415 - the database's packages take their time

        known = RegisterNames(engine)
    return load_analyser(
        load_themes(settings.themes_file),
        load_kinds(settings.kinds_file),
        load_agreements(settings.agreements_file),
        known,
    )
