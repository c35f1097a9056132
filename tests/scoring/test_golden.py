"""The results of some answer sheets stay as they are.

After an intended change of the rules, `python -m tests.scoring.test_golden` writes the new results; read the diff.
"""

from __future__ import annotations

import json

from quiz.bank import Bank, FollowUps, load
from quiz.config import paths
from quiz.scoring import ScoringModel, match, share_percentages
from tests.factories import GOLDEN

FILE = GOLDEN / "scoring.json"


def golden_results(bank: Bank) -> str:
    """The text of the golden file by today's rules: its answer sheets, each with its result."""
    model, cases = ScoringModel.from_bank(bank), json.loads(FILE.read_text(encoding="utf-8"))
    for case in cases:
        answers = {
            responsibility.id: answer
            for role, line in case["answers"].items()
            for responsibility, answer in zip(bank.role[role].responsibilities, line.split(), strict=True)
        }
        follow_ups = _follow_ups(case.get("follow_ups"))
        result = match(model, answers, follow_ups)
        scores = result.roles.values()
        case["result"] = {
            "evidence": result.evidence,
            "mix": share_percentages({role: result.roles[role].share for role in result.mix}),
            "alternative": " ".join(result.alternative),
            "fit": result.fit and round(result.fit, 3),
            "margin": result.margin and round(result.margin, 3),
            "stability": f"{result.unchanged} of {result.tried}",
            "coverage": " ".join("-" if role.coverage is None else f"{role.coverage:.3f}" for role in scores),
            "similarity": " ".join("-" if role.coverage is None else f"{role.similarity:.3f}" for role in scores),
        }
        if follow_ups:
            counted = [f"{comparison.role} {comparison.answer}" for comparison in result.comparisons]
            case["result"] |= {"mix of the ratings": " ".join(result.mix_of_ratings), "counted": ", ".join(counted)}
    return json.dumps(cases, indent=2) + "\n"


def _follow_ups(answers: dict[str, str] | None) -> FollowUps | None:
    """The follow-up answers of a case: the base, and the answer about each role."""
    if answers is None:
        return None
    base, *roles = answers
    return FollowUps(answers[base], {role: answers[role] for role in roles})


def test_the_golden_sheets_have_the_same_results_as_before(bank: Bank):
    assert golden_results(bank).splitlines() == FILE.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    FILE.write_text(golden_results(load(paths.project_folder("questions"))), encoding="utf-8")
