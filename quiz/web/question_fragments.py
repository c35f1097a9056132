"""The HTML of a single question, kept in memory: it is the same for everybody who chose the same answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from jinja2 import Environment

#: Enough for every question of the shipped bank with every answer (147); larger banks keep the latest ones.
MAX_FRAGMENTS = 2000


def renderer(environment: Environment) -> Callable[[str, str | None], str]:
    """A function that gives the HTML of a question, by its id and the id of the chosen answer, if there is one.

    Rendering takes about as long as the rest of a question page. Only ids of the bank are kept in memory, never what a
    person wrote.
    """

    @lru_cache(MAX_FRAGMENTS)
    def question_fragment(question_id: str, answer_id: str | None) -> str:
        module = environment.get_template("take/_question.html").module
        return module.question(question_id, answer_id)  # type: ignore[attr-defined, no-any-return]

    return question_fragment
