"""Wishes and goals, share links and taking the quiz again in a browser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Request, expect

from tests.browser.modes import for_each_mode
from tests.browser.quiz import Quiz
from tests.browser.teams import role_answers
from tests.clients import Client

pytestmark = pytest.mark.browser

for_each_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def own(served, bank):
    """The owner path of a new response, because these tests change it."""
    return Client(served.app).take(role_answers(bank, "data-engineer", "devops-sre"), title="Data wizard")


def choose_wish(quiz: Quiz, responsibility: str, wish: str) -> None:
    """Choose a wish."""
    quiz.page.select_option(f"#wish-{responsibility}", wish)


def chosen_wish(quiz: Quiz, responsibility: str) -> str:
    """The chosen wish."""
    return str(quiz.page.locator(f"#wish-{responsibility}").input_value())


def goal_checkbox(quiz: Quiz, role: str) -> Locator:
    """The checkbox of a role as a goal."""
    return quiz.page.get_by_role("checkbox", name=role)


def show_steps(quiz: Quiz) -> None:
    """Press the button below the roles."""
    quiz.page.get_by_role("button", name="Save and show the steps").click()


def _is_post_with(request: Request, value: str) -> bool:
    return request.method == "POST" and value.encode() in (request.post_data_buffer or b"")


def expect_status(quiz: Quiz, status: str = "Saved.") -> None:
    """Wait until the page shows this status of saving, in the visible part."""
    expect(quiz.page.locator("[data-save-status]")).to_have_text(status)
    expect(quiz.page.locator("[data-save-status]")).to_be_in_viewport()


@for_each_mode
def test_wishes_and_a_goal_are_saved_and_wishes_are_shown_on_the_result(visit, own, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.open(own)
    headline = quiz.headline
    quiz.page.locator(".owner-tabs").get_by_role("link", name="Wishes").click()
    choose_wish(quiz, "pipelines", "less")
    if script:
        expect_status(quiz)
    quiz.page.get_by_text("What you do not do now").click()
    choose_wish(quiz, "governance", "start")
    checkbox = goal_checkbox(quiz, "Data analyst")
    if script:
        with quiz.page.expect_response(lambda answer: _is_post_with(answer.request, "data-analyst")):
            checkbox.check()
        expect_status(quiz)
        quiz.page.reload()
    else:
        checkbox.check()
        quiz.page.get_by_role("button", name="Save", exact=True).click()
        expect(quiz.page.get_by_text("Saved.", exact=True)).to_be_in_viewport()
    expect(quiz.page.locator("h1")).to_have_text("Wishes and goals")
    assert (chosen_wish(quiz, "pipelines"), chosen_wish(quiz, "governance")) == ("less", "start")
    expect(quiz.page.locator("#wish-governance")).to_be_visible()  # open because a wish in it is chosen
    expect(checkbox).to_be_checked()
    expect(quiz.page.get_by_role("heading", name="Towards data analyst")).to_be_visible()
    quiz.page.locator(".owner-tabs").get_by_role("link", name="Result").click()
    expect(quiz.page.locator("h1")).to_have_text(headline)
    expect(quiz.page.locator(".role-card .result-wish").first).to_have_text("less of it")


#: Delays each request of a page until the test sends it with `waiting[n]()`.
DELAY_REQUESTS = """
const realFetch = window.fetch;
window.waiting = [];
window.fetch = (...parameters) => new Promise((resolve) => window.waiting.push(() => {
  const answer = realFetch(...parameters);
  resolve(answer);
  return answer.then(() => true);
}));
"""


def test_a_choice_that_is_saved_late_does_not_overwrite_the_next(visit, own):
    quiz = visit()
    quiz.context.add_init_script(DELAY_REQUESTS)
    quiz.open(f"{own}/goals")
    choose_wish(quiz, "pipelines", "less")
    choose_wish(quiz, "infrastructure", "hand-over")
    assert quiz.page.evaluate("waiting.length") == 1
    quiz.page.evaluate("waiting[0]()")
    quiz.page.wait_for_function("waiting.length === 2")
    quiz.page.evaluate("waiting[1]()")
    expect_status(quiz)
    quiz.page.reload()
    assert (chosen_wish(quiz, "pipelines"), chosen_wish(quiz, "infrastructure")) == ("less", "hand-over")


@for_each_script
def test_a_third_goal_is_an_error_and_the_form_keeps_its_values(visit, own, script):
    quiz = visit(java_script_enabled=script)
    quiz.open(f"{own}/goals")
    choose_wish(quiz, "pipelines", "more")
    for role in ("Data architect", "Data analyst", "ML engineer"):
        goal_checkbox(quiz, role).check()
    if script:
        expect_status(quiz, "Not saved yet. Choose two roles at most.")
    show_steps(quiz)
    summary = quiz.page.locator(".error-summary")
    expect(summary).to_contain_text("Choose two roles at most")
    expect(summary).to_be_in_viewport()
    expect(quiz.page).to_have_title(re.compile("^Error: "))
    assert chosen_wish(quiz, "pipelines") == "more"
    summary.get_by_role("link").click()
    expect(quiz.page.locator("#goals-first")).to_be_focused()
    goal_checkbox(quiz, "Data architect").uncheck()
    show_steps(quiz)
    expect(quiz.page.locator(".goals-distance")).to_have_count(2)


def test_without_a_connection_the_page_shows_that_it_is_not_saved(visit, watch, own):
    quiz = visit()
    quiz.open(f"{own}/goals")
    quiz.context.set_offline(True)
    choose_wish(quiz, "pipelines", "less")
    expect_status(quiz, "Not saved yet. It will be saved with “Save and show the steps”.")
    assert all("ERR_INTERNET_DISCONNECTED" in problem for problem in watch.problems)
    watch.problems.clear()
    quiz.context.set_offline(False)
    expect_status(quiz)  # the page tries again by itself
    with quiz.page.expect_response(lambda response: response.request.method == "POST"):
        choose_wish(quiz, "infrastructure", "less")
    quiz.page.reload()
    assert (chosen_wish(quiz, "pipelines"), chosen_wish(quiz, "infrastructure")) == ("less", "less")


def test_wishes_can_be_chosen_with_the_keyboard_only(visit, own):
    quiz = visit()
    quiz.open(f"{own}/goals")
    quiz.tab_to("input[value=data-analyst]")
    quiz.page.keyboard.press("Space")
    expect_status(quiz)
    quiz.tab_to("#wish-pipelines")
    quiz.page.keyboard.press("ArrowDown")
    quiz.tab_to("summary")
    quiz.page.keyboard.press("Enter")
    quiz.tab_to("#wish-governance")
    expect_status(quiz)
    quiz.page.locator("#goals-first").press("Enter")  # as in any form, Enter presses the first button
    expect(quiz.page.get_by_role("heading", name="Towards data analyst")).to_be_visible()
    assert chosen_wish(quiz, "pipelines") == "more"


def test_the_way_to_a_role_is_directly_below_the_roles(visit, people):
    quiz = visit()
    quiz.open(f"{people['full']}/goals")
    headings = quiz.page.locator("main h2, main h3").all_inner_texts()
    *goals, job, current_work = [heading.strip() for heading in headings[:5]]
    assert goals == [
        "Goals: roles that you want to move towards",
        "Towards software engineer",
        "Towards DevOps/SRE",
    ]
    assert job.startswith("Towards a job: ")
    assert current_work == "What you do now"


#: Selects that are narrower than their longest choice needs.
CUT_OFF_SELECTS = """() => [...document.querySelectorAll("select")].filter((select) => {
  const width = select.offsetWidth;
  select.style.width = "max-content";
  const needed = select.offsetWidth;
  select.style.width = "";
  return needed > width;
}).map((select) => select.id)"""


@pytest.mark.parametrize("width", [320, 390, 820])
def test_no_wish_is_cut_off_and_a_wish_stands_out(visit, own, width):
    quiz = visit(width)
    quiz.open(f"{own}/goals")
    quiz.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    for id, wish in (("pipelines", "hand-over"), ("governance", "start")):
        with quiz.page.expect_response(lambda answer: answer.request.method == "POST"):
            choose_wish(quiz, id, wish)
    assert quiz.page.evaluate(CUT_OFF_SELECTS) == []
    style = (
        "element => { const s = getComputedStyle(element); return [s.borderColor, s.backgroundColor, s.fontWeight]; }"
    )
    wish, no_wish = (quiz.page.locator(f"#wish-{id}").evaluate(style) for id in ("pipelines", "infrastructure"))
    assert all(one != other for one, other in zip(wish, no_wish, strict=True))
    assert wish == quiz.page.locator("#wish-governance").evaluate(style)


@for_each_script
def test_the_page_offers_to_save_only_where_a_choice_is_not_saved_already(visit, own, script):
    quiz = visit(java_script_enabled=script)
    quiz.open(f"{own}/goals")
    expect(quiz.page.get_by_role("button", name="Save", exact=True)).to_be_visible(visible=not script)
    expect(quiz.page.get_by_text("is saved when you press “Save”")).to_be_visible(visible=not script)
    expect(quiz.page.get_by_text("saved as soon as you make it")).to_be_visible(visible=script)
    expect(quiz.page.get_by_role("link", name="Prepare a conversation")).to_be_visible(visible=script)


@for_each_mode
def test_a_share_link_works_for_others_until_it_is_deleted(visit, watch, own, width, script):
    quiz, other = visit(width, java_script_enabled=script), visit(width, java_script_enabled=script)
    quiz.open(own)
    quiz.page.get_by_label("Your pages").get_by_role("link", name="Share").click()
    quiz.page.get_by_label("Whom is it for?").fill("Zoë")
    quiz.page.get_by_label("Show my wishes").check()
    quiz.page.get_by_role("button", name="Create a share link").click()
    expect(quiz.page.get_by_text("with your wishes")).to_be_visible()
    shared = quiz.page.get_by_label("Share link for Zoë").input_value()
    other.open(shared)
    expect(other.page.locator("h1")).to_have_text("Combines data engineer and DevOps/SRE")
    expect(other.page.locator("main form, main a[href*='/r/']")).to_have_count(0)
    quiz.page.get_by_role("button", name=re.compile("Delete this link.*Zoë")).click()
    expect(quiz.page.get_by_role("button", name="Delete this link")).to_have_count(0)
    watch.expected.add(404)
    other.page.reload()
    expect(other.page.locator("h1")).to_have_text("Page not found")


@for_each_mode
def test_the_result_of_a_second_time_links_to_the_changes(visit, served, own, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.open(f"{own}/manage")
    quiz.page.get_by_role("button", name="Take the quiz again").click()
    expect(quiz.page).to_have_url(re.compile("/1$"))
    expect(quiz.page.locator("input:checked")).to_have_count(0)
    new = urlsplit(quiz.page.url).path.removesuffix("/1")
    assert new != own
    Client(served.app).answer(new, role_answers(quiz.bank, "data-analyst", other_answer="rarely"))
    quiz.open(f"{new}/check")
    quiz.press_main_button()
    expect(quiz.page.locator("h1")).to_have_text("You wear one hat: data analyst")
    quiz.page.get_by_role("link", name="What has changed").click()
    expect(quiz.page.locator("h1")).to_have_text("Your mix has changed")
    expect(quiz.page.locator("main")).to_contain_text("New in it: data analyst.")
    row = quiz.page.get_by_role("row").filter(has_text=quiz.bank.responsibility["pipelines"].name)
    expect(row).to_contain_text("↓ a few times a quarter or less")
