"""`crawl SOURCE --since` stopped with Ctrl-C, and continued by the same command, as in a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from config.sources import Source
from tests.cli.calling import PROGRAM, ROOT, call, environment
from tests.cli.conftest import declare
from tests.crawlers.site import Site

PAGES = 16
TEXT = "The hospitals of both towns will train their nurses together in the use of new methods of imaging. " * 8


def publish(site: Site) -> Source:
    """A source whose sitemap names pages of some years."""
    listed = ""
    for n in range(PAGES):
        url = site.add(
            f"/{n}", f"<html lang=en><head><title>Paper {n}</title></head><body><h1>Paper {n}</h1><p>{TEXT}</p></body>"
        )
        listed += f"<url><loc>{url}</loc><lastmod>20{10 + n}-01-01</lastmod></url>"
    start = site.add("/sitemap.xml", f"<urlset>{listed}</urlset>", "application/xml")
    return Source(id="papers", name="Papers", kind="sitemap", start=(start,))


def asked(site: Site) -> list[int]:
    return [site.asked(f"/{n}") for n in range(PAGES)]


def test_going_back_is_stopped_and_continued(site: Site, tmp_path: Path) -> None:
    file = declare(tmp_path / "sources.yaml", [publish(site)])
    values = {"PACTWATCH_SOURCES_FILE": str(file), "PACTWATCH_ALLOW_PRIVATE": "true"}
    command = ("crawl", "papers", "--since", "2005-01-01", "--json")
    slow = environment(tmp_path, {**values, "PACTWATCH_DELAY": "1"})
    with subprocess.Popen(
        [*PROGRAM, *command], env=slow, cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        until = time.monotonic() + 120
        while sum(asked(site)) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all processes of the command
        _, err = process.communicate(timeout=120)
    before = asked(site)
    assert process.returncode == 130, err.decode()
    assert b"Traceback" not in err
    assert 2 <= sum(before) < PAGES, "stopped in the middle"

    ended = call(tmp_path, *command, **values)
    assert ended.code == 0, ended.err
    assert all(asked(site))
    twice = sum(asked(site)) - PAGES
    assert twice <= 2, "only what was under way is asked for again"
    runs = call(tmp_path, "runs", "--json", **values).rows
    assert [run["state"] for run in runs] == ["completed", "interrupted"]
    again = call(tmp_path, *command, **values).rows[-1]
    assert (again["fetched"], sum(asked(site)) - PAGES) == (0, twice), "nothing is left"
