"""One table of errors: problem+json (RFC 9457) under /api, a page for people elsewhere; never a bare 500."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from search.index import IndexDamagedError
from search.query import QueryError
from web.users.roles import NOBODY

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"


class ParameterMistake(BaseModel):
    """One parameter that cannot be used."""

    name: str = Field(examples=["limit"])
    message: str = Field(examples=["Input should be less than or equal to 1000"])


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Bad request"])
    status: int = Field(examples=[400])
    detail: str = Field(examples=["there is no theme 'health': nearest is health-data (Health data)"])
    parameters: list[ParameterMistake] | None = None
    """Which parameters, where they are to blame."""


class NotFoundError(Exception):
    """What was asked for does not exist; the message is for people."""


class ForbiddenError(Exception):
    """Whoever asks may not; the message is for people."""


class UnauthorizedError(Exception):
    """Whoever asks has not proved who they are; the message is for people."""


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": title, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, title in {
        400: "The query or a filter means nothing",
        401: "Nobody has signed in, and no token was given; only where users or a token are configured",
        404: "There is no such thing",
        422: "A parameter is wrong",
        429: "This address asks too often",
        503: "Database or index cannot be used at present",
    }.items()
}
"""Answers that every endpoint of the API may give beside its own."""


BASIC = 'Basic realm="Pactwatch", charset="UTF-8"'
OnDefect = Callable[[Request, Exception], Response]
DATABASE = "the database cannot be used at present: try again, or see `pactwatch doctor`"


def _validation(error: Any) -> tuple[int, str, dict[str, Any]]:
    found = mistakes(error.errors())
    first = found[0]
    detail = f"{first['name']}: {first['message']}" if first["name"] else first["message"]
    return 422, detail, {"parameters": found}


def _http(error: Any) -> tuple[int, str, dict[str, Any]]:
    detail = "there is nothing at this address" if error.status_code == 404 else str(error.detail)
    return error.status_code, detail, {"headers": error.headers}


TABLE: dict[type[Exception], Callable[[Any], tuple[int, str, dict[str, Any]]]] = {
    RequestValidationError: _validation,
    HTTPException: _http,
    QueryError: lambda error: (400, str(error), {}),
    NotFoundError: lambda error: (404, str(error), {}),
    ForbiddenError: lambda error: (403, str(error), {}),
    UnauthorizedError: lambda error: (401, str(error), {"headers": {"WWW-Authenticate": BASIC}}),
    IndexDamagedError: lambda error: (503, str(error), {}),
    PoolTimeoutError: lambda error: (503, DATABASE, {}),
    DBAPIError: lambda error: (503, DATABASE, {}),
}
"""Status, words for people, and more, for each error that is no defect of ours."""


def add_handlers(app: FastAPI, templates: Environment) -> OnDefect:
    """Turn every error into an answer; returns what answers a defect, for the outermost middleware to call."""

    def explained(request: Request, error: Exception) -> Response:
        row = next(row for kind, row in TABLE.items() if isinstance(error, kind))
        status, detail, more = row(error)
        if status >= 500:
            log.error("%s: %s", detail, error, exc_info=error)
        return answer(templates, request, status, detail, **more)

    def defect(request: Request, error: Exception) -> Response:
        number = request.scope.get("state", {}).get("request_id", "")
        log.error("request %s failed", number, exc_info=error)
        return answer(templates, request, 500, f"this is a defect of Pactwatch; the log has it as request {number}")

    for kind in TABLE:
        app.add_exception_handler(kind, explained)
    return defect


def answer(templates: Environment, request: Request, status: int, detail: str, **more: Any) -> Response:
    """An error as problem+json under /api, as a page elsewhere."""
    title = HTTPStatus(status).phrase.capitalize()
    headers = more.pop("headers", None)
    if _wants_json(request):
        content = {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
        return JSONResponse(content, status, headers, media_type=PROBLEM)
    values = {"title": title, "status": status, "detail": detail, "parameters": more.get("parameters", [])}
    visitor = request.scope.get("state", {}).get("visitor", NOBODY)
    page = templates.get_template("error.html").render(here=request.url.path, visitor=visitor, **values)
    return HTMLResponse(page, status, headers)


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/") or request.url.path.endswith(".json")


def mistakes(errors: Sequence[Any]) -> list[dict[str, str]]:
    """What pydantic says, by parameter and in words for people."""
    found = []
    for error in errors:
        place = [str(one) for one in error["loc"] if one not in ("query", "path", "body", "header")]
        message = "there is no such parameter" if error["type"] == "extra_forbidden" else error["msg"]
        found.append({"name": ".".join(place), "message": message.removeprefix("Value error, ")})
    return found
