"""Documents by id: the list, one with all that is known of it, the whole table as a file, one as a reference."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import StreamingResponse

from search.documents import DocumentRow, get_document
from search.pages_documents import DocumentItem, list_documents
from search.tables import DOCUMENT_COLUMNS, document_rows
from web.api.lists import Listed, listed
from web.context import SessionOf, SiteOf
from web.errors import NotFoundError
from web.parameters import MOST_ID, DocumentsAsked, FileAsked
from web.streams import FILES, DocumentFormat, file_answer

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
def documents_file(
    site: SiteOf,
    format: DocumentFormat,  # noqa: A002
    asked: Annotated[FileAsked, Query()],
) -> StreamingResponse:
    """Every document with its text as a file; `bib` (BibTeX) and `ris` hold references to them."""
    return file_answer(site, asked, document_rows, DOCUMENT_COLUMNS, name="documents", file_format=format)


@router.get("/documents/{number}.{format}", responses=FILES, response_class=StreamingResponse)
def document_reference(
    site: SiteOf,
    session: SessionOf,
    number: DocumentId,
    format: Literal["bib", "ris"],  # noqa: A002
    asked: Annotated[FileAsked, Query()],
) -> StreamingResponse:
    """One document as a reference: BibTeX (`bib`) or RIS (`ris`)."""
    if get_document(session, number) is None:
        raise NotFoundError(f"there is no document {number}")
    return file_answer(
        site,
        asked,
        lambda reading: document_rows(reading, iter([[number]])),
        DOCUMENT_COLUMNS,
        name=f"document-{number}",
        file_format=format,
    )


@router.get("/documents/{number}")
def document(session: SessionOf, number: DocumentId) -> DocumentRow:
    """One document: text, versions, mentions, themes, reports of agreements, copies."""
    row = get_document(session, number)
    if row is None:
        raise NotFoundError(f"there is no document {number}")
    return row
