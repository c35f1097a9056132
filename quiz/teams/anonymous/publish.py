"""Computes from the answers of a team what a round publishes. Teams see nothing else that comes from answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from quiz.bank import Bank, FollowUps
from quiz.results.goals import MIN_REGULAR_LEVEL
from quiz.scoring import ScoringModel, follow_up_sheets, score, share_percentages
from quiz.teams.anonymous.published import (
    COUNT_BANDS,
    FRACTION_BANDS,
    LARGE_TEAM_SIZE,
    MAX_SHARE_PERCENT,
    MIN_HOLDERS_NAMED,
    SHARE_STEP_PERCENT,
    ContactBand,
    Published,
    PublishedCoverage,
    PublishedShare,
)
from quiz.teams.anonymous.rules import may_close

#: The key of all roles without a published share, next to role ids, which are never empty.
_OTHER_ROLES = ""


@dataclass(frozen=True)
class Contribution:
    """What one finished response adds to a round: its answers, and the roles that the person works with.

    It has no field for titles, wishes or free text, so none of them can reach a team. Follow-up answers only change
    which roles the mix of this person has. So as without them, one person counts at most once for a role, and the
    shares of one person sum to 1: one person can change no band and no share by more.
    """

    answers: Mapping[str, str]
    contacts: Collection[str] = ()
    follow_ups: FollowUps | None = None


def publish(
    bank: Bank,
    model: ScoringModel,
    contributions: Sequence[Contribution],
    minimum: int,
    previous: Published | None = None,
) -> Published | None:
    """What closing a round publishes, or None if there are fewer contributions than the minimum.

    Parameters
    ----------
    contributions : sequence of Contribution
        One for each response for which `is_eligible` holds. Their order does not matter.
    minimum : int
        One of `MINIMUMS`.
    previous : Published, optional
        What the team's last round published, withdrawn or not. A band or a mix stays as it was unless it changed by
        more than one person who joined, left or was replaced could have changed it. So after the first round a band
        may be one person too high or too low, and pages have to say that.

    Raises
    ------
    ValueError
        If `minimum` is not one of `MINIMUMS`.
    """
    if not may_close(len(contributions), minimum):
        return None
    steps = np.concatenate([model.steps(contribution.answers) for contribution in contributions])
    levels = model.level_of_step[steps]
    follow_ups = follow_up_sheets(model, [contribution.follow_ups for contribution in contributions])
    scores = score(model, levels, follow_ups)
    mixes = [{model.roles[n] for n in np.flatnonzero(row)} for row in scores.mix]
    shares = dict(zip(model.roles, scores.share.T.tolist(), strict=True))
    mix, other_percent = _mix(bank, mixes, shares, previous)
    return Published(
        people=len(contributions),
        bank=bank.version,
        mix=mix,
        other_percent=other_percent,
        coverage=_coverage(bank, model, levels, previous),
        contacts=_contacts(bank, mixes, contributions, previous),
    )


def _coverage(
    bank: Bank, model: ScoringModel, levels: NDArray[np.float64], previous: Published | None
) -> tuple[PublishedCoverage, ...]:
    """The band of each responsibility. `levels` has the shape (people, questions), NaN for skipped questions."""
    people = len(levels)
    counts = (np.nan_to_num(levels) >= MIN_REGULAR_LEVEL).sum(axis=0).tolist()
    previous_bands = {item.responsibility: item.band for item in previous.coverage} if previous else {}
    coverage = []
    for id, count in zip(model.questions, counts, strict=True):
        responsibility = bank.responsibility[id]
        band = _band(count, people, previous_bands.get(id))
        coverage.append(PublishedCoverage(id, responsibility.name, responsibility.role, band))
    return tuple(coverage)


def _contacts(
    bank: Bank, mixes: Sequence[set[str]], contributions: Sequence[Contribution], previous: Published | None
) -> tuple[ContactBand, ...]:
    """The band of each pair of roles that usually work together."""
    previous_bands = {item.roles: item.band for item in previous.contacts} if previous else {}
    contacts = []
    for pair in sorted(bank.contacts):
        count = _connecting_people(pair, mixes, contributions)
        contacts.append(ContactBand(pair, _band(count, len(mixes), previous_bands.get(pair))))
    return tuple(contacts)


def _connecting_people(pair: tuple[str, str], mixes: Sequence[set[str]], contributions: Sequence[Contribution]) -> int:
    """The number of people who combine both roles, or combine one and work with the other."""
    count = 0
    for mix, contribution in zip(mixes, contributions, strict=True):
        has_one = any(role in mix for role in pair)
        knows_both = all(role in mix or role in contribution.contacts for role in pair)
        if has_one and knows_both:
            count += 1
    return count


def _band(count: int, people: int, previous_band: str | None) -> str:
    """The previous band if one person more or less would still be in it, otherwise the band of the count."""
    possible_bands = [_exact_band(possible_count, people) for possible_count in (count - 1, count, count + 1)]
    if previous_band is not None and previous_band in possible_bands:
        return previous_band
    return _exact_band(count, people)


def _exact_band(count: int, people: int) -> str:
    """The band of a count: a number of people in a small team, a fraction of the team in a large one."""
    return _fraction_band(count, people) if people >= LARGE_TEAM_SIZE else _count_band(count)


def _count_band(count: int) -> str:
    one_at_most, two_or_three, four_or_more = COUNT_BANDS
    if count <= 1:
        return one_at_most
    if count <= 3:
        return two_or_three
    return four_or_more


def _fraction_band(count: int, people: int) -> str:
    under_a_quarter, to_a_half, to_three_quarters, over_three_quarters = FRACTION_BANDS
    if 4 * count < people:
        return under_a_quarter
    if 2 * count < people:
        return to_a_half
    if 4 * count <= 3 * people:
        return to_three_quarters
    return over_three_quarters


def _mix(
    bank: Bank, mixes: Sequence[set[str]], shares: Mapping[str, Sequence[float]], previous: Published | None
) -> tuple[tuple[PublishedShare, ...], int]:
    """The mix of the team and the percent of all other roles; the previous ones if one person can make the difference.

    Parameters
    ----------
    mixes
        The roles that each person combines.
    shares
        By role, the share of each person, 0 to 1.
    """
    people = len(mixes)
    holders = Counter(role for mix in mixes for role in mix)
    means = {}
    for role, role_shares in shares.items():
        if holders[role] >= MIN_HOLDERS_NAMED:
            # An exact sum: a different order of people must not move a share over a rounding step.
            means[role] = fsum(role_shares) / people
    # Never zero: that would reveal that nobody at all has any other role.
    others = max(1 - fsum(means.values()), 1e-6)
    percents = share_percentages({**means, _OTHER_ROLES: others})
    other_percent = percents.pop(_OTHER_ROLES)
    for role, percent in percents.items():
        if percent >= MAX_SHARE_PERCENT:
            percents = {role: MAX_SHARE_PERCENT}
            other_percent = 100 - MAX_SHARE_PERCENT
            break
    mix = []
    for item in bank.roles:
        mix.append(PublishedShare(item.id, item.name, is_common=item.id in means, percent=percents.get(item.id)))
    if previous is not None and _one_person_could_change(previous, mix, people, holders):
        return previous.mix, previous.other_percent
    return tuple(mix), other_percent


def _one_person_could_change(
    previous: Published, mix: Sequence[PublishedShare], people: int, holders: Mapping[str, int]
) -> bool:
    """Whether one person who joined, left or was replaced could make the difference between two mixes.

    `people` and `holders`, the number of people who combine each role, belong to the new `mix`.
    """
    if {share.role for share in previous.mix} != {share.role for share in mix}:
        return False
    for share in previous.mix:
        is_common = holders[share.role] >= MIN_HOLDERS_NAMED
        # One person can change whether a role is common only if two or three people combine it now.
        if share.is_common != is_common and holders[share.role] not in (MIN_HOLDERS_NAMED - 1, MIN_HOLDERS_NAMED):
            return False
    # The whole share of one person, and one rounding step in each of the two mixes.
    max_change = 100 / min(previous.people, people) + 2 * SHARE_STEP_PERCENT
    old = {share.role: share.percent for share in previous.mix if share.percent}
    new = {share.role: share.percent for share in mix if share.percent}
    old_total = new_total = 0
    for role in old.keys() & new.keys():
        if abs(old[role] - new[role]) > max_change:
            return False
        old_total += old[role]
        new_total += new[role]
    return abs(old_total - new_total) <= max_change
