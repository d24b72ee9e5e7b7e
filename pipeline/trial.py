"""Trying a changed vocabulary of themes on the stored documents. Only reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.themes import Theme, load_themes
from config.yamlfile import load_one
from models.document import Document, DocumentTheme

CHUNK = 200
"""Documents read at a time."""
_SINGLE = re.compile(r"^[\"']?id[\"']?\s*:", re.MULTILINE)


class Verdict(Protocol):
    """See `pipeline.analyse.subjects.trial.Verdict`."""

    @property
    def before(self) -> Sequence[str]:
        """Themes with the vocabulary in force."""
        ...

    @property
    def after(self) -> Sequence[str]:
        """Themes with the vocabulary on trial."""
        ...

    @property
    def words(self) -> frozenset[tuple[str, str]]:
        """Words of the themes on trial that the text has."""
        ...


Judge = Callable[[str, str, str | None], Verdict]
"""Takes title, text and language."""


@dataclass(frozen=True, slots=True)
class Example:
    """A document that would gain or lose a theme."""

    id: int
    title: str
    url: str


@dataclass(slots=True)
class Change:
    """What would become of one theme."""

    id: str
    label: str
    state: str
    """``new``, ``changed``, ``removed`` or ``as it was``: its declaration on trial against the one in force."""
    before: int = 0
    """Documents that have it with the vocabulary in force."""
    after: int = 0
    added: list[Example] = field(default_factory=list)
    """The first documents that would gain it; `added_count` counts all."""
    dropped: list[Example] = field(default_factory=list)
    added_count: int = 0
    dropped_count: int = 0
    words: dict[str, int] = field(default_factory=dict)
    """Documents that each word of a new or changed theme stands in."""


@dataclass(slots=True)
class Outcome:
    """What a trial found."""

    documents: int = 0
    changed: int = 0
    """Documents whose themes would differ."""
    outdated: int = 0
    """Documents whose stored themes are not those of the vocabulary in force: they wait for `pactwatch reprocess`."""
    themes: list[Change] = field(default_factory=list)
    """Every theme, in the order of the vocabulary on trial."""


def read_changes(path: Path) -> list[Theme]:
    """Read a file of themes as themes.yaml has them, or of a single one; raises ConfigError (file, line, mend)."""
    try:
        single = _SINGLE.search(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError):
        single = None  # what is wrong with the file is said below
    return [load_one(path, Theme)] if single else load_themes(path)


def changed_vocabulary(current: Sequence[Theme], changes: Sequence[Theme], *, whole: bool) -> list[Theme]:
    """The vocabulary with the changes: a theme of a known id takes its place, others come last.

    With `whole` the changes are all there is.
    """
    if whole:
        return list(changes)
    by_id = {theme.id: theme for theme in changes}
    known = {theme.id for theme in current}
    return [by_id.get(theme.id, theme) for theme in current] + [theme for theme in changes if theme.id not in known]


def try_themes(
    session: Session,
    judge: Judge,
    current: Sequence[Theme],
    wanted: Sequence[Theme],
    *,
    examples: int = 3,
    advance: Callable[[int], None] | None = None,
) -> Outcome:
    """Classify every stored document with both vocabularies; memory is that of a chunk.

    `examples` is the most documents named for each theme that are added, and that are dropped.
    """
    changes = {one.id: one for one in _changes(current, wanted)}
    outcome = Outcome(themes=list(changes.values()))
    for rows in _documents(session):
        for example, text, language, stored in rows:
            verdict = judge(example.title, text, language)
            before, after = set(verdict.before), set(verdict.after)
            outcome.documents += 1
            outcome.changed += before != after
            outcome.outdated += stored != before
            for theme, word in verdict.words:
                changes[theme].words[word] += 1
            for id_ in before | after:
                _count(changes[id_], example, id_ in before, id_ in after, examples)
        if advance:
            advance(len(rows))
    return outcome


def _count(change: Change, example: Example, before: bool, after: bool, most: int) -> None:
    change.before += before
    change.after += after
    if before == after:
        return
    named = change.added if after else change.dropped
    change.added_count += after
    change.dropped_count += before
    if len(named) < most:
        named.append(example)


def _changes(current: Sequence[Theme], wanted: Sequence[Theme]) -> Iterator[Change]:
    known, kept = {theme.id: theme for theme in current}, {theme.id for theme in wanted}
    for theme in wanted:
        before = known.get(theme.id)
        state = "new" if before is None else "as it was" if before == theme else "changed"
        words = {} if state == "as it was" else dict.fromkeys(theme.words, 0)
        yield Change(theme.id, theme.label, state, words=words)
    for theme in current:
        if theme.id not in kept:
            yield Change(theme.id, theme.label, "removed")


def _documents(session: Session) -> Iterator[list[tuple[Example, str, str | None, set[str]]]]:
    last = 0
    columns = (Document.id, Document.title, Document.url, Document.text, Document.language)
    while True:
        query = select(*columns).where(Document.id > last).order_by(Document.id).limit(CHUNK)
        rows = session.execute(query).all()
        if not rows:
            return
        ids = [row.id for row in rows]
        stored: dict[int, set[str]] = {id_: set() for id_ in ids}
        themes = select(DocumentTheme.document_id, DocumentTheme.theme_id).where(DocumentTheme.document_id.in_(ids))
        for id_, theme in session.execute(themes):
            stored[id_].add(theme)
        yield [(Example(row.id, row.title, row.url), row.text, row.language, stored[row.id]) for row in rows]
        last = ids[-1]
