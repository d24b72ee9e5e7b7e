"""Faults of the network and of HTTP itself: connections, heads, lengths, chunks."""

from __future__ import annotations

from samples.misbehaving.case import Case
from samples.misbehaving.wire import (
    PAGE,
    Answer,
    Numbered,
    drips,
    endless,
    floods,
    head,
    replies,
    sends,
    sends_and_resets,
    sends_and_waits,
)

OK = head("200 OK", "Content-Type: text/html")
CHUNKED = head("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked")


def length(*values: object) -> Answer:
    """A page with these Content-Length headers."""
    return sends(head("200 OK", "Content-Type: text/html", *(f"Content-Length: {value}" for value in values)), PAGE)


CONNECTIONS = (
    Case("refused", "unreachable refused", replies(), url="{closed}/"),
    Case("dns-unknown", "unreachable dns", replies(), needs="names"),
    Case("dns-hangs", "unreachable timeout", replies(), needs="names"),
    Case("dns-private", "filtered private", replies(), needs="names"),
    Case("dns-loopback-v6", "filtered private", replies(), needs="names"),
    Case("dns-public-and-private", "fetched", replies(), needs="names"),
    Case("dns-moves-home", "fetched", replies(), needs="names"),
    Case("plain-on-tls-port", "unreachable tls", replies(), url="{plain_tls}/"),
    Case("tls-in-order", "fetched", replies(), url="{tls}/", needs="tls"),
    Case("tls-self-signed", "unreachable tls", replies(), url="{tls}/", needs="tls"),
    Case("tls-expired", "unreachable tls", replies(), url="{tls}/", needs="tls"),
    Case("tls-other-name", "unreachable tls", replies(), url="{tls}/", needs="tls"),
    Case("reset-before-headers", "unreachable reset", sends_and_resets()),
    Case("reset-amid-headers", "unreachable reset", sends_and_resets(b"HTTP/1.1 200 OK\r\nContent-T")),
    Case("reset-amid-body", "unreachable reset", sends_and_resets(head("200 OK", "Content-Length: 5000"), PAGE)),
    Case("empty-reply", "unreachable reset", sends()),
    Case("stall-before-headers", "unreachable timeout", sends_and_waits()),
    Case("stall-amid-headers", "unreachable timeout", sends_and_waits(b"HTTP/1.1 200 OK\r\nContent-T")),
    Case("stall-amid-body", "unreachable timeout", sends_and_waits(head("200 OK", "Content-Length: 5000"), PAGE)),
    Case("slowloris-headers", "unreachable timeout", drips(b"HTTP/1.1 200 OK\r\n", b"X", 1.0)),
    Case("slowloris-body", "unreachable timeout", drips(OK, b".", 1.0)),
)
HEADS = (
    Case("status-line-garbage", "failed bad-http", sends(b"\x00\xff lorem ipsum\r\n\r\n")),
    Case("status-line-endless", "failed header-flood", floods(b"HTTP/1.1 200 ", endless(b"x" * 8192))),
    Case("status-no-number", "failed bad-http", sends(b"HTTP/1.1 OK OK\r\n\r\n")),
    Case("status-999", "failed status-999", replies(status="999 Request denied")),
    Case("http-0.9", "failed bad-http", sends(PAGE)),
    Case("http-version-garbage", "failed bad-http", sends(b"HTTP/one.one 200 OK\r\n\r\n", PAGE)),
    Case("header-endless", "failed header-flood", floods(b"HTTP/1.1 200 OK\r\nX-Long: ", endless(b"x" * 8192))),
    Case("headers-endless", "failed header-flood", floods(b"HTTP/1.1 200 OK\r\n", Numbered())),
    Case(
        "headers-folded-endlessly", "failed header-flood", floods(b"HTTP/1.1 200 OK\r\nX: ", endless(b"x\r\n " * 999))
    ),
    Case("continue-endlessly", "failed header-flood", floods(b"", endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 99))),
    Case("continue-once", "fetched", sends(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", OK, PAGE)),
    Case("header-without-colon", "fetched", sends(b"HTTP/1.1 200 OK\r\nlorem ipsum\r\n\r\n", PAGE)),
    Case("header-of-nul-bytes", "failed bad-http", sends(b"HTTP/1.1 200 OK\r\nX-Nul\x00: \x00\xff\r\n\r\n", PAGE)),
    Case("switching-protocols", "unreachable reset", sends(head("101 Switching Protocols", "Upgrade: x"))),
)
LENGTHS = (
    Case("length-too-much", "failed wrong-length", length(len(PAGE) + 1000)),
    Case("length-too-little", "fetched", length(len(PAGE) - 20)),
    Case("length-negative", "failed bad-http", length(-5)),
    Case("length-no-number", "failed bad-http", length("many")),
    Case("length-twice-different", "failed bad-http", length(len(PAGE), 3)),
    Case("length-twice-alike", "fetched", length(len(PAGE), len(PAGE))),
    Case("length-enormous", "filtered too-large", length(10**18)),
    Case("length-none", "fetched", sends(OK, PAGE)),
    Case("head-only", "failed wrong-length", sends(head("200 OK", "Content-Length: 1000"))),
    Case("empty-body", "failed empty-body", replies(b"")),
    Case("body-endless", "filtered too-large", floods(OK)),
    Case("body-too-large", "filtered too-large", replies(PAGE + b" " * 2_000_000)),
    Case("chunk-garbage", "failed wrong-length", sends(CHUNKED, b"zzz\r\nlorem\r\n")),
    Case("chunk-size-negative", "failed wrong-length", sends(CHUNKED, b"-5\r\nlorem\r\n")),
    Case("chunk-size-enormous", "failed wrong-length", sends(CHUNKED, b"f" * 5000 + b"\r\n")),
    Case("chunk-without-end", "failed wrong-length", sends(CHUNKED, b"5\r\nlorem\r\n")),
    Case("chunks-endless", "filtered too-large", floods(CHUNKED, endless(b"400\r\n" + b"x" * 1024 + b"\r\n"))),
    Case("transfer-encoding-unknown", "failed bad-http", sends(head("200 OK", "Transfer-Encoding: lorem"), PAGE)),
    Case("chunked-and-length", "fetched", sends(
        head("200 OK", "Transfer-Encoding: chunked", "Content-Length: 3"), b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)
    )),
)  # fmt: skip
NETWORK = (*CONNECTIONS, *HEADS, *LENGTHS)
