"""What a case is."""

from __future__ import annotations

from dataclasses import dataclass

from samples.misbehaving.wire import Answer


@dataclass(frozen=True, slots=True)
class Case:
    """One way to misbehave, and the outcome in which a crawl of it must end."""

    name: str
    verdict: str
    """Outcome and reason of the URL that is asked for: ``failed status-404``."""
    answer: Answer
    start: str = "page"
    """What the URL is to the crawl: ``page`` (a document), ``feed``, ``sitemap``, ``listing`` or ``walk`` (a page whose
    links are followed)."""
    url: str = "{base}/"
    """What is asked for, made of the host's addresses (`samples.misbehaving.server.Misbehaving.url`)."""
    robots: Answer | None = None
    """How robots.txt is answered; none: 404."""
    among: tuple[str, ...] = ()
    """Outcomes that further URLs of the host must have, too."""
    needs: str = ""
    """What must be so for it to be played: ``names`` (a name server of our own), ``tls`` (certificates), ``guard``
    (private addresses are refused)."""
