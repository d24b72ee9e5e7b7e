"""Group the forms of one body: defined short forms, initials, names with and without legal form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.analyse.names.acronyms import initials
from pipeline.analyse.names.patterns import ENDINGS
from pipeline.records import Entity, Mention

Key = tuple[str, ...]

_MORE = "eric ju gie pte aisbl asbl rf trust nhs healthcare biosciences bioscience sciences technologies"
_LEFT_OUT = ENDINGS | frozenset(_MORE.split())
"""Last words that a short form leaves out."""


def group(
    mentions: Mapping[Key, Sequence[Mention]], types: Mapping[Key, str], short_of: Mapping[Key, Key]
) -> tuple[Entity, ...]:
    """Return one entity per body, in order of first mention; its name is its longest form."""
    names = sorted(mentions, key=lambda name: mentions[name][0].start)
    head = _heads(names, types, short_of)
    members: dict[Key, list[Key]] = {}
    for name in names:
        members.setdefault(head[name], []).append(name)
    return tuple(_entity(forms, mentions, types, short_of) for forms in members.values())


class _Groups:
    """Disjoint sets of names, each with one name that stands for it (Tarjan 1975)."""

    def __init__(self, names: Sequence[Key]) -> None:
        self._parent = {name: name for name in names}

    def __contains__(self, name: object) -> bool:
        return name in self._parent

    def root(self, name: Key) -> Key:
        parent = self._parent
        while parent[name] != name:
            parent[name] = parent[parent[name]]  # halves the way for the next
            name = parent[name]
        return name

    def join(self, name: Key, other: Key) -> None:
        self._parent[self.root(name)] = self.root(other)


def _heads(names: Sequence[Key], types: Mapping[Key, str], short_of: Mapping[Key, Key]) -> dict[Key, Key]:
    """Map each form to the form that stands for its group."""
    groups = _Groups(names)
    by_form: dict[tuple[str, str], Key] = {}
    for name in names:
        target = short_of.get(name)
        if target is not None and target in groups:
            groups.join(name, target)
        groups.join(name, by_form.setdefault((types[name], stem(name)), name))
    for name, whole in _spelled_out(names, types):
        groups.join(name, whole)
    by_initials: dict[tuple[str, str], list[Key]] = {}
    for name in names:
        if len(name) > 2:
            by_initials.setdefault((types[name], initials(" ".join(name))), []).append(name)
    for name in names:
        longer = by_initials.get((types[name], name[0]), [])
        if len(name) == 1 and name[0].isupper() and len({groups.root(other) for other in longer}) == 1:
            groups.join(name, longer[0])
    return {name: groups.root(name) for name in names}


def _spelled_out(names: Sequence[Key], types: Mapping[Key, str]) -> Iterator[tuple[Key, Key]]:
    """Yield organisations of one word with the longer name that begins with them and spells them out."""
    bodies = [name for name in names if types[name] == "organisation"]
    explained = {short: name for name in bodies if (short := _explains(name))}
    for name in bodies:
        if len(name) == 1 and (whole := explained.get(name[0])):
            yield name, whole


def stem(name: Key) -> str:
    """Return the name without legal form and descriptive ending, in lower case: equal for the forms of one body."""
    words = list(name)
    while len(words) > 1 and (not words[-1][0].isalnum() or words[-1].lower() in _LEFT_OUT):
        words.pop()
    return " ".join(words).casefold()


def _explains(name: Key) -> str:
    """Return the short form that a name spells out after it: ``SIB Swiss Institute of …``, ``CSC – IT Center …``."""
    short, rest = name[0], name[1:]
    if len(rest) < 2 or len(short) < 2:
        return ""
    if rest[0] in "-–—" and len(rest) > 2:
        return short
    return short if short.isupper() and initials(" ".join(rest)).startswith(short) else ""


def _entity(
    forms: Sequence[Key],
    mentions: Mapping[Key, Sequence[Mention]],
    types: Mapping[Key, str],
    short_of: Mapping[Key, Key],
) -> Entity:
    every = sorted((m for form in forms for m in mentions[form]), key=lambda m: m.start)
    longest = max(forms, key=lambda form: (len(" ".join(form)), mentions[form][0].start * -1))
    name = " ".join(mentions[longest][0].text.split())
    defined = tuple(dict.fromkeys(mentions[form][0].text for form in forms if form in short_of))
    return Entity(name, types[longest], tuple(every), defined)
