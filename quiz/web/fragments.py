"""HTML that is the same for everybody, stored in memory: questions and rows with an answer, squares, dials, the logo.

Rendering them takes a large part of the time of a question page and of a result. Only what the bank and the forms
define is stored here, never what a person wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment

from quiz.bank import Bank
from quiz.teams.dials import answer_dial, role_dial

#: Enough for every question of the shipped bank with every answer or an error (168). For a larger bank the latest ones
#: are stored.
MAX_QUESTION_FRAGMENTS = 2000


def question_renderer(environment: Environment, bank: Bank) -> Callable[..., str]:
    """A function that gives the HTML of a question of `bank`.

    It takes the id of the question, the id of the chosen answer or None, and the error message, if there is one.
    """

    @lru_cache(MAX_QUESTION_FRAGMENTS)
    def question_fragment(question_id: str, answer_id: str | None, error: str = "") -> str:
        responsibility, options = bank.responsibility[question_id], tuple(bank.option.values())
        html: str = _macros(environment, "take/_question.html").question(responsibility, options, answer_id, error)
        return html

    return question_fragment


def answer_row_renderer(environment: Environment) -> Callable[..., str]:
    """A function that gives the HTML inside a row of answers: how often as squares, what, the answer and the wish.

    It takes the ids of the question, of the answer and of the wish (or None), and whether the row is a link.
    """

    @lru_cache(MAX_QUESTION_FRAGMENTS)
    def answer_row(question_id: str, answer_id: str | None, wish_id: str | None, is_link: bool) -> str:
        html: str = _macros(environment, "result/_answer_row.html").answer_row(question_id, answer_id, wish_id, is_link)
        return html

    return answer_row


def render_level_squares(environment: Environment, bank: Bank) -> dict[str, str]:
    """The squares that show how often, by the id of the answer."""
    macros = _macros(environment, "_partials/parts.html")
    return {option.id: macros.level_squares(option, bank.scale) for option in bank.option.values()}


def role_dial_renderer(environment: Environment) -> Callable[[int | None, bool], str]:
    """A function that gives the dial of a role, from its coverage in percent or None, and whether the mix has it."""

    @cache  # two for each percent
    def role_dial_fragment(percent: int | None, in_mix: bool) -> str:
        html: str = _macros(environment, "_partials/parts.html").dial(role_dial(percent, in_mix=in_mix))
        return html

    return role_dial_fragment


def render_answer_dials(environment: Environment, bank: Bank) -> dict[str, str]:
    """The dials of the table of an open team, by the id of the answer."""
    macros = _macros(environment, "_partials/parts.html")
    return {option.id: macros.dial(answer_dial(option, bank.scale)) for option in bank.option.values()}


def render_logo(environment: Environment) -> str:
    """The logo of the bank, an empty picture if it has none."""
    html: str = _macros(environment, "_partials/logo.html").logo()
    return html


def _macros(environment: Environment, template: str) -> Any:
    return environment.get_template(template).module
