"""What an anonymous team may see: rounds, told as bands. Open teams are in `quiz.teams.open_team`.

`publish` is the one gate. Pages, print, CSV and JSON know a round only as the `Published` it gives, which holds no
answers and nothing to count them back from; whatever else they say is derived from that value alone.

Three things hide a person. A responsibility is told as a band, so the count itself is never known. The mix is told to
5 %, without roles that fewer than three people hold. And what a team has been told stays until more has moved than one
person can move: else two rounds of the same people, before and after one of them came, would tell that person's week.
"""

from quiz.teams.anonymous.agenda import MINUTES, Prompt, agenda
from quiz.teams.anonymous.facts import Fact, facts
from quiz.teams.anonymous.publish import Member, publish
from quiz.teams.anonymous.published import (
    BANDS,
    FEWEST,
    HEADS,
    LARGE,
    MOST,
    NAMED_FROM,
    PARTS,
    STEP,
    Covered,
    HandOver,
    Part,
    Published,
)
from quiz.teams.anonymous.rules import FLOOR, MINIMUMS, eligible, may_close, must_withdraw

__all__ = [
    "BANDS",
    "FEWEST",
    "FLOOR",
    "HEADS",
    "LARGE",
    "MINIMUMS",
    "MINUTES",
    "MOST",
    "NAMED_FROM",
    "PARTS",
    "STEP",
    "Covered",
    "Fact",
    "HandOver",
    "Member",
    "Part",
    "Prompt",
    "Published",
    "agenda",
    "eligible",
    "facts",
    "may_close",
    "must_withdraw",
    "publish",
]
