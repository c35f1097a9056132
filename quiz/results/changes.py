"""What changed between two results of one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quiz.bank import AnswerOption, Bank, Responsibility, Role
from quiz.results.goals import answered
from quiz.scoring import ALL_ALIKE, NOT_ENOUGH, Match, ScoringModel, match, score

Verdict = Literal["same", "noise", "changed", "unknown"]


@dataclass(frozen=True)
class Move:
    """One answer that is no longer the same.

    `by` counts the points of the scale that it moved up or, below zero, down; it is 0 where one of the two was left
    out, since leaving out is no point of the scale.
    """

    responsibility: Responsibility
    before: AnswerOption
    after: AnswerOption
    by: int

    @property
    def direction(self) -> Literal["up", "down", "answered", "left-out"]:
        if self.by:
            return "up" if self.by > 0 else "down"
        return "answered" if self.before.level is None else "left-out"


@dataclass(frozen=True)
class Change:
    """Two results of one person side by side.

    `moves` are the answers that moved, the greatest change of level first. `joined` and `left` are the roles that one
    mix has and the other has not, `leads` the role of the greatest coverage where that is another one than before;
    they are empty where the verdict is `unknown`. See `compare` for the verdicts.
    """

    before: Match
    after: Match
    moves: tuple[Move, ...]
    joined: tuple[Role, ...]
    left: tuple[Role, ...]
    leads: Role | None
    verdict: Verdict


def compare(bank: Bank, model: ScoringModel, before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    """What changed from the answers `before` to the answers `after`, each question id to answer id.

    A result is read as the roles of its mix and which of them leads. The verdict on two results is

    - `unknown` where one of them rests on too few answers to be read,
    - `same` where both read the same, whichever answers moved,
    - `noise` where they read differently, but no more so than stability allows for: one is the other mix of the other's
      tie, or moving a single answer of either sheet by one step makes it read as the other does,
    - `changed` otherwise.

    `same` and `noise` both mean "no real change". Swapping the two sheets never changes the verdict, and two sheets
    that differ by one step of one answer are never `changed`.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> before = dict.fromkeys(shipped.responsibility, "never") | {"insights": "daily", "dashboards": "daily"}
    >>> after = before | {"pipelines": "daily", "data-quality": "daily", "dashboards": "monthly"}
    >>> change = compare(shipped, ScoringModel.from_bank(shipped), before, after)
    >>> change.verdict, [(move.responsibility.id, move.by) for move in change.moves]
    ('changed', [('pipelines', 4), ('data-quality', 4), ('dashboards', -2)])
    """
    first, second = match(model, before), match(model, after)
    earlier, later = _read(first), _read(second)
    verdict: Verdict = "changed"
    if "not-enough" in (first.evidence, second.evidence):
        verdict = "unknown"
    elif earlier == later:
        verdict = "same"
    elif later in _near(model, before, first) or earlier in _near(model, after, second):
        verdict = "noise"
    known = verdict != "unknown"
    return Change(
        before=first,
        after=second,
        moves=tuple(sorted(_moves(bank, before, after), key=_how_far, reverse=True)),
        joined=tuple(bank.role[id] for id in second.mix if known and id not in first.mix),
        left=tuple(bank.role[id] for id in first.mix if known and id not in second.mix),
        leads=bank.role[later.leads] if known and later.leads and later.leads != earlier.leads else None,
        verdict=verdict,
    )


@dataclass(frozen=True)
class _Reading:
    """What a person takes from a result: the roles of the mix, and the one that leads unless all are alike."""

    mix: frozenset[str]
    leads: str | None


def _read(found: Match) -> _Reading:
    return _Reading(frozenset(found.mix), found.mix[0] if found.margin is not None else None)


def _near(model: ScoringModel, answers: Mapping[str, str], found: Match) -> set[_Reading]:
    """How a sheet could as well read: by the other mix of its tie, and after one step of any one answer."""
    near = {_Reading(frozenset(found.alternative), found.alternative[0])} if found.alternative else set()
    row = model.steps(answers)[0].astype(int)
    points = model.skip
    moves = [(q, at + by) for q, at in enumerate(row) if at < points for by in (-1, 1) if 0 <= at + by < points]
    question, to = np.array(moves).T
    tried = np.repeat(row[None], len(moves), axis=0)
    tried[np.arange(len(moves)), question] = to
    scores = score(model, model.level_of_step[tried])
    for evidence, mix, order in zip(scores.evidence, scores.mix, scores.ranking(), strict=True):
        if evidence != NOT_ENOUGH:
            roles = frozenset(model.roles[n] for n in np.flatnonzero(mix))
            near.add(_Reading(roles, model.roles[order[0]] if evidence != ALL_ALIKE else None))
    return near


def _moves(bank: Bank, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Move]:
    for role in bank.role:
        for (item, old), (_, new) in zip(answered(bank, before, role), answered(bank, after, role), strict=True):
            if old != new:
                apart = bank.skip in (old, new)
                yield Move(item, old, new, 0 if apart else bank.scale.index(new) - bank.scale.index(old))


def _how_far(move: Move) -> float:
    return abs((move.after.level or 0) - (move.before.level or 0)) if move.by else -1.0
