"""Made-up scoring models and answer sheets for the tests of scoring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from quiz.scoring import EVIDENCE, ScoringModel
from quiz.scoring.scoring_model import Floats

SCALE = ("never", "rarely", "monthly", "weekly", "daily")
FOLLOW_UP_ANSWERS = ("more", "same", "half", "quarter", "hardly")
LEVELS = (0.0, 0.1, 0.35, 0.65, 1.0)
#: The step of a skipped question.
SKIP = len(SCALE)
#: Indices of the kinds of evidence that come with a ranking of the roles.
RANKED = [EVIDENCE.index(evidence) for evidence in ("tie", "leaning", "clear")]
# A slow or busy computer is no reason to fail.
no_deadline = settings(deadline=None)


def make_model(sizes: Sequence[int]) -> ScoringModel:
    """A model of roles a, b, c … with this many questions each: a0, a1, … b0, …"""
    roles = [chr(ord("a") + n) for n in range(len(sizes))]
    role_of_question = [role for role, size in zip(roles, sizes, strict=True) for _ in range(size)]
    return ScoringModel(
        roles=tuple(roles),
        questions=tuple(f"{role}{n}" for role, size in zip(roles, sizes, strict=True) for n in range(size)),
        role_matrix=(np.array(role_of_question)[:, None] == np.array(roles)).astype(float),
        level_of_step=np.array([*LEVELS, np.nan]),
        step_of_answer={id: step for step, id in enumerate([*SCALE, "skip"])},
        step_of_follow_up={id: step for step, id in enumerate(FOLLOW_UP_ANSWERS)},
        follow_up_in_mix=np.array([True, True, True, False, False]),
    )


#: As many roles and questions as the shipped bank.
SEVEN_ROLES = make_model([3] * 7)
models = st.sampled_from([SEVEN_ROLES, *map(make_model, ([3] * 4, [4] * 5, [2] * 3, [3], [1] * 6, [2, 3, 4]))])


@st.composite
def sheets(draw: st.DrawFn, model: ScoringModel | None = None, skips: bool = True) -> tuple[ScoringModel, list[int]]:
    """A model and a step for each of its questions. Few distinct steps, so that ties are common."""
    model = model or draw(models)
    few_steps = draw(st.lists(st.integers(0, 4), min_size=1, max_size=5))
    step = st.sampled_from(few_steps) if draw(st.booleans()) else st.integers(0, 4)
    size = len(model.questions)
    steps = draw(st.lists(step, min_size=size, max_size=size))
    skipped = draw(st.sets(st.integers(0, size - 1), max_size=size // 4)) if skips else set()
    for question in skipped:
        steps[question] = SKIP
    return model, steps


def answers_of(model: ScoringModel, steps: Sequence[int]) -> dict[str, str]:
    """The answers, question id to answer id, of a row of steps."""
    return {question: model.answer_ids[step] for question, step in zip(model.questions, steps, strict=True)}


def levels_of(steps: Sequence[int]) -> Floats:
    """The levels, shape (1, questions), of a row of steps."""
    return np.array([[[*LEVELS, np.nan][step] for step in steps]])
