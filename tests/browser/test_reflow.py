"""On narrow screens and with large text, no content is outside the screen and no text is clipped."""

from __future__ import annotations

import pytest

from tests.browser.layout import CLIPPED_TEXT, overflow_px
from tests.browser.states import STATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
def test_no_text_is_clipped_at_320_pixels_with_text_at_200_percent(visit, watch, people, state):
    quiz = visit(320, 640)
    watch.expected.add(STATES[state].status)
    STATES[state].open(quiz, people)
    assert (overflow_px(quiz), quiz.page.evaluate(CLIPPED_TEXT)) == (0, [])
    # The same as the text size setting of the browser, which media queries in em follow.
    session = quiz.context.new_cdp_session(quiz.page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert quiz.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert (overflow_px(quiz), quiz.page.evaluate(CLIPPED_TEXT)) == (0, [])
