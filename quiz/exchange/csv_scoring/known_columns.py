"""Recognises the columns of a bank by their names in a CSV file."""

from __future__ import annotations

from difflib import get_close_matches

from quiz.bank import AGREED_COLUMNS, CSV_COLUMNS, Bank
from quiz.exchange.export import result_columns
from quiz.exchange.personal_data import feedback_columns, follow_up_columns
from quiz.exchange.spellings import plain

# Signs before and after the text of a question in a header.
_OPENING_SIGNS, _CLOSING_SIGNS = " [(.:-\"'", " ]).:?!\"'"
# Of a longer name, only the end is compared with the known ones.
_MAX_COMPARED_CHARACTERS = 200


class KnownColumns:
    """The columns of a bank by every name that is understood."""

    def __init__(self, bank: Bank) -> None:
        self._stem = plain(bank.stem).rstrip(_OPENING_SIGNS)
        self._questions = {plain(item.question).rstrip(_CLOSING_SIGNS): item.id for item in bank.questions_in_order}
        columns = [*bank.responsibility, *CSV_COLUMNS, *follow_up_columns(bank)]
        columns += [*feedback_columns(bank), *AGREED_COLUMNS, *result_columns(bank.role)]
        self._ids = {plain(column): column for column in columns}

    def find(self, name: str) -> str | None:
        """The column that a header cell stands for: a question id or another name; None if it is unknown.

        It is the name itself, or the text of the question: alone, after the stem, or in square brackets after
        any text, as form tools write it.
        """
        spelling = plain(name)
        if spelling in self._ids:
            return self._ids[spelling]
        spelling = spelling.rstrip(_CLOSING_SIGNS)
        for question, id in self._questions.items():
            if spelling.endswith(question) and self._can_precede_question(spelling.removesuffix(question)):
                return id
        return None

    def _can_precede_question(self, text: str) -> bool:
        words = text.rstrip(_OPENING_SIGNS)
        return not words or text.endswith("[") or (bool(self._stem) and words.endswith(self._stem))

    def similar(self, name: str) -> str | None:
        """The id whose spelling or question is most similar to an unknown name, None if no one is similar."""
        spellings = self._ids | self._questions
        matches = get_close_matches(plain(name)[-_MAX_COMPARED_CHARACTERS:], spellings, 1)
        return spellings[matches[0]] if matches else None
