"""Read a YAML file into validated models; every mistake is named with its file and line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from config.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


# libyaml, which every wheel of PyYAML holds, reads the configuration in a tenth of the time.
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FAST):  # type: ignore[misc]  # its base is chosen when it runs
    """SafeLoader that refuses a key which stands twice (YAML forbids it, PyYAML keeps the last)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if key in seen:
                raise ConfigError(
                    f"{_name(node)}:{line}: key {key!r} stands twice (first in line {seen[key]}): remove one"
                )
            seen[key] = line
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def load_list(path: Path, top: str, model: type[Model], unique: str = "id") -> list[Model]:
    """Read ``{top: [item, …]}`` from `path`; return the items as models, in file order.

    Raises ConfigError (file, line, mend) for a missing or unreadable file, a YAML mistake, an unknown or wrong field,
    or an item whose `unique` field repeats an earlier one.
    """
    root = _compose(path)
    items_node = _child(root, top)
    if not isinstance(root, yaml.MappingNode) or not isinstance(items_node, yaml.SequenceNode):
        raise ConfigError(f"{path}:1: expected a list under the key '{top}:'")
    for place, (key_node, _) in enumerate(root.value):
        if key_node.value != top:
            raise ConfigError(
                f"{path}:{_line(key_node)}: unknown key {key_node.value!r}: the only one here is '{top}:'"
            )
        if place:
            raise ConfigError(f"{path}:{_line(key_node)}: key '{top}:' stands twice: make one list of both")
    items: list[Model] = []
    seen: dict[Any, int] = {}
    for node in items_node.value:
        item = _build(path, node, model)
        identity = getattr(item, unique)
        if identity in seen:
            raise ConfigError(
                f"{path}:{_line(node)}: {unique} {identity!r} stands twice (first in line {seen[identity]}): rename one"
            )
        seen[identity] = _line(node)
        items.append(item)
    return items


def load_one(path: Path, model: type[Model]) -> Model:
    """Read a whole YAML file as one model; errors as in `load_list`."""
    return _build(path, _compose(path), model)


def _compose(path: Path) -> yaml.Node:
    try:
        with path.open(encoding="utf8") as stream:
            node = yaml.compose(stream, Loader=_Loader)
    except FileNotFoundError as err:
        raise ConfigError(f"{path}: no such file: check the path in the settings") from err
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigError(f"{path}: cannot be read: {err}") from err
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        raise ConfigError(f"{path}:{line}: not valid YAML: {err.problem}: check indentation and quotes") from err
    except yaml.YAMLError as err:
        raise ConfigError(f"{path}:1: not valid YAML: {str(err).splitlines()[0]}") from err
    if node is None:
        raise ConfigError(f"{path}:1: the file is empty")
    return node


def _build(path: Path, node: yaml.Node, model: type[Model]) -> Model:
    loader = _Loader("")
    try:
        data = loader.construct_document(node)
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else _line(node)
        raise ConfigError(f"{path}:{line}: {err.problem}") from err
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise ConfigError(f"{path}:{_line(node)}: expected 'key: value' lines here, found {type(data).__name__}")
    try:
        return model.model_validate(data)
    except ValidationError as err:
        raise ConfigError(_explain(path, node, err, model)) from err


def _explain(path: Path, node: yaml.Node, err: ValidationError, model: type[BaseModel]) -> str:
    first = err.errors(include_url=False)[0]
    loc = first["loc"]
    where = ".".join(str(part) for part in loc)
    line = _line(_deepest(node, loc))
    more = f" (and {err.error_count() - 1} more)" if err.error_count() > 1 else ""
    if first["type"] == "extra_forbidden":
        known = ", ".join(sorted(model.model_fields))
        mend = f"known fields are {known}" if len(loc) == 1 else "see the documentation for the fields known here"
        return f"{path}:{line}: unknown field '{where}': {mend}{more}"
    if first["type"] == "missing":
        return f"{path}:{line}: field '{where}' is missing: add it{more}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{path}:{line}: {where or 'entry'}: {message} (found {_short(first['input'])}){more}"


def _deepest(node: yaml.Node, loc: Sequence[int | str]) -> yaml.Node:
    for part in loc:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node


def _child(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _name(node: yaml.Node) -> str:
    return str(node.start_mark.name)


def _short(value: object, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"
