"""Made-up people with their answers, generated from the roles of a bank."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from quiz.bank import OTHER_WORK_SHARES, Bank, FollowUps
from quiz.scoring import ScoringModel, match
from quiz.teams.made_up import made_up_person


@dataclass(frozen=True)
class Person:
    """A made-up person: what the person is an example of, and the answers.

    `role_ids` are the roles that the person has in truth; without any, the person answers no follow-up question.
    `fits` is what the person says about the result, "" without an answer.
    """

    description: str
    answers: Mapping[str, str]
    contacts: tuple[str, ...] = ()
    title: str = ""
    text: str = ""
    other_work_share: str = ""
    fits: str = ""
    is_finished: bool = True
    role_ids: tuple[str, ...] = ()


def people(bank: Bank, model: ScoringModel) -> Iterator[Person]:
    """A person for each kind of result that the bank can give."""
    rng = random.Random(7)  # noqa: S311 - the same people every time
    roles = list(bank.roles)
    for role, share in zip(roles, itertools.cycle(OTHER_WORK_SHARES), strict=False):
        person = person_with_roles(bank, rng, f"A full-time {role.name}", role.id)
        yield replace(person, other_work_share=share, fits="yes")
    for a, b in itertools.islice(zip(roles, roles[2:], strict=False), 3):
        person = person_with_roles(bank, rng, f"Combines {a.name} and {b.name}", a.id, b.id)
        yield replace(person, other_work_share="half", fits="partly")
    if len(roles) >= 3:
        yield person_with_roles(bank, rng, "Combines three roles", *(role.id for role in roles[-3:]))
    for evidence in ("tie", "leaning"):
        if answers := _answers_with_evidence(bank, model, evidence):
            yield Person(f"Undecided: {evidence}", answers)
    often, never = bank.scale[-2].id, bank.scale[0].id
    yield Person("Does everything, every week", dict.fromkeys(bank.responsibility, often))
    yield Person("Does none of it", dict.fromkeys(bank.responsibility, never))
    half = {id: (often if n % 2 else bank.skip.id) for n, id in enumerate(bank.responsibility)}
    yield Person("Left out half of the questions", half)
    first_page = {item.id: often for item in bank.pages[0]}
    yield Person("Stopped after the first page", first_page, is_finished=False)


def person_with_roles(bank: Bank, rng: random.Random, description: str, *role_ids: str) -> Person:
    """A made-up person with some roles, a job title and free text."""
    made_up = made_up_person(bank, rng, role_ids)
    roles = [bank.role[id] for id in role_ids]
    recent_work = [role.responsibilities[rng.randrange(len(role.responsibilities))] for role in roles]
    text = " ".join(f"On most days I had to {item.question}." for item in recent_work)
    title = roles[0].title
    return Person(description, made_up.answers, made_up.contacts, title=title, text=text, role_ids=role_ids)


def _answers_with_evidence(bank: Bank, model: ScoringModel, evidence: str) -> Mapping[str, str] | None:
    """Answers for all of the first role and a part of the last role whose result has this evidence, or None."""
    first, last = bank.roles[0], bank.roles[-1]
    scale = [point.id for point in bank.scale]
    base = dict.fromkeys(bank.responsibility, scale[0])
    base |= {item.id: scale[-1] for item in first.responsibilities}
    for pattern in itertools.combinations_with_replacement(scale, len(last.responsibilities)):
        answers = base | {item.id: id for item, id in zip(last.responsibilities, pattern, strict=True)}
        if match(model, answers).evidence == evidence:
            return answers
    return None


def follow_up_answers(bank: Bank, model: ScoringModel, person: Person) -> FollowUps | None:
    """What `person` answers to the follow-up questions that the ratings call for, None if nothing."""
    questions = match(model, person.answers).follow_up_questions
    if questions is None or not person.role_ids or not bank.follow_ups:
        return None
    most, least = bank.follow_ups[0], bank.follow_ups[-1]
    answers = {role: most.id if role in person.role_ids else least.id for role in questions.roles}
    return FollowUps(questions.base, answers)
