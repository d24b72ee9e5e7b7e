"""Group the forms of one body: defined short forms, initials, names with and without legal form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.analyse.names.acronyms import initials
from pipeline.analyse.names.patterns import ENDINGS
from pipeline.records import Entity, Mention

Key = tuple[str, ...]


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


def _heads(names: Sequence[Key], types: Mapping[Key, str], short_of: Mapping[Key, Key]) -> dict[Key, Key]:
    """Map each form to the form that stands for its group."""
    parent = {name: name for name in names}

    def root(name: Key) -> Key:
        while parent[name] != name:
            parent[name] = parent[parent[name]]  # halves the way for the next
            name = parent[name]
        return name

    by_form: dict[tuple[str, str], Key] = {}
    by_initials: dict[tuple[str, str], list[Key]] = {}
    for name in names:
        if len(name) > 2:
            by_initials.setdefault((types[name], initials(" ".join(name))), []).append(name)
    for name in names:
        target = short_of.get(name)
        if target in parent:
            parent[root(name)] = root(target)
        same = (types[name], stem(name))
        if same in by_form:
            parent[root(name)] = root(by_form[same])
        by_form.setdefault(same, name)
    for name in names:
        longer = by_initials.get((types[name], name[0]), [])
        if len(name) == 1 and name[0].isupper() and len({root(other) for other in longer}) == 1:
            parent[root(name)] = root(longer[0])
    return {name: root(name) for name in names}


def stem(name: Key) -> str:
    """Return the name without legal form and descriptive ending, in lower case: equal for the forms of one body."""
    words = list(name)
    while len(words) > 1 and (not words[-1][0].isalnum() or words[-1].lower() in ENDINGS):
        words.pop()
    return " ".join(words).casefold()


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
