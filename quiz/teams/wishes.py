"""The wishes of an open team that meet: somebody wants to hand over or to start what somebody else could take or teach.

Only the wishes of people who show them to the team count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.teams.team import OpenMember
from quiz.teams.team_work import WorkItem


@dataclass(frozen=True)
class MeetingWishes:
    """One responsibility that people want to hand over (`hand-over`) or to start (`start`), and who could help.

    `people` have the wish. `partners` want more of it or want to start it (`hand-over`), or do it weekly or more
    (`start`). All are places in the team.
    """

    kind: Literal["hand-over", "start"]
    responsibility: str
    people: tuple[int, ...]
    partners: tuple[int, ...]


def meeting_wishes(work: Sequence[WorkItem], members: Sequence[OpenMember]) -> tuple[MeetingWishes, ...]:
    """What people want to hand over and others want, then what people want to start and others do.

    A person who does a thing weekly already does not have to start it. Nobody is their own partner.
    """
    hand_overs, starts = [], []
    for item in work:
        id = item.responsibility.id
        wishes = {place: (member.wishes or {}).get(id) for place, member in enumerate(members)}
        givers = tuple(place for place, wish in wishes.items() if wish == "hand-over" and _does_any(item, place))
        learners = tuple(place for place, wish in wishes.items() if wish == "start" and place not in item.doers)
        takers = tuple(place for place, wish in wishes.items() if wish == "more" or place in learners)
        if givers and takers:
            hand_overs.append(MeetingWishes("hand-over", id, givers, takers))
        if learners and item.doers:
            starts.append(MeetingWishes("start", id, learners, item.doers))
    return (*hand_overs, *starts)


def _does_any(item: WorkItem, place: int) -> bool:
    return place in item.doers or any(near.person == place for near in item.near)
