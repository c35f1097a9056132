"""The statements of docs/data-protection.md that the code can contradict."""

from __future__ import annotations

import re

import pytest
from sqlite_utils import Database

from quiz import create_app
from quiz.config.settings import SETTINGS
from quiz.storage.retention import DRAFT_DAYS, MIN_DAYS_OVERDUE, ROUND_TIE_DAYS
from quiz.teams.anonymous.rules import MIN_ROUND_SIZE, MINIMUMS
from quiz.web.links import new_link
from tests.clients import Client
from tests.factories import DOCS, ROOT

TEXT = (DOCS / "data-protection.md").read_text(encoding="utf-8")
#: The page with single spaces.
FLAT = " ".join(TEXT.split())
#: Words of the page for the columns that hold content of a person or of a team. Columns that refer to other rows and
#: numbers that order them are left out.
COLUMNS = {
    "response": {
        "owner_hash": "a hash of the private link",
        "started": "the days of starting",
        "changed": "the last change",
        "finished": "finishing",
        "bank": "the version of the questions",
        "title": "job title",
        "text": "free text",
        "other_work_share": "time goes to other work",
        "next_look": "the day on which two people look again",
        "earlier": "which earlier response it repeats",
        "overdue_since": "the day on which it was found to be overdue",
        "details_sent": "whether the optional page was sent",
        "page_id": "a random number of the page",
        "save_number": "how often that page was saved",
    },
    "answer": {"answer": "how often the person does each task", "question": "each task"},
    "follow_up": {
        "role": "the work of a role",
        "base": "compared with which other work",
        "answer": "how much time",
    },
    "contact": {"role": "the roles that the person works with"},
    "wish": {"wish": "wants more or less of", "responsibility": "wants more or less of"},
    "goal": {"role": "which roles they want to move towards"},
    "feedback": {"fits": "whether the person says that the result fits"},
    "feedback_role": {"role": "which roles it named", "verdict": "too much or missing"},
    "agreed_action": {
        "text": "up to three actions",
        "due": "each with a day",
        "outcome": "whether it was done, not yet done or dropped",
    },
    "job_goal": {"name": "the name that they gave to a job", "responsibility": "the ids of the responsibilities"},
    "share_link": {
        "share_hash": "a hash of each link",
        "label": "its note",
        "shares_text": "what it shows",
        "shares_wishes": "what it shows",
        "created": "the day",
    },
    "second_view": {
        "view_hash": "a hash of the link",
        "owner_name": "two names",
        "viewer_name": "two names",
        "created": "the days of asking",
        "draft_since": "taking back",
        "sent": "sending",
        "opened": "opening",
        "on_sheet": "whether its questions are shown",
    },
    "viewer": {
        "viewer_hash": "a hash of the viewer’s own link",
        "priorities_sent": "whether the page about what matters most was sent",
        "page_id": "a random number of the page",
        "save_number": "how often that page was saved",
    },
    "second_view_answer": {"side": "of which side", "question": "each task", "answer": "how often"},
    "priority": {"responsibility": "what matters most"},
    "need": {"responsibility": "for each task of an open team", "people": "how many people its lead says"},
    "team": {
        "lead_hash": "hashes of its links",
        "join_hash": "hashes of its links",
        "name": "name",
        "kind": "its kind",
        "minimum": "its minimum",
        "created": "the day of creation",
    },
    "member": {"name": "the name given for it", "shares_wishes": "whether wishes are shown"},
    "removal": {"team_name": "the name of the open team", "day": "the day"},
    "round": {
        "opened": "the days of opening",
        "closed": "closing",
        "published": "what was published",
        "people": "how many people it counted",
        "deleted": "how many of these deleted their response",
    },
    "counted_response": {"round": "which round"},
    "tombstone": {"hash": "a hash", "day": "the day"},
    "database_identity": {"id": "a random number", "key_fingerprint": "a fingerprint of its key"},
}
#: Columns that refer to other rows, order them, or note when a row is deleted; a response says so in its row.
STRUCTURE = {"id", "response", "team", "number", "one", "overdue_since"}


def rows() -> dict[str, str]:
    """What the page says about each table, by its name."""
    found = re.findall(r"^\| (`[a-z_`, ]+`) \| (.*)", TEXT, re.MULTILINE)
    return {table: text for names, text in found for table in re.findall(r"`(\w+)`", names)}


@pytest.fixture
def tables(app) -> dict[str, set[str]]:
    """The columns of each table of the database."""
    db = Database(app.storage.file)
    try:
        return {name: set(db[name].columns_dict) for name in db.table_names() if name != "_sqlite_migrations"}
    finally:
        db.close()


def test_every_table_is_described_and_no_other(tables):
    assert rows().keys() == tables.keys(), "describe what a new table holds, why, and until when"


def test_every_column_with_content_is_described(tables):
    described = {table: set(columns) for table, columns in COLUMNS.items()}
    undescribed = {table: columns - STRUCTURE - described[table] for table, columns in tables.items()}
    assert {table: columns for table, columns in undescribed.items() if columns} == {}
    for table, columns in COLUMNS.items():
        assert columns.keys() <= tables[table], table
        assert [words for words in columns.values() if words not in rows()[table]] == [], table


def test_times_and_limits_are_those_of_the_code():
    defaults = {setting.name: setting.default for setting in SETTINGS}
    smallest, *others, largest = MINIMUMS
    assert smallest == MIN_ROUND_SIZE == 5, "the page says five"
    for sentence in (
        f"(`RETENTION_MONTHS`, by default {defaults['RETENTION_MONTHS']})",
        f"(`BACKUP_DAYS`, by default {defaults['BACKUP_DAYS']})",
        f"overdue at least {MIN_DAYS_OVERDUE} days later",
        f"{ROUND_TIE_DAYS} days after a round was closed",
        f"A second view that is not sent within {DRAFT_DAYS} days",
        f"which minimum: {', '.join(map(str, [smallest, *others]))} or {largest}?",
    ):
        assert sentence in FLAT
    assert set(re.findall(r"(\d+) days", FLAT)) == {str(MIN_DAYS_OVERDUE), str(ROUND_TIE_DAYS), str(DRAFT_DAYS)}
    assert len(new_link()) == 22, "22 characters of 6 bits hold the 128 bits that the page names"


def test_every_setting_that_it_names_exists():
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", TEXT))
    assert named
    assert named <= {setting.name for setting in SETTINGS}


def test_every_label_that_it_quotes_is_on_a_page():
    pages = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "templates").rglob("*.html"))
    quoted = set(re.findall(r"“([^”]+)”", FLAT)) - {"if given", "deleted"}
    assert quoted >= {"Remember it on this device", "Forget it here"}
    assert [label for label in quoted if label not in pages] == []


def test_one_cookie_is_set_and_it_ends_with_the_browser(client, bank):
    owner_path = client.take({question.id: "weekly" for question in bank.questions_in_order}, title="a", text="b")
    pages = ["/", "/privacy", owner_path, f"{owner_path}/manage", f"{owner_path}/goals", f"{owner_path}/conversation"]
    cookies = [cookie for page in pages for cookie in client.get(page).headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} <= {"session"}
    assert not [cookie for cookie in cookies if "Expires" in cookie or "Max-Age" in cookie]
    with client.test_client.session_transaction() as session:
        assert set(session) == {"csrf"}


def test_every_page_leads_to_the_privacy_page_which_shows_the_operator_and_the_purpose(tmp_path):
    settings = {"OPERATOR": "The data team", "PURPOSE": "For talks in spring.", "CONTACT": "hats@example.org"}
    client = Client(create_app(settings, instance=tmp_path / "instance"))
    privacy = client.get("/privacy").text
    assert [text for text in settings.values() if text not in privacy] == []
    owner_path = client.start()
    for path in ("/", f"{owner_path}/1", f"{owner_path}/manage", "/teams"):
        assert "What is stored, and for how long" in client.see(path).text, path


def test_readme_leads_to_it():
    assert "(docs/data-protection.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
