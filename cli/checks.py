"""The checks of `pactwatch doctor`: each says what it saw and, where it is not well, how to mend it."""

from __future__ import annotations

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.errors import explain
from config.settings import Settings

LEAST_FREE = 1 << 30
"""Bytes of free disk below which a night's crawl may not fit."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw."""

    name: str
    well: bool
    detail: str
    mend: str | None = None


def diagnose(settings: Settings) -> list[Finding]:
    """Run every check; a check that fails with a mistake of the error table is a finding, not an end."""
    return [_run(name, check, settings) for name, check in CHECKS.items()]


def _run(name: str, check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except Exception as err:  # noqa: BLE001  # whatever is wrong with one part must not hide the other checks
        explained = explain(err)
        line = explained[1] if explained else f"{type(err).__name__}: {err}"
        what, _, mend = line.rpartition(": ")
        return Finding(name, False, what or line, mend if what else None)


def _declarations(settings: Settings) -> Finding:
    from config.agreements import load_agreements
    from config.kinds import load_kinds
    from config.sources import load_sources
    from config.themes import load_themes

    sources = load_sources(settings.sources_file)
    themes, kinds = load_themes(settings.themes_file), load_kinds(settings.kinds_file)
    load_agreements(settings.agreements_file)
    return Finding("declarations", True, f"{len(sources)} sources, {len(themes)} themes, {len(kinds)} kinds")


def _model(settings: Settings) -> Finding:
    from pipeline.declared import build_analyser

    return Finding("model", True, f"analyser {build_analyser(settings).version}")


def _database(settings: Settings) -> Finding:
    from sqlalchemy import make_url

    from models.migrate import check, current
    from models.session import make_engine

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("database", True, f"{url.database}: not there yet, the first command makes it")
    engine = make_engine(settings.database)
    try:
        check(engine)
        return Finding("database", True, f"{url.render_as_string()}: schema {current(engine)}")
    finally:
        engine.dispose()


def _index(settings: Settings) -> Finding:
    from sqlalchemy import make_url

    from models.session import make_engine
    from search.index import check

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("index", True, "no database yet")
    engine = make_engine(settings.database)
    try:
        state = check(engine, settings.index, thorough=True)
    finally:
        engine.dispose()
    detail = f"{state.state}: {state.documents} of {state.database_documents} documents"
    if state.state in ("current", "behind", "missing"):
        return Finding("index", True, detail)  # the next search or run brings it up to date by itself
    return Finding("index", False, f"{detail}; {state.detail}", "pactwatch reindex")


def _archive(settings: Settings) -> Finding:
    import fsspec

    filesystem, path = fsspec.core.url_to_fs(settings.archive)
    filesystem.makedirs(path, exist_ok=True)
    probe = f"{path}/.doctor-{os.getpid()}"
    filesystem.pipe_file(probe, b"well")
    try:
        if filesystem.cat_file(probe) != b"well":
            return Finding(
                "archive", False, f"{settings.archive}: what was written reads differently", "check the store"
            )
    finally:
        filesystem.rm_file(probe)
    return Finding("archive", True, f"{settings.archive}: can be written and read")


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    detail = f"{free / (1 << 30):.1f} GiB free for {settings.data_dir}"
    if free < LEAST_FREE:
        return Finding("disk", False, detail, "make room, or set PACTWATCH_DATA_DIR to a larger disk")
    return Finding("disk", True, detail)


def _prefect(settings: Settings) -> Finding:
    url = settings.prefect_api_url
    if not url:
        return Finding("prefect", True, "no server configured: commands run directly, `pactwatch up` starts its own")
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=5) as answer:
            return Finding("prefect", answer.status == 200, f"{url}: status {answer.status}")
    except (urllib.error.URLError, OSError, ValueError) as err:
        reason = getattr(err, "reason", err)
        mend = "start it (`pactwatch up`), or correct or unset PACTWATCH_PREFECT_API_URL"
        return Finding("prefect", False, f"{url} does not answer: {reason}", mend)


CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "declarations": _declarations,
    "model": _model,
    "database": _database,
    "index": _index,
    "archive": _archive,
    "disk": _disk,
    "prefect": _prefect,
}
