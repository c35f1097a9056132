"""The page of wishes and goals, and the page of changes since the earlier response."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from quiz.bank import Bank
from quiz.results.goals import goal_distance
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client, Page, form_values
from tests.factories import all_answers, make_older_response

pytestmark = pytest.mark.both_engines

ENGINEER = {"pipelines": "daily", "data_quality": "daily", "ingest_transform_serve": "daily", "insights": "weekly"}
PAGES = ("goals", "conversation", "changes")


@pytest.fixture
def answers(bank: Bank) -> dict[str, str]:
    """The answers of a data engineer who also answers business questions."""
    return all_answers(bank, "never", **ENGINEER)


@pytest.fixture
def owner_path(client: Client, answers: dict[str, str]) -> str:
    """The path of that person's owner link."""
    return client.take(answers, contacts=["data-analyst"], title="Data engineer")


def send_wishes(client: Client, owner_path: str, **fields: Any) -> Any:
    """Send the form of wishes and goals. Wishes are named by responsibility (with _ for -)."""
    goals = fields.pop("goals", [])
    wishes = {f"wish-{id.replace('_', '-')}": wish for id, wish in fields.items()}
    return client.send(f"{owner_path}/goals", {**wishes, "goals": goals})


def retake(client: Client, owner_path: str, answers: Mapping[str, str]) -> str:
    """Take the quiz again. Returns the path of the new owner link."""
    new_path = str(client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location).removesuffix("/1")
    client.answer(new_path, answers)
    assert client.send(f"{new_path}/check").location == new_path
    return new_path


# Wishes


def test_wishes_are_saved_and_shown_again(app: App, client: Client, owner_path):
    response = send_wishes(
        client, owner_path, pipelines="less", insights="more", dashboards="start", goals=["data-analyst"]
    )
    assert (response.status_code, response.location) == (303, f"{owner_path}/goals?saved=1#saved")
    stored = load_response(app, owner_path)
    assert stored.wishes == {"pipelines": "less", "insights": "more", "dashboards": "start"}
    assert stored.goals == ("data-analyst",)
    fields = client.see(f"{owner_path}/goals").fields
    chosen = {(name, value) for name, value in fields if name == "goals" or (name.startswith("wish-") and value)}
    assert chosen == {
        ("wish-pipelines", "less"),
        ("wish-insights", "more"),
        ("wish-dashboards", "start"),
        ("goals", "data-analyst"),
    }


def test_sending_the_page_as_it_is_changes_nothing(app: App, client: Client, owner_path):
    send_wishes(client, owner_path, pipelines="hand-over", dashboards="start", goals=["data-analyst", "ml-engineer"])
    before = load_response(app, owner_path)
    fields = client.see(f"{owner_path}/goals").fields
    assert client.post(f"{owner_path}/goals", form_values(fields)).status_code == 303
    assert load_response(app, owner_path) == before


def test_the_result_shows_a_wish_next_to_its_answer(client: Client, owner_path, bank: Bank):
    assert 'class="result-wish"' not in client.get(owner_path).text
    send_wishes(client, owner_path, pipelines="hand-over")
    page = client.get(owner_path).text
    marks = re.findall(r"<li>(?:(?!</li>).)*?class=\"result-wish\"(?:(?!</li>).)*</li>", page, re.DOTALL)
    assert len(marks) == 2, "one in the answers of the mix, one in all answers"
    for mark in marks:
        assert bank.responsibility["pipelines"].name in mark
        assert f'<span class="result-wish">{bank.wish["hand-over"].phrase}</span>' in mark


def test_a_wish_can_be_removed(app: App, client: Client, owner_path):
    send_wishes(client, owner_path, pipelines="less", goals=["data-analyst"])
    send_wishes(client, owner_path)
    assert (load_response(app, owner_path).wishes, load_response(app, owner_path).goals) == ({}, ())
    assert 'class="result-wish"' not in client.get(owner_path).text


def test_neither_wishes_nor_goals_change_the_match(client: Client, owner_path, bank: Bank):
    before = client.get(f"{owner_path}.json").get_json()["result"]
    for wish in bank.wish:
        for goal_roles in (["ml-engineer"], ["data-engineer", "devops-sre"]):
            fields: dict[str, Any] = {id.replace("-", "_"): wish for id in bank.responsibility}
            assert send_wishes(client, owner_path, **fields, goals=goal_roles).status_code == 303
            assert client.get(f"{owner_path}.json").get_json()["result"] == before
    assert before["mix"] == ["data-engineer"]


def test_current_work_can_be_more_or_less_and_other_work_can_be_started(client: Client, owner_path, bank: Bank):
    page = client.get(f"{owner_path}/goals").text

    def choices(id: str) -> list[str]:
        select = page.split(f'<select id="wish-{id}"', 1)[1].split("</select>", 1)[0]
        return re.findall(r'<option value="([^"]*)"', select)

    assert choices("pipelines") == ["", "more", "as-is", "less", "hand-over"]
    assert choices("dashboards") == ["", "start"]
    assert all(f'<label for="wish-{id}">' in page for id in bank.responsibility)


def test_a_wish_that_no_longer_fits_the_answer_stays_until_it_is_changed(
    app: App, client: Client, owner_path, bank: Bank
):
    send_wishes(client, owner_path, pipelines="less")
    page = next(n for n, items in enumerate(bank.pages, 1) if "pipelines" in {item.id for item in items})
    answers = {item.id: load_response(app, owner_path).answers[item.id] for item in bank.pages[page - 1]}
    client.send(f"{owner_path}/{page}", answers | {"pipelines": "never"})
    assert ("wish-pipelines", "less") in client.see(f"{owner_path}/goals").fields


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pipelines": "gladly"}, "Not a valid choice"),
        ({"pipelines": "LESS"}, "Not a valid choice"),
        ({"goals": ["data-astronaut"]}, "not a valid choice"),
        ({"goals": ["data-analyst", "data-scientist", "ml-engineer"]}, "Choose two roles at most"),
    ],
    ids=["unknown wish", "a wish in capitals", "unknown role", "three roles"],
)
def test_an_error_keeps_everything_in_the_form(app: App, client: Client, owner_path, fields, message):
    send_wishes(client, owner_path, insights="more", goals=["devops-sre"])
    before = load_response(app, owner_path)
    response = send_wishes(client, owner_path, **{"data_quality": "less", "dashboards": "start", **fields})
    assert response.status_code == 422
    assert load_response(app, owner_path) == before, "nothing is saved"
    text = response.text
    assert "<title>Error: " in text
    summary = text.split('class="error-summary"', 1)[1].split("</div>", 1)[0]
    assert message in summary
    (target,) = re.findall(r'<a href="#([^"]+)">', summary)
    assert f'id="{target}"' in text
    for name, value in (("wish-data-quality", "less"), ("wish-dashboards", "start")):
        select = text.split(f'<select id="{name}"', 1)[1].split("</select>", 1)[0]
        assert f'<option value="{value}" selected>' in select
    ticked = re.findall(r'name="goals"[^>]* value="([^"]+)" checked', text)
    assert ticked == [role for role in app.bank.role if role in fields.get("goals", ())]


def test_unknown_fields_change_nothing(app: App, client: Client, owner_path):
    send_wishes(client, owner_path, pipelines="less")
    before = load_response(app, owner_path)
    fields = {
        "wish-pipelines": "less",
        "wish-nothing": "more",
        "title": "King",
        "answers": "daily",
        "pipelines": "never",
    }
    assert client.send(f"{owner_path}/goals", fields).status_code == 303
    assert load_response(app, owner_path) == before


def test_without_a_token_nothing_is_saved(app: App, client: Client, owner_path):
    assert client.post(f"{owner_path}/goals", {"wish-pipelines": "less"}).status_code == 400
    assert load_response(app, owner_path).wishes == {}


# Responses without these pages


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_open_only_once_the_quiz_is_finished(client: Client, answers, page):
    unfinished = client.start()
    assert client.get(f"{unfinished}/{page}").status_code == 404
    client.answer(unfinished, answers)
    assert client.get(f"{unfinished}/{page}").status_code == 404
    client.send(f"{unfinished}/check")
    assert client.get(f"{unfinished}/{page}").status_code == (404 if page == "changes" else 200)


def test_wishes_sent_before_the_quiz_is_finished_are_not_saved(app: App, client: Client):
    unfinished = client.start()
    assert client.post(f"{unfinished}/goals", client.token() | {"wish-pipelines": "less"}).status_code == 404
    assert load_response(app, unfinished).wishes == {}


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_link_gives_a_404(client: Client, page):
    assert client.get(f"/r/{'A' * 22}/{page}").status_code == 404


# Goals


def test_the_page_shows_the_distance_and_the_steps_to_each_goal(
    app: App, client: Client, owner_path, answers, bank: Bank
):
    send_wishes(client, owner_path, goals=["data-analyst", "data-scientist"])
    text = client.see(f"{owner_path}/goals").text
    for role in ("data-analyst", "data-scientist"):
        distance = goal_distance(bank, app.scoring_model, answers, role, ["data-analyst"])
        text_of_goal = text.split(f"Towards {bank.role[role].name}", 1)[1].split("Towards", 1)[0]
        assert f"You do {distance.percent_now}% of this role now" in text_of_goal
        assert f"it would be {distance.percent_after}%" in text_of_goal
        assert distance.steps
        places = []
        for step in distance.steps:
            change = f"from “{step.current.phrase}” to “{step.target.phrase}”"
            places.append(
                text_of_goal.index(f"{step.responsibility.name}: {change}. {step.responsibility.weekly_example}")
            )
        assert places == sorted(places)
        assert all(role.name in text_of_goal.split("your mix would then be", 1)[1] for role in distance.roles_after)
    assert "You can learn it from the data analysts whom you work with" in text
    assert (
        "You can learn it from data scientists. Data analysts, whom you work with, usually know some of them." in text
    )


def test_a_goal_whose_responsibilities_are_all_done_is_named_as_reached(client: Client, owner_path):
    send_wishes(client, owner_path, goals=["data-engineer"])
    assert "You already do everything that this role is responsible for." in client.see(f"{owner_path}/goals").text


def test_a_skipped_responsibility_is_named_but_is_not_a_step(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "never", **ENGINEER, trends="skip"))
    send_wishes(client, owner_path, goals=["data-analyst"])
    text_of_goal = client.see(f"{owner_path}/goals").text.split("Towards data analyst", 1)[1]
    name = bank.responsibility["trends"].name
    assert f"You left out {name}, so these steps are not known." in text_of_goal
    assert f"{name}: from" not in text_of_goal


def test_a_role_with_only_skipped_questions_has_no_distance(client: Client, bank: Bank):
    owner_path = client.take(
        all_answers(bank, "never", **ENGINEER) | dict.fromkeys(("insights", "dashboards", "trends"), "skip")
    )
    send_wishes(client, owner_path, goals=["data-analyst"])
    text_of_goal = client.see(f"{owner_path}/goals").text.split("Towards data analyst", 1)[1]
    assert "so the steps to this role are not known" in text_of_goal
    assert "%" not in text_of_goal


def test_without_a_mix_after_the_steps_only_the_percentage_is_shown(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "never"))
    send_wishes(client, owner_path, goals=["data-analyst"], insights="less", trends="less")
    text = client.see(f"{owner_path}/goals").text
    assert "You do 0% of this role now. With this step it would be 22%." in text
    assert "about equal" not in text


def test_without_a_goal_no_distance_is_shown(client: Client, owner_path):
    assert "Towards" not in client.see(f"{owner_path}/goals").text


# Changes


def test_a_changed_mix_is_shown_with_the_changed_answers(client: Client, owner_path, bank: Bank):
    analyst = all_answers(bank, "never", insights="daily", dashboards="daily", trends="daily")
    new_path = retake(client, owner_path, analyst)
    assert f"{new_path}/changes" in client.get(new_path).text
    text = client.see(f"{new_path}/changes").text
    assert "Your mix has changed New in it: data analyst. No longer in it: data engineer." in text
    assert "The largest part" not in text, "the mix has only one role"
    assert "6 answers changed" in text
    assert f"{bank.responsibility['pipelines'].name} daily or almost daily ↓ never" in text
    assert f"{bank.responsibility['trends'].name} never ↑ daily or almost daily" in text


def test_a_new_largest_role_of_a_mix_of_several_is_named(client: Client, owner_path, bank: Bank):
    answers = {
        "insights": "daily",
        "dashboards": "daily",
        "trends": "daily",
        "pipelines": "daily",
        "data_quality": "weekly",
    }
    new_path = retake(client, owner_path, all_answers(bank, "never", **answers))
    assert "The largest part is now data analyst." in client.see(f"{new_path}/changes").text


def test_the_same_answers_are_no_change(client: Client, owner_path, answers):
    text = client.see(f"{retake(client, owner_path, answers)}/changes").text
    assert "No real change You answered exactly as before." in text
    assert "moved" not in text


def test_changed_answers_with_the_same_mix_are_no_real_change(client: Client, owner_path, answers):
    text = client.see(f"{retake(client, owner_path, answers | {'governance': 'rarely'})}/changes").text
    assert "No real change Some answers changed, but the result is the same." in text
    assert "1 answer changed" in text


def test_a_change_that_one_step_explains_is_no_real_change(client: Client, bank: Bank):
    tie = {"insights": "monthly", "pipelines": "weekly"}
    owner_path = client.take(all_answers(bank, "never", **tie))
    text = client.see(
        f"{retake(client, owner_path, all_answers(bank, 'never', **tie | {'pipelines': 'daily'}))}/changes"
    ).text
    assert "No real change The two results differ, but one answer that is a step higher or lower" in text


def test_too_few_answers_cannot_be_compared(client: Client, owner_path, answers, bank: Bank):
    half_skipped = {id: "skip" if n % 2 else answer for n, (id, answer) in enumerate(answers.items())}
    text = client.see(f"{retake(client, owner_path, half_skipped)}/changes").text
    assert "Too few answers to compare At least one of the two has too few answers for a result" in text
    assert "Too few answers to name your hats" in text


def test_too_little_of_the_work_is_not_called_too_few_answers(client: Client, owner_path, bank: Bank):
    little = all_answers(bank, "never", pipelines="monthly")
    text = client.see(f"{retake(client, owner_path, little)}/changes").text
    assert "Too little of this work to compare In at least one of the two you do too little of it for a mix" in text
    assert "You do little of this work" in text
    assert "too few answers" not in text.lower()


def test_a_retake_across_a_new_wording_says_so(app: App, client: Client, answers, owner_path):
    older = make_older_response(app, answers)
    sentence = "Some questions or answers were worded differently when you answered before."
    assert sentence in client.see(f"{retake(client, older, answers)}/changes").text
    assert sentence not in client.see(f"{retake(client, owner_path, answers)}/changes").text


def test_without_an_earlier_response_there_is_no_page_of_changes(client: Client, owner_path):
    assert client.get(f"{owner_path}/changes").status_code == 404
    assert f"{owner_path}/changes" not in client.get(owner_path).text


# A job as a goal


ADVERT = (
    "• You build data pipelines with Airflow and Spark\n"
    "• You load sources into our data warehouse and model its tables in dbt\n"
    "• You build dashboards in Tableau and define their metrics, canary-4711\n"
)


def head_for(client: Client, owner_path: str, name: str, advert: str = ADVERT) -> TestResponse:
    """Read an advert, and send the form that its page has for a job like it."""
    page = client.send(f"{owner_path}/advert", {"text": advert})
    asked = re.findall(r'name="responsibilities" value="([^"]+)"', page.text)
    assert asked
    return client.send(f"{owner_path}/job-goal", {"name": name, "responsibilities": asked}, page=f"{owner_path}/goals")


@pytest.mark.sqlite_only
def test_a_job_like_an_advert_becomes_a_goal_with_steps_and_nothing_of_its_text_is_kept(
    app: App, client: Client, owner_path, bank: Bank
):
    response = head_for(client, owner_path, "  Data team\nof a bakery ")
    assert (response.status_code, response.location) == (303, f"{owner_path}/goals#job-goal")
    job_goal = load_response(app, owner_path).job_goal
    assert job_goal is not None
    assert job_goal.name == "Data team of a bakery"
    assert "dashboards" in job_goal.responsibilities
    section = client.get(f"{owner_path}/goals").text.partition('id="job-goal"')[2].partition("</section>")[0]
    assert "Towards a job: <bdi>Data team of a bakery</bdi>" in section
    assert bank.responsibility["dashboards"].weekly_example in section
    assert bank.responsibility["pipelines"].name in section.partition("Next steps")[0]
    files = [file for file in app.storage.file.parent.rglob("*") if file.is_file()]
    assert not [file for file in files if b"canary-4711" in file.read_bytes()]


def test_a_second_job_replaces_the_first_and_it_can_be_removed(app: App, client: Client, owner_path):
    head_for(client, owner_path, "First")
    assert "It replaces “<bdi>First</bdi>”" in client.send(f"{owner_path}/advert", {"text": ADVERT}).text
    head_for(client, owner_path, "Second")
    send_wishes(client, owner_path, goals=["data-analyst"])
    stored = load_response(app, owner_path)
    assert stored.job_goal is not None
    assert (stored.job_goal.name, stored.goals) == ("Second", ("data-analyst",))
    for _ in range(2):
        assert client.send(f"{owner_path}/job-goal/delete", page=f"{owner_path}/goals").status_code == 303
    stored = load_response(app, owner_path)
    assert (stored.job_goal, stored.goals) == (None, ("data-analyst",))
    assert 'id="job-goal"' not in client.get(f"{owner_path}/goals").text


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "Give the job a name."), (" \u202e\n", "Give the job a name."), ("x" * 81, "Use 80 characters or fewer.")],
)
def test_a_job_without_a_name_or_with_a_long_one_is_asked_for_again(
    app: App, client: Client, owner_path, name, message
):
    response = head_for(client, owner_path, name)
    assert response.status_code == 422
    assert message in response.text
    assert 'name="responsibilities" value="dashboards"' in response.text
    assert [value for field, value in Page.of(response).fields if field == "name"] == [name.strip(" \u202e\n")]
    assert load_response(app, owner_path).job_goal is None


@pytest.mark.parametrize("ids", [[], ["removed-since"], ["dashboards", "x" * 100]])
def test_a_job_that_asks_for_nothing_that_is_known_is_refused(app: App, client: Client, owner_path, ids):
    fields = {"name": "A job", "responsibilities": ids}
    assert client.send(f"{owner_path}/job-goal", fields, page=f"{owner_path}/goals").status_code == 400
    assert load_response(app, owner_path).job_goal is None


def test_a_job_goal_is_in_the_download_and_does_not_change_the_result(client: Client, owner_path):
    before = client.get(f"{owner_path}.json").get_json()
    head_for(client, owner_path, "A job")
    after = client.get(f"{owner_path}.json").get_json()
    assert before["job_goal"] is None
    assert after["job_goal"]["name"] == "A job"
    assert after["result"] == before["result"]
    assert '"A job"' in client.get(f"{owner_path}.csv").text


def test_a_retake_begins_with_the_job_goal_as_with_the_goals(app: App, client: Client, owner_path, answers):
    head_for(client, owner_path, "A job")
    job_goal = load_response(app, owner_path).job_goal
    new_path = retake(client, owner_path, answers)
    client.send(f"{new_path}/job-goal/delete", page=f"{new_path}/goals")
    assert load_response(app, new_path).job_goal is None
    assert (
        load_response(app, retake(client, owner_path, answers)).job_goal
        == job_goal
        == load_response(app, owner_path).job_goal
    )
