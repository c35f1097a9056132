"""The page with follow-up questions, and what its answers change on other pages."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from quiz.bank import Bank, FollowUps
from quiz.web.app import App
from tests.clients import Client
from tests.factories import all_answers, link_hash, make_response, page_answers

pytestmark = pytest.mark.both_engines

#: Ratings that call for two comparisons with the work of a data engineer: DevOps/SRE, then data analyst.
TWO_QUESTIONS = {
    "pipelines": "daily",
    "data_quality": "daily",
    "ingest_transform_serve": "weekly",
    "infrastructure": "weekly",
    "ci_cd": "weekly",
    "dashboards": "weekly",
    "insights": "monthly",
}
#: What the page sends for them, without answers.
BASE = {"base": "pipelines"}


@pytest.fixture
def own(app: App, bank: Bank) -> str:
    """The owner link of a person whose questions are answered and who is to be asked two more."""
    return make_response(app, all_answers(bank, "never", **TWO_QUESTIONS), done=False)


def question(bank: Bank, *ids: str) -> str:
    """How the page asks about these responsibilities of one role."""
    names = [bank.responsibility[id].name for id in ids]
    return ", ".join(name[:1].lower() + name[1:] for name in names) + "?"


def stored(app: App, own: str) -> FollowUps | None:
    response = app.storage.load_response(link_hash(own))
    assert response
    return response.follow_ups


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def personal_data(client: Client, own: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(client.get(f"{own}.json").text)
    return data


def finish(client: Client, own: str) -> None:
    assert client.send(f"{own}/check").location == own


# The page


def test_all_questions_are_on_one_page_which_names_work_and_no_role(client: Client, bank: Bank, own: str):
    page = client.get(f"{own}/compare").text
    text = text_of(page)
    assert "Two comparisons make your result clearer." in text
    names = {id: item.name for id, item in bank.responsibility.items()}
    assert f"{names['pipelines']} {names['data-quality']} {names['ingest-transform-serve']}" in text
    asked = re.findall(r"<legend>.*?</span>(.*?)</legend>", page)
    assert asked == [question(bank, "infrastructure", "ci-cd"), question(bank, "dashboards", "insights")]
    form = page[page.index("<form") : page.index("</form>")]
    assert [role for role in bank.roles if role.name in form or role.id in form] == []


def test_it_comes_after_the_last_question_and_before_the_optional_page(client: Client, app: App, bank: Bank):
    own, last = client.start(), len(bank.pages)
    answers = all_answers(bank, "never", **TWO_QUESTIONS)
    for number, page in enumerate(bank.pages, start=1):
        response = client.send(f"{own}/{number}", {item.id: answers[item.id] for item in page})
    assert response.location == f"{own}/compare"
    assert client.send(f"{own}/more", {"go_to": "back"}).location == f"{own}/compare"
    assert client.send(f"{own}/compare", BASE | {"go_to": "back"}).location == f"{own}/{last}"


def test_the_optional_page_follows_it(client: Client, app: App, bank: Bank):
    own = client.start()
    answers = all_answers(bank, "never", **TWO_QUESTIONS)
    app.storage.save_answers(link_hash(own), answers, bank=bank.version, day=app.today())
    assert client.get(own).location == f"{own}/compare"
    assert client.send(f"{own}/compare", BASE | {"skip_unanswered": "y"}).location == f"{own}/more"


def test_the_private_link_leads_to_it_until_it_is_answered_or_skipped(client: Client, own: str):
    assert client.get(own).location == f"{own}/compare"
    client.send(f"{own}/compare", BASE | {"skip_unanswered": "y"})
    assert client.get(own).location == f"{own}/check"


def test_nobody_is_asked_where_the_ratings_call_for_nothing(client: Client, app: App, bank: Bank):
    own = make_response(app, all_answers(bank, "never", pipelines="daily"), done=False)
    assert client.get(own).location == f"{own}/check"
    assert client.get(f"{own}/compare").location == f"{own}/check"
    assert client.send(f"{own}/compare", BASE, page=f"{own}/1").location == f"{own}/check"


def test_an_unfinished_quiz_is_not_asked_to_compare(client: Client, app: App, bank: Bank):
    own = make_response(app, page_answers(bank, 1, "daily"), done=False)
    assert client.get(f"{own}/compare").location == f"{own}/2"


def test_answers_are_stored_by_role_with_their_base(client: Client, app: App, own: str):
    sent = client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "insights": "half"})
    assert (sent.status_code, sent.location) == (303, f"{own}/check")
    assert stored(app, own) == FollowUps("data-engineer", {"devops-sre": "hardly", "data-analyst": "half"})
    assert client.get(f"{own}/compare").text.count(" checked>") == 2


def test_a_question_without_an_answer_is_named_and_the_others_are_saved(client: Client, app: App, bank: Bank, own: str):
    page = client.send(f"{own}/compare", BASE | {"infrastructure": "half", "insights": "nonsense"})
    assert page.status_code == 422
    assert "One comparison has no answer yet" in page.text
    assert f'<a href="#insights">… {question(bank, "dashboards", "insights")}</a>' in page.text
    assert "Choose how much time, or “I can’t say”." in page.text
    assert stored(app, own) == FollowUps("data-engineer", {"devops-sre": "half"})


def test_skipping_keeps_what_was_answered(client: Client, app: App, own: str):
    client.send(f"{own}/compare", BASE | {"infrastructure": "half", "skip_unanswered": "y"})
    assert stored(app, own) == FollowUps("data-engineer", {"devops-sre": "half", "data-analyst": "skip"})


@pytest.mark.parametrize(("button", "target"), [("later", "/later"), ("back", "/3"), ("stay", None)])
def test_every_button_saves_although_answers_are_missing(client: Client, app: App, own: str, button, target):
    sent = client.send(f"{own}/compare", BASE | {"infrastructure": "half", "go_to": button})
    assert sent.location == (f"{own}{target}" if target else None)
    assert stored(app, own) == FollowUps("data-engineer", {"devops-sre": "half"})


def test_a_page_that_compares_with_something_else_by_now_is_shown_anew(client: Client, app: App, own: str):
    answers = {"base": "insights", "infrastructure": "half"}
    assert client.send(f"{own}/compare", answers).location == f"{own}/compare"
    by_script = client.send(f"{own}/compare", answers | {"go_to": "stay"})
    assert (by_script.status_code, by_script.text) == (422, "Your answers have changed: open this page again.")
    assert stored(app, own) is None


def test_a_bank_without_follow_up_answers_has_no_such_page(small_bank, tmp_path):
    from quiz import create_app

    client = Client(create_app({"TESTING": True, "QUESTION_BANK": str(small_bank)}, instance=tmp_path / "instance"))
    own = client.take(dict.fromkeys(client.app.bank.responsibility, "daily"))
    assert client.get(f"{own}/compare").location == own


# Changed ratings


def test_answers_count_although_changed_ratings_no_longer_call_for_them(client: Client, app: App, bank: Bank, own: str):
    client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "insights": "half"})
    daily = {"infrastructure": "daily", "ci-cd": "daily", "monitoring": "monthly"}
    app.storage.save_answers(link_hash(own), daily, bank=bank.version, day=app.today())
    finish(client, own)
    assert "devops-sre" not in personal_data(client, own)["result"]["mix"]
    assert 'name="infrastructure"' in client.get(f"{own}/compare").text


def test_other_questions_replace_the_answers_to_another_base(client: Client, app: App, bank: Bank, own: str):
    client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "insights": "half"})
    analyst = dict.fromkeys(("insights", "dashboards", "trends"), "daily") | {"pipelines": "monthly"}
    app.storage.save_answers(link_hash(own), analyst, bank=bank.version, day=app.today())
    page = client.get(f"{own}/compare").text
    assert 'name="base" value="insights"' in page
    assert " checked>" not in page
    client.send(f"{own}/compare", {"base": "insights", "skip_unanswered": "y"})
    follow_ups = stored(app, own)
    assert follow_ups
    assert follow_ups.base == "data-analyst"


# Other pages


def test_the_check_page_shows_each_comparison_with_a_link_to_change_it(client: Client, own: str):
    assert text_of(client.get(f"{own}/check").text).count("No answer yet") == 2
    client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "insights": "skip"})
    page = client.get(f"{own}/check").text
    assert f'{own}/compare#infrastructure"' in page
    assert "Next to nothing" in text_of(page)


def test_the_result_offers_the_questions_that_are_open_next_to_its_certainty(client: Client, own: str):
    def hero() -> str:
        return client.get(own).text.partition('class="result-hero')[2].partition("</header>")[0]

    finish(client, own)
    assert "Two more questions about time would make this more certain" in hero()
    assert "How much time it takes" not in client.get(own).text
    client.send(f"{own}/compare", BASE | {"infrastructure": "half", "go_to": "later"})
    assert "One more question about time would make this more certain" in hero()
    assert "How much time it takes" in client.get(own).text
    assert client.send(f"{own}/compare", BASE | {"skip_unanswered": "y"}).location == own
    assert "would make this more certain" not in client.get(own).text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"infrastructure": "hardly", "insights": "skip"}, "The ratings alone would also name DevOps/SRE."),
        ({"infrastructure": "half", "insights": "half"}, "The ratings alone would not name data analyst."),
        (
            {"infrastructure": "hardly", "insights": "same"},
            "The ratings alone would also name DevOps/SRE, and would not name data analyst.",
        ),
        ({"infrastructure": "more", "insights": "hardly"}, "The ratings alone would name the same roles."),
    ],
)
def test_the_result_says_how_the_comparisons_changed_the_mix(client: Client, own: str, answers, sentence):
    client.send(f"{own}/compare", BASE | answers)
    finish(client, own)
    text = text_of(client.get(own).text)
    assert sentence in text
    assert "Compared with the time for the work of data engineers, the work of these roles takes:" in text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (
            {"infrastructure": "hardly", "insights": "skip"},
            "If only how often I do it counted, DevOps/SRE would also be in it.",
        ),
        (
            {"infrastructure": "half", "insights": "half"},
            "If only how often I do it counted, data analyst would not be in it.",
        ),
        (
            {"infrastructure": "hardly", "insights": "same"},
            "If only how often I do it counted, DevOps/SRE would be in it, and data analyst would not.",
        ),
        ({"infrastructure": "more", "insights": "hardly"}, ""),
    ],
)
def test_the_sheet_for_a_conversation_says_so_only_if_they_changed_the_mix(client: Client, own: str, answers, sentence):
    client.send(f"{own}/compare", BASE | answers)
    finish(client, own)
    text = text_of(client.get(f"{own}/conversation").text)
    assert sentence in text
    assert ("how much time the work takes" in text) is bool(sentence)


def test_a_share_link_shows_the_comparisons_and_no_link_to_the_questions(client: Client, own: str):
    client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "go_to": "later"})
    finish(client, own)
    client.send(f"{own}/shares", page=f"{own}/manage")
    (share,) = set(re.findall(r"/s/[A-Za-z0-9_-]{22}", client.get(f"{own}/manage").text))
    page = client.get(share).text
    assert "The ratings alone would also name DevOps/SRE." in page
    assert "/compare" not in page


def test_no_page_says_of_the_work_compared_with_that_it_is_done_most_once_other_work_is_done_more(
    client: Client, bank: Bank, own: str
):
    client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "insights": "skip"})
    more_devops = {"data_quality": "never", "ingest_transform_serve": "never", "infrastructure": "daily"}
    answers = all_answers(bank, "never", **TWO_QUESTIONS | more_devops | {"ci_cd": "daily", "monitoring": "daily"})
    client.answer(own, answers)
    finish(client, own)
    result = text_of(client.get(own).text)
    assert "Compared with the time for the work of data engineers" in result
    assert "do most" not in result + text_of(client.get(f"{own}/compare").text)


def test_the_changes_page_says_which_comparisons_differ_or_that_they_are_left_out(
    client: Client, app: App, bank: Bank, own: str
):
    client.send(f"{own}/compare", BASE | {"infrastructure": "more", "insights": "half"})
    finish(client, own)
    again = str(client.send(f"{own}/retake", page=f"{own}/manage").location).rsplit("/", 1)[0]
    client.answer(again, all_answers(bank, "never", **TWO_QUESTIONS))
    client.send(f"{again}/compare", BASE | {"infrastructure": "more", "insights": "half"})
    finish(client, again)
    assert "You answered exactly as before." in text_of(client.get(f"{again}/changes").text)
    client.send(f"{again}/compare", BASE | {"infrastructure": "same", "insights": "half"})
    text = text_of(client.get(f"{again}/changes").text)
    assert "Some answers changed, but the result is the same." in text
    assert "1 answer changed" in text
    assert "Time for the work of DevOps/SRE engineers more time about as much time" in text
    client.send(f"{again}/compare", BASE | {"infrastructure": "more", "insights": "skip"})
    text = text_of(client.get(f"{again}/changes").text)
    assert "You said the same about how often you do things." in text
    assert "because they were not about the same work both times" in text
    sheet = text_of(client.get(f"{again}/conversation").text)
    assert "By how often I do things, my mix has not really changed." in sheet


def test_downloads_have_the_comparisons(client: Client, own: str):
    client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "insights": "skip"})
    expected = {"base": "data-engineer", "devops-sre": "hardly", "data-analyst": "skip"}
    assert personal_data(client, own)["follow_ups"] == expected
    assert '"data-engineer"' in client.get(f"{own}.csv").text


def test_deleting_the_response_deletes_them(client: Client, app: App, own: str):
    client.send(f"{own}/compare", BASE | {"infrastructure": "hardly", "insights": "half"})
    app.storage.delete_response(link_hash(own), day=app.today())
    with app.storage.read_transaction() as db:
        assert db.execute("SELECT count(*) FROM follow_up").fetchone() == (0,)
