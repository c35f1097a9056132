"""The start page, starting, and the pages that belong to nobody's response."""

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


def responses(app: App) -> int:
    """How many responses are stored."""
    db = Database(app.storage.file)
    try:
        return db["response"].count
    finally:
        db.close()


def tables(app: App) -> set[str]:
    """The names of all tables of the database."""
    db = Database(app.storage.file)
    try:
        return set(db.table_names())
    finally:
        db.close()


def run_by(tmp_path: Path, **settings: object) -> Client:
    """A visitor of an app that somebody has set up."""
    return Client(create_app({"TESTING": True} | settings, instance=tmp_path / "other"))


# What people are told before they start


def test_the_start_page_says_how_long_it_takes_and_what_it_is_not(client: Client, bank: Bank):
    text = client.see("/").text
    for told in (
        "About five minutes.",
        f"{len(bank.questions_in_order)} questions",
        "No account.",
        "Not a test, not for hiring.",
        "you may refuse",
        "delete all of it at any moment",
    ):
        assert told in text
    assert "/privacy" in client.see("/").values("href")


def test_the_number_of_questions_is_the_banks(small_bank, tmp_path):
    text = run_by(tmp_path, QUESTION_BANK=str(small_bank)).see("/").text
    assert "how often you do 6 everyday things" in text
    assert "21" not in text


def test_how_long_answers_are_kept_is_as_it_is_set(tmp_path):
    client = run_by(tmp_path, RETENTION_MONTHS=7)
    for path in ("/", "/privacy"):
        assert "7 months after your last change" in client.see(path).text


def test_who_runs_it_stands_on_every_page(tmp_path):
    client = run_by(tmp_path, OPERATOR="The <data> guild", PURPOSE="To plan courses.", CONTACT="guild@example.org")
    assert "Run by The <data> guild." in client.see("/").text
    shown = client.see("/privacy")
    assert "The <data> guild runs this quiz. To plan courses." in shown.text
    assert "mailto:guild@example.org" in shown.values("href")


def test_a_contact_that_is_no_mail_address_is_not_made_one(tmp_path):
    shown = run_by(tmp_path, OPERATOR="We", CONTACT="room 12").see("/privacy")
    assert "Questions about what is kept: room 12" in shown.text
    assert not [href for href in shown.values("href") if href.startswith("mailto:")]


#: What the privacy page says of each table of the database; None for what is about the database itself.
KEPT = {
    "response": "The day on which you started, last changed something, and finished.",
    "answer": "How you answered each question.",
    "contact": "whom you work with, your job title, and what you wrote",
    "wish": "what you want more or less of",
    "goal": "the roles you are heading for",
    "share_link": "If you made share links: a fingerprint of each",
    "member": "In an open team also the name you gave there.",
    "counted_response": "whether a round has counted you",
    "team": "Of a team: its name, its kind, fingerprints of its links",
    "replaced_link": "Of a team: its name, its kind, fingerprints of its links",
    "round": "what its closed rounds published",
    "tombstone": "the fingerprint of your link and the day stay noted",
    "database_identity": None,
    "_sqlite_migrations": None,
}


def test_the_privacy_page_names_everything_that_is_kept(app: App, client: Client):
    assert tables(app) == KEPT.keys(), "say on the privacy page what a new table keeps"
    text = client.see("/privacy").text
    assert [said for said in KEPT.values() if said and said not in text] == []
    assert "No name but the one you give to an open team" in text


def test_where_nobody_is_named_the_privacy_page_says_what_to_do(client: Client):
    text = client.see("/privacy").text
    assert "They have not entered their name here" in text
    assert "Questions about what is kept:" not in text
    assert "Run by" not in text


# Starting


def test_starting_leads_to_the_first_page_with_the_link_on_it(client: Client):
    own = client.start()
    assert f"http://localhost{own}" in client.see(f"{own}/1").values("value")
    assert f"http://localhost{own}" not in client.see(f"{own}/2").values("value")


def test_only_a_fingerprint_of_the_link_is_stored(app: App, client: Client):
    link = client.start().removeprefix("/r/")
    client.post(f"/r/{link}/1", client.token())
    stored = b"".join(file.read_bytes() for file in app.storage.file.parent.glob(f"{app.storage.file.name}*"))
    assert links.hash_link(link).encode() in stored
    assert link.encode() not in stored


def test_every_visit_offers_another_seed(client: Client):
    seeds = {dict(client.see("/").fields)["seed"] for _ in range(5)}
    assert len(seeds) == 5
    assert client.start() != client.start()


def test_the_seed_does_not_give_the_link_away(app: App, client: Client):
    fields = dict(client.see("/").fields)
    own = client.post("/start", fields).location
    assert fields["seed"] not in own
    assert client.get(f"/r/{fields['seed']}").status_code == 404


def test_the_same_form_sent_twice_starts_once(app: App, client: Client, bank: Bank):
    fields = dict(client.see("/").fields)
    first = client.post("/start", fields).location
    own = first.rsplit("/", 1)[0]
    client.send(f"{own}/1", {item.id: "weekly" for item in bank.pages[0]})
    assert client.post("/start", fields).location == first
    assert responses(app) == 1
    assert client.get(own).location == f"{own}/2", "what was answered in between is still there"


def test_the_same_form_sent_by_two_threads_at_once_starts_once(app: App):
    seed = links.new_link()
    together = Barrier(2)

    def begin() -> str:
        client = Client(app)
        fields = client.token() | {"seed": seed}
        together.wait()
        try:
            return str(client.post("/start", fields).location)
        finally:
            app.storage.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = (future.result() for future in [pool.submit(begin), pool.submit(begin)])
    assert first == second
    assert responses(app) == 1


@pytest.mark.parametrize(
    "seed", ["", "short", "x" * 21, "x" * 23, "x" * 21 + "\n", "x" * 22 + "\n", "\x00" * 22, "ä" * 22, "../" * 8]
)
def test_a_malformed_seed_starts_nothing(app: App, client: Client, seed):
    assert client.post("/start", client.token() | {"seed": seed}).status_code == 400
    assert client.post("/start", client.token()).status_code == 400
    assert responses(app) == 0


def test_opening_the_start_address_by_hand_is_answered_with_a_page(client: Client):
    answer = client.get("/start")
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert "Not that way" in answer.text


# Deleting


def test_deleting_asks_first_and_then_leaves_nothing(app: App, client: Client, bank: Bank):
    own = client.take(
        dict.fromkeys(bank.responsibility, "weekly"), title="Canary of the mine", contacts=["ml-engineer"]
    )
    assert "Delete everything?" in client.see(f"{own}/delete").text
    assert responses(app) == 1
    answer = client.send(f"{own}/delete")
    assert (answer.status_code, answer.location) == (303, "/deleted")
    assert "Everything is deleted" in client.see("/deleted").text
    assert responses(app) == 0
    assert client.get(own).status_code == 404
    stored = b"".join(file.read_bytes() for file in app.storage.file.parent.iterdir())
    assert b"Canary" not in stored
