"""Made-up teams, and people with wishes and a past, for the browser tests: short and long names, few and many."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import islice

from quiz.bank import Bank
from quiz.web import links
from quiz.web.app import App
from tests.clients import Client
from tests.factories import join_path, join_team, link_hash, make_response, make_team

#: As long as a title or a name may be.
LONG_TITLE = "Principal Software Engineer and Deputy Head of Data Platform Architecture (EMEA)"
LONG_NAME = "Maximiliane-Katharina Freifrau von Donaudampfschifffahrt zu Hohenlohe-Langenburg"
NAMES = [
    "Amira Haddad",
    "Ben",
    LONG_NAME,
    "Chen Li",
    "Dorota Wiśniewska-Kowalczyk",
    "Emil Sørensen",
    "Fatuma Abdi",
    "Гульнара Сергеевна",
    "李小龙",
    "Ivo Ivanov",
    "Inés Ibáñez",
    "Jo",
]
#: What somebody answers and wants whose page for a talk has more to say than anybody else's: of some thousand made-up
#: people with five roles in the mix, the one with the longest questions worth asking, and a tie to be told besides.
FULL_ROLES = ("software-engineer", "data-architect", "data-engineer", "data-analyst", "data-scientist")
FULL_BUT = dict.fromkeys(
    ("data-applications", "data-stores", "governance", "insights", "dashboards", "trends"), "weekly"
) | {"ci-cd": "rarely", "monitoring": "rarely", "model-optimisation": "monthly"}
FULL_WISHES = {
    "apis-services": "less",
    "governance": "less",
    "dashboards": "less",
    "code-quality": "hand-over",
    "data-stores": "hand-over",
    "scalable-architecture": "more",
    "ci-cd": "start",
    "monitoring": "start",
}
FULL_HEADING = ("software-engineer", "devops-sre")


def week(bank: Bank, *roles: str, rest: str = "never", but: Mapping[str, str] | None = None) -> dict[str, str]:
    """The answers of somebody who does all of `roles` daily, `but` single things apart."""
    return {id: "daily" if item.role in roles else rest for id, item in bank.responsibility.items()} | dict(but or {})


def want(app: App, own: str, wishes: Mapping[str, str], goals: tuple[str, ...] = ()) -> None:
    """Keep what the person behind an owner link's path wants."""
    assert app.storage.save_goals(link_hash(own), wishes=wishes, goals=goals, bank=app.bank.version, day=app.today())


def again(app: App, own: str, answers: Mapping[str, str]) -> str:
    """A finished response that takes the one behind an owner link's path again; gives the path of its owner link."""
    link, day, version = links.new_link(), app.today(), app.bank.version
    owner = links.hash_link(link)
    app.storage.create_response(owner, bank=version, day=day, earlier=link_hash(own))
    app.storage.save_answers(owner, answers, bank=version, day=day)
    app.storage.finish_response(owner, bank=version, day=day)
    return f"/r/{link}"


def full(app: App) -> str:
    """Somebody whose page for a talk is as full as it gets; gives the path of their owner link."""
    bank = app.bank
    first = make_response(app, week(bank, "data-engineer", but={"monitoring": "daily"}))
    own = again(app, first, week(bank, *FULL_ROLES, but=FULL_BUT))
    app.storage.save_details(
        link_hash(own), contacts=list(bank.role), title=LONG_TITLE, text="", bank=bank.version, day=app.today()
    )
    want(app, own, FULL_WISHES, FULL_HEADING)
    return own


def somebody(bank: Bank, rng: random.Random) -> dict[str, str]:
    """The answers of one made-up person who holds one role or two, and helps here and there."""
    own = rng.sample(list(bank.role), rng.choice([1, 1, 2]))
    often, seldom = ["daily", "daily", "weekly"], ["never", "never", "rarely", "monthly"]
    return {id: rng.choice(often if item.role in own else seldom) for id, item in bank.responsibility.items()}


def fill(app: App, client: Client, lead: str, people: int, *, seed: int = 1) -> list[str]:
    """That many made-up people, finished and in the open round; gives the paths of their owner links."""
    rng, join = random.Random(seed), join_path(client, lead)
    members = [make_response(app, somebody(app.bank, rng)) for _ in range(people)]
    for own in members:
        join_team(app, join, own)
    return members


def by_name(app: App, client: Client, people: int) -> tuple[str, list[str]]:
    """An open team of that many people: the path of its lead link, and theirs."""
    rng = random.Random(people)
    lead = make_team(client, "open", name=f"{people} who talk")
    join, members = join_path(client, lead), []
    for name in islice(NAMES, people):
        answers = somebody(app.bank, rng)
        own = make_response(app, answers)
        want(app, own, dict.fromkeys([id for id, answer in answers.items() if answer == "never"][:2], "start"))
        join_team(app, join, own, name, shares_wishes=True)
        members.append(own)
    return lead, members


def settle(app: App) -> dict[str, str]:
    """Everything above, once: what to call it, and the path of its link."""
    client, bank = Client(app), app.bank
    places = {"full": full(app), "plain": make_response(app, week(bank, "data-analyst"))}
    places["moved"] = again(app, places["plain"], week(bank, "data-engineer", but={"insights": "weekly"}))
    few = make_team(client, name="Three so far")
    places |= {"few": few, "waiting": fill(app, client, few, 3)[0], "join": join_path(client, few)}
    places["enough"] = make_team(client, name=LONG_NAME)
    fill(app, client, places["enough"], 6)
    rounds = make_team(client, name="Data, platforms and everything around them, north and south")
    for number, people in enumerate((9, 24), 1):
        members = fill(app, client, rounds, people, seed=number)
        client.send(f"{rounds}/close", page=rounds)
        if number == 1:
            client.send(f"{rounds}/next", page=rounds)
    places |= {"rounds": rounds, "counted": members[0]}
    for people in (0, 3, 12):
        lead, named = by_name(app, client, people)
        places[f"open-{people}"] = lead
    places |= {"named": named[0], "join-open": join_path(client, lead)}
    return places
