"""`pactwatch extract` and `pactwatch analyse`: the reading and the analysis contract on files, without a database."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from cli.context import settings
from cli.errors import CommandError
from cli.output import check_target, print_json

Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; standard output if left out.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(extract)
    app.command()(analyse)


def extract(
    files: Annotated[list[Path] | None, typer.Argument(help="HTML, PDF, office, e-mail or text files.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help='JSON Lines of {"id", "path", "url"?, "media_type"?}; - for standard input.')
    ] = None,
    output: Output = None,
) -> None:
    """Read files into title, text, date, authors and page anchors: one JSON line each, in the order given.

    Example: pactwatch extract report.pdf page.html -o read.jsonl
    """
    from pipeline.extract.contract import ManifestError, file_entries, read_manifest, run_manifest
    from pipeline.extract.ocr import make_ocr

    loaded = settings()
    if not files and manifest is None:
        raise CommandError("nothing to read: give files, or --manifest with a list of them")
    listed = read_manifest(_or_standard_input(manifest)) if manifest else ()
    try:
        ocr = make_ocr(loaded.ocr, loaded.ocr_languages)
        _write(run_manifest(chain(listed, file_entries(files or [])), ocr), output)
    except ManifestError as err:
        raise CommandError(str(err)) from err


def analyse(
    files: Annotated[list[Path] | None, typer.Argument(help="Plain text files, or .jsonl files.")] = None,
    input_: Annotated[
        Path | None,
        typer.Option(
            "--input", "-i", help='JSON Lines of {"id", "title", "text", "published"?}; - for standard input.'
        ),
    ] = None,
    output: Output = None,
) -> None:
    """Find organisations, projects, themes, kind and partnerships: one JSON line for each document, in order.

    Example: pactwatch analyse --input docs.jsonl --output found.jsonl
    """
    from pipeline.analyse.contract import analyse_lines, read_texts
    from pipeline.declared import build_analyser

    loaded = settings()
    if not files and input_ is None:
        raise CommandError("nothing to analyse: give files, or --input with JSON Lines (- for standard input)")
    with _opened(input_) as lines:
        listed = read_texts(lines, "standard input" if str(input_) == "-" else str(input_))
        _write(analyse_lines(build_analyser(loaded), chain(listed, read_texts(files or []))), output)


@contextmanager
def _opened(path: Path | None) -> Iterator[Iterable[str]]:
    """The lines of a file, of standard input for ``-``; none where no path was given."""
    if path is None:
        yield ()
    elif str(path) == "-":
        yield _decoded(sys.stdin.buffer, "standard input")
    else:
        try:
            stream = path.open("rb")
        except OSError as err:
            raise CommandError(f"{path}: {err.strerror}: check the path") from err
        with stream:
            yield _decoded(stream, str(path))


def _decoded(lines: Iterable[bytes], name: str) -> Iterator[str]:
    """The lines as text, whatever the locale says; raises CommandError for one that is not UTF-8."""
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as err:
            raise CommandError(f"{name}:{number}: not UTF-8 (byte {err.start + 1} of the line): convert it") from err


def _or_standard_input(path: Path) -> Path:
    if str(path) == "-":
        return Path("/dev/stdin")
    if not path.is_file() and not path.is_fifo():
        raise CommandError(f"{path}: no such file: check the path of --manifest")
    return path


def _write(rows: Iterable[dict[str, object]], output: Path | None) -> None:
    """Write rows as JSON Lines; a file appears whole or not at all."""
    if output is None:
        for row in rows:
            print_json(row)
        return
    check_target(output)
    unfinished = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with unfinished.open("w", encoding="utf8", errors="backslashreplace") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
