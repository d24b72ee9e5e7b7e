"""Answers as the OpenAPI description shows them; a test holds them against what is really answered."""

from __future__ import annotations

from typing import Any

_EVIDENCE = "EIT Health and the BioMed Alliance signed a memorandum of understanding in April 2021."

PARTNERSHIPS: dict[str, Any] = {
    "items": [
        {
            "id": 7,
            "kind": "mou",
            "status": "signed",
            "signed": "2021-04",
            "duration_months": 24,
            "expires": "2023-04",
            "amount": None,
            "currency": None,
            "confidence": 0.93,
            "reports_count": 1,
            "sources_count": 1,
            "first_reported": "2021-04-09",
            "last_reported": "2021-04-09",
            "added_revision": 412,
            "parties": [
                {"id": 3, "name": "EIT Health", "role": None, "country": "DE"},
                {"id": 4, "name": "BioMed Alliance", "role": None, "country": "BE"},
            ],
            "reports": [
                {
                    "document_id": 12,
                    "title": "Medical societies and EIT Health put their cooperation in writing",
                    "url": "https://news.example/2021/04/cooperation",
                    "source": "News",
                    "published": "2021-04-09",
                    "story": 12,
                    "evidence": _EVIDENCE,
                    "evidence_start": 118,
                    "evidence_end": 118 + len(_EVIDENCE),
                    "page": None,
                    "kind": "mou",
                    "status": "signed",
                    "signed": "2021-04",
                    "confidence": 0.93,
                }
            ],
            "cursor": "2021-04-09~7",
        }
    ],
    "next": "/api/v1/partnerships?kind=mou&after=2021-04-09~7",
}

SEARCH: dict[str, Any] = {
    "total": 3,
    "stories": 2,
    "items": [
        {
            "id": 12,
            "title": "Medical societies and EIT Health put their cooperation in writing",
            "url": "https://news.example/2021/04/cooperation",
            "source": {"id": "news", "name": "News"},
            "published": "2021-04-09",
            "kind": "partnership",
            "language": "en",
            "themes": [{"id": "education-skills", "name": "Education and skills"}],
            "organisations": [{"id": "3", "name": "EIT Health"}],
            "snippet": [["They signed a ", False], ["memorandum", True], [" of understanding.", False]],
            "score": 4.2,
            "story": 12,
            "copies": 1,
            "complete": True,
        }
    ],
    "facets": {"theme": [{"value": "education-skills", "label": "Education and skills", "count": 2}]},
    "next": None,
}
