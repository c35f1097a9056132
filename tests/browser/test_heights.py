"""How long the pages are on a phone, since a page that looks long is left early."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

#: The most pixels that a page may be high at a width of 390 px, by its path.
MAX_HEIGHTS_PX = {"{mix}/check": 2800, "{three}/goals": 2300}


@pytest.mark.parametrize("path", MAX_HEIGHTS_PX)
def test_a_page_is_no_longer_than_planned_on_a_phone(visit, people, path):
    quiz = visit(390, 844)
    quiz.open(path.format_map(people))
    quiz.page.evaluate("document.fonts.ready.then(() => true)")
    assert quiz.page.evaluate("document.documentElement.scrollHeight") <= MAX_HEIGHTS_PX[path]
