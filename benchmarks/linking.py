"""Links of gold documents' organisations to a register: `python -m benchmarks.linking [--judged FILE]`.

The organisations of the gold, with the forms that their texts use, are linked as loading links them. Every different
link is printed as a line of tab-separated values: the name, the entry's id, name and country, how far the link reaches,
and a document. With `--judged FILE` (name, id, ``right`` or ``wrong``) the precision on the judged ones is told on
standard error, and links that nobody has judged are listed there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from models.migrate import upgrade
from models.session import make_engine, read_session, write_session
from pipeline.records import Entity, Mention
from pipeline.register.lookup import entries_by_id
from pipeline.register.reading import read_register
from pipeline.register.store import import_register
from pipeline.resolve.forms import named_in
from pipeline.resolve.linking import Context
from pipeline.resolve.registered import look_up

SHARED = Path("../shared")
REGISTER = SHARED / "corpora/register/ror_orgs.jsonl.gz"
GOLD = SHARED / "eval/dev"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A link: the organisation's name in the document, the entry, and whether other documents may mean another."""

    name: str
    entry: str
    reach: str
    document: str


def documents(gold: Path) -> Iterator[tuple[str, str, list[Entity]]]:
    """Id, text and organisations of every gold document, in the files' order."""
    for labels in sorted(path for path in gold.glob("*.jsonl") if not path.stem.endswith("_texts")):
        with labels.open(encoding="utf-8") as lines, labels.with_stem(f"{labels.stem}_texts").open() as texts:
            by_id = {row["id"]: row["text"] for row in map(json.loads, texts)}
            for row in map(json.loads, lines):
                text = by_id[row["id"]]
                yield row["id"], text, [_entity(text, one["name"], one["surface"]) for one in row["organisations"]]


def _entity(text: str, name: str, surface: list[str]) -> Entity:
    forms = sorted({name, *surface})
    mentions = tuple(Mention(form, at.start(), at.end()) for form in forms for at in re.finditer(re.escape(form), text))
    return Entity(name, "organisation", mentions, tuple(form for form in forms if form != name))


def links(engine: Engine, gold: Path) -> list[Found]:
    """Every different link of a name to an entry, with the first document that has it."""
    found: dict[tuple[str, str], Found] = {}
    with read_session(engine) as session:
        for id_, text, entities in documents(gold):
            register = look_up(session, entities)
            for (_, name), named in named_in(entities, (), register, Context(text)).items():
                if named.entry:
                    reach = "document" if named.node[1] == named.entry else "name"
                    found.setdefault((name, named.entry), Found(name, named.entry, reach, id_))
    return sorted(found.values())


def imported(engine: Engine, register: Path) -> None:
    """Make the database and import the register."""
    upgrade(engine)
    with write_session(engine) as session:
        import_register(session, read_register(register))


def judged(path: Path) -> dict[tuple[str, str], bool]:
    """Judgements by name and entry id; lines that begin with # are comments."""
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#"))
    return {(name, entry): verdict == "right" for name, entry, verdict in lines}


def main() -> None:
    """Print the links; and the precision on judged ones."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--register", type=Path, default=REGISTER)
    asked.add_argument("--gold", type=Path, default=GOLD)
    asked.add_argument("--judged", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/register.db")
        imported(engine, given.register)
        found = links(engine, given.gold)
        with read_session(engine) as session:
            entries = entries_by_id(session, {one.entry for one in found})
            for one in found:
                entry = entries[one.entry]
                print(one.name, one.entry, entry.name, entry.country, one.reach, one.document, sep="\t")
        engine.dispose()
    if given.judged:
        known = judged(given.judged)
        verdicts = [known[one.name, one.entry] for one in found if (one.name, one.entry) in known]
        print(f"{len(verdicts)} links judged, precision {sum(verdicts) / max(1, len(verdicts)):.3f}", file=sys.stderr)
        for one in found:
            if (one.name, one.entry) not in known:
                print(f"not judged: {one.name}\t{one.entry}", file=sys.stderr)


if __name__ == "__main__":
    main()
