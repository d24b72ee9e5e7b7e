"""A crawl whose name server is ours: the stub of a resolver, and one loopback address that counts as public."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from zope.interface import implementer

from crawlers import addresses
from tests.crawlers.child import run_job

HERE = "127.0.0.77"
"""Where the misbehaving server listens: for these crawls a public address like any other."""
HANGS = "hangs"
"""An address that stands for no answer, ever."""
Names = Mapping[str, Sequence[Sequence[str]]]
"""Addresses of each name: of the first lookup, of the second, …, the last for good. Other names are unknown."""


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """As Twisted's own: it cannot be cancelled."""
        raise NotImplementedError


@implementer(IHostnameResolver)
class StubResolver:
    """Answers from a table, at once or never."""

    def __init__(self, names: Names) -> None:
        self._names = {name: list(answers) for name, answers in names.items()}

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        answers = self._names.get(hostName, [[]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if HANGS in found:
            return cast("IHostResolution", resolution)
        for address in found:
            kind = IPv6Address if ":" in address else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", address, portNumber))
        resolutionReceiver.resolutionComplete()
        return cast("IHostResolution", resolution)


def run_job_with_names(job: str, errors: str, names: Names, authority: str) -> None:
    """A crawl in this process as `run_job` does it, with our name server and our certificate authority."""
    os.environ["SSL_CERT_FILE"] = authority
    is_public, begin = addresses.is_public, addresses.GuardedResolver.__init__

    def begin_with_stub(resolver: addresses.GuardedResolver, *given: Any) -> None:
        begin(resolver, *given)
        resolver.original_resolver = cast("IHostnameResolver", StubResolver(names))

    addresses.GuardedResolver.__init__ = begin_with_stub  # type: ignore[method-assign,assignment]
    addresses.is_public = lambda address: address == HERE or is_public(address)
    run_job(job, errors)
