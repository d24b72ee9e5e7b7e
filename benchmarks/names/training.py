"""The training loop: batches of windows of like length, warm-up and linear decay, faster rates for what is new."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from benchmarks.names.data import UNKNOWN, Window
from benchmarks.names.network import Network
from pipeline.analyse.encoder.pieces import WordPieces

MASKED = 0.08
"""Share of the words with a capital that the network does not see."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train."""

    epochs: float
    rate: float = 2.5e-4
    new_rate: float = 2e-3
    pieces: int = 1024
    """Pieces a batch."""
    smoothing: float = 0.05
    warm_up: float = 0.1
    report: int = 25
    """Steps between two lines of the report."""
    seed: int = 7


def train(
    network: Network,
    data: Sequence[Window],
    pieces: WordPieces,
    *,
    plan: Plan,
    chance: random.Random,
    change: Callable[[Window], Window],
) -> None:
    """Train `network` in place on `data`, changed anew every epoch; deterministic for equal `chance` on one thread."""
    torch.manual_seed(chance.randrange(1 << 30))
    network.words.weight.requires_grad_(False)
    new = [*network.marks.parameters(), *network.tags.parameters()]
    old = [
        p for name, p in network.named_parameters() if p.requires_grad and name.split(".")[0] not in ("marks", "tags")
    ]
    optimiser = torch.optim.AdamW(
        [{"params": old, "lr": plan.rate}, {"params": new, "lr": plan.new_rate}], weight_decay=0.01, fused=True
    )
    per_epoch = len(list(batches(data, pieces, plan.pieces, random.Random(0))))
    steps = int(per_epoch * plan.epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min((n + 1) / (plan.warm_up * steps), max(0.0, (steps - n) / (steps * (1 - plan.warm_up))))
    )
    network.train()
    done, total, start = 0, 0.0, time.process_time()
    while done < steps:
        changed = [change(window) for window in data]
        for batch in batches(changed, pieces, plan.pieces, chance):
            if done >= steps:
                break
            numbers, rows, mask, labels = tensors(batch, pieces, chance)
            scores = network(numbers, rows, mask)
            loss = cross_entropy(
                scores.flatten(0, 1), labels.flatten(), ignore_index=UNKNOWN, label_smoothing=plan.smoothing
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            total += float(loss.detach())
            done += 1
            if done % plan.report == 0:
                print(f"{done}/{steps} loss {total / plan.report:.4f} {time.process_time() - start:.0f} s", flush=True)
                total = 0.0
    network.eval()


def batches(data: Sequence[Window], pieces: WordPieces, size: int, chance: random.Random) -> Iterator[list[Window]]:
    """Yield batches of about `size` pieces in random order, windows of like length together."""
    sized = sorted(((sum(len(pieces(form)) for form in w.forms) + chance.random() * 16, n) for n, w in enumerate(data)))
    found: list[list[Window]] = []
    batch: list[Window] = []
    for length, n in sized:
        if batch and (len(batch) + 1) * (length + 2) > size:
            found.append(batch)
            batch = []
        batch.append(data[n])
    found.append(batch)
    chance.shuffle(found)
    yield from found


def tensors(
    batch: Sequence[Window], pieces: WordPieces, chance: random.Random | None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return pieces, marks, mask and labels (at the first piece of each word); with `chance` some words are masked."""
    columns = []
    for window in batch:
        numbers, rows, labels = [pieces.start], [window.rows[0]], [UNKNOWN]
        for form, row, label in zip(window.forms, window.rows, window.labels, strict=True):
            cut = pieces(form)
            if chance and form[0].isupper() and chance.random() < MASKED:
                cut = (pieces.mask,)
            numbers += cut
            rows += [row] * len(cut)
            labels += [label] + [UNKNOWN] * (len(cut) - 1)
        columns.append(([*numbers, pieces.end], [*rows, rows[-1]], [*labels, UNKNOWN]))
    length = max(len(numbers) for numbers, _, _ in columns)
    n, groups = len(batch), batch[0].rows.shape[1]
    all_numbers, all_labels = np.zeros((n, length), np.int64), np.full((n, length), UNKNOWN)
    all_rows, mask = np.zeros((n, length, groups), np.int64), np.zeros((n, length), bool)
    for i, (numbers, rows, labels) in enumerate(columns):
        all_numbers[i, : len(numbers)], all_labels[i, : len(labels)] = numbers, labels
        all_rows[i, : len(rows)], mask[i, : len(numbers)] = np.stack(rows), True
    return tuple(map(torch.from_numpy, (all_numbers, all_rows, mask, all_labels)))  # type: ignore[return-value]
