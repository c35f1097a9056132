"""Narrow screens and large text: nothing sticks out, nothing is cut off."""

from __future__ import annotations

import pytest

from tests.browser.quiz import Quiz
from tests.browser.states import STATES

pytestmark = pytest.mark.browser

#: What sticks out of the screen, and what text is wider or higher than the box that hides the rest of it. A table may
#: scroll in a box of its own, but not on paper.
LOST = """() => {
  const lost = [];
  const room = document.documentElement.clientWidth;
  const scrolls = (it) => it.closest(".wide") && !matchMedia("print").matches;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, it = text.parentElement;
    if (!text.data.trim() || it.closest(".hidden, .skip-link, textarea") || !it.checkVisibility()) continue;
    if (scrolls(it)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.left < -1 || box.right > room + 1) lost.push(["outside the screen", text.data.trim()]);
      for (let around = it; around !== document.body; around = around.parentElement) {
        const style = getComputedStyle(around), rim = around.getBoundingClientRect();
        const holds = style.overflow !== "visible" || around.matches("button, label, summary, a, svg");
        if (holds && (box.left < rim.left - 2 || box.right > rim.right + 2 || box.bottom > rim.bottom + 8))
          if (style.display !== "inline") lost.push(["outside its " + around.tagName, text.data.trim()]);
      }
    }
  }
  return lost;
}"""


def overhang(quiz: Quiz) -> int:
    """By how many pixels the page is wider than the screen."""
    return max(0, int(quiz.page.evaluate("document.documentElement.scrollWidth - innerWidth")))


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
