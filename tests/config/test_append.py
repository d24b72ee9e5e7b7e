"""A declaration is added to a file without touching what stands in it; a file that is not in order stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.append import append_source
from config.errors import ConfigError
from config.sources import Listing, Source, Way, load_sources

NEW = Source(
    id="new", name="Neu: ‘schön’ #1", kind="listing", start=("https://new.example/",), allow=(r"/news/\d+/", "b: c"),
    listing=Listing(items="ol > li a", next="[rel=next]"), delay=2,
    fallbacks=(Way(kind="feed", start=("https://new.example/feed",)),),
)  # fmt: skip
KEPT = """# My sources: do not lose this comment.
sources:
    # Seen: all of it.
    - id: old
      name: Old   # odd spaces stay
      kind: feed
      start: https://old.example/feed
"""


def test_what_stands_in_the_file_stays_to_the_byte_and_the_new_source_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(KEPT, encoding="utf8")
    file.chmod(0o640)
    append_source(file, NEW, "Seen: a line.\nAnd another.")
    text = file.read_text(encoding="utf8")
    assert text.startswith(KEPT)
    assert "    # Seen: a line.\n    # And another.\n    - id: new\n" in text
    assert [one.id for one in load_sources(file)] == ["old", "new"]
    assert load_sources(file)[1] == NEW
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "text", [None, "", "# Nothing yet\n", "sources: []\n", "sources:\n", "# A\nsources: []\n# B\n"]
)
def test_a_file_without_sources_gets_its_first(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "sources.yaml"
    if text is not None:
        file.write_text(text, encoding="utf8")
    append_source(file, NEW)
    assert load_sources(file) == [NEW]
    assert all(line in file.read_text(encoding="utf8") for line in (text or "").splitlines() if line.startswith("#"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (KEPT.replace("id: old", "id: new"), "is declared already"),
        (KEPT.replace("kind: feed", "kind: fed"), "kind"),
        ("sources: [{id: old, name: Old, kind: feed, start: 'https://old.example/'}]\n", "one entry a line"),
        (KEPT + "other: 1\n", "unknown key"),
        ("sources: [\n", "not valid YAML"),
    ],
)
def test_a_file_that_cannot_take_it_stays_as_it_is(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(text, encoding="utf8")
    with pytest.raises(ConfigError, match=said):
        append_source(file, NEW)
    assert file.read_text(encoding="utf8") == text
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text(KEPT, encoding="utf8")
    link.symlink_to(real)
    append_source(link, NEW)
    assert link.is_symlink()
    assert [one.id for one in load_sources(real)] == ["old", "new"]
