"""The migrations, in order. A released migration is never edited: a change of the schema is a new migration.

All tables are STRICT, all UNIQUE columns are NOT NULL (in SQLite, two NULLs are different), and all data of a person
references the response with ON DELETE CASCADE, so that deleting the response deletes all of it.
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
            owner_hash TEXT NOT NULL UNIQUE CHECK (length(owner_hash) = 64),
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
def m002_goals_and_share_links(db: Database) -> None:
    """Wishes, goals and share links, and the earlier response of a person who takes the quiz again."""
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
        CREATE TABLE share_link (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            share_hash TEXT NOT NULL UNIQUE CHECK (length(share_hash) = 64),
            label TEXT NOT NULL CHECK (length(label) <= 80),
            shares_text INTEGER NOT NULL CHECK (shares_text IN (0, 1)),
            shares_wishes INTEGER NOT NULL CHECK (shares_wishes IN (0, 1)),
            created TEXT NOT NULL CHECK (created {_DAY}),
            PRIMARY KEY (response, number)
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m003_teams(db: Database) -> None:
    """Teams, their rounds, their members, and which responses were counted.

    A response is in at most one team and is counted at most once, also if the round is deleted: both are primary keys.
    A closed round stores what it published and how many people it counted; it references no response.
    """
    db.execute(f"""
        CREATE TABLE team (
            id INTEGER PRIMARY KEY,
            lead_hash TEXT NOT NULL UNIQUE CHECK (length(lead_hash) = 64),
            join_hash TEXT NOT NULL UNIQUE CHECK (length(join_hash) = 64),
            number INTEGER NOT NULL CHECK (number > 0),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
            kind TEXT NOT NULL CHECK (kind IN ('anonymous', 'open')),
            minimum INTEGER NOT NULL CHECK (minimum >= 5),
            created TEXT NOT NULL CHECK (created {_DAY})
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
            deleted INTEGER NOT NULL DEFAULT 0,
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
        CREATE TABLE counted_response (
            response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
            round INTEGER REFERENCES round (id) ON DELETE SET NULL
        ) STRICT""")
    db.execute("CREATE INDEX counted_response_round ON counted_response (round)")


@migrations()
def m004_tombstones(db: Database) -> None:
    """Tombstones: the hash of the owner or lead link of each deleted response or team, and the day. Nothing else.

    Without them a backup from before that day would bring back what was deleted (see `quiz.storage.restore`).
    `expired` is 1 if the response expired and was not deleted by its owner: rounds do not count it as deleted.
    """
    db.execute(f"""
        CREATE TABLE tombstone (
            link_hash TEXT NOT NULL PRIMARY KEY CHECK (length(link_hash) = 64),
            day TEXT NOT NULL CHECK (day {_DAY}),
            expired INTEGER NOT NULL CHECK (expired IN (0, 1))
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m005_database_identity(db: Database) -> None:
    """The identity of the database whose deletions `tombstone` lists: one row with a random id.

    A backup has the id of its database. If the current database has another id when the backup is restored, its
    tombstones are incomplete for that backup (see `quiz.storage.restore`). The day of creation would not be enough:
    a database can be lost and created again on the same day.
    """
    db.execute("""
        CREATE TABLE database_identity (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            id TEXT NOT NULL CHECK (length(id) = 32)
        ) STRICT""")
    db.execute("INSERT INTO database_identity VALUES (1, lower(hex(randomblob(16))))")


@migrations()
def m006_replaced_links(db: Database) -> None:
    """Hashes of the lead links that a team had before: in a backup the team may have one of them."""
    db.execute("""
        CREATE TABLE replaced_link (
            lead_hash TEXT NOT NULL PRIMARY KEY CHECK (length(lead_hash) = 64),
            team INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX replaced_link_team ON replaced_link (team)")
