"""From the start page to the result: with and without scripts, and with the keyboard only."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.people import PEOPLE
from tests.clients import Client

pytestmark = pytest.mark.browser

for_each_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def answers(bank):
    """The answers of a data engineer who also does DevOps/SRE work."""
    return PEOPLE["mix"].answers(bank)


@pytest.mark.parametrize(("width", "script"), [(320, True), (390, False), (1280, True)])
def test_taking_the_quiz_gives_the_mix(visit, answers, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.take(answers, **PEOPLE["mix"].details)
    assert quiz.headline == "You combine data engineer and DevOps/SRE"
    expect(quiz.page.locator(".role-card")).to_have_count(2)
    expect(quiz.page.get_by_text("Print this page")).to_be_visible(visible=script)


def test_the_quiz_can_be_taken_with_the_keyboard_only(visit, answers, bank):
    quiz = visit(390, 844)
    keyboard, options = quiz.page.keyboard, list(bank.option)
    quiz.open("/")
    quiz.tab_to("button.button-primary")
    keyboard.press("Enter")
    for number, page in enumerate(bank.pages, 1):
        expect(quiz.page).to_have_url(re.compile(f"/{number}$"))
        for item in page:
            quiz.tab_to(f'input[name="{item.id}"]')
            keyboard.press("Space")
            for _ in range(options.index(answers[item.id])):
                keyboard.press("ArrowDown")
            focus = quiz.focus()
            assert focus["value"] == quiz.selected_answer(item.id) == answers[item.id]
            assert focus["ring"], f"no visible focus on {focus}"
            assert focus["uncovered"], f"another element covers the focus on {focus}"
        quiz.tab_to("button.button-primary")
        keyboard.press("Enter")
    expect(quiz.page).to_have_url(re.compile("/more$"))
    quiz.tab_to('input[value="data-analyst"]')
    keyboard.press("Space")
    quiz.tab_to("#title")
    keyboard.type("Data wizard")
    keyboard.press("Enter")  # sends the form, as in any one-line field
    expect(quiz.page).to_have_url(re.compile("/check$"))
    quiz.tab_to("button.button-primary")
    keyboard.press("Enter")
    expect(quiz.page.locator("h1")).to_contain_text("You combine")
    quiz.tab_to(".role-map-text summary")
    keyboard.press("Enter")
    expect(quiz.page.locator(".role-map-text")).to_have_attribute("open", "")
    expect(quiz.page.locator("main")).to_contain_text("you work with data analysts")


def test_the_first_tab_stop_is_the_link_to_the_content(visit):
    quiz = visit()
    quiz.open("/privacy")
    quiz.tab_to(".skip-link", max_presses=1)
    expect(quiz.page.locator(".skip-link")).to_be_in_viewport()
    quiz.page.keyboard.press("Enter")
    assert quiz.focus()["id"] == "main"


@for_each_script
def test_missing_answers_are_listed_first_with_links_to_their_questions(visit, answers, bank, script):
    quiz = visit(java_script_enabled=script)
    quiz.start()
    first, second, *rest = bank.pages[0]
    quiz.choose(first.id, answers[first.id])
    quiz.press_main_button()
    summary = quiz.page.locator(".error-summary")
    expect(summary).to_contain_text(f"{len(bank.pages[0]) - 1} questions have no answer yet")
    expect(quiz.page).to_have_title(re.compile("^Error: "))
    expect(summary).to_be_in_viewport()
    if script:
        expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(quiz.page.locator(f"#{second.id}")).to_be_focused()
    expect(quiz.page.locator(f"#{second.id}")).to_be_in_viewport()
    assert quiz.focus()["uncovered"]
    assert quiz.selected_answer(first.id) == answers[first.id]
    quiz.choose(second.id, answers[second.id])
    quiz.press_main_button()
    expect(summary).to_contain_text(f"{len(rest)} questions have no answer yet")
    expect(summary).to_be_in_viewport()
    for item in rest:
        quiz.choose(item.id, answers[item.id])
    quiz.press_main_button()
    expect(quiz.page).to_have_url(re.compile("/2$"))


def test_missing_answers_can_be_left_out(visit, bank):
    quiz = visit()
    own = quiz.start()
    quiz.press_main_button()
    quiz.page.get_by_role("button", name="leave them out").click()
    expect(quiz.page).to_have_url(f"{own}/2")
    quiz.page.get_by_role("button", name="Back", exact=True).click()
    assert [quiz.selected_answer(item.id) for item in bank.pages[0]] == ["skip"] * len(bank.pages[0])


def test_going_back_shows_the_saved_answers(visit, answers, bank):
    quiz = visit()
    own = quiz.start()
    quiz.fill_page(1, answers)
    expect(quiz.page).to_have_url(f"{own}/2")
    quiz.page.go_back()
    expect(quiz.page).to_have_url(f"{own}/1")
    for item in bank.pages[0]:
        assert quiz.selected_answer(item.id) == answers[item.id]


def test_changing_an_answer_from_the_check_page_leads_back_to_it(visit, answers, served, bank):
    client = Client(served.app)
    own = served.url + client.start()
    client.answer(urlsplit(own).path, answers)
    quiz = visit()
    quiz.open(f"{own}/more")
    quiz.press_main_button()
    expect(quiz.page).to_have_url(f"{own}/check")
    question = bank.pages[-1][-1]
    row = quiz.page.get_by_role("listitem").filter(has_text=question.question)
    row.get_by_role("link", name="Change").click()
    expect(quiz.page).to_have_url(f"{own}/{len(bank.pages)}#{question.id}")
    expect(quiz.page.locator(f"#{question.id}")).to_be_in_viewport()
    quiz.choose(question.id, "daily")
    quiz.press_main_button()
    expect(quiz.page).to_have_url(f"{own}/check")
    group = quiz.page.get_by_role("region", name=bank.option["daily"].label)
    expect(group).to_contain_text(question.question[1:])


def test_changing_an_answer_from_the_result_leads_back_to_it(visit, served, bank):
    own = served.url + Client(served.app).take(PEOPLE["one"].answers(bank))
    quiz = visit()
    quiz.open(own)
    assert quiz.headline == "You wear one hat: data analyst"
    quiz.page.locator(".role-card .answer-row").first.click()
    for item in bank.role["data-analyst"].responsibilities:
        if quiz.page.locator(f'input[name="{item.id}"]').count():
            quiz.choose(item.id, "never")
    quiz.press_main_button()
    expect(quiz.page).to_have_url(own)
    expect(quiz.page.locator(".result-answers", has_text="never").first).to_be_visible()


def test_the_link_continues_the_quiz_on_another_device(visit, answers, bank):
    quiz = visit()
    own = quiz.start()
    quiz.fill_page(1, answers)
    expect(quiz.page).to_have_url(f"{own}/2")
    quiz.context.close()
    other = visit(1280)
    other.open(own)
    expect(other.page).to_have_url(f"{own}/2")
    expect(other.page.locator("progress")).to_have_js_property("value", len(bank.pages[0]))


def test_two_tabs_do_not_overwrite_answers_of_each_other(visit, answers, bank):
    first = visit()
    own = first.start()
    other = first.new_tab()
    other.open(f"{own}/2")
    first.page.bring_to_front()  # Chromium renders a background tab only once a second
    first.fill_page(1, answers)
    other.page.bring_to_front()
    other.fill_page(2, answers)
    expect(other.page).to_have_url(f"{own}/3")
    answered = len(bank.pages[0]) + len(bank.pages[1])
    expect(other.page.locator("progress")).to_have_js_property("value", answered)
    other.open(f"{own}/1")
    assert [other.selected_answer(item.id) for item in bank.pages[0]] == [answers[item.id] for item in bank.pages[0]]


def test_deleting_asks_first_and_then_no_tab_has_a_page(visit, watch, served, answers):
    own = Client(served.app).take(answers)
    quiz = visit()
    quiz.open(own)
    other = quiz.new_tab()
    other.open(f"{own}/1")
    quiz.page.get_by_label("Your pages").get_by_role("link", name="Share").click()
    quiz.page.get_by_role("link", name="Delete everything").click()
    quiz.page.get_by_role("link", name="Cancel").click()
    assert quiz.headline.startswith("You combine")
    quiz.open(f"{own}/delete")
    quiz.page.get_by_role("button", name="Delete everything").click()
    expect(quiz.page.locator("h1")).to_have_text("Everything is deleted")
    watch.expected.add(404)
    other.press_main_button()
    expect(other.page.locator("h1")).to_have_text("Page not found")
    quiz.open(own)
    expect(quiz.page.locator("h1")).to_have_text("Page not found")
