"""On a phone everything that can be pressed is at least 44 pixels wide and high, on every page in every state."""

from __future__ import annotations

import pytest

from tests.browser.states import STATES

pytestmark = pytest.mark.browser

#: Everything that can be pressed and is smaller than 44 px, with its size. Not counted, for a reason each:
#: - a link or a button in a sentence, whose size is that of the line (WCAG 2.2, 2.5.8 makes the same exception);
#: - a radio button or a checkbox in its label, since the whole label can be pressed;
#: - the link to the content, which nobody can see without a keyboard.
SMALL_TARGETS = """() => {
  const isInSentence = (element) => {
    if (getComputedStyle(element).display !== "inline") return false;
    const block = element.closest("p, li, dd, dt, td, th, figcaption, blockquote, label");
    return block !== null && block.textContent.trim().length > element.textContent.trim().length + 2;
  };
  const isCounted = (element) => {
    if (!element.checkVisibility() || element.matches(".skip-link") || isInSentence(element)) return false;
    return !(element.matches("[type=radio], [type=checkbox]") && element.closest("label"));
  };
  const targets = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, label:has(input)"
  );
  return [...targets].filter(isCounted).flatMap((element) => {
    const box = element.getBoundingClientRect();
    const isSmall = Math.round(box.width) < 44 || Math.round(box.height) < 44;
    const name = `${element.tagName.toLowerCase()}.${element.className} ${element.textContent.trim().slice(0, 30)}`;
    return isSmall ? [`${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`] : [];
  });
}"""


@pytest.mark.parametrize("state", STATES)
def test_every_target_is_at_least_44_pixels_on_a_phone(visit, watch, people, state):
    quiz = visit(390)
    watch.expected.add(STATES[state].status)
    STATES[state].open(quiz, people)
    assert quiz.page.evaluate(SMALL_TARGETS) == []
