"""Progress on standard error where it is a terminal; elsewhere the log tells the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.process import BatchResult
    from pipeline.workers import Progress


@contextmanager
def spinner(what: str) -> Iterator[None]:
    """Say that something is under way whose end is not known."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Count documents as they are done; yields what is to be told of each batch, None where there is no terminal."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("documents", total=None)

        def advance(result: BatchResult) -> None:
            bar.advance(task, sum(result.counts.values()))

        yield advance


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None] | None]:
    """Show a running count on standard error where it is a terminal."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda number: bar.advance(task, number)
