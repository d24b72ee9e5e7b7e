"""The artifact of a run, as text."""

from __future__ import annotations

from flows.report import markdown, summarise


def test_the_artifact_lists_the_sources_whose_health_has_turned_before_the_rest() -> None:
    crawl = {"run_id": "1", "source_id": "a", "state": "empty", "message": "x | y", "counts": {"failed": 1}}
    told = markdown([crawl], summarise([crawl], {}, 0, ["a: healthy -> broken: `x` is gone"]))
    assert "- `a: healthy -> broken:  x  is gone`" in told
    assert told.index("Health has changed") < told.index("| source |")
    assert "Health has changed" not in markdown([crawl], summarise([crawl], {}, 0))
