"""Made-up people and teams, so that every page can be looked at. Any bank has its own, made from its roles."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quiz.bank import Bank
from quiz.scoring import ScoringModel, match
from quiz.teams import Kind
from quiz.teams.anonymous import FLOOR
from quiz.teams.round_pages import publisher
from quiz.web import links
from quiz.web.app import App


class InstanceNotEmptyError(Exception):
    """The instance holds responses already; the message says what to do."""


@dataclass(frozen=True)
class Person:
    """Somebody made up: why they are here, and what they answered."""

    about: str
    answers: Mapping[str, str]
    contacts: tuple[str, ...] = ()
    title: str = ""
    text: str = ""
    finished: bool = True


def people(bank: Bank, model: ScoringModel) -> Iterator[Person]:
    """One person for every kind of result that there is, by the bank's own roles."""
    rng = random.Random(7)  # noqa: S311 - the same people every time
    roles = list(bank.roles)
    for role in roles:
        yield _holder(bank, rng, f"A full-time {role.name}", role.id)
    for a, b in itertools.islice(zip(roles, roles[2:], strict=False), 3):
        yield _holder(bank, rng, f"Combines {a.name} and {b.name}", a.id, b.id)
    if len(roles) >= 3:
        yield _holder(bank, rng, "Combines three roles", *(role.id for role in roles[-3:]))
    for evidence in ("tie", "leaning"):
        if found := _undecided(bank, model, evidence):
            yield Person(f"Undecided: {evidence}", found)
    often, never = bank.scale[-2].id, bank.scale[0].id
    yield Person("Does everything, every week", dict.fromkeys(bank.responsibility, often))
    yield Person("Does none of it", dict.fromkeys(bank.responsibility, never))
    half = {id: (often if n % 2 else bank.skip.id) for n, id in enumerate(bank.responsibility)}
    yield Person("Left out half of the questions", half)
    first = {item.id: often for item in bank.pages[0]}
    yield Person("Stopped after the first page", first, finished=False)


def _holder(bank: Bank, rng: random.Random, about: str, *roles: str) -> Person:
    """Somebody who holds `roles`, does a little of their neighbours' work, and works with some of them."""
    scale = [point.id for point in bank.scale]
    near = {role.id for id in roles for role in bank.neighbours(id)}
    answers = {}
    for id, item in bank.responsibility.items():
        if item.role in roles:
            answers[id] = rng.choice([scale[-1], scale[-1], scale[-2]])
        else:
            answers[id] = rng.choice(scale[:3] if item.role in near else scale[:2])
    own = [bank.role[id] for id in roles]
    lately = [role.responsibilities[rng.randrange(len(role.responsibilities))] for role in own]
    return Person(
        about=about,
        answers=answers,
        contacts=tuple(id for id in sorted(near) if rng.random() < 0.7),
        title=own[0].title,
        text=" ".join(f"On most days I had to {item.question}." for item in lately),
    )


def _undecided(bank: Bank, model: ScoringModel, evidence: str) -> Mapping[str, str] | None:
    """A first role held in full and as much of a second as makes the result `evidence`, if there is such a thing."""
    first, second = bank.roles[0], bank.roles[-1]
    base = dict.fromkeys(bank.responsibility, bank.scale[0].id)
    base |= {item.id: bank.scale[-1].id for item in first.responsibilities}
    scale = [point.id for point in bank.scale]
    for pattern in itertools.combinations_with_replacement(scale, len(second.responsibilities)):
        answers = base | {item.id: id for item, id in zip(second.responsibilities, pattern, strict=True)}
        if match(model, answers).evidence == evidence:
            return answers
    return None


def fill(app: App) -> list[tuple[str, str]]:
    """Put made-up people and teams into the instance of `app`; gives the path of each page, with what it is for.

    All are made before any is given: an instance that is half full could not be filled again.

    Raises
    ------
    InstanceNotEmptyError
        When there is a response already: made-up people must never stand among real ones.
    """
    if not app.storage.is_empty():
        raise InstanceNotEmptyError(f"{app.storage.file} holds responses; name a fresh folder with MANY_HATS_INSTANCE")
    return [
        *((f"/r/{_take(app, person)}", person.about) for person in people(app.bank, app.scoring_model)),
        (_anonymous(app), "Lead of an anonymous team with two rounds published"),
        *_open(app),
    ]


def _take(app: App, person: Person) -> str:
    """Take the quiz as `person`; gives the owner link."""
    bank, day, link = app.bank, app.today(), links.new_link()
    owner = links.hash_link(link)
    app.storage.create_response(owner, bank=bank.version, day=day)
    app.storage.save_answers(owner, person.answers, bank=bank.version, day=day)
    app.storage.save_details(
        owner, contacts=person.contacts, title=person.title, text=person.text, bank=bank.version, day=day
    )
    if person.finished:
        app.storage.finish_response(owner, bank=bank.version, day=day)
    return link


def _team(app: App, name: str, kind: Kind) -> tuple[str, str]:
    """Make a team; gives its lead link and the fingerprint of its join link."""
    lead = links.new_link()
    joining = links.hash_link(app.derive_link("join", f"{lead}:1"))
    app.storage.create_team(
        links.hash_link(lead), joining, number=1, name=name, kind=kind, minimum=FLOOR, day=app.today()
    )
    return lead, joining


def _anonymous(app: App) -> str:
    bank, rng = app.bank, random.Random(11)  # noqa: S311
    lead, joining = _team(app, "The quiet dozen", "anonymous")
    key = links.hash_link(lead)
    for size in (12, 9):
        app.storage.open_round(key, day=app.today())
        for n in range(size):
            roles = {bank.roles[(n * n + k) % len(bank.roles)].id for k in range(1 + n % 2)}
            link = _take(app, _holder(bank, rng, "In a team", *sorted(roles)))
            app.storage.join_team(joining, links.hash_link(link), name="", shares_wishes=False)
        app.storage.close_round(key, publisher(bank, app.scoring_model), day=app.today())
    return f"/t/{lead}"


def _open(app: App) -> Iterator[tuple[str, str]]:
    bank, rng = app.bank, random.Random(5)  # noqa: S311
    lead, joining = _team(app, "Data at the Corner Shop", "open")
    link = ""
    for n, name in enumerate(("Amira Haddad", "Ben Okafor", "Chen Li", "Dorota Nowak", "Emil Sørensen")):
        link = _take(app, _holder(bank, rng, name, bank.roles[(2 * n) % len(bank.roles)].id))
        owner = links.hash_link(link)
        dream = bank.roles[(2 * n + 2) % len(bank.roles)].responsibilities[0].id
        app.storage.save_goals(
            owner, wishes={dream: "start"} if bank.wish else {}, goals=(), bank=bank.version, day=app.today()
        )
        app.storage.join_team(joining, owner, name=name, shares_wishes=n != 1)
    yield f"/t/{lead}", "Lead of an open team"
    yield f"/r/{link}/team", "The same team as a member sees it"
