"""One analyser for all tests of the analysis: loading it takes a second or two."""

from __future__ import annotations

import pytest

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import load
from config.themes import load_themes
from pipeline.analyse import Analyser, load_analyser


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    settings = load()
    return load_analyser(
        load_themes(settings.themes_file), load_kinds(settings.kinds_file), load_agreements(settings.agreements_file)
    )
