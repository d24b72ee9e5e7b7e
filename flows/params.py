"""Parameters and results of the flows, typed: what Prefect's interface asks for and shows."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NightlyParams(_Frozen):
    """Which sources a nightly run crawls."""

    sources: tuple[str, ...] = ()
    """Ids; empty: every enabled source that is due."""
    force: bool = False
    """Crawl a source even if it is not due."""


class CrawlParams(_Frozen):
    """One ad-hoc crawl."""

    target: str = Field(min_length=1)
    """Id of a declared source, or a URL."""
    depth: int = Field(0, ge=0)
    """How far links are followed from a URL."""
    max_pages: int = Field(200, gt=0)
    """Most pages fetched from a URL."""
    allow_private: bool = False


class ReprocessParams(_Frozen):
    """What is read and analysed again from the archive, without network."""

    source: str | None = None
    """Only documents of this source."""
    analyser: str | None = None
    """Only documents that were analysed by this version."""


class Summary(_Frozen):
    """What a flow did, in numbers."""

    runs: tuple[str, ...] = ()
    """Crawl runs, by id."""
    not_green: tuple[str, ...] = ()
    """Sources whose run was not green, each with its reason."""
    outcomes: dict[str, int] = {}
    """URLs by outcome."""
    documents: dict[str, int] = {}
    """Documents by what processing did: new, changed, unchanged, failed."""
    indexed: int = 0
    turned: tuple[str, ...] = ()
    """Sources whose health has changed, with the reason."""

    @property
    def green(self) -> bool:
        """Whether every source yielded what is expected of it and every document could be read."""
        return not self.not_green and not self.documents.get("failed")
