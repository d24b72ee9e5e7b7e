"""Import spaCy without its command line, which is a third of the time that importing it takes.

spaCy's package imports ``spacy.cli`` (typer, rich, httpx, jinja2) for the sake of `spacy.info` alone. The package
imports this module before anything that imports spaCy; ``import spacy.cli`` still gives the real one afterwards.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType


def import_spacy() -> None:
    """Import spaCy, if nothing else has, with a stand-in for its command line."""
    if "spacy" in sys.modules:
        return
    package, info = ModuleType("spacy.cli"), ModuleType("spacy.cli.info")
    info.info = None  # type: ignore[attr-defined]
    stand_ins = {"spacy.cli": package, "spacy.cli.info": info}
    sys.modules.update(stand_ins)
    try:
        importlib.import_module("spacy")
    finally:
        for name in stand_ins:
            del sys.modules[name]


import_spacy()
