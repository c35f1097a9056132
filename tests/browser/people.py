"""Made-up people for the browser tests: one for every kind of result, with the longest content that is realistic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quiz.bank import Bank

SENTENCE = (
    "On Tuesday I mended the nightly load, wrote down why it broke, and showed two colleagues how to see it sooner. "
)


@dataclass(frozen=True)
class Person:
    """What somebody answers: one answer a role (`rest` elsewhere), single questions apart, and the optional page."""

    roles: Mapping[str, str] = field(default_factory=dict)
    rest: str = "never"
    single: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def answers(self, bank: Bank) -> dict[str, str]:
        """Question id to answer id, for the whole bank."""
        return {item.id: self.roles.get(item.role, self.rest) for item in bank.responsibility.values()} | dict(
            self.single
        )


PEOPLE = {
    "one": Person({"data-analyst": "daily"}, "rarely"),
    "mix": Person(
        {"data-engineer": "daily", "devops-sre": "daily"},
        "rarely",
        {"ci-cd": "monthly", "data-quality": "weekly", "insights": "monthly"},
        {
            "contacts": ["software-engineer", "data-analyst", "data-scientist"],
            "title": "Data wizard",
            "text": "I mended the nightly load and talked to everybody.",
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
        single={"model-monitoring": "monthly", "model-optimisation": "daily"},
        more={"contacts": ["data-engineer", "data-analyst"]},
    ),
    "all": Person(
        rest="weekly", more={"contacts": ["software-engineer", "data-architect", "devops-sre", "data-engineer"]}
    ),
    "little": Person(rest="never", single={"insights": "rarely"}, more={"contacts": ["data-analyst"]}),
    "not-enough": Person(
        {"data-engineer": "daily"}, "skip", {"insights": "weekly"}, {"contacts": ["data-analyst", "devops-sre"]}
    ),
}

#: A piece of the headline by which each result is known.
HEADLINES = {
    "one": "You wear one hat",
    "mix": "You combine",
    "three": "You combine",
    "tie": "You",
    "all": "You wear every hat",
    "little": "Little of this",
    "not-enough": "Too few answers",
}
