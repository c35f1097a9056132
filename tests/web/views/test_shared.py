"""The page behind a share link: it shows what the owner chose, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from quiz.bank import Bank
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client, Page
from tests.factories import join_path, join_team, link_hash, make_closed_round, make_response, make_team, page_answers

TITLE, TEXT = "Chief canary", "On most days I sing <b>loudly</b> about canaries."


@pytest.fixture
def own(app: App) -> str:
    """The owner link's path of somebody with a title, words, wishes and a role they are heading for."""
    made = make_response(app, title=TITLE, text=TEXT)
    app.storage.save_goals(
        link_hash(made),
        wishes={"pipelines": "hand-over", "predictive-models": "start"},
        goals=["data-scientist"],
        bank=app.bank.version,
        day=app.today(),
    )
    return made


def share(client: Client, own: str, number: int = 7, **fields: str) -> str:
    """Make a share link; gives its path."""
    sent = {"number": str(number), "label": "For Bo", **fields}
    assert client.send(f"{own}/shares", sent, page=f"{own}/manage").status_code == 303
    return "/s/" + client.app.derive_link("share", f"{own.split('/')[2]}:{number}")


@pytest.mark.parametrize(("shares_text", "shares_wishes"), list(itertools.product([False, True], repeat=2)))
def test_free_text_and_wishes_are_on_the_page_only_if_the_owner_chose_so(
    client: Client, bank: Bank, own, shares_text, shares_wishes
):
    options = {"shares_text": shares_text, "shares_wishes": shares_wishes}
    answer = client.get(share(client, own, 7, **{name: "y" for name, is_on in options.items() if is_on}))
    assert ("On most days I sing &lt;b&gt;loudly" in answer.text) is shares_text
    assert ("canaries" in answer.text) is shares_text
    assert (TITLE in answer.text) <= shares_text
    phrases = [bank.wish[id].phrase for id in ("hand-over", "start")]
    assert [phrase in Page.of(answer).text for phrase in phrases] == [shares_wishes, shares_wishes]


def test_a_shared_page_has_no_form_and_no_link_to_the_owners_pages(client: Client, own):
    shared = share(client, own, shares_text="y", shares_wishes="y")
    shown = client.see(shared)
    assert not shown.fields
    assert not [tag for tag, _ in shown.tags if tag == "form"]
    for target in shown.values("href", "src", "action", "formaction", "data-link"):
        assert target.startswith(("/static/", "#")) or target in {"/", "/privacy"}, target


def test_a_shared_page_has_nothing_about_teams_and_other_share_links(app: App, client: Client, own):
    lead = make_team(client, name="Canary crew")
    join_team(app, join_path(client, lead), own)
    before = client.get(share(client, own)).text
    share(client, own, 8, label="Canary label")
    assert client.get(share(client, own)).text == before
    assert "Canary crew" not in before
    assert "For Bo" not in before
    assert own not in before


def test_a_shared_page_does_not_show_that_a_round_counted_the_response(app: App, client: Client):
    _, (counted, *_) = make_closed_round(app, client)
    twin = make_response(app, dict(load_response(app, counted).answers))
    assert client.get(share(client, counted)).text == client.get(share(client, twin)).text


def test_a_shared_page_shows_later_changes(client: Client, bank: Bank, own):
    shared = share(client, own)
    before = client.get(shared).text
    for number in range(1, len(bank.pages) + 1):
        client.send(f"{own}/{number}", page_answers(bank, number, "daily"))
    assert client.get(shared).text != before


def test_a_share_link_works_only_once_the_quiz_is_finished(app: App, client: Client):
    own = make_response(app, done=False)
    shared = share(client, own)
    assert client.get(shared).data == client.get("/s/" + "A" * 22).data
    client.send(f"{own}/check")
    assert client.get(shared).status_code == 200


def test_share_links_end_when_the_response_expires(app: App, client: Client, own, monkeypatch):
    shared = share(client, own)
    monkeypatch.setattr(app, "today", lambda: "2100-01-01")
    assert client.get(shared).status_code == 404


@pytest.mark.parametrize("number", ["", "0", "-1", "seven", "9" * 30, str(2**53), "1.5"])
def test_an_invalid_number_creates_no_link(app: App, client: Client, own, number):
    assert client.send(f"{own}/shares", {"number": number}, page=f"{own}/manage").status_code == 400
    assert shares(app, own) == {}


@pytest.mark.parametrize("number", [8, 2**53, 2**63, 10**30])
def test_ending_an_unknown_link_changes_nothing(app: App, client: Client, own, number):
    shared = share(client, own)
    assert client.send(f"{own}/shares/{number}/end", page=f"{own}/manage").status_code == 303
    assert client.get(shared).status_code == 200
    assert client.get(f"{own}/shares/{number}.svg").status_code == 404
    assert len(shares(app, own)) == 1


def test_an_ended_link_never_works_again(app: App, client: Client, own):
    shared = share(client, own)
    for _ in range(2):
        client.send(f"{own}/shares/7/end", page=f"{own}/manage")
    assert client.get(shared).status_code == 404
    share(client, own, 8)
    assert client.get(shared).status_code == 404


def test_the_same_number_of_two_people_gives_two_links(app: App, client: Client, own):
    other = make_response(app)
    mine, theirs = share(client, own), share(client, other)
    assert mine != theirs
    client.send(f"{other}/shares/7/end", page=f"{other}/manage")
    assert client.get(mine).status_code == 200
    assert client.get(theirs).status_code == 404


def shares(app: App, own: str) -> Mapping[int, str]:
    return {each.number: each.label for each in load_response(app, own).share_links}
