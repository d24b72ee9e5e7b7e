"""Forms that change something: their fields, and the token that proves that the form was ours."""

import hashlib
import hmac
import secrets
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response

from search.query import MAX_LENGTH
from web.context import Site, SiteOf
from web.errors import ForbiddenError

COOKIE = "pactwatch_visit"
MOST_BYTES = 64 * 1024
"""Of a form."""
MOST_FIELDS = 50
VERBATIM = ("password", "new", "again")
"""Fields of passwords: a blank at their end counts."""


async def fields(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form, the last of each name; raises ForbiddenError for anything else."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise ForbiddenError("the form is too large")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise ForbiddenError("send a form (application/x-www-form-urlencoded)")
    try:
        pairs = parse_qsl(body.decode("utf8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ForbiddenError("the form has too many fields") from error
    return {name: value if name in VERBATIM else value.replace("\0", "").strip()[:MAX_LENGTH] for name, value in pairs}


def token(site: Site, request: Request, response: Response) -> str:
    """The token for a form; sets the cookie that it belongs to where the visitor has none."""
    visit = request.cookies.get(COOKIE, "")
    if len(visit) < 20:
        visit = secrets.token_urlsafe(24)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, visit, httponly=True, samesite="strict", secure=secure)
    return _sign(site, visit)


def _sign(site: Site, visit: str) -> str:
    return hmac.new(site.secret, b"form:" + visit.encode("utf8", "replace"), hashlib.sha256).hexdigest()


async def own_form(request: Request, site: SiteOf) -> dict[str, str]:
    """The fields of a form that this site gave to this visitor; raises ForbiddenError for any other."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForbiddenError("this form comes from another site")
    given = await fields(request)
    expected = _sign(site, request.cookies.get(COOKIE, ""))
    known = len(request.cookies.get(COOKIE, "")) >= 20
    if not known or not hmac.compare_digest(given.pop("token", "").encode(), expected.encode()):
        raise ForbiddenError("this form is out of date: go back, load the page again and send it once more")
    return given


OwnForm = Annotated[dict[str, str], Depends(own_form)]
