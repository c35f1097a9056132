-- The tables of a database, for PostgreSQL: the same tables and columns as in sqlite.sql, whose comments explain them.
-- A test compares the two files.
--
-- Text is compared byte by byte (COLLATE "C"), as SQLite does, so that both engines order rows in the same way.

CREATE TABLE response (
    id BIGINT PRIMARY KEY,
    owner_hash TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(owner_hash) = 64),
    bank TEXT COLLATE "C" NOT NULL,
    started TEXT COLLATE "C" NOT NULL CHECK (started ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    changed TEXT COLLATE "C" NOT NULL CHECK (changed ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    finished TEXT COLLATE "C" CHECK (finished ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    title TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(title) <= 80),
    text TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(text) <= 4000),
    other_work_share TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(other_work_share) <= 20),
    next_look TEXT COLLATE "C" CHECK (next_look ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    earlier BIGINT REFERENCES response (id) ON DELETE SET NULL,
    details_sent BOOLEAN NOT NULL DEFAULT false,
    page_id TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(page_id) <= 20),
    save_number BIGINT NOT NULL DEFAULT 0,
    overdue_since TEXT COLLATE "C" CHECK (overdue_since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
);
CREATE INDEX response_earlier ON response (earlier) WHERE earlier IS NOT NULL;
CREATE INDEX response_changed ON response (changed);
CREATE INDEX response_overdue ON response (overdue_since) WHERE overdue_since IS NOT NULL;

CREATE TABLE answer (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    question TEXT COLLATE "C" NOT NULL CHECK (length(question) BETWEEN 1 AND 80),
    answer TEXT COLLATE "C" NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
    PRIMARY KEY (response, question)
);

CREATE TABLE follow_up (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT COLLATE "C" NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    base TEXT COLLATE "C" NOT NULL CHECK (length(base) BETWEEN 1 AND 80),
    answer TEXT COLLATE "C" NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
    PRIMARY KEY (response, role)
);

CREATE TABLE contact (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT COLLATE "C" NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    PRIMARY KEY (response, role)
);

CREATE TABLE wish (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    responsibility TEXT COLLATE "C" NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    wish TEXT COLLATE "C" NOT NULL CHECK (length(wish) BETWEEN 1 AND 20),
    PRIMARY KEY (response, responsibility)
);

CREATE TABLE goal (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT COLLATE "C" NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    PRIMARY KEY (response, role)
);

CREATE TABLE feedback (
    response BIGINT PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    fits TEXT COLLATE "C" NOT NULL CHECK (length(fits) BETWEEN 1 AND 20)
);

CREATE TABLE feedback_role (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    role TEXT COLLATE "C" NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
    verdict TEXT COLLATE "C" NOT NULL CHECK (length(verdict) BETWEEN 1 AND 20),
    PRIMARY KEY (response, role)
);

CREATE TABLE job_goal (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    responsibility TEXT COLLATE "C" NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    PRIMARY KEY (response, responsibility)
);

CREATE TABLE agreed_action (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    number BIGINT NOT NULL CHECK (number BETWEEN 1 AND 3),
    text TEXT COLLATE "C" NOT NULL CHECK (length(text) BETWEEN 1 AND 120),
    due TEXT COLLATE "C" CHECK (due ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    outcome TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'not-yet', 'dropped')),
    PRIMARY KEY (response, number)
);

CREATE TABLE share_link (
    response BIGINT NOT NULL REFERENCES response (id) ON DELETE CASCADE,
    number BIGINT NOT NULL CHECK (number > 0),
    share_hash TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(share_hash) = 64),
    label TEXT COLLATE "C" NOT NULL CHECK (length(label) <= 80),
    shares_text BOOLEAN NOT NULL,
    shares_wishes BOOLEAN NOT NULL,
    created TEXT COLLATE "C" NOT NULL CHECK (created ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    PRIMARY KEY (response, number)
);

CREATE TABLE second_view (
    response BIGINT PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    view_hash TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(view_hash) = 64),
    number BIGINT NOT NULL CHECK (number > 0),
    owner_name TEXT COLLATE "C" NOT NULL CHECK (length(owner_name) BETWEEN 1 AND 80),
    viewer_name TEXT COLLATE "C" NOT NULL CHECK (length(viewer_name) BETWEEN 1 AND 80),
    created TEXT COLLATE "C" NOT NULL CHECK (created ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    draft_since TEXT COLLATE "C" NOT NULL CHECK (draft_since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    sent TEXT COLLATE "C" CHECK (sent ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    opened TEXT COLLATE "C" CHECK (opened ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    on_sheet BOOLEAN NOT NULL DEFAULT false,
    overdue_since TEXT COLLATE "C" CHECK (overdue_since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
);

CREATE TABLE viewer (
    response BIGINT PRIMARY KEY REFERENCES second_view (response) ON DELETE CASCADE,
    viewer_hash TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(viewer_hash) = 64),
    priorities_sent BOOLEAN NOT NULL DEFAULT false,
    page_id TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(page_id) <= 20),
    save_number BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE second_view_answer (
    response BIGINT NOT NULL REFERENCES second_view (response) ON DELETE CASCADE,
    side TEXT COLLATE "C" NOT NULL CHECK (side IN ('owner', 'viewer')),
    question TEXT COLLATE "C" NOT NULL CHECK (length(question) BETWEEN 1 AND 80),
    answer TEXT COLLATE "C" NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
    PRIMARY KEY (response, side, question)
);

CREATE TABLE priority (
    response BIGINT NOT NULL REFERENCES second_view (response) ON DELETE CASCADE,
    responsibility TEXT COLLATE "C" NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    PRIMARY KEY (response, responsibility)
);

CREATE TABLE team (
    id BIGINT PRIMARY KEY,
    lead_hash TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(lead_hash) = 64),
    join_hash TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(join_hash) = 64),
    number BIGINT NOT NULL CHECK (number > 0),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('anonymous', 'open')),
    minimum BIGINT NOT NULL CHECK (minimum >= 5),
    created TEXT COLLATE "C" NOT NULL CHECK (created ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    overdue_since TEXT COLLATE "C" CHECK (overdue_since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
);

CREATE TABLE round (
    id BIGINT PRIMARY KEY,
    team BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    number BIGINT NOT NULL CHECK (number > 0),
    opened TEXT COLLATE "C" NOT NULL CHECK (opened ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    closed TEXT COLLATE "C" CHECK (closed ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    published TEXT COLLATE "C" CHECK (published IS NULL OR published::json IS NOT NULL),
    people BIGINT NOT NULL DEFAULT 0,
    deleted BIGINT NOT NULL DEFAULT 0,
    overdue_since TEXT COLLATE "C" CHECK (overdue_since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    UNIQUE (team, number)
);

CREATE TABLE member (
    response BIGINT PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    team BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(name) <= 80),
    shares_wishes BOOLEAN NOT NULL DEFAULT false
);
CREATE INDEX member_team ON member (team);

CREATE TABLE need (
    team BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    responsibility TEXT COLLATE "C" NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
    people BIGINT NOT NULL CHECK (people BETWEEN 1 AND 4),
    PRIMARY KEY (team, responsibility)
);

CREATE TABLE removal (
    response BIGINT PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    team_name TEXT COLLATE "C" NOT NULL CHECK (length(team_name) BETWEEN 1 AND 80),
    day TEXT COLLATE "C" NOT NULL CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
);

CREATE TABLE counted_response (
    response BIGINT PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    round BIGINT REFERENCES round (id) ON DELETE SET NULL
);
CREATE INDEX counted_response_round ON counted_response (round);

CREATE TABLE tombstone (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
    day TEXT COLLATE "C" NOT NULL CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    overdue_since TEXT COLLATE "C" CHECK (overdue_since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
);

CREATE TABLE database_identity (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    id TEXT COLLATE "C" NOT NULL CHECK (length(id) = 32),
    key_fingerprint TEXT COLLATE "C"
);
