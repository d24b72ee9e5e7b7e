"""What a request needs: the site's parts, a read session, today. Nothing here is global; `create_app` puts it in place.

The names of this module are used in the signatures of endpoints, so they are real objects at run time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from jinja2 import Environment
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from models.base import now
from models.session import read_session
from search.index import Index
from search.suggest import Suggestions
from web.coverage import Coverage
from web.users.failures import Failures
from web.users.passwords import Passwords
from web.users.roles import NOBODY, Visitor

ReadCapture = Callable[[str, int, int], tuple[Mapping[str, str], bytes]]
"""File of the archive, offset and length in bytes: the record's HTTP headers, and its payload."""


@dataclass(frozen=True, slots=True)
class CrawlState:
    """How a crawl that was started from a page stands."""

    number: str
    target: str
    state: str
    """``waiting``, ``running``, ``completed``, ``failed``."""
    started: str
    """ISO time, UTC."""
    seconds: float
    lines: tuple[str, ...] = ()
    """The latest of what it said."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """URLs by outcome, at its end."""
    runs: tuple[str, ...] = ()
    """Ids of its crawl runs, at its end."""


class Crawls(Protocol):
    """Starts crawls; web may import neither pipeline nor flows, so the composition root passes one in."""

    def start(self, target: str, depth: int, max_pages: int) -> str:
        """Begin a crawl of a source (by id) or URL; its number. Raises ValueError with a message for people."""
        ...

    def get(self, number: str) -> CrawlState | None:
        """How the crawl stands; None where there is none of this number."""
        ...

    def all(self) -> list[CrawlState]:
        """Every crawl since the server was started, the latest first."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """The parts that the endpoints share."""

    settings: Settings
    engine: Engine
    index: Index
    templates: Environment
    secret: bytes
    """Signs forms and cookies."""
    suggestions: Suggestions
    read_capture: ReadCapture | None = None
    crawls: Crawls | None = None
    coverage: Coverage = field(default_factory=Coverage)
    """What exports say of the sources."""
    shared_stamp: str = ""
    """Signs the addresses of feeds that are given to whoever has the shared token; empty where there is none."""
    passwords: Passwords = field(default_factory=Passwords)
    failures: Failures = field(default_factory=Failures)
    """At the login."""


def the_site(request: Request) -> Site:
    """The site that this application was built for."""
    site: Site = request.app.state.site
    return site


SiteOf = Annotated[Site, Depends(the_site)]


def a_session(site: SiteOf) -> Iterator[Session]:
    """A session that only reads, until the answer is made."""
    with read_session(site.engine) as session:
        yield session


# Not until the answer is sent: whoever takes a file slowly would keep a connection of the pool for nothing.
SessionOf = Annotated[Session, Depends(a_session, scope="function")]


def visitor_of(request: Request) -> Visitor:
    """Who sent the request, as `web.access.Access` found out."""
    found: Visitor = request.scope.get("state", {}).get("visitor", NOBODY)
    return found


VisitorOf = Annotated[Visitor, Depends(visitor_of)]


def today() -> date:
    """The present day, UTC; what ``since:30d`` counts from."""
    return now().date()


Answer = dict[str, Any]
