"""What it costs to score one person, against the plainest cosine of the same size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.floors import cosine
from benchmarks.table import Row, against
from quiz.bank import load
from quiz.config import paths
from quiz.results import result
from quiz.scoring import ScoringModel, match


def person(rounds: int = 15) -> Iterator[Row]:
    """One person's mix, evidence and stability, and then everything that the result page explains."""
    bank = load(paths.project_folder("questions"))
    model = ScoringModel.from_bank(bank)
    points = [point.id for point in bank.scale]
    answers = {id: points[n * n % len(points)] for n, id in enumerate(bank.responsibility)}
    levels = model.level_of_step[model.steps(answers)[0]]
    found = cosine(levels, model.role_matrix)
    if not np.allclose(found, [standing.similarity or 0.0 for standing in match(model, answers).roles.values()]):
        raise SystemExit("the floor does not compute the similarity that we do")

    def floor() -> object:
        return cosine(levels, model.role_matrix)

    ours = {
        "one person: mix, evidence, stability, nearest role": lambda: match(model, answers),
        "one person: all that the result page says": lambda: result.build_result(bank, model, answers),
    }
    for name, work in ours.items():
        yield against(name, work, floor, of="numpy cosine of the same size", reach=40, rounds=rounds)
