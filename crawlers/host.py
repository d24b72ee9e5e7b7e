"""``python -m crawlers.host DESCRIPTOR public|private``: many crawls in one process, as they are asked for.

A crawl mostly waits for its site's pace. As a process of its own it costs 100 MB and a second or two of processor time
all the same; here it costs about one megabyte. The descriptor is one end of a packet socket: ``{"job": "JOB.json"}``
begins a crawl, with locks that are held until it has ended; ``{"stop": "JOB.json"}`` ends it; the answer is
``{"job": "JOB.json", "problem": null}``. When the other end closes, or a signal comes, all crawls end in order and the
process with them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import ConfigError
from crawlers.contract import MOST_LOCKS, PACKET_BYTES, Job
from crawlers.run import Crawl

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess

logger = logging.getLogger(__name__)

DNS_THREADS = 30
ASK_SECONDS = 1.0
"""Between two requests to end: a crawl that is just beginning does not take the first one."""
MOST_TOLD = 300
"""Characters of a problem that are told."""


class Host:
    """Begins and follows crawls in the running reactor."""

    def __init__(self, process: AsyncCrawlerProcess, channel: socket.socket) -> None:
        self._process = process
        self._channel = channel
        self._crawls: dict[str, Crawl] = {}
        self._following: set[asyncio.Task[None]] = set()
        self._leaving = False

    def listen(self) -> None:
        """Take what is asked, in a thread, until the other end closes."""
        from twisted.internet import reactor  # noqa: PLC0415  # importing it installs it, which the process has done

        while True:
            packet, locks, *_ = socket.recv_fds(self._channel, PACKET_BYTES, MOST_LOCKS)
            if not packet:
                break
            reactor.callFromThread(self._take, json.loads(packet), locks)
        self.leave()

    def leave(self) -> None:
        """End what goes on, then the process; from any thread or a signal's handler, as often as there are reasons."""
        from twisted.internet import reactor  # noqa: PLC0415

        reactor.callFromThread(self._begin_to_leave)

    def _begin_to_leave(self) -> None:
        if not self._leaving:
            self._leaving = True
            self._follow(self._leave())

    def _take(self, asked: dict[str, str], locks: list[int]) -> None:
        if "job" in asked:
            self._follow(self._crawl(asked["job"], locks))
        elif asked["stop"] in self._crawls:
            self._crawls[asked["stop"]].stop("stopped")

    def _follow(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _crawl(self, path: str, locks: list[int]) -> None:
        """One crawl; its end is told whatever it is."""
        problem = None
        try:
            if self._leaving:
                raise ConfigError("the crawls were ended before it began")
            crawl = self._crawls[path] = Crawl(Job.read(Path(path)))
            task = crawl.begin(self._process)
            await asyncio.wait([task])
            await asyncio.get_running_loop().run_in_executor(None, crawl.end, task)
        except OSError as err:
            problem = f"{err.filename or path}: {err.strerror or err}: free the disk or choose another folder"
        except (ConfigError, ValueError) as err:
            problem = str(err)
        except Exception as err:  # a mistake of ours in one crawl must not cost the others theirs
            logger.exception("%s", path)
            problem = f"{type(err).__name__}: {err}"
        finally:
            self._crawls.pop(path, None)
            for lock in locks:
                os.close(lock)
        self._tell({"job": path, "problem": problem and problem[:MOST_TOLD]})

    def _tell(self, answer: dict[str, str | None]) -> None:
        try:
            self._channel.send(json.dumps(answer).encode())
        except OSError:
            logger.info("nobody listens any more: %s", answer)

    async def _leave(self) -> None:
        from twisted.internet import reactor  # noqa: PLC0415

        while others := [task for task in self._following if task is not asyncio.current_task()]:
            for crawl in list(self._crawls.values()):
                crawl.stop("shutdown")
            await asyncio.wait(others, timeout=ASK_SECONDS)
        reactor.stop()  # type: ignore[misc]


def main(arguments: list[str]) -> None:
    """Host crawls until the other end of the socket closes."""
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415

    descriptor, scope = arguments
    settings = {
        "TWISTED_DNS_RESOLVER": "crawlers.addresses.GuardedResolver",
        "ALLOW_PRIVATE": scope == "private",
        "REACTOR_THREADPOOL_MAXSIZE": DNS_THREADS,
        "LOG_VERSIONS": [],
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
    process = AsyncCrawlerProcess(settings)
    logging.getLogger().addHandler(logging.NullHandler())
    host = Host(process, socket.socket(fileno=int(descriptor)))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: host.leave())
    threading.Thread(target=host.listen, daemon=True).start()
    # Scrapy's own handlers would end the process before the crawls have written what was left of them.
    process.start(stop_after_crawl=False, install_signal_handlers=False)


if __name__ == "__main__":
    main(sys.argv[1:])
