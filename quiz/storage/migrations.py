"""Every change to the tables, in order. One that was ever released is never touched again: the next comes after it.

All tables are STRICT, all UNIQUE columns NOT NULL (SQLite takes NULLs for distinct), and all that belongs to a person
hangs on their response, so that deleting it deletes everything.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("many-hats")

_DAY = "GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"


@migrations()
def m001_responses(db: Database) -> None:
    """A response, its answers by question, and its contacts by role."""
    db.execute(f"""
        CREATE TABLE response (
            id INTEGER PRIMARY KEY,
            owner TEXT NOT NULL UNIQUE CHECK (length(owner) = 64),
            bank TEXT NOT NULL,
            started TEXT NOT NULL CHECK (started {_DAY}),
            changed TEXT NOT NULL CHECK (changed {_DAY}),
            finished TEXT CHECK (finished {_DAY}),
            title TEXT NOT NULL DEFAULT '' CHECK (length(title) <= 80),
            text TEXT NOT NULL DEFAULT '' CHECK (length(text) <= 4000)
        ) STRICT""")
    db.execute("""
        CREATE TABLE answer (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 80),
            answer TEXT NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
            PRIMARY KEY (response, question)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE contact (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
            PRIMARY KEY (response, role)
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m002_wishes_and_shares(db: Database) -> None:
    """What a person wants, which response they take again, and the links by which others may see their result."""
    db.execute("ALTER TABLE response ADD COLUMN earlier INTEGER REFERENCES response (id) ON DELETE SET NULL")
    db.execute("CREATE INDEX response_earlier ON response (earlier) WHERE earlier IS NOT NULL")
    db.execute("CREATE INDEX response_changed ON response (changed)")
    db.execute("""
        CREATE TABLE wish (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            responsibility TEXT NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
            wish TEXT NOT NULL CHECK (length(wish) BETWEEN 1 AND 20),
            PRIMARY KEY (response, responsibility)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE goal (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
            PRIMARY KEY (response, role)
        ) STRICT, WITHOUT ROWID""")
    db.execute(f"""
        CREATE TABLE share (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            link TEXT NOT NULL UNIQUE CHECK (length(link) = 64),
            label TEXT NOT NULL CHECK (length(label) <= 80),
            shares_text INTEGER NOT NULL CHECK (shares_text IN (0, 1)),
            shares_wishes INTEGER NOT NULL CHECK (shares_wishes IN (0, 1)),
            made TEXT NOT NULL CHECK (made {_DAY}),
            PRIMARY KEY (response, number)
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m003_teams(db: Database) -> None:
    """Teams, their rounds, who is in them, and which responses were counted.

    A response is in one team at most, and counted once in its life, whatever becomes of the round: both are primary
    keys. A closed round holds what it published and numbers, but nobody's row.
    """
    db.execute(f"""
        CREATE TABLE team (
            id INTEGER PRIMARY KEY,
            lead TEXT NOT NULL UNIQUE CHECK (length(lead) = 64),
            joining TEXT NOT NULL UNIQUE CHECK (length(joining) = 64),
            number INTEGER NOT NULL CHECK (number > 0),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
            kind TEXT NOT NULL CHECK (kind IN ('anonymous', 'open')),
            minimum INTEGER NOT NULL CHECK (minimum >= 5),
            made TEXT NOT NULL CHECK (made {_DAY})
        ) STRICT""")
    db.execute(f"""
        CREATE TABLE round (
            id INTEGER PRIMARY KEY,
            team INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            opened TEXT NOT NULL CHECK (opened {_DAY}),
            closed TEXT CHECK (closed {_DAY}),
            published TEXT CHECK (json_valid(published)),
            people INTEGER NOT NULL DEFAULT 0,
            erased INTEGER NOT NULL DEFAULT 0,
            UNIQUE (team, number)
        ) STRICT""")
    db.execute("""
        CREATE TABLE member (
            response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
            team INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
            name TEXT NOT NULL DEFAULT '' CHECK (length(name) <= 80),
            shares_wishes INTEGER NOT NULL DEFAULT 0 CHECK (shares_wishes IN (0, 1))
        ) STRICT""")
    db.execute("CREATE INDEX member_team ON member (team)")
    db.execute("""
        CREATE TABLE counted (
            response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
            round INTEGER REFERENCES round (id) ON DELETE SET NULL
        ) STRICT""")
    db.execute("CREATE INDEX counted_round ON counted (round)")


@migrations()
def m004_erased(db: Database) -> None:
    """Fingerprints of owner and lead links whose response or team was deleted, with the day; nothing else of them.

    A backup from before that day would bring them back (see `quiz.storage.backup`). `expired` says that it was time,
    not the person, that deleted a response: rounds do not count those.
    """
    db.execute(f"""
        CREATE TABLE erased (
            link TEXT NOT NULL PRIMARY KEY CHECK (length(link) = 64),
            day TEXT NOT NULL CHECK (day {_DAY}),
            expired INTEGER NOT NULL CHECK (expired IN (0, 1))
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m005_memory(db: Database) -> None:
    """Which database it is whose deletions `erased` remembers: one row, with a number drawn when it was made.

    A backup carries the number along. Where another one is in place when it is put back, nobody knows of everything
    that was deleted since (see `quiz.storage.restore`). A day would not do: within one, a database can be lost and
    made anew.
    """
    db.execute("""
        CREATE TABLE memory (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            id TEXT NOT NULL CHECK (length(id) = 32)
        ) STRICT""")
    db.execute("INSERT INTO memory VALUES (1, lower(hex(randomblob(16))))")


@migrations()
def m006_former(db: Database) -> None:
    """Fingerprints of the lead links that a team had before: a backup may know the team by one of them."""
    db.execute("""
        CREATE TABLE former (
            lead TEXT NOT NULL PRIMARY KEY CHECK (length(lead) = 64),
            team INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX former_team ON former (team)")
