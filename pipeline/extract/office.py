"""Office files in zip archives (DOCX, PPTX, ODT, ODP) to `Extracted`. Nothing is unpacked before its size is known."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from pipeline.extract.clean import one_line
from pipeline.extract.odf import is_encrypted, read_odf
from pipeline.extract.office_result import OfficeRead, office_document
from pipeline.extract.office_zip import BROKEN, too_large
from pipeline.extract.presentation import read_presentation
from pipeline.extract.sniff import DOCX, ODP, ODT, PPTX
from pipeline.extract.version import EXTRACTOR
from pipeline.extract.word import read_word
from pipeline.records import Capture, Extracted

_READERS: dict[str, Callable[[zipfile.ZipFile], OfficeRead]] = {
    DOCX: read_word,
    PPTX: read_presentation,
    ODT: read_odf,
    ODP: read_odf,
}


def read_office(capture: Capture, media_type: str) -> Extracted:
    """Read an office file."""
    try:
        if problem := too_large(capture.body):
            return Extracted(outcome="too-large", detail=problem, media_type=media_type, extractor=EXTRACTOR)
        with zipfile.ZipFile(io.BytesIO(capture.body)) as archive:
            if is_encrypted(archive):
                detail = "the file needs a password"
                return Extracted(outcome="encrypted", detail=detail, media_type=media_type, extractor=EXTRACTOR)
            read = _READERS[media_type](archive)
    except BROKEN as err:
        detail = f"not a readable office file: {type(err).__name__}: {one_line(str(err))[:150]}"
        return Extracted(outcome="damaged", detail=detail, media_type=media_type, extractor=EXTRACTOR)
    return office_document(capture, media_type, read)
