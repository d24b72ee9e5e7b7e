"""The gold of the samples agrees with the samples themselves."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import docx
import pptx
import pypdfium2
import pytest

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import Settings
from config.themes import load_themes
from samples.declare import sample_sources
from samples.expected import ExpectedDocument, expected_documents, expected_outcomes, silent, unreadable, url_of
from samples.site import Resource, Sites, build

SITES = Sites("http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3")
RESOURCES = {
    edition: {
        base + path: resource
        for base, site in zip(
            (SITES.news_url, SITES.cluster_url, SITES.tank_url), build(SITES, edition).values(), strict=True
        )
        for path, resource in site.items()
    }
    for edition in (1, 2)
}
SETTINGS = Settings()
THEMES = {theme.id for theme in load_themes(SETTINGS.themes_file)}
KINDS = {kind.id for kind in load_kinds(SETTINGS.kinds_file)}
AGREEMENTS = {str(kind) for kind in load_agreements(SETTINGS.agreements_file).kinds}
CASES = [(edition, document) for edition in (1, 2) for document in expected_documents(SITES, edition)]


def case_id(value: Any) -> str:
    return value.url.partition(":")[2][10:] if isinstance(value, ExpectedDocument) else str(value)


def pages_of(resource: Resource) -> list[str]:
    """Plain text of each page or slide; HTML without its tags."""
    kind = resource.media_type.partition(";")[0].rpartition(".")[2]
    if kind == "application/pdf":
        with pypdfium2.PdfDocument(resource.body) as document:
            return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]
    if kind == "presentation":
        slides = pptx.Presentation(io.BytesIO(resource.body)).slides
        return [" ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame) for slide in slides]
    if kind == "document":
        paragraphs = docx.Document(io.BytesIO(resource.body)).paragraphs
        return [" ".join(p.text for p in paragraphs)]
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", resource.body.decode("utf8"), flags=re.DOTALL)
    return [re.sub(r"\s+", " ", text.replace("&amp;", "&").replace("&#39;", "'"))]


@pytest.mark.parametrize(("edition", "document"), CASES, ids=case_id)
def test_names_titles_and_evidence_stand_in_the_document(edition: int, document: ExpectedDocument) -> None:
    if document.gone:
        assert document.url not in RESOURCES[edition]
        return
    pages = pages_of(RESOURCES[edition][document.url])
    text = " ".join(pages)
    assert document.title in text
    for name in document.organisations:
        assert name in text, name
    for partnership in document.partnerships:
        assert partnership.evidence in text
        if partnership.page:
            assert partnership.evidence in pages[partnership.page - 1]


@pytest.mark.parametrize(("edition", "document"), CASES, ids=case_id)
def test_labels_are_declared(edition: int, document: ExpectedDocument) -> None:
    assert set(document.themes) <= THEMES
    assert set(document.kinds) <= KINDS
    assert {kind for p in document.partnerships for kind in p.kinds} <= AGREEMENTS


@pytest.mark.parametrize("edition", [1, 2])
def test_each_url_has_one_outcome_in_each_source(edition: int) -> None:
    count = Counter((o.source, o.url) for o in expected_outcomes(SITES, edition))
    assert max(count.values()) == 1
    assert {source for source, _ in count} == {source.id for source in sample_sources(SITES)}


def test_every_fetched_document_is_described_and_exists() -> None:
    fetched = {o.url for o in expected_outcomes(SITES) if o.role == "document" and o.outcome == "fetched"}
    described = {d.url for d in expected_documents(SITES)}
    assert fetched == described | set(unreadable(SITES))
    assert fetched <= set(RESOURCES[1])


def test_every_article_and_file_of_the_sites_has_an_outcome() -> None:
    pages = {u for u in RESOURCES[1] if u.count("/") > 3 and "/archive" not in u}
    assert pages <= {o.url for o in expected_outcomes(SITES)}


def test_in_the_second_edition_only_one_document_is_new_and_one_gone() -> None:
    same = ("unchanged", "filtered")
    outcomes = [o for o in expected_outcomes(SITES, 2) if o.role == "document" and o.outcome not in same]
    kept = {o.url.removeprefix(SITES.news_url): (o.outcome, o.reason) for o in outcomes}
    assert kept == {
        "/news/2024/06/berlin-gene-and-cell-therapy/": ("fetched", None),
        "/news/2022/06/emilia-romagna-cebr/": ("failed", "status-404"),
    }
    assert [d.url for d in expected_documents(SITES, 2) if d.gone] == [url_of(SITES, "sample-courier", list(kept)[1])]


def test_the_broken_pdf_is_broken() -> None:
    for url in unreadable(SITES):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(RESOURCES[1][url].body)


def test_a_silent_source_expects_documents_and_gets_none() -> None:
    sources = {source.id: source for source in sample_sources(SITES)}
    for name in silent():
        assert sources[name].expect.documents > 0
        assert not [o for o in expected_outcomes(SITES) if o.source == name and o.role == "document"]
