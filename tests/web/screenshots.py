"""Take every screenshot of docs/screenshots anew, over the sample sites: ``python -m tests.web.screenshots [PAGE…]``.

Each page light, dark and on a phone. Needs Chromium, and Pillow, which comes with python-pptx.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from models.session import make_engine, write_session
from pipeline.run import crawl_many, process_pending
from samples.declare import sample_sources
from search.index import refresh
from tests.web.browser import PATIENCE, launched
from tests.web.demo import Demo, demo
from web.users import accounts
from web.users.passwords import Passwords

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}
LOOKS: dict[str, dict[str, Any]] = {
    "": {"viewport": DESK, "color_scheme": "light"},
    "-dark": {"viewport": DESK, "color_scheme": "dark"},
    "-phone": {"viewport": PHONE, "color_scheme": "light"},
}
"""Endings of the files, and how the page is seen."""
COLOURS = 48
MOU = "Medical societies and EIT Health"
CHANGED = "Bayer and Charité"
PASSWORD = "correct horse battery"

OPEN = {
    "search": "/?q=memorandum",
    "document": "/documents/{document}",
    "changes": "/documents/{changed}/changes",
    "partnerships": "/partnerships",
    "partnership": "/partnerships/{partnership}",
    "organisations": "/organisations",
    "organisation": "/organisations/{organisation}",
    "themes": "/themes",
    "theme": "/themes/care-delivery",
    "network": "/network",
    "sources": "/sources",
    "source": "/sources/sample-courier",
    "run": "/runs/{run}",
    "crawls": "/crawls?target=sample-courier",
    "crawl": "/crawls/{crawl}",
    "saved": "/saved",
    "help": "/help",
    "api": "/api",
    "error": "/documents/99999",
}
"""Pages as they are without users: the name of the files, and the address."""
SIGNED = {"login": "/login", "account": "/account", "users": "/users"}
"""Pages that there are with users."""


GALLERY = FOLDER / "README.md"
HEAD = """# Screenshots

Every page over the sample sites after two visits, light, dark and on a phone. `python -m tests.web.screenshots` takes
them anew, or those of the pages that are named: `python -m tests.web.screenshots search network`.

| Page | Light | Dark | Phone |
|---|---|---|---|
"""


def gallery() -> str:
    """The page of all screenshots."""
    rows = []
    for name, address in {**OPEN, **SIGNED}.items():
        shots = " | ".join(f"[![{name}{ending}]({name}{ending}.png)]({name}{ending}.png)" for ending in LOOKS)
        rows.append(f"| `{address}` | {shots} |\n")
    return HEAD + "".join(rows)


def small(png: bytes) -> bytes:
    """The picture with few colours, in a quarter of the bytes."""
    out = io.BytesIO()
    held = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    held.save(out, "PNG", optimize=True)
    return out.getvalue()


def prepared(shown: Demo, page: Any) -> dict[str, str]:
    """Visit the sites a second time, save a search and crawl from the page; what the addresses need."""
    engine = make_engine(shown.settings.database)
    shown.server.edition = 2
    crawl_many(shown.settings, engine, sample_sources(shown.server.sites), "nightly")
    process_pending(shown.settings, engine)
    refresh(engine, shown.settings.index)
    engine.dispose()

    def get(path: str, **asked: str) -> Any:
        return page.request.get(f"{shown.address}/api/v1/{path}", params=asked).json()

    page.goto("/saved?query=agreement:mou")
    page.fill("input[name=name]", "New memoranda")
    page.locator("form.filters button").click()
    page.goto("/crawls?target=sample-courier")
    page.locator("form.filters button").click()
    page.locator("a", has_text="What became of each address").wait_for(timeout=6 * PATIENCE)
    documents = {one["title"]: one["id"] for one in get("documents", limit="100")["items"]}
    number = next(number for title, number in documents.items() if title.startswith(MOU))
    pact = next(one for one in get("partnerships", kind="mou")["items"] if one["expires"])
    return {
        "document": str(number),
        "changed": str(next(number for title, number in documents.items() if title.startswith(CHANGED))),
        "partnership": str(pact["id"]),
        "organisation": str(pact["parties"][0]["id"]),
        "run": get("runs", source="sample-courier")["items"][0]["id"],
        "crawl": page.url.rpartition("/")[2],
    }


def sign_in(context: Any) -> None:
    """Sign in as the administrator."""
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=name]", "anna")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url(lambda address: "/login" not in address)
    page.close()


def take(browser: Any, shown: Demo, pages: dict[str, str], wanted: set[str], *, signed: bool) -> None:
    """Write the screenshots of some pages."""
    for ending, look in LOOKS.items():
        context = browser.new_context(base_url=shown.address, **look)
        context.set_default_timeout(PATIENCE)
        if signed and wanted & {"account", "users"}:
            sign_in(context)
        for name, address in pages.items():
            if name not in wanted:
                continue
            own = browser.new_context(base_url=shown.address, **look) if name == "login" else context
            page = own.new_page()
            page.goto(address, wait_until="networkidle")
            (FOLDER / f"{name}{ending}.png").write_bytes(small(page.screenshot()))
            page.close()
        context.close()


def main() -> None:
    """Take them all, or those of the pages that are named."""
    wanted = set(sys.argv[1:]) or {*OPEN, *SIGNED}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo(Path(folder), dict(os.environ)) as shown,
        launched() as browser,
    ):
        page = browser.new_context(base_url=shown.address).new_page()
        page.set_default_timeout(PATIENCE)
        held = prepared(shown, page)
        take(browser, shown, {name: path.format_map(held) for name, path in OPEN.items()}, wanted, signed=False)
        engine = make_engine(shown.settings.database)
        with write_session(engine) as session:
            accounts.add(session, Passwords(), "anna", PASSWORD, "admin")
            accounts.add(session, Passwords(), "bruno", PASSWORD, "editor")
            accounts.add(session, Passwords(), "clara", PASSWORD, "reader")
        engine.dispose()
        take(browser, shown, SIGNED, wanted, signed=True)
    GALLERY.write_text(gallery(), encoding="utf8")
    total = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} screenshots, {total:,} bytes\n")


if __name__ == "__main__":
    main()
