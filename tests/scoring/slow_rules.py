"""The scoring rules a second time, in slow plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import sqrt

from quiz.scoring import COST_PER_ROLE, ScoringModel
from tests.scoring.samples import LEVELS, SKIP


class SlowRules:
    """The mix of one sheet by comparing sets of roles, without numpy and without code of `quiz.scoring`."""

    def __init__(self, model: ScoringModel, steps: Sequence[int]) -> None:
        self.levels = [LEVELS[step] for step in steps if step != SKIP]
        self.length = sqrt(sum(level**2 for level in self.levels))
        self.answered_share = len(self.levels) / len(steps)
        self.levels_of_role: dict[str, list[float]] = {role: [] for role in model.roles}
        question_count = dict.fromkeys(model.roles, 0)
        for question, step in zip(model.questions, steps, strict=True):
            question_count[question[0]] += 1
            if step != SKIP:
                self.levels_of_role[question[0]].append(LEVELS[step])
        self.coverage = {
            role: round(sum(levels) / len(levels), 9)
            for role, levels in self.levels_of_role.items()
            if levels and 3 * len(levels) >= 2 * question_count[role]
        }

    def cosine(self, roles: Sequence[str]) -> float:
        levels = [level for role in roles for level in self.levels_of_role[role]]
        return sum(levels) / (self.length * sqrt(len(levels)))

    def fit_minus_cost(self, roles: Sequence[str]) -> float:
        return self.cosine(roles) - COST_PER_ROLE * len(roles)

    def groups(self) -> list[list[str]]:
        """The judged roles from highest to lowest coverage, those of equal coverage in one group."""
        coverages = sorted(set(self.coverage.values()), reverse=True)
        return [[role for role, own in self.coverage.items() if own == coverage] for coverage in coverages]

    def unions(self) -> Iterator[list[str]]:
        """Every set of judged roles that contains all or none of the roles of equal coverage."""
        groups = self.groups()
        for size in range(1, len(groups) + 1):
            for chosen in combinations(groups, size):
                yield [role for group in chosen for role in group]

    def result(self) -> tuple[str, set[str], set[str], float | None]:
        """Evidence, mix, the other mix of a tie, margin."""
        if self.answered_share < 0.8:
            return "not-enough", set(), set(), None
        coverages = list(self.coverage.values())
        if max(coverages) - min(coverages) <= 0.1 + 1e-9:
            is_high = sum(coverages) / len(coverages) >= 0.5 - 1e-9
            return "all-alike", set(self.coverage) if is_high else set(), set(), None
        if sum(self.levels) < 1 - 1e-9:
            return "not-enough", set(), set(), None
        groups = self.groups()
        cuts = [[role for group in groups[:size] for role in group] for size in range(1, len(groups) + 1)]
        best = max(cuts, key=self.fit_minus_cost)
        size = cuts.index(best) + 1
        others = [cut for cut in cuts if cut is not best]
        if size < len(groups):
            others.append([role for group in [*groups[: size - 1], groups[size]] for role in group])
        second = max(others, key=self.fit_minus_cost)
        margin = self.fit_minus_cost(best) - self.fit_minus_cost(second)
        evidence = "tie" if margin < 0.02 else "leaning" if margin < 0.06 else "clear"
        return evidence, set(best), set(second) if evidence == "tie" else set(), margin
