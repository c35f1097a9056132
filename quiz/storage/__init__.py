"""All SQL: responses, second views and teams, in an SQLite file or in PostgreSQL. This package knows no web page."""

from __future__ import annotations

from pathlib import Path

from quiz.storage.agreed_actions import AgreedActions
from quiz.storage.engine import Address, CorruptDatabaseError, Engine, UnavailableError
from quiz.storage.identity import Identity
from quiz.storage.instance import create_folder, is_unused
from quiz.storage.members import Members
from quiz.storage.needs import TeamNeeds
from quiz.storage.response_rows import PageSave, Response, ShareLink
from quiz.storage.responses import MAX_SHARE_LINKS, Responses
from quiz.storage.retention import DRAFT_DAYS, MIN_DAYS_OVERDUE, ROUND_TIE_DAYS, Expiry, Retention
from quiz.storage.second_views import SecondView, SecondViews
from quiz.storage.sqlite import SqliteFile, safe_journal_mode
from quiz.storage.teams import TeamLinks, Teams

__all__ = [
    "DRAFT_DAYS",
    "MAX_SHARE_LINKS",
    "MIN_DAYS_OVERDUE",
    "ROUND_TIE_DAYS",
    "Address",
    "CorruptDatabaseError",
    "Expiry",
    "PageSave",
    "Response",
    "SecondView",
    "ShareLink",
    "Storage",
    "TeamLinks",
    "UnavailableError",
    "create_folder",
    "is_unused",
    "open_engine",
    "prepare",
    "safe_journal_mode",
]


def open_engine(address: Address) -> Engine:
    """The engine of a database: the path of an SQLite file, or a PostgreSQL URL. Nothing is opened or created yet.

    Raises
    ------
    UnavailableError
        If the URL cannot be read, or the packages for PostgreSQL are not installed.
    """
    if isinstance(address, Path):
        return SqliteFile(address)
    try:
        from quiz.storage.postgresql import PostgresqlDatabase
    except ImportError as error:
        raise UnavailableError("PostgreSQL needs further packages; install many-hats[postgresql]") from error
    return PostgresqlDatabase(address)


def prepare(address: Address) -> None:
    """Make a database ready to use (see `Engine.prepare`)."""
    engine = open_engine(address)
    try:
        engine.prepare()
    finally:
        engine.close()


class Storage(Identity, Responses, AgreedActions, SecondViews, Retention, Teams, Members, TeamNeeds):
    """The whole database at an address. Safe to share between threads; every method may raise `UnavailableError`."""

    def __init__(self, address: Address) -> None:
        super().__init__(open_engine(address))

    @property
    def file(self) -> Path:
        """The file of an SQLite database."""
        assert isinstance(self.engine, SqliteFile), "another engine has no file"
        return self.engine.file
