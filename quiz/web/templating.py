"""How Jinja is set up: its options, and the functions and filters that templates may use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from flask import request
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined

from quiz.bank import AnswerOption, Bank, Role
from quiz.storage import DRAFT_DAYS, MIN_DAYS_OVERDUE, ROUND_TIE_DAYS
from quiz.web import fragments, stylesheet
from quiz.web.forms.agreement import OUTCOME_LABELS

if TYPE_CHECKING:
    from quiz.web.app import App

#: `tokens.css` has this many colours. A bank with more roles repeats them; the icon and the name still tell them apart.
ROLE_COLOUR_COUNT = 7
STATIC_FOLDER = Path(__file__).parent / "static"
# `strftime` would use the language of the server.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NUMBER_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def init_app(app: App, bank_folder: Path) -> None:
    """Set up the templates of `app`. They can include files of the bank as `bank/…`."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    templates = cast(Any, environment.loader)
    environment.loader = ChoiceLoader([templates, PrefixLoader({"bank": FileSystemLoader(bank_folder)})])

    environment.globals["bank"] = app.bank  # a global, because imported macros do not get the values of a page
    environment.globals["static_url"] = static_urls(app)
    environment.globals["absolute_url"] = app.absolute_url
    environment.globals["role_colour"] = role_colours(app.bank)
    environment.globals["outcome_labels"] = OUTCOME_LABELS
    environment.globals["min_days_overdue"] = MIN_DAYS_OVERDUE
    environment.globals["round_tie_days"] = ROUND_TIE_DAYS
    environment.globals["draft_days"] = DRAFT_DAYS

    environment.filters["capitalize_first"] = capitalize_first
    environment.filters["join_names"] = join_names
    environment.filters["count_noun"] = count_noun
    environment.filters["number_word"] = number_word
    environment.filters["format_day"] = format_day
    environment.filters["level_squares"] = level_squares

    environment.globals["site_logo"] = fragments.render_logo(environment)
    environment.globals["question_fragment"] = fragments.question_renderer(environment, app.bank)
    environment.globals["viewer_question_fragment"] = fragments.question_renderer(environment, app.bank.for_viewers)
    environment.globals["answer_row_fragment"] = fragments.answer_row_renderer(environment)
    environment.globals["level_squares_html"] = fragments.render_level_squares(environment, app.bank)
    environment.globals["role_dial_html"] = fragments.role_dial_renderer(environment)
    environment.globals["answer_dial_html"] = fragments.render_answer_dials(environment, app.bank)
    environment.globals["dial_symbols_html"] = fragments.render_dial_symbols(environment, app.bank)
    environment.globals["team_examples_html"] = fragments.team_examples_renderer(environment, app)
    environment.globals["role_cell_html"] = fragments.role_cell_renderer(environment, app.bank)
    environment.globals["answer_cell_html"] = fragments.render_answer_cells(environment, app.bank)


def role_colours(bank: Bank) -> Callable[[Role], str]:
    """A function that gives the CSS class of a role’s colour, by the place of the role in the bank.

    >>> from quiz.bank import load
    >>> from quiz.config import paths
    >>> bank = load(paths.project_folder("questions"))
    >>> role_colours(bank)(bank.roles[2])
    'role-2'
    """
    class_of_role = {role.id: f"role-{number % ROLE_COLOUR_COUNT}" for number, role in enumerate(bank.roles)}
    return lambda role: class_of_role[role.id]


def static_urls(app: App) -> Callable[[str], str]:
    """A function that gives the address of a static file.

    The address changes when the content does, so that browsers may keep the file for a year. `inter.woff2` has no
    version, since the style sheet names it without one.
    """
    versions = {name: _hash((STATIC_FOLDER / name).read_bytes()) for name in ("icon.svg", "page.js")}
    versions["style.css"] = _hash(stylesheet.read_stylesheet().encode())
    # Not `url_for`, which takes a tenth of the time of a page, for these four addresses.
    paths = {name: f"{app.static_url_path}/{name}?v={version}" for name, version in versions.items()}
    paths["inter.woff2"] = f"{app.static_url_path}/inter.woff2"
    return lambda name: request.script_root + paths[name]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


def capitalize_first(text: str) -> str:
    """`text` with its first letter in upper case.

    >>> capitalize_first("DevOps/SRE"), capitalize_first("data engineer"), capitalize_first("")
    ('DevOps/SRE', 'Data engineer', '')
    """
    return text[:1].upper() + text[1:]


def join_names(names: Iterable[str], conjunction: str = "and") -> str:
    """Names as a sentence lists them.

    >>> join_names(["A"]), join_names(["A", "B"], "or"), join_names(["A", "B", "C"]), join_names([])
    ('A', 'A or B', 'A, B and C', '')
    """
    names = list(names)
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def count_noun(number: int, singular: str, plural: str) -> str:
    """A number with its noun.

    >>> count_noun(1, "answer", "answers"), count_noun(2, "answer", "answers")
    ('1 answer', '2 answers')
    """
    return f"{number} {singular if number == 1 else plural}"


def number_word(number: int) -> str:
    """A small number as a word, a larger one as digits.

    >>> number_word(4), number_word(40)
    ('four', '40')
    """
    return _NUMBER_WORDS[number] if number < len(_NUMBER_WORDS) else str(number)


def format_day(day: str) -> str:
    """A stored day as people write it.

    >>> format_day("2027-11-02")
    '2 November 2027'
    """
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"


class Square(NamedTuple):
    """One square: its left edge, and whether it is filled."""

    x: float
    filled: bool


class LevelSquares(NamedTuple):
    """A row of squares, one for each answer above the lowest. Lengths are units of the drawing.

    `squares` is empty for the answer that skips a question: a line is drawn instead, so that it looks unlike "never".
    """

    width: int
    squares: list[Square]


def level_squares(point: AnswerOption, scale: Sequence[AnswerOption]) -> LevelSquares:
    """The squares for one answer: filled up to its level. The answer that skips a question has no squares."""
    distance, gap = 14, 3
    levels = [step.level or 0 for step in scale[1:]]
    width = len(levels) * distance - gap
    level = point.level
    if level is None:
        return LevelSquares(width, [])
    return LevelSquares(width, [Square(n * distance + 0.5, step <= level) for n, step in enumerate(levels)])
