"""Words of themes and kinds found in a document, with spaCy matchers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span


class Vocabulary:
    """Counts the words of each label in a Doc; linear in the text, whatever the number of words."""

    def __init__(self, nlp: Language, words: Mapping[str, Iterable[str]]) -> None:
        """Take ``{label: words}``; see `config.themes.Theme.words` for case and plural."""
        self._any_case = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._as_written = PhraseMatcher(nlp.vocab, attr="ORTH")
        for label, phrases in words.items():
            exact = [p for p in phrases if p.isupper()]
            loose = [p for p in phrases if not p.isupper()]
            if exact:
                self._as_written.add(label, [nlp.make_doc(p) for p in exact])
            if loose:
                self._any_case.add(label, [nlp.make_doc(form) for p in loose for form in forms_of(p)])

    def count(self, doc: Doc | Span) -> dict[str, Counter[str]]:
        """Return ``{label: {word as found, lower case: times}}``."""
        found: dict[str, Counter[str]] = {}
        strings = doc.vocab.strings
        for matcher in (self._any_case, self._as_written):
            for label, start, end in matcher(doc):
                found.setdefault(strings[label], Counter())[doc[start:end].text.lower()] += 1
        return found


def forms_of(phrase: str) -> Sequence[str]:
    """Return, in lower case, the phrase and its regular plural; of one in capitals itself alone."""
    lower = phrase.lower()
    if phrase.isupper() or lower.endswith("s") or not lower[-1].isalpha():
        return (lower,)
    if lower.endswith("y") and lower[-2] not in "aeiou":
        return lower, lower[:-1] + "ies"
    return lower, lower + "s"
