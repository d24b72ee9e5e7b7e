"""Settings: where they come from, which goes first, and what a mistake looks like."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.errors import ConfigError
from config.settings import Settings, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder without any PACTWATCH_ variable."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PACTWATCH_")]:
        monkeypatch.delenv(name)
    return tmp_path


def test_without_any_setting_everything_lies_in_data() -> None:
    settings = load()
    assert settings.database == "sqlite:///data/pactwatch.db"
    assert settings.archive == "data/archive"
    assert (settings.index, settings.spool) == (Path("data/index"), Path("data/spool"))
    assert not settings.allow_private


def test_folders_follow_data_dir_unless_set_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_DATA_DIR", "/srv/pactwatch")
    monkeypatch.setenv("PACTWATCH_ARCHIVE_URL", "s3://bucket/warc")
    settings = load()
    assert settings.database == "sqlite:////srv/pactwatch/pactwatch.db"
    assert settings.archive == "s3://bucket/warc"
    assert settings.index == Path("/srv/pactwatch/index")


def test_arguments_go_before_the_environment_and_that_before_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "pactwatch.toml").write_text("workers = 3\nbatch_size = 3\nmax_crawls = 3\n", encoding="utf8")
    monkeypatch.setenv("PACTWATCH_WORKERS", "4")
    monkeypatch.setenv("PACTWATCH_BATCH_SIZE", "4")
    settings = load(workers=5)
    assert (settings.workers, settings.batch_size, settings.max_crawls) == (5, 4, 3)


def test_the_user_agent_names_a_contact() -> None:
    assert load(contact="mailto:desk@example.org").agent.endswith("(+mailto:desk@example.org)")
    assert load(user_agent="Mine/1").agent == "Mine/1"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load().workers = 9  # type: ignore[misc]


def test_an_unknown_key_in_the_file_is_named(folder: Path) -> None:
    (folder / "pactwatch.toml").write_text("wokers = 3\n", encoding="utf8")
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value) == "pactwatch.toml: unknown setting 'wokers': see docs/settings.md"


def test_a_file_that_is_not_toml_is_named(folder: Path) -> None:
    (folder / "pactwatch.toml").write_text("workers: 3\n", encoding="utf8")
    with pytest.raises(ConfigError, match=r"^pactwatch\.toml: not valid TOML: "):
        load()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("timezone", "Europe/Bruxelles", "no such time zone; use an IANA name such as Europe/Brussels"),
        ("workers", "0", "Input should be greater than 0"),
        ("workers", "two", "Input should be a valid integer"),
        ("delay", "-1", "Input should be greater than or equal to 0"),
        ("runner", "thread", "Input should be 'process' or 'dask'"),
        ("log_level", "LOUD", "Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"PACTWATCH_{name.upper()}", value)
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value).startswith(f"setting {name} (PACTWATCH_{name.upper()} or pactwatch.toml): ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_declarations_that_come_with_pactwatch_are_found_from_any_folder() -> None:
    settings = Settings()
    for path in (settings.sources_file, settings.themes_file, settings.kinds_file, settings.agreements_file):
        assert path.is_file()
