"""The page behind a share link: it shows what the owner chose and nothing else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from html import unescape

import pytest

from quiz.bank import Bank
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client, Page
from tests.factories import (
    ALL_NEVER,
    ANALYST,
    ENGINEER,
    expire_in_app,
    join_path,
    join_team,
    link_hash,
    make_closed_round,
    make_response,
    make_share_link,
    make_team,
    page_answers,
    share_numbers,
)

TITLE, TEXT = "Chief canary", "On most days I sing <b>loudly</b> about canaries."


@pytest.fixture
def owner_path(app: App) -> str:
    """The path of the owner link of a response with a title, a free text, wishes and a goal."""
    owner_path = make_response(app, title=TITLE, text=TEXT)
    app.storage.save_goals(
        link_hash(owner_path),
        wishes={"pipelines": "hand-over", "predictive-models": "start"},
        goals=["data-scientist"],
        day=app.today(),
    )
    return owner_path


def share(client: Client, owner_path: str, **fields: str) -> str:
    """Create a share link. Returns its path."""
    return make_share_link(client, owner_path, **({"label": "For Bo"} | fields))


@pytest.mark.parametrize(("shares_text", "shares_wishes"), list(itertools.product([False, True], repeat=2)))
def test_free_text_and_wishes_are_on_the_page_only_if_the_owner_chose_so(
    client: Client, bank: Bank, owner_path, shares_text, shares_wishes
):
    options = {"shares_text": shares_text, "shares_wishes": shares_wishes}
    response = client.get(share(client, owner_path, **{name: "y" for name, is_on in options.items() if is_on}))
    assert ("On most days I sing &lt;b&gt;loudly" in response.text) is shares_text
    assert ("canaries" in response.text) is shares_text
    assert TITLE not in response.text
    phrases = [bank.wish[id].phrase for id in ("hand-over", "start")]
    assert [phrase in Page.of(response).text for phrase in phrases] == [shares_wishes, shares_wishes]


def test_without_the_optional_page_a_share_shows_answers_and_result_only(app: App, client: Client):
    full = make_response(app, title="Senior data engineer", text=TEXT)
    bare = make_response(app)
    app.storage.save_details(link_hash(bare), contacts=[], title="", text="", day=app.today())
    assert client.get(share(client, full)).text == client.get(share(client, bare)).text


def test_a_share_of_the_optional_page_shows_contacts_and_title(app: App, client: Client):
    text = client.see(share(client, make_response(app, title="Senior data engineer"), shares_text="y")).text
    assert "After them in the flow, they work with data analysts." in text
    assert "The title, “Senior data engineer”," in text


@pytest.mark.parametrize(
    ("answers", "headline"),
    [
        (ENGINEER, "Wears one hat: data engineer"),
        (ENGINEER | ANALYST, "Combines data engineer and data analyst"),
        ({"pipelines": "weekly", "insights": "monthly"}, "Data engineer, and perhaps data analyst"),
        ({}, "Does little of this work"),
        (dict.fromkeys(ALL_NEVER, "weekly"), "Wears every hat, about equally"),
        (dict.fromkeys(ALL_NEVER, "skip"), "Too few answers to name the hats"),
    ],
)
def test_a_shared_result_speaks_of_the_person_and_never_to_them(
    app: App, client: Client, bank: Bank, answers, headline
):
    known = {id.replace("_", "-"): answer for id, answer in answers.items()}
    owner_path = make_response(app, ALL_NEVER | known, title="Data engineer", text=TEXT + " I built pipelines and ETL.")
    html = client.get(share(client, owner_path, shares_text="y", shares_wishes="y")).text
    article = html.split("<article", 1)[1].split("</article>")[0]
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", article)).split())
    assert headline in text
    assert not re.search(r"\b[Yy]ou(r|rs)?\b", text), text


def test_the_page_that_makes_share_links_says_what_each_shows_and_who_can_read_its_label(client: Client, owner_path):
    share(client, owner_path)
    share(client, owner_path, shares_text="y", shares_wishes="y")
    text = client.see(f"{owner_path}/manage").text
    for expected in (
        "answers and result only",
        "with the optional page and your wishes",
        "Show what I filled in on the optional page: whom I work with, my job title, my own words",
        "The shared page does not show it, but whoever runs this server can read it.",
        "whoever has seen the page may have a copy of it",
    ):
        assert expected in text


def test_a_shared_page_has_no_form_and_no_link_to_the_pages_of_its_owner(client: Client, owner_path):
    shared = share(client, owner_path, shares_text="y", shares_wishes="y")
    page = client.see(shared)
    assert not page.fields
    assert not [tag for tag, _ in page.tags if tag == "form"]
    for target in page.values("href", "src", "action", "formaction", "data-link"):
        assert target.startswith(("/static/", "#")) or target in {"/", "/privacy"}, target


def test_a_shared_page_has_nothing_about_teams_and_other_share_links(app: App, client: Client, owner_path):
    lead = make_team(client, name="Canary crew")
    join_team(app, join_path(client, lead), owner_path)
    text = client.get(share(client, owner_path)).text
    share(client, owner_path, label="Canary label")
    assert client.get(share(client, owner_path)).text == text
    assert "Canary crew" not in text
    assert "For Bo" not in text
    assert owner_path not in text


def test_a_shared_page_does_not_show_that_a_round_counted_the_response(app: App, client: Client):
    _, (counted, *_) = make_closed_round(app, client)
    twin = make_response(app, dict(load_response(app, counted).answers))
    assert client.get(share(client, counted)).text == client.get(share(client, twin)).text


def test_a_shared_page_shows_later_changes(client: Client, bank: Bank, owner_path):
    shared = share(client, owner_path)
    before = client.get(shared).text
    for number in range(1, len(bank.pages) + 1):
        client.send(f"{owner_path}/{number}", page_answers(bank, number, "daily"))
    assert client.get(shared).text != before


def test_a_share_link_works_only_once_the_quiz_is_finished(app: App, client: Client):
    owner_path = make_response(app, done=False)
    shared = share(client, owner_path)
    assert client.get(shared).data == client.get("/s/" + "A" * 22).data
    client.send(f"{owner_path}/check")
    assert client.get(shared).status_code == 200


def test_share_links_end_when_the_response_expires(app: App, client: Client, owner_path, monkeypatch):
    shared = share(client, owner_path)
    expire_in_app(app, monkeypatch, "2100-01-01")
    assert client.get(shared).status_code == 404


@pytest.mark.parametrize("seed", ["", "7", "seven", "x" * 23, "!" * 22])
def test_a_malformed_seed_creates_no_link(app: App, client: Client, owner_path, seed):
    assert client.send(f"{owner_path}/shares", {"seed": seed}, page=f"{owner_path}/manage").status_code == 400
    assert share_labels(app, owner_path) == {}


@pytest.mark.parametrize("number", [8, 2**53, 2**63, 10**30])
def test_ending_an_unknown_link_changes_nothing(app: App, client: Client, owner_path, number):
    shared = share(client, owner_path)
    assert client.send(f"{owner_path}/shares/{number}/end", page=f"{owner_path}/manage").status_code == 303
    assert client.get(shared).status_code == 200
    assert client.get(f"{owner_path}/shares/{number}.svg").status_code == 404
    assert len(share_labels(app, owner_path)) == 1


def test_an_ended_link_never_works_again(app: App, client: Client, owner_path):
    shared = share(client, owner_path)
    (number,) = share_numbers(app, owner_path)
    for _ in range(2):
        client.send(f"{owner_path}/shares/{number}/end", page=f"{owner_path}/manage")
    assert client.get(shared).status_code == 404
    share(client, owner_path)
    assert client.get(shared).status_code == 404


def test_a_link_of_somebody_else_cannot_be_ended(app: App, client: Client, owner_path):
    other = make_response(app)
    first, second = share(client, owner_path), share(client, other)
    (number,) = share_numbers(app, owner_path)
    client.send(f"{other}/shares/{number}/end", page=f"{other}/manage")
    assert client.get(first).status_code == client.get(second).status_code == 200


def share_labels(app: App, owner_path: str) -> Mapping[int, str]:
    """The label of each share link of a response, by number."""
    return {each.number: each.label for each in load_response(app, owner_path).share_links}
