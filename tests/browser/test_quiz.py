"""The whole way from the start to the result: by thumb and mouse, with and without scripts, by keyboard alone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.people import PEOPLE
from tests.clients import Client

pytestmark = pytest.mark.browser

each_width = pytest.mark.parametrize("width", [320, 390, 1280])
each_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def answers(bank):
    """Somebody who is a data engineer and runs the infrastructure."""
    return PEOPLE["mix"].answers(bank)


@each_width
@each_script
def test_the_whole_way_leads_to_the_mix(visit, answers, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.take(answers, **PEOPLE["mix"].more)
    assert quiz.headline == "You combine data engineer and DevOps/SRE"
    expect(quiz.page.locator(".mix-legend li")).to_have_count(2)
    expect(quiz.page.get_by_text("Print this page")).to_be_visible(visible=script)


def test_the_keyboard_alone_leads_to_the_mix(visit, answers, bank):
    quiz = visit(390, 844)
    keyboard, points = quiz.page.keyboard, list(bank.option)
    quiz.open("/")
    quiz.tab_to("button.button-primary")
    keyboard.press("Enter")
    for number, page in enumerate(bank.pages, 1):
        expect(quiz.page).to_have_url(re.compile(f"/{number}$"))
        for item in page:
            quiz.tab_to(f'input[name="{item.id}"]')
            keyboard.press("Space")
            for _ in range(points.index(answers[item.id])):
                keyboard.press("ArrowDown")
            stop = quiz.focus()
            assert stop["value"] == quiz.chosen(item.id) == answers[item.id]
            assert stop["ring"], f"no visible focus on {stop}"
            assert stop["uncovered"], f"something covers the focus on {stop}"
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
    expect(quiz.page.locator(".role-map-text")).to_contain_text("You work with data analysts")


def test_the_first_stop_of_the_keyboard_leads_past_the_header(visit):
    quiz = visit()
    quiz.open("/privacy")
    quiz.tab_to(".skip-link", at_most=1)
    expect(quiz.page.locator(".skip-link")).to_be_in_viewport()
    quiz.page.keyboard.press("Enter")
    assert quiz.focus()["id"] == "main"


@each_script
def test_missing_answers_are_listed_first_and_lead_to_their_questions(visit, answers, bank, script):
    quiz = visit(java_script_enabled=script)
    quiz.start()
    first, second, *rest = bank.pages[0]
    quiz.choose(first.id, answers[first.id])
    quiz.go_on()
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
    assert quiz.chosen(first.id) == answers[first.id]
    quiz.choose(second.id, answers[second.id])
    quiz.go_on()
    expect(summary).to_contain_text(f"{len(rest)} questions have no answer yet")
    expect(summary).to_be_in_viewport()
    for item in rest:
        quiz.choose(item.id, answers[item.id])
    quiz.go_on()
    expect(quiz.page).to_have_url(re.compile("/2$"))


def test_missing_answers_can_be_left_out(visit, bank):
    quiz = visit()
    own = quiz.start()
    quiz.go_on()
    quiz.page.get_by_role("button", name="leave them out").click()
    expect(quiz.page).to_have_url(f"{own}/2")
    quiz.page.get_by_role("link", name="Back", exact=True).click()
    assert [quiz.chosen(item.id) for item in bank.pages[0]] == ["skip"] * len(bank.pages[0])


def test_going_back_shows_what_was_answered(visit, answers, bank):
    quiz = visit()
    own = quiz.start()
    quiz.fill_page(1, answers)
    expect(quiz.page).to_have_url(f"{own}/2")
    quiz.page.go_back()
    expect(quiz.page).to_have_url(f"{own}/1")
    for item in bank.pages[0]:
        assert quiz.chosen(item.id) == answers[item.id]


def test_an_answer_is_changed_from_the_check_and_leads_straight_back(visit, answers, served, bank):
    client = Client(served.app)
    own = served.url + client.start()
    client.answer(urlsplit(own).path, answers)
    quiz = visit()
    quiz.open(f"{own}/more")
    quiz.page.get_by_role("link", name="Leave this out").click()
    expect(quiz.page).to_have_url(f"{own}/check")
    changed = bank.pages[-1][-1]
    row = quiz.page.get_by_role("row").filter(has_text=changed.question)
    row.get_by_role("link", name="Change").click()
    expect(quiz.page).to_have_url(f"{own}/{len(bank.pages)}#{changed.id}")
    expect(quiz.page.locator(f"#{changed.id}")).to_be_in_viewport()
    quiz.choose(changed.id, "daily")
    quiz.go_on()
    expect(quiz.page).to_have_url(f"{own}/check")
    expect(row).to_contain_text(bank.option["daily"].label)


def test_an_answer_is_changed_from_the_result_and_leads_straight_back(visit, served, bank):
    own = served.url + Client(served.app).take(PEOPLE["one"].answers(bank))
    quiz = visit()
    quiz.open(own)
    assert quiz.headline == "You wear one hat: data analyst"
    quiz.page.locator(".result-columns .result-answers a").first.click()
    for item in bank.role["data-analyst"].responsibilities:
        if quiz.page.locator(f'input[name="{item.id}"]').count():
            quiz.choose(item.id, "never")
    quiz.go_on()
    expect(quiz.page).to_have_url(own)
    expect(quiz.page.locator(".result-answers", has_text="never").first).to_be_visible()


def test_a_closed_tab_is_resumed_by_the_link_on_any_device(visit, answers, bank):
    quiz = visit()
    own = quiz.start()
    quiz.fill_page(1, answers)
    expect(quiz.page).to_have_url(f"{own}/2")
    quiz.context.close()
    elsewhere = visit(1280)
    elsewhere.open(own)
    expect(elsewhere.page).to_have_url(f"{own}/2")
    expect(elsewhere.page.locator("progress")).to_have_js_property("value", len(bank.pages[0]))


def test_two_tabs_do_not_undo_each_other(visit, answers, bank):
    one = visit()
    own = one.start()
    other = one.another_tab()
    other.open(f"{own}/2")
    one.page.bring_to_front()  # Chromium draws a tab in the background once a second
    one.fill_page(1, answers)
    other.page.bring_to_front()
    other.fill_page(2, answers)
    expect(other.page).to_have_url(f"{own}/3")
    done = len(bank.pages[0]) + len(bank.pages[1])
    expect(other.page.locator("progress")).to_have_js_property("value", done)
    other.open(f"{own}/1")
    assert [other.chosen(item.id) for item in bank.pages[0]] == [answers[item.id] for item in bank.pages[0]]


def test_deleting_asks_once_and_leaves_nothing_for_any_tab(visit, watch, served, answers):
    own = Client(served.app).take(answers)
    quiz = visit()
    quiz.open(own)
    other = quiz.another_tab()
    other.open(f"{own}/1")
    quiz.page.get_by_role("link", name=re.compile("delete it")).click()
    quiz.page.get_by_role("link", name="Delete everything").click()
    quiz.page.get_by_role("link", name="Keep it").click()
    assert quiz.headline.startswith("You combine")
    quiz.open(f"{own}/delete")
    quiz.page.get_by_role("button", name="Delete everything").click()
    expect(quiz.page.locator("h1")).to_have_text("Everything is deleted")
    watch.expected.add(404)
    other.go_on()
    expect(other.page.locator("h1")).to_have_text("This leads nowhere")
    quiz.open(own)
    expect(quiz.page.locator("h1")).to_have_text("This leads nowhere")
