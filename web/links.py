"""Addresses with parameters added and taken away: what facets, chips, sorting and paging are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

PLACES = ("offset", "after")
"""Parameters that say where in a list one is; every other change begins the list anew."""


@lru_cache(maxsize=1024)
def _encoded(pair: tuple[str, str]) -> str:
    """A page of facets has two hundred links of mostly the same parameters."""
    return urlencode([pair])


@dataclass(frozen=True, slots=True)
class Address:
    """A path with parameters, in order."""

    path: str
    pairs: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The address for a link."""
        return f"{self.path}?{'&'.join(map(_encoded, self.pairs))}" if self.pairs else self.path

    def has(self, name: str, value: str | None = None) -> bool:
        """Whether the parameter is there, with this value if one is given."""
        return any(key == name and (value is None or held == value) for key, held in self.pairs)

    def get(self, name: str) -> str:
        """The last value of the parameter; empty where there is none."""
        return next((value for key, value in reversed(self.pairs) if key == name), "")

    def add(self, name: str, value: str) -> Address:
        """With one more value."""
        return self._with((*self.drop(*PLACES).pairs, (name, value)))

    def set(self, name: str, value: object) -> Address:
        """With this value alone; none takes the parameter away."""
        kept = tuple(pair for pair in self.pairs if pair[0] != name and pair[0] not in PLACES)
        return self._with(kept if value is None else (*kept, (name, str(value))))

    def drop(self, *names: str) -> Address:
        """Without these parameters."""
        return self._with(tuple(pair for pair in self.pairs if pair[0] not in names))

    def without(self, name: str, value: str) -> Address:
        """Without one value of a parameter."""
        return self._with(tuple(pair for pair in self.drop(*PLACES).pairs if pair != (name, value)))

    def at(self, path: str) -> Address:
        """The same parameters under another path."""
        return Address(path, self.pairs)

    def _with(self, pairs: Iterable[tuple[str, str]]) -> Address:
        return Address(self.path, tuple(pairs))
