"""Example teams, and people with wishes and earlier answers, for the browser tests."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import islice
from typing import Any

from quiz.bank import MAX_ACTION_LENGTH, MAX_ACTIONS, AgreedAction, Bank, JobGoal
from quiz.teams.needs import needs_of_heads
from quiz.web import links
from quiz.web.app import App
from tests.browser.people import SENTENCE
from tests.clients import Client
from tests.factories import join_path, join_team, link_hash, make_response, make_team

#: A title and a name of the maximum length.
LONG_TITLE = "Principal Software Engineer and Deputy Head of Data Platform Architecture (EMEA)"
LONG_JOB = "Lead of Operations and Platform Engineering for Machine Learning, Headquarters"
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
#: The answers, wishes and goals of the person with the longest conversation page: of some thousand random people with
#: five roles in the mix, the one with the longest talking points. The mix is a tie.
FULL_ROLES = ("software-engineer", "data-architect", "data-engineer", "data-analyst", "data-scientist")
FULL_CHANGES = dict.fromkeys(
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
FULL_GOALS = ("software-engineer", "devops-sre")


def role_answers(
    bank: Bank, *roles: str, other_answer: str = "never", changes: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Daily for all questions of `roles`, `other_answer` for all others, then `changes` for single questions."""
    answers = {id: "daily" if item.role in roles else other_answer for id, item in bank.responsibility.items()}
    return answers | dict(changes or {})


def save_goals(app: App, own: str, wishes: Mapping[str, str], goals: tuple[str, ...] = ()) -> None:
    """Save the wishes and goals of the response at an owner path."""
    assert app.storage.save_goals(link_hash(own), wishes=wishes, goals=goals, day=app.today())


def retake(app: App, own: str, answers: Mapping[str, str]) -> str:
    """Create a finished response whose earlier response is the one at an owner path. Returns its owner path."""
    link, day, version = links.new_link(), app.today(), app.bank.version
    owner_hash = links.hash_link(link)
    app.storage.create_response(owner_hash, bank=version, day=day, earlier=link_hash(own))
    app.storage.save_answers(owner_hash, answers, bank=version, day=day)
    app.storage.finish_response(owner_hash, day=day)
    return f"/r/{link}"


def create_full_response(app: App) -> str:
    """Create the response with the longest conversation page. Returns its owner path."""
    bank = app.bank
    first = make_response(app, role_answers(bank, "data-engineer", changes={"monitoring": "daily"}))
    save_goals(app, first, FULL_WISHES, FULL_GOALS)
    save_longest_agreement(app, first)
    own = retake(app, first, role_answers(bank, *FULL_ROLES, changes=FULL_CHANGES))
    when: dict[str, Any] = {"bank": bank.version, "day": app.today()}
    app.storage.save_details(
        link_hash(own),
        contacts=list(bank.role),
        title=LONG_TITLE,
        text="",
        other_work_share="three-quarters",
        day=when["day"],
    )
    save_goals(app, own, FULL_WISHES, FULL_GOALS)
    job_goal = JobGoal(LONG_JOB, ("model-deployment", "model-monitoring", "model-optimisation", "ci-cd"))
    app.storage.save_job_goal(link_hash(own), job_goal, day=when["day"])
    save_longest_agreement(app, own)
    app.storage.save_outcomes(link_hash(own), dict.fromkeys(range(1, MAX_ACTIONS + 1), "not-yet"), day=when["day"])
    return own


def save_longest_agreement(app: App, own: str) -> None:
    """Save as many agreed actions as possible, each of the maximum length, for the response at an owner path."""
    actions = [
        AgreedAction(n, (SENTENCE * 2)[:MAX_ACTION_LENGTH].strip(), "2027-09-30") for n in range(1, MAX_ACTIONS + 1)
    ]
    app.storage.save_agreed_actions(link_hash(own), actions, next_look="2027-09-30", day=app.today())


def random_answers(bank: Bank, rng: random.Random) -> dict[str, str]:
    """The answers of a random person who has one or two roles and sometimes does work of other roles."""
    roles = rng.sample(list(bank.role), rng.choice([1, 1, 2]))
    own_answers, other_answers = ["daily", "daily", "weekly"], ["never", "never", "rarely", "monthly"]
    return {
        id: rng.choice(own_answers if item.role in roles else other_answers) for id, item in bank.responsibility.items()
    }


def add_random_members(app: App, client: Client, lead: str, people: int, *, seed: int = 1) -> list[str]:
    """Add this number of random people, who have finished, to a team. Returns their owner paths."""
    rng, join = random.Random(seed), join_path(client, lead)
    members = [make_response(app, random_answers(app.bank, rng)) for _ in range(people)]
    for own in members:
        join_team(app, join, own)
    return members


def create_open_team(app: App, client: Client, people: int) -> tuple[str, list[str]]:
    """Create an open team of this number of people. Returns its lead path and their owner paths."""
    rng = random.Random(people)
    lead = make_team(client, "open", name=f"{people} who talk")
    join, members = join_path(client, lead), []
    for name in islice(NAMES, people):
        answers = random_answers(app.bank, rng)
        own = make_response(app, answers)
        not_done = [id for id, answer in answers.items() if answer == "never"]
        save_goals(app, own, dict.fromkeys(not_done[:2], "start"))
        join_team(app, join, own, name, shares_wishes=True)
        members.append(own)
    return lead, members


def create_people_and_teams(app: App) -> dict[str, str]:
    """Create people and teams of each kind. Returns the paths of their links by name."""
    client, bank = Client(app), app.bank
    paths = {
        "full": create_full_response(app),
        "one-role": make_response(app, role_answers(bank, "data-analyst")),
    }
    paths["retaken"] = retake(
        app, paths["one-role"], role_answers(bank, "data-engineer", changes={"insights": "weekly"})
    )
    team = make_team(client, name="Three so far")
    paths |= {
        "team-of-three": team,
        "uncounted-member": add_random_members(app, client, team, 3)[0],
        "join": join_path(client, team),
    }
    paths["team-of-six"] = make_team(client, name=LONG_NAME)
    add_random_members(app, client, paths["team-of-six"], 6)
    rounds = make_team(client, name="Data, platforms and everything around them, north and south")
    for number, people in enumerate((9, 24), 1):
        members = add_random_members(app, client, rounds, people, seed=number)
        client.send(f"{rounds}/close", page=rounds)
        if number == 1:
            client.send(f"{rounds}/next", page=rounds)
    paths |= {"rounds": rounds, "counted-member": members[0]}
    for people in (0, 3, 5, 12):
        lead, members = create_open_team(app, client, people)
        paths[f"open-{people}"] = lead
    paths |= {"open-member": members[0], "join-open": join_path(client, lead)}
    paths["open-needs"], _ = create_open_team(app, client, 7)
    needs = needs_of_heads(bank, {"data-engineer": 2, "data-analyst": 4, "ml-engineer": 1})
    assert app.storage.save_needs(link_hash(paths["open-needs"]), needs)
    for name, done in (("open-unfinished", False), ("open-removed", True), ("open-removed-unfinished", False)):
        paths[name] = make_response(app, done=done)
        join_team(app, paths["join-open"], paths[name], name)
        if "removed" in name:
            response = app.storage.load_response(link_hash(paths[name]))
            assert response
            app.storage.remove_member(link_hash(lead), response.id, day=app.today())
    return paths
