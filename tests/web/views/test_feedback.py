"""“Does this fit?” on the page of a result."""

from __future__ import annotations

import csv
import io

import pytest

from quiz.bank import Bank
from quiz.results.feedback import Feedback
from quiz.web.app import App
from tests.checks import count_rows, load_response
from tests.clients import Client, Page
from tests.factories import (
    all_answers,
    fill_team,
    join_path,
    join_team,
    link_hash,
    make_response,
    make_share_link,
    make_team,
)

TWO_ROLES = {"pipelines": "daily", "data_quality": "daily", "insights": "daily", "dashboards": "daily"}
NAMED = {"data-engineer": "in-mix", "data-analyst": "in-mix"}


@pytest.fixture
def own(app: App, bank: Bank) -> str:
    """The owner link of a person whose result names data engineer and data analyst."""
    return make_response(app, all_answers(bank, "never", **TWO_ROLES))


def say(client: Client, own: str, fits: str) -> None:
    """Press one of the buttons, without a script."""
    response = client.send(f"{own}/feedback", {"fits": fits}, page=own)
    assert (response.status_code, response.location) == (303, f"{own}#feedback")


def say_roles(client: Client, own: str, **roles: list[str]) -> None:
    response = client.send(f"{own}/feedback/roles", roles, page=own)
    assert (response.status_code, response.location) == (303, f"{own}#feedback")


def stored(app: App, own: str) -> Feedback | None:
    return load_response(app, own).feedback


def test_one_press_answers_it_and_another_changes_the_answer(client: Client, app: App, own: str):
    for fits in ("yes", "partly", "no", "yes"):
        say(client, own, fits)
        assert stored(app, own) == Feedback(fits, NAMED)
        pressed = [tag for tag in client.see(own).tags if "aria-pressed" in tag[1]]
        assert [attributes["value"] for _, attributes in pressed] == [fits]


def test_before_an_answer_nothing_is_chosen_and_no_role_is_asked_about(client: Client, own: str):
    page = client.see(own)
    assert "Does this fit?" in page.text
    assert "It is optional, and changes nothing in your result." in page.text
    assert not page.values("aria-pressed")
    assert "Which roles are missing?" not in page.text
    assert "Take back my answer" not in page.text
    say(client, own, "yes")
    assert "Which roles are missing?" not in client.see(own).text


@pytest.mark.both_engines
def test_roles_can_be_named_after_partly_or_no_and_stay_when_the_answer_changes(client: Client, app: App, own: str):
    say(client, own, "partly")
    say_roles(client, own, too_much=["data-analyst"], missing=["ml-engineer", "data-architect"])
    roles = NAMED | {"data-analyst": "too-much", "ml-engineer": "missing", "data-architect": "missing"}
    assert stored(app, own) == Feedback("partly", roles)
    page = client.see(own)
    assert "Less than shown here: data analyst. Missing: data architect and ML engineer." in page.text
    checked = [value for name, value in page.fields if name in ("too_much", "missing")]
    assert checked == ["data-analyst", "data-architect", "ml-engineer"]
    say(client, own, "no")
    assert stored(app, own) == Feedback("no", roles)
    say_roles(client, own)
    assert stored(app, own) == Feedback("no", NAMED)
    say_roles(client, own, missing=["ml-engineer"])
    say(client, own, "yes")
    assert stored(app, own) == Feedback("yes", NAMED)


def test_an_answer_can_be_taken_back(client: Client, app: App, own: str):
    say(client, own, "no")
    assert client.send(f"{own}/feedback/delete", page=own).location == f"{own}#feedback"
    assert stored(app, own) is None
    assert (count_rows(app, "feedback"), count_rows(app, "feedback_role")) == (0, 0)
    assert "aria-pressed" not in client.get(own).text


def test_it_changes_nothing_in_the_result(client: Client, own: str):
    before = client.get(f"{own}.json").get_json()["result"]
    say(client, own, "no")
    say_roles(client, own, too_much=["data-analyst"], missing=["ml-engineer"])
    assert client.get(f"{own}.json").get_json()["result"] == before


def test_an_answer_about_a_result_that_has_changed_is_not_shown_as_one_about_this_result(
    client: Client, app: App, bank: Bank, own: str
):
    say(client, own, "partly")
    old_page = dict(Page.of(client.get(own)).fields)
    never = {"insights": "never", "dashboards": "never"}
    app.storage.save_answers(link_hash(own), never, bank=bank.version, day=app.today())
    page = client.see(own)
    assert "Your result names other roles now than when you answered this." in page.text
    assert not page.values("aria-pressed")
    # A page that is still open does not answer about roles that it does not show.
    assert client.post(f"{own}/feedback", old_page | {"fits": "no"}).location == f"{own}#feedback"
    assert client.post(f"{own}/feedback/roles", old_page | {"missing": "ml-engineer"}).status_code == 303
    assert stored(app, own) == Feedback("partly", NAMED), "about the result as it was"
    say(client, own, "yes")
    assert stored(app, own) == Feedback("yes", {"data-engineer": "in-mix"})


@pytest.mark.parametrize("fields", [{}, {"fits": ""}, {"fits": "maybe"}, {"fits": ["maybe", "yes"]}])
def test_any_other_answer_is_refused(client: Client, app: App, own: str, fields):
    assert client.send(f"{own}/feedback", fields, page=own).status_code == 400
    assert stored(app, own) is None


def test_it_is_not_asked_without_a_result(client: Client, app: App, bank: Bank):
    unfinished = make_response(app, all_answers(bank, "never"), done=False)
    for path in ("", "/roles", "/delete"):
        assert client.send(f"{unfinished}/feedback{path}", {"fits": "yes"}, page="/").status_code == 404
    too_few = make_response(app, {"pipelines": "daily"})
    assert "Does this fit?" not in client.get(too_few).text
    little = make_response(app, all_answers(bank, "never"))
    say(client, little, "partly")
    say_roles(client, little, missing=["data-analyst"])
    assert stored(app, little) == Feedback("partly", {"data-analyst": "missing"})


def test_a_retake_has_its_own_answer(client: Client, app: App, own: str):
    say(client, own, "no")
    again = str(client.send(f"{own}/retake", page=f"{own}/manage").location).rsplit("/", 1)[0]
    assert stored(app, again) is None
    client.answer(again, load_response(app, own).answers)
    client.send(f"{again}/check")
    say(client, again, "yes")
    assert [stored(app, path) for path in (own, again)] == [Feedback("no", NAMED), Feedback("yes", NAMED)]


def test_downloads_have_it_and_the_csv_can_be_scored_again(client: Client, own: str):
    say(client, own, "partly")
    say_roles(client, own, too_much=["data-analyst"], missing=["ml-engineer"])
    expected = {"data-engineer": "in-mix", "data-analyst": "too-much", "ml-engineer": "missing"}
    assert client.get(f"{own}.json").get_json()["feedback"] == {"fits": "partly", "roles": expected}
    header, row = csv.reader(io.StringIO(client.get(f"{own}.csv").text.removeprefix("\ufeff")))
    cells = dict(zip(header, row, strict=True))
    named = {column: cell for column, cell in cells.items() if column.startswith("feedback") and cell}
    assert named == {"feedback": "partly"} | {f"feedback.{role}": verdict for role, verdict in expected.items()}


@pytest.mark.parametrize("kind", ["anonymous", "open"])
def test_no_page_for_others_changes_with_it(client: Client, app: App, own: str, kind):
    lead = make_team(client, kind)
    join_team(app, join_path(client, lead), own, name="Ada")
    fill_team(app, client, lead, 5)
    pages = [make_share_link(client, own, label="lead", shares_text="y", shares_wishes="y"), lead, f"{own}/team"]
    pages += [f"{own}/conversation", f"{own}/goals"]
    if kind == "anonymous":
        client.send(f"{lead}/close", page=lead)
        pages += [f"{lead}/rounds/1", f"{lead}/rounds/1.json"]
    before = [client.get(page).text for page in pages]
    say(client, own, "no")
    say_roles(client, own, too_much=["data-analyst"], missing=["ml-engineer"])
    after = [client.get(page).text for page in pages]
    assert [text.count("Does this fit") for text in after] == [0] * len(pages)
    assert [len(text) for text in after] == [len(text) for text in before]


def test_deleting_the_response_deletes_it(client: Client, app: App, own: str):
    say(client, own, "no")
    client.send(f"{own}/delete")
    assert (count_rows(app, "feedback"), count_rows(app, "feedback_role")) == (0, 0)
