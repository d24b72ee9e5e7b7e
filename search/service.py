"""Search: a `Query` in, a `Page` out. The only place that joins the index and the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from models.base import now
from models.tables import Document, Organisation, Source, Theme
from search.compile import EXACT_FILTERS, TEXT_FILTERS, Compiled, compile_query, with_recency
from search.index import FACET_FIELDS, Index, Part, Reader
from search.merged import canonical_id, is_id, same_organisations
from search.nodes import Node
from search.parsing import parse
from search.query import Query, QueryError
from search.related import organisations_of, themes_of
from search.results import FacetValue, Hit, Match, Named, Page, Segments, opening
from search.spelling import did_you_mean
from search.stories import originals
from search.values import Values

FACET_SIZE = 15
"""Values shown of each facet."""
ORGANISATIONS_SHOWN = 8
SNIPPET_LENGTH = 240
SURROUND = 20_000
"""Characters of a text in which the passage is looked for first; the whole text follows where nothing is found."""

# Built once: making a statement takes as long as asking SQLite for the few rows of a page.
_DOCUMENTS = (
    select(
        Document.id,
        Document.title,
        Document.url,
        Document.source_id,
        Source.name.label("source_name"),
        Document.published,
        Document.kind,
        Document.language,
        Document.complete,
        Document.text,
    )
    .join(Source, Source.id == Document.source_id)
    .where(Document.id.in_(bindparam("ids", expanding=True)))
)
_COPIES = (
    select(Document.story_id, func.count(Document.id))
    .where(Document.story_id.in_(bindparam("stories", expanding=True)))
    .group_by(Document.story_id)
)
_kept = aliased(Organisation)
_NAMES = (
    select(Organisation.id, _kept.id.label("kept"), _kept.name)
    .join(_kept, _kept.id == canonical_id())
    .where(Organisation.id.in_(bindparam("ids", expanding=True)))
)


def search(session: Session, index: Index, query: Query, *, today: date | None = None) -> Page:
    """Find documents; one state of the index answers count, hits and facets alike.

    Raises `QueryError` for a mistake in the query, `IndexDamagedError` where the index cannot be read.
    """
    today = today or now().date()
    reader = index.reader()
    node = parse(query.text, today)
    compiled = _compile(session, index, reader, query, node)
    by_date = query.sort == "date" or not compiled.scored
    total, matches, complete = _matches(reader, _ordered(index, compiled, query, today), query, by_date)
    shown = matches[query.offset : query.offset + query.limit]
    if query.fold:
        shown = originals(session, reader, index.parts, compiled.part, shown, by_date=by_date)
    more = len(matches) > query.offset + query.limit
    stories = len(matches) if complete and query.fold else reader.count_stories(compiled.part)
    return Page(
        total=total,
        stories=stories,
        hits=_hits(session, reader, compiled, shown),
        query=query,
        next_offset=query.offset + query.limit if more else None,
        facets=_facets(session, reader, compiled) if query.facets else {},
        suggestion=did_you_mean(reader, node, query.text),
    )


def found_ids(session: Session, index: Index, query: Query, *, today: date | None = None) -> Iterator[list[int]]:
    """Ids of every document that a query finds, rising, in batches: for complete exports. Paging does not apply."""
    reader = index.reader()
    yield from reader.ids(found_part(session, index, reader, query, today=today))


def found_part(session: Session, index: Index, reader: Reader, query: Query, *, today: date | None = None) -> Part:
    """Everything that a query finds, for one state of the index; for counts of other kinds than `search` gives."""
    return _compile(session, index, reader, query, parse(query.text, today or now().date())).part


def _ordered(index: Index, compiled: Compiled, query: Query, today: date) -> Part:
    """What is found, with the score that orders it."""
    if query.recency and compiled.scored and query.sort == "relevance":
        return with_recency(index.parts, compiled.part, today)
    return compiled.part


def _compile(session: Session, index: Index, reader: Reader, query: Query, node: Node) -> Compiled:
    values = Values(session, reader, index.parts.all_of(()))
    node = values.resolve(node, query.text)
    query = _with_ids(values, query)
    ids = {
        name: same_organisations(session, (int(value) for value in getattr(query, name) if is_id(value)))
        for name in TEXT_FILTERS
    }
    return compile_query(index.parts, reader, node, query, ids)


def _with_ids(values: Values, query: Query) -> Query:
    """The query with ids in its filters where labels were given."""
    found: dict[str, Any] = {}
    for name, field in EXACT_FILTERS.items():
        try:
            found[name] = tuple(number for value in getattr(query, name) for number in values.ids(field, value))
        except ValueError as error:
            raise QueryError(str(error)) from None
    return replace(query, **found)


def _matches(reader: Reader, part: Part, query: Query, by_date: bool) -> tuple[int, list[Match], bool]:
    """Number found, the first hits (one more than the page needs, where there are), and whether those are all."""
    needed = query.offset + query.limit + 1
    size = needed * 2 if query.fold else needed
    while True:
        total, matches = reader.search(part, size, by_date=by_date)
        complete = len(matches) >= total
        kept = _folded(matches) if query.fold else matches
        if complete or len(kept) >= needed:
            return total, kept, complete
        size *= 4


def _folded(matches: Sequence[Match]) -> list[Match]:
    """The first of each story, in the given order."""
    first: dict[int, Match] = {}
    for match in matches:
        first.setdefault(match.story, match)
    return list(first.values())


def _hits(session: Session, reader: Reader, compiled: Compiled, matches: Sequence[Match]) -> tuple[Hit, ...]:
    ids = [match.id for match in matches]
    rows = {row.id: row for row in session.execute(_DOCUMENTS, {"ids": ids})} if ids else {}
    matches = [match for match in matches if match.id in rows]
    themes, organisations = themes_of(session, ids), organisations_of(session, ids)
    stories = [match.story for match in matches]
    copies = {row[0]: row[1] for row in session.execute(_COPIES, {"stories": stories})}
    snippets = _snippets(reader, compiled, [rows[match.id] for match in matches])
    hits = []
    for match, snippet in zip(matches, snippets, strict=True):
        row = rows[match.id]
        hits.append(
            Hit(
                id=row.id,
                title=row.title,
                url=row.url,
                source=Named(row.source_id, row.source_name),
                published=row.published,
                kind=row.kind,
                language=row.language,
                themes=tuple(themes[row.id]),
                organisations=tuple(organisations[row.id][:ORGANISATIONS_SHOWN]),
                snippet=snippet,
                score=match.score,
                story=match.story,
                copies=copies.get(match.story, 1) - 1,
                complete=row.complete,
            )
        )
    return tuple(hits)


def _snippets(reader: Reader, compiled: Compiled, rows: Sequence[Any]) -> list[Segments]:
    texts, languages = [row.text for row in rows], [row.language for row in rows]
    if compiled.highlight is None:
        return [opening(text, SNIPPET_LENGTH) for text in texts]
    found = reader.snippets(compiled.highlight, [text[:SURROUND] for text in texts], languages)
    for number, text in enumerate(texts):
        if not any(matched for _, matched in found[number]) and len(text) > SURROUND:
            (found[number],) = reader.snippets(compiled.highlight, [text], [languages[number]])
    return [one or opening(text, SNIPPET_LENGTH) for one, text in zip(found, texts, strict=True)]


def _facets(session: Session, reader: Reader, compiled: Compiled) -> dict[str, tuple[FacetValue, ...]]:
    counted = reader.facets(compiled.part, FACET_FIELDS, FACET_SIZE)
    themes = {row.id: row.label for row in session.execute(select(Theme.id, Theme.label))}
    sources = {row.id: row.name for row in session.execute(select(Source.id, Source.name))}
    labels = {"theme": themes, "source": sources}
    found = {
        name: tuple(FacetValue(value, labels.get(name, {}).get(value, value), count) for value, count in values)
        for name, values in counted.items()
    }
    return found | {name: _organisation_facet(session, counted[name]) for name in ("organisation", "partner")}


def _organisation_facet(session: Session, counted: Sequence[tuple[str, int]]) -> tuple[FacetValue, ...]:
    """Organisations merged since their documents were indexed count for the one that is left."""
    names = {
        str(row.id): Named(str(row.kept), row.name)
        for row in session.execute(_NAMES, {"ids": [int(value) for value, _ in counted]})
    }
    counts: dict[Named, int] = defaultdict(int)
    for value, count in counted:
        counts[names.get(value, Named(value, value))] += count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0].name))
    return tuple(FacetValue(named.id, named.name, count) for named, count in ordered)
