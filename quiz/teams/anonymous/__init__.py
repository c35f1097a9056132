"""What an anonymous team may see: rounds, published as bands. Open teams are in `quiz.teams.open_team`.

`publish` is the only function that turns answers into something a team may see. Pages, print, CSV and JSON are made
from the `Published` value that it returns, which contains no answers and no counts of answers.

Three rules hide each person. The number of people who do a responsibility is published as a band only. The mix is
published in steps of 5 %, without the roles that fewer than three people combine. A published band or
mix stays as it is until it changed by more than one person can change it. Otherwise two rounds of the same people,
before and after one of them joined, would reveal that person's answers.
"""

from quiz.teams.anonymous.agenda import AGENDA_MINUTES, AgendaPart, AgendaPrompt, agenda
from quiz.teams.anonymous.facts import Fact, facts, share_text
from quiz.teams.anonymous.publish import Contribution, publish
from quiz.teams.anonymous.published import (
    BAND_LABELS,
    COUNT_BANDS,
    FRACTION_BANDS,
    HIGHEST_BANDS,
    LARGE_TEAM_SIZE,
    LOWEST_BANDS,
    MAX_SHARE_PERCENT,
    MIN_HOLDERS_NAMED,
    SHARE_STEP_PERCENT,
    ContactBand,
    Published,
    PublishedCoverage,
    PublishedShare,
)
from quiz.teams.anonymous.rules import MIN_ROUND_SIZE, MINIMUMS, is_eligible, may_close, must_withdraw

__all__ = [
    "AGENDA_MINUTES",
    "BAND_LABELS",
    "COUNT_BANDS",
    "FRACTION_BANDS",
    "HIGHEST_BANDS",
    "LARGE_TEAM_SIZE",
    "LOWEST_BANDS",
    "MAX_SHARE_PERCENT",
    "MINIMUMS",
    "MIN_HOLDERS_NAMED",
    "MIN_ROUND_SIZE",
    "SHARE_STEP_PERCENT",
    "AgendaPart",
    "AgendaPrompt",
    "ContactBand",
    "Contribution",
    "Fact",
    "Published",
    "PublishedCoverage",
    "PublishedShare",
    "agenda",
    "facts",
    "is_eligible",
    "may_close",
    "must_withdraw",
    "publish",
    "share_text",
]
