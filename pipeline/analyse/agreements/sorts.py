"""Sorts of bodies, by the words that their names are made of."""

from __future__ import annotations

_SORTS = {
    "company": (
        "ltd limited inc gmbh ag ab plc llc oy as sa bv nv corporation corp company pharma pharmaceuticals "
        "technologies therapeutics biotech biosciences medical systems labs oyj srl ventures capital partners "
        "bank"
    ),
    "funder": (
        "ministry fund funds foundation commission council agency department government horizon interreg "
        "programme program framework initiative"
    ),
    "teacher": (
        "university université universität college school institute institut faculty academy laboratory laboratories"
    ),
    "carer": ("hospital hospitals clinic trust nhs medical health healthcare care"),
    "network": (
        "alliance network cluster association federation society consortium hub forum union organisation "
        "partnership infrastructure collaboration eric elixir group committee board"
    ),
}
_SORT_OF = {word: sort for sort, words in _SORTS.items() for word in words.split()}


def sort_of(name: str) -> str:
    """What sort of body a name speaks of, by the last telling word of it: "company", "funder", … or "other"."""
    for word in reversed(name.lower().replace(".", "").replace(",", "").split()):
        if word in _SORT_OF:
            return _SORT_OF[word]
    return "acronym" if name.isupper() else "other"
