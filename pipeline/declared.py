"""Build the analyser from the declarations that the settings name."""

from __future__ import annotations

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import Settings
from config.themes import load_themes
from pipeline.analyse import Analyser, load_analyser


def build_analyser(settings: Settings) -> Analyser:
    """Load themes, kinds and agreement words, and the model; raises ConfigError where a declaration is wrong."""
    return load_analyser(
        load_themes(settings.themes_file), load_kinds(settings.kinds_file), load_agreements(settings.agreements_file)
    )
