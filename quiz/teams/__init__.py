"""What teams see: anonymous rounds and open teams. Computes only: `quiz.storage` stores teams."""

from quiz.teams.team import (
    Candidate,
    Membership,
    OpenMember,
    Publication,
    Publish,
    Removal,
    Round,
    RoundMember,
    Team,
    TeamKind,
)

__all__ = [
    "Candidate",
    "Membership",
    "OpenMember",
    "Publication",
    "Publish",
    "Removal",
    "Round",
    "RoundMember",
    "Team",
    "TeamKind",
]
