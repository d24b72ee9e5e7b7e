"""The index of a run's captures (CDXJ): one sorted line each, from URL and time to the record's place in the archive.

A line is ``KEY TIMESTAMP JSON``, as pywb and other replay tools read it:

    example,news)/mou 20260405101112 {"url": "https://news.example/mou", "mime": "text/html", "status": "200",
    "digest": "sha256:…", "length": "5120", "offset": "731", "filename": "RUN/00000.warc.gz"}

(on one line). ``filename`` is relative to the archive's root, so that the indexes of several runs merge by ``sort -m``
(bytes, not the locale). The digest of a revisit is that of its original.
"""

from __future__ import annotations

import ipaddress
import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from crawlers.contract import OUTCOMES_FILE, Outcome, OutcomeKind, parse_outcome, read_lines

INDEX_FILE = "index.cdxj"
REVISIT_TYPE = "warc/revisit"
"""What stands for the media type of a revisit, by custom."""
STAMP = "%Y%m%d%H%M%S"
PORTS = {"http": 80, "https": 443}
KEPT = "/%:@!$&'()*+,;=~-._"
"""Characters of a path or query that stay as they are: those of RFC 3986, and escapes that stand there already."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """One line of an index."""

    url: str
    at: datetime
    """To the second, in UTC."""
    mime: str
    status: int | None
    digest: str | None
    file: str
    offset: int
    length: int
    size: int | None = None
    """Bytes of the payload; replay tools do not ask for it."""

    @property
    def revisit(self) -> bool:
        """Whether it stands for an earlier capture's payload."""
        return self.mime == REVISIT_TYPE


def surt(url: str) -> str:
    """The key of a URL, by which spellings and neighbours stand together: ``example,news)/mou?a=1&b=2``.

    Host turned round (not addresses), without ``www``, user and usual port; scheme and fragment left out; parameters
    sorted; in lower case, as replay tools expect it. Raises ValueError where the text is no URL with a host.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removesuffix(".")
    if not host:
        raise ValueError(f"{url!r} names no host")
    port = "" if parts.port in {None, PORTS.get(parts.scheme)} else f":{parts.port}"
    query = "&".join(sorted(filter(None, parts.query.split("&"))))
    tail = quote(parts.path or "/", safe=KEPT) + (f"?{quote(query, safe=KEPT + '?')}" if query else "")
    return f"{_turned(host)}{port}){tail}".lower()


def _turned(host: str) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = re.sub(r"^www\d*\.", "", host)
        return ",".join(reversed(quote(name, safe=KEPT).split(".")))
    return host


def line_of(outcome: Outcome, run_id: str) -> str | None:
    """The index line of an outcome, newline included; None where it has no record."""
    if outcome.warc is None or outcome.offset is None or outcome.length is None:
        return None
    url = outcome.final_url or outcome.url
    revisit = outcome.outcome is OutcomeKind.UNCHANGED
    fields = {
        "url": url,
        "mime": REVISIT_TYPE if revisit else outcome.media_type or "unk",
        "status": str(outcome.status or "-"),
        "digest": outcome.digest or "-",
        "length": str(outcome.length),
        "offset": str(outcome.offset),
        "filename": f"{run_id}/{outcome.warc}",
        **({} if outcome.size is None else {"size": str(outcome.size)}),
    }
    at = datetime.fromisoformat(outcome.at).astimezone(UTC)
    return f"{surt(url)} {at:{STAMP}} {json.dumps(fields)}\n"


def parse_line(raw: bytes) -> Indexed:
    """Read a line of an index; raises ValueError where it is none."""
    try:
        _, stamp, fields = raw.decode("ascii").split(" ", 2)
        data = json.loads(fields)
        return Indexed(
            url=data["url"],
            at=datetime.strptime(stamp, STAMP).replace(tzinfo=UTC),
            mime=data["mime"],
            status=int(data["status"]) if data["status"] != "-" else None,
            digest=data["digest"] if data["digest"] != "-" else None,
            file=data["filename"],
            offset=int(data["offset"]),
            length=int(data["length"]),
            size=int(data["size"]) if "size" in data else None,
        )
    except (KeyError, TypeError) as err:
        raise ValueError(f"not a line of an index: {err}") from err


def index_of(folder: Path, run_id: str) -> bytes | None:
    """The index of the crawl in `folder`; None where it captured nothing.

    It is made of the outcomes, whose records are safely on disk: a crawl that was killed has its index too.
    """
    outcomes = folder / OUTCOMES_FILE
    lines = sorted(_lines(outcomes, run_id)) if outcomes.exists() else []
    return "".join(lines).encode("ascii") or None


def find(index: bytes, url: str) -> Iterator[Indexed]:
    """The captures of a URL, in any spelling, in the bytes of an index; oldest first."""
    key = surt(url).encode("ascii") + b" "
    lines = index.splitlines()
    for line in lines[bisect_left(lines, key) :]:
        if not line.startswith(key):
            return
        yield parse_line(line)


def _lines(outcomes: Path, run_id: str) -> Iterator[str]:
    for raw in read_lines(outcomes):
        try:
            line = line_of(parse_outcome(raw), run_id)
        except ValueError:
            continue  # intake counts what cannot be read
        if line is not None:
            yield line
