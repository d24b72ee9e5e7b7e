"""The house's rules, held by a test: import arrows, sizes, and no error swallowed without a reason."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("config", "crawlers", "pipeline", "models", "search", "flows", "web", "cli", "samples")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MOST_LINES_A_FILE = 400
MOST_LINES_A_FUNCTION = 60
names = [str(path.relative_to(ROOT)) for path in FILES]


def test_the_import_arrows_hold() -> None:
    # A process of its own: import-linter caches and imports the packages it looks at.
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert "0 broken" in ended.stdout


def test_the_linters_watch_over_every_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["tool"]
    assert set(settings["importlinter"]["root_packages"]) == set(PACKAGES)
    assert set(settings["mypy"]["packages"]) == set(PACKAGES)
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert found == set(PACKAGES)


@pytest.mark.parametrize("path", FILES, ids=names)
def test_files_and_functions_are_short_and_say_why_they_catch_everything(path: Path) -> None:
    text = path.read_text(encoding="utf8")
    lines = text.splitlines()
    assert len(lines) <= MOST_LINES_A_FILE
    tree = ast.parse(text)
    long = [f"{name}: {length}" for name, length in functions(tree) if length > MOST_LINES_A_FUNCTION]
    assert not long
    assert not [f"line {line}" for line in broad_without_reason(tree, lines)]


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def broad_without_reason(tree: ast.AST, lines: list[str]) -> Iterator[int]:
    """Handlers of everything that neither raise what they caught again nor say in a comment why."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or not is_broad(node.type):
            continue
        beside = [line for line in lines[node.lineno - 1 : node.lineno + 1] if "#" in line]
        said = [line for line in beside if line.rpartition("#")[2].strip() not in ("", "noqa: BLE001")]
        again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
        if not said and not again:
            yield node.lineno


def is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(is_broad(one) for one in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"})


def test_the_watch_for_broad_handlers_sees_them() -> None:
    silent, explained = "except Exception:", "except (OSError, Exception):  # the reason"
    text = f"try:\n    pass\n{silent}\n    pass\ntry:\n    pass\n{explained}\n    pass"
    assert list(broad_without_reason(ast.parse(text), text.splitlines())) == [3]
