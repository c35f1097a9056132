"""What a person wants next, sharing and taking it again, as somebody at a screen does it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Request, expect

from tests.browser.crews import week
from tests.browser.quiz import Quiz
from tests.browser.ways import each_way
from tests.clients import Client

pytestmark = pytest.mark.browser

each_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def own(served, bank):
    """The path of a fresh person's owner link, as these tests change what is behind it."""
    return Client(served.app).take(week(bank, "data-engineer", "devops-sre"), title="Data wizard")


def wish(quiz: Quiz, responsibility: str, to: str) -> None:
    """Choose a wish."""
    quiz.page.select_option(f"#wish-{responsibility}", to)


def wished(quiz: Quiz, responsibility: str) -> str:
    """The wish that is chosen."""
    return str(quiz.page.locator(f"#wish-{responsibility}").input_value())


def heading(quiz: Quiz, role: str) -> Locator:
    """The box by which a role to head for is chosen."""
    return quiz.page.get_by_role("checkbox", name=role)


def _holds(request: Request, value: str) -> bool:
    return request.method == "POST" and value.encode() in (request.post_data_buffer or b"")


def saved(quiz: Quiz, said: str = "Saved.") -> None:
    """Wait until the page says so, where one can see it."""
    expect(quiz.page.locator("[data-save-status]")).to_have_text(said)
    expect(quiz.page.locator("[data-save-status]")).to_be_in_viewport()


@each_way
def test_wishes_and_a_heading_are_noted_and_stand_beside_the_result(visit, own, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.open(own)
    headline = quiz.headline
    quiz.page.get_by_role("link", name="What you want next").click()
    wish(quiz, "pipelines", "less")
    if script:
        saved(quiz)
    quiz.page.get_by_text("What you do not do now").click()
    wish(quiz, "governance", "start")
    tick = heading(quiz, "Data analyst")
    if script:
        with quiz.page.expect_response(lambda answer: _holds(answer.request, "data-analyst")):
            tick.check()
        saved(quiz)
        quiz.page.reload()
    else:
        tick.check()
        quiz.go_on()
    expect(quiz.page.locator("h1")).to_have_text("What you want next")
    assert (wished(quiz, "pipelines"), wished(quiz, "governance")) == ("less", "start")
    expect(quiz.page.locator("#wish-governance")).to_be_visible()  # unfolded, as something is chosen there
    expect(tick).to_be_checked()
    expect(quiz.page.get_by_role("heading", name="Towards data analyst")).to_be_visible()
    quiz.page.get_by_role("link", name="Back to your result").click()
    expect(quiz.page.locator("h1")).to_have_text(headline)
    expect(quiz.page.locator(".result-columns .result-wish").first).to_have_text("less of it")


#: Holds back whatever a page sends, one after the other, until the test lets it go.
HELD = """
const real = window.fetch;
window.held = [];
window.fetch = (...all) => new Promise((done) => window.held.push(() => {
  const answer = real(...all);
  done(answer);
  return answer.then(() => true);
}));
"""


def test_a_choice_that_is_saved_late_does_not_undo_the_next(visit, own):
    quiz = visit()
    quiz.context.add_init_script(HELD)
    quiz.open(f"{own}/goals")
    wish(quiz, "pipelines", "less")
    wish(quiz, "infrastructure", "hand-over")
    assert quiz.page.evaluate("held.length") == 1
    quiz.page.evaluate("held[0]()")
    quiz.page.wait_for_function("held.length === 2")
    quiz.page.evaluate("held[1]()")
    saved(quiz)
    quiz.page.reload()
    assert (wished(quiz, "pipelines"), wished(quiz, "infrastructure")) == ("less", "hand-over")


@each_script
def test_a_third_heading_is_refused_with_everything_kept(visit, own, script):
    quiz = visit(java_script_enabled=script)
    quiz.open(f"{own}/goals")
    wish(quiz, "pipelines", "more")
    for role in ("Data architect", "Data analyst", "ML engineer"):
        heading(quiz, role).check()
    if script:
        saved(quiz, "Not saved yet. Choose two roles at most: one direction is easier to walk than three.")
    quiz.go_on()
    summary = quiz.page.locator(".error-summary")
    expect(summary).to_contain_text("Choose two roles at most")
    expect(summary).to_be_in_viewport()
    expect(quiz.page).to_have_title(re.compile("^Error: "))
    assert wished(quiz, "pipelines") == "more"
    summary.get_by_role("link").click()
    expect(quiz.page.locator("#goals-first")).to_be_focused()
    heading(quiz, "Data architect").uncheck()
    quiz.go_on()
    expect(quiz.page.locator(".goals-distance")).to_have_count(2)


def test_without_a_connection_the_page_says_that_it_is_not_saved(visit, watch, own):
    quiz = visit()
    quiz.open(f"{own}/goals")
    quiz.context.set_offline(True)
    wish(quiz, "pipelines", "less")
    saved(quiz, "Not saved: there is no connection.")
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in watch.complaints)
    watch.complaints.clear()
    quiz.context.set_offline(False)
    wish(quiz, "infrastructure", "less")
    saved(quiz)
    quiz.page.reload()
    assert (wished(quiz, "pipelines"), wished(quiz, "infrastructure")) == ("less", "less")


def test_wishes_are_chosen_by_keyboard_alone(visit, own):
    quiz = visit()
    quiz.open(f"{own}/goals")
    quiz.tab_to("#wish-pipelines")
    quiz.page.keyboard.press("ArrowDown")
    quiz.page.keyboard.press("Tab")
    saved(quiz)
    quiz.tab_to("summary")
    quiz.page.keyboard.press("Enter")
    quiz.tab_to("input[value=data-analyst]")
    quiz.page.keyboard.press("Space")
    quiz.tab_to("button.button-primary")
    quiz.page.keyboard.press("Enter")
    expect(quiz.page.get_by_role("heading", name="Towards data analyst")).to_be_visible()
    assert wished(quiz, "pipelines") == "more"


@each_way
def test_a_share_link_works_for_others_until_it_is_ended(visit, watch, own, width, script):
    quiz, other = visit(width, java_script_enabled=script), visit(width, java_script_enabled=script)
    quiz.open(own)
    quiz.page.get_by_role("link", name=re.compile("Share it")).click()
    quiz.page.get_by_label("Whom is it for?").fill("Zoë")
    quiz.page.get_by_label("Show my wishes").check()
    quiz.page.get_by_role("button", name="Make a share link").click()
    expect(quiz.page.get_by_text("with your wishes")).to_be_visible()
    shared = quiz.page.get_by_label("Share link for Zoë").input_value()
    other.open(shared)
    expect(other.page.locator("h1")).to_have_text("You combine data engineer and DevOps/SRE")
    expect(other.page.locator("main form, main a[href*='/r/']")).to_have_count(0)
    quiz.page.get_by_role("button", name=re.compile("End this link.*Zoë")).click()
    expect(quiz.page.get_by_role("button", name="End this link")).to_have_count(0)
    watch.expected.add(404)
    other.page.reload()
    expect(other.page.locator("h1")).to_have_text("This leads nowhere")


@each_way
def test_taking_it_again_leads_to_what_has_changed(visit, served, own, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.open(f"{own}/manage")
    quiz.page.get_by_role("button", name="Take the quiz again").click()
    expect(quiz.page).to_have_url(re.compile("/1$"))
    expect(quiz.page.locator("input:checked")).to_have_count(0)
    new = urlsplit(quiz.page.url).path.removesuffix("/1")
    assert new != own
    Client(served.app).answer(new, week(quiz.bank, "data-analyst", rest="rarely"))
    quiz.open(f"{new}/check")
    quiz.go_on()
    expect(quiz.page.locator("h1")).to_have_text("You wear one hat: data analyst")
    quiz.page.get_by_role("link", name="What has changed").click()
    expect(quiz.page.locator("h1")).to_have_text("Your mix has changed")
    expect(quiz.page.locator("main")).to_contain_text("New in it: data analyst.")
    moved = quiz.page.get_by_role("row").filter(has_text=quiz.bank.responsibility["pipelines"].name)
    expect(moved).to_contain_text("↓ a few times a quarter or less")
