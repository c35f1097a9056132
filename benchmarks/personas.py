"""How well people's own words are read: `python -m benchmarks.personas`.

Prints how often the people of tests/personas are read as the roles that a reader would name, and who was mistaken.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quiz.bank import load
from quiz.config import paths
from quiz.text import matcher
from quiz.text.matcher import TextMatch

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "personas"


@dataclass(frozen=True)
class Persona:
    """A made-up person: the week in their own words, and the roles that a reader would name (none: other work)."""

    id: str
    roles: frozenset[str]
    week: str


@dataclass(frozen=True)
class Figures:
    """How often readings agree with the reader: shares of 1, except for counts of people."""

    top: float  # people with roles whose strongest role is one of theirs
    both: float  # people with two roles who have both in the first two places
    recognised: float  # people with roles whose text is recognised
    refused: int  # people of other work whose text is not
    others: int  # people of other work


def people() -> list[Persona]:
    """Everybody in tests/personas."""
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.toml"))]
    return [Persona(p["id"], frozenset(p["roles"]), p["week"]) for table in tables for p in table["personas"]]


def ranked(reading: TextMatch) -> list[str]:
    """Role ids, the strongest first."""
    return sorted(reading.roles, key=lambda role: -reading.roles[role])


def figures(personas: Sequence[Persona], readings: Sequence[TextMatch]) -> Figures:
    """The figures of `readings`, one a persona."""
    read = list(zip(personas, readings, strict=True))
    ours = [(p, r) for p, r in read if p.roles]
    pairs = [(p, r) for p, r in ours if len(p.roles) == 2]
    others = [r for p, r in read if not p.roles]
    return Figures(
        top=sum(ranked(r)[0] in p.roles for p, r in ours) / len(ours),
        both=sum(set(ranked(r)[:2]) == p.roles for p, r in pairs) / len(pairs),
        recognised=sum(r.recognised for _, r in ours) / len(ours),
        refused=sum(not r.recognised for r in others),
        others=len(others),
    )


def main() -> None:
    """Print the figures and every mistake."""
    personas = people()
    readings = matcher.matcher_for(load(paths.project_folder("questions"))).match_all([p.week for p in personas])
    result = figures(personas, readings)
    print(f"people                                  {len(personas)}")
    print(f"strongest role is one of theirs         {result.top:.2f}")
    print(f"both roles of a pair in the first two   {result.both:.2f}")
    print(f"text about a role recognised            {result.recognised:.2f}")
    print(f"other work refused                      {result.refused} of {result.others}")
    taken: dict[str, Counter[str]] = {}
    for persona, reading in zip(personas, readings, strict=True):
        for role in sorted(persona.roles):
            best = ranked(reading)[: len(persona.roles)]
            taken.setdefault(role, Counter()).update([role] if role in best else set(best) - persona.roles)
    print("\nrole -> read as (a person with several roles counts once in each)")
    for role, counts in sorted(taken.items()):
        print(f"{role:20} {', '.join(f'{other} {n}' for other, n in counts.most_common())}")


if __name__ == "__main__":
    main()
