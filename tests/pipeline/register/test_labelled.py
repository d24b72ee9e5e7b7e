"""Links to the real register, against judgements made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.linking import GOLD, REGISTER, imported, judged, links
from models.session import make_engine

JUDGED = Path(__file__).with_name("labelled_links.tsv")


@pytest.mark.slow
@pytest.mark.skipif(not (GOLD.exists() and REGISTER.exists()), reason="needs the shared register and gold documents")
def test_links_to_the_real_register_are_right(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'register.db'}")
    imported(engine, REGISTER)
    known = judged(JUDGED)
    made = [(one.name, one.entry) for one in links(engine, GOLD)]
    engine.dispose()
    verdicts = [known[link] for link in made if link in known]
    assert len(verdicts) >= 200
    # Links that nobody has judged count as wrong: precision cannot rise by linking more
    assert sum(verdicts) / len(made) >= 0.97
