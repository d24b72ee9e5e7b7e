"""URLs and digests by which documents are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.load import document_url, text_digest
from pipeline.load.items import storable

OWN = "https://news.example.co.uk/a"


@pytest.mark.parametrize(
    ("url", "canonical", "known_as"),
    [
        ("HTTPS://News.Example.co.uk:443/A?utm_source=x&id=3&fbclid=y#top", None, "https://news.example.co.uk/A?id=3"),
        ("https://example.org", None, "https://example.org/"),
        ("https://example.org/?q=a%20b&gclid=1", None, "https://example.org/?q=a+b"),
        ("https://example.org/?q=a%20b&x", None, "https://example.org/?q=a%20b&x"),
        (OWN, "https://www.example.co.uk/b", "https://www.example.co.uk/b"),
        (OWN, "https://other.co.uk/b", OWN),
        (OWN, "/relative", OWN),
        (OWN, "https://[broken", OWN),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b", "http://127.0.0.1:8001/b"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/b", "http://127.0.0.1:8001/a"),
        ("http://localhost:8001/a", "http://localhost:8001/b", "http://localhost:8001/b"),
    ],
)
def test_a_document_is_known_by_its_canonical_url_on_the_same_site(
    url: str, canonical: str | None, known_as: str
) -> None:
    assert document_url(url, canonical) == known_as
    assert document_url(known_as) == known_as


def test_the_digest_sees_words_not_layout() -> None:
    assert text_digest("a  b\n\nc ") == text_digest("a b c")
    assert text_digest("a b") != text_digest("ab")
    assert text_digest("").startswith("sha256:")


@given(st.text())
def test_what_is_stored_is_as_long_as_what_was_read(text: str) -> None:
    stored = storable(text)
    assert len(stored) == len(text) and "\0" not in stored
    stored.encode("utf8")
