"""`sources health` as an operator sees it: a site is crawled, its template breaks, its feed goes."""

from __future__ import annotations

from pathlib import Path

from config.sources import Source
from tests.cli.calling import Ran, call
from tests.cli.conftest import declare
from tests.crawlers.site import Site

TEXT = "The hospitals of both towns will train their nurses together in the use of new methods of imaging. " * 8


def publish(site: Site, numbers: range, *, dated: bool) -> None:
    for number in numbers:
        date = f'<meta property="article:published_time" content="2026-01-{number + 1:02d}">' if dated else ""
        body = f"<h1>News {number}</h1><p>Item {number}. {TEXT}</p>"
        site.add(
            f"/{number}", f"<html lang=en><head><title>News {number}</title>{date}</head><body>{body}</body></html>"
        )
    site.feed("/feed", *(site.url(f"/{number}") for number in range(numbers.stop)))


def health(data: Path, file: Path, *more: str) -> Ran:
    return call(data, "sources", "health", *more, PACTWATCH_SOURCES_FILE=str(file))


def nightly(data: Path, file: Path) -> Ran:
    values = {"PACTWATCH_SOURCES_FILE": str(file), "PACTWATCH_ALLOW_PRIVATE": "true", "PACTWATCH_WORKERS": "1"}
    return call(data, "nightly", "--force", **values)


def test_the_health_of_a_source_turns_with_its_site_and_says_why(site: Site, tmp_path: Path) -> None:
    publish(site, range(10), dated=True)
    good = Source(id="good", name="Good", kind="feed", start=(site.url("/feed"),), delay=0)
    off = Source(id="off", name="Off", kind="feed", start=(site.url("/feed"),), enabled=False)
    file = declare(tmp_path / "sources.yaml", [good, off])
    (new, _) = health(tmp_path, file, "--json").rows
    assert (new["source_id"], new["state"], new["reason"]) == ("good", "quiet", "never crawled")

    assert nightly(tmp_path, file).code == 0
    plain = health(tmp_path, file)
    assert plain.code == 0
    assert "1 healthy, 1 disabled" in plain.out

    publish(site, range(10, 14), dated=False)
    turned = nightly(tmp_path, file)
    assert "health: good: healthy -> degraded: template changed? published filled in 0 of 4 documents" in turned.out
    (one,) = health(tmp_path, file, "good", "--json").rows
    assert one["state"] == "degraded"
    assert one["last_good_run"] is not None

    del site.answers["/feed"]
    assert "health: good: degraded -> broken: feed could not be read" in nightly(tmp_path, file).out
    broken = health(tmp_path, file)
    assert broken.code == 1
    assert "status-404" in broken.out.replace("\n", "")
