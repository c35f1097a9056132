"""All SQL, in one SQLite file: responses and teams. This package knows no web page."""

from __future__ import annotations

from quiz.storage.agreed_actions import AgreedActions
from quiz.storage.identity import Identity
from quiz.storage.members import Members
from quiz.storage.responses import MAX_SHARE_LINKS, PageSave, Response, Responses, ShareLink
from quiz.storage.retention import MIN_DAYS_OVERDUE, ROUND_TIE_DAYS, Expiry, Retention
from quiz.storage.sqlite import (
    CorruptDatabaseError,
    UnavailableError,
    create_folder,
    is_unused,
    prepare,
    safe_journal_mode,
)
from quiz.storage.teams import TeamLinks, Teams

__all__ = [
    "MAX_SHARE_LINKS",
    "MIN_DAYS_OVERDUE",
    "ROUND_TIE_DAYS",
    "CorruptDatabaseError",
    "Expiry",
    "PageSave",
    "Response",
    "ShareLink",
    "Storage",
    "TeamLinks",
    "UnavailableError",
    "create_folder",
    "is_unused",
    "prepare",
    "safe_journal_mode",
]


class Storage(Identity, Responses, AgreedActions, Retention, Teams, Members):
    """The whole database. Safe to share between threads; every method may raise `UnavailableError`."""
