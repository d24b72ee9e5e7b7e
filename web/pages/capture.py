"""The archived capture of a document: the bytes that the site sent, shut in a sandbox."""

from fastapi import APIRouter
from starlette.responses import Response

from search.pages_documents import capture_of
from web.context import SessionOf, SiteOf
from web.errors import NotFoundError
from web.pages.documents import DocumentId

router = APIRouter()
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline' data:; img-src data:; frame-ancestors 'none'"
"""Somebody else's page: no scripts, no forms, no requests to anywhere, an origin of its own."""
SHOWN = {"text/html", "application/xhtml+xml", "text/plain", "application/pdf"}


@router.get("/documents/{number}/capture")
def capture(site: SiteOf, session: SessionOf, number: DocumentId) -> Response:
    """The payload as it was captured; pages and PDFs are shown, other files are offered to be saved."""
    place = capture_of(session, number)
    if place is None or site.read_capture is None:
        raise NotFoundError(f"the capture of document {number} is not in the archive")
    try:
        headers, payload = site.read_capture(place.file, place.offset, place.length)
    except LookupError as error:
        raise NotFoundError(f"the capture of document {number} cannot be read: {error}") from error
    declared = headers.get("content-type", "") or place.media_type or "application/octet-stream"
    media = declared.partition(";")[0].strip().lower()
    answer = {"Content-Security-Policy": SANDBOX}
    if media not in SHOWN:
        media, declared = "application/octet-stream", "application/octet-stream"
        answer["Content-Disposition"] = f'attachment; filename="document-{number}"'
    if media == "application/pdf":
        # A sandbox would keep browsers from showing it; their viewer runs no script of the page.
        answer["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"
        declared = media
    return Response(payload, headers={**answer, "Content-Type": _latin(declared)})


def _latin(value: str) -> str:
    return value.encode("latin-1", "ignore").decode("latin-1").replace("\r", "").replace("\n", "")
