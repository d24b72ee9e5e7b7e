"""No request to a private address: checked on the answer of the name server, which is what gets connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase

NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet.

    Addresses that carry an IPv4 address (mapped, 6to4, Teredo, NAT64) are judged by that one too.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(v4 is not None and not is_public(str(v4)) for v4 in inner):
            return False
        if ip.ipv4_mapped is not None:
            return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def literal_address(url: str) -> str | None:
    """The address that a URL names without DNS, also as ``2130706433``, ``0x7f.1`` or ``0177.0.0.1``; else None."""
    host = urlsplit(url).hostname or ""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def names_private(url: str) -> bool:
    """Whether the URL itself spells out an address that is not public."""
    address = literal_address(url)
    return address is not None and not is_public(address)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes public addresses on and remembers whom the others belonged to."""

    def __init__(self, receiver: Any, host: str, blocked: dict[str, str]) -> None:
        self.receiver = receiver
        self.host = host
        self.blocked = blocked

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            self.blocked[self.host] = address.host

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver (IPv4 and IPv6) that never hands out a private address.

    A host whose addresses are all private looks unknown to the connection; `blocked` tells the two apart.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, allow_private: bool) -> None:
        super().__init__(reactor, cache_size)
        self.allow_private = allow_private
        self.blocked: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        """Scrapy's way to build it."""
        return cls(reactor, crawler.settings.getint("DNSCACHE_SIZE"), crawler.settings.getbool("ALLOW_PRIVATE"))

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve as the parent does; private addresses are left out."""
        receiver: Any = resolutionReceiver
        if not self.allow_private:
            receiver = _PublicOnly(resolutionReceiver, hostName, self.blocked)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


def blocked_address(url: str) -> str | None:
    """The private address for whose sake the running crawl could not connect to the URL's host, if that was it."""
    from twisted.internet import reactor  # noqa: PLC0415  # importing it installs it, which is the crawl's business

    resolver = getattr(reactor, "nameResolver", None)
    if not isinstance(resolver, GuardedResolver):
        return None
    return resolver.blocked.get(urlsplit(url).hostname or "")
