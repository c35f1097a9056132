"""A lead who tries to infer one member's answers from everything that a team's rounds publish.

The attacker knows how people usually answer, all rules, who was in which round, and every published round, because all
rounds go through `publish`. Who was in a round is more than a lead sees, but a lead may know the people. The attacker
does not know answers. From thousands of random teams with the same history it learns how published rounds depend on the
answers of the target, and then guesses the answers of new targets. In these teams no answer changes between rounds:
real people change answers, which makes them harder to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.bank import Bank
from quiz.scoring import ScoringModel
from quiz.teams.anonymous import BAND_LABELS, MIN_ROUND_SIZE, Contribution, Published, publish

Numbers = NDArray[Any]
Gate = Callable[[Sequence[Contribution], Published | None], Published]


class Habits(NamedTuple):
    """What the attacker knows of all people, as probabilities.

    `own` and `other` are those of never, rarely, monthly, weekly and daily, for responsibilities of own and of other
    roles. `roles` are those of having one, two and three roles.
    """

    own: tuple[float, ...]
    other: tuple[float, ...]
    roles: tuple[float, float, float]


#: Mostly people with one or two roles, as the quiz expects.
USUAL = Habits((0.03, 0.07, 0.15, 0.30, 0.45), (0.48, 0.22, 0.15, 0.10, 0.05), (0.45, 0.40, 0.15))
#: People with one or two roles who do little else.
SPECIALISTS = Habits((0.01, 0.02, 0.07, 0.20, 0.70), (0.70, 0.15, 0.08, 0.05, 0.02), (0.80, 0.20, 0.0))
#: People who do about half of all responsibilities weekly. They are the hardest to hide: a blind guess is rarely right.
GENERALISTS = Habits((0.03, 0.10, 0.20, 0.32, 0.35), (0.20, 0.20, 0.20, 0.22, 0.18), (0.20, 0.40, 0.40))
#: The probability that a question is skipped, and that a role is a contact: a neighbour of an own role, any other role.
SKIP_PROBABILITY, NEIGHBOUR_PROBABILITY, OTHER_PROBABILITY = 0.03, 0.60, 0.15


@dataclass(frozen=True)
class Story:
    """The numbers of the people in each round of a team. The target is 0; `fakes` belong to the attacker."""

    name: str
    rounds: tuple[tuple[int, ...], ...]
    fakes: tuple[int, ...] = ()
    linked: bool = True  # False: each round belongs to another team, so no round has a previous one

    @property
    def people(self) -> int:
        return 1 + max(max(each) for each in self.rounds)


def _with(size: int, *, target: bool) -> tuple[int, ...]:
    """The same `size` colleagues each time, with or without the target."""
    return (*range(1, size + 1), *((0,) if target else ()))


ABSENT5, PRESENT5 = _with(5, target=False), _with(5, target=True)

#: Histories that a lead can watch without taking part.
STORIES = (
    Story("one round of five", (_with(4, target=True),)),
    Story("one round of eight", (_with(7, target=True),)),
    Story("one round of ten", (_with(9, target=True),)),
    Story("one round of twenty", (_with(19, target=True),)),
    Story("joins a team of five", (ABSENT5, PRESENT5)),
    Story("leaves a team of six", (PRESENT5, ABSENT5)),
    Story("takes another's place", ((1, 2, 3, 4, 5), (1, 2, 3, 4, 0))),
    Story("joins a team of eight", (_with(8, target=False), _with(8, target=True))),
    Story("joins as the twentieth", (_with(19, target=False), _with(19, target=True))),
    Story("joins with one other", (ABSENT5, (*PRESENT5, 6))),
    Story("joins after another", (ABSENT5, (*ABSENT5, 6), (*ABSENT5, 6, 0))),
    Story("comes, goes, comes back", (ABSENT5, PRESENT5, ABSENT5, PRESENT5)),
    Story("stays while one a round changes", ((0, 1, 2, 3, 4), (0, 1, 2, 3, 5), (0, 1, 2, 5, 6), (0, 1, 5, 6, 7))),
    Story("stays while two a round change", ((0, 1, 2, 3, 4), (0, 1, 2, 5, 6), (0, 5, 6, 7, 8))),
    Story("stays while all four others are replaced", ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8))),
)

#: Reported separately: without accounts no rule can prevent these. The join page says so.
KNOWN_LIMITS = (
    Story("four fakes and one real", ((0, 1, 2, 3, 4),), fakes=(1, 2, 3, 4)),
    Story("joins together with a fake", (ABSENT5, (*PRESENT5, 6)), fakes=(6,)),
    Story("joins, in a second team", (ABSENT5, PRESENT5), linked=False),
    Story("stays while four others are replaced twice", ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8), (0, 9, 10, 11, 12))),
)


class Outcome(NamedTuple):
    """The result of one attack: the fraction of right guesses, and of right blind guesses."""

    answers: float
    answers_blind: float
    contacts: float
    contacts_blind: float

    @property
    def gain(self) -> float:
        """Points gained on answers."""
        return 100 * (self.answers - self.answers_blind)

    @property
    def contacts_gain(self) -> float:
        """Points gained on contacts."""
        return 100 * (self.contacts - self.contacts_blind)


class _Observations(NamedTuple):
    """What teams published, one row for each team. A band is its index in `BAND_LABELS`."""

    bands: Numbers  # (teams, rounds, questions)
    contact_bands: Numbers  # (teams, rounds, pairs)
    shares: Numbers  # (teams, rounds, roles), 0 if none is published
    is_common: Numbers  # (teams, rounds, roles)
    others: Numbers  # (teams, rounds)


class Attacker:
    """Guesses the answers of targets. `gate` publishes a round, by default with `publish`."""

    def __init__(self, bank: Bank, *, gate: Gate | None = None, habits: Habits = USUAL) -> None:
        self.bank, self.model, self.habits = bank, ScoringModel.from_bank(bank), habits
        self.gate = gate or self._publish
        self.role_of_question = self.model.role_matrix.argmax(axis=1)
        self.pairs = [tuple(map(self.model.roles.index, pair)) for pair in sorted(bank.contacts)]
        self.points = list(bank.option)

    def _publish(self, members: Sequence[Contribution], before: Published | None) -> Published:
        published = publish(self.bank, self.model, members, MIN_ROUND_SIZE, before)
        assert published is not None, "every story's rounds are large enough"
        return published

    def attack(self, story: Story, *, teams: int, seed: int = 1) -> Outcome:
        """Learn from `2 * teams` random teams with this story, then guess the targets of `teams` others."""
        rng = np.random.default_rng(seed)
        steps, contacts, observations = self._observe(story, 3 * teams, rng)
        # A skipped answer counts as "never": both are no work.
        answers = np.where(steps == self.model.skip_step, 0, steps)
        # The random people treat all roles the same, so what is learned about one question is true for all.
        right, right_blind = _guess(self._answer_clues(observations), answers, 2 * teams)
        contact_outcomes = [
            _guess(self._contact_clues(observations, role), contacts[:, role, None], 2 * teams)
            for role in range(len(self.model.roles))
        ]
        return Outcome(right, right_blind, *np.mean(contact_outcomes, axis=0).tolist())

    def _observe(self, story: Story, teams: int, rng: np.random.Generator) -> tuple[Numbers, Numbers, _Observations]:
        """The steps and contacts of the targets, and what their teams published."""
        target_steps, target_contacts, observations = [], [], []
        for _ in range(teams):
            steps, contacts = self.people(story.people, rng)
            self._set_fakes(story, steps, contacts)
            members = [
                Contribution(
                    dict(zip(self.model.questions, map(self.points.__getitem__, row), strict=True)), works_with
                )
                for row, works_with in zip(steps.tolist(), map(self._role_ids, contacts), strict=True)
            ]
            published: Published | None = None
            row = []
            for numbers in story.rounds:
                published = self.gate([members[n] for n in numbers], published if story.linked else None)
                row.append(self._read(published))
            target_steps.append(steps[0])
            target_contacts.append(contacts[0])
            observations.append(row)
        columns = [
            np.array([[round[n] for round in row] for row in observations]) for n in range(len(_Observations._fields))
        ]
        return np.array(target_steps), np.array(target_contacts).astype(np.intp), _Observations(*columns)

    def people(self, number: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
        """Random people: the steps of their answers, and the roles that they work with."""
        roles = len(self.model.roles)
        own, other, role_counts = self.habits
        has_role = rng.choice(3, number, p=role_counts)[:, None] >= rng.random((number, roles)).argsort(1).argsort(1)
        habit = np.where(has_role[:, self.role_of_question, None], own, other).cumsum(axis=2)[..., :-1]
        steps = (rng.random((number, len(self.role_of_question), 1)) > habit).sum(axis=2)
        steps[rng.random(steps.shape) < SKIP_PROBABILITY] = self.model.skip_step
        is_neighbour = np.zeros((roles, roles))
        for a, b in self.pairs:
            is_neighbour[a, b] = is_neighbour[b, a] = 1
        probability = np.where(has_role @ is_neighbour > 0, NEIGHBOUR_PROBABILITY, OTHER_PROBABILITY)
        return steps, rng.random((number, roles)) < probability

    def _set_fakes(self, story: Story, steps: Numbers, contacts: Numbers) -> None:
        """Set the responses of the attacker: the first answers daily to all questions, to raise each count by one."""
        for n, fake in enumerate(story.fakes):
            steps[fake] = 0 if n else self.model.skip_step - 1
            contacts[fake] = not n

    def _role_ids(self, contacts: Numbers) -> tuple[str, ...]:
        return tuple(self.model.roles[n] for n in np.flatnonzero(contacts))

    @staticmethod
    def _read(published: Published) -> tuple[list[float], ...]:
        index_of_band = {band: n for n, band in enumerate(BAND_LABELS)}
        return (
            [index_of_band[item.band] for item in published.coverage],
            [index_of_band[item.band] for item in published.contacts],
            [(part.percent or 0) / 100 for part in published.mix],
            [part.is_common for part in published.mix],
            [published.other_percent / 100],
        )

    def _answer_clues(self, observations: _Observations) -> Numbers:
        """The features of each answer, (teams, questions, clues): the bands of its question, then those of its role."""
        role, role_matrix = self.role_of_question, self.model.role_matrix
        # For each round and question: other responsibilities of its role, share, whether it is common, contacts.
        same_role = observations.bands @ role_matrix @ role_matrix.T - observations.bands
        share, is_common = observations.shares[:, :, role], observations.is_common[:, :, role]
        in_pair = np.array([[n in pair for n in range(role_matrix.shape[1])] for pair in self.pairs])
        contacts = (observations.contact_bands @ in_pair / in_pair.sum(axis=0))[:, :, role]
        team = np.stack(
            [observations.others[:, :, 0], observations.bands.mean(axis=2), observations.shares.max(axis=2)]
        )
        team_clues = np.broadcast_to(team[..., None], (*team.shape, len(role)))
        by_round = np.concatenate([np.stack([same_role, share, is_common, contacts]), team_clues])
        changes = by_round[:3, :, -1] - by_round[:3, :, 0]
        numbers = np.concatenate(
            [by_round.transpose(0, 2, 1, 3).reshape(-1, *changes.shape[1:]), changes**2, changes[:1] * changes[1:]]
        )
        trend = np.sign(np.round(changes[:2], 2)).astype(np.intp) + 1
        bands = [*observations.bands.transpose(1, 0, 2)]
        columns = [
            _columns(bands),
            _columns([*bands, *trend]),
            _columns([*bands, is_common[:, -1]]),
            numbers.transpose(1, 2, 0),
        ]
        return np.concatenate([*columns, np.ones((*changes.shape[1:], 1))], axis=2)

    def _contact_clues(self, observations: _Observations, role: int) -> Numbers:
        """The features of one contact, (teams, 1, clues): the contact bands of the role, and the whole mix."""
        pairs_of_role = [n for n, pair in enumerate(self.pairs) if role in pair]
        bands = [_columns([*observations.contact_bands[:, :, n].T[:, :, None]]) for n in pairs_of_role]
        mix = np.concatenate([observations.shares, observations.is_common, observations.others], axis=2).reshape(
            len(observations.bands), 1, -1
        )
        return np.concatenate([*bands, mix, np.ones((len(mix), 1, 1))], axis=2)


def _columns(marks: Sequence[Numbers]) -> Numbers:
    """A column of 0 and 1 for every combination of marks that occurs. Each mark has the shape (teams, questions)."""
    code = sum(mark.astype(np.intp) * (len(BAND_LABELS) + 1) ** n for n, mark in enumerate(marks))
    combinations, index = np.unique(code, return_inverse=True)
    return np.eye(len(combinations), dtype=np.float32)[index.reshape(code.shape)]


def _guess(clues: Numbers, truth: Numbers, training_rows: int) -> tuple[float, float]:
    """The fractions of right learned guesses and of right blind guesses, for the rows after the training rows.

    A ridge regression of each possible answer on the clues; the guess is the answer with the highest value. The blind
    guess is the most frequent answer.
    """
    width = clues.shape[-1]
    training_clues, test_clues = clues[:training_rows].reshape(-1, width), clues[training_rows:].reshape(-1, width)
    training_answers = np.eye(truth.max() + 1)[truth[:training_rows].reshape(-1)]
    test_truth = truth[training_rows:].reshape(-1)
    weights = np.linalg.solve(
        training_clues.T @ training_clues + 3 * np.eye(width), training_clues.T @ training_answers
    )
    guesses = (test_clues @ weights).argmax(axis=1)
    blind_guess = training_answers.sum(axis=0).argmax()
    return float((guesses == test_truth).mean()), float((test_truth == blind_guess).mean())
