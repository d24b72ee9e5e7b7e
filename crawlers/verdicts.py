"""From what went wrong to the outcome that names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError
from twisted.web.http_headers import InvalidHeaderName

from crawlers.addresses import blocked_address
from crawlers.contract import OutcomeKind
from crawlers.transport import HeaderFloodError

EXPECTED = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    OSError,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
"""What ends a request that comes to nothing; anything else is a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome, reason word and detail of a URL that was not fetched."""

    kind: OutcomeKind
    reason: str
    detail: str | None = None


class HostRestsError(Exception):
    """Raised for a request that waited for its turn when its host asked to be left alone; it is asked again later."""


class Refused(IgnoreRequest):
    """Raised by our middlewares for a request that shall not be made or followed; carries its verdict."""

    def __init__(self, kind: OutcomeKind, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.verdict = Verdict(kind, reason, detail)


def filtered(reason: str, detail: str | None = None) -> Refused:
    """Refusal of something that is not wanted."""
    return Refused(OutcomeKind.FILTERED, reason, detail)


def failed(reason: str, detail: str | None = None) -> Refused:
    """Refusal of something that the server did wrong."""
    return Refused(OutcomeKind.FAILED, reason, detail)


def judge(error: BaseException, url: str) -> Verdict:
    """The verdict on an exception that ended the request of `url`."""
    if isinstance(error, Refused):
        return error.verdict
    detail = " ".join(str(error).split())[:200] or type(error).__name__
    return _not_wanted(error, url, detail) or _no_answer(error, detail) or _bad_answer(error, detail)


def is_transient(error: BaseException) -> bool:
    """Whether the same request may well succeed in a moment: a time-out or a connection that broke off."""
    if isinstance(error, DownloadTimeoutError | ConnectionClosed):
        return True
    again = isinstance(error, ResponseDataLossError | DownloadFailedError)
    return again and not _is_tls(error) and _bad_http(error) is None


def _not_wanted(error: BaseException, url: str, detail: str) -> Verdict | None:
    private = blocked_address(url) if isinstance(error, CannotResolveHostError) else None
    if private is not None:
        return Verdict(OutcomeKind.FILTERED, "private", f"the host's address is {private}")
    if isinstance(error, UnsupportedURLSchemeError):
        return Verdict(OutcomeKind.FILTERED, "scheme", detail)
    if isinstance(error, StopDownload):
        return Verdict(OutcomeKind.FILTERED, "type", detail)
    if isinstance(error, DownloadCancelledError):
        return Verdict(OutcomeKind.FILTERED, "too-large", detail)
    return None


def _no_answer(error: BaseException, detail: str) -> Verdict | None:
    reason = None
    if isinstance(error, CannotResolveHostError):
        reason = "dns"
    elif isinstance(error, DownloadConnectionRefusedError):
        reason = "refused"
    elif isinstance(error, DownloadTimeoutError):
        reason = "timeout"
    elif _is_tls(error):
        reason = "tls"
    elif _bad_http(error):
        reason = None  # it did answer
    elif isinstance(error, DownloadFailedError | ConnectionClosed) or _is_lost(error):
        reason = "reset"
    elif isinstance(error, ConnectError | OSError):
        reason = "connect"
    return Verdict(OutcomeKind.UNREACHABLE, reason, detail) if reason else None


def _bad_answer(error: BaseException, detail: str) -> Verdict:
    bad = _bad_http(error)
    if bad is not None:
        reason = "header-flood" if isinstance(bad, HeaderFloodError) else "bad-http"
        return Verdict(OutcomeKind.FAILED, reason, " ".join(str(bad).split())[:200])
    reason = "wrong-length" if isinstance(error, ResponseDataLossError) else "error"
    return Verdict(OutcomeKind.FAILED, reason, f"{type(error).__name__}: {detail}")


def _bad_http(error: BaseException) -> BaseException | None:
    """What was wrong with an answer that is not HTTP, or breaks its rules."""
    if not isinstance(error, DownloadFailedError | ResponseDataLossError):
        return None
    # ValueError: a length or a chunk that is no number; KeyError: a transfer encoding that nobody knows.
    bad = (HeaderFloodError, ParseError, InvalidHeaderName, ValueError, KeyError)
    return next((cause for cause in _causes(error.__cause__) if isinstance(cause, bad)), None)


def _is_lost(error: BaseException) -> bool:
    """Whether the connection broke off in the middle of a body."""
    return isinstance(error, ResponseDataLossError) and any(isinstance(one, ConnectionLost) for one in _causes(error))


def _is_tls(error: BaseException) -> bool:
    return any(isinstance(cause, TlsError | VerificationError) for cause in _causes(error))


def _causes(error: BaseException | None, depth: int = 6) -> Iterator[BaseException]:
    """The exception and what it came from; Twisted hides that in ``reasons``."""
    if error is None or depth == 0:
        return
    yield error
    yield from _causes(error.__cause__, depth - 1)
    for reason in getattr(error, "reasons", None) or ():
        if isinstance(reason, Failure):
            yield from _causes(reason.value, depth - 1)
