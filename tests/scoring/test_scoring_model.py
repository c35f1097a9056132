"""The arrays that are made from a bank."""

from __future__ import annotations

import numpy as np

from quiz.bank import Bank
from quiz.scoring import ScoringModel
from tests.scoring.samples import SCALE, SEVEN_ROLES


def test_a_model_has_the_roles_questions_and_levels_of_its_bank(bank: Bank):
    model = ScoringModel.from_bank(bank)
    assert model.roles == tuple(role.id for role in bank.roles)
    assert model.questions == tuple(bank.responsibility)
    assert [model.roles[n] for n in model.role_of_question] == [r.role for r in bank.responsibility.values()]
    assert (model.role_matrix.sum(0) == 3).all()
    assert model.level_of_step[:-1].tolist() == [option.level for option in bank.scale]
    assert np.isnan(model.level_of_step[model.step_of_answer[bank.skip.id]])


def test_moves_are_those_by_one_step_and_then_those_up_by_more():
    moves = list(zip(SEVEN_ROLES.moves.from_step.tolist(), SEVEN_ROLES.moves.to_step.tolist(), strict=True))
    changes = [to_step - from_step for from_step, to_step in moves]
    assert len(set(moves)) == len(moves)
    assert sorted(changes) == [-1] * 4 + [1] * 4 + [2] * 3 + [3] * 2 + [4]
    assert [abs(change) for change in changes] == sorted(abs(change) for change in changes)
    assert len(SEVEN_ROLES.one_step_moves.from_step) == 2 * (len(SCALE) - 1)
