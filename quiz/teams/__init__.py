"""What teams see: anonymous rounds and open teams. Computes only: `quiz.storage` stores teams."""

from quiz.teams.team import Candidate, Kind, Membership, OpenMember, Publication, Publish, Round, RoundMember, Team

__all__ = [
    "Candidate",
    "Kind",
    "Membership",
    "OpenMember",
    "Publication",
    "Publish",
    "Round",
    "RoundMember",
    "Team",
]
