"""On a phone, what can be pressed on the pages of teams is at least 44 pixels high."""

from __future__ import annotations

import pytest

from tests.browser.states import STATES

pytestmark = pytest.mark.browser

#: Links, buttons, fields and summaries that are smaller. Links inside a sentence are as high as its lines. A checkbox
#: or radio button is pressed with its label.
SMALL_TARGETS = """() => [
    ...document.querySelectorAll("main :is(a, button, summary, select, label.choice, [type=text]), footer a")
  ]
  .filter(element => element.checkVisibility() && getComputedStyle(element).display !== "inline")
  .map(element => [element.textContent.trim() || element.id, element.getBoundingClientRect().height])
  .filter(([, height]) => height < 44)"""
#: Links that are on a line of their own, though they are inline elements.
LINES_OF_THEIR_OWN = """() => [...document.querySelectorAll("main a")]
  .filter(element => element.checkVisibility() && getComputedStyle(element).display === "inline")
  .filter(element => element.parentElement.innerText.trim() === element.innerText.trim())
  .map(element => element.innerText)"""


@pytest.mark.parametrize(
    "state",
    [
        "create a team",
        "lead before the minimum",
        "lead after the minimum",
        "closing a round",
        "lead between rounds",
        "round",
        "member",
        "join",
        "join an open team",
        "open team of twelve",
        "open team for a member",
        "delete a team",
    ],
)
def test_targets_are_at_least_44_pixels_high(visit, watch, people, state):
    quiz = visit(390)
    STATES[state].open(quiz, people)
    assert quiz.page.evaluate(SMALL_TARGETS) == []
    assert quiz.page.evaluate(LINES_OF_THEIR_OWN) == []
