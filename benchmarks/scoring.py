"""The time to score one person, compared with a plain cosine of the same size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.floors import cosine
from benchmarks.table import Row, compare
from quiz.bank import load
from quiz.config import paths
from quiz.results import result
from quiz.scoring import ScoringModel, match


def person(rounds: int = 15) -> Iterator[Row]:
    """The time of one match, and of everything on the result page."""
    bank = load(paths.project_folder("questions"))
    model = ScoringModel.from_bank(bank)
    answer_ids = [option.id for option in bank.scale]
    answers = {id: answer_ids[n * n % len(answer_ids)] for n, id in enumerate(bank.responsibility)}
    levels = model.level_of_step[model.steps(answers)[0]]
    similarities = [role.similarity or 0.0 for role in match(model, answers).roles.values()]
    if not np.allclose(cosine(levels, model.role_matrix), similarities):
        raise SystemExit("the floor does not compute the same similarity as quiz.scoring")

    def floor() -> object:
        return cosine(levels, model.role_matrix)

    tasks = {
        "one person: mix, evidence, stability, closest role": lambda: match(model, answers),
        "one person: all values of the result page": lambda: result.build_result(bank, model, answers),
    }
    for name, task in tasks.items():
        yield compare(name, task, floor, floor_name="numpy cosine of the same size", target=40, rounds=rounds)
