"""Levels to a match: which roles a person combines, how surely, and what would change it.

The rule, in short: rank the judged roles by coverage; for every cut through that ranking, take the roles above it and
compare the person's levels with those roles' vectors together (cosine), less a cost for each role; the best is the mix.

`match` is for one person, `score` and `stability` are for many; one vectorised kernel serves both.
"""

from quiz.scoring.kernel import ALL_ALIKE, COST_PER_ROLE, EVIDENCE, MIN_ANSWERED_SHARE, NOT_ENOUGH
from quiz.scoring.match import ClosestRole, Match, RoleScore, match
from quiz.scoring.percentages import share_percentages
from quiz.scoring.scores import Scores, score, stability
from quiz.scoring.scoring_model import ScoringModel

__all__ = [
    "ALL_ALIKE",
    "COST_PER_ROLE",
    "EVIDENCE",
    "MIN_ANSWERED_SHARE",
    "NOT_ENOUGH",
    "ClosestRole",
    "Match",
    "RoleScore",
    "Scores",
    "ScoringModel",
    "match",
    "score",
    "share_percentages",
    "stability",
]
