"""How people and other programs spell answers: ids, labels, numbers of the scale, and signs for no answer."""

from __future__ import annotations

import re
import unicodedata

from quiz.bank import Bank

#: Cells that contain nothing, in the spelling of `plain`: what R, pandas, spreadsheets and databases write for that.
BLANK_CELLS = frozenset({"", "na", "n/a", "#n/a", "nan", "null"})
# Signs that programs exchange for each other, and signs without a width.
_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‛´`", "'"),
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff", None),
    }
)
_WHOLE_NUMBER = re.compile(r"([0-9]+)[.,]0+")


def plain(text: str) -> str:
    """The text in lower case, with straight quotes, plain hyphens, and one space for all neighbouring blanks.

    >>> plain(" I CAN’T  say\\n")
    "i can't say"
    """
    return " ".join(unicodedata.normalize("NFKC", text.translate(_PLAIN_SIGNS)).casefold().split())


def is_blank(cell: str) -> bool:
    """Whether a cell means that there is nothing: empty, blanks, or a sign for a missing value such as NA."""
    return plain(cell) in BLANK_CELLS


class FollowUpSpellings:
    """The answers to follow-up questions of a bank, and its roles, by every spelling that is understood."""

    def __init__(self, bank: Bank) -> None:
        options = bank.follow_up_option.values()
        self._answers = {
            **{plain(option.label): option.id for option in options},
            **{option.id: option.id for option in options},
            **dict.fromkeys(BLANK_CELLS, bank.skip.id),
        }
        self._roles = {
            **{plain(role.name): role.id for role in bank.roles},
            **{role.id: role.id for role in bank.roles},
            **dict.fromkeys(BLANK_CELLS, ""),
        }

    def answer(self, text: str) -> str | None:
        """The id of the answer that `text` means: an id or a label in any case, or a sign for no answer; else None."""
        return self._answers.get(plain(text))

    def role(self, text: str) -> str | None:
        """The id of the role that `text` means, an id or a name in any case; "" for a sign for none; else None."""
        return self._roles.get(plain(text))


class AnswerSpellings:
    """The answers of a bank by every spelling that is understood."""

    def __init__(self, bank: Bank) -> None:
        self._answers = {
            **{plain(option.label): option.id for option in bank.option.values()},
            **{str(number): option.id for number, option in enumerate(bank.scale)},
            **{plain(id): id for id in bank.option},
            **dict.fromkeys(BLANK_CELLS, bank.skip.id),
        }

    def answer(self, text: str) -> str | None:
        """The id of the answer that `text` means, None for any other text.

        It is an answer id or a label, in any case and with any quotes; the number of an answer on the scale, also as
        3.0 or 3,0; or a sign for no answer.
        """
        spelling = plain(text)
        if number := _WHOLE_NUMBER.fullmatch(spelling):
            spelling = number[1]
        return self._answers.get(spelling)
