"""Quality of agreements with the labelled entities given, cross-validated by document (and by site with ``--by-site``).

    python -m benchmarks.agreements_quality GOLD_FOLDER [--by-site] [--errors FILE] [--parsed FILE]

Figures as the gold set's own scorer defines them: unordered pairs, micro-averaged; kind, status, date and term over the
pairs found where either side gives a value.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

from config.agreements import Agreements, load_agreements
from pipeline.analyse.agreements.finder import AgreementFinder
from pipeline.analyse.agreements.gold import Labelled, read_gold
from pipeline.analyse.agreements.model import from_json
from pipeline.analyse.agreements.train import (
    FOLDS,
    SETS,
    Example,
    core_examples,
    examples,
    fit,
    fold_of,
    lesson_examples,
    load_parser,
)
from pipeline.analyse.agreements.untrained import UNTRAINED
from pipeline.records import Report

Found = dict[tuple[int, int], Report]
FIELDS = ("kind", "status", "signed", "duration_months")


def pairs_of(reports: Sequence[Report], labelled: Labelled) -> Found:
    """The most confident report of each pair of entity numbers."""
    numbers = {entity.name: n for n, entity in enumerate(labelled.entities)}
    found: Found = {}
    for report in reports:
        for one, other in combinations(sorted({numbers[party.name] for party in report.parties}), 2):
            if (one, other) not in found or report.confidence > found[one, other].confidence:
                found[one, other] = report
    return found


def site_of(document: str) -> int:
    """A fold number that keeps the posts of one site, or one family of written documents, together."""
    sites = ("18f", "da", "datacite", "db", "dc", "dd", "digitalgov", "neic", "ols", "ropensci", "ror", "usegalaxy_eu")
    return sites.index(document.partition(":")[0] if ":" in document else document[:2])


def cross_validate(
    documents: Sequence[Labelled], words: Agreements, fold: Callable[[str], int], folds: int, core: Path | None
) -> dict[str, tuple[Report, ...]]:
    """Reports of every document from a model that has not seen its fold."""
    vocab = documents[0].doc.vocab
    looking = AgreementFinder(vocab, words, from_json(UNTRAINED))
    rows: dict[str, list[Example]] = {d.text.id: examples(d, looking) for d in documents}
    nlp = load_parser()
    extra = lesson_examples(looking, nlp) + (core_examples(core, looking, nlp) if core else [])
    reports = {}
    for held_out in range(folds):
        seen = [d for d in documents if fold(d.text.id) != held_out]
        if len(seen) == len(documents):
            continue
        train = [row for d in seen for row in rows[d.text.id]]
        finder = AgreementFinder(vocab, words, fit(train, extra))
        for d in documents:
            if fold(d.text.id) == held_out:
                reports[d.text.id] = finder.find(d.doc, d.entities, d.text)
    return reports


def measure(documents: Sequence[Labelled], reports: dict[str, tuple[Report, ...]], errors: list[str]) -> dict[str, str]:
    """Figures over `documents` as printable values; every difference is added to `errors`."""
    right = predicted = gold_count = 0
    ranked: list[tuple[float, bool]] = []
    asked: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for d in documents:
        gold, found = d.pairs(), pairs_of(reports[d.text.id], d)
        right += len(gold.keys() & found.keys())
        predicted += len(found)
        gold_count += len(gold)
        ranked += [(report.confidence, pair in gold) for pair, report in found.items()]
        for pair, report in found.items():
            stated = [d.agreements[n] for n in gold.get(pair, ())]
            if not stated:
                errors.append(f"{d.text.id}\tpair extra\t{_names(d, pair)}\t{_evidence(d, report)}")
                continue
            best = next((g for g in stated if g["kind"] == report.kind), stated[0])
            for field in FIELDS:
                mine, wanted = getattr(report, field), best[field]
                if mine is not None or wanted is not None:
                    asked[field] += 1
                    hits[field] += mine == wanted
                    if mine != wanted:
                        errors.append(f"{d.text.id}\t{field}\t{mine} for {wanted}\t{_evidence(d, report)}")
        errors += [f"{d.text.id}\tpair missed\t{_names(d, pair)}" for pair in gold if pair not in found]
    ranked.sort(reverse=True)
    top = ranked[: max(1, len(ranked) // 5)]
    figures = {
        "documents": str(len(documents)),
        "pairs": f"P {right / max(1, predicted):.3f}  R {right / gold_count:.3f}  "
        f"F1 {2 * right / (predicted + gold_count):.3f}  gold {gold_count}",
        "top fifth": f"P {sum(ok for _, ok in top) / len(top):.3f}  of {len(top)}",
    }
    return figures | {f: f"{hits[f] / max(1, asked[f]):.3f}  of {asked[f]}" for f in FIELDS}


def _names(labelled: Labelled, pair: tuple[int, int]) -> str:
    return " + ".join(labelled.entities[n].name for n in pair)


def _evidence(labelled: Labelled, report: Report) -> str:
    return labelled.text.text[report.evidence_start : report.evidence_end].replace("\n", " ")[:400]


def load_documents(folder: Path, parsed: Path | None) -> list[tuple[str, Labelled]]:
    """The labelled documents with their set; `parsed` keeps them between runs."""
    if parsed is not None and parsed.exists():
        kept: list[tuple[str, Labelled]] = pickle.loads(parsed.read_bytes())
        return kept
    nlp = load_parser()
    documents = [(name, labelled) for name in SETS for labelled in read_gold(folder, name, nlp)]
    if parsed is not None:
        parsed.write_bytes(pickle.dumps(documents))
    return documents


def main() -> None:
    """Print the figures of each set and of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--words", type=Path, default=Path("config/agreements.yaml"))
    parser.add_argument("--core", type=Path, help="core_train.jsonl, as for training")
    parser.add_argument("--by-site", action="store_true")
    parser.add_argument("--errors", type=Path)
    parser.add_argument("--parsed", type=Path, help="file that keeps the parsed documents between runs")
    args = parser.parse_args()
    named = load_documents(args.folder, args.parsed)
    words = load_agreements(args.words)
    documents = [labelled for _, labelled in named]
    fold, folds = (site_of, 12) if args.by_site else (fold_of, FOLDS)
    started = time.perf_counter()
    reports = cross_validate(documents, words, fold, folds, args.core)
    print(f"cross-validation by {'site' if args.by_site else 'document'}: {time.perf_counter() - started:.0f} s")
    for chosen in (*SETS, None):
        errors: list[str] = []
        figures = measure([d for name, d in named if chosen in (name, None)], reports, errors)
        print(f"\n{chosen or 'both'}")
        for name, value in figures.items():
            print(f"  {name:16} {value}")
        if args.errors and chosen is None:
            args.errors.write_text("\n".join(errors) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
