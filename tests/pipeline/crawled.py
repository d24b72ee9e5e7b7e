"""Crawl folders as `python -m crawlers` leaves them: job, records, outcomes, and the end if it came to one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from config.sources import Source
from crawlers.contract import DONE_FILE, OUTCOMES_FILE, Done, Job, Outcome, OutcomeKind, UrlRole
from pipeline.records import Analysis, Text
from pipeline.spool import RunNote

START = "2024-05-01T00:00:00+00:00"
AT = "2024-05-01T00:01:00Z"
PARAGRAPHS = "".join(
    f"<p>Sentence {n} of a page that is long enough to be read as an article by anyone.</p>" for n in range(9)
)


def page(title: str, words: str = "") -> bytes:
    """A page that extraction reads as a document."""
    article = f"<article><h1>{title}</h1><p>{words}</p>{PARAGRAPHS}</article>"
    return f"<html lang='en'><title>{title}</title>{article}</html>".encode()


def outcome(path: str, kind: str = "fetched", role: str = "document", **facts: Any) -> Outcome:
    """An outcome of a URL of news.example."""
    return Outcome(f"https://news.example{path}", OutcomeKind(kind), UrlRole(role), **{"at": AT, **facts})


@dataclass
class Crawled:
    """One crawl's folder in the spool."""

    folder: Path
    source: Source
    started_at: str = START
    outcomes: list[Outcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        RunNote("nightly", self.started_at).write(self.folder)
        declared = self.source.model_dump(mode="json", exclude_unset=True)
        Job(self.folder.name, str(self.folder), declared, "Test").write()

    def add(self, *outcomes: Outcome) -> Crawled:
        """Write outcomes without records."""
        with (self.folder / OUTCOMES_FILE).open("a", encoding="utf8") as out:
            out.writelines(one.line() for one in outcomes)
        self.outcomes += outcomes
        return self

    def fetch(self, path: str, body: bytes, media_type: str = "text/html; charset=utf-8", **facts: Any) -> Crawled:
        """Write a record and its outcome."""
        warc = self.folder / "00000.warc.gz"
        with warc.open("ab") as out:
            start = out.tell()
            headers = StatusAndHeaders("200 OK", [("Content-Type", media_type)], protocol="HTTP/1.1")
            writer = WARCWriter(out, gzip=True)
            url = f"https://news.example{path}"
            record = writer.create_warc_record(url, "response", BytesIO(body), http_headers=headers)
            writer.write_record(record)
            record.raw_stream.close()
            length = out.tell() - start
        place = {"warc": warc.name, "offset": start, "length": length, "digest": f"sha256:{hash(body):x}"}
        return self.add(outcome(path, **{**place, **facts}))

    def end(self, reason: str = "finished", finished_at: str = "2024-05-01T00:02:00Z", **more: Any) -> Path:
        """Write done.json; return the folder."""
        done = Done(self.folder.name, reason, self.started_at, finished_at, {}, **more)
        (self.folder / DONE_FILE).write_text(json.dumps(asdict(done)), encoding="utf8")
        return self.folder


class Fixed:
    """An analysis that needs no model: English, of kind "other"; fails where the text holds `poison`."""

    version = "fixed-1"

    def __init__(self, poison: str = "\0") -> None:
        self.poison = poison
        self.read: list[str] = []

    def analyse(self, texts: Iterable[Text], batch_size: int = 32) -> Iterator[Analysis]:
        for text in texts:
            if self.poison in text.text:
                raise ZeroDivisionError("poison")
            self.read.append(text.id)
            yield Analysis("en", "other", 0.5, analyser=self.version)
