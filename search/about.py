"""What an export says of itself in one line: what was asked, when, and how the sources stood."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from urllib.parse import quote

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")
SURROGATE = re.compile("[\ud800-\udfff]")
"""What bytes that are no UTF-8 become on a command line; no file can hold it."""
ONE_CELL = {ord(","): "%2C", ord(";"): "%3B", ord("|"): "%7C"}
"""What would end the cell of a CSV for one program or another."""
HEADER_QUERY = 300
"""Characters of the query in an HTTP header; the whole of it is in the file."""


@dataclass(frozen=True, slots=True)
class About:
    """The facts of one export."""

    what: str
    """The table: ``documents``."""
    query: str
    """What was asked; empty for everything."""
    at: datetime
    """When, UTC."""
    coverage: str
    """How the sources stood (`search.standing`)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "query", SURROGATE.sub("\ufffd", self.query))

    def line(self) -> str:
        """All of it on one line."""
        asked = self.query or "everything"
        text = f"Pactwatch {self.what} · query: {asked} · exported {self.at:%Y-%m-%d %H:%M} UTC · {self.coverage}"
        return UNPRINTABLE.sub(" ", text).strip()

    def csv_line(self) -> str:
        """The line as the comment that begins a CSV: one cell for every program, and never a formula."""
        return f"# {self.line().translate(ONE_CELL)}"

    def header(self) -> str:
        """The line as the value of an HTTP header: ASCII, other characters as in an address."""
        short = self if len(self.query) <= HEADER_QUERY else replace(self, query=f"{self.query[:HEADER_QUERY]}…")
        return quote(short.line().replace("%", "%25"), safe=" !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~")

    def facts(self) -> dict[str, str]:
        """The same by name, as texts."""
        values = asdict(self) | {"query": self.query or "everything", "at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}"}
        return {"line": self.line(), **{name: str(value) for name, value in values.items()}}

    def metadata(self) -> dict[str, str]:
        """Metadata of a Parquet file; pandas shows what is under its own name as ``frame.attrs``."""
        held = json.dumps({"pactwatch": self.facts()}, ensure_ascii=False)
        return {"pactwatch": json.dumps(self.facts(), ensure_ascii=False), "PANDAS_ATTRS": held}


def asked_for(pairs: Iterable[tuple[str, str]]) -> str:
    """Parameters as a person reads them: ``q=memorandum & theme=health-data``."""
    return " & ".join(f"{name}={value}" for name, value in pairs)
