"""What is saved when, in a browser: nothing that was entered is lost by a reload, a closed tab, or a button."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Request, Response, expect

from tests.browser.quiz import Quiz
from tests.checks import load_response
from tests.clients import Client
from tests.factories import join_path, make_team

pytestmark = pytest.mark.browser

for_each_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def own(served):
    """The owner path of a new response."""
    return Client(served.app).start()


def is_autosave(sent: Request | Response) -> bool:
    """Whether the script sent this request, or whether this is the response to it."""
    request = sent.request if isinstance(sent, Response) else sent
    return request.method == "POST" and request.resource_type == "fetch"


def expect_status(quiz: Quiz, status: str) -> None:
    """Wait until the page shows this status of saving, in the visible part."""
    expect(quiz.page.locator("[data-save-status]")).to_have_text(status)
    expect(quiz.page.locator("[data-save-status]")).to_be_in_viewport()


def wait_until_saved(quiz: Quiz, text: str) -> None:
    """Wait until the server’s page contains `text`: the last save may arrive after a page was closed or reloaded."""
    quiz.page.wait_for_function(
        "text => fetch(location.href).then(response => response.text()).then(page => page.includes(text))", arg=text
    )


def test_an_answer_is_saved_when_it_is_given(visit, served, own, bank):
    quiz = visit()
    quiz.open(f"{own}/1")
    first, second, *_ = bank.pages[0]
    quiz.choose(first.id, "weekly")
    expect_status(quiz, "Saved.")
    assert load_response(served.app, own).answers == {first.id: "weekly"}
    with quiz.page.expect_response(is_autosave):
        quiz.choose(second.id, "daily")
    quiz.page.reload()
    assert (quiz.selected_answer(first.id), quiz.selected_answer(second.id)) == ("weekly", "daily")


def test_an_answer_that_was_just_given_is_saved_although_the_tab_is_closed(visit, served, own, bank):
    quiz, other = visit(), visit()
    first = bank.pages[0][0]
    quiz.open(f"{own}/1")
    quiz.choose(first.id, "weekly")
    quiz.page.close()
    other.open(f"{own}/1")
    wait_until_saved(other, "1 of 21 answered")


def test_text_that_was_just_typed_is_still_there_after_a_reload(visit, own):
    quiz = visit()
    quiz.open(f"{own}/more")
    quiz.page.fill("#title", "Data wizard")
    quiz.page.fill("#text", "Two dashboards.")
    quiz.page.reload()
    wait_until_saved(quiz, "Two dashboards.")
    quiz.page.reload()
    expect(quiz.page.locator("#title")).to_have_value("Data wizard")
    expect(quiz.page.locator("#text")).to_have_value("Two dashboards.")


def test_text_is_saved_while_it_is_typed(visit, served, own):
    quiz = visit()
    quiz.open(f"{own}/more")
    quiz.page.locator("#text").press_sequentially("Two dashboards.")
    expect_status(quiz, "Saved.")
    assert load_response(served.app, own).text == "Two dashboards."


def test_a_text_that_is_too_long_is_not_saved_and_the_page_says_so(visit, served, own):
    quiz = visit()
    quiz.open(f"{own}/more")
    quiz.page.fill("#title", "x" * 81)
    expect_status(quiz, "Not saved yet. Your job title: use 80 characters or fewer.")
    quiz.page.fill("#title", "Analyst")
    expect_status(quiz, "Saved.")
    assert load_response(served.app, own).title == "Analyst"


def test_without_a_connection_the_page_says_so_and_saves_when_it_is_back(visit, watch, served, own, bank):
    quiz = visit()
    quiz.open(f"{own}/1")
    first, second, *_ = bank.pages[0]
    quiz.context.set_offline(True)
    quiz.choose(first.id, "weekly")
    quiz.choose(second.id, "daily")
    expect_status(quiz, "Not saved yet. It will be saved with “Save and go on”.")
    assert all("ERR_INTERNET_DISCONNECTED" in problem for problem in watch.problems)
    watch.problems.clear()
    quiz.context.set_offline(False)
    expect_status(quiz, "Saved.")
    assert load_response(served.app, own).answers == {first.id: "weekly", second.id: "daily"}


def test_nothing_is_saved_for_a_deleted_response_and_the_page_says_so(visit, watch, served, own, bank):
    watch.expected.add(404)
    quiz = visit()
    quiz.open(f"{own}/1")
    client = Client(served.app)
    client.send(f"{own}/delete")
    first, second, *_ = bank.pages[0]
    quiz.choose(first.id, "weekly")
    expect_status(quiz, "Not saved: these answers were deleted.")
    requests = len(watch.requests)
    quiz.choose(second.id, "weekly")
    quiz.page.evaluate("Promise.resolve()")
    assert len(watch.requests) == requests, "nothing more is sent"
    assert client.get(own).status_code == 404


def test_the_page_says_when_what_was_entered_is_saved(visit, own):
    for path in ("1", "2", "more"):
        for script in (True, False):
            quiz = visit(java_script_enabled=script)
            quiz.open(f"{own}/{path}")
            expect(quiz.page.get_by_text("is saved at once")).to_be_visible(visible=script)
            expect(quiz.page.get_by_text("The buttons below save what you enter")).to_be_visible(visible=not script)


#: The address that each button of a page leads to, other than the main one.
WAYS_OUT = {"Back": "/1", "Save and leave": "/later", "What is stored, and for how long": "/privacy"}


@for_each_script
@pytest.mark.parametrize("button", WAYS_OUT)
def test_every_way_out_of_a_page_saves_its_choices(visit, own, bank, script, button):
    quiz = visit(java_script_enabled=script)
    first = bank.pages[1][0].id
    quiz.open(f"{own}/2")
    quiz.choose(first, "monthly")
    quiz.page.get_by_role("button", name=button).click()
    expect(quiz.page).to_have_url(re.compile(f"{re.escape(WAYS_OUT[button])}$"))
    quiz.open(f"{own}/2")
    assert quiz.selected_answer(first) == "monthly"


@for_each_script
def test_a_person_who_leaves_and_opens_the_private_link_goes_on_where_they_were(visit, served, own, bank, script):
    answers = dict.fromkeys(bank.responsibility, "weekly")
    quiz, other = visit(java_script_enabled=script), visit(1280, java_script_enabled=script)
    quiz.open(f"{own}/1")
    for number in (1, 2, 3):
        expect(quiz.page).to_have_url(re.compile(f"/{number}$"))
        quiz.fill_page(number, answers)
    expect(quiz.page).to_have_url(re.compile("/(4|more)$"))
    after_page_3 = quiz.page.url
    quiz.page.get_by_role("button", name="Save and leave").click()
    link = quiz.page.locator("#owner-link").input_value()
    quiz.context.close()
    other.open(link)
    expect(other.page).to_have_url(after_page_3)


# Enter


@for_each_script
def test_enter_on_a_page_with_missing_answers_does_not_leave_them_out(visit, served, own, bank, script):
    quiz = visit(java_script_enabled=script)
    quiz.open(f"{own}/1")
    quiz.press_main_button()
    skip = quiz.page.get_by_role("button", name="Leave them out")
    expect(skip).to_be_visible()
    first, second, *_ = bank.pages[0]
    quiz.tab_to(f"#{first.id}")
    quiz.page.keyboard.press("Space")
    quiz.page.keyboard.press("Enter")
    expect(quiz.page.locator(".error-summary")).to_contain_text(f"{len(bank.pages[0]) - 1} questions have no answer")
    assert load_response(served.app, own).answers == {first.id: "never"}
    quiz.page.get_by_role("link", name="leave them out").click()
    expect(skip).to_be_focused()
    quiz.page.keyboard.press("Enter")
    expect(quiz.page).to_have_url(re.compile("/2$"))
    assert load_response(served.app, own).answers[second.id] == "skip"


def test_enter_on_a_question_page_leads_on_and_not_back(visit, own, bank):
    quiz = visit()
    quiz.open(f"{own}/2")
    for item in bank.pages[1]:
        quiz.choose(item.id, "weekly")
    quiz.page.locator(f"#{bank.pages[1][0].id}-weekly").press("Enter")
    expect(quiz.page).to_have_url(re.compile("/(3|more)$"))


def test_enter_in_the_title_leads_on_to_the_check(visit, served, bank):
    client = Client(served.app)
    own = client.start()
    client.answer(own, dict.fromkeys(bank.responsibility, "weekly"))
    quiz = visit()
    quiz.open(f"{own}/more")
    quiz.page.locator("#title").press("Enter")
    expect(quiz.page).to_have_url(re.compile("/check$"))


@pytest.mark.parametrize("field", ["#name", "#link"])
def test_enter_on_the_join_page_takes_the_quiz(visit, served, field):
    client = Client(served.app)
    quiz = visit()
    quiz.open(join_path(client, make_team(client, "open")))
    quiz.page.locator("summary").click()
    quiz.page.fill("#name", "Ada")
    quiz.page.locator(field).press("Enter")
    expect(quiz.page).to_have_url(re.compile("/r/.*/1$"))
