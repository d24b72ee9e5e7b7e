"""Import spaCy without what the analysis never uses, which is half of the time that importing it takes.

spaCy's package imports ``spacy.cli`` (typer, rich, httpx, jinja2) for the sake of `spacy.info` alone, ``srsly`` a YAML
parser, ``confection`` the old pydantic, and ``thinc`` whatever deep-learning framework is installed. The package
imports this module before anything that imports spaCy; ``import spacy.cli`` still gives the real one afterwards, srsly
reads YAML when it is first asked to, and thinc works with numpy alone.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

LEFT_OUT = ("pydantic.v1", "torch", "tensorflow", "mxnet", "cupy")
"""Optional imports of spaCy's libraries that are made to fail: each library does without them."""

_YAML = "srsly._yaml_api"
_YAML_FUNCTIONS = ("read_yaml", "write_yaml", "yaml_dumps", "yaml_loads", "is_yaml_serializable")


def import_spacy() -> None:
    """Import spaCy, if nothing else has, with stand-ins for what it is to do without."""
    if "spacy" in sys.modules:
        return
    missing = [name for name in LEFT_OUT if name not in sys.modules]
    stand_ins = {name: module for name, module in _stand_ins() if name not in sys.modules}
    sys.modules.update(stand_ins)
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: "there is no such module"
    try:
        importlib.import_module("spacy")
    finally:
        for name in [*stand_ins, *missing]:
            del sys.modules[name]


def _stand_ins() -> list[tuple[str, ModuleType]]:
    package, info, yaml = ModuleType("spacy.cli"), ModuleType("spacy.cli.info"), ModuleType(_YAML)
    info.info = None  # type: ignore[attr-defined]
    for name in _YAML_FUNCTIONS:
        setattr(yaml, name, _when_called(_YAML, name))
    return [("spacy.cli", package), ("spacy.cli.info", info), (_YAML, yaml)]


def _when_called(module: str, name: str) -> Any:
    def call(*arguments: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*arguments, **options)

    return call


import_spacy()
