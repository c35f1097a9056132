"""All SQL, in one SQLite file: responses and teams. It speaks plain values and knows no page."""

from __future__ import annotations

from quiz.storage.responses import MOST_SHARES, Response, Responses, Share
from quiz.storage.sqlite import Broken, Unavailable, journal, make_folder, prepare, unused
from quiz.storage.teams import Kind, Membership, Publish, Round, Seat, Team, Teams

__all__ = [
    "MOST_SHARES",
    "Broken",
    "Kind",
    "Membership",
    "Publish",
    "Response",
    "Round",
    "Seat",
    "Share",
    "Storage",
    "Team",
    "Unavailable",
    "journal",
    "make_folder",
    "prepare",
    "unused",
]


class Storage(Responses, Teams):
    """Everything that is kept. Safe to share between threads; every method may raise `Unavailable`."""
