"""Stores made-up people and teams in an instance, so that every page can be tried."""

from __future__ import annotations

import random

from quiz.admin.demo_people import Person, follow_up_answers, people, person_with_roles
from quiz.bank import AgreedAction, JobGoal
from quiz.results.feedback import feedback_question
from quiz.scoring import match
from quiz.teams import TeamKind
from quiz.teams.anonymous import MIN_ROUND_SIZE
from quiz.teams.needs import needs_of_heads
from quiz.teams.rounds import publisher
from quiz.web import links
from quiz.web.app import App

_OPEN_TEAM = (
    "Amira Haddad",
    "Ben Okafor",
    "Chen Li",
    "Dorota Nowak",
    "Emil Sørensen",
    "Fatuma Abdi",
    "Goran Petrović",
)


class InstanceNotEmptyError(Exception):
    """The instance holds responses already; the message says what to do."""


def fill(app: App) -> list[tuple[str, str]]:
    """Store made-up people and teams in the instance of `app`. Returns the path of each page, with a description.

    Returns only after all are stored: an instance that is only half filled could not be filled again.

    Raises
    ------
    InstanceNotEmptyError
        If there is a response already: made-up people must never be mixed with real ones.
    """
    if not app.storage.is_empty():
        raise InstanceNotEmptyError(
            f"{app.storage.engine.name} holds responses; name a new folder with MANY_HATS_INSTANCE"
        )
    pages = []
    for person in people(app.bank, app.scoring_model):
        pages.append((f"/r/{_store_person(app, person)}", person.description))
    if app.bank.viewer_texts is not None:
        pages += _store_second_view(app)
    pages += _store_conversation(app)
    pages.append((_store_anonymous_team(app), "Lead of an anonymous team with two rounds published"))
    pages += _store_open_team(app)
    return pages


def _store_person(app: App, person: Person) -> str:
    """Store the response of `person`. Returns its owner link."""
    bank, day, link = app.bank, app.today(), links.new_link()
    owner_hash = links.hash_link(link)
    app.storage.create_response(owner_hash, bank=bank.version, day=day)
    app.storage.save_answers(owner_hash, person.answers, bank=bank.version, day=day)
    app.storage.save_details(
        owner_hash,
        contacts=person.contacts,
        title=person.title,
        text=person.text,
        other_work_share=person.other_work_share,
        day=day,
    )
    follow_ups = follow_up_answers(bank, app.scoring_model, person)
    if follow_ups:
        app.storage.save_follow_ups(owner_hash, follow_ups, bank=bank.version, day=day)
    if person.is_finished:
        app.storage.finish_response(owner_hash, day=day)
    if person.fits:
        question = feedback_question(bank, match(app.scoring_model, person.answers, follow_ups), None)
        missing = [role.id for role in question.others[:1]]
        feedback = question.answer(person.fits, missing=missing)
        app.storage.save_feedback(owner_hash, feedback, day=day)
    return link


def _store_second_view(app: App) -> list[tuple[str, str]]:
    """Store a second view that is opened. Returns the paths and descriptions of the pages of both sides."""
    bank, day, rng = app.bank, app.today(), random.Random(3)  # noqa: S311 - the same people every time
    owner, viewer = (person_with_roles(bank, rng, "In a second view", bank.roles[0].id) for _ in range(2))
    seen = dict(viewer.answers) | {item.id: bank.skip.id for item in bank.questions_in_order[:3]}
    owner_link, viewer_link = _store_person(app, owner), links.new_link()
    owner_hash, viewer_hash = links.hash_link(owner_link), links.hash_link(viewer_link)
    view_hash = links.hash_link(app.derive_link("view", f"{owner_link}:1"))
    app.storage.create_second_view(
        owner_hash, owner_name="Ada", viewer_name="Kim", day=day, view_hash=view_hash, number=1
    )
    app.storage.begin_second_view(view_hash, [viewer_hash])
    app.storage.save_viewer_answers(viewer_hash, seen)
    priorities = [role.responsibilities[-1].id for role in bank.roles[:3]]
    app.storage.save_priorities(viewer_hash, priorities, is_sent=True)
    app.storage.send_second_view(viewer_hash, day=day)
    app.storage.open_second_view(owner_hash, day=day)
    return [
        (f"/r/{owner_link}/second-view", "A second view that is opened"),
        (f"/w/{viewer_link}", "The same second view as the viewer sees it"),
    ]


def _store_conversation(app: App) -> list[tuple[str, str]]:
    """Store somebody who took the quiz twice, with goals and what was agreed. Returns paths and descriptions."""
    bank, day, rng = app.bank, app.today(), random.Random(3)  # noqa: S311 - the same people every time
    first, last = bank.roles[0], bank.roles[-1]
    before = person_with_roles(bank, rng, "Before", first.id)
    earlier = links.hash_link(_store_person(app, before))
    wanted, unwanted = last.responsibilities[0], first.responsibilities[0]
    if bank.wish:
        wishes = {wanted.id: "start", unwanted.id: "less"}
        app.storage.save_goals(earlier, wishes=wishes, goals=[last.id], day=day)
    asked = [unwanted, *last.responsibilities]
    job_goal = JobGoal("A job at the Corner Shop", tuple(item.id for item in asked))
    app.storage.save_job_goal(earlier, job_goal, day=day)
    actions = [
        AgreedAction(1, "Kim looks for one small task of the new kind", day),
        AgreedAction(2, "I hand over one report"),
    ]
    app.storage.save_agreed_actions(earlier, actions, next_look=day, day=day)
    link = links.new_link()
    owner_hash = links.hash_link(link)
    app.storage.create_response(owner_hash, bank=bank.version, day=day, earlier=earlier)
    answers = {**before.answers, wanted.id: bank.scale[-2].id, unwanted.id: bank.scale[0].id}
    app.storage.save_answers(owner_hash, answers, bank=bank.version, day=day)
    app.storage.finish_response(owner_hash, day=day)
    app.storage.save_outcomes(owner_hash, {1: "done"}, day=day)
    return [
        (f"/r/{link}/conversation", "The sheet of somebody who took the quiz again"),
        (f"/r/{link}/changes", "What has changed since that person took it before"),
        (f"/r/{link}/goals", "The wishes of that person, a goal, and a job as a goal"),
    ]


def _store_team(app: App, name: str, kind: TeamKind) -> tuple[str, str]:
    """Store a team. Returns its lead link and the hash of its join link."""
    lead_link = links.new_link()
    join_hash = links.hash_link(app.derive_link("join", f"{lead_link}:1"))
    app.storage.create_team(
        links.hash_link(lead_link), join_hash, number=1, name=name, kind=kind, minimum=MIN_ROUND_SIZE, day=app.today()
    )
    return lead_link, join_hash


def _store_anonymous_team(app: App) -> str:
    """Store an anonymous team with two closed rounds. Returns the path of its lead's page."""
    bank, rng = app.bank, random.Random(11)  # noqa: S311 - the same people every time
    lead_link, join_hash = _store_team(app, "The quiet dozen", "anonymous")
    lead_hash = links.hash_link(lead_link)
    for size in (12, 9):
        app.storage.open_round(lead_hash, day=app.today())
        for n in range(size):
            role_ids = {bank.roles[(n * n + k) % len(bank.roles)].id for k in range(1 + n % 2)}
            owner_link = _store_person(app, person_with_roles(bank, rng, "In a team", *sorted(role_ids)))
            app.storage.join_team(join_hash, links.hash_link(owner_link), name="", shares_wishes=False, day=app.today())
        app.storage.close_round(lead_hash, publisher(bank, app.scoring_model), day=app.today())
    return f"/t/{lead_link}"


def _store_open_team(app: App) -> list[tuple[str, str]]:
    """Store an open team. Returns the paths and descriptions of its lead's page and of a member's page."""
    bank, rng = app.bank, random.Random(5)  # noqa: S311 - the same people every time
    lead_link, join_hash = _store_team(app, "Data at the Corner Shop", "open")
    owner_link = ""
    for n, name in enumerate(_OPEN_TEAM):
        role = bank.roles[(2 * n) % len(bank.roles)]
        owner_link = _store_person(app, person_with_roles(bank, rng, name, role.id))
        owner_hash = links.hash_link(owner_link)
        next_role = bank.roles[(2 * n + 2) % len(bank.roles)]
        wishes = {next_role.responsibilities[0].id: "start", role.responsibilities[-1].id: "hand-over"}
        wishes[next_role.responsibilities[-1].id] = "more"
        if bank.wish:
            app.storage.save_goals(owner_hash, wishes=wishes, goals=(), day=app.today())
        app.storage.join_team(join_hash, owner_hash, name=name, shares_wishes=n != 1, day=app.today())
    heads = {role.id: 1 + n % 2 for n, role in enumerate(bank.roles[::2])}
    app.storage.save_needs(links.hash_link(lead_link), needs_of_heads(bank, heads))
    return [
        (f"/t/{lead_link}", "Lead of an open team"),
        (f"/r/{owner_link}/team", "The same team as a member sees it"),
    ]
