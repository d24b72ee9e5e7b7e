"""A small news site on loopback: a feed of articles, a copy, a page that is missing, an empty one, a damaged PDF."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

AGREEMENTS = (
    ("Novo Clinic and Harbour University sign memorandum", "Novo Clinic and Harbour University have signed a "
     "memorandum of understanding on the training of data stewards. It runs for two years."),
    ("Lakeside Hospital joins Delta Diagnostics", "Lakeside Hospital and Delta Diagnostics announced a partnership to "
     "develop a sepsis test. The hospital will provide samples."),
    ("Harbour University partners with Novo Clinic", "Novo Clinic and Harbour University have signed a memorandum of "
     "understanding, the university said. Both will share courses for data stewards."),
    ("Polar Therapeutics acquires Minor Devices", "Polar Therapeutics has acquired Minor Devices, a maker of wearable "
     "sensors, for 12 million euros."),
    ("Alpine Cluster and Coastal Cluster cooperate", "The Alpine Cluster and the Coastal Cluster signed a cooperation "
     "agreement on artificial intelligence in radiology."),
    ("Northern Institute receives grant", "The European Commission awarded the Northern Institute a grant of 3 million "
     "euros for research on rare diseases."),
)  # fmt: skip
FILLER = (
    "The work touches hospitals, universities and companies in several regions.",
    "Patients are to benefit from earlier diagnosis and from records that follow them.",
    "A first report is expected after the summer; the partners will publish it openly.",
    "Similar projects in neighbouring countries have shown how long such changes take.",
)
ARTICLES = 14


def _article(number: int) -> bytes:
    title, lead = AGREEMENTS[number % len(AGREEMENTS)]
    copy = number == ARTICLES - 1
    if copy:
        title, lead, number = *AGREEMENTS[0], 0
    region = f"The announcement was number {number + 1} of the season in the region."
    paragraphs = "".join(f"<p>{text}</p>" for text in (lead, region, *FILLER, FILLER[number % len(FILLER)]))
    day = f"2024-03-{number + 1:02d}"
    return (
        f"<html lang='en'><head><title>{title}</title><meta property='article:published_time' content='{day}'></head>"
        f"<body><header><a href='/'>Home</a></header><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def _feed(base: str) -> bytes:
    paths = [f"/news/{number}.html" for number in range(ARTICLES)]
    paths += ["/news/missing.html", "/news/empty.html", "/files/damaged.pdf"]
    items = "".join(f"<item><title>Item</title><link>{base}{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()


def _pages(base: str) -> dict[str, tuple[str, bytes]]:
    pages = {f"/news/{number}.html": ("text/html; charset=utf-8", _article(number)) for number in range(ARTICLES)}
    pages["/feed.xml"] = ("application/rss+xml", _feed(base))
    pages["/news/empty.html"] = ("text/html", b"")
    pages["/files/damaged.pdf"] = ("application/pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    pages["/robots.txt"] = ("text/plain", b"User-agent: *\nAllow: /\n")
    return pages


class _Handler(BaseHTTPRequestHandler):
    pages: ClassVar[dict[str, tuple[str, bytes]]]
    seconds = 0.0

    def do_GET(self) -> None:
        time.sleep(self.seconds)
        if self.path not in self.pages:
            self.send_error(404)
            return
        media_type, body = self.pages[self.path]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        same = self.headers.get("If-None-Match") == etag
        self.send_response(304 if same else 200)
        self.send_header("ETag", etag)
        if not same:
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not same:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the test's output is for the test."""


@contextmanager
def serving(seconds: float = 0.02) -> Iterator[str]:
    """Serve the site, `seconds` an answer: a crawl needs moments at which it can be killed. Yields its address."""

    class Handler(_Handler):
        pages: ClassVar[dict[str, tuple[str, bytes]]] = {}

    Handler.seconds = seconds
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_port}"
    Handler.pages.update(_pages(base))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
