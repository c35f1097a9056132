"""HTML that is the same for everybody, stored in memory: questions and rows with an answer, squares, dials, the logo.

Rendering them takes a large part of the time of a question page and of a result. Only what the bank and the forms
define is stored here, never what a person wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

from quiz.bank import Bank
from quiz.teams.dials import answer_dial, role_dial

if TYPE_CHECKING:
    from quiz.teams.team_people import RoleCoverage
    from quiz.web.app import App

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


def role_cell_renderer(environment: Environment, bank: Bank) -> Callable[[RoleCoverage], str]:
    """A function that gives a cell of the table of roles of an open team."""

    # By the id of the role, which is hashed faster than the role. For each role there are two for each percent.
    @lru_cache(MAX_QUESTION_FRAGMENTS)
    def role_cell(role_id: str, percent: int | None, in_mix: bool) -> str:
        dial = role_dial(percent, in_mix=in_mix)
        html: str = _macros(environment, "open_team/_cells.html").role_cell(bank.role[role_id], percent, in_mix, dial)
        return html

    return lambda cell: role_cell(cell.role.id, cell.percent, cell.in_mix)


def render_answer_cells(environment: Environment, bank: Bank) -> dict[str | None, str]:
    """The cells of the table of answers of an open team, by the id of the answer; None for a question without one."""
    macros = _macros(environment, "open_team/_cells.html")
    cells: dict[str | None, str] = {option.id: macros.answer_cell(option) for option in bank.option.values()}
    return cells | {None: macros.answer_cell(None)}


def render_answer_dials(environment: Environment, bank: Bank) -> dict[str, str]:
    """The dials of answers, by the id of the answer. They are copies of the drawings of `render_dial_symbols`."""
    macros = _macros(environment, "open_team/_cells.html")
    return {option.id: macros.answer_dial(option) for option in bank.option.values()}


def render_dial_symbols(environment: Environment, bank: Bank) -> str:
    """The drawings of all dials of answers. A page with such dials has them once: thousands of copies stay small."""
    drawings = [(option.id, answer_dial(option, bank.scale)) for option in bank.option.values()]
    html: str = _macros(environment, "open_team/_cells.html").dial_symbols(drawings)
    return html


def team_examples_renderer(environment: Environment, app: App) -> Callable[[], str]:
    """A function that gives the examples on the page where a team is created. They are made when first needed."""

    @cache
    def examples() -> str:
        html: str = _macros(environment, "lead/_kinds.html").examples(app.team_examples)
        return html

    return examples


def render_logo(environment: Environment) -> str:
    """The logo of the bank, an empty picture if it has none."""
    html: str = _macros(environment, "_partials/logo.html").logo()
    return html


def _macros(environment: Environment, template: str) -> Any:
    return environment.get_template(template).module
