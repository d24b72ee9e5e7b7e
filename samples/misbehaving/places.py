"""Redirects, robots.txt, and places without an end."""

from __future__ import annotations

from samples.misbehaving.case import Case
from samples.misbehaving.wire import (
    PAGE,
    Answer,
    Exchange,
    drips,
    endless,
    floods,
    redirects,
    replies,
    sends,
    sends_and_waits,
)

TEXT = "text/plain"
FORBIDDING = b"User-agent: *\nDisallow: /\n"
PRIVATE = {
    "loopback": "http://127.0.0.1:{port}/",
    "loopback-v6": "http://[::1]:{port}/",
    "mapped-v6": "http://[::ffff:127.0.0.1]:{port}/",
    "nat64-v6": "http://[64:ff9b::7f00:1]/",
    "decimal": "http://2130706433:{port}/",
    "octal": "http://0177.0.0.1:{port}/",
    "hexadecimal": "http://0x7f000001:{port}/",
    "short": "http://127.1:{port}/",
    "zero": "http://0.0.0.0:{port}/",
    "ten": "http://10.0.0.1/",
    "home": "http://192.168.1.1/admin",
    "link-local": "http://169.254.1.1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "multicast": "http://224.0.0.1/",
    "without-scheme": "//127.0.0.1:{port}/",
    "name": "http://dns-private.faults.test/",
}
"""Where a redirect must never lead; the last one only the name server knows to be private."""


def numbered(exchange: Exchange) -> int:
    """The number at the end of the path; 0 where there is none."""
    last = exchange.path.rpartition("/")[2].rpartition("=")[2]
    return int(last) if last.isdigit() else 0


def chain(exchange: Exchange) -> None:
    """Redirects from number to number, for ever."""
    redirects(f"{exchange.base}/{numbered(exchange) + 1}")(exchange)


def pages(template: str, links: int = 1) -> Answer:
    """Pages that link to the next `links` ones, for ever; ``{n}`` in the template is their number."""

    def answer(exchange: Exchange) -> None:
        first = numbered(exchange) * links + 1
        hrefs = "".join(f"<li><a href='{template.format(n=n)}'>Page {n}</a></li>" for n in range(first, first + links))
        exchange.reply(f"<html><body><ul>{hrefs}</ul>{numbered(exchange)}</body></html>".encode())

    return answer


def facets(exchange: Exchange) -> None:
    """A shop's filters: each page leads to every combination with one value more."""
    query = exchange.path.partition("?")[2]
    hrefs = "".join(f"<a href='/shop?{query}&amp;filter={n}'>{n}</a>" for n in range(260))
    exchange.reply(f"<html><body>{hrefs}</body></html>".encode())


def listing(exchange: Exchange) -> None:
    """Endless pagination: each page has one item and names the next page."""
    n = numbered(exchange)
    if exchange.path.startswith("/item"):
        exchange.reply()
    else:
        text = f"<ul><li><a href='/item/{n}'>Item {n}</a></li></ul><a rel=next href='/list/{n + 1}'>more</a>"
        exchange.reply(f"<html><body>{text}</body></html>".encode())


REDIRECTS = (
    Case("redirect-to-itself", "failed redirect-loop", redirects("{base}/")),
    Case("redirect-loop", "failed redirect-loop", lambda x: redirects("/a" if x.path == "/b" else "/b")(x)),
    Case("redirect-endlessly", "failed redirect-loop", chain),
    *(
        Case(f"redirect-to-{name}", "filtered private", redirects(target.replace("{port}", "8")), needs="guard")
        for name, target in PRIVATE.items()
    ),
    Case("redirect-to-file", "filtered scheme", redirects("file:///etc/passwd")),
    Case("redirect-to-ftp", "filtered scheme", redirects("ftp://user:SECRET-4@files.test/a.pdf")),
    Case("redirect-to-data", "filtered scheme", redirects("data:text/html,lorem")),
    Case("redirect-to-script", "filtered scheme", redirects("javascript:alert(1)")),
    Case("redirect-to-gopher", "filtered scheme", redirects("gopher://127.0.0.1:70/_x")),
    Case("redirect-to-nowhere", "failed bad-redirect", redirects("http://[lorem/")),
    Case("redirect-to-no-port", "failed bad-redirect", redirects("http://lorem.test:99999/")),
    Case("redirect-to-no-host", "failed redirect-loop", redirects("http:///lorem")),
    Case("redirect-garbage", "failed status-404", lambda x: (
        redirects("\x01 \xff{}<>") if x.path == "/" else replies(PAGE, "404 Not Found"))(x)),
    Case("redirect-without-location", "failed status-302", replies(b"moved", "302 Found")),
    Case("redirect-to-nothing", "failed status-302", redirects("")),
    Case("redirect-elsewhere", "filtered host", redirects("http://elsewhere.test/")),
    Case("redirect-to-what-robots-forbids", "filtered robots", redirects("/secret"),
         robots=replies(b"User-agent: *\nDisallow: /secret", media=TEXT)),
    Case("redirect-that-stalls", "unreachable timeout", lambda x: (
        redirects("/stall") if x.path == "/" else sends_and_waits())(x)),
)  # fmt: skip
ROBOTS = (
    Case("robots-forbids", "filtered robots", replies(), robots=replies(FORBIDDING, media=TEXT)),
    Case("robots-500", "filtered robots-unavailable", replies(), robots=replies(b"", "500 No")),
    Case("robots-503", "filtered robots-unavailable", replies(), robots=replies(b"", "503 No")),
    Case("robots-429", "filtered robots-unavailable", replies(), robots=replies(b"", "429 No")),
    Case("robots-401", "fetched", replies(), robots=replies(FORBIDDING, "401 No")),
    Case("robots-stalls", "unreachable timeout", replies(), robots=sends_and_waits()),
    Case("robots-drips", "unreachable timeout", replies(), robots=drips(b"HTTP/1.1 200 OK\r\n\r\n", b"#", 0.5)),
    Case("robots-empty-reply", "unreachable reset", replies(), robots=sends()),
    Case("robots-garbage", "fetched", replies(), robots=replies(b"\x00\xff\xfe lorem" * 999, media=TEXT)),
    Case("robots-of-html", "fetched", replies(), robots=replies(PAGE)),
    Case("robots-huge", "filtered robots", replies(), robots=replies(FORBIDDING + b"# x\n" * 900_000, media=TEXT)),
    Case("robots-endless", "filtered robots", replies(), robots=floods(
        b"HTTP/1.1 200 OK\r\n\r\n" + FORBIDDING, endless(b"# x\n" * 1000))),
    Case("robots-in-a-loop", "fetched", replies(), robots=redirects("/robots.txt")),
    Case("robots-redirects-home", "filtered private", replies(), robots=redirects("http://169.254.169.254/"),
         needs="guard"),
    Case("robots-delay-that-is-none", "fetched", replies(),
         robots=replies(b"User-agent: *\nCrawl-delay: nan\nRequest-rate: 1/x", media=TEXT)),
)  # fmt: skip
ENDLESS = (
    Case("calendar", "fetched", pages("/calendar?month={n}", 300), start="walk", among=("filtered trap",)),
    Case("facets", "fetched", facets, start="walk", among=("filtered trap",)),
    Case("links-deeper-and-deeper", "fetched", pages("x/{n}"), start="walk"),
    Case("links-many", "fetched", pages("/news/{n}", 500), start="walk", among=("filtered limit",)),
    Case("links-without-use", "fetched", replies(
        b"<html><body><a href='data:,x'>a</a><a href='javascript:0'>b</a><a href='http://[x/'>c</a><a href='//'>d</a>"
        b"<a href='mailto:x@y'>e</a><a href='\x00\xff'>f</a><a>g</a></body></html>"), start="walk"),
    Case("pagination", "fetched", listing, start="listing", url="{base}/list/0", among=("filtered limit", "fetched")),
    Case("listing-of-nothing", "fetched", replies(), start="listing"),
    Case("listing-that-is-a-film", "filtered type", replies(b"\x00" * 99, media="video/mp4"), start="listing"),
)  # fmt: skip
PLACES = (*REDIRECTS, *ROBOTS, *ENDLESS)
