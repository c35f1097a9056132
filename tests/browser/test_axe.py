"""axe finds nothing to complain of, on any page in any state, in light and in dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.states import STATES

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(visit, watch, people, state):
    quiz = visit(390)
    watch.expected.add(STATES[state].status)
    STATES[state].enter(quiz, people)
    found = Axe().run(quiz.page, options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()
    quiz.page.emulate_media(color_scheme="dark")
    quiz.page.set_viewport_size({"width": 1280, "height": 900})
    found = Axe("").run(quiz.page, options=OPTIONS)  # it is in the page already
    assert found.violations_count == 0, found.generate_report()


def test_axe_would_find_something(visit, people):
    quiz = visit()
    STATES["start"].enter(quiz, people)
    quiz.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/icon.svg>')")
    assert "image-alt" in Axe().run(quiz.page, options=OPTIONS).generate_snapshot()
