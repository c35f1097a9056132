"""How long the pages are on a phone, since a page that looks long is left early."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

#: The most pixels that a page may be high at a width of 390 px, by its path.
MAX_HEIGHTS_PX = {"{mix}/check": 2800, "{three}/goals": 2350}
MAX_QUESTIONS_PX = 1900


@pytest.mark.parametrize("path", MAX_HEIGHTS_PX)
def test_a_page_is_no_longer_than_planned_on_a_phone(look, people, path):
    quiz = look(390, 844)
    quiz.open(path.format_map(people))
    quiz.page.evaluate("document.fonts.ready.then(() => true)")
    assert quiz.page.evaluate("document.documentElement.scrollHeight") <= MAX_HEIGHTS_PX[path]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_every_question_page_is_short_on_a_phone(visit, people, bank, script):
    quiz = visit(390, 844, java_script_enabled=script)
    for number in range(1, len(bank.pages) + 1):
        quiz.open(f"{people['three']}/{number}")
        quiz.page.evaluate("document.fonts.ready.then(() => true)")
        assert quiz.page.evaluate("document.documentElement.scrollHeight") <= MAX_QUESTIONS_PX, f"page {number}"


@pytest.mark.parametrize("width", [352, 390, 430, 820])
def test_the_tabs_are_one_row(look, people, width):
    quiz = look(width)
    quiz.open(f"{people['three']}/goals")
    tops = "[...document.querySelectorAll('.owner-tabs a')].map(tab => Math.round(tab.getBoundingClientRect().top))"
    assert len(set(quiz.page.evaluate(tops))) == 1
    assert quiz.page.evaluate("document.documentElement.scrollWidth") <= width
