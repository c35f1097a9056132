"""The start page, the privacy page, starting and deleting a response."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlite_utils import Database

from quiz import create_app
from quiz.bank import Bank
from quiz.web import links
from quiz.web.app import App
from tests.clients import Client


def response_count(app: App) -> int:
    """The number of stored responses."""
    db = Database(app.storage.file)
    try:
        return db["response"].count
    finally:
        db.close()


def table_names(app: App) -> set[str]:
    """The names of all tables of the database."""
    db = Database(app.storage.file)
    try:
        return set(db.table_names())
    finally:
        db.close()


def client_of_app(tmp_path: Path, **settings: object) -> Client:
    """A client of an app with these settings."""
    return Client(create_app({"TESTING": True} | settings, instance=tmp_path / "other"))


# The start page and the privacy page


def test_the_start_page_says_how_long_the_quiz_takes_and_what_it_is_not(client: Client, bank: Bank):
    text = client.see("/").text
    for expected in (
        "About five minutes.",
        f"{len(bank.questions_in_order)} questions",
        "No account.",
        "Not a test, not for hiring.",
        "you may refuse",
        "delete all of it at any moment",
    ):
        assert expected in text
    assert "/privacy" in client.see("/").values("href")


def test_the_start_page_has_the_number_of_questions_of_the_bank(small_bank, tmp_path):
    text = client_of_app(tmp_path, QUESTION_BANK=str(small_bank)).see("/").text
    assert "how often you do 6 everyday things" in text
    assert "21" not in text


def test_both_pages_state_the_configured_retention(tmp_path):
    client = client_of_app(tmp_path, RETENTION_MONTHS=7)
    for path in ("/", "/privacy"):
        assert "deleted a few days after 7 months without a change" in client.see(path).text


def test_the_operator_is_on_the_start_page_and_the_privacy_page(tmp_path):
    client = client_of_app(
        tmp_path, OPERATOR="The <data> guild", PURPOSE="To plan courses.", CONTACT="guild@example.org"
    )
    assert "Run by The <data> guild." in client.see("/").text
    page = client.see("/privacy")
    assert "The <data> guild runs this quiz, and can read its database file. To plan courses." in page.text
    assert "mailto:guild@example.org" in page.values("href")


def test_a_contact_that_is_not_a_mail_address_has_no_mailto_link(tmp_path):
    page = client_of_app(tmp_path, OPERATOR="We", CONTACT="room 12").see("/privacy")
    assert "Questions about what is stored: room 12" in page.text
    assert not [href for href in page.values("href") if href.startswith("mailto:")]


#: What the privacy page says about each table; None for tables without data about people.
STATED_BY_TABLE = {
    "response": "The day on which you started, last changed something, and finished.",
    "answer": "How you answered each question",
    "follow_up": "the comparisons of time, if you made some",
    "contact": "whom you work with, how much time goes to other work, your job title, and what you wrote",
    "wish": "what you want more or less of",
    "goal": "your goals (roles that you want to move towards)",
    "job_goal": "If you made a job like one in an advert a goal",
    "feedback": "whether your result fits",
    "feedback_role": "which of them are too much or missing",
    "agreed_action": "If you entered what you agreed in a conversation",
    "share_link": "If you created share links: a fingerprint of each",
    "second_view": "a fingerprint of its link, the two names that you typed, and the days",
    "viewer": "a fingerprint of their private link",
    "second_view_answer": "how they answered each question about you",
    "priority": "what they ticked as most important",
    "member": "In an open team also the name you gave there.",
    "removal": "If its lead removed you: the name of the team and the day, until you have read it.",
    "counted_response": "whether a round has counted you. For 90 days after that round was closed, also which round.",
    "team": "Of a team: its name, its kind, fingerprints of its links",
    "need": "Of an open team also how many people its lead says should do each thing.",
    "round": "what its closed rounds published",
    "tombstone": "the fingerprint of your link and the day are still stored",
    "database_identity": None,
    "_sqlite_migrations": None,
}


def test_the_privacy_page_names_everything_that_is_stored(app: App, client: Client):
    assert table_names(app) == STATED_BY_TABLE.keys(), "describe what a new table stores on the privacy page"
    text = client.see("/privacy").text
    assert [sentence for sentence in STATED_BY_TABLE.values() if sentence and sentence not in text] == []
    assert "No name, except the one that you give in an open team" in text


def test_without_an_operator_the_privacy_page_says_that_none_is_named(client: Client):
    text = client.see("/privacy").text
    assert "No name is entered here" in text
    assert "Questions about what is stored:" not in text
    assert "Run by" not in text


# Starting


def test_starting_leads_to_the_first_page_which_shows_the_owner_link(client: Client):
    owner_path = client.start()
    assert f"http://localhost{owner_path}" in client.see(f"{owner_path}/1").values("value")


def test_only_a_hash_of_the_owner_link_is_stored(app: App, client: Client):
    link = client.start().removeprefix("/r/")
    client.post(f"/r/{link}/1", client.token())
    stored = b"".join(file.read_bytes() for file in app.storage.file.parent.glob(f"{app.storage.file.name}*"))
    assert links.hash_link(link).encode() in stored
    assert link.encode() not in stored


def test_every_visit_gets_another_seed(client: Client):
    seeds = {dict(client.see("/").fields)["seed"] for _ in range(5)}
    assert len(seeds) == 5
    assert client.start() != client.start()


def test_the_seed_is_not_part_of_the_owner_link(app: App, client: Client):
    fields = dict(client.see("/").fields)
    owner_path = client.post("/start", fields).location
    assert fields["seed"] not in owner_path
    assert client.get(f"/r/{fields['seed']}").status_code == 404


def test_the_same_form_sent_twice_starts_one_response(app: App, client: Client):
    fields = dict(client.see("/").fields)
    first = client.post("/start", fields).location
    assert client.post("/start", fields).location == first
    assert response_count(app) == 1


def test_the_same_form_sent_by_two_threads_at_once_starts_one_response(app: App):
    seed = links.new_link()
    barrier = Barrier(2)

    def start() -> str:
        client = Client(app)
        fields = client.token() | {"seed": seed}
        barrier.wait()
        try:
            return str(client.post("/start", fields).location)
        finally:
            app.storage.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = (future.result() for future in [pool.submit(start), pool.submit(start)])
    assert first == second
    assert response_count(app) == 1


@pytest.mark.parametrize(
    "seed", ["", "short", "x" * 21, "x" * 23, "x" * 21 + "\n", "x" * 22 + "\n", "\x00" * 22, "ä" * 22, "../" * 8]
)
def test_a_malformed_seed_starts_nothing(app: App, client: Client, seed):
    assert client.post("/start", client.token() | {"seed": seed}).status_code == 400
    assert client.post("/start", client.token()).status_code == 400
    assert response_count(app) == 0


def test_a_get_of_the_start_address_gives_a_405_page(client: Client):
    response = client.get("/start")
    assert response.status_code == 405
    assert response.headers["Allow"]
    assert "This request is not possible" in response.text


# Deleting


def test_deleting_asks_first_and_leaves_nothing_in_the_database(app: App, client: Client, bank: Bank):
    owner_path = client.take(
        dict.fromkeys(bank.responsibility, "weekly"), title="Canary of the mine", contacts=["ml-engineer"]
    )
    assert "Delete everything?" in client.see(f"{owner_path}/delete").text
    assert response_count(app) == 1
    response = client.send(f"{owner_path}/delete")
    assert (response.status_code, response.location) == (303, "/deleted")
    assert "Everything is deleted" in client.see("/deleted").text
    assert response_count(app) == 0
    assert client.get(owner_path).status_code == 404
    stored = b"".join(file.read_bytes() for file in app.storage.file.parent.iterdir())
    assert b"Canary" not in stored


def test_the_start_page_shows_what_a_result_looks_like_and_names_no_role(client: Client, bank: Bank):
    page = client.see("/")
    assert "This is a result" in page.text
    assert sum("shelf-hat" in style.split() for style in page.values("class")) == 3
    shown = " ".join([page.text, *page.values("aria-label", "title", "alt")])
    assert not [role.name for role in bank.roles if role.name.lower() in shown.lower()]
