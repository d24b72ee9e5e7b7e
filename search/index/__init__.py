"""The full-text index: the only package that knows tantivy.

The index is derived from the database and can be deleted at any time; `open_index` makes sure that it is whole.
"""

from search.index.parts import Part, Parts
from search.index.reader import FACET_FIELDS, Reader
from search.index.schema import SCHEMA_VERSION, IndexDamagedError
from search.index.store import Index, check, open_index, rebuild, refresh

__all__ = [
    "FACET_FIELDS",
    "SCHEMA_VERSION",
    "Index",
    "IndexDamagedError",
    "Part",
    "Parts",
    "Reader",
    "check",
    "open_index",
    "rebuild",
    "refresh",
]
