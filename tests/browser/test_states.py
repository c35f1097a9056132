"""Every page in every state: no problem of accessibility, nothing outside the screen, nothing too small to press."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext

from quiz.bank import Bank
from tests.browser.layout import CLIPPED_TEXT, SMALL_TARGETS, STANDARD_TEXT_PX, overflow_px, set_text_size
from tests.browser.quiz import Quiz
from tests.browser.states import STATES

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "reporter": "no-passes"}
#: The states that axe looks at on a desktop in dark mode in an ordinary run. It looks at the others on a phone, and at
#: all in both with `--slow`. Neighbours in the list share their templates and colours, and axe takes long.
DARK_STATES = list(STATES)[::3]


@pytest.fixture(scope="module")
def tab(new_context: Callable[..., BrowserContext], bank: Bank) -> Iterator[Quiz]:
    """The tab of `look` in this file: each page in it has the script of axe."""
    with new_context() as context:
        context.add_init_script(Axe().axe_script)
        yield Quiz(context, bank)


def axe_problems(quiz: Quiz) -> list[list[object]]:
    """The rules of axe that the page breaks: the name of each, what it says, and the elements."""
    script = """async (options) => {
      const report = await axe.run(options);
      return report.violations.map(({ id, help, nodes }) => [id, help, nodes.map((node) => node.html)]);
    }"""
    problems: list[list[object]] = quiz.page.evaluate(script, OPTIONS)
    return problems


def layout_problems(quiz: Quiz) -> dict[str, object]:
    """How far the content is outside the screen, and the texts that are clipped; empty if there is no problem."""
    problems = {"pixels outside the screen": overflow_px(quiz), "clipped text": quiz.page.evaluate(CLIPPED_TEXT)}
    return {name: problem for name, problem in problems.items() if problem}


@pytest.mark.parametrize("state", STATES)
def test_a_page_is_accessible_on_a_phone_or_in_the_dark_on_a_desktop_and_with_large_text(
    look, watch, people, state, pytestconfig
):
    """One visit for all checks: opening a page in its state takes longer than looking at it."""
    quiz = look(390)
    watch.expected.add(STATES[state].status)
    STATES[state].open(quiz, people)
    problems = {"targets smaller than 44 pixels on a phone": quiz.page.evaluate(SMALL_TARGETS)}
    if state not in DARK_STATES or pytestconfig.getoption("slow"):
        problems["axe on a phone"] = axe_problems(quiz)
    if state in DARK_STATES or pytestconfig.getoption("slow"):
        quiz.page.emulate_media(color_scheme="dark")
        quiz.page.set_viewport_size({"width": 1280, "height": 900})
        problems["axe on a desktop in dark mode"] = axe_problems(quiz)
    quiz.page.set_viewport_size({"width": 320, "height": 640})
    problems["at 320 pixels"] = layout_problems(quiz)
    set_text_size(quiz, 2 * STANDARD_TEXT_PX)
    assert quiz.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    problems["at 320 pixels with text at 200 percent"] = layout_problems(quiz)
    assert {name: problem for name, problem in problems.items() if problem} == {}


def test_axe_reports_a_missing_alternative_text(look, people):
    quiz = look()
    STATES["start"].open(quiz, people)
    quiz.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/icon.svg>')")
    assert "image-alt" in [name for name, *_ in axe_problems(quiz)]
