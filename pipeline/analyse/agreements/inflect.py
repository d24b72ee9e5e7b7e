"""English inflection, just enough to find a verb or noun of `agreements.yaml` in every form."""

from __future__ import annotations

_IRREGULAR = {
    "be": ("is", "are", "was", "were", "been", "being"),
    "become": ("becomes", "became", "becoming"),
    "buy": ("buys", "bought", "buying"),
    "come": ("comes", "came", "coming"),
    "give": ("gives", "gave", "given", "giving"),
    "hold": ("holds", "held", "holding"),
    "lead": ("leads", "led", "leading"),
    "make": ("makes", "made", "making"),
    "pay": ("pays", "paid", "paying"),
    "put": ("puts", "putting"),
    "run": ("runs", "ran", "running"),
    "sell": ("sells", "sold", "selling"),
    "take": ("takes", "took", "taken", "taking"),
    "win": ("wins", "won", "winning"),
    "spin": ("spins", "spun", "spinning"),
    "withdraw": ("withdraws", "withdrew", "withdrawn", "withdrawing"),
}
_DOUBLED = ("admit", "commit", "enrol", "snap", "plan", "submit", "equip", "swap", "refer")


def verb_forms(phrase: str) -> set[str]:
    """All forms of a verb with its particles: ``team up`` gives "team up", "teams up", "teamed up", "teaming up"."""
    words = phrase.lower().split()
    at = _verb_at(words)
    head, before, rest = words[at], words[:at], words[at + 1 :]
    prefix, _, stem = head.rpartition("-")
    lead = f"{prefix}-" if prefix else ""
    return {" ".join([*before, lead + form, *rest]) for form in (stem, *_conjugated(stem))}


def noun_forms(phrase: str) -> set[str]:
    """Singular and plural of a noun group: the word before "of" takes the ending, else the last."""
    words = phrase.lower().split()
    at = words.index("of") - 1 if "of" in words[1:] else len(words) - 1
    return {phrase.lower(), " ".join([*words[:at], _plural(words[at]), *words[at + 1 :]])}


def _verb_at(words: list[str]) -> int:
    """Adverbs ("jointly develop") stand before the verb that is inflected."""
    return next((i for i, w in enumerate(words) if not (w.endswith("ly") and len(words) > i + 1 and len(w) > 4)), 0)


def _conjugated(stem: str) -> tuple[str, ...]:
    if stem in _IRREGULAR:
        return _IRREGULAR[stem]
    if stem.endswith("e"):
        return stem + "s", stem + "d", stem[:-1] + "ing"
    if stem.endswith("y") and stem[-2:-1] not in "aeiou":
        return stem[:-1] + "ies", stem[:-1] + "ied", stem + "ing"
    third = stem + ("es" if stem.endswith(("s", "sh", "ch", "x", "z")) else "s")
    if stem in _DOUBLED:
        return third, stem + stem[-1] + "ed", stem + stem[-1] + "ing"
    return third, stem + "ed", stem + "ing"


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x", "z")) else "s")
