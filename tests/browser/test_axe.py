"""axe reports no problem of accessibility on any page in any state, in light and dark mode."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.states import STATES

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


@pytest.mark.parametrize("state", STATES)
def test_axe_reports_no_problem(visit, watch, people, state):
    quiz = visit(390)
    watch.expected.add(STATES[state].status)
    STATES[state].open(quiz, people)
    report = Axe().run(quiz.page, options=OPTIONS)
    assert report.violations_count == 0, report.generate_report()
    quiz.page.emulate_media(color_scheme="dark")
    quiz.page.set_viewport_size({"width": 1280, "height": 900})
    report = Axe("").run(quiz.page, options=OPTIONS)  # the page has the script already
    assert report.violations_count == 0, report.generate_report()


def test_axe_reports_a_missing_alternative_text(visit, people):
    quiz = visit()
    STATES["start"].open(quiz, people)
    quiz.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/icon.svg>')")
    assert "image-alt" in Axe().run(quiz.page, options=OPTIONS).generate_snapshot()
