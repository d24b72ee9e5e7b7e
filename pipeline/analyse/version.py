"""The analyser's version: the code's number, the model's, and a fingerprint of all data that decides what is found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import BaseModel

from pipeline.analyse.agreements.model import WEIGHTS as AGREEMENT_WEIGHTS
from pipeline.analyse.encoder.encoder import FOLDER as ENCODER
from pipeline.analyse.encoder.encoder import NETWORK, VOCABULARY
from pipeline.analyse.foreign import french_version
from pipeline.analyse.model import model_version
from pipeline.analyse.names.tagger import WEIGHTS as NAME_WEIGHTS
from pipeline.analyse.subjects.linear import WEIGHTS as SUBJECT_WEIGHTS

VERSION = "8"
"""Raised with every change of code that changes what the analysis gives."""


def analyser_version(declarations: Sequence[BaseModel]) -> str:
    """``pactwatch-NUMBER+MODEL+FINGERPRINT``: differs as soon as a theme, kind, agreement word or weight differs.

    So stored documents can tell that they were analysed by something else (`pactwatch reprocess --outdated`).
    """
    digest = hashlib.sha256()
    for one in declarations:
        digest.update(one.model_dump_json().encode())
    digest.update((french_version() or "").encode())
    for path in (AGREEMENT_WEIGHTS, NAME_WEIGHTS, ENCODER / NETWORK, ENCODER / VOCABULARY, SUBJECT_WEIGHTS):
        digest.update(path.read_bytes())
    return f"pactwatch-{VERSION}+{model_version()}+{digest.hexdigest()[:12]}"
