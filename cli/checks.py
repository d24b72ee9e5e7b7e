"""The checks of `pactwatch doctor`: each says what it saw and, where it is not well, how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.context import opened
from cli.errors import explain, first_line
from cli.server import MEND, prefect_problem

if TYPE_CHECKING:
    from config.settings import Settings

SAMPLE = 20
"""Newest records of the archive that are read."""
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
        if explained is None:
            return Finding(name, False, f"{type(err).__name__}: {first_line(err)}", "see docs/settings.md")
        what, _, mend = explained[1].rpartition(": ")
        return Finding(name, False, what or mend, mend if what else "see docs/settings.md")


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

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("database", True, f"{url.database}: not there yet, the first command makes it")
    with opened(settings) as engine:
        check(engine)
        return Finding("database", True, f"{url.render_as_string()}: schema {current(engine)}")


def _documents(settings: Settings) -> Finding:
    from sqlalchemy import case, func, make_url, select

    from models.session import read_session
    from models.tables import Document
    from pipeline.declared import build_analyser

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("documents", True, "no database yet")
    present = build_analyser(settings).version
    with opened(settings) as engine, read_session(engine) as session:
        old = func.sum(case((Document.analyser != present, 1), else_=0))
        number, outdated = session.execute(select(func.count(), func.coalesce(old, 0)).select_from(Document)).one()
    if outdated:  # a warning: what is stored is right for the declarations of its time
        detail = f"{outdated} of {number} documents were analysed by another version than {present}"
        return Finding("documents", True, detail, f"{outdated} documents: pactwatch reprocess --outdated")
    return Finding("documents", True, f"{number} documents, all analysed by {present}")


def _records(settings: Settings) -> Finding:
    from sqlalchemy import make_url, select

    from models.session import read_session
    from models.tables import Capture
    from pipeline.archive import Archive
    from pipeline.errors import ArchiveError

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("records", True, "no database yet")
    place = (Capture.archive_file, Capture.archive_offset, Capture.archive_length)
    newest = select(*place).where(Capture.archive_file.is_not(None)).order_by(Capture.id.desc()).limit(SAMPLE)
    with opened(settings) as engine, read_session(engine) as session:
        rows = session.execute(newest).all()
    archive, lost = Archive(settings.archive), []
    for file, offset, length in rows:
        try:
            archive.read(file or "", offset or 0, length or 0)
        except ArchiveError as err:
            lost.append(str(err))
    if lost:
        mend = "bring the archive back from its backup; PACTWATCH_ARCHIVE_URL must name the one that was crawled into"
        return Finding("records", False, f"{len(lost)} of the newest {len(rows)} cannot be read: {lost[0]}", mend)
    return Finding("records", True, f"the newest {len(rows)} can be read")


def _index(settings: Settings) -> Finding:
    from sqlalchemy import make_url

    from search.index import check

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("index", True, "no database yet")
    with opened(settings) as engine:
        state = check(engine, settings.index, thorough=True)
    detail = f"{state.state}: {state.documents} of {state.database_documents} documents"
    if state.state in ("current", "behind", "missing"):
        return Finding("index", True, detail)  # the next search or run brings it up to date by itself
    return Finding("index", False, f"{detail}; {state.detail}", "pactwatch reindex")


def _archive(settings: Settings) -> Finding:
    import fsspec

    try:
        filesystem, path = fsspec.core.url_to_fs(settings.archive)
    except (ImportError, ValueError) as err:
        mend = "correct PACTWATCH_ARCHIVE_URL: a folder, or an fsspec URL such as s3://bucket/path"
        return Finding("archive", False, f"{settings.archive}: {first_line(err)}", mend)
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


def _browser(settings: Settings) -> Finding:
    from config.sources import load_sources
    from crawlers.chromium import find_chromium, lacking

    sources = load_sources(settings.sources_file)
    missing = lacking(sources, settings.chromium or None)
    if missing:
        what, _, mend = missing.rpartition(": ")
        return Finding("browser", False, what, mend)
    found = find_chromium(settings.chromium or None)
    return Finding("browser", True, found or "none, and no source asks for rendering")


def _prefect(settings: Settings) -> Finding:
    url = settings.prefect_api_url
    if not url:
        return Finding("prefect", True, "no server configured: commands run directly, `pactwatch up` starts its own")
    problem = prefect_problem(url)
    return Finding("prefect", problem is None, problem or f"{url}: answers", MEND if problem else None)


CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "declarations": _declarations,
    "model": _model,
    "database": _database,
    "documents": _documents,
    "index": _index,
    "archive": _archive,
    "records": _records,
    "disk": _disk,
    "browser": _browser,
    "prefect": _prefect,
}
