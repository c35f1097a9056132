"""What two people agreed: typed on the page for a conversation, shown on the sheet and the own result, nowhere else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from quiz.bank import AGREED_COLUMNS, MAX_ACTION_LENGTH, AgreedAction
from quiz.cli import main
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client
from tests.factories import (
    CANARY,
    HOSTILE_TEXTS,
    fill_team,
    join_path,
    join_team,
    make_response,
    make_share_link,
    make_team,
)


@pytest.fixture
def owner_path(app: App) -> str:
    """The path of the owner link of a finished response."""
    return make_response(app)


def agree(client: Client, owner_path: str, **fields: str):
    return client.send(f"{owner_path}/conversation", fields)


# The form


def test_what_was_agreed_is_saved_and_shown_on_the_sheet_and_on_the_result(app: App, client: Client, owner_path):
    fields = {
        "action_1": "Ask  Kim",
        "due_1": "2027-01-31",
        "action_3": "Read\u202e the manual",
        "next_look": "2027-03-01",
    }
    response = agree(client, owner_path, **fields)
    assert (response.status_code, response.location) == (303, f"{owner_path}/conversation?saved=1#agreement")
    stored = load_response(app, owner_path)
    assert stored.agreed_actions == (AgreedAction(1, "Ask Kim", "2027-01-31"), AgreedAction(3, "Read the manual"))
    assert stored.next_look == "2027-03-01"
    sheet = client.see(f"{owner_path}/conversation?saved=1")
    assert "Ask Kim by 31 January 2027" in sheet.text
    assert "We look at this again on 1 March 2027." in sheet.text
    assert "Saved. The sheet above shows it." in sheet.text
    assert dict(sheet.fields)["action_3"] == "Read the manual"
    result = client.see(owner_path).text
    assert (
        "What you agreed Ask Kim by 31 January 2027 Read the manual You look at this again on 1 March 2027." in result
    )


def test_what_was_agreed_can_be_changed_and_removed(app: App, client: Client, owner_path):
    agree(client, owner_path, action_1="Ask Kim", due_1="2027-01-31", next_look="2027-03-01")
    agree(client, owner_path, action_1="Ask Bo", due_1="", next_look="2027-03-01")
    assert load_response(app, owner_path).agreed_actions == (AgreedAction(1, "Ask Bo"),)
    agree(client, owner_path, action_1=" \u200b ", due_1="", next_look="")
    stored = load_response(app, owner_path)
    assert (stored.agreed_actions, stored.next_look) == ((), None)
    assert "What you agreed" not in client.see(owner_path).text


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"action_1": "x" * (MAX_ACTION_LENGTH + 1)}, "action_1", "Use 120 characters or fewer."),
        ({"due_2": "2027-01-31"}, "action_2", "Write what you agreed, or remove its day."),
        ({"action_1": "Ask", "due_1": "31.1.2027"}, "due_1", "Enter a day of the calendar as year-month-day"),
        ({"action_1": "Ask", "due_1": "2027-02-30"}, "due_1", "Enter a day of the calendar as year-month-day"),
        ({"action_1": "Ask", "due_1": "20270131"}, "due_1", "Enter a day of the calendar as year-month-day"),
        ({"action_1": "Ask", "due_1": "12027-01-31"}, "due_1", "Enter a day of the calendar as year-month-day"),
        ({"action_1": "Ask", "due_1": "2207-01-31"}, "due_1", "Enter a day between "),
        ({"action_1": "Ask", "next_look": "0001-01-01"}, "next_look", "Enter a day between "),
        ({"action_1": "Ask", "next_look": "soon"}, "next_look", "Enter a day of the calendar as year-month-day"),
    ],
    ids=str,
)
def test_wrong_input_gets_an_error_at_its_field_and_nothing_is_lost_or_saved(
    client: Client, owner_path, fields, field, message
):
    agree(client, owner_path, action_3="Stays")
    response = agree(client, owner_path, **fields)
    assert response.status_code == 422
    label = {"action": f"Action {field[-1]}", "due": f"Action {field[-1]}, by when"}.get(field[:-2], "Next look")
    summary = f'<a href="#{field}">{label}: {message[:1].lower()}{message[1:]}'
    assert summary in response.text
    assert f'id="{field}-error"' in response.text
    for value in fields.values():
        assert f'value="{value}"' in response.text
    assert load_response(client.app, owner_path).agreed_actions == (AgreedAction(3, "Stays"),)


def test_a_script_saves_the_form_after_each_change(app: App, client: Client, owner_path):
    assert agree(client, owner_path, action_1="Ask Kim", go_to="stay").status_code == 204
    assert load_response(app, owner_path).agreed_actions == (AgreedAction(1, "Ask Kim"),)
    response = agree(client, owner_path, action_1="Ask Kim", due_1="tomorrow", go_to="stay")
    assert (response.status_code, response.mimetype) == (422, "text/plain")
    assert response.text.startswith("Action 1, by when: enter a day of the calendar")


def test_an_unfinished_response_has_no_form(client: Client):
    owner_path = client.start()
    token = client.token()
    assert client.post(f"{owner_path}/conversation", token | {"action_1": "Ask"}).status_code == 404


def test_what_was_agreed_is_never_read_as_markup(client: Client, owner_path):
    for text in HOSTILE_TEXTS:
        agree(client, owner_path, action_1=text)
        for path in (owner_path, f"{owner_path}/conversation?listener"):
            page = client.get(path)
            assert page.status_code == 200
            if set(text) & set("<>&"):
                assert text not in page.text, path
        assert dict(client.see(f"{owner_path}/conversation").fields)["action_1"] == text


# Who sees it


def test_what_was_agreed_is_on_no_page_of_anybody_else(app: App, client: Client, owner_path):
    agree(client, owner_path, action_1=CANARY, due_1="2027-04-03", next_look="2027-04-05")
    share = make_share_link(client, owner_path, shares_text="y", shares_wishes="y")
    anonymous, open_team = make_team(client), make_team(client, "open")
    members = fill_team(app, client, anonymous, 5)
    other = make_response(app)
    join_team(app, join_path(client, open_team), owner_path, "Ada", shares_wishes=True)
    join_team(app, join_path(client, open_team), other, "Bo", shares_wishes=True)
    client.send(f"{anonymous}/close", page=anonymous)
    own = [owner_path, f"{owner_path}/conversation", f"{owner_path}.json", f"{owner_path}.csv"]
    assert [path for path in own if CANARY not in client.get(path).text] == []
    others = [
        *(share, open_team, f"{other}/team", f"{owner_path}/team", anonymous, f"{anonymous}/rounds/1"),
        *(f"{anonymous}/rounds/1.json", f"{anonymous}/rounds/1.csv", members[0], f"{members[0]}/team/rounds/1"),
    ]
    for path in others:
        page = client.get(path)
        assert page.status_code == 200, path
        assert [word for word in (CANARY, "2027-04-03", "April 2027", "What you agreed") if word in page.text] == [], (
            path
        )


def test_the_owner_gets_it_in_both_downloads_and_the_csv_can_be_scored_again(
    client: Client, owner_path, tmp_path: Path
):
    agree(client, owner_path, action_1="=Ask", due_1="2027-04-03", action_3="Read", next_look="2027-04-05")
    data = client.get(f"{owner_path}.json").get_json()
    assert data["agreed_actions"] == [
        {"number": 1, "text": "=Ask", "due": "2027-04-03", "outcome": ""},
        {"number": 3, "text": "Read", "due": "", "outcome": ""},
    ]
    assert data["next_look"] == "2027-04-05"
    table = client.get(f"{owner_path}.csv").text
    header, row = csv.reader(io.StringIO(table))
    agreed = {name: cell for name, cell in zip(header, row, strict=True) if name.startswith("agreed")}
    assert {name: cell for name, cell in agreed.items() if cell} == {
        "agreed.1": "'=Ask",
        "agreed.1.by": "2027-04-03",
        "agreed.3": "Read",
        "agreed.next-look": "2027-04-05",
    }
    assert list(agreed) == list(AGREED_COLUMNS)
    file = tmp_path / "own.csv"
    file.write_text(table, encoding="utf-8")
    run = CliRunner().invoke(main, ["score", str(file), "--format", "jsonl"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["mix"] == data["result"]["mix"]
