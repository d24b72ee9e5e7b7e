"""The OpenAPI description, with the problems that every endpoint may answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from web.errors import ParameterMistake, Problem
from web.users.sessions import COOKIE

REF = "#/components/schemas/{model}"
SCHEMES: dict[str, dict[str, str]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token of a user (`pactwatch users token NAME`), or the token that all share. A server "
        "that has neither users nor a token asks for nothing.",
    },
    "basic": {"type": "http", "scheme": "basic", "description": "The same token as the password; any name."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The cookie of a browser that has signed in at /login.",
    },
}
"""How to prove who one is."""


def describer(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What `FastAPI.openapi` becomes: made once, at the first request for it."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                license_info=app.license_info,
            )
            schemas = made["components"]["schemas"]
            for model in (ParameterMistake, Problem):
                found = model.model_json_schema(ref_template=REF)
                found.pop("$defs", None)
                schemas[model.__name__] = found
            made["components"]["securitySchemes"] = SCHEMES
            made["security"] = [{}, *({name: []} for name in SCHEMES)]
            app.openapi_schema = made
        return app.openapi_schema

    return described
