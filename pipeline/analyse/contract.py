"""The analysis contract: the lines that `pactwatch analyse` reads and writes (docs/analysis.md)."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.errors import ConfigError
from pipeline.analyse.analyser import Analyser
from pipeline.records import Analysis, Report, Text

_SURROGATE = re.compile("[\\ud800-\\udfff]")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class LineError(ConfigError):
    """A line of the input that breaks the contract; the message is one line: where, what, how to mend it."""


def read_texts(sources: Iterable[Path | str], name: str = "input") -> Iterator[Text]:
    """Read texts from paths (``.jsonl`` line by line, any other file whole) or from the lines of an open handle.

    Raises LineError at the first bad line, naming `name` or the file and the line.
    """
    for number, source in enumerate(sources, start=1):
        if isinstance(source, Path):
            yield from _read_path(source)
        elif source.strip():
            yield parse_line(source, f"{name}:{number}")


def parse_line(line: str, where: str) -> Text:
    """Read one ``{"id","title","text","published"?}`` line; `where` (``file:line``) goes into the error."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as err:
        raise LineError(f"{where}: not JSON ({err.msg} at column {err.colno}): write one object a line") from err
    except RecursionError as err:
        raise LineError(f"{where}: nested too deeply: write one flat object a line") from err
    if not isinstance(row, dict):
        raise LineError(f"{where}: expected an object, found {type(row).__name__}: write one object a line")
    for field, needed in (("id", True), ("text", True), ("title", False), ("published", False), ("language", False)):
        value = row.get(field)
        if value is None and needed:
            raise LineError(f"{where}: field '{field}' is missing: give it as a string")
        if value is not None and not isinstance(value, str):
            raise LineError(f"{where}: field '{field}' is {type(value).__name__}, not a string: quote it")
    if _SURROGATE.search(row["text"]):
        raise LineError(f"{where}: field 'text' holds half a surrogate pair: write valid Unicode")
    published = row.get("published") or None
    if published and not _DATE.fullmatch(published):
        raise LineError(f"{where}: published {published!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD")
    return Text(row["id"], row.get("title") or "", row["text"], published, row.get("language") or None, row.get("url"))


def analyse_lines(analyser: Analyser, texts: Iterable[Text]) -> Iterator[dict[str, Any]]:
    """Analyse `texts` as they come; yield the output object of each, in order."""
    waiting: deque[str] = deque()

    def remembered() -> Iterator[Text]:
        for text in texts:
            waiting.append(text.id)
            yield text

    for analysis in analyser.analyse(remembered()):
        yield as_dict(waiting.popleft(), analysis)


def as_dict(id_: str, analysis: Analysis) -> dict[str, Any]:
    """Return the contract's output object."""
    return {
        "id": id_,
        "language": analysis.language,
        "kind": analysis.kind,
        "themes": [{"id": theme.id, "score": theme.score} for theme in analysis.themes],
        "organisations": [
            {
                "name": entity.name,
                "type": entity.type,
                "register_id": None,
                "mentions": [{"text": m.text, "start": m.start, "end": m.end} for m in entity.mentions],
            }
            for entity in analysis.entities
        ],
        "partnerships": [_partnership(report) for report in analysis.reports],
    }


def _partnership(report: Report) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "status": report.status,
        "parties": [{"name": party.name, "role": party.role} for party in report.parties],
        "signed": report.signed,
        "duration_months": report.duration_months,
        "confidence": report.confidence,
        "evidence": {"start": report.evidence_start, "end": report.evidence_end},
    }


def _read_path(path: Path) -> Iterator[Text]:
    try:
        if path.suffix.lower() in {".jsonl", ".ndjson"}:
            with path.open(encoding="utf8") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield parse_line(line, f"{path}:{number}")
            return
        text = path.read_text(encoding="utf8")
    except UnicodeDecodeError as err:
        raise LineError(
            f"{path}: not UTF-8 text (byte {err.start}): convert it, or read it with pactwatch extract"
        ) from err
    except OSError as err:
        raise LineError(f"{path}: cannot be read: {err.strerror}: check the path") from err
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    yield Text(path.stem, first[:300], text)
