"""What a new user does with a site, by the program itself: add it, check it, crawl it; then the site's template breaks
and the health says so."""

from __future__ import annotations

import re
from pathlib import Path

from config.sources import load_sources
from samples.server import Server, serve
from samples.site import Resource
from tests.cli.calling import Ran, spawn

DATES = re.compile(
    r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


def break_template(server: Server) -> None:
    """A relaunch: every article has another address, and no page or feed says any more when it was published."""
    server.resource("courier", "/")
    pages = server._resources[server.edition]["courier"]
    feed = pages["/feed.xml"].body.decode()
    articles = [path for path in pages if path.startswith("/news/")]
    for number, path in enumerate(articles):
        text = DATES.sub("one day in", pages.pop(path).body.decode())
        (title,) = re.findall(r"<h1>(.*?)</h1>", text)
        (body,) = re.findall(r'<div class="article-body">(.*?)</div>', text, re.DOTALL)
        page = (
            f"<html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"
        )
        pages[f"/story/{number}/"] = Resource(page.encode())
        feed = feed.replace(path, f"/story/{number}/")
    pages["/feed.xml"] = Resource(re.sub(r"<pubDate>.*?</pubDate>", "", feed).encode(), pages["/feed.xml"].media_type)


def test_a_new_source_from_its_address_to_its_failing_health(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text("sources: []\n", encoding="utf8")
    settings = {"PACTWATCH_SOURCES_FILE": str(file), "PACTWATCH_ALLOW_PRIVATE": "true", "PACTWATCH_WORKERS": "1"}

    def type_in(*words: str, stdin: bytes = b"") -> Ran:
        return spawn(tmp_path / "data", *words, stdin=stdin, **settings)

    with serve() as server:
        added = type_in("sources", "add", f"{server.sites.news_url}/", "--id", "courier", stdin=b"y\n")
        assert added.code == 0, added.err
        (source,) = load_sources(file)
        assert (source.id, source.kind, source.start) == ("courier", "feed", (f"{server.sites.news_url}/feed.xml",))

        checked = type_in("sources", "check", "courier")
        assert checked.code == 0, checked.out + checked.err
        assert "EIT Health" in checked.out
        assert not (tmp_path / "data" / "pactwatch.db").exists(), "a dry run stores nothing"

        crawled = type_in("crawl", "courier")
        assert crawled.code == 0, crawled.err
        assert "new" in crawled.out
        (good,) = type_in("sources", "health", "courier", "--json").rows
        assert (good["state"], good["reason"]) == ("healthy", good["reason"])

        break_template(server)
        after = type_in("nightly", "courier", "--force")
        assert "health: courier: healthy -> " in after.out, after.out + after.err

    (bad,) = type_in("sources", "health", "courier", "--json").rows
    assert bad["state"] in {"degraded", "broken"}, bad
    assert "8 of 8 documents have no published" in bad["reason"]
    assert bad["also"][0].startswith("template changed? published filled in 0 of 8 documents since ")
    assert bad["last_good_run"], "when it was last well"
