"""Where the organisations of a network stand in its drawing: forces between them, the same each time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.pages_network import Edge, Network, Node

SIZE = (1000.0, 640.0)
SMALL = (640.0, 480.0)
"""Of a drawing that stands beside a table."""
MARGIN = 46.0
STEPS = 220
LABELLED = 45
"""Organisations whose name stands beside them; the others show it when they are pointed at."""
NAME = 26
"""Characters of a name in the drawing."""
LETTER = 6.9
"""Width of a letter, and height of a line of labels."""
LINE = 19.0


Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dot:
    """An organisation in the drawing."""

    node: Node
    x: float
    y: float
    radius: float
    label: str
    """Empty where there is no room for it."""
    anchor: str
    """``start`` or ``end``: on which side of the dot the label stands."""

    @property
    def text_x(self) -> float:
        """Where the label begins, or ends."""
        return self.x + (self.radius + 4) * (1 if self.anchor == "start" else -1)


@dataclass(frozen=True, slots=True)
class Line:
    """A link in the drawing."""

    edge: Edge
    x1: float
    y1: float
    x2: float
    y2: float
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A network as dots and lines."""

    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def draw(network: Network, size: tuple[float, float] = SIZE) -> Drawing:
    """Lay a network out; quadratic in its organisations (at most 400)."""
    width, height = size
    if not network.nodes:
        return Drawing((), (), width, height)
    number = {node.id: place for place, node in enumerate(network.nodes)}
    pairs = np.array([[number[edge.source], number[edge.target]] for edge in network.edges], dtype=int).reshape(-1, 2)
    weights = np.array([1 + math.log(edge.partnerships) for edge in network.edges], dtype=float)
    labels = [_short(node.name) if place < LABELLED else "" for place, node in enumerate(network.nodes)]
    places = _fit(_layout(len(network.nodes), pairs, weights), width, height)
    to_left = places[:, 0] > width * 0.68
    places = _apart(places, np.array([len(label) * LETTER for label in labels]), to_left, height)
    most = max(node.partners for node in network.nodes)
    dots = [
        Dot(
            node,
            x=round(float(places[place, 0]), 1),
            y=round(float(places[place, 1]), 1),
            radius=round(4 + 8 * math.sqrt(node.partners / max(1, most)), 1),
            label=labels[place],
            anchor="end" if to_left[place] else "start",
        )
        for place, node in enumerate(network.nodes)
    ]
    ends = [(edge, dots[number[edge.source]], dots[number[edge.target]]) for edge in network.edges]
    lines = tuple(
        Line(edge, one.x, one.y, other.x, other.y, round(min(6.0, 1.0 + 1.2 * math.log2(edge.partnerships)), 1))
        for edge, one, other in ends
    )
    return Drawing(tuple(dots), lines, width, height)


def _apart(places: Floats, wide: Floats, to_left: npt.NDArray[np.bool_], height: float) -> Floats:
    """Move dots up and down until no label lies on another, or 150 times."""
    places = places.copy()
    low = np.where(to_left, places[:, 0] - wide - 16, places[:, 0] - 12)
    high = np.where(to_left, places[:, 0] + 12, places[:, 0] + wide + 16)
    beside = (low[:, None] < high[None, :]) & (low[None, :] < high[:, None])
    np.fill_diagonal(beside, val=False)
    # Of two at the same height the later one goes down.
    order = np.sign(np.arange(len(places))[:, None] - np.arange(len(places))[None, :])
    for _ in range(150):
        gap = places[:, None, 1] - places[None, :, 1]
        close = beside & (np.abs(gap) < LINE)
        if not close.any():
            break
        way = np.where(np.abs(gap) < 0.01, order, np.sign(gap))
        places[:, 1] += (close * way * (LINE + 1 - np.abs(gap))).sum(axis=1) * 0.3
        places[:, 1] = np.clip(places[:, 1], 14, height - 14)
    return places


def _layout(count: int, pairs: npt.NDArray[np.int_], weights: Floats) -> Floats:
    """Fruchterman and Reingold (1991), begun on a sunflower spiral so that the drawing is always the same."""
    turns = np.arange(count) * 2.399963
    reach = np.sqrt((np.arange(count) + 0.5) / count)
    places = np.stack([reach * np.cos(turns), reach * np.sin(turns)], axis=1)
    ideal = 1.1 / math.sqrt(count)
    for step in range(STEPS):
        apart = places[:, None, :] - places[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-6
        push = (apart / distance[:, :, None] * (ideal**2 / distance)[:, :, None]).sum(axis=1)
        pull = np.zeros_like(places)
        if len(pairs):
            along = places[pairs[:, 0]] - places[pairs[:, 1]]
            length = np.sqrt((along**2).sum(axis=1, keepdims=True)) + 1e-6
            force = along * length / ideal * weights[:, None]
            np.add.at(pull, pairs[:, 0], -force)
            np.add.at(pull, pairs[:, 1], force)
        # Towards the middle, or parts without links to each other would drift apart for ever.
        move = push + pull - places * 0.45
        size = np.sqrt((move**2).sum(axis=1, keepdims=True)) + 1e-9
        heat = 0.12 * (1 - step / STEPS) + 0.002
        places = places + move / size * np.minimum(size, heat)
    return places


def _fit(places: Floats, width: float, height: float) -> Floats:
    low, high = places.min(axis=0), places.max(axis=0)
    room = np.array([width - 2 * MARGIN, height - 2 * MARGIN])
    wide = high - low
    scaled = np.where(wide > 1e-6, (places - low) / np.maximum(wide, 1e-6), 0.5)
    fitted: Floats = scaled * room + MARGIN
    return fitted


def _short(name: str) -> str:
    return name if len(name) <= NAME else name[: NAME - 1].rstrip() + "…"
