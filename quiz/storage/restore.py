"""Putting a copy of the database back, without what was deleted since.

The database in place remembers deleted responses and teams in its table `erased`; that memory is carried over. Share
links that were ended there, and teams that were left, are so in what replaces it; links of teams that were replaced
there stay replaced. Which database remembers stands in `memory`: only the one that a copy was made of knows of
everything that was deleted since.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz.storage.backup import BESIDE, RefusedError, beside, put
from quiz.storage.migrations import migrations
from quiz.storage.responses import delete_responses
from quiz.storage.soundness import faults, own, strange
from quiz.storage.sqlite import _first_start, _translated, make_folder, opened, prepare


@dataclass(frozen=True)
class Restored:
    """What was put back: how many responses, how many of the copy's were deleted again.

    `doubts` are sentences on deletions that nobody can know of any more.
    """

    responses: int
    deleted: int
    doubts: tuple[str, ...]


def restore(copy: Path, file: Path, *, day: str, remembered: int, replace: bool = False) -> Restored:
    """Put what `copy` holds in the place of the database `file`, without what was deleted since; all of it or nothing.

    Parameters
    ----------
    day
        Today.
    remembered
        For how many days a database remembers what was deleted.
    replace
        Go on where there is data in place, and where the copy is older than that memory.

    Raises
    ------
    RefusedError
        Where `copy` is no sound database of ours, `file` is in use, or it takes `replace`.
    UnavailableError
        Where reading or writing fails.
    """
    if copy.exists() and file.exists() and copy.samefile(file):
        raise RefusedError(f"{copy} is the database itself; name a backup")
    if not copy.is_file():
        raise RefusedError(f"{copy} is not there; name a file that `quiz backup` made")
    with _translated(file):
        make_folder(file.parent)
    # The lock keeps a server from starting meanwhile: it would make a database where there is none yet.
    with _translated(file), _first_start(file.parent / "start.lock"):
        for left in file.parent.glob(f".{file.name}.*/"):  # by a restore that was killed
            shutil.rmtree(left)
        with beside(file) as draft:
            made = _taken_over(copy, draft)
            doubts = _doubts(copy, made, since=(date.fromisoformat(day) - timedelta(remembered)).isoformat())
            if doubts and not replace:
                raise RefusedError(f"{doubts[0]}; add --force if that must be")
            before = _count(draft)
            doubts += _moved_in(draft, file, replace=replace)
    prepare(file)
    after = _count(file)
    return Restored(after, before - after, tuple(doubts))


def _moved_in(draft: Path, file: Path, *, replace: bool) -> list[str]:
    """Put the draft in the place of `file`, deletions made again; gives what `file` could not tell of them, if so."""
    copied = _memory(draft)
    with _held(file) as place:
        if file.exists() and not replace and (place is None or _holds_data(place)):
            raise RefusedError(
                f"{file} {'cannot be read' if place is None else 'holds data'}; add --force to replace it"
            )
        if place is not None and _delete_again(place, draft):
            known = _memory(draft) == copied
            # Through SQLite, not by a new file of that name: whoever opens the database at this moment waits for the
            # lock, and does not go on with a file that is gone.
            with opened(draft) as db:
                db.conn.backup(place.conn, pages=-1)
            place.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return [] if known else [_YOUNGER.format(file)]
    with opened(draft) as db, db.atomic():
        # A memory that begins today: of deletions since any other copy was made it does not know either.
        db.execute(f"INSERT OR REPLACE INTO memory VALUES (1, {_DRAWN})")
    _clear(file)
    put(draft, file)
    return ["nothing in place tells who deleted their response since the backup was made"]


_YOUNGER = (
    "{} is no longer the database that the backup was made of, so it does not tell of everybody who deleted their"
    " response since the backup was made"
)
_DRAWN = "lower(hex(randomblob(16)))"


def _memory(file: Path) -> str:
    """Which database it is whose deletions `file` remembers."""
    with opened(file) as db:
        return str(db.execute("SELECT id FROM memory").fetchone())


def _clear(file: Path) -> None:
    """Remove what SQLite left beside a database that goes: it would be played into the next file of that name."""
    for name in BESIDE:
        file.with_name(file.name + name).unlink(missing_ok=True)


def _taken_over(copy: Path, draft: Path) -> str | None:
    """Make `draft` a checked and migrated database out of `copy`; gives the day of the copy, if it says one.

    `copy` itself is only read: it may lie on a disk that cannot be written to.
    """
    for name in ("", "-wal", "-journal"):  # a copy that was made in another way may have its log beside it
        part = copy.with_name(copy.name + name)
        if part.exists():
            shutil.copyfile(part, draft.with_name(draft.name + name))
    try:
        with opened(draft) as db:
            if found := faults(db):
                raise RefusedError(f"{copy} is damaged: {found[0]}")
            applied = {migration.name for migration in migrations.applied(db)}
            if not applied:
                raise RefusedError(f"{copy} is no database of Many Hats")
            with Database(memory=True) as empty:
                known = {migration.name for migration in migrations.pending(empty)}
            if applied - known:
                raise RefusedError(
                    f"{copy} comes from a newer version, which made {max(applied - known)}; upgrade first"
                )
            migrations.apply(db)
            if why := strange(db):
                raise RefusedError(f"{copy} is no database of Many Hats: {why}")
            db.execute("PRAGMA journal_mode = DELETE")  # one file, which can be moved as one
            noted = next(db.query("PRAGMA user_version"))["user_version"]
            db.execute("PRAGMA user_version = 0")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname != "SQLITE_ERROR":
            raise  # a fault of this disk, not of the copy
        raise RefusedError(f"{copy} is damaged, or no SQLite file: {error}") from error
    with contextlib.suppress(ValueError):
        return date.fromisoformat(str(noted)).isoformat()
    return None


def _doubts(copy: Path, made: str | None, *, since: str) -> list[str]:
    """Why deletions may be undone that the database in place no longer knows of, if so."""
    if made is None:
        return [f"{copy} does not say from which day it is, and who deleted their response is known only since {since}"]
    if made < since:
        return [f"{copy} is from {made}, and who deleted their response is known only since {since}"]
    return []


def _count(file: Path) -> int:
    with opened(file) as db:
        return int(db["response"].count)


@contextlib.contextmanager
def _held(file: Path) -> Iterator[Database | None]:
    """The database, locked against everybody else, or None where there is none or it cannot be read."""
    with contextlib.ExitStack() as stack:
        db = None
        try:
            if file.exists():
                db = stack.enter_context(opened(file))
                db.execute("PRAGMA main.locking_mode = EXCLUSIVE")
                db.execute("BEGIN EXCLUSIVE")
                db.commit()  # this ends the transaction, not the lock
                _holds_data(db)
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise RefusedError(f"{file} is in use; stop the server first") from error
            raise
        except sqlite3.DatabaseError:
            stack.close()
            db = None
        yield db


def _holds_data(db: Database) -> bool:
    """Whether any table holds a row; the memory of what was erased is no data."""
    tables = [name for name in db.table_names() if own(name) and name not in {"erased", "memory"}]
    return any(db.execute(f"SELECT EXISTS (SELECT 1 FROM [{name}])").fetchone()[0] for name in tables)


#: What is still there of a person knows better than a backup which links they ended and which team they left.
_BOTH = "SELECT old.id FROM draft.response AS old JOIN main.response AS new USING (owner)"
#: The same holds for the links of a team, which a backup may know by a former lead link.
_TEAMS = """SELECT old.id AS was, new.* FROM draft.team AS old JOIN main.team AS new
            ON old.lead = new.lead OR old.lead IN (SELECT lead FROM main.former WHERE team = new.id)"""
_CARRIED_OVER = (
    "INSERT INTO draft.erased SELECT * FROM main.erased WHERE true ON CONFLICT DO NOTHING",
    f"INSERT OR REPLACE INTO draft.memory SELECT 1, coalesce((SELECT id FROM main.memory), {_DRAWN})",
    f"DELETE FROM draft.share WHERE response IN ({_BOTH}) AND link NOT IN (SELECT link FROM main.share)",
    f"""DELETE FROM draft.member WHERE response IN ({_BOTH} WHERE NOT EXISTS (
            SELECT 1 FROM main.member AS now WHERE now.response = new.id AND now.team = member.team))""",
    f"""INSERT INTO draft.former SELECT former.lead, was FROM main.former JOIN ({_TEAMS}) AS known ON known.id = team
            WHERE true ON CONFLICT DO NOTHING""",
    f"""UPDATE draft.team SET (lead, joining, number) =
            (SELECT lead, joining, number FROM ({_TEAMS}) WHERE was = team.id)
            WHERE id IN (SELECT was FROM ({_TEAMS}))""",
)


def _delete_again(place: Database, draft: Path) -> bool:
    """Delete from `draft` what was deleted in `place`; False where `place` is too damaged to tell."""
    try:
        migrations.apply(place)
        place.execute("ATTACH ? AS draft", (draft.absolute().as_uri(),))  # a path need not be text
        with place.atomic():
            for statement in _CARRIED_OVER:
                place.execute(statement)
        place.execute("DETACH draft")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    with opened(draft) as db, db.atomic():
        # First those whose time was up: rounds note the others only.
        db.execute("DELETE FROM response WHERE owner IN (SELECT link FROM erased WHERE expired)")
        delete_responses(db, "owner IN (SELECT link FROM erased)")
        deleted = "lead IN (SELECT link FROM erased)"
        db.execute(f"DELETE FROM team WHERE {deleted} OR id IN (SELECT team FROM former WHERE {deleted})")
    return True
