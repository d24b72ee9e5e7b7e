"""Near-duplicates: texts that say nearly the same, and the stories that they make up (docs/stories.md)."""

from __future__ import annotations

from pipeline.near.signature import Signed, sign
from pipeline.near.store import place, settle

__all__ = ["Signed", "place", "settle", "sign"]
