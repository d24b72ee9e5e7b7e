"""Pages that are made by their scripts: fetched like any other, then run in Chromium, which has no network of its own.

A page's HTML, its scripts and the data that they ask for all come through Scrapy's downloader, so that robots.txt, the
turns of each host, the address check after DNS, the bounds on bodies and the permission for private addresses hold for
each of them. Pictures, media, fonts, styles, frames and sockets are refused. What the document has become is the
answer's body from then on.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, Route
from playwright.async_api import TimeoutError as BrowserTimeoutError
from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.http.request import NO_CALLBACK
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # type: ignore[import-untyped]
from scrapy_playwright.page import PageMethod  # type: ignore[import-untyped]

from config.sources import Render
from crawlers.addresses import names_private
from crawlers.chromium import SLOT
from crawlers.media import HTML, XHTML, declared, sniff
from crawlers.transport import BoundedHandler
from crawlers.verdicts import Refused, failed, filtered

if TYPE_CHECKING:
    from playwright.async_api import Request as BrowserRequest
    from scrapy.crawler import Crawler

    from crawlers.spiders.base import SourceSpider

logger = logging.getLogger(__name__)
logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # it tells each page that fails with its traceback

WANTED = frozenset({"script", "xhr", "fetch"})
METHODS = frozenset({"GET", "HEAD", "POST"})
MOST_PARTS = 100
"""Most requests of one page."""
MOST_NOTES = 10
CACHE_BYTES = 20_000_000
"""Scripts that are kept for the pages after the one that asked for them first."""
LAUNCH_SECONDS = 120.0
"""How long a page waits for the browser to start, or to have room for it."""
GRACE_SECONDS = 5.0
"""How long a page may outlast its time before it is closed from outside."""
NOT_SENT = frozenset({"cookie", "user-agent", "host", "connection", "content-length", "accept-encoding"})
"""Headers of the browser's requests that are not passed on; the crawl has its own, and no cookies."""
NOT_GIVEN = frozenset(
    {b"set-cookie", b"set-cookie2", b"content-length", b"content-encoding", b"transfer-encoding", b"refresh"}
)
"""Headers of answers that the browser is not given: bodies are whole and unpacked, and a page stays where it is."""
UTF8 = "text/html; charset=utf-8"


@dataclass(slots=True)
class _Rendering:
    """One page on its way through the browser."""

    answer: Response
    until: float
    """On the clock of the event loop."""
    limit: asyncio.Timeout | None = None
    """What ends it from outside; its time begins with its page, not with the browser."""
    page: Page | None = None
    parts: int = 0
    entered: bool = False
    """Whether the browser has been given the page itself."""
    leads_to: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Where its script tries to go."""
    crashed: bool = False
    browser: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Milliseconds of its time; a little where it is over, since 0 means no limit."""
        return max(1.0, 1000 * (self.until - asyncio.get_running_loop().time()))

    def crash(self) -> None:
        """Its renderer has died: nothing is to be waited for, which the browser's driver would do all the same."""
        self.crashed = True
        if self.limit is not None and not self.limit.expired():
            self.limit.reschedule(asyncio.get_running_loop().time())


class RenderMiddleware:
    """Turns an answer that is a page of the source into what its scripts make of it.

    Raises Refused: ``render-timeout`` where the page did not get done in its time, ``render-crash``, ``render-error``,
    ``too-large``. Nothing passes as rendered that was not.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._render: Render = crawler.settings["RENDER"]
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._allow_private = crawler.settings.getbool("ALLOW_PRIVATE")
        self._scripts: dict[str, Response] = {}
        self._kept = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderMiddleware:
        """Scrapy's way to build it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The page as rendered; answers that are no page of the source pass as they are."""
        if "entry" not in request.meta or response.status not in {200, 203} or not response.body:
            return response
        if sniff(response.body, declared(response.headers.get("Content-Type"))) not in {HTML, XHTML}:
            return response
        rendering = _Rendering(response, 0.0)
        made = await self._crawler.engine.download_async(self._in_browser(response.url, rendering))
        if not rendering.entered or not isinstance(made, TextResponse):
            raise failed("render-error", "the browser did not open the page")
        notes = "; ".join((f"{rendering.parts} requests", *rendering.notes[:MOST_NOTES]))
        request.meta["rendered"] = f"{rendering.browser} ({notes})"
        headers = response.headers.copy()
        headers["Content-Type"] = UTF8
        return response.replace(
            cls=HtmlResponse, body=made.text.encode("utf8", "replace"), headers=headers, encoding="utf8"
        )

    def _in_browser(self, url: str, rendering: _Rendering) -> Request:
        agent = self._crawler.settings["USER_AGENT"]
        context = {"user_agent": agent, "service_workers": "block", "accept_downloads": False}
        return Request(
            url,
            callback=NO_CALLBACK,
            meta={
                "rendering": rendering,
                "playwright": True,
                "playwright_context_kwargs": context,
                "playwright_page_init_callback": self._prepare,
                # No longer: a script that leads on while the page loads would end the waiting for it.
                "playwright_page_goto_kwargs": {"wait_until": "commit"},
                "playwright_page_methods": [PageMethod(self._wait, rendering)],
                "download_slot": SLOT,
                "autothrottle_dont_adjust_delay": True,
            },
        )

    async def _prepare(self, page: Page, request: Request) -> None:
        """Put this crawl between the page and what it asks for, in front of scrapy-playwright's own route."""
        rendering: _Rendering = request.meta["rendering"]
        # Where the browser itself died, scrapy-playwright begins again with another one.
        rendering.page, rendering.entered, rendering.parts, rendering.notes = page, False, 0, []
        rendering.leads_to = asyncio.get_running_loop().create_future()
        rendering.until = asyncio.get_running_loop().time() + self._render.seconds
        if rendering.limit is not None:
            rendering.limit.reschedule(rendering.until + GRACE_SECONDS)
        browser = page.context.browser
        rendering.browser = f"Chromium {browser.version}" if browser else "Chromium"
        page.set_default_timeout(1000 * self._render.seconds)
        page.on("crash", lambda _: rendering.crash())
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))

        async def route(way: Route, asked: BrowserRequest) -> None:
            with suppress(BrowserError):  # the page was closed meanwhile
                await self._answer(rendering, way, asked)

        await page.route("**", route)

    async def _wait(self, page: Page, rendering: _Rendering) -> None:
        """Until what the source waits for is there, else until the page asks for nothing more; its time bounds both."""
        wanted, seconds = self._render.wait_for, self._render.seconds
        await _loaded(page, rendering, seconds)
        try:
            if wanted:
                await page.wait_for_selector(wanted, state="attached", timeout=rendering.left)
            else:
                await page.wait_for_load_state("networkidle", timeout=rendering.left)
        except BrowserTimeoutError as err:
            if wanted:
                raise failed("render-timeout", f"'{wanted}' was not there after {seconds:g} s") from err
            rendering.notes.append(f"cut off after {seconds:g} s")
        if urlsplit(page.url)[:2] != urlsplit(rendering.answer.url)[:2]:
            raise failed("render-error", f"its script leads to {page.url[:200]}")
        if await page.evaluate("document.documentElement.outerHTML.length") > self._most:
            raise filtered("too-large", f"the page has grown to more than {self._most} characters")

    async def _answer(self, rendering: _Rendering, way: Route, asked: BrowserRequest) -> None:
        """Give the browser what it asks for, if it may have it."""
        if asked.is_navigation_request():
            if asked.frame.parent_frame is not None:
                await way.abort("blockedbyclient")
                return
            if rendering.entered:
                if not rendering.leads_to.done():
                    rendering.leads_to.set_result(asked.url[:200])
                    rendering.notes.append(f"its script's way to {asked.url[:200]} was not taken")
                await way.abort("aborted")  # which leaves the page where it is
                return
            rendering.entered = True
            await way.fulfill(status=200, headers=_headers(rendering.answer), body=rendering.answer.body)
            return
        part = await self._part(rendering, asked) if self._may_ask(rendering, asked) else None
        if part is None:
            await way.abort("blockedbyclient")
        else:
            await way.fulfill(status=part.status, headers=_headers(part), body=part.body)

    def _may_ask(self, rendering: _Rendering, asked: BrowserRequest) -> bool:
        if asked.resource_type not in WANTED or asked.method not in METHODS:
            return False
        rendering.parts += 1
        if rendering.parts == MOST_PARTS + 1:
            rendering.notes.append(f"more than {MOST_PARTS} requests refused")
        if rendering.parts > MOST_PARTS or not asked.url.startswith(("http://", "https://")):
            return False
        return self._allow_private or not names_private(asked.url)

    async def _part(self, rendering: _Rendering, asked: BrowserRequest) -> Response | None:
        """What a page's script or request is answered with; None where the crawl may not or cannot fetch it."""
        script = asked.resource_type == "script" and asked.method == "GET"
        if script and asked.url in self._scripts:
            return self._scripts[asked.url]
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in NOT_SENT}
        request = Request(
            asked.url, method=asked.method, headers=headers, body=asked.post_data_buffer or b"", callback=NO_CALLBACK
        )
        try:
            part: Response = await self._crawler.engine.download_async(request)
        except Exception as err:  # noqa: BLE001  # whatever it was: the page goes without it, as in any browser
            logger.info("%s asks for %s: %r", rendering.answer.url, asked.url, err)
            rendering.notes.append(f"without {asked.url[:200]} ({_why(err)})")
            return None
        cast("SourceSpider", self._crawler.spider).bytes += len(part.body)
        if script and part.status == 200 and self._kept + len(part.body) <= CACHE_BYTES:
            self._kept += len(part.body)
            self._scripts[asked.url] = part
        return part


class RenderHandler(ScrapyPlaywrightDownloadHandler, BoundedHandler):  # type: ignore[misc]  # the former is untyped
    """scrapy-playwright's handler with an end to each page, and with names for what goes wrong in the browser."""

    async def download_request(self, request: Request) -> Response:
        """Render a page of `RenderMiddleware` in its time; fetch everything else as `BoundedHandler` does."""
        rendering: _Rendering | None = request.meta.get("rendering")
        if rendering is None:
            return await super().download_request(request)
        seconds = self._crawler.settings["RENDER"].seconds
        try:
            async with asyncio.timeout(LAUNCH_SECONDS) as rendering.limit:
                return await super().download_request(request)
        except Refused:
            raise
        except (TimeoutError, BrowserTimeoutError) as err:
            if rendering.crashed:
                raise failed("render-crash", "the page brought its renderer down") from err
            if rendering.page is None:
                raise failed("render-error", f"the browser did not start: {_first_line(err)}") from err
            raise failed("render-timeout", f"the page was not done after {seconds:g} s") from err
        except BrowserError as err:
            if rendering.crashed or (rendering.page is not None and rendering.page.is_closed()):
                raise failed("render-crash", _first_line(err)) from err
            raise failed("render-error", _first_line(err)) from err
        finally:
            rendering.limit = None
            await self._leave(rendering.page)

    async def _leave(self, page: Page | None) -> None:
        """Close a page that is still open; where its renderer does not let it, end the browser: another starts."""
        if page is None or page.is_closed():
            return
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await page.close()
        except (TimeoutError, BrowserError):
            logger.warning("a page could not be closed, the browser is started anew")
            with suppress(BrowserError):
                await self.browser.close()


async def _loaded(page: Page, rendering: _Rendering, seconds: float) -> None:
    """Until all of the page has been read; raises Refused where its time is over or its script leads on before."""
    loaded = asyncio.ensure_future(page.wait_for_load_state("domcontentloaded", timeout=rendering.left))
    await asyncio.wait((loaded, rendering.leads_to), return_when=asyncio.FIRST_COMPLETED)
    if not loaded.done():
        loaded.cancel()
        raise failed("render-error", f"its script leads to {rendering.leads_to.result()}")
    try:
        loaded.result()
    except BrowserTimeoutError as err:
        raise failed("render-timeout", f"the page was not there after {seconds:g} s") from err


def _headers(response: Response) -> dict[str, str]:
    return {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() not in NOT_GIVEN
    }


def _why(err: Exception) -> str:
    return err.verdict.reason if isinstance(err, Refused) else type(err).__name__


def _first_line(err: BaseException) -> str:
    return (str(err).strip().splitlines() or [type(err).__name__])[0][:200]
