"""Documents by id: the list, one with all that is known of it, the whole table as a file."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import StreamingResponse

from search.documents import DocumentRow, get_document
from search.pages_documents import DocumentItem, list_documents
from search.tables import DOCUMENT_COLUMNS, document_rows
from web.api.lists import Listed, listed
from web.context import SessionOf, SiteOf
from web.errors import NotFoundError
from web.parameters import MOST_ID, DocumentsAsked
from web.streams import FILES, FileFormat, file_answer

router = APIRouter(tags=["documents"])
DocumentId = Annotated[int, Path(ge=1, le=MOST_ID, examples=[1])]


class DocumentsAsks(DocumentsAsked, extra="forbid"):
    """Documents through the API: an unknown parameter is an error."""


@router.get("/documents")
def documents(
    request: Request, response: Response, session: SessionOf, asked: Annotated[DocumentsAsks, Query()]
) -> Listed[DocumentItem]:
    """Every document by rising id, without its text."""
    rows = list_documents(session, asked.after, asked.limit)
    return listed(request, response, asked, rows, rows[-1].id if len(rows) == asked.limit else None)


@router.get("/documents.{format}", responses=FILES, response_class=StreamingResponse)
def documents_file(site: SiteOf, format: FileFormat) -> StreamingResponse:  # noqa: A002
    """Every document with its text as a file."""
    return file_answer(site.engine, document_rows, DOCUMENT_COLUMNS, "documents", format)


@router.get("/documents/{number}")
def document(session: SessionOf, number: DocumentId) -> DocumentRow:
    """One document: text, versions, mentions, themes, reports of agreements, copies."""
    row = get_document(session, number)
    if row is None:
        raise NotFoundError(f"there is no document {number}")
    return row
