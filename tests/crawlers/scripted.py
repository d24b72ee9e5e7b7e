"""A sample site whose pages, listing and articles alike, are empty until their script has fetched what they show."""

from __future__ import annotations

import json

from tests.crawlers.site import Site

SHELL = """<!doctype html><html><head><title>News</title><link rel="stylesheet" href="/style.css">
<script src="/app.js" defer></script></head><body><div id="app"></div><img src="/picture.png"></body></html>"""
APP = """
const app = document.getElementById("app");
async function show() {
  if (location.pathname === "/news") {
    const items = await (await fetch("/api/list.json")).json();
    app.innerHTML = items.map(item => `<h2><a href="/article/${item.id}">${item.title}</a></h2>`).join("");
  } else {
    const item = await (await fetch("/api" + location.pathname + ".json")).json();
    document.title = item.title;
    app.innerHTML = `<article><h1>${item.title}</h1><p>${item.text}</p></article>`;
  }
}
show();
"""
ITEMS = [{"id": n, "title": f"Agreement {n} – signé à Orléans"} for n in (1, 2)]


def build(site: Site) -> str:
    """Put it up; answers the URL of its listing."""
    site.add("/app.js", APP, "text/javascript")
    site.add("/api/list.json", json.dumps(ITEMS), "application/json")
    for item in ITEMS:
        site.add(f"/article/{item['id']}", SHELL)
        text = f"Hospital {item['id']} and university sign. " * 20
        site.add(f"/api/article/{item['id']}.json", json.dumps({**item, "text": text}), "application/json")
    return site.add("/news", SHELL)
