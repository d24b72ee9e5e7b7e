"""docs/settings.md and docs/sources.md explain every field, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.settings import Settings
from config.sources import Adapt, Expect, Listing, Render, Source, SourceKind, load_sources

DOCS = Path(__file__).parents[2] / "docs"


def rows(name: str, heading: str | None = None) -> list[str]:
    """First cells, in backquotes, of the table rows of a page, or of one of its sections."""
    text = (DOCS / name).read_text(encoding="utf8")
    if heading:
        text = re.split(r"^##+ ", text.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]
    return re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", text, flags=re.MULTILINE)


def test_every_setting_is_documented_once() -> None:
    assert sorted(rows("settings.md")) == sorted(Settings.model_fields)


@pytest.mark.parametrize(
    ("heading", "model"),
    [("Fields", Source), ("`listing`", Listing), ("`render`", Render), ("`adapt`", Adapt), ("`expect`", Expect)],
    ids=str,
)
def test_every_field_of_a_source_is_documented_in_order(heading: str, model: type[BaseModel]) -> None:
    assert rows("sources.md", heading) == [field.alias or name for name, field in model.model_fields.items()]


def test_every_kind_is_documented() -> None:
    assert rows("sources.md", "Kinds") == [str(kind) for kind in SourceKind]


def test_the_example_is_a_valid_source(tmp_path: Path) -> None:
    text = (DOCS / "sources.md").read_text(encoding="utf8")
    block = re.search(r"^    sources:\n(?:    .+\n)+", text, flags=re.MULTILINE)
    assert block
    path = tmp_path / "sources.yaml"
    path.write_text(re.sub(r"^    ", "", block[0], flags=re.MULTILINE), encoding="utf8")
    (source,) = load_sources(path)
    assert source.id == "some-cluster"
    assert source.expect.documents == 5
