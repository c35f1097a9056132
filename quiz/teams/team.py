"""Teams, their rounds and their members, as plain values. `quiz.storage` stores and loads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.bank import FollowUps

TeamKind = Literal["anonymous", "open"]


@dataclass(frozen=True)
class Round:
    """One time that a team takes the quiz together. `published` is JSON text, None while the round is open.

    `people` is the number of counted responses; `deleted` is how many of them their owners deleted later.
    """

    number: int
    opened: str
    closed: str | None
    published: str | None
    people: int
    deleted: int


@dataclass(frozen=True)
class Team:
    """A team with its rounds, first to last. The join link is derived from the lead link and `number`."""

    id: int
    number: int
    name: str
    kind: TeamKind
    minimum: int
    created: str
    rounds: tuple[Round, ...]

    @property
    def open_round(self) -> Round | None:
        """The round that is open, if there is one."""
        return self.rounds[-1] if self.rounds and self.rounds[-1].closed is None else None

    @property
    def closed_rounds(self) -> tuple[Round, ...]:
        """The closed rounds, first to last."""
        return tuple(round for round in self.rounds if round.closed is not None)

    @property
    def last_closed(self) -> str | None:
        """The day on which the last round was closed."""
        return self.closed_rounds[-1].closed if self.closed_rounds else None

    @property
    def last_published(self) -> str | None:
        """What the last closed round published, as JSON text."""
        return self.closed_rounds[-1].published if self.closed_rounds else None


@dataclass(frozen=True)
class RoundMember:
    """A member of a team, with the values that decide whether the open round counts the response.

    `response` is its id, `finished` the day on which it was finished, `counted` whether any round counted it before.
    """

    response: int
    finished: str | None
    counted: bool


@dataclass(frozen=True)
class Candidate(RoundMember):
    """A member of a team with the parts of the response that a round may use."""

    answers: Mapping[str, str]
    contacts: Sequence[str]
    follow_ups: FollowUps | None = None


@dataclass(frozen=True)
class Publication:
    """What closing a round stores: what is published, as JSON text, and the ids of the responses that it counts."""

    published: str
    counted: Sequence[int]


#: Decides what closing a round publishes: gets the team and all its members; None leaves the round open.
Publish = Callable[[Team, Sequence[Candidate]], Publication | None]


@dataclass(frozen=True)
class Membership:
    """The membership of one response. In open teams: the `name` to show, and whether `wishes` are shown."""

    team: Team
    name: str
    shares_wishes: bool
    counted: bool


@dataclass(frozen=True)
class Removal:
    """The lead of an open team removed a response from it on `day`."""

    team_name: str
    day: str


@dataclass(frozen=True)
class OpenMember:
    """One response in an open team. `wishes` (responsibility to wish) is None if the person does not show them.

    `response` is its id, `earlier` are the ids of the responses that it repeats: they are of the same person.
    """

    name: str
    answers: Mapping[str, str]
    wishes: Mapping[str, str] | None = None
    follow_ups: FollowUps | None = None
    is_finished: bool = True
    response: int = 0
    earlier: tuple[int, ...] = ()
