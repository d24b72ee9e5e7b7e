"""A synthetic corpus of any size for search and pages: words as frequent as in language, sources, themes, bodies."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert

from models.session import write_session
from models.tables import (
    Document,
    DocumentTheme,
    Mention,
    Organisation,
    OrganisationAlias,
    Revision,
    Source,
    Story,
    Theme,
)

VOCABULARY = 60_000
WORDS = (60, 400)
"""Fewest and most words of a document."""
CHUNK = 2000
SYLLABLES = tuple(consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aeiou")
TOWNS = ("Lund", "Ghent", "Porto", "Graz", "Turku", "Delft", "Basel", "Leuven", "Brno", "Tartu", "Cork", "Ulm")
BODIES = ("University", "Hospital", "Cluster", "Institute", "Alliance", "Foundation", "Network", "Agency")
KINDS = ("news", "partnership", "report", "event", "funding")
THEMES = ("health-data", "skills", "ageing", "rare-disease", "oncology", "digital-health", "devices", "prevention")


def vocabulary(rng: random.Random) -> list[str]:
    """Different pronounceable words, the commonest first (and shortest, as in language)."""
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        length = 1 + min(4, len(words) // 150 + rng.randint(1, 2))
        words["".join(rng.choices(SYLLABLES, k=length))] = None
    return list(words)


def documents(count: int, words: list[str], seed: int) -> Iterator[list[tuple[str, str]]]:
    """Titles and texts, Zipf-distributed, in chunks."""
    generator = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(words) + 1) ** 1.05
    cumulated = np.cumsum(weights / weights.sum())
    array = np.array(words, dtype=object)
    for start in range(0, count, CHUNK):
        lengths = generator.integers(*WORDS, size=min(CHUNK, count - start))
        drawn = array[np.searchsorted(cumulated, generator.random(int(lengths.sum()) + 8 * len(lengths)))]
        position, chunk = 0, []
        for length in lengths:
            title = " ".join(drawn[position : position + 8]).capitalize()
            body = drawn[position + 8 : position + 8 + length]
            sentences = [" ".join(body[at : at + 18]).capitalize() + "." for at in range(0, len(body), 18)]
            chunk.append((title, " ".join(sentences)))
            position += 8 + int(length)
        yield chunk


def fill_registers(engine: Engine, count: int) -> tuple[list[str], list[str]]:
    """Write sources, themes and organisations; ids of the sources and names of the organisations."""
    names = [f"{town} {body}" for town in TOWNS for body in BODIES]
    sources = [f"source-{number}" for number in range(20)]
    with write_session(engine) as session:
        session.add(Revision(id=1, value=count))
        session.add_all(Source(id=one, name=one.title(), kind="feed", declaration={}) for one in sources)
        session.add_all(Theme(id=one, label=one.replace("-", " ").title()) for one in THEMES)
        session.add_all(Organisation(type="organisation", name=name, key=name.lower()) for name in names)
        session.flush()
        session.add_all(
            OrganisationAlias(organisation_id=number, alias=name, key=name.lower(), how="name")
            for number, name in enumerate(names, 1)
        )
    return sources, names


def fill(engine: Engine, count: int, words: list[str], seed: int) -> int:
    """Write documents with organisations and themes to the database; characters of text."""
    rng = random.Random(seed)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    sources, names = fill_registers(engine, count)
    characters, number = 0, 0
    for chunk in documents(count, words, seed):
        rows: dict[Any, list[dict[str, Any]]] = {Story: [], Document: [], Mention: [], DocumentTheme: []}
        for title, text in chunk:
            number += 1
            characters += len(title) + len(text)
            published = date(2016, 1, 1) + timedelta(days=rng.randrange(3650))
            story = max(1, number - 1) if rng.random() < 0.1 else number
            rows[Story].append({"id": number, "digest": f"sha256:{number}"})
            rows[Document].append(
                {
                    "id": number,
                    "url": f"https://news.example/{number}",
                    "source_id": rng.choice(sources),
                    "story_id": story,
                    "title": title,
                    "text": text,
                    "text_digest": f"sha256:{number}",
                    "language": rng.choice(("en", "en", "en", "de", "fr")),
                    "published": published.isoformat(),
                    "published_date": published,
                    "kind": rng.choice(KINDS),
                    "kind_score": 0.9,
                    "extractor": "synthetic",
                    "analyser": "synthetic",
                    "capture_id": number,
                    "first_seen_at": now,
                    "last_seen_at": now,
                    "revision": number,
                }
            )
            for organisation in {min(len(names), 1 + int(rng.paretovariate(0.6))) for _ in range(3)}:
                name = names[organisation - 1]
                rows[Mention].append(
                    {
                        "document_id": number,
                        "organisation_id": organisation,
                        "type": "organisation",
                        "name": name,
                        "text": name,
                        "start": 0,
                        "end": len(name),
                        "confidence": 0.9,
                    }
                )
            for theme in rng.sample(THEMES, rng.randint(0, 2)):
                rows[DocumentTheme].append({"document_id": number, "theme_id": theme, "score": 0.8, "words": []})
        with write_session(engine) as session:
            for table, values in rows.items():
                session.execute(insert(table), values)
    return characters
