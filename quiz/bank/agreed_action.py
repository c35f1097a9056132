"""What two people agreed in a conversation about a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Few, so that they are done.
MAX_ACTIONS = 3
MAX_ACTION_LENGTH = 120
Outcome = Literal["", "done", "not-yet", "dropped"]
#: What a person can say about an action when taking the quiz again.
OUTCOMES: tuple[Outcome, ...] = ("done", "not-yet", "dropped")


@dataclass(frozen=True)
class AgreedAction:
    """One action that was agreed. `number` is its place on the sheet, from 1 to `MAX_ACTIONS`; places can be empty.

    `due` is the day by which it is to be done, "" if none was named. `outcome` is one of `OUTCOMES`, "" as long as the
    person has said nothing about it.
    """

    number: int
    text: str
    due: str = ""
    outcome: Outcome = ""
