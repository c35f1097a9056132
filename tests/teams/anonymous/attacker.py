"""A lead who tries to infer one member's answers from everything that a team's rounds publish.

The attacker knows how people usually answer, all rules, who was in which round (the number of finished people reveals
it to somebody who watches), and every published round. It does not know answers. From thousands of made-up teams with
the same history it learns how published rounds depend on the target's answers, and then guesses those of new targets.
Nobody changes an answer between rounds: real people do, which hides them better.

Everything goes through `publish`, so the attacker has everything that it publishes.
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
    """What the attacker knows of everybody: how often people do the responsibilities of their own roles, and of other
    roles (never, rarely, monthly, weekly, daily), and which part of the people has one role, two, three."""

    own: tuple[float, ...]
    other: tuple[float, ...]
    roles: tuple[float, float, float]


#: People with one or two roles mostly, as the quiz expects them.
USUAL = Habits((0.03, 0.07, 0.15, 0.30, 0.45), (0.48, 0.22, 0.15, 0.10, 0.05), (0.45, 0.40, 0.15))
#: People of one role or two, and little else.
SPECIALISTS = Habits((0.01, 0.02, 0.07, 0.20, 0.70), (0.70, 0.15, 0.08, 0.05, 0.02), (0.80, 0.20, 0.0))
#: People who do about half of everything weekly: the hardest to hide, because a blind guess is right least often.
GENERALISTS = Habits((0.03, 0.10, 0.20, 0.32, 0.35), (0.20, 0.20, 0.20, 0.22, 0.18), (0.20, 0.40, 0.40))
#: How often a question is skipped, a usual neighbour is a contact, anybody else is one.
SKIPPED, NEIGHBOUR, STRANGER = 0.03, 0.60, 0.15


@dataclass(frozen=True)
class Story:
    """Who is in each of a team's rounds, by number. The target is 0; `fakes` are the attacker's own."""

    name: str
    rounds: tuple[tuple[int, ...], ...]
    fakes: tuple[int, ...] = ()
    linked: bool = True  # False: each round is another team, so that no round knows the one before

    @property
    def people(self) -> int:
        return 1 + max(max(each) for each in self.rounds)


def _with(size: int, *, target: bool) -> tuple[int, ...]:
    """`size` colleagues, always the same, and the target or not."""
    return (*range(1, size + 1), *((0,) if target else ()))


ABSENT5, PRESENT5 = _with(5, target=False), _with(5, target=True)

#: What a lead can watch happen without taking part.
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
    Story("outstays all four others", ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8))),
)

#: Reported apart: no rule prevents these while people need no account and may come back. The join page says so.
KNOWN_LIMITS = (
    Story("four fakes and one real", ((0, 1, 2, 3, 4),), fakes=(1, 2, 3, 4)),
    Story("joins together with a fake", (ABSENT5, (*PRESENT5, 6)), fakes=(6,)),
    Story("joins, in a second team", (ABSENT5, PRESENT5), linked=False),
    Story("outstays four others twice", ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8), (0, 9, 10, 11, 12))),
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
    """What teams published, one row a team; bands as places in `BAND_LABELS`."""

    bands: Numbers  # (teams, rounds, questions)
    contact_bands: Numbers  # (teams, rounds, pairs)
    shares: Numbers  # (teams, rounds, roles), 0 if none is published
    is_common: Numbers  # (teams, rounds, roles)
    others: Numbers  # (teams, rounds)


class Attacker:
    """Guesses targets' answers. `gate` publishes a round; by default `publish` does."""

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
        """Learn from twice as many made-up teams with this story, then guess the targets of `teams` others."""
        rng = np.random.default_rng(seed)
        steps, contacts, observations = self._observe(story, 3 * teams, rng)
        # A skipped question is guessed with "never": neither is any work.
        answers = np.where(steps == self.model.skip_step, 0, steps)
        # The population treats all roles alike, so what is learned of one question holds for all.
        guessed, blind = _guess(self._answer_clues(observations), answers, 2 * teams)
        contact_outcomes = [
            _guess(self._contact_clues(observations, role), contacts[:, role, None], 2 * teams)
            for role in range(len(self.model.roles))
        ]
        return Outcome(guessed, blind, *np.mean(contact_outcomes, axis=0).tolist())

    def _observe(self, story: Story, teams: int, rng: np.random.Generator) -> tuple[Numbers, Numbers, _Observations]:
        """The targets' answers and contacts, and all that was published."""
        targets, met, observations = [], [], []
        for _ in range(teams):
            steps, contacts = self.people(story.people, rng)
            self._set_fakes(story, steps, contacts)
            members = [
                Contribution(
                    dict(zip(self.model.questions, map(self.points.__getitem__, row), strict=True)), works_with
                )
                for row, works_with in zip(steps.tolist(), map(self._named, contacts), strict=True)
            ]
            published: Published | None = None
            row = []
            for numbers in story.rounds:
                published = self.gate([members[n] for n in numbers], published if story.linked else None)
                row.append(self._read(published))
            targets.append(steps[0])
            met.append(contacts[0])
            observations.append(row)
        columns = [
            np.array([[each[n] for each in row] for row in observations]) for n in range(len(_Observations._fields))
        ]
        return np.array(targets), np.array(met).astype(np.intp), _Observations(*columns)

    def people(self, number: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
        """This number of made-up people: the steps of their answers, and the roles that they work with."""
        roles = len(self.model.roles)
        own, other, how_many = self.habits
        has = rng.choice(3, number, p=how_many)[:, None] >= rng.random((number, roles)).argsort(1).argsort(1)
        habit = np.where(has[:, self.role_of_question, None], own, other).cumsum(axis=2)[..., :-1]
        steps = (rng.random((number, len(self.role_of_question), 1)) > habit).sum(axis=2)
        steps[rng.random(steps.shape) < SKIPPED] = self.model.skip_step
        near = np.zeros((roles, roles))
        for a, b in self.pairs:
            near[a, b] = near[b, a] = 1
        return steps, rng.random((number, roles)) < np.where(has @ near > 0, NEIGHBOUR, STRANGER)

    def _set_fakes(self, story: Story, steps: Numbers, contacts: Numbers) -> None:
        """Fill in the attacker's own responses: the first answers daily to everything, to shift each count."""
        for n, fake in enumerate(story.fakes):
            steps[fake] = 0 if n else self.model.skip_step - 1
            contacts[fake] = not n

    def _named(self, contacts: Numbers) -> tuple[str, ...]:
        return tuple(self.model.roles[n] for n in np.flatnonzero(contacts))

    @staticmethod
    def _read(published: Published) -> tuple[list[float], ...]:
        place = {band: n for n, band in enumerate(BAND_LABELS)}
        return (
            [place[item.band] for item in published.coverage],
            [place[item.band] for item in published.contacts],
            [(part.percent or 0) / 100 for part in published.mix],
            [part.is_common for part in published.mix],
            [published.other_percent / 100],
        )

    def _answer_clues(self, seen: _Observations) -> Numbers:
        """The features for each answer, (teams, questions, clues): its own bands over time, then those of its role."""
        role, role_matrix = self.role_of_question, self.model.role_matrix
        # By round, for each question: its role's other responsibilities, share, whether it is common, contacts.
        same_role = seen.bands @ role_matrix @ role_matrix.T - seen.bands
        share, is_common = seen.shares[:, :, role], seen.is_common[:, :, role]
        in_pair = np.array([[n in pair for n in range(role_matrix.shape[1])] for pair in self.pairs])
        contacts = (seen.contact_bands @ in_pair / in_pair.sum(axis=0))[:, :, role]
        team = np.stack([seen.others[:, :, 0], seen.bands.mean(axis=2), seen.shares.max(axis=2)])
        whole = np.broadcast_to(team[..., None], (*team.shape, len(role)))
        by_round = np.concatenate([np.stack([same_role, share, is_common, contacts]), whole])
        moved = by_round[:3, :, -1] - by_round[:3, :, 0]
        plain = np.concatenate(
            [by_round.transpose(0, 2, 1, 3).reshape(-1, *moved.shape[1:]), moved**2, moved[:1] * moved[1:]]
        )
        trend = np.sign(np.round(moved[:2], 2)).astype(np.intp) + 1
        ways = [*seen.bands.transpose(1, 0, 2)]
        columns = [
            _columns(ways),
            _columns([*ways, *trend]),
            _columns([*ways, is_common[:, -1]]),
            plain.transpose(1, 2, 0),
        ]
        return np.concatenate([*columns, np.ones((*moved.shape[1:], 1))], axis=2)

    def _contact_clues(self, seen: _Observations, role: int) -> Numbers:
        """The features for one contact, (teams, 1, clues): the contact bands of the role, and the whole mix."""
        pairs_of_role = [n for n, pair in enumerate(self.pairs) if role in pair]
        ways = [_columns([*seen.contact_bands[:, :, n].T[:, :, None]]) for n in pairs_of_role]
        mix = np.concatenate([seen.shares, seen.is_common, seen.others], axis=2).reshape(len(seen.bands), 1, -1)
        return np.concatenate([*ways, mix, np.ones((len(mix), 1, 1))], axis=2)


def _columns(marks: Sequence[Numbers]) -> Numbers:
    """One column, of 0 and 1, for every combination of marks that occurs; marks have shape (teams, questions)."""
    code = sum(mark.astype(np.intp) * (len(BAND_LABELS) + 1) ** n for n, mark in enumerate(marks))
    kinds, kind = np.unique(code, return_inverse=True)
    return np.eye(len(kinds), dtype=np.float32)[kind.reshape(code.shape)]


def _guess(clues: Numbers, truth: Numbers, learn: int) -> tuple[float, float]:
    """Fractions of right guesses, learned and blind, of the rows of `truth` after the first `learn`.

    A ridge regression of each possible answer on the clues; the guess is the answer with the highest value.
    """
    width = clues.shape[-1]
    known, fresh = clues[:learn].reshape(-1, width), clues[learn:].reshape(-1, width)
    answers, right = np.eye(truth.max() + 1)[truth[:learn].reshape(-1)], truth[learn:].reshape(-1)
    weights = np.linalg.solve(known.T @ known + 3 * np.eye(width), known.T @ answers)
    return float(((fresh @ weights).argmax(axis=1) == right).mean()), float(
        (right == answers.sum(axis=0).argmax()).mean()
    )
