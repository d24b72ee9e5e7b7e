"""The content of a database in terms that depend on no id, time or port, nor on how often a crawl was cut off."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.crawl import Capture
from models.document import Document, DocumentTheme, DocumentVersion, Mention
from models.partnership import Organisation, Partnership, PartnershipParty, PartnershipReport

Content = dict[str, list[Any]]


def content_of(engine: Engine) -> Content:
    """Everything that the run found, sorted."""
    with Session(engine) as session:
        urls = {id_: _path(url) for id_, url in session.execute(select(Document.id, Document.url))}
        return {
            "documents": _documents(session),
            "stories": _stories(session),
            "versions": sorted(
                (urls[v.document_id], v.number, v.title, v.text_digest)
                for v in session.scalars(select(DocumentVersion))
            ),
            "mentions": _mentions(session, urls),
            "themes": sorted(
                (urls[t.document_id], t.theme_id, round(t.score, 6)) for t in session.scalars(select(DocumentTheme))
            ),
            "partnerships": _partnerships(session, urls),
            "urls": _urls(session),
        }


def _documents(session: Session) -> list[Any]:
    return sorted(
        (_path(d.url), d.title, d.text_digest, d.published, d.kind, round(d.kind_score, 6), d.language, d.version,
         d.gone_since is not None, d.analyser, d.extractor)
        for d in session.scalars(select(Document))
    )  # fmt: skip


def _stories(session: Session) -> list[Any]:
    stories = defaultdict(list)
    for story, url in session.execute(select(Document.story_id, Document.url)):
        stories[story].append(_path(url))
    return sorted(sorted(urls) for urls in stories.values())


def _mentions(session: Session, urls: dict[int, str]) -> list[Any]:
    rows = session.execute(
        select(Mention, Organisation.name).outerjoin(Organisation, Organisation.id == Mention.organisation_id)
    )
    return sorted((urls[m.document_id], m.start, m.end, m.text, m.type, m.name, name or "") for m, name in rows)


def _partnerships(session: Session, urls: dict[int, str]) -> list[Any]:
    parties = defaultdict(list)
    for partnership, name in session.execute(
        select(PartnershipParty.partnership_id, Organisation.name).join(Organisation)
    ):
        parties[partnership].append(name)
    reports = defaultdict(list)
    for r in session.scalars(select(PartnershipReport)):
        reports[r.partnership_id].append((urls[r.document_id], r.kind, r.status, r.evidence_start, r.evidence_end))
    return sorted(
        (sorted(parties[p.id]), p.kind, p.status, p.signed or "", p.duration_months or 0, p.reports_count,
         p.sources_count, str(p.first_reported), str(p.last_reported), sorted(reports[p.id]))
        for p in session.scalars(select(Partnership))
    )  # fmt: skip


def _urls(session: Session) -> list[Any]:
    """What each URL ended in; the crawl after one that was cut off finds unchanged what the first had fetched."""
    ended = defaultdict(set)
    for c in session.scalars(select(Capture)):
        if c.outcome != "unchanged":
            ended[_path(c.url), c.role].add((c.outcome, c.reason or "", c.state, c.state_reason or ""))
    return sorted((*url, sorted(ends)) for url, ends in ended.items())


def _path(url: str) -> str:
    return re.sub(r"^http://127\.0\.0\.1:\d+", "", url)
