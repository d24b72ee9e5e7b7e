"""What is seen of a candidate pair, as a list of feature names; those with a weight in the model count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from config.agreements import KINDS
from pipeline.analyse.agreements.candidates import Candidate
from pipeline.analyse.agreements.layout import Layout, Span, Unit
from pipeline.analyse.agreements.lexicon import Hit
from pipeline.analyse.agreements.sorts import sort_of
from pipeline.analyse.agreements.stems import stem
from pipeline.records import Entity

_KINDS = frozenset(KINDS)
_NEAR = 4
_PLACES = frozenset(
    ("u", "pre", "btw", "post", "path", "verb", "arg", "arg2", "above", "next", "listed&btw", "listed&post")
)
_ARGUMENTS = frozenset(("dobj", "prep", "attr", "acomp", "xcomp", "aux", "auxpass", "prt", "neg"))


class Context:
    """What all candidates of one document share."""

    def __init__(
        self, layout: Layout, entities: Sequence[Entity], title: str, title_hits: Sequence[Hit], mains: list[int]
    ) -> None:
        self.layout = layout
        self.entities = entities
        self.mains = mains
        self.bodies = _bin(sum(1 for count in layout.counts if count))
        self.next_named = _next_named(layout.units)
        self.titled = [any(m in title for m in {x.text for x in e.mentions[:20]} | {e.name}) for e in entities]
        self.title_kinds = sorted({hit.group for hit in title_hits if hit.group in _KINDS})
        self.sorts = [sort_of(entity.name) for entity in entities]
        spoken = Counter(hit.group for unit in layout.units for hit in unit.hits if hit.group in _KINDS)
        self.spoken = [f"doc:{kind}" for kind, count in spoken.most_common(2) if count > 1]
        self.children: dict[int, list[int]] = {}
        for at, head in enumerate(layout.heads):
            if head != at:
                self.children.setdefault(head, []).append(at)
        self.groups: dict[int, list[str]] = {}
        for unit in layout.units:
            for hit in unit.hits:
                for at in range(hit.start, hit.end):
                    self.groups.setdefault(at, []).append(hit.group)
        self.unit_names: dict[int, list[str]] = {}
        """Features of a unit, once they have been asked for: the same for all its pairs."""
        self.owner = [-1] * len(layout.words)
        for unit in layout.units:
            for span in unit.spans:
                for at in range(span.start, span.end):
                    self.owner[at] = span.entity


def _next_named(units: Sequence[Unit]) -> list[int]:
    """For each unit the number of the next one that names a body."""
    following = [len(units)] * len(units)
    for number in range(len(units) - 2, -1, -1):
        following[number] = number + 1 if units[number + 1].spans else following[number + 1]
    return following


def features(candidate: Candidate, context: Context) -> list[str]:
    """Feature names of one candidate; each counts once."""
    names = _pair(candidate, context)
    told = len(names)
    unit = context.layout.units[candidate.unit]
    if candidate.unit not in context.unit_names:
        context.unit_names[candidate.unit] = _unit(candidate.unit, unit, context)
    names += context.unit_names[candidate.unit]
    if candidate.mode == "in":
        names += _around(candidate.first, candidate.second, candidate.pair, unit, context)
        names += _path(candidate.first, candidate.second, unit, context)
    elif candidate.mode == "ctx":
        names += _meant(candidate, unit, context)
        anchor = candidate.anchor
        if anchor is not None and (anchor.end <= candidate.second.start or anchor.start >= candidate.second.end):
            left, right = sorted((anchor, candidate.second), key=lambda span: span.start)
            names += [f"{name}" for name in _around(left, right, candidate.pair, unit, context)]
            names += _path(left, right, unit, context)
            names += _stands(candidate, anchor, context)
    else:
        names += _listed(candidate, context)
    names += [any_kind for name in names[told:] if (any_kind := _of_any_kind(name))]
    return list(dict.fromkeys(names))


@lru_cache(maxsize=50_000)
def _of_any_kind(name: str) -> str | None:
    """The same feature with the kind left out, so that what holds for one kind of agreement is learnt for all."""
    place, _, rest = name.partition(":")
    if place not in _PLACES:
        return None
    group, sign, tail = rest.partition(":" if ":" in rest else "&")
    return f"{place}:any{sign}{tail}" if group in _KINDS else None


def _bin(count: int) -> str:
    return str(count) if count < 4 else "4-6" if count < 7 else "7-12" if count < 13 else "13+"


def _pair(candidate: Candidate, context: Context) -> list[str]:
    layout = context.layout
    pair = candidate.pair
    types = "".join(sorted(context.entities[n].type[0] for n in pair))
    titled = sum(context.titled[n] for n in pair)
    mains = sum(n in context.mains[:1] for n in pair)
    names = [
        f"types={types}",
        f"titled={titled}",
        f"main={mains}",
        f"fewest={_bin(min(layout.counts[n] for n in pair))}",
        f"most={_bin(max(layout.counts[n] for n in pair))}",
        f"bodies={context.bodies}",
        f"types={types}&main={mains}",
    ]
    sorts = sorted(context.sorts[n] for n in pair)
    names += [f"sorts={'+'.join(sorts)}", f"sort:{sorts[0]}", f"sort:{sorts[1]}", *context.spoken]
    names += [f"title:{kind}&titled={titled}" for kind in context.title_kinds]
    return names


def _unit(number: int, unit: Unit, context: Context) -> list[str]:
    layout = context.layout
    here = len({span.entity for span in unit.spans})
    groups = {hit.group for hit in unit.hits}
    quoted = any(layout.lows[at] in {'"', "“", "”"} for at in range(unit.start, unit.end))
    names = [
        f"here={_bin(here)}",
        f"at={'top' if number < 3 else 'early' if number * 3 < len(layout.units) else 'late'}",
        f"bullet={unit.bullet}",
        f"quoted={quoted}",
        f"length={(unit.end - unit.start) // 12}",
        f"kinds={_bin(len(groups & _KINDS))}",
    ]
    names += [f"u:{group}" for group in groups]
    if number + 1 < len(layout.units):
        after = layout.units[number + 1]
        following = {hit.group for hit in after.hits}
        if "plural" in following and not after.spans:
            names += [f"next:{group}" for group in following & _KINDS]
    first = layout.lows[unit.start]
    names.append(f"opens={first}")
    return names


def _side(hit: Hit, left: Span, right: Span) -> str:
    return "pre" if hit.end <= left.start else "post" if hit.start >= right.end else "btw"


def _around(left: Span, right: Span, pair: tuple[int, int], unit: Unit, context: Context) -> list[str]:
    layout = context.layout
    gap = right.start - left.end
    others = {context.owner[at] for at in range(left.end, right.start)} - {-1, *pair}
    between = [layout.lows[at] for at in range(left.end, right.start) if context.owner[at] < 0]
    listed = all(word in _LISTING for word in between)
    names = [
        f"gap={_bin(gap)}",
        f"others={_bin(len(others))}",
        f"listed={listed}",
        f"listed={listed}&here={_bin(len({s.entity for s in unit.spans}))}",
        f"types-ordered={_type(left, context)}{_type(right, context)}",
    ]
    for hit in unit.hits:
        side = _side(hit, left, right)
        names += [f"{side}:{hit.group}", f"{side}:{hit.group}&others={min(len(others), 3)}"]
        if listed:
            names.append(f"listed&{side}:{hit.group}")
        if hit.form:
            names.append(f"{side}:{hit.group}:{hit.form}")
    if len(between) <= 20:
        names += [f"w:{stem(word)}" for word in between]
    if len(between) <= 3:
        names.append("btw=" + " ".join(stem(w) for w in between))
    lows = layout.lows
    names += [f"l+:{stem(lows[left.end])}", f"r-:{stem(lows[right.start - 1])}"] if gap else ["touching"]
    names += [
        f"pre-w:{stem(lows[at])}"
        for at in range(max(unit.start, left.start - _NEAR), left.start)
        if context.owner[at] < 0
    ]
    names += [
        f"post-w:{stem(lows[at])}" for at in range(right.end, min(unit.end, right.end + _NEAR)) if context.owner[at] < 0
    ]
    names.append("starts" if left.start - unit.start <= 1 else "inside")
    tags = [layout.tags[at][:3] for at in range(left.end, right.start) if context.owner[at] < 0]
    names += [f"verbs={_bin(sum(tag[:2] == 'VB' for tag in tags))}", f"names={_bin(tags.count('NNP'))}"]
    for span, side in ((left, "l"), (right, "r")):
        names += [f"{side}<{step}:{_token(span.start - step, unit, context)}" for step in (1, 2)]
        names += [f"{side}>{step}:{_token(span.end - 1 + step, unit, context)}" for step in (1, 2)]
    return names


def _token(at: int, unit: Unit, context: Context) -> str:
    if not unit.start <= at < unit.end:
        return "edge"
    if context.owner[at] >= 0:
        return "body"
    return "name" if context.layout.tags[at][:3] == "NNP" else stem(context.layout.lows[at])


_LISTING = frozenset(
    {",", "and", "&", "/", "|", "(", ")", "-", "–", "—", ";", "the", "+", "or", "as", "well", "•", "x", "\n", "plus"}
)


def _root(span: Span, heads: list[int]) -> int:
    for at in range(span.start, span.end):
        if not span.start <= heads[at] < span.end or heads[at] == at:
            return at
    return span.end - 1


def _chain(at: int, heads: list[int]) -> list[int]:
    chain = [at]
    while heads[at] != at and len(chain) < 30:
        at = heads[at]
        chain.append(at)
    return chain


def _path(left: Span, right: Span, unit: Unit, context: Context) -> list[str]:
    """The way through the parse from one body to the other: labels, the words on it, the agreement words on it."""
    layout = context.layout
    up = _chain(_root(left, layout.heads), layout.heads)
    down = _chain(_root(right, layout.heads), layout.heads)
    places = {at: place for place, at in enumerate(down)}
    meet = next((place for place, at in enumerate(up) if at in places), None)
    if meet is None:
        return ["path=none"]
    top = up[meet]
    way_up, way_down = up[:meet], down[: places[top]]
    labels = [f"<{context.layout.deps[at]}" for at in way_up] + [
        f">{context.layout.deps[at]}" for at in reversed(way_down)
    ]
    inner = {*way_up[1:], *way_down[1:], top}
    names = _governing(top, inner, context)
    names += [
        f"path-length={_bin(len(labels))}",
        f"top={stem(layout.lows[top])}" if context.owner[top] < 0 else "top=body",
    ]
    if len(labels) < 6:
        names.append("path=" + " ".join(labels))
    names += [f"p:{stem(layout.lows[at])}" for at in inner if context.owner[at] < 0]
    names.append(f"roots={layout.deps[up[0]]},{layout.deps[down[0]]}")
    for hit in unit.hits:
        if any(at in inner for at in range(hit.start, hit.end)):
            names.append(f"path:{hit.group}")
            if hit.form:
                names.append(f"path:{hit.group}:{hit.form}")
    return names


def _meant(candidate: Candidate, unit: Unit, context: Context) -> list[str]:
    """`first` stands in an earlier unit: is it likely meant here?"""
    layout, mine = context.layout, candidate.second
    before = layout.units[candidate.other]
    ahead = candidate.unit - candidate.other
    far = "far" if ahead > 2 else str(ahead)
    rank = [span.entity for span in before.spans].index(candidate.first.entity)
    root = _root(candidate.first, layout.heads)
    names = [
        f"ahead={far}",
        f"rank={min(rank, 3)}",
        f"there={_bin(len({s.entity for s in before.spans}))}",
        f"dep-there={layout.deps[root]}",
        f"dep-here={layout.deps[_root(mine, layout.heads)]}",
        f"same-paragraph={before.paragraph == unit.paragraph}",
        f"before-bullet={before.bullet}",
        "starts" if mine.start - unit.start <= 1 else "inside",
        f"empty-between={context.next_named[candidate.other] >= candidate.unit}",
    ]
    meant = sorted({hit.group for hit in unit.hits} & {"singular", "plural"})
    for hit in unit.hits:
        side = "pre" if hit.end <= mine.start else "post"
        names += [f"{side}:{hit.group}", f"{side}:{hit.group}&ahead={far}"]
        names += [f"{hit.group}&{word}" for word in meant if hit.group in _KINDS]
        if hit.form:
            names.append(f"{side}:{hit.group}:{hit.form}")
    lows = layout.lows
    names += [
        f"pre-w:{stem(lows[at])}"
        for at in range(max(unit.start, mine.start - _NEAR), mine.start)
        if context.owner[at] < 0
    ]
    names += [
        f"post-w:{stem(lows[at])}" for at in range(mine.end, min(unit.end, mine.end + _NEAR)) if context.owner[at] < 0
    ]
    names += [f"there:{hit.group}" for hit in before.hits if hit.group in _KINDS]
    return names


def _governing(top: int, inner: set[int], context: Context) -> list[str]:
    """What stands above and beside the path: "A and B signed a memorandum" has both bodies in one noun group."""
    layout, owner = context.layout, context.owner
    names: list[str] = []
    verb = top
    for step in range(3):
        if layout.tags[verb][:1] in ("V", "M"):
            break
        if step:
            names.append(f"above:{stem(layout.lows[verb])}" if owner[verb] < 0 else "above=body")
            names += [f"above:{group}" for group in context.groups.get(verb, ())]
        if layout.heads[verb] == verb:
            break
        verb = layout.heads[verb]
    names += [f"verb:{stem(layout.lows[verb])}", f"verb-tag={layout.tags[verb]}"]
    names += [f"verb:{group}" for group in context.groups.get(verb, ())]
    names.append(f"verb-on-path={verb in inner}")
    for child in context.children.get(verb, ()):
        dep = layout.deps[child]
        if dep == "neg":
            names.append("verb-negated")
        if child not in inner and owner[child] < 0 and dep in _ARGUMENTS:
            names.append(f"arg:{stem(layout.lows[child])}")
            names += [f"arg:{group}" for group in context.groups.get(child, ())]
            if dep == "prep":
                for grand in context.children.get(child, ()):
                    names.append(
                        f"arg-{layout.lows[child]}:{'body' if owner[grand] >= 0 else stem(layout.lows[grand])}"
                    )
                    names += [f"arg2:{group}" for group in context.groups.get(grand, ())]
    return names


def _type(span: Span, context: Context) -> str:
    return context.entities[span.entity].type[0] if span.entity >= 0 else "w"


def _stands(candidate: Candidate, anchor: Span, context: Context) -> list[str]:
    """How well the word at `anchor` fits the body that it may stand for."""
    layout, first = context.layout, candidate.first
    word = layout.lows[anchor.end - 1]
    fits = word in layout.lows[first.start : first.end]
    main = first.entity in context.mains[:1]
    ahead = min(candidate.unit - candidate.other, 3)
    root = _root(first, layout.heads)
    return [
        f"stands={word}",
        f"fits={fits}",
        f"fits={fits}&ahead={ahead}",
        f"stands={word}&main={main}",
        f"stands={word}&ahead={ahead}",
        f"stands={word}&there={layout.deps[root]}",
        f"anchor-dep={layout.deps[anchor.end - 1]}",
    ]


def _listed(candidate: Candidate, context: Context) -> list[str]:
    layout, listing = context.layout, candidate.listing
    apart = candidate.unit - candidate.other
    owned = candidate.other == candidate.head
    begins = (layout.units[candidate.other], layout.units[candidate.unit])
    firsts = sum(
        unit.spans[0].start in (candidate.first.start, candidate.second.start) for unit in begins if unit.spans
    )
    names = [f"apart={_bin(apart)}", f"owned={owned}", f"firsts={firsts}"]
    if listing is not None:
        pure = listing.begins * 4 // max(1, listing.lines)
        names += [f"pure={pure}", f"pure={pure}&announced={listing.announced}", f"size={_bin(len(listing.bodies))}"]
        names += [f"pure={pure}&owned={owned}", f"announced={listing.announced}&owned={owned}"]
    if candidate.head >= 0:
        head = layout.units[candidate.head]
        names += [f"head:{hit.group}" for hit in head.hits] + [f"head:{hit.group}&owned={owned}" for hit in head.hits]
        names += [f"head-w:{stem(layout.lows[at])}" for at in range(head.start, min(head.end, head.start + 12))]
        names += [f"head-bodies={_bin(len(head.spans))}", f"colon={layout.words[head.end - 1] == ':'}"]
        for number in range(max(0, candidate.head - 2), candidate.head):
            names += [f"above:{hit.group}" for hit in layout.units[number].hits if hit.group in _KINDS]
    return names
