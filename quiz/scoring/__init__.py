"""Scoring: which roles a person combines, how certain that is, and what would change it.

The rule: rank the judged roles by coverage. For each number of roles from the top of the ranking, compute the cosine
between the person's levels and the sum of these roles' vectors, and subtract a cost for each role. The roles with the
highest value are the mix.

`match` scores one person, `score` and `stability` score many. Both use the same vectorised kernel.
"""

from quiz.scoring.follow_ups import FollowUpQuestions, FollowUpSheets, follow_up_questions, follow_up_sheets
from quiz.scoring.kernel import ALL_ALIKE, COST_PER_ROLE, EVIDENCE, MIN_ANSWERED_SHARE, NOT_ENOUGH
from quiz.scoring.match import ClosestRole, Comparison, Match, RoleScore, match
from quiz.scoring.percentages import coverage_percentage, share_percentages
from quiz.scoring.scores import Scores, score, stability
from quiz.scoring.scoring_model import ScoringModel

__all__ = [
    "ALL_ALIKE",
    "COST_PER_ROLE",
    "EVIDENCE",
    "MIN_ANSWERED_SHARE",
    "NOT_ENOUGH",
    "ClosestRole",
    "Comparison",
    "FollowUpQuestions",
    "FollowUpSheets",
    "Match",
    "RoleScore",
    "Scores",
    "ScoringModel",
    "coverage_percentage",
    "follow_up_questions",
    "follow_up_sheets",
    "match",
    "score",
    "share_percentages",
    "stability",
]
