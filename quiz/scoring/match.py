"""One person: the match, how well it holds, and what would bring a further role in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from quiz.scoring.kernel import (
    A_TIE,
    DIGITS,
    EVIDENCE,
    Changes,
    Mixes,
    best_mixes,
    changes,
    sheets_of,
)
from quiz.scoring.scores import scores_of
from quiz.scoring.scoring_model import ScoringModel


class RoleScore(NamedTuple):
    """How one role stands for one person, each from 0 to 1; None where too little of the role was answered."""

    coverage: float | None
    similarity: float | None
    share: float


class ClosestRole(NamedTuple):
    """A role outside the mix, and the smallest change of one answer that would bring it in. All three are ids."""

    role: str
    question: str
    answer: str


@dataclass(frozen=True)
class Match:
    """One person's result.

    `mix` is in order of coverage; for `all-alike` it holds every judged role or none. `alternative` is the other mix of
    a tie, else empty. `fit` is None without a mix, `margin` (over the next best mix) where nothing was ranked. Of the
    `tried` small changes, `unchanged` leave the mix as it is. `closest_role` is the role that is easiest to bring in:
    by a single answer moved up the fewest steps, then to the best mix, then first in the bank; None where no single
    answer would bring one in. `answered` counts questions.
    """

    evidence: str
    mix: tuple[str, ...]
    alternative: tuple[str, ...]
    fit: float | None
    margin: float | None
    unchanged: int
    tried: int
    closest_role: ClosestRole | None
    answered: int
    roles: Mapping[str, RoleScore]


def match(model: ScoringModel, answers: Mapping[str, str]) -> Match:
    """One person's mix, its evidence, its stability, and the role that is nearest to it.

    Parameters
    ----------
    model : ScoringModel
    answers : mapping of str to str
        Question id to answer id. Questions and answers that the bank does not know are ignored; missing ones count as
        left out.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> model = ScoringModel.from_bank(bank.load(paths.project_folder("questions")))
    >>> answers = dict.fromkeys(model.questions, "never")
    >>> answers |= dict.fromkeys(["pipelines", "data-quality", "dashboards", "trends"], "daily")
    >>> found = match(model, answers)
    >>> found.evidence, found.mix, round(found.fit, 2)
    ('clear', ('data-engineer', 'data-analyst'), 0.82)
    >>> found.roles["data-analyst"].share
    0.5
    """
    steps = model.steps(answers)
    own = sheets_of(model, model.level_of_step[steps])
    tried = changes(model, steps, own, model.moves)
    # The sheet and all that could come of it in one go: the kernel takes hardly longer for a hundred than for one.
    together = best_mixes(own.beside(tried.sheets))
    mixes, others = (Mixes._make(part[..., which] for part in together) for which in (slice(1), slice(1, None)))
    scores = scores_of(own, mixes)
    small = slice(int(tried.move.searchsorted(len(model.small_moves.before))))  # they come first, as in the model
    same = (others.member[:, small] == mixes.member).all(0)
    times = tried.times[small]
    evidence = int(scores.evidence[0])
    standing = zip(scores.coverage[0].tolist(), scores.similarity[0].tolist(), scores.share[0].tolist(), strict=True)
    order = scores.ranking()[0].tolist()
    chosen, other, judged = scores.mix[0].tolist(), scores.alternative[0].tolist(), scores.judged[0].tolist()
    mix = tuple(model.roles[n] for n in order if chosen[n])
    return Match(
        evidence=EVIDENCE[evidence],
        mix=mix,
        alternative=tuple(model.roles[n] for n in order if other[n]),
        fit=float(scores.fit[0]) if mix else None,
        margin=float(scores.margin[0]) if evidence >= A_TIE else None,
        unchanged=int(times @ same),
        tried=int(times.sum()),
        closest_role=_closest_role(model, steps[0].tolist(), chosen, tried, others),
        answered=int(scores.answered[0]),
        roles={
            role: RoleScore(*values) if known else RoleScore(None, None, 0.0)
            for role, values, known in zip(model.roles, standing, judged, strict=True)
        },
    )


def _closest_role(
    model: ScoringModel, steps: Sequence[int], mix: Sequence[bool], tried: Changes, mixes: Mixes
) -> ClosestRole | None:
    """The role that is easiest to bring into `mix`; `mixes` are those of `tried`, all that one answer could change."""
    role = tried.role.tolist()
    before, after = model.moves.before[tried.move].tolist(), model.moves.after[tried.move].tolist()
    holds = mixes.member[tried.role, np.arange(len(role))].tolist()
    enters = [n for n, held in enumerate(holds) if held and not mix[role[n]] and after[n] > before[n]]
    if not enters:
        return None
    # Of a role's questions that were answered alike the first stands for all, as one move does in `tried`.
    standings = list(zip(model.role_of_question, steps, strict=True))
    first = dict(zip(reversed(standings), reversed(range(len(standings))), strict=True))
    value = np.where(mixes.ranked, mixes.best, 0.0).round(DIGITS).tolist()
    _, _, question, best = min((after[n] - before[n], -value[n], first[role[n], before[n]], n) for n in enters)
    return ClosestRole(model.roles[role[best]], model.questions[question], model.points[after[best]])
