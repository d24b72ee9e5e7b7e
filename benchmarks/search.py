"""Search against SQLite FTS5: the same synthetic documents, the same questions, the same machine and run.

    python -m benchmarks.search [--documents 100000] [--queries 200] [--bare-queries N] [--keep FOLDER] [--json]

Two measures, each for the index and for FTS5 with bm25 (porter stems, no diacritics):
``ranked``  the best 20 ids with their scores and the number found;
``page``    what a page of results needs: that, titles, passages, and the counts of five facets over all that was found.

With many documents FTS5 needs seconds a question: `--bare-queries` asks it only the first ones, and the ratio is that
over these. With `--keep` the documents, index and table stay in a folder and are used again.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, select

from benchmarks.corpus import CHUNK, THEMES, documents, fill, vocabulary
from models.session import make_engine, read_session, write_session
from models.tables import Base, Document
from search.compile import compile_query
from search.index import Index, open_index, rebuild, refresh
from search.parsing import parse
from search.query import Query
from search.service import search

RAREST = 2000
"""Of 60,000 words: in the documents of one field, what people ask for is common."""
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """One question in both languages: ours and FTS5's, with the filter as SQL."""

    form: str
    query: Query
    match: str
    where: str = ""
    values: tuple[Any, ...] = ()


def load_fts(path: Path) -> None:
    """Put the same documents into FTS5, merged to one segment, in the database of the documents."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIRTUAL TABLE fts USING fts5(title, text, tokenize='porter unicode61')")
        connection.execute("INSERT INTO fts(rowid, title, text) SELECT id, title, text FROM document")
        connection.execute("INSERT INTO fts(fts) VALUES ('optimize')")
        connection.execute("ANALYZE")


def questions(count: int, words: list[str], texts: list[str], seed: int, rarest: int) -> list[Ask]:
    """Mixed questions: words of ranks 10 to `rarest`, evenly over the logarithm, and phrases that occur."""
    rng = random.Random(seed)

    def word() -> str:
        return words[int(10 * (rarest / 10) ** rng.random())]

    def phrase() -> str:
        pieces = rng.choice(texts).rstrip(".").split(". ")[0].lower().split()
        at = rng.randrange(max(1, len(pieces) - 2))
        return " ".join(pieces[at : at + 2])

    asked: list[Ask] = []
    for number in range(count):
        first, second = word(), word()
        match number % 5:
            case 0:
                asked.append(Ask("one word", Query(first), f'"{first}"'))
            case 1:
                asked.append(Ask("two words", Query(f"{first} {second}"), f'"{first}" AND "{second}"'))
            case 2:
                words_of = phrase()
                asked.append(Ask("phrase", Query(f'"{words_of}"'), f'"{words_of}"'))
            case 3:
                asked.append(Ask("or", Query(f"{first} OR {second}"), f'"{first}" OR "{second}"'))
            case _:
                theme = rng.choice(THEMES)
                exists = "EXISTS (SELECT 1 FROM document_theme t WHERE t.document_id = d.id AND t.theme_id = ?)"
                asked.append(Ask("filter", Query(first, themes=(theme,)), f'"{first}"', f" AND {exists}", (theme,)))
    return asked


class Fts:
    """FTS5's answers."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)

    def _from(self, ask: Ask) -> str:
        return f"FROM fts JOIN document d ON d.id = fts.rowid WHERE fts MATCH ?{ask.where}"

    def ranked(self, ask: Ask) -> int:
        """Best ids and the number found."""
        source = self._from(ask) if ask.where else "FROM fts WHERE fts MATCH ?"
        values = (ask.match, *ask.values)
        best = f"SELECT fts.rowid, bm25(fts, 3.0, 1.0) AS score {source} ORDER BY score LIMIT {SHOWN}"
        self.connection.execute(best, values).fetchall()
        return int(self.connection.execute(f"SELECT count(*) {source}", values).fetchone()[0])

    def page(self, ask: Ask) -> int:
        """Best hits with titles and passages, the number found, and five facets."""
        source, values = self._from(ask), (ask.match, *ask.values)
        columns = "d.id, d.title, d.url, d.source_id, d.published, snippet(fts, 1, '<', '>', '…', 30)"
        best = f"SELECT {columns}, bm25(fts, 3.0, 1.0) AS score {source} ORDER BY score LIMIT {SHOWN}"
        self.connection.execute(best, values).fetchall()
        found = (
            f"WITH found AS MATERIALIZED (SELECT d.id, d.kind, d.source_id, substr(d.published, 1, 4) AS year {source})"
        )
        facets = [f"SELECT '{name}', {name}, count(*) FROM found GROUP BY 2" for name in ("kind", "source_id", "year")]
        for table, column in (("document_theme", "theme_id"), ("mention", "organisation_id")):
            facets.append(
                f"SELECT '{table}', m.{column}, count(DISTINCT m.document_id) FROM found JOIN {table} m"
                " ON m.document_id = found.id GROUP BY 2"
            )
        statement = f"{found} {' UNION ALL '.join(facets)} UNION ALL SELECT 'all', '', count(*) FROM found"
        return int(self.connection.execute(statement, values).fetchall()[-1][2])


class Ours:
    """The index's answers."""

    def __init__(self, engine: Engine, index: Index) -> None:
        self.engine, self.index = engine, index

    def ranked(self, ask: Ask) -> int:
        """Best ids and the number found, from the text of the query to the ids."""
        reader = self.index.reader()
        node = parse(ask.query.text, date(2026, 1, 1))
        compiled = compile_query(self.index.parts, reader, node, ask.query, {"organisations": [], "with_": []})
        return reader.search(compiled.part, SHOWN)[0]

    def page(self, ask: Ask) -> int:
        """A page of results."""
        with read_session(self.engine) as session:
            return search(session, self.index, ask.query).total


def measure(answer: Callable[[Ask], int], asked: list[Ask]) -> tuple[list[float], list[int]]:
    """Milliseconds and number found of each question, after one round to warm up."""
    for ask in asked[:20]:
        answer(ask)
    times, counts = [], []
    for ask in asked:
        start = time.perf_counter()
        counts.append(answer(ask))
        times.append((time.perf_counter() - start) * 1000)
    return times, counts


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    return {"median_ms": round(statistics.median(times), 2), "p95_ms": round(float(np.percentile(times, 95)), 2)}


def size(path: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def prepare(folder: Path, count: int, words: list[str], seed: int) -> dict[str, Any]:
    """Generate and load what the folder does not hold yet; the figures of it."""
    known = folder / "figures.json"
    if known.exists():
        figures: dict[str, Any] = json.loads(known.read_text())
        return figures
    database, index_folder = folder / "bench.db", folder / "index"
    engine = make_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine)
    characters = fill(engine, count, words, seed)
    start = time.perf_counter()
    rebuild(engine, index_folder)
    indexing = time.perf_counter() - start
    engine.dispose()
    load_fts(database)
    figures = {
        "documents": count,
        "text_bytes": characters,
        "index_bytes_per_text_byte": round(size(index_folder) / characters, 3),
        "indexed_per_second": round(count / indexing),
    }
    known.write_text(json.dumps(figures))
    return figures


def run(folder: Path, count: int, *, queries: int, bare: int, seed: int, rarest: int) -> dict[str, Any]:
    """Generate, load and ask; all figures."""
    words = vocabulary(random.Random(seed))
    database, index_folder = folder / "bench.db", folder / "index"
    result = {**prepare(folder, count, words, seed), "queries": queries, "bare_queries": bare}
    engine = make_engine(f"sqlite:///{database}")
    index = open_index(engine, index_folder)
    texts = [text for _, text in next(documents(CHUNK, words, seed))]
    asked = questions(queries, words, texts, seed + 1, rarest)
    ours, fts = Ours(engine, index), Fts(database)
    for name in ("ranked", "page"):
        mine, found = measure(getattr(ours, name), asked)
        theirs, expected = measure(getattr(fts, name), asked[:bare])
        forms = sorted({ask.form for ask in asked})
        result[name] = {
            "index": summary(mine),
            "fts5": summary(theirs),
            "median_ratio": round(statistics.median(theirs) / statistics.median(mine[:bare]), 1),
            "same_number_found": round(sum(a == b for a, b in zip(found, expected, strict=False)) / bare, 3),
            "by_form": {
                form: {
                    "index": statistics.median(t for t, a in zip(mine, asked, strict=True) if a.form == form),
                    "fts5": statistics.median(t for t, a in zip(theirs, asked, strict=False) if a.form == form),
                }
                for form in forms
            },
        }
    with write_session(engine) as session:
        last = session.scalar(select(func.max(Document.revision))) or 0
        for number in range(1, min(100, count) + 1):
            session.get_one(Document, number).revision = last + number
    start = time.perf_counter()
    refresh(engine, index_folder)
    result["refresh_of_100_seconds"] = round(time.perf_counter() - start, 2)
    engine.dispose()
    return result


def main() -> None:
    """Parse arguments, run, print."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--bare-queries", type=int, help="questions that FTS5 is asked, too; all by default")
    parser.add_argument("--keep", type=Path, help="folder for what is generated; used again where it is there")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--rarest",
        type=int,
        default=RAREST,
        help="rank of the rarest word asked for; 20000: words that few documents hold",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    # One of each form at least.
    bare = min(max(options.bare_queries or options.queries, 5), options.queries)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        result = run(
            folder,
            options.documents,
            queries=options.queries,
            bare=bare,
            seed=options.seed,
            rarest=options.rarest,
        )
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['documents']:,} documents, {result['queries']} queries; milliseconds: median / 95th percentile")
    for name in ("ranked", "page"):
        one = result[name]
        print(f"{name:8} index {one['index']['median_ms']:8.2f} / {one['index']['p95_ms']:8.2f}", end="   ")
        print(f"FTS5 {one['fts5']['median_ms']:8.2f} / {one['fts5']['p95_ms']:8.2f}", end="   ")
        print(f"{one['median_ratio']} times; same number found in {one['same_number_found']:.0%}")
        for form, times in one["by_form"].items():
            print(f"    {form:10} index {times['index']:8.2f}   FTS5 {times['fts5']:8.2f}")
    print(f"index: {result['index_bytes_per_text_byte']} bytes per byte of text,", end=" ")
    print(f"{result['indexed_per_second']:,} documents/s, refresh of 100 in {result['refresh_of_100_seconds']} s")


if __name__ == "__main__":
    main()
