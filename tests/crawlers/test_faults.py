"""The fault suite: every way in which a server misbehaves ends in the outcome that names it, and harms nothing else.

All cases (samples/misbehaving) are played in five crawls, one a kind of source, which run side by side. Each case has a
host of its own by a stub of a name server; the host's address counts as public, so the guard against private addresses
is on in all of them.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawlers.contract import Outcome
from samples.misbehaving.bodies import BOMBS, bomb
from samples.misbehaving.case import Case
from samples.misbehaving.cases import CASES
from samples.misbehaving.server import Misbehaving, serving
from samples.misbehaving.wire import FEED, Exchange
from tests.crawlers import certificates
from tests.crawlers.conftest import PROCESSES, Crawled, job_of, read
from tests.crawlers.names import HANGS, HERE, Names, run_job_with_names

DOMAIN = "faults.test"
INDEX, HEALTHY = f"index.{DOMAIN}", f"healthy.{DOMAIN}"
BODY_BYTES = 1_000_000
LONGEST = 100
SOURCES: dict[str, dict[str, Any]] = {
    "page": {"kind": "feed"},
    "feed": {"kind": "feed"},
    "sitemap": {"kind": "sitemap"},
    "listing": {"kind": "listing", "listing": {"items": "li a", "next": "a[rel=next]", "max_pages": 6}},
    "walk": {"kind": "page", "depth": 4, "max_documents": 20},
}
NAMES: dict[str, Sequence[Sequence[str]]] = {
    "dns-unknown": [[]],
    "dns-hangs": [[HANGS]],
    "dns-private": [["10.0.0.1"]],
    "dns-loopback-v6": [["::1"]],
    "dns-public-and-private": [["10.0.0.1", HERE]],
    "dns-moves-home": [[HERE], ["127.0.0.1"]],
}


def host(case: Case) -> str:
    return f"{case.name}.{DOMAIN}"


@dataclass
class Played:
    """What became of the cases."""

    server: Misbehaving
    crawls: dict[str, Crawled]

    def of_host(self, case: Case) -> Iterator[Outcome]:
        """Outcomes of the URLs of the case's host."""
        for outcome in self.crawls[case.start].outcomes:
            if f"{host(case)}:" in outcome.url or (outcome.found_on and f"{host(case)}:" in outcome.found_on):
                yield outcome


def verdict(outcome: Outcome) -> str:
    return f"{outcome.outcome} {outcome.reason or ''}".strip()


def index(server: Misbehaving) -> Case:
    """The feed that names every case that is a page."""

    def answer(exchange: Exchange) -> None:
        urls = [server.url(case, host(case)) for case in CASES.values() if case.start == "page"]
        items = "".join(f"<item><link>{url}</link></item>" for url in [*urls, f"http://{HEALTHY}:{server.port}/"])
        exchange.reply(f"<rss><channel>{items}</channel></rss>".encode(), media=FEED)

    return Case("index", "fetched", answer)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("faults")
    trusted, signer = certificates.authority(folder)
    good = f"tls-in-order.{DOMAIN}"
    made = {
        good: certificates.context(folder, signer, good),
        f"tls-self-signed.{DOMAIN}": certificates.context(folder, None, f"tls-self-signed.{DOMAIN}"),
        f"tls-expired.{DOMAIN}": certificates.context(folder, signer, f"tls-expired.{DOMAIN}", days=-1),
    }
    tls = certificates.chosen_by_name(made[good], made)
    cases = {host(case): case for case in CASES.values()}
    names: Names = {one: NAMES.get(one.partition(".")[0], [[HERE]]) for one in [*cases, INDEX, HEALTHY]}
    for packed in BOMBS:
        bomb(packed)  # made beforehand: the time it takes is not the crawl's
    with serving([HERE], cases, tls=tls) as server, ThreadPoolExecutor(2) as pool:
        cases[INDEX] = index(server)

        def crawl(kind: str) -> Crawled:
            start = [server.url(case, host(case)) for case in CASES.values() if kind == case.start != "page"]
            job = job_of(
                folder / kind, start=start or [f"http://{INDEX}:{server.port}/"], hosts=[*cases, HEALTHY],
                allow_private=False, timeout=4.0, retries=1, per_host=32, max_body_bytes=BODY_BYTES, **SOURCES[kind],
            )  # fmt: skip
            errors = job.with_name("errors.txt")
            process = PROCESSES.Process(target=run_job_with_names, args=(str(job), str(errors), names, str(trusted)))
            process.start()
            process.join(LONGEST)
            process.kill()
            process.join()
            return read(folder / kind, process.exitcode or 0, errors.read_text(encoding="utf8"))

        yield Played(server, dict(zip(SOURCES, pool.map(crawl, SOURCES), strict=True)))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_server_that_misbehaves_ends_in_the_outcome_that_names_it(played: Played, case: Case) -> None:
    asked = played.server.url(case, host(case))
    wanted = urlsplit(asked)._replace(netloc=urlsplit(asked).netloc.rpartition("@")[2]).geturl()
    found = {one.url: one for one in played.crawls[case.start].outcomes}
    assert verdict(found[wanted]) == case.verdict, found[wanted].detail
    others = {verdict(one) for one in played.of_host(case) if one.url != wanted}
    assert set(case.among) <= others


@pytest.mark.parametrize("kind", SOURCES)
def test_a_run_full_of_faults_ends_by_itself_and_its_accounts_add_up(played: Played, kind: str) -> None:
    crawled = played.crawls[kind]
    assert (crawled.status, crawled.stderr) == (0, "")
    assert crawled.done is not None
    assert crawled.done["reason"] == "finished"
    assert Counter(one.url for one in crawled.outcomes).most_common(1)[0][1] == 1
    assert crawled.done["counts"] == Counter(str(one.outcome) for one in crawled.outcomes)
    assert not [one.url for one in crawled.outcomes if one.reason == "error"], "nothing that nobody foresaw"


def test_a_healthy_page_among_them_is_fetched(played: Played) -> None:
    assert played.crawls["page"][f"http://{HEALTHY}:{played.server.port}/"].outcome == "fetched"


def test_no_secret_is_archived_or_logged(played: Played) -> None:
    told = [host for host in played.server.hits if host.startswith("cookies")]
    assert told, "the cookie was set"
    for crawled in played.crawls.values():
        for file in crawled.folder.iterdir():
            if file.name not in {"job.json", "known.jsonl"}:
                data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
                said = re.sub(rb"<rss>.*</rss>", b"", data)  # what a site itself publishes is its own affair
                assert b"SECRET" not in said, file.name


def test_no_entity_is_fetched_or_expanded(played: Played) -> None:
    asked = [path for path in played.server.hits if path.startswith("feed-external-entities")]
    assert sorted(path.partition("/")[2] for path in asked) == ["", "entry", "robots.txt"]
    titles = [one.hint_title or "" for one in played.crawls["feed"].outcomes]
    assert max(map(len, titles)) < 1000
    assert not any("root:" in title for title in titles)


def test_every_reason_that_a_server_can_bring_about_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "crawling.md").read_text(encoding="utf8")
    reasons = {
        re.sub(r"status-\d+", "status-NNN", reason) for case in CASES.values() for reason in case.verdict.split()[1:]
    }
    assert [reason for reason in sorted(reasons) if f"`{reason}`" not in text] == []
