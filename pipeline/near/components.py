"""What is connected: disjoint sets with path halving (Tarjan and van Leeuwen 1984)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class Components:
    """Disjoint sets of numbers; the smallest of a set stands for it."""

    def __init__(self, members: Iterable[int] = ()) -> None:
        self._parent = {member: member for member in members}

    def find(self, member: int) -> int:
        """The smallest of the set that the number is in; one that is new is a set of its own."""
        parent = self._parent
        parent.setdefault(member, member)
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def join(self, one: int, other: int) -> None:
        """Make one set of the two that the numbers are in."""
        low, high = sorted((self.find(one), self.find(other)))
        self._parent[high] = low

    def groups(self) -> list[list[int]]:
        """Every set, sorted."""
        found: dict[int, list[int]] = defaultdict(list)
        for member in sorted(self._parent):
            found[self.find(member)].append(member)
        return list(found.values())
