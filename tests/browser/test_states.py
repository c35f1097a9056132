"""Every page in every state: no problem of accessibility, nothing outside the screen, nothing too small to press."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.layout import CLIPPED_TEXT, SMALL_TARGETS, overflow_px
from tests.browser.quiz import Quiz
from tests.browser.states import STATES

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
#: The states that are looked at in dark mode in an ordinary run; with `--slow` it is all of them. Neighbours in the
#: list share their templates and colours, and axe takes long.
DARK_STATES = list(STATES)[::3]
#: What can differ between a phone and a desktop in dark mode: colours, sizes, and what is shown.
RULES_OF_APPEARANCE = ["color-contrast", "link-in-text-block", "target-size", "heading-order", "label", "link-name"]
OPTIONS_OF_APPEARANCE = {"runOnly": {"type": "rule", "values": RULES_OF_APPEARANCE}, "resultTypes": ["violations"]}


def axe_problems(quiz: Quiz, axe: Axe, options: Mapping[str, object]) -> str:
    """What axe reports of the page, or an empty text."""
    report = axe.run(quiz.page, options=options)
    return report.generate_report() if report.violations_count else ""


def layout_problems(quiz: Quiz) -> dict[str, object]:
    """How far the content is outside the screen, and the texts that are clipped; empty if there is no problem."""
    problems = {"pixels outside the screen": overflow_px(quiz), "clipped text": quiz.page.evaluate(CLIPPED_TEXT)}
    return {name: problem for name, problem in problems.items() if problem}


@pytest.mark.parametrize("state", STATES)
def test_a_page_is_accessible_on_a_phone_in_the_dark_on_a_desktop_and_with_large_text(
    visit, watch, people, state, pytestconfig
):
    """One visit for all checks: opening a page in its state takes longer than looking at it."""
    quiz = visit(390)
    watch.expected.add(STATES[state].status)
    STATES[state].open(quiz, people)
    problems = {
        "targets smaller than 44 pixels on a phone": quiz.page.evaluate(SMALL_TARGETS),
        "axe on a phone": axe_problems(quiz, Axe(), OPTIONS),
    }
    if state in DARK_STATES or pytestconfig.getoption("slow"):
        quiz.page.emulate_media(color_scheme="dark")
        quiz.page.set_viewport_size({"width": 1280, "height": 900})
        # The page has the script of axe already.
        problems["axe on a desktop in dark mode"] = axe_problems(quiz, Axe(""), OPTIONS_OF_APPEARANCE)
    quiz.page.set_viewport_size({"width": 320, "height": 640})
    problems["at 320 pixels"] = layout_problems(quiz)
    # The same as the text size setting of the browser, which media queries in em follow.
    session = quiz.context.new_cdp_session(quiz.page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert quiz.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    problems["at 320 pixels with text at 200 percent"] = layout_problems(quiz)
    assert {name: problem for name, problem in problems.items() if problem} == {}


def test_axe_reports_a_missing_alternative_text(visit, people):
    quiz = visit()
    STATES["start"].open(quiz, people)
    quiz.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/icon.svg>')")
    assert "image-alt" in axe_problems(quiz, Axe(), OPTIONS)
