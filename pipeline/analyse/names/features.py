"""What the name tagger sees of a token. The training and the analysis use this one function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.analyse.names.acronyms import definitions
from pipeline.analyse.names.patterns import ENDINGS, LINKS, ORG_HEADS, PROJECT_HEADS
from pipeline.analyse.names.segments import may_name


@dataclass(frozen=True, slots=True)
class Context:
    """What the whole document tells about its words."""

    common: frozenset[str]
    """Words that also stand in lower case, so that their capital may mean nothing."""
    counts: Counter[str]
    labels: Mapping[str, str]
    """The entity label that spaCy gives a word most often."""
    defined: Mapping[int, str]
    """Token index: part of the long or the short form of a definition."""
    forms: list[str]
    """Lower-case form of each token."""
    run_heads: list[str]
    """Class of the last word of the capitalised run that the token stands in, with the run's length."""


def context(doc: Doc) -> Context:
    """Collect what `features` needs of the document; linear."""
    forms = [token.lower_ for token in doc]
    counts: Counter[str] = Counter()
    labels: dict[str, Counter[str]] = {}
    common = set()
    for token in doc:
        text = token.text
        if text.islower():
            common.add(text)
        elif text[0].isupper():
            counts[text] += 1
            labels.setdefault(text, Counter())[token.ent_type_ or "O"] += 1
    best = {word: found.most_common(1)[0][0] for word, found in labels.items()}
    return Context(frozenset(common), counts, best, _defined(doc), forms, _runs(doc))


def features(doc: Doc, i: int, seen: Context, register: Mapping[str, int]) -> list[str]:
    """Return the features of token `i`; `register` says how common a word is in names of organisations."""
    token = doc[i]
    forms, text, last = seen.forms, token.text, len(doc) - 1
    before = forms[i - 1] if i else "<s>"
    after = forms[i + 1] if i < last else "</s>"
    shape, shape_before = token.shape_, doc[i - 1].shape_ if i else "<s>"
    shape_after = doc[i + 1].shape_ if i < last else "</s>"
    kind = _word_class(token)
    entity = f"{token.ent_iob_}{token.ent_type_}"
    return [
        "b",
        f"w={forms[i]}",
        f"s={shape}",
        f"p={text[:3]}",
        f"x={forms[i][-3:]}",
        f"x4={forms[i][-4:]}",
        f"t={token.tag_}",
        f"e={entity}",
        f"e|s={entity}|{shape}",
        f"e-={doc[i - 1].ent_iob_ + doc[i - 1].ent_type_ if i else ''}|{entity}",
        f"e+={entity}|{doc[i + 1].ent_iob_ + doc[i + 1].ent_type_ if i < last else ''}",
        f"w-={before}",
        f"w+={after}",
        f"w--={forms[i - 2] if i > 1 else ''}|{before}",
        f"w++={after}|{forms[i + 2] if i + 1 < last else ''}",
        f"w-w={before}|{forms[i]}",
        f"ww+={forms[i]}|{after}",
        f"s-s={shape_before}|{shape}",
        f"ss+={shape}|{shape_after}",
        f"k={kind}",
        f"k-={_word_class(doc[i - 1]) if i else ''}",
        f"k+={_word_class(doc[i + 1]) if i < last else ''}",
        f"h={seen.run_heads[i]}",
        f"h|e={seen.run_heads[i]}|{entity}",
        f"d={token.dep_}|{token.head.lower_}",
        f"c={text.lower() in seen.common}|{min(seen.counts[text], 4)}|{token.is_sent_start}",
        f"l={seen.labels.get(text, '')}",
        f"a={seen.defined.get(i, '')}",
        f"r={register.get(forms[i], 0)}",
        f"r-={register.get(before, 0)}|{register.get(forms[i], 0)}|{register.get(after, 0)}",
    ]


def _word_class(token: Token) -> str:
    text = token.text
    if text in ORG_HEADS:
        return "org"
    if text in PROJECT_HEADS or (text.lower() in _PROJECT_LOWER):
        return "project"
    if text.lower() in ENDINGS:
        return "ending"
    if text.lower() in LINKS:
        return "link"
    if token.is_space:
        return f"break{min(text.count(chr(10)), 2)}"
    return ""


_PROJECT_LOWER = frozenset(word.lower() for word in PROJECT_HEADS) | {"grant", "funded"}


def _defined(doc: Doc) -> dict[int, str]:
    marks: dict[int, str] = {}
    for found in definitions(doc.text):
        ends = (("long", found.long_start, found.long_end), ("short", found.short_start, found.short_end))
        for mark, start, end in ends:
            span = doc.char_span(start, end, alignment_mode="expand")
            for n, token in enumerate(span or ()):
                marks[token.i] = f"{mark}{'I' if n else 'B'}"
    return marks


def _runs(doc: Doc) -> list[str]:
    heads = [""] * len(doc)
    start = 0
    for i in range(len(doc) + 1):
        if i < len(doc) and may_name(doc[i]):
            continue
        if i > start:
            mark = f"{_word_class(doc[start])}-{_word_class(doc[i - 1])}{min(i - start, 4)}"
            heads[start:i] = [mark] * (i - start)
        start = i + 1
    return heads
