"""A shared computer: the next person goes back to pages of the previous one, in Chromium's back/forward cache."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.chromium import CHROMIUM
from tests.browser.conftest import FLAGS, Served
from tests.browser.people import PEOPLE
from tests.browser.quiz import Quiz
from tests.checks import load_response
from tests.clients import Client
from tests.factories import join_path, make_response, make_team, share_numbers

pytestmark = pytest.mark.browser

#: Without scripts nothing of ours runs when a page is restored: one test of it is enough in an ordinary run.
for_each_script = pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["script", "no script"]
)

#: Counts in the storage of the tab how often a page was restored from the cache.
COUNT_RESTORED = """addEventListener("pageshow", (event) => {
  if (event.persisted) sessionStorage.setItem("restored", 1 + Number(sessionStorage.getItem("restored")));
});"""


@pytest.fixture(scope="module")
def caching_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser with a back/forward cache, which Playwright turns off otherwise."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[*FLAGS, "--headless=new"],
        ignore_default_args=["--disable-back-forward-cache", "--headless"],
    )
    yield browser
    browser.close()


@pytest.fixture
def computer(caching_browser: Browser, served: Served) -> Iterator[Callable[..., Quiz]]:
    """Opens a tab on a computer that several people use."""
    contexts = []

    def open_tab(script: bool = True) -> Quiz:
        context = caching_browser.new_context(base_url=served.url)
        if not script:
            context.route(re.compile(r"/page\.js"), lambda route: route.abort())
        context.set_default_timeout(10_000)
        context.add_init_script(COUNT_RESTORED)
        contexts.append(context)
        return Quiz(context, served.app.bank)

    yield open_tab
    for context in contexts:
        context.close()


def seed(quiz: Quiz) -> str:
    """The seed of the first form of the page that has one."""
    return quiz.page.locator("[name=seed]").first.input_value()


def go_back(quiz: Quiz, steps: int = 1) -> None:
    """Press the browser's Back button that many times."""
    url = quiz.page.url
    quiz.page.evaluate(f"setTimeout(() => history.go({-steps}))")
    expect(quiz.page).not_to_have_url(url)


def wait_for_new_seed(quiz: Quiz, old_seed: str) -> None:
    """Wait until the page with the form was loaded again."""
    quiz.page.wait_for_function(
        "old => { const field = document.querySelector('[name=seed]'); return field && field.value !== old; }",
        arg=old_seed,
    )


def press_back_from_first_page(quiz: Quiz, script: bool, old_seed: str) -> None:
    """Go back to the page with the form. It comes from the cache; with scripts it is loaded again with a new seed."""
    go_back(quiz)
    quiz.page.wait_for_function("sessionStorage.getItem('restored')")
    if script:
        wait_for_new_seed(quiz, old_seed)
    else:
        assert seed(quiz) == old_seed, "the page is the old one"


def own_path(quiz: Quiz) -> str:
    """The path of the owner link of the open first page."""
    expect(quiz.page).to_have_url(re.compile("/r/[^/]+/1$"))
    return re.sub("^https?://[^/]+|/1$", "", quiz.page.url)


@for_each_script
@pytest.mark.parametrize("kind", ["start", "anonymous", "open"])
def test_the_next_person_who_goes_back_and_starts_gets_an_empty_response(computer, served, bank, kind, script):
    client = Client(served.app)
    quiz = computer(script)
    quiz.open("/" if kind == "start" else join_path(client, make_team(client, kind)))
    if kind == "open":
        quiz.page.fill("#name", "Ada")
    old_seed = seed(quiz)
    quiz.press_main_button()
    previous = own_path(quiz)
    first = bank.pages[0][0].id
    client.send(f"{previous}/1", {first: "daily"})
    press_back_from_first_page(quiz, script, old_seed)
    if kind == "open":
        quiz.page.fill("#name", "Bo")
    quiz.press_main_button()
    assert own_path(quiz) != previous
    assert quiz.selected_answer(first) is None
    assert load_response(served.app, previous).answers == {first: "daily"}


def test_the_next_person_after_a_whole_quiz_starts_an_empty_response(computer, bank):
    quiz = computer()
    answers = PEOPLE["mix"].answers(bank)
    own = quiz.take(answers)
    go_back(quiz, steps=len(bank.pages) + 3)
    expect(quiz.page.locator("h1")).to_have_text("Which hats do you wear?")
    quiz.press_main_button()
    expect(quiz.page).to_have_url(re.compile("/1$"))
    assert quiz.page.url != f"{own}/1"
    assert quiz.page.locator("input:checked").count() == 0


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_after_deleting_no_page_of_the_response_can_be_seen_again(computer, served, bank, script):
    quiz = computer(script)
    own = Client(served.app).take(PEOPLE["mix"].answers(bank), title="Canary of the coal mine")
    quiz.open("/")
    quiz.open(own)
    quiz.open(f"{own}/more")
    quiz.open(f"{own}/delete")
    quiz.page.get_by_role("button", name="Delete everything").click()
    expect(quiz.page.locator("h1")).to_have_text("Everything is deleted")
    for _ in range(3):
        go_back(quiz)
        expect(quiz.page.locator("h1")).to_have_text("Page not found")
        assert "Canary" not in quiz.page.content()
    go_back(quiz)
    quiz.press_main_button()
    assert own_path(quiz) != own
    assert Client(served.app).get(own).status_code == 404


@for_each_script
def test_a_deleted_response_is_not_opened_by_the_form_that_started_it(computer, served, script):
    quiz = computer(script)
    client = Client(served.app)
    quiz.open("/")
    old_seed = seed(quiz)
    quiz.press_main_button()
    deleted = own_path(quiz)
    client.send(f"{deleted}/delete")
    press_back_from_first_page(quiz, script, old_seed)
    quiz.press_main_button()
    assert own_path(quiz) != deleted
    assert client.get(deleted).status_code == 404


@for_each_script
def test_a_second_team_made_through_back_is_another_team(computer, script):
    quiz = computer(script)

    def make(name: str) -> str:
        quiz.page.fill("#name", name)
        quiz.page.locator('input[value="open"]').check()
        quiz.press_main_button()
        expect(quiz.page.locator("h1")).to_have_text(name)
        return str(quiz.page.url)

    quiz.open("/teams")
    old_seed = seed(quiz)
    first = make("First crew")
    press_back_from_first_page(quiz, script, old_seed)
    assert make("Second crew") != first
    quiz.open(first)
    expect(quiz.page.locator("h1")).to_have_text("First crew")


@for_each_script
def test_a_second_share_link_and_a_second_retake_made_through_back_are_new(computer, served, script):
    quiz = computer(script)
    own = make_response(served.app)
    quiz.open(f"{own}/manage")
    for number, name in enumerate(("Ada", "Bo"), 1):
        old_seed = seed(quiz)
        quiz.page.fill("#label", name)
        quiz.page.get_by_role("button", name="Create a share link").click()
        expect(quiz.page.locator("main")).to_contain_text(name)
        assert len(share_numbers(served.app, own)) == number
        go_back(quiz)
        if script:
            wait_for_new_seed(quiz, old_seed)
    retakes = set()
    for _ in range(2):
        quiz.page.get_by_role("button", name=re.compile("again")).first.click()
        retake = own_path(quiz)
        Client(served.app).send(f"{retake}/1", {quiz.bank.pages[0][0].id: "daily"})
        retakes.add(retake)
        go_back(quiz)
        expect(quiz.page.locator("h1")).to_contain_text("Share and delete")
    assert len(retakes) == 2
