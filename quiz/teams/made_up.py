"""Made-up people, and what a team of them sees: examples for those who decide about a team or join one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from quiz.bank import Bank
from quiz.scoring import ScoringModel
from quiz.teams import anonymous
from quiz.teams.open_team import OpenTeam, open_team
from quiz.teams.round_pages import RoundPage, round_page
from quiz.teams.team import OpenMember

#: People in the made-up round that the join page shows.
EXAMPLE_PEOPLE = 12
#: The sizes of the teams that are shown to a person who creates a team.
EXAMPLE_SIZES = (6, 12, 25)
#: Fewer people than this learn little from an anonymous round.
MIN_ANONYMOUS_PEOPLE = 10
#: With this seed the examples have a role that is named, and things that nobody, one person and many people do.
_SEED = 20
_NAMES = (
    "Amira",
    "Ben",
    "Chen",
    "Dorota",
    "Emil",
    "Fatuma",
    "Goran",
    "Hana",
    "Ivo",
    "Julia",
    "Kofi",
    "Lena",
    "Mateo",
    "Noor",
    "Olga",
    "Priya",
    "Quentin",
    "Rosa",
    "Sami",
    "Tove",
    "Umar",
    "Vera",
    "Wanda",
    "Yusuf",
    "Zoe",
)


@dataclass(frozen=True)
class MadeUpPerson:
    """The answers of a made-up person, and the roles that the person works with."""

    answers: dict[str, str]
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class TeamExample:
    """What the same made-up people would see as an anonymous team and as an open team."""

    people: int
    round: RoundPage
    team: OpenTeam

    @property
    def is_small(self) -> bool:
        """Whether the open kind says much more about so few people."""
        return self.people < MIN_ANONYMOUS_PEOPLE


def made_up_person(bank: Bank, rng: random.Random, role_ids: Sequence[str]) -> MadeUpPerson:
    """A person who does the roles, a little of the neighbouring roles, and works with some of those."""
    scale = [point.id for point in bank.scale]
    neighbour_ids = {neighbour.id for id in role_ids for neighbour in bank.neighbours(id)}
    answers = {}
    for id, item in bank.responsibility.items():
        if item.role in role_ids:
            answers[id] = rng.choice([scale[-1], scale[-1], scale[-2]])
        elif item.role in neighbour_ids:
            answers[id] = rng.choice(scale[:3])
        else:
            answers[id] = rng.choice(scale[:2])
    contacts = tuple(id for id in sorted(neighbour_ids) if rng.random() < 0.7)
    return MadeUpPerson(answers, contacts)


def made_up_people(bank: Bank, people: int) -> list[MadeUpPerson]:
    """So many people with one or two roles each, the same every time. Some roles are more common than others."""
    rng = random.Random(_SEED)  # noqa: S311 - the same people every time
    weights = [1 / (1 + (3 * place) % len(bank.roles)) for place in range(len(bank.roles))]
    made_up = []
    for n in range(people):
        role_ids = sorted({role.id for role in rng.choices(bank.roles, weights, k=1 + n % 2)})
        made_up.append(made_up_person(bank, rng, role_ids))
    return made_up


def example_page(bank: Bank, model: ScoringModel, people: int = EXAMPLE_PEOPLE) -> RoundPage:
    """The page of a made-up round: people who join see before that what the lead will see.

    Raises
    ------
    ValueError
        If there are fewer people than the minimum.
    """
    contributions = [anonymous.Contribution(one.answers, one.contacts) for one in made_up_people(bank, people)]
    published = anonymous.publish(bank, model, contributions, anonymous.MIN_ROUND_SIZE)
    if published is None:
        raise ValueError(f"{people} people are fewer than the minimum")
    return round_page(bank, published)


def team_examples(bank: Bank, model: ScoringModel) -> tuple[TeamExample, ...]:
    """An example of each size in `EXAMPLE_SIZES`, both kinds made of the same people."""
    examples = []
    for size in EXAMPLE_SIZES:
        people = made_up_people(bank, size)
        members = [OpenMember(name, one.answers) for name, one in zip(_NAMES, people, strict=False)]
        examples.append(TeamExample(size, example_page(bank, model, size), open_team(bank, model, members)))
    return tuple(examples)
