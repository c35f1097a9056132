"""The names of columns in CSV files. No question and no role of a bank can have one of them as its id."""

from __future__ import annotations

from quiz.bank.agreed_action import MAX_ACTIONS

#: The columns of a result in CSV files that are about no single role. The others begin with the id of a role or `text.`
CSV_RESULT_COLUMNS = ("evidence", "mix", "alternative", "fit", "stability", "follow_up")

#: The beginning of the names of columns with answers to follow-up questions, before the id of a role.
FOLLOW_UP_PREFIX = "follow-up."
#: The column of CSV files, and the member of JSON objects, with the role that the others were compared with.
FOLLOW_UP_BASE = "base"
#: What no role can have as its id, in addition to the names of columns: a name above could then have two meanings.
RESERVED_ROLE_IDS = (FOLLOW_UP_PREFIX.removesuffix("."), FOLLOW_UP_BASE)

#: The column with what a person says about the result, and the beginning of the names of the columns about its roles.
FEEDBACK_COLUMN, FEEDBACK_PREFIX = "feedback", "feedback."

#: The columns of a person's own CSV file with what they want.
CSV_GOAL_COLUMNS = ("wishes", "goals", "job-goal", "job-goal-responsibilities")
#: The columns of a person's own CSV file: text, day and outcome of each action, then the day of the next look.
AGREED_COLUMNS = (
    *(f"agreed.{number}{part}" for number in range(1, MAX_ACTIONS + 1) for part in ("", ".by", ".outcome")),
    "agreed.next-look",
)
#: The columns of CSV files in addition to those of the questions, which are named by the ids of the questions.
CSV_COLUMNS = (
    "id",
    "title",
    "works-with",
    "text",
    "other-work",
    *CSV_GOAL_COLUMNS,
    FEEDBACK_COLUMN,
    *CSV_RESULT_COLUMNS,
)
