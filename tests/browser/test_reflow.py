"""Narrow screens and large text: nothing sticks out, nothing is cut off."""

from __future__ import annotations

import pytest

from tests.browser.layout import LOST, overhang
from tests.browser.states import STATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
def test_nothing_sticks_out_at_320_pixels_with_text_at_200_percent(visit, watch, people, state):
    quiz = visit(320, 640)
    watch.expected.add(STATES[state].status)
    STATES[state].enter(quiz, people)
    assert (overhang(quiz), quiz.page.evaluate(LOST)) == (0, [])
    # What the browser's own setting for the size of text does; media queries in em follow it.
    session = quiz.context.new_cdp_session(quiz.page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert quiz.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert (overhang(quiz), quiz.page.evaluate(LOST)) == (0, [])
