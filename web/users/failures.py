"""How often somebody has been wrong at the login, by address and by name."""

from __future__ import annotations

import math

from web.limits import Buckets, Limits

BY_ADDRESS = Limits(burst=8, per_second=0.05)
"""An address may be wrong eight times, then once in 20 seconds."""
BY_NAME = Limits(burst=40, per_second=0.02)
"""All addresses together may be wrong about one name 40 times, then once in 50 seconds."""


class Failures:
    """Counts tries; for one thread, as `Buckets` is: endpoints that use it are coroutines."""

    def __init__(self) -> None:
        self._addresses, self._names = Buckets(BY_ADDRESS), Buckets(BY_NAME)

    def wait(self, address: str, name: str) -> int:
        """Seconds to wait before the next try; 0 where it may be made now, and then it counts."""
        if wait := self._addresses.take(address):
            return math.ceil(wait)
        if wait := self._names.take(name):
            self._addresses.give(address)
            return math.ceil(wait)
        return 0

    def forgive(self, address: str, name: str) -> None:
        """The try was right: it does not count."""
        self._addresses.give(address)
        self._names.give(name)
