"""All SQL, in one SQLite file: responses and teams. It speaks plain values and knows no page."""

from __future__ import annotations

from quiz.storage.responses import MAX_SHARES, Response, Responses, Share
from quiz.storage.sqlite import CorruptDatabaseError, UnavailableError, is_unused, journal, make_folder, prepare
from quiz.storage.teams import Teams

__all__ = [
    "MAX_SHARES",
    "CorruptDatabaseError",
    "Response",
    "Share",
    "Storage",
    "UnavailableError",
    "is_unused",
    "journal",
    "make_folder",
    "prepare",
]


class Storage(Responses, Teams):
    """Everything that is kept. Safe to share between threads; every method may raise `UnavailableError`."""
