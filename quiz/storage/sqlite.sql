-- The tables of a database, for SQLite.
--
-- All tables are STRICT. All UNIQUE columns are NOT NULL: in SQLite, two NULLs are different. All data of a person
-- references the response with ON DELETE CASCADE, so that deleting the response deletes all of it.
--
-- Ids of responses, teams and rounds are random (see quiz/storage/ids.py): an id tells nothing about when its row was
-- written. Links are stored as SHA-256 hashes, dates as days.
--
-- `overdue_since` is the day on which the retention time of a row was first found to be over, or NULL
-- (see quiz/storage/retention.py).

-- Responses and what belongs to them

-- `next_look` is the day on which two people look again at what they agreed. `details_sent` is 1 once the optional page
-- was sent with its main button. `page_id` and `save_number` are those of the latest save by the script of a page (see
-- PageSave in quiz/storage/response_rows.py).
CREATE TABLE response (
    id INTEGER PRIMARY KEY,
    owner_hash TEXT NOT NULL UNIQUE CHECK (length(owner_hash) = 64),
    bank TEXT NOT NULL,
    started TEXT NOT NULL CHECK (started GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    changed TEXT NOT NULL CHECK (changed GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    finished TEXT CHECK (finished GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    title TEXT NOT NULL DEFAULT '' CHECK (length(title) <= 80),
    text TEXT NOT NULL DEFAULT '' CHECK (length(text) <= 4000),
    other_work_share TEXT NOT NULL DEFAULT '' CHECK (length(other_work_share) <= 20),
    next_look TEXT CHECK (next_look GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    earlier INTEGER REFERENCES response (id) ON DELETE SET NULL,
    details_sent INTEGER NOT NULL DEFAULT 0 CHECK (details_sent IN (0, 1)),
    page_id TEXT NOT NULL DEFAULT '' CHECK (length(page_id) <= 20),
    save_number INTEGER NOT NULL DEFAULT 0,
    overdue_since TEXT CHECK (overdue_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;
CREATE INDEX response_earlier ON response (earlier) WHERE earlier IS NOT NULL;
CREATE INDEX response_changed ON response (changed);
CREATE INDEX response_overdue ON response (overdue_since) WHERE overdue_since IS NOT NULL;

CREATE TABLE answer (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 80),
    answer TEXT NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
    PRIMARY KEY (response, question)
) STRICT, WITHOUT ROWID;

-- How much time the work of a role took, compared with that of the base. All rows of a response have the same base.
CREATE TABLE follow_up (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    base TEXT NOT NULL CHECK (length(base) BETWEEN 1 AND 80),
    answer TEXT NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
    PRIMARY KEY (response, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    PRIMARY KEY (response, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE wish (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    responsibility TEXT NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    wish TEXT NOT NULL CHECK (length(wish) BETWEEN 1 AND 20),
    PRIMARY KEY (response, responsibility)
) STRICT, WITHOUT ROWID;

CREATE TABLE goal (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    PRIMARY KEY (response, role)
) STRICT, WITHOUT ROWID;

-- Whether the person says that the result fits. `feedback_role` has each role that the result named at that time, and
-- those that the person misses.
CREATE TABLE feedback (
    response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    fits TEXT NOT NULL CHECK (length(fits) BETWEEN 1 AND 20)
) STRICT;

CREATE TABLE feedback_role (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    verdict TEXT NOT NULL CHECK (length(verdict) BETWEEN 1 AND 20),
    PRIMARY KEY (response, role)
) STRICT, WITHOUT ROWID;

-- A job that the person has as a goal, by what it asks for. All rows of a response have the same name.
CREATE TABLE job_goal (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    responsibility TEXT NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    PRIMARY KEY (response, responsibility)
) STRICT, WITHOUT ROWID;

-- What two people agreed in a conversation, at most three actions. `due` is the day by which one is to be done. `outcome`
-- is what the person said about it when they took the quiz again, '' before that.
CREATE TABLE agreed_action (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 3),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 120),
    due TEXT CHECK (due GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'not-yet', 'dropped')),
    PRIMARY KEY (response, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE share_link (
    response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    share_hash TEXT NOT NULL UNIQUE CHECK (length(share_hash) = 64),
    label TEXT NOT NULL CHECK (length(label) <= 80),
    shares_text INTEGER NOT NULL CHECK (shares_text IN (0, 1)),
    shares_wishes INTEGER NOT NULL CHECK (shares_wishes IN (0, 1)),
    created TEXT NOT NULL CHECK (created GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    PRIMARY KEY (response, number)
) STRICT, WITHOUT ROWID;

-- A second view: how somebody who knows the work answers the questions about it, at most one a response. The owner makes
-- the view link, which opens the request. The viewer answers under a viewer link of their own, which the owner does not
-- have. `draft_since` is the day of the request, or the day on which the viewer took back what was sent.

CREATE TABLE second_view (
    response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    view_hash TEXT NOT NULL UNIQUE CHECK (length(view_hash) = 64),
    number INTEGER NOT NULL CHECK (number > 0),
    owner_name TEXT NOT NULL CHECK (length(owner_name) BETWEEN 1 AND 80),
    viewer_name TEXT NOT NULL CHECK (length(viewer_name) BETWEEN 1 AND 80),
    created TEXT NOT NULL CHECK (created GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    draft_since TEXT NOT NULL CHECK (draft_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    sent TEXT CHECK (sent GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    opened TEXT CHECK (opened GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    on_sheet INTEGER NOT NULL DEFAULT 0 CHECK (on_sheet IN (0, 1)),
    overdue_since TEXT CHECK (overdue_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;

-- The viewer, once they have begun. `priorities_sent` is 1 once the page with what matters most was sent.
CREATE TABLE viewer (
    response INTEGER PRIMARY KEY REFERENCES second_view (response) ON DELETE CASCADE,
    viewer_hash TEXT NOT NULL UNIQUE CHECK (length(viewer_hash) = 64),
    priorities_sent INTEGER NOT NULL DEFAULT 0 CHECK (priorities_sent IN (0, 1)),
    page_id TEXT NOT NULL DEFAULT '' CHECK (length(page_id) <= 20),
    save_number INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The answers of the viewer. Those of the owner are copied to it when the second view is opened.
CREATE TABLE second_view_answer (
    response INTEGER NOT NULL REFERENCES second_view (response) ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('owner', 'viewer')),
    question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 80),
    answer TEXT NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
    PRIMARY KEY (response, side, question)
) STRICT, WITHOUT ROWID;

-- What matters most in the role, as the viewer sees it.
CREATE TABLE priority (
    response INTEGER NOT NULL REFERENCES second_view (response) ON DELETE CASCADE,
    responsibility TEXT NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    PRIMARY KEY (response, responsibility)
) STRICT, WITHOUT ROWID;

-- Teams. A response is in at most one team and is counted at most once, also if the round is deleted: both are
-- primary keys.

CREATE TABLE team (
    id INTEGER PRIMARY KEY,
    lead_hash TEXT NOT NULL UNIQUE CHECK (length(lead_hash) = 64),
    join_hash TEXT NOT NULL UNIQUE CHECK (length(join_hash) = 64),
    number INTEGER NOT NULL CHECK (number > 0),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    kind TEXT NOT NULL CHECK (kind IN ('anonymous', 'open')),
    minimum INTEGER NOT NULL CHECK (minimum >= 5),
    created TEXT NOT NULL CHECK (created GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    overdue_since TEXT CHECK (overdue_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;

-- A closed round stores what it published, how many people it counted, and how many of them deleted their response.
CREATE TABLE round (
    id INTEGER PRIMARY KEY,
    team INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    opened TEXT NOT NULL CHECK (opened GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    closed TEXT CHECK (closed GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    published TEXT CHECK (json_valid(published)),
    people INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    overdue_since TEXT CHECK (overdue_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    UNIQUE (team, number)
) STRICT;

CREATE TABLE member (
    response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    team INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    name TEXT NOT NULL DEFAULT '' CHECK (length(name) <= 80),
    shares_wishes INTEGER NOT NULL DEFAULT 0 CHECK (shares_wishes IN (0, 1))
) STRICT;
CREATE INDEX member_team ON member (team);

-- How many people of an open team should do a responsibility weekly or more; 4 means four or more. What has no row is not
-- needed.
CREATE TABLE need (
    team INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    responsibility TEXT NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    people INTEGER NOT NULL CHECK (people BETWEEN 1 AND 4),
    PRIMARY KEY (team, responsibility)
) STRICT, WITHOUT ROWID;

-- The lead of an open team removed the response from it. The person sees this until they say that they have read it.
CREATE TABLE removal (
    response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    team_name TEXT NOT NULL CHECK (length(team_name) BETWEEN 1 AND 80),
    day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;

-- A row says that a round counted the response. `round` says which, and becomes NULL some time after it was closed.
CREATE TABLE counted_response (
    response INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    round INTEGER REFERENCES round (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX counted_response_round ON counted_response (round);

-- Restoring a backup

-- What people ended: the hash of each owner, lead, join, share, view or viewer link that was deleted or replaced, or of a
-- membership, and the day. A backup from before that day does not bring it back (see quiz/storage/restore.py).
CREATE TABLE tombstone (
    hash TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
    day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    overdue_since TEXT CHECK (overdue_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT, WITHOUT ROWID;

-- One row. A backup has the id of its database. If the current database has another id when the backup is restored, its
-- tombstones are incomplete for that backup. The day of creation would not be enough: a database can be lost and
-- created again on the same day. `key_fingerprint` shows whether the secret key is still the same.
CREATE TABLE database_identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL CHECK (length(id) = 32),
    key_fingerprint TEXT
) STRICT;
