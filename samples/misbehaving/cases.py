"""The table of all cases."""

from __future__ import annotations

from samples.misbehaving.bodies import BODIES
from samples.misbehaving.case import Case
from samples.misbehaving.lists import LISTS
from samples.misbehaving.network import NETWORK
from samples.misbehaving.places import PLACES

__all__ = ["CASES", "Case"]

CASES: dict[str, Case] = {case.name: case for case in (*NETWORK, *BODIES, *LISTS, *PLACES)}
"""Every case by its name, which is the host's, too."""
