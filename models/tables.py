"""Every table, imported once, so that `Base.metadata` is whole."""

from __future__ import annotations

from models.base import Base
from models.crawl import Capture, CrawlRun, Source
from models.document import Document, DocumentTheme, DocumentVersion, Mention, Revision, SavedSearch, Story, Theme
from models.partnership import (
    Organisation,
    OrganisationAlias,
    Partnership,
    PartnershipParty,
    PartnershipReport,
    Review,
)
from models.register import OrganisationRegister, RegisterEntry, RegisterName, RegisterRelation
from models.story import StoryBand, StoryText
from models.user import ApiToken, UserAccount, Visit

__all__ = [
    "ApiToken",
    "Base",
    "Capture",
    "CrawlRun",
    "Document",
    "DocumentTheme",
    "DocumentVersion",
    "Mention",
    "Organisation",
    "OrganisationAlias",
    "OrganisationRegister",
    "Partnership",
    "PartnershipParty",
    "PartnershipReport",
    "RegisterEntry",
    "RegisterName",
    "RegisterRelation",
    "Review",
    "Revision",
    "SavedSearch",
    "Source",
    "Story",
    "StoryBand",
    "StoryText",
    "Theme",
    "UserAccount",
    "Visit",
]
