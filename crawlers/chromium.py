"""The system's Chromium for sources that ask for rendering: where it is, what is missing, how a crawl is set to use it.

Nothing here imports scrapy-playwright, so that sources without rendering do without it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.sources import Render, Source

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAGES = 2
"""Pages in the browser at once."""
SLOT = "render"
"""Slot of Scrapy's downloader for rendering; what a page asks for takes its turn in the slots of the hosts."""
PRIORITY = 500
"""Place of the middleware: behind redirects, unpacking and retries, so that it sees answers that are final."""

NO_NETWORK = ("--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND")
"""The browser reaches nothing by itself, whatever a page tries: all that it may have is fetched by the crawl."""
ARGUMENTS = (
    *NO_NETWORK,
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio", "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)  # fmt: skip


def find_chromium(given: str | None) -> str | None:
    """Path of the browser: the one given by path or name, else the first of `NAMES` that is installed."""
    if given:
        return shutil.which(given)
    return next(filter(None, map(shutil.which, NAMES)), None)


def what_is_missing(chromium: str | None) -> str | None:
    """One line that says what rendering lacks here and how to mend it; None where all is there."""
    if find_spec("scrapy_playwright") is None:
        return "it asks for rendering, and scrapy-playwright is not installed: pip install 'pactwatch[browser]'"
    if find_chromium(chromium) is None:
        where = f"no browser at '{chromium}'" if chromium else "Chromium is not installed"
        mend = "apt-get install chromium, or set PACTWATCH_CHROMIUM to its path"
        return f"it asks for rendering, and {where}: {mend}"
    return None


def lacking(sources: Iterable[Source], chromium: str | None) -> str | None:
    """One line that names the enabled sources that cannot be rendered here, and why; None where there are none."""
    wanting = [source.id for source in sources if source.enabled and source.render is not None]
    missing = what_is_missing(chromium) if wanting else None
    return f"source {', '.join(wanting[:3])}{' …' if len(wanting) > 3 else ''}: {missing}" if missing else None


def with_rendering(settings: dict[str, Any], render: Render, chromium: str | None) -> dict[str, Any]:
    """A crawl's settings of Scrapy with the browser; it starts with the first page that is rendered."""
    handler = "crawlers.rendering.RenderHandler"
    return {
        **settings,
        "DOWNLOAD_HANDLERS": {**settings.get("DOWNLOAD_HANDLERS", {}), "http": handler, "https": handler},
        "DOWNLOADER_MIDDLEWARES": {
            **settings["DOWNLOADER_MIDDLEWARES"],
            "crawlers.rendering.RenderMiddleware": PRIORITY,
        },
        "DOWNLOAD_SLOTS": {SLOT: {"concurrency": PAGES, "delay": 0.0, "jitter": 0.0}},
        "RENDER": render,
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": PAGES,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 1000 * render.seconds,
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": str(Path(find_chromium(chromium) or "chromium")),
            "headless": True,
            "chromium_sandbox": os.geteuid() != 0,  # Chromium refuses its sandbox to root
            "args": list(ARGUMENTS),
        },
    }
