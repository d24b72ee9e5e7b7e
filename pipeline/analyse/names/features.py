"""What the name tagger sees of a token. The training and the analysis use this one function.

spaCy's tokens are read once, column by column: asking each token for each attribute costs more than the whole tagging.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from spacy.attrs import LOWER, ORTH, SHAPE
from spacy.tokens import Doc

from pipeline.analyse.names.acronyms import definitions
from pipeline.analyse.names.patterns import ENDINGS, LINKS, ORG_HEADS, PROJECT_HEADS
from pipeline.analyse.names.segments import may_name

_PROJECT_LOWER = frozenset(word.lower() for word in PROJECT_HEADS) | {"grant", "funded"}
_ENDS = frozenset(".!?:")
"""Signs after which a word with a capital may mean nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """The tokens of a document as columns, and what the whole document tells about its words."""

    texts: list[str]
    forms: list[str]
    """Lower-case form of each token."""
    shapes: list[str]
    classes: list[str]
    """Class of each word: head noun, ending, link, line break."""
    begins: list[bool]
    """Tokens that begin a sentence or a line."""
    marks: list[bool]
    """Tokens that may belong to a name."""
    common: frozenset[str]
    """Words that also stand in lower case, so that their capital may mean nothing."""
    counts: Counter[str]
    """How often each word with a capital stands in the document."""
    defined: Mapping[int, str]
    """Token index: part of the long or the short form of a definition."""
    run_heads: list[str]
    """Classes of the first and the last word of the run of marked words that a token stands in, and its length."""


def context(doc: Doc) -> Context:
    """Collect what `features` needs of the document; linear."""
    rows = doc.to_array([ORTH, LOWER, SHAPE]).T.tolist() if len(doc) else [[]] * 3
    texts, forms, shapes = (_strings(doc, column) for column in rows)
    counts = Counter(texts)
    marks = may_name(texts)
    classes = _classes(texts)
    return Context(
        texts=texts,
        forms=forms,
        shapes=shapes,
        classes=classes,
        begins=[not i or texts[i - 1] in _ENDS or texts[i - 1].isspace() for i in range(len(texts))],
        marks=marks,
        common=frozenset(word for word in counts if word.islower()),
        counts=Counter({word: n for word, n in counts.items() if word[0].isupper()}),
        defined=_defined(doc),
        run_heads=_runs(marks, classes),
    )


def features(seen: Context, i: int, register: Mapping[str, int]) -> list[str]:
    """Return the features of token `i`; `register` says how common a word is in names of organisations."""
    forms, last = seen.forms, len(seen.forms) - 1
    text, form, shape, kind = seen.texts[i], forms[i], seen.shapes[i], seen.classes[i]
    before, shape_before = (forms[i - 1], seen.shapes[i - 1]) if i else ("<s>", "<s>")
    after, shape_after = (forms[i + 1], seen.shapes[i + 1]) if i < last else ("</s>", "</s>")
    return [
        "b",
        f"w={form}",
        f"s={shape}",
        f"p={text[:3]}",
        f"x={form[-3:]}",
        f"x4={form[-4:]}",
        f"p5={text[:5]}",
        f"x-={before[-3:]}",
        f"x+={after[-3:]}",
        f"w-={before}",
        f"w+={after}",
        f"w--={forms[i - 2] if i > 1 else ''}|{before}",
        f"w++={after}|{forms[i + 2] if i + 1 < last else ''}",
        f"w-w={before}|{form}",
        f"ww+={form}|{after}",
        f"s-s={shape_before}|{shape}",
        f"ss+={shape}|{shape_after}",
        f"sss={shape_before}|{shape}|{shape_after}",
        f"s|r={shape}|{register.get(form, 0)}",
        f"k={kind}",
        f"k-={seen.classes[i - 1] if i else ''}",
        f"k+={seen.classes[i + 1] if i < last else ''}",
        f"h={seen.run_heads[i]}",
        f"c={form in seen.common}|{min(seen.counts[text], 4)}|{seen.begins[i]}",
        f"a={seen.defined.get(i, '')}",
        f"r={register.get(form, 0)}",
        f"r-={register.get(before, 0)}|{register.get(form, 0)}|{register.get(after, 0)}",
    ]


def _strings(doc: Doc, column: list[int]) -> list[str]:
    known = {number: doc.vocab.strings[number] for number in set(column)}
    return [known[number] for number in column]


def _classes(texts: list[str]) -> list[str]:
    known = {text: _word_class(text) for text in set(texts)}
    return [known[text] for text in texts]


def _word_class(text: str) -> str:
    if text in ORG_HEADS:
        return "org"
    low = text.lower()
    if text in PROJECT_HEADS or low in _PROJECT_LOWER:
        return "project"
    if low in ENDINGS:
        return "ending"
    if low in LINKS:
        return "link"
    if text.isspace():
        return f"break{min(text.count(chr(10)), 2)}"
    return ""


def _defined(doc: Doc) -> dict[int, str]:
    marks: dict[int, str] = {}
    for found in definitions(doc.text):
        ends = (("long", found.long_start, found.long_end), ("short", found.short_start, found.short_end))
        for mark, start, end in ends:
            span = doc.char_span(start, end, alignment_mode="expand")
            for n, token in enumerate(span or ()):
                marks[token.i] = f"{mark}{'I' if n else 'B'}"
    return marks


def _runs(marks: list[bool], classes: list[str]) -> list[str]:
    heads = [""] * len(marks)
    start = 0
    for i in range(len(marks) + 1):
        if i < len(marks) and marks[i]:
            continue
        if i > start:
            mark = f"{classes[start]}-{classes[i - 1]}{min(i - start, 4)}"
            heads[start:i] = [mark] * (i - start)
        start = i + 1
    return heads
