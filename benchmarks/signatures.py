"""Synthetic signatures in a database, as many as asked for, without texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, func, select, text

from models.session import read_session
from models.story import StoryText
from pipeline.near.signature import PLACES, keys, unpack

CHUNK = 100_000
NEIGHBOURS = 5_000
"""Signatures that share places with each of those given."""
SHARED = 0.15
"""Share of their places that these have in common with it: pages of one site with the same boilerplate."""


def fill(engine: Engine, count: int, near: Sequence[bytes], seed: int) -> None:
    """Write `count` stories of one signed text each; `NEIGHBOURS` of them, as far as they go, for each of `near`."""
    with read_session(engine) as session:
        first = (session.scalar(select(func.max(StoryText.id))) or 0) + 1_000_000
    chance = np.random.default_rng(seed)
    prototypes = unpack(list(near))
    bands = []
    for at in range(0, count, CHUNK):
        made = _made(chance, prototypes, at, min(CHUNK, count - at))
        ids = range(first + at, first + at + len(made))
        signatures = [row.tobytes() for row in made.astype("<u2")]
        _write(engine, "story", ("id", "digest"), ((id_, f"sha256:{id_:064x}") for id_ in ids))
        columns = ("id", "digest", "story_id", "signature")
        rows = ((id_, f"sha256:{id_:064x}", id_, one) for id_, one in zip(ids, signatures, strict=True))
        _write(engine, "story_text", columns, rows)
        found = keys(signatures)
        bands.append(np.stack([found.ravel(), np.repeat(np.array(ids), found.shape[1])], axis=1))
    every = np.concatenate(bands)
    every = every[np.argsort(every[:, 0], kind="stable")]  # in the order of the key a table is written quickest
    for at in range(0, len(every), CHUNK):
        _write(engine, "story_band", ("key", "text_id"), iter(every[at : at + CHUNK].tolist()))
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))


def _made(chance: np.random.Generator, prototypes: NDArray[np.uint16], first: int, count: int) -> NDArray[np.uint16]:
    made = chance.integers(0, 1 << 16, (count, PLACES), np.uint16)
    numbers = (first + np.arange(count)) // NEIGHBOURS
    like = numbers < len(prototypes)
    shared = chance.random((int(like.sum()), PLACES)) < SHARED
    made[like] = np.where(shared, prototypes[numbers[like]], made[like])
    return made


def _write(engine: Engine, table: str, columns: Sequence[str], rows: Iterator[Any]) -> None:
    """By the driver's own means: the ORM takes ten times as long."""
    named = ", ".join(columns)
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        if engine.dialect.name == "postgresql":
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.execute("BEGIN")
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({', '.join('?' * len(columns))})", list(rows))
        raw.commit()
    finally:
        raw.close()
