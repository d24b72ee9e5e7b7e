"""`pactwatch search`, `partnerships`, `organisations` and `show`: what analysts ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from cli.context import database, settings
from cli.document import partly, print_document
from cli.document_history import document
from cli.errors import CommandError
from cli.output import console, flow, plain, print_csv, print_json, say, table

if TYPE_CHECKING:
    from rich.text import Text

    from search.partnerships import PartnershipRow
    from search.results import Hit, Page, Segments

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")]
HIT_COLUMNS = {
    "id": int, "title": str, "url": str, "source": str, "published": str, "kind": str, "language": str, "themes": list,
    "organisations": list, "passage": str, "story": int, "copies": int, "score": float,
}  # fmt: skip
MINUS = re.compile(r"-(?!-|n\d*$|$)")
MOST_ID = 2**63 - 1
"""Largest number that the databases hold."""
Limit = Annotated[int, typer.Option("--limit", "-n", help="Most rows.", min=1, max=1000)]


class Sort(StrEnum):
    """Order of search results."""

    RELEVANCE = "relevance"
    DATE = "date"


class SearchCommand(TyperCommand):
    """Takes ``-word`` as part of the query, where other commands would see options ``-w -o -r -d``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put a blank, which means nothing in a query, before what begins with one hyphen and is not ``-n``."""
        return super().parse_args(ctx, [f" {arg}" if MINUS.match(arg) else arg for arg in args])


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(cls=SearchCommand)(search)
    app.command()(partnerships)
    app.command()(organisations)
    app.command()(show)
    app.command()(document)


def search(
    query: Annotated[
        list[str],
        typer.Argument(
            help='Words, "phrases", AND OR NOT, prefix*, fuzzy~, "words apart"~5, word NEAR org:name, and fields: '
            "title: org: with: theme: kind: agreement: source: country: lang: date:2021..2023 since:30d."
        ),
    ],
    sort: Annotated[Sort, typer.Option(help="Order of the results.")] = Sort.RELEVANCE,
    limit: Limit = 10,
    offset: Annotated[int, typer.Option(help="Results to pass over.", min=0)] = 0,
    facets: Annotated[bool, typer.Option("--facets", help="Count the results by organisation, theme, kind, …")] = False,
    recency: Annotated[bool, typer.Option(help="Of two equal documents show the newer first.")] = True,
    json_: Json = False,
    csv: Csv = False,
) -> None:
    """Search the documents.

    Example: pactwatch search '"memorandum of understanding" theme:education-skills since:365d'
    """
    from models.session import read_session
    from search.index import open_index
    from search.query import Query
    from search.service import search as find

    _one_of(json_, csv)
    loaded = settings()
    with database(loaded) as engine:
        index = open_index(engine, loaded.index)
        with read_session(engine) as session:
            asked = Query(
                " ".join(query).strip(), sort="date" if sort is Sort.DATE else "relevance", limit=limit, offset=offset,
                facets=facets or json_, recency=recency,
            )  # fmt: skip
            page = find(session, index, asked)
    if json_:
        print_json(asdict(page))
    elif csv:
        print_csv(HIT_COLUMNS, map(_hit_row, page.hits))
    else:
        print_page(page, facets=facets)


def _one_of(json_: bool, csv: bool) -> None:
    if json_ and csv:
        raise CommandError("--json and --csv: choose one of them")


def _hit_row(hit: Hit) -> dict[str, object]:
    kept = {name: getattr(hit, name, None) for name in HIT_COLUMNS}
    return kept | {
        "source": hit.source.name,
        "themes": [one.id for one in hit.themes],
        "organisations": [one.name for one in hit.organisations],
        "passage": " ".join("".join(text for text, _ in hit.snippet).split()),
    }


def print_page(page: Page, *, facets: bool = False) -> None:
    """Print search results for people: title, where and when, a passage with the matches marked."""
    out = console()
    noun = "document" if page.total == 1 else "documents"
    stories = "story" if page.stories == 1 else "stories"
    out.print(f"{page.total} {noun}, {page.stories} {stories}", style="bold")
    if page.suggestion:
        out.print(plain(f"did you mean: {page.suggestion}"), style="yellow", markup=False, soft_wrap=True)
    for hit in page.hits:
        out.print()
        out.print(_bold(f"{hit.title}"), f"[{hit.id}]", markup=False)
        copies = f", {hit.copies} more of the same story" if hit.copies else ""
        source = _with_id(hit.source.name, hit.source.id)
        note = f", {partly(hit.complete, hit.language)}" if not hit.complete else ""
        dated = hit.published or "no date"
        out.print(plain(f"{dated} · {source} · {hit.kind}{copies}{note}"), style="dim", markup=False)
        out.print(_passage(hit.snippet))
        named = ", ".join(o.name for o in hit.organisations)
        themes = ", ".join(_with_id(t.name, t.id) for t in hit.themes)
        out.print(f"{named or 'no organisation'} | {themes or 'no theme'}", style="cyan", markup=False)
        out.print(plain(hit.url), style="blue", markup=False, soft_wrap=True)
    if page.next_offset:
        out.print(f"\nmore: --offset {page.next_offset}", style="dim")
    if facets:
        for name, values in page.facets.items():
            if values:
                counted = ", ".join(f"{_with_id(v.label, v.value)} ({v.count})" for v in values)
                out.print(plain(f"\n{name}: {counted}"), markup=False, soft_wrap=True)


def _with_id(label: str, number: str) -> str:
    """A label with the id that a query takes."""
    return label if label == number else f"{label} [{number}]"


def _bold(text: str) -> Text:
    from rich.text import Text

    return Text(plain(text), style="bold")


def _passage(segments: Segments) -> Text:
    from rich.text import Text

    out = Text()
    for piece, matched in segments:
        out.append(plain(piece).replace("\n", " "), style="bold yellow" if matched else "")
    return out


class AgreementKind(StrEnum):
    """Kinds of agreement, as `config.agreements` has them."""

    MOU = "mou"
    COLLABORATION = "collaboration"
    CONSORTIUM = "consortium"
    MEMBERSHIP = "membership"
    FUNDING = "funding"
    LICENCE = "licence"
    ACQUISITION = "acquisition"
    JOINT_VENTURE = "joint-venture"


class Status(StrEnum):
    """How an agreement stands, as `config.agreements` has it."""

    PLANNED = "planned"
    SIGNED = "signed"
    EXTENDED = "extended"
    ENDED = "ended"


class PartnershipSort(StrEnum):
    """Order of partnerships."""

    REPORTED = "reported"
    SIGNED = "signed"
    EXPIRES = "expires"
    CONFIDENCE = "confidence"
    SOURCES = "sources"


def partnerships(
    with_: Annotated[
        list[str] | None, typer.Option("--with", help="Name, alias or id of a party; twice for both parties.")
    ] = None,
    kind: Annotated[AgreementKind | None, typer.Option(help="Kind of agreement.")] = None,
    status: Annotated[Status | None, typer.Option(help="How it stands.")] = None,
    theme: Annotated[str | None, typer.Option(help="Theme of a document that reports it.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Signed or reported from.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Signed or reported until.")] = None,
    expiring: Annotated[int | None, typer.Option(help="Expires within so many days.", min=1)] = None,
    min_confidence: Annotated[float | None, typer.Option(help="Least confidence.", min=0, max=1)] = None,
    sort: Annotated[PartnershipSort, typer.Option(help="Order.")] = PartnershipSort.REPORTED,
    limit: Limit = 20,
    json_: Json = False,
    csv: Csv = False,
) -> None:
    """List partnerships: who with whom, what, since when, and who says so.

    Example: pactwatch partnerships --with "EIT Health" --kind mou
    """
    from models.base import now
    from models.session import read_session
    from search.partnerships import PartnershipFilter, list_partnerships
    from search.tables import PARTNERSHIP_COLUMNS, partnership_row

    _one_of(json_, csv)
    parties = with_ or []
    if len(parties) > 2:
        raise CommandError("--with can be given twice at most: for a party and its partner")
    if since and until and since > until:
        raise CommandError(f"--since {since:%Y-%m-%d} is later than --until {until:%Y-%m-%d}: swap them")
    today = now().date()
    wanted = PartnershipFilter(
        organisation=parties[0] if parties else None,
        partner=parties[1] if len(parties) == 2 else None,
        kind=kind and kind.value,
        status=status and status.value,
        theme=theme,
        since=since.date() if since else None,
        until=until.date() if until else None,
        expiring_after=today if expiring else None,
        expiring_before=today + timedelta(days=expiring) if expiring else None,
        min_confidence=min_confidence,
        sort=sort.value,
        limit=limit,
    )
    loaded = settings()
    with database(loaded) as engine, read_session(engine) as session:
        rows = list_partnerships(session, wanted)
    if json_:
        for row in rows:
            print_json(asdict(row))
    elif csv:
        print_csv(PARTNERSHIP_COLUMNS, map(partnership_row, rows))
    else:
        print_partnerships(rows)


def print_partnerships(rows: Sequence[PartnershipRow]) -> None:
    """Print partnerships for people: the facts in one line, then every sentence that reports them."""
    if not rows:
        say("no partnerships")
    for row in rows:
        parties = " + ".join(f"{p.name} ({p.role})" if p.role else p.name for p in row.parties)
        console().print(_bold(f"{row.kind}: {parties}"), f"[{row.id}]", markup=False)
        facts = (
            row.status,
            row.signed and f"signed {row.signed}",
            row.duration_months and f"{row.duration_months} months",
            row.expires and f"expires {row.expires}",
            row.amount and f"{row.amount:,.0f} {row.currency or ''}".strip(),
            f"confidence {row.confidence:.2f}",
            f"{row.sources_count} independent {'source' if row.sources_count == 1 else 'sources'}, "
            f"{row.reports_count} {'report' if row.reports_count == 1 else 'reports'}",
        )
        flow(", ".join(str(fact) for fact in facts if fact), 2)
        for report in row.reports:
            page = f", page {report.page}" if report.page else ""
            evidence = " ".join(report.evidence.split())
            flow(f'{report.published or "no date"} {report.source}{page}: "{evidence}"', 2)
            say(f"    {report.url}")


def organisations(
    text: Annotated[str, typer.Argument(help="Part of a name or alias; left out: the most mentioned.")] = "",
    limit: Limit = 20,
    json_: Json = False,
    csv: Csv = False,
) -> None:
    """Find organisations by any of their names: how often they are named, with whom they work.

    Example: pactwatch organisations alliance
    """
    from models.session import read_session
    from search.organisations import find_organisations
    from search.suggest import Names, read_names
    from search.tables import ORGANISATION_COLUMNS, organisation_row

    _one_of(json_, csv)
    loaded = settings()
    with database(loaded) as engine, read_session(engine) as session:
        rows = find_organisations(session, text, limit)
        # For people alone: all names are read for it.
        nearest = [] if rows or json_ or csv else [one.name for one in Names(read_names(session)).nearest(text)]
    if json_:
        for row in rows:
            print_json(asdict(row))
        return
    if csv:
        print_csv(ORGANISATION_COLUMNS, map(organisation_row, rows))
        return
    if not rows:
        near = f"; nearest are: {', '.join(nearest)}" if nearest else ""
        say(f"no organisations{near}")
        return
    table(
        f"{len(rows)} organisations and projects",
        ("id", "name", "type", "also", "documents", "mentions", "partnerships", "partners"),
        [
            (
                r.id, r.name, r.type, "; ".join(r.aliases[:4]), r.documents, r.mentions, r.partnerships,
                "; ".join(p.name for p in r.partners[:4]),
            )
            for r in rows
        ],
        spare=("partners", "also", "mentions", "type"),
    )  # fmt: skip


def show(
    document: Annotated[int, typer.Argument(help="Id of a document, as search prints it.", min=1, max=MOST_ID)],
    json_: Json = False,
    csv: Csv = False,
) -> None:
    """Show one document: text, versions, what was found in it and why.

    Example: pactwatch show 12
    """
    from models.session import read_session
    from search.documents import get_document
    from search.tables import DOCUMENT_COLUMNS, document_rows

    _one_of(json_, csv)
    loaded = settings()
    with database(loaded) as engine, read_session(engine) as session:
        row = get_document(session, document)
        flat = list(document_rows(session, iter([[document]]))) if csv and row else []
    if row is None:
        raise CommandError(f"no document {document}: `pactwatch search` prints ids in brackets")
    if json_:
        print_json(asdict(row))
        return
    if csv:
        print_csv(DOCUMENT_COLUMNS, flat)
        return
    console().print(_bold(row.title), markup=False)
    print_document(row)
