"""Example people for the browser tests: one for every kind of result, with texts as long as is realistic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quiz.bank import Bank

SENTENCE = (
    "On Tuesday I repaired the nightly load, wrote down why it broke, and showed two colleagues how to see it sooner. "
)


@dataclass(frozen=True)
class Person:
    """The answers of a person.

    `role_answers` has one answer for all questions of a role, `changes` the answers to single questions. All other
    questions have `other_answer`. `details` are the fields of the optional page.
    """

    role_answers: Mapping[str, str] = field(default_factory=dict)
    other_answer: str = "never"
    changes: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def answers(self, bank: Bank) -> dict[str, str]:
        """Question id to answer id, for all questions of the bank."""
        answers = {id: self.role_answers.get(item.role, self.other_answer) for id, item in bank.responsibility.items()}
        return answers | dict(self.changes)


PEOPLE = {
    "one": Person({"data-analyst": "daily"}, "rarely"),
    "mix": Person(
        {"data-engineer": "daily", "devops-sre": "daily"},
        "rarely",
        {"ci-cd": "monthly", "data-quality": "weekly", "insights": "monthly"},
        {
            "contacts": ["software-engineer", "data-analyst", "data-scientist"],
            "title": "Data wizard",
            "text": "I repaired the nightly load and talked to many people.",
        },
    ),
    "three": Person(
        {"software-engineer": "daily", "data-architect": "daily", "data-scientist": "daily"},
        "rarely",
        {"trends": "skip", "dashboards": "skip"},
        {
            "contacts": ["devops-sre", "ml-engineer", "data-analyst"],
            "title": "Principal Software Engineer and Deputy Head of Data Platform Architecture (EMEA)",
            "text": (SENTENCE * 40)[:4000].strip(),
        },
    ),
    "tie": Person(
        {"software-engineer": "daily"},
        changes={"model-monitoring": "monthly", "model-optimisation": "daily"},
        details={"contacts": ["data-engineer", "data-analyst"]},
    ),
    "asked": Person(
        {"data-engineer": "daily"},
        changes={"infrastructure": "weekly", "ci-cd": "weekly", "dashboards": "weekly", "insights": "monthly"},
    ),
    "all": Person(
        other_answer="weekly",
        details={"contacts": ["software-engineer", "data-architect", "devops-sre", "data-engineer"]},
    ),
    "little": Person(other_answer="never", changes={"insights": "rarely"}, details={"contacts": ["data-analyst"]}),
    "not-enough": Person(
        {"data-engineer": "daily"}, "skip", {"insights": "weekly"}, {"contacts": ["data-analyst", "devops-sre"]}
    ),
}

#: The beginning of the headline of each result.
HEADLINES = {
    "one": "You wear one hat",
    "mix": "You combine",
    "three": "You combine",
    "tie": "You",
    "asked": "You",
    "all": "You wear every hat",
    "little": "You do little of this work",
    "not-enough": "Too few answers",
}
