"""What the lists can be asked: every parameter typed and bounded, so that a wrong one is told and never a 500.

An empty value, as forms without JavaScript send it, is no value.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from search.dates import day
from search.partnerships import MAX_LIMIT, PartnershipFilter
from search.query import MAX_LENGTH, MAX_OFFSET, Query, QueryError
from web.picture import PICTURE_WIDTH

MOST_ID = 2**63 - 1
MOST_VALUES = 40
"""Values of one filter."""
Id = Annotated[int, Field(ge=1, le=MOST_ID)]


def _printable(value: str) -> str:
    # PostgreSQL holds no NUL, and no text of ours has one.
    if "\0" in value:
        raise ValueError("a NUL character means nothing here: leave it out")
    return value


def _written_out(value: object) -> object:
    """What JSON Schema calls a boolean, and nothing that only looks like one (yes, on, 1)."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("write true or false")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_printable)]
Question = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_LENGTH), AfterValidator(_printable)]
Flag = Annotated[bool, BeforeValidator(_written_out)]
Values = Annotated[list[Text], Field(max_length=MOST_VALUES)]
When = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?|\d{1,4}[dwmy])$"),
    Field(examples=["2021-04"], description="2021, 2021-04, 2021-04-05, or so long ago: 30d, 6m, 2y"),
]
Country = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z]{2}$"), Field(examples=["DE"])]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Most rows of the page.")]
Agreement = Literal[
    "mou", "collaboration", "consortium", "membership", "funding", "licence", "acquisition", "joint-venture"
]
Status = Literal["planned", "signed", "extended", "ended"]


class Asked(BaseModel):
    """Parameters of one list."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What was asked beyond the defaults, as parameters of an address."""
        found: list[tuple[str, str]] = []
        for name, value in self.model_dump(by_alias=True, exclude_defaults=True).items():
            held = value if isinstance(value, list) else [value]
            found += [(name, str(one).lower() if isinstance(one, bool) else str(one)) for one in held]
        return tuple(found)


class FileAsked(Asked, extra="forbid"):
    """What every file can be asked."""

    about: Flag = Field(
        True,
        description="Let the file say what was asked, when, and how sources stood, as the header Pactwatch-About does.",
    )


class SearchAsked(Asked):
    """A search: the query language, and filters that facets set. Values of one filter are alternatives."""

    q: Question = Field("", description="A query; its language is on the page /help.", examples=["memorandum"])
    org: Values = Field([], description="Ids or names of organisations that the document names.")
    with_: Values = Field([], alias="with", description="Ids or names of parties of an agreement that it reports.")
    theme: Values = Field([], description="Themes, by id or label.")
    kind: Values = Field([], description="Kinds of document.")
    agreement: Values = Field([], description="Kinds of agreement that it reports.")
    source: Values = Field([], description="Sources, by id or name.")
    country: Values = Field([], description="Countries of organisations that it names; two letters.")
    lang: Values = Field([], description="Languages; two letters.")
    since: When | None = Field(None, description="Published then or later: 2021, 2021-04, 2021-04-05, 30d, 6m, 2y.")
    until: When | None = Field(None, description="Published then or before.")
    sort: Literal["relevance", "date"] = "relevance"
    fold: Flag = Field(True, description="Show copies of one announcement as one.")
    recency: Flag = Field(True, description="Of two equal documents show the newer first.")
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="Hits to pass over; exports have no such limit.")

    def query(self, today: date, **more: Any) -> Query:
        """The search; raises `QueryError` for dates that are none."""
        return Query(
            text=self.q,
            organisations=tuple(self.org),
            with_=tuple(self.with_),
            themes=tuple(self.theme),
            kinds=tuple(self.kind),
            agreements=tuple(self.agreement),
            sources=tuple(self.source),
            countries=tuple(self.country),
            languages=tuple(self.lang),
            since=first_day(self.since, today),
            until=last_day(self.until, today),
            **({name: getattr(self, name) for name in ("sort", "limit", "offset", "fold", "recency")} | more),
        )


class PartnershipsAsked(Asked):
    """Which partnerships."""

    with_: Values = Field([], alias="with", description="Name, alias or id of a party; twice for both parties.")
    kind: Agreement | None = None
    status: Status | None = None
    theme: Text | None = Field(None, description="Theme (id or label) of a document that reports it.")
    since: When | None = Field(None, description="Signed, or first reported, then or later.")
    until: When | None = Field(None, description="Signed, or first reported, then or before.")
    expiring: int | None = Field(None, ge=1, le=36_500, description="Expires within so many days.")
    min_confidence: float | None = Field(None, ge=0, le=1)
    added_after: int | None = Field(
        None, ge=0, le=MOST_ID, description="Came after this revision: the highest `added_revision` that was seen."
    )
    sort: Literal["reported", "signed", "expires", "confidence", "sources", "added"] = "reported"
    limit: Limit = 50
    after: Text | None = Field(None, description="Place in the list: `next` of the page before.")

    def filter(self, today: date) -> PartnershipFilter:
        """The filter; raises `QueryError` for what means nothing."""
        if len(self.with_) > 2:
            raise QueryError("'with' can be given twice at most: for a party and its partner")
        end = None if self.expiring is None else date.fromordinal(today.toordinal() + self.expiring)
        since, until = first_day(self.since, today), last_day(self.until, today)
        if since and until and since > until:
            raise QueryError(f"since {since} is later than until {until}")
        return PartnershipFilter(
            organisation=self.with_[0] if self.with_ else None,
            partner=self.with_[1] if len(self.with_) == 2 else None,
            kind=self.kind,
            status=self.status,
            theme=self.theme,
            since=since,
            until=until,
            expiring_after=today if end else None,
            expiring_before=end,
            min_confidence=self.min_confidence,
            added_after=self.added_after,
            sort=self.sort,
            limit=self.limit,
            after=self.after,
        )


class OrganisationsAsked(Asked):
    """Which organisations."""

    q: Text = Field("", description="Part of a name or alias.", examples=["alliance"])
    country: Country | None = None
    type: Literal["organisation", "project"] | None = None
    limit: Limit = 50
    after: Text | None = Field(None, description="Place in the list: `next` of the page before.")


class NetworkAsked(Asked):
    """Which partnerships make the graph."""

    organisation: Id | None = Field(None, description="Only this one, its partners, and what is between those.")
    theme: Text | None = None
    country: Country | None = Field(None, description="At least one of two partners is of this country.")
    kind: Agreement | None = None
    since: When | None = None
    until: When | None = None
    most: int = Field(60, ge=2, le=400, description="Organisations shown: those with most partners.")


class PictureAsked(NetworkAsked):
    """Which partnerships make the picture, and how it looks."""

    width: int = Field(PICTURE_WIDTH, ge=400, le=4000, description="Pixels of a PNG from left to right.")
    about: Flag = Field(True, description="Write below what was asked, when, and how the sources stood.")


class DocumentsAsked(Asked):
    """Documents by id."""

    limit: Limit = 50
    after: int = Field(0, ge=0, le=MOST_ID, description="Place in the list: `next` of the page before.")


class RunsAsked(Asked):
    """Crawl runs, the latest first."""

    source: Text | None = None
    state: Literal["completed", "empty", "incomplete", "interrupted", "failed", "running"] | None = None
    limit: Limit = 50
    after: Text | None = Field(None, description="Place in the list: `next` of the page before.")


def first_day(text: str | None, today: date) -> date | None:
    """First day of a partial date, or the day so long ago; raises `QueryError`."""
    return _day(text, today, last=False)


def last_day(text: str | None, today: date) -> date | None:
    """Last day of a partial date, or the day so long ago; raises `QueryError`."""
    return _day(text, today, last=True)


def _day(text: str | None, today: date, *, last: bool) -> date | None:
    if text is None:
        return None
    try:
        return day(text, today, last=last)
    except (ValueError, OverflowError) as error:
        raise QueryError(str(error)) from None
