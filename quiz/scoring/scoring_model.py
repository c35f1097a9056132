"""The arrays that scoring needs from a bank."""

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


class ScaleMoves(NamedTuple):
    """Ways to change one answer from one step of the scale to another. Each array has shape (moves,)."""

    from_step: Steps
    to_step: Steps
    level_change: Floats
    squared_level_change: Floats  # change of the square of the level


@dataclass(frozen=True, eq=False)
class ScoringModel:
    """The roles, questions and levels of a bank as arrays.

    Attributes
    ----------
    roles : tuple of str
        Role ids: the order of every axis of roles.
    questions : tuple of str
        Responsibility ids, role by role: the order of every axis of questions.
    role_matrix : array of shape (questions, roles)
        1 where the responsibility belongs to the role, else 0. Its columns are the vectors of the roles.
    level_of_step : array of shape (steps + 1,)
        Level of each step of the scale, rising from 0 to 1, and NaN for a skipped question.
    step_of_answer : dict of str to int
        Answer id to its index in `level_of_step`.
    step_of_follow_up : dict of str to int
        Id of an answer to a follow-up question to its place, from most time to least; without the one that skips it.
        Empty if the bank has no follow-up questions.
    follow_up_in_mix : bool array of shape (answers to follow-up questions,)
        Whether the answer puts its role into the mix; otherwise it keeps it out.
    """

    roles: tuple[str, ...]
    questions: tuple[str, ...]
    role_matrix: Floats
    level_of_step: Floats
    step_of_answer: Mapping[str, int]
    step_of_follow_up: Mapping[str, int]
    follow_up_in_mix: Bools

    @classmethod
    def from_bank(cls, bank: Bank) -> ScoringModel:
        """The model of `bank`."""
        roles = tuple(role.id for role in bank.roles)
        role_of_question = np.array([item.role for item in bank.responsibility.values()])
        role_matrix = (role_of_question[:, None] == np.array(roles)).astype(np.float64)
        levels = [option.level for option in bank.scale]
        return cls(
            roles=roles,
            questions=tuple(bank.responsibility),
            role_matrix=role_matrix,
            level_of_step=np.array([*levels, np.nan], dtype=np.float64),
            step_of_answer={id: step for step, id in enumerate(bank.option)},
            step_of_follow_up={option.id: step for step, option in enumerate(bank.follow_ups)},
            follow_up_in_mix=np.array([option.in_mix for option in bank.follow_ups], dtype=np.bool_),
        )

    @cached_property
    def questions_per_role(self) -> Floats:
        """The number of questions of each role, shape (roles, 1)."""
        questions_per_role: Floats = self.role_matrix.sum(0)[:, None]
        return questions_per_role

    @property
    def skip_step(self) -> int:
        """The step of a skipped question."""
        return len(self.level_of_step) - 1

    @cached_property
    def role_of_question(self) -> tuple[int, ...]:
        """For each question the index of its role."""
        return tuple(self.role_matrix.argmax(axis=1).tolist())

    @cached_property
    def answer_ids(self) -> tuple[str, ...]:
        """Answer ids in the order of `level_of_step`."""
        return tuple(self.step_of_answer)

    @cached_property
    def moves(self) -> ScaleMoves:
        """All moves of one answer by one step down or up, then all moves up by two steps, by three and so on."""
        steps = range(self.skip_step)
        pairs = [(from_step, to_step) for from_step in steps for to_step in steps if from_step - 1 <= to_step]
        pairs = [(from_step, to_step) for from_step, to_step in pairs if from_step != to_step]
        pairs.sort(key=lambda pair: abs(pair[1] - pair[0]))
        from_step = np.array([pair[0] for pair in pairs], dtype=np.uint8)
        to_step = np.array([pair[1] for pair in pairs], dtype=np.uint8)
        level_before, level_after = self.level_of_step[from_step], self.level_of_step[to_step]
        return ScaleMoves(from_step, to_step, level_after - level_before, level_after**2 - level_before**2)

    @cached_property
    def one_step_moves(self) -> ScaleMoves:
        """The moves by one step, which are the first of `moves`."""
        count = 2 * (self.skip_step - 1)
        return ScaleMoves._make(values[:count] for values in self.moves)

    def steps(self, answers: Mapping[str, str]) -> Steps:
        """One row of steps, shape (1, questions). A missing answer and an unknown answer count as skipped."""
        skip = self.skip_step
        row = [self.step_of_answer.get(answers.get(id, ""), skip) for id in self.questions]
        return np.array([row], dtype=np.uint8)
