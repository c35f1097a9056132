"""How well free texts are matched with roles: `python -m benchmarks.personas`.

Prints how often the texts of tests/personas are matched with the roles that a reader would name, which roles
were confused, and how close texts come to the threshold between recognised and not.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quiz.bank import load
from quiz.config import paths
from quiz.text.matcher import MIN_STRENGTH, TextMatch, matcher_for

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "personas"
#: Texts that are printed on each side of the threshold.
CLOSEST_TEXTS = 5


@dataclass(frozen=True)
class Persona:
    """A made-up person: the week in their own words, and the roles that a reader would name (none for other work)."""

    id: str
    roles: frozenset[str]
    week: str


@dataclass(frozen=True)
class Figures:
    """How often matches agree with the reader: shares of 1, and counts of people."""

    top: float  # people with roles whose strongest role is one of theirs
    both: float  # people with two roles who have both in the first two places
    recognised: float  # people with roles whose text is recognised
    refused: int  # people with other work whose text is not recognised
    others: int  # people with other work


def people() -> list[Persona]:
    """All personas of tests/personas."""
    personas: list[Persona] = []
    for file in sorted(FOLDER.glob("*.toml")):
        for table in tomllib.loads(file.read_text(encoding="utf-8"))["personas"]:
            personas.append(Persona(table["id"], frozenset(table["roles"]), table["week"]))
    return personas


def ranked_roles(match: TextMatch) -> list[str]:
    """Role ids, the most similar first."""
    return sorted(match.roles, key=lambda role: -match.roles[role])


def figures(personas: Sequence[Persona], matches: Sequence[TextMatch]) -> Figures:
    """The figures of `matches`, one for each persona."""
    pairs = list(zip(personas, matches, strict=True))
    with_roles = [(persona, match) for persona, match in pairs if persona.roles]
    with_two_roles = [(persona, match) for persona, match in with_roles if len(persona.roles) == 2]
    others = [match for persona, match in pairs if not persona.roles]
    top = sum(ranked_roles(match)[0] in persona.roles for persona, match in with_roles)
    both = sum(set(ranked_roles(match)[:2]) == persona.roles for persona, match in with_two_roles)
    recognised = sum(match.recognised for _, match in with_roles)
    return Figures(
        top=top / len(with_roles),
        both=both / len(with_two_roles),
        recognised=recognised / len(with_roles),
        refused=sum(not match.recognised for match in others),
        others=len(others),
    )


def confusions(personas: Sequence[Persona], matches: Sequence[TextMatch]) -> dict[str, Counter[str]]:
    """By role, what its people were matched with. A person with several roles counts once for each."""
    counts: dict[str, Counter[str]] = {}
    for persona, match in zip(personas, matches, strict=True):
        best = ranked_roles(match)[: len(persona.roles)]
        for role in sorted(persona.roles):
            matched = [role] if role in best else set(best) - persona.roles
            counts.setdefault(role, Counter()).update(matched)
    return counts


def by_strength(
    personas: Sequence[Persona], matches: Sequence[TextMatch], *, with_roles: bool
) -> list[tuple[float, str]]:
    """Strength and id of the texts about roles (or those about other work), weakest first."""
    strengths = [
        (match.strength, persona.id)
        for persona, match in zip(personas, matches, strict=True)
        if bool(persona.roles) == with_roles
    ]
    return sorted(strengths)


def main() -> None:
    """Print the figures and every mistake."""
    personas = people()
    matches = matcher_for(load(paths.project_folder("questions"))).match_all([persona.week for persona in personas])
    result = figures(personas, matches)
    print(f"people                                  {len(personas)}")
    print(f"strongest role is one of theirs         {result.top:.2f}")
    print(f"both roles of a pair in the first two   {result.both:.2f}")
    print(f"text about a role recognised            {result.recognised:.2f}")
    print(f"other work refused                      {result.refused} of {result.others}")
    print("\nrole -> matched with (a person with several roles counts once in each)")
    for role, counts in sorted(confusions(personas, matches).items()):
        print(f"{role:20} {', '.join(f'{other} {n}' for other, n in counts.most_common())}")
    print(f"\nclosest to the threshold of {MIN_STRENGTH}")
    for strength, id in by_strength(personas, matches, with_roles=True)[:CLOSEST_TEXTS]:
        print(f"{strength:.4f}  {id}, about a role")
    for strength, id in reversed(by_strength(personas, matches, with_roles=False)[-CLOSEST_TEXTS:]):
        print(f"{strength:.4f}  {id}, about other work")


if __name__ == "__main__":
    main()
