"""What makes two names the same: keys without case, accents, articles, punctuation and legal form. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pipeline.register.words import is_generic

MAX_NAME = 300
"""Characters; longer "names" are wreckage of a table or of OCR and stay unresolved."""

_UNFOLDED = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'", "ʼ": "'"}
)
_INITIALS = re.compile(r"(?<!\w)\w(?:[./] ?\w(?!\w))+")
_CONJUNCTION = re.compile(r"\s*[&+]\s*")
_NOT_WORD = re.compile(r"[\W_]+")
_CONJUNCTIONS = {"and", "und", "et", "och", "og"}

_ARTICLES = {"der", "die", "das", "den", "le", "la", "les", "el", "los", "las", "il", "lo", "gli", "de", "het", "een"}

_LEGAL_FORM_LISTS = (
    # German-speaking
    "gmbh, ggmbh, mbh, ag, kg, kgaa, ohg, gbr, ug, ev, eg, gmbh and co kg, gmbh co kg, ag and co kg, se and co kgaa",
    # British, Irish, American
    "ltd, limited, plc, llp, llc, lp, cic, clg, dac, inc, incorporated, corp, corporation, co, pty, pty ltd, co ltd",
    # European
    "se, eeig, geie, ewiv, eric",
    # French, Belgian, Luxembourgish
    "sa, sas, sasu, sarl, sca, scs, snc, gie, gip, asbl, aisbl, ivzw, vzw, inpa, bvba, srl, sprl, scrl",
    # Dutch
    "bv, nv, cv, vof",
    # Nordic
    "ab, abp, oy, oyj, oy ab, as, asa, aps, ry, hf, ehf, publ",
    # Southern
    "spa, sapa, scarl, onlus, sl, slu, sau, slne, lda, sgps, ike, epe, ae",
    # Central and Eastern
    "sro, sp zoo, sp z oo, kft, zrt, nyrt, doo, dd, eood, ood, ead, uab, sia, ou, vsi",
)
_LEGAL_FORMS = {tuple(form.split()) for forms in _LEGAL_FORM_LISTS for form in forms.split(", ")}
_LONGEST_FORM = max(len(form) for form in _LEGAL_FORMS)


def organisation_key(name: str) -> str:
    """The key of a name: "The Biomédical Alliance & Partners, e.V." -> ``biomedical alliance and partners``.

    At least one word is always left; a name without any letter or digit is its own key.
    """
    words = _words(name)
    # "La Roche" is not "Roche": articles other than "the" go only where a name of several words is left
    if (len(words) > 1 and words[0] == "the") or (len(words) > 2 and words[0] in _ARTICLES):
        words = words[1:]
    return " ".join(_without_legal_form(words)) or name.strip().casefold()


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_UNFOLDED))
    folded = "".join(c for c in folded if not unicodedata.combining(c)).translate(_UNFOLDED)
    folded = _INITIALS.sub(lambda m: re.sub(r"[./ ]", "", m.group()), folded)
    folded = _CONJUNCTION.sub(" and ", folded.replace("'s ", "s ").replace("'", ""))
    return ["and" if word in _CONJUNCTIONS else word for word in _NOT_WORD.sub(" ", folded).split()]


def _without_legal_form(words: list[str]) -> list[str]:
    shortened = True
    while shortened:
        shortened = False
        for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
            if tuple(words[-length:]) in _LEGAL_FORMS:
                words, shortened = words[:-length], True
                break
    while len(words) > 1 and words[-1] == "and":
        words = words[:-1]
    return words


def is_acronym(name: str) -> bool:
    """Whether a name is one short word of mainly capitals ("EIT", "BioM", "BBMRI-ERIC"): weak evidence of who it is."""
    word = name.strip()
    letters = [c for c in word if c.isalpha()]
    if not letters or len(word) > 12 or " " in word:
        return False
    return sum(c.isupper() for c in letters) * 2 >= len(letters) and any(c.isupper() for c in letters[1:])


def is_strong_short_form(form: str) -> bool:
    """Whether a short form that a text defines is enough to know the organisation by in another text.

    Not "the Joint Undertaking" and "the Research Council": every such body is called so in its own texts.
    """
    key = organisation_key(form)
    return " " in key and not is_generic(key) and len(form) <= MAX_NAME


def block_of(key: str) -> str:
    """Initials of the key's longer words, sorted: names that do not share it are not compared for likeness."""
    words = [word for word in key.split() if len(word) > 3] or key.split()
    return "".join(sorted(word[0] for word in words))[:32] if len(words) > 1 else words[0][:4]


def preferred_name(names: Iterable[str]) -> str:
    """Of all full names of an organisation the one to show, whatever their order.

    Most words in the key first (the fullest name), then not all in capitals, then the shortest (no legal form).
    """
    return min(names, key=lambda name: (-len(organisation_key(name).split()), name.isupper(), len(name), name))
