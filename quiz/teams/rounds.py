"""The rounds of an anonymous team: whether the open one may be closed, what that publishes, and the closed ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from quiz.bank import Bank
from quiz.scoring import ScoringModel
from quiz.teams import anonymous
from quiz.teams.team import Candidate, Publication, Publish, RoundMember, Team


@dataclass(frozen=True)
class ClosedRound:
    """A closed round. `published` is None if it was withdrawn."""

    number: int
    closed: str
    published: anonymous.Published | None


def is_minimum_reached(team: Team, members: Sequence[RoundMember]) -> bool:
    """Whether enough `members` have finished for the open round of `team` to be closed; False if no round is open.

    This is all that anybody learns about an open round. A number would show to a lead who watches it when each person
    finishes, leaves or deletes their answers.
    """
    if team.open_round is None:
        return False
    finished = sum(_is_eligible(member, team.last_closed) for member in members)
    return anonymous.may_close(finished, team.minimum)


def publisher(bank: Bank, model: ScoringModel) -> Publish:
    """The function that `Storage.close_round` calls to decide what a round publishes."""

    def publish(team: Team, candidates: Sequence[Candidate]) -> Publication | None:
        counted = [candidate for candidate in candidates if _is_eligible(candidate, team.last_closed)]
        contributions = [anonymous.Contribution(one.answers, one.contacts, one.follow_ups) for one in counted]
        previous = None
        if team.last_published:
            previous = anonymous.Published.from_data(json.loads(team.last_published))
        published = anonymous.publish(bank, model, contributions, team.minimum, previous)
        if published is None:
            return None
        response_ids = [candidate.response for candidate in counted]
        return Publication(json.dumps(published.to_data()), response_ids)

    return publish


def closed_rounds(team: Team) -> tuple[ClosedRound, ...]:
    """The closed rounds of `team`, latest first."""
    rounds = []
    for round in reversed(team.closed_rounds):
        published = None
        if not anonymous.must_withdraw(round.people, round.deleted):
            published = anonymous.Published.from_data(json.loads(round.published or ""))
        rounds.append(ClosedRound(round.number, round.closed or "", published))
    return tuple(rounds)


def published_round(team: Team, number: int) -> anonymous.Published | None:
    """What one round of `team` published; None if there is no such round, or if it is open or withdrawn."""
    for round in closed_rounds(team):
        if round.number == number:
            return round.published
    return None


def _is_eligible(member: RoundMember, last_closed: str | None) -> bool:
    return anonymous.is_eligible(member.finished, counted=member.counted, in_other_team=False, last_closed=last_closed)
