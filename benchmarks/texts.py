"""Pages for the benchmarks of the whole way: prose of real size with the usual boilerplate, served on loopback."""

from __future__ import annotations

import html
import json
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.gold import EVAL, SETS
from config.sources import Source, SourceKind

NAV = "".join(f'<li><a href="/{word}/">{word}</a></li>' for word in ("news", "events", "members", "about", "contact"))
SHARE = '<div class="share"><a href="#">Share on X</a> <a href="#">Share on LinkedIn</a> <a href="#">E-mail</a></div>'
FOOTER = "<footer><p>© All rights reserved. Privacy policy. Cookie settings. Imprint.</p></footer>"


def texts(number: int, longest: int | None = None) -> list[tuple[str, str]]:
    """`number` different (title, text) pairs, from the development documents where they lie beside the checkout.

    Where more are asked for than there are, paragraphs are shuffled between documents (seeded): sizes and words stay
    those of real texts. Raises FileNotFoundError where there are none.
    """
    found: list[tuple[str, str]] = []
    for name in SETS:
        with (EVAL / "dev" / f"{name}_texts.jsonl").open(encoding="utf8") as lines:
            found += [(row["title"], row["text"][:longest]) for row in map(json.loads, lines)]
    paragraphs = [p for _, text in found for p in text.split("\n") if len(p) > 40]
    chance = random.Random(7)
    made = [
        (f"{title} {n}", _mixed(text, paragraphs, chance))
        for n in range(number)
        for title, text in [found[n % len(found)]]
    ]
    return [*found, *made[len(found) :]][:number]


def _mixed(text: str, paragraphs: Sequence[str], chance: random.Random) -> str:
    return "\n".join(chance.choice(paragraphs) if len(p) > 40 else p for p in text.split("\n"))


def page(title: str, text: str) -> bytes:
    """The text as a web page."""
    body = "".join(f"<p>{html.escape(p)}</p>\n" for p in text.split("\n") if p.strip())
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)} | Bench</title>'
        f'<meta property="article:published_time" content="2024-05-06"></head><body><nav><ul>{NAV}</ul></nav>'
        f"<main><article><h1>{html.escape(title)}</h1>{SHARE}{body}</article></main>{FOOTER}</body></html>"
    ).encode()


@contextmanager
def served(pages: Sequence[bytes]) -> Iterator[Source]:
    """Serve the pages on loopback; yields a sitemap source for them."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/sitemap.xml":
                kind, body = "text/xml", sitemap
            elif self.path.startswith("/p/"):
                kind, body = "text/html; charset=utf-8", pages[int(self.path.removeprefix("/p/"))]
            else:
                kind, body = "text/plain", b""
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    home = f"http://127.0.0.1:{server.server_port}"
    urls = "".join(f"<url><loc>{home}/p/{n}</loc></url>" for n in range(len(pages)))
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Source(
            id="bench",
            name="Bench",
            kind=SourceKind.SITEMAP,
            start=(f"{home}/sitemap.xml",),
            delay=0,
            max_documents=len(pages) + 10,
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
