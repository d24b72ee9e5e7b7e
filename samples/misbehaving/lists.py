"""Feeds and sitemaps that are none, or that would like to be more than they are."""

from __future__ import annotations

import gzip

from samples.misbehaving.bodies import BOMB_BYTES
from samples.misbehaving.case import Case
from samples.misbehaving.wire import FEED, PAGE, XML, Answer, Exchange, floods, head, replies, sends

ITEM = "<item><title>{title}</title><link>{link}</link></item>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ENTITIES = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
EXTERNAL = '<!DOCTYPE rss SYSTEM "{base}/dtd" [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "{base}/y">]>'


def rss(doctype: str = "", title: str = "A page", media: str = FEED, **headers: str) -> Answer:
    """A feed with one entry, which the same host serves."""

    def answer(exchange: Exchange) -> None:
        if exchange.path == "/entry":
            exchange.reply()
            return
        item = ITEM.format(title=title, link=f"{exchange.base}/entry")
        text = f"{doctype.replace('{base}', exchange.base)}<rss><channel>{item}</channel></rss>"
        exchange.reply(text.encode(), media=media, **headers)

    return answer


def sitemap(doctype: str = "", *paths: str, root: str = "urlset", inner: str = "url") -> Answer:
    """A sitemap of these paths, each on the same host unless it is a whole URL."""

    def answer(exchange: Exchange) -> None:
        if exchange.path == "/entry":
            exchange.reply()
            return
        urls = [path if "://" in path else exchange.base + path for path in paths]
        locs = "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in urls)
        exchange.reply(f"{doctype}<{root}>{locs}</{root}>".encode(), media=XML)

    return answer


def gz(times: int, size: int) -> Answer:
    """A packed sitemap that is mostly blanks, without a word of its encoding."""

    def answer(exchange: Exchange) -> None:
        body = b"<urlset>" + b" " * size + b"</urlset>"
        for _ in range(times):
            body = gzip.compress(body)
        exchange.reply(body, media="application/gzip")

    return answer


FEEDS = (
    Case("feed-in-order", "fetched", rss(), start="feed", among=("fetched",)),
    Case("feed-declared-html", "fetched", rss(media="text/html"), start="feed", among=("fetched",)),
    Case("feed-declared-film", "filtered type", rss(media="video/mp4"), start="feed"),
    Case("feed-of-html", "failed broken-feed", replies(PAGE), start="feed"),
    Case("feed-of-nothing", "failed empty-body", replies(b"\n"), start="feed"),
    Case("feed-of-garbage", "failed broken-feed", replies(b"\x00\xff" * 999, media=FEED), start="feed"),
    Case("feed-laughs", "fetched", rss(ENTITIES, "&l11;"), start="feed"),
    Case("feed-quadratic", "fetched", rss(QUADRATIC, "&a;" * 20_000), start="feed"),
    Case("feed-external-entities", "fetched", rss(EXTERNAL, "&x;&y;"), start="feed", among=("fetched",)),
    Case("feed-deep", "fetched", replies(b"<rss><channel>" + b"<a>" * 200_000, media=FEED), start="feed"),
    Case("feed-of-deep-json", "failed broken-feed", replies(b'{"items":' + b"[" * 100_000, media="application/json"),
         start="feed"),
    Case("feed-endless", "filtered too-large", floods(head("200 OK", "Content-Type: text/xml") + b"<rss><channel>"),
         start="feed"),
    Case("feed-cut-off", "failed wrong-length", sends(head("200 OK", "Content-Length: 999"), b"<rss>"), start="feed"),
    Case("feed-304-unasked", "failed status-304", replies(b"", "304 Not Modified"), start="feed"),
)  # fmt: skip
SITEMAPS = (
    Case("sitemap-in-order", "fetched", sitemap("", "/entry"), start="sitemap", among=("fetched",)),
    Case("sitemap-laughs", "fetched", sitemap(ENTITIES.replace("rss", "urlset"), "/entry", "/&l11;"), start="sitemap",
         among=("fetched",)),
    Case("sitemap-gz-bomb", "filtered too-large", gz(1, BOMB_BYTES), start="sitemap"),
    Case("sitemap-gz-bomb-by-ratio", "filtered bomb", gz(1, 990_000), start="sitemap"),
    Case("sitemap-gz-in-gz", "failed broken-sitemap", gz(2, 2000), start="sitemap"),
    Case("sitemap-gz-in-gz-bomb", "failed broken-sitemap", gz(2, BOMB_BYTES), start="sitemap"),
    Case("sitemap-gz-garbage", "failed broken-sitemap", replies(b"\x1f\x8b\x08lorem"), start="sitemap"),
    Case("sitemap-of-html", "failed broken-sitemap", replies(PAGE), start="sitemap"),
    Case("sitemap-names-itself", "fetched", sitemap("", "/", root="sitemapindex", inner="sitemap"), start="sitemap"),
    Case("sitemap-of-others", "fetched", sitemap("", *(f"http://elsewhere.test/{n}" for n in range(500))),
         start="sitemap", among=("filtered host",)),
    Case("sitemap-of-schemes", "fetched", sitemap("", "file:///etc/passwd", "gopher://x.test/", "ftp://x.test/"),
         start="sitemap", among=("filtered scheme",)),
)  # fmt: skip
LISTS = (*FEEDS, *SITEMAPS)
