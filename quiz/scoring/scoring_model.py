"""All of a bank that scoring needs, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.bank import Bank

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Steps = NDArray[np.uint8]
Counts = NDArray[np.intp]


class Moves(NamedTuple):
    """Ways in which one answer can move, each array of shape (moves,)."""

    before: Steps
    after: Steps
    gain: Floats  # in level
    gain_in_squares: Floats  # in the square of the level


@dataclass(frozen=True, eq=False)
class ScoringModel:
    """All of a bank that scoring needs.

    Attributes
    ----------
    roles : tuple of str
        Role ids: the order of every axis of roles.
    questions : tuple of str
        Responsibility ids: the order of every axis of questions.
    role_matrix : array of shape (questions, roles)
        1 where the responsibility is the role's, else 0: the roles' vectors as columns.
    level_of_step : array of shape (points + 1,)
        Level of each point of the scale, rising from 0 to 1, and NaN for the answer that leaves a question out.
    step : dict of str to int
        Answer id to its place in `level_of_step`.
    """

    roles: tuple[str, ...]
    questions: tuple[str, ...]
    role_matrix: Floats
    level_of_step: Floats
    step: Mapping[str, int]

    @classmethod
    def from_bank(cls, bank: Bank) -> ScoringModel:
        """The model of `bank`."""
        owners = np.array([item.role for item in bank.responsibility.values()])
        roles = tuple(role.id for role in bank.roles)
        return cls(
            roles=roles,
            questions=tuple(bank.responsibility),
            role_matrix=(owners[:, None] == np.array(roles)).astype(np.float64),
            level_of_step=np.array([*(point.level for point in bank.scale), np.nan], dtype=np.float64),
            step={id: n for n, id in enumerate(bank.option)},
        )

    @cached_property
    def questions_per_role(self) -> Floats:
        """How many answers each role was asked for, shape (roles, 1)."""
        questions_per_role: Floats = self.role_matrix.sum(0)[:, None]
        return questions_per_role

    @property
    def skip(self) -> int:
        """The step of a question that was left out."""
        return len(self.level_of_step) - 1

    @cached_property
    def role_of_question(self) -> tuple[int, ...]:
        """Of each question the place of its role."""
        return tuple(self.role_matrix.argmax(axis=1).tolist())

    @cached_property
    def points(self) -> tuple[str, ...]:
        """Answer ids in the order of `level_of_step`."""
        return tuple(self.step)

    @cached_property
    def moves(self) -> Moves:
        """Moves of one answer: by one step down or up, then up by more."""
        points = np.arange(self.skip, dtype=np.uint8)
        before, after = (axis.ravel() for axis in np.meshgrid(points, points, indexing="ij"))
        steps = after.astype(int) - before
        order = np.argsort(np.abs(steps), kind="stable")
        chosen = order[(steps[order] >= -1) & (steps[order] != 0)]
        before, after = before[chosen], after[chosen]
        level_of_step = self.level_of_step
        return Moves(
            before,
            after,
            level_of_step[after] - level_of_step[before],
            level_of_step[after] ** 2 - level_of_step[before] ** 2,
        )

    @cached_property
    def small_moves(self) -> Moves:
        """The moves by one step alone, which come first among `moves`."""
        return Moves._make(part[: 2 * (self.skip - 1)] for part in self.moves)

    def steps(self, answers: Mapping[str, str]) -> Steps:
        """One row of steps, shape (1, questions). What is missing or unknown to the bank counts as left out."""
        skip = self.skip
        return np.array([[self.step.get(answers.get(id, ""), skip) for id in self.questions]], dtype=np.uint8)
