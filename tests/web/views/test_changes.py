"""The page of changes: what became of wishes, goals, coverage and of what was agreed."""

from __future__ import annotations

import re

import pytest

from quiz.bank import AgreedAction, Bank
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client
from tests.factories import all_answers, make_response

ENGINEER = {"pipelines": "daily", "data_quality": "daily", "ingest_transform_serve": "daily", "insights": "weekly"}


@pytest.fixture
def owner_path(client: Client, bank: Bank) -> str:
    """The path of the owner link of a response with wishes, a goal and two agreed actions."""
    owner_path = client.take(all_answers(bank, "never", **ENGINEER, trends="skip"))
    wishes = {"pipelines": "less", "data-quality": "as-is", "trends": "start", "insights": "more", "ci-cd": "start"}
    fields = {f"wish-{id}": wish for id, wish in wishes.items()}
    assert client.send(f"{owner_path}/goals", {**fields, "goals": ["data-analyst"]}).status_code == 303
    agreed = {"action_1": "Ask Kim", "due_1": "2027-01-31", "action_3": "Read"}
    assert client.send(f"{owner_path}/conversation", agreed).status_code == 303
    return owner_path


@pytest.fixture
def new_path(client: Client, owner_path: str, bank: Bank) -> str:
    """The path of the owner link of a finished retake of that response."""
    location = str(client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location)
    new_path = location.removesuffix("/1")
    answers = all_answers(bank, "never", **ENGINEER) | {
        "pipelines": "monthly",
        "trends": "weekly",
        "insights": "monthly",
    }
    client.answer(new_path, answers)
    client.send(f"{new_path}/check")
    return new_path


def test_wishes_of_last_time_are_told_with_what_became_of_them(client: Client, new_path, bank: Bank):
    name = {id: item.name for id, item in bank.responsibility.items()}
    text = client.see(f"{new_path}/changes").text
    for sentence in (
        f"You wanted less of {name['pipelines']}: it went from daily or almost daily to about monthly.",
        f"You wanted to keep {name['data-quality']} as it was: it is still daily or almost daily.",
        f"You wanted more of {name['insights']}: it went from about weekly to about monthly.",
        f"You wanted to start with {name['trends']}: you left it out last time.",
        f"You wanted to start with {name['ci-cd']}: it is still never.",
    ):
        assert f"{sentence} This wish is still noted." in text
    assert re.search(r"Data analyst was a goal: you did \d+% of this role and now do \d+%\. It still is a goal\.", text)


def test_wishes_and_goals_that_were_changed_since_say_so(client: Client, new_path, bank: Bank):
    client.send(f"{new_path}/goals", {"wish-pipelines": "hand-over", "goals": ["ml-engineer"]})
    text = client.see(f"{new_path}/changes").text
    assert "to about monthly. Your wish now: hand it over." in text
    assert "it is still daily or almost daily. You have no wish about it now." in text
    assert "It is no goal any more." in text
    assert "Ml engineer was a goal" not in text


def test_the_coverage_of_each_role_is_in_a_table_and_drawn(client: Client, new_path, bank: Bank):
    page = client.get(f"{new_path}/changes").text
    table = page.split('<table class="changes-table changes-coverage">', 1)[1].split("</table>", 1)[0]
    assert table.count('<th scope="row">') == table.count('class="coverage-change"') == len(bank.roles)
    analyst = table.split("Data analyst *", 1)[1].split("</tr>", 1)[0]
    assert re.findall(r">(\d+%|not known)<", analyst) == ["32%", "33%"]
    assert "* You did not answer the same questions about this role both times" in page


def test_outcomes_are_saved_and_shown_on_both_responses(app: App, client: Client, owner_path, new_path):
    assert "Say whether the two things that you agreed last time were done" in client.see(new_path).text
    response = client.send(f"{new_path}/changes", {"outcome-1": "done", "outcome-3": ""})
    assert (response.status_code, response.location) == (303, f"{new_path}/changes?saved=1#agreed")
    actions = (AgreedAction(1, "Ask Kim", "2027-01-31", "done"), AgreedAction(3, "Read"))
    assert load_response(app, owner_path).agreed_actions == actions
    assert load_response(app, new_path).agreed_actions == ()
    page = client.see(f"{new_path}/changes?saved=1")
    assert ("outcome-1", "done") in page.fields
    assert "Saved. It is on the sheet for your conversation too." in page.text
    assert "Say whether the one thing that you agreed last time was done" in client.see(new_path).text
    assert "Ask Kim by 31 January 2027 Done" in client.see(owner_path).text
    earlier = client.get(f"{new_path}.json").get_json()["earlier_agreed_actions"]
    assert [action["outcome"] for action in earlier] == ["done", ""]
    client.send(f"{new_path}/changes", {"outcome-1": "", "outcome-3": "dropped"})
    assert [action.outcome for action in load_response(app, owner_path).agreed_actions] == ["", "dropped"]


def test_an_unknown_outcome_is_an_error_and_nothing_is_saved(app: App, client: Client, owner_path, new_path):
    response = client.send(f"{new_path}/changes", {"outcome-1": "finished", "outcome-3": "done"})
    assert response.status_code == 422
    assert '<a href="#outcome-1">Choose one of the answers.</a>' in response.text
    assert [action.outcome for action in load_response(app, owner_path).agreed_actions] == ["", ""]
    script = client.send(f"{new_path}/changes", {"outcome-1": "finished", "go_to": "stay"})
    assert (script.status_code, script.text) == (422, "Choose one of the answers.")
    assert client.send(f"{new_path}/changes", {"outcome-1": "not-yet", "go_to": "stay"}).status_code == 204
    assert [action.outcome for action in load_response(app, owner_path).agreed_actions] == ["not-yet", ""]


def test_an_action_that_was_removed_in_the_meantime_is_ignored(app: App, client: Client, owner_path, new_path):
    page = client.see(f"{new_path}/changes")
    client.send(f"{owner_path}/conversation", {"action_1": "", "due_1": "", "action_3": "Read"})
    fields = dict(page.fields) | {"outcome-1": "done", "outcome-3": "done"}
    assert client.post(f"{new_path}/changes", fields).status_code == 303
    assert load_response(app, owner_path).agreed_actions == (AgreedAction(3, "Read", "", "done"),)


def test_without_wishes_and_actions_the_page_has_no_empty_parts(app: App, client: Client, bank: Bank):
    owner_path = make_response(app)
    location = str(client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location)
    new_path = location.removesuffix("/1")
    client.answer(new_path, all_answers(bank, "never", **ENGINEER))
    client.send(f"{new_path}/check")
    text = client.see(f"{new_path}/changes").text
    assert "last time" not in text.replace("than last time", "")
    assert "How much of each role you do" in text
    fields = client.token() | {"outcome-1": "done"}
    assert client.post(f"{new_path}/changes", fields).status_code == 303, "there is nothing to save"


def test_when_the_earlier_response_is_deleted_nothing_is_left_to_compare(client: Client, owner_path, new_path):
    client.send(f"{owner_path}/delete")
    assert client.get(f"{new_path}/changes").status_code == 404
    assert client.post(f"{new_path}/changes", client.token() | {"outcome-1": "done"}).status_code == 404
    assert "last time" not in client.see(new_path).text
    assert client.see(f"{new_path}/conversation").text.count("Since the last time") == 0
