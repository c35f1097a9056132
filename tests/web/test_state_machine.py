"""Random sequences of requests: after every step the web app must agree with a model in plain Python.

The model knows the stored data of every response, the members of every team and what each round published. After every
step, the pages and the JSON of everything that the step changed are compared with it. No request, valid or not, may
cause a 5xx.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from werkzeug.test import TestResponse

from quiz import create_app
from quiz.bank import MAX_ACTION_LENGTH, OUTCOMES, load
from quiz.bank.answer_sheet import answer_sheet
from quiz.config import paths
from quiz.storage import DRAFT_DAYS, MAX_SHARE_LINKS, MIN_DAYS_OVERDUE, ROUND_TIE_DAYS
from quiz.teams import OpenMember, anonymous
from quiz.teams.names import name_key
from quiz.teams.open_team import latest_responses
from quiz.web import links
from quiz.web.app import App, days_before, months_later
from quiz.web.typed_text import clean_line, clean_text
from tests.checks import load_team
from tests.clients import Client, Page
from tests.factories import HOSTILE_TEXTS, share_numbers

pytestmark = pytest.mark.both_engines

BANK = load(paths.project_folder("questions"))
ANSWERS = list(BANK.option)
RETENTION_MONTHS = 12
#: At most so many changed people are compared after a step; more would take most of the time.
MAX_COMPARED_PEOPLE = 4
#: Pages of a response, after its link.
PAGES = "/conversation /conversation?listener /goals /changes /manage /qr.svg /check /more /1 /2 /delete .csv".split()  # noqa: SIM905


@dataclass(eq=False)
class Round:
    """A closed round of the model."""

    closed: str
    published: anonymous.Published
    deleted_count: int = 0
    is_tied: bool = True
    overdue_since: str = ""

    @property
    def withdrawn(self) -> bool:
        return self.published.people - self.deleted_count < 5


@dataclass(eq=False)
class Team:
    """A team of the model. `used` is the day on which its last round was opened or closed."""

    lead: str
    kind: str
    name: str
    minimum: int
    used: str
    rounds: list[Round] = field(default_factory=list)
    needs: dict[str, int] = field(default_factory=dict)
    has_open_round: bool = True
    overdue_since: str = ""
    exists: bool = True

    @property
    def last_closed(self) -> str:
        return self.rounds[-1].closed if self.rounds else ""


@dataclass(eq=False)
class View:
    """A second view of the model. `link` and `viewer` are paths, `copied` both sheets as they were at the opening."""

    link: str
    names: tuple[str, str]
    draft_since: str
    viewer: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    priorities: set[str] = field(default_factory=set)
    sent: str | None = None
    opened: str | None = None
    copied: tuple[dict[str, str], dict[str, str]] | None = None
    on_sheet: bool = False
    overdue_since: str = ""


@dataclass(eq=False)
class Person:
    """A response of the model; `path` is that of its owner link."""

    path: str
    started: str
    changed: str
    earlier: Person | None = None
    finished: str | None = None
    title: str = ""
    text: str = ""
    has_sent_details: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    contacts: set[str] = field(default_factory=set)
    wishes: dict[str, str] = field(default_factory=dict)
    goals: set[str] = field(default_factory=set)
    job_goal: dict[str, Any] | None = None
    actions: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    shares: dict[int, Mapping[str, str]] = field(default_factory=dict)
    ended_shares: set[int] = field(default_factory=set)
    team: Team | None = None
    name: str = ""
    shares_wishes: bool = False
    counted: Round | None = None
    view: View | None = None
    ended_views: list[View] = field(default_factory=list)
    overdue_since: str = ""
    exists: bool = True


def any_exist(things: Sequence[Person] | Sequence[Team]) -> bool:
    """Whether any of them still exists."""
    return any(each.exists for each in things)


def is_same_person(one: Person, other: Person) -> bool:
    """Whether one of two responses repeats the other, or both repeat a third."""
    return bool(chain(one) & chain(other))


def chain(person: Person) -> set[int]:
    """A response and those that it repeats, as ids of the objects."""
    ids: set[int] = set()
    link: Person | None = person
    while link is not None and (link is person or link.exists):
        ids.add(id(link))
        link = link.earlier
    return ids


texts = st.text(st.characters(codec="utf-8"), max_size=100) | st.sampled_from(
    [*HOSTILE_TEXTS, "", " ", "x" * 80, "x" * 81]
)
indexes = st.integers(0, 10_000)
#: The day of an agreed action: none, the day of the app, or something that is refused.
DUE_DAYS = ["", "today", "soon"]
answer = st.sampled_from(ANSWERS)
six_answers = st.lists(answer, min_size=6, max_size=6)
invalid_answer = st.sampled_from(["", "DAILY", "daily ", "4", "'", "x" * 300])
wish = st.sampled_from([*BANK.wish, "", "nonsense"])
roles = st.sampled_from([*BANK.role])
few_roles = st.lists(roles | st.just("nonsense"), max_size=3, unique=True)


class Web(RuleBasedStateMachine):
    """A sequence of steps. All sequences use the same app. `events` counts what happened in all of them."""

    events: ClassVar[Counter[str]] = Counter()

    def __init__(self, app: App, client: Client) -> None:
        super().__init__()
        self.app, self.client, self.token = app, client, client.token()
        self.people: list[Person] = []
        self.teams: list[Team] = []
        self.changed_things: list[Person | Team] = []

    # Requests

    @property
    def day(self) -> str:
        return self.app.today()

    def get(self, path: str) -> TestResponse:
        response = self.client.get(path)
        assert response.status_code < 500, path
        return response

    def text(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, path
        return Page.of(response).text

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> TestResponse:
        response = self.client.post(path, self.token | dict(fields or {}))
        # The only forms that are answered with a page: what if somebody is away, or joins.
        expected = {200, 404, 422} if path.endswith(("/away", "/hire")) else {303, 400, 404, 422}
        assert response.status_code in expected, path
        return response

    def existing_person(self, index: int) -> Person:
        existing = [each for each in self.people if each.exists]
        return existing[index % len(existing)]

    def existing_team(self, index: int, *, kind: str = "") -> Team:
        existing = [each for each in self.teams if each.exists and each.kind in (kind or each.kind)]
        return existing[index % len(existing)]

    def mark_changed(self, *things: Person | Team | None) -> None:
        self.changed_things += [each for each in things if each is not None]

    def members(self, team: Team) -> list[Person]:
        return [each for each in self.people if each.team is team]

    def eligible(self, team: Team) -> list[Person]:
        """The members that a round closed now would count."""
        return [
            each
            for each in self.members(team)
            if each.finished and not each.counted and each.finished >= team.last_closed
        ]

    def has_reached_minimum(self, team: Team) -> bool:
        return team.has_open_round and len(self.eligible(team)) >= team.minimum

    def join_path(self, team: Team) -> str:
        number = load_team(self.app, team.lead).number
        return "/j/" + self.app.derive_link("join", f"{team.lead.split('/')[2]}:{number}")

    def share_path(self, person: Person, number: int) -> str:
        return "/s/" + self.app.derive_link("share", f"{person.path.split('/')[2]}:{number}")

    # Taking the quiz

    @initialize(people=st.integers(0, 2), team_size=st.integers(0, 6), often=six_answers)
    def some_exist(self, people: int, team_size: int, often: Sequence[str]) -> None:
        for _ in range(people):
            self.start(times=1)
        if team_size:
            self.make_a_team("First team", "anonymous", 5)
            self.several_join(0, team_size, often)

    @rule(times=st.integers(1, 2))
    def start(self, times: int) -> None:
        fields = {"seed": links.new_link()}
        (location,) = {self.post("/start", fields).location for _ in range(times)}
        self.add_person(location)

    def add_person(self, location: str, earlier: Person | None = None) -> Person:
        path, number = location.rsplit("/", 1)
        assert number == "1"
        person = Person(path, self.day, self.day, earlier)
        self.people.append(person)
        self.mark_changed(person)
        return person

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, number=st.integers(1, len(BANK.pages)), often=answer)
    def answer_a_page(self, index: int, number: int, often: str) -> None:
        self.save(self.existing_person(index), number, {item.id: often for item in BANK.pages[number - 1]})

    @precondition(lambda self: any_exist(self.people))
    @rule(
        index=indexes,
        number=st.integers(1, len(BANK.pages)),
        values=st.lists(answer | invalid_answer | st.none(), min_size=8, max_size=8),
        skip_unanswered=st.booleans(),
    )
    def answer_a_page_with_invalid_values(
        self, index: int, number: int, values: Sequence[str | None], skip_unanswered: bool
    ) -> None:
        fields = {item.id: each for item, each in zip(BANK.pages[number - 1], values, strict=False) if each is not None}
        self.save(self.existing_person(index), number, fields, skip_unanswered)

    def save(self, person: Person, number: int, fields: Mapping[str, str], skip_unanswered: bool = False) -> None:
        response = self.post(
            f"{person.path}/{number}", dict(fields) | ({"skip_unanswered": "y"} if skip_unanswered else {})
        )
        page = [item.id for item in BANK.pages[number - 1]]
        person.answers |= {id: each for id, each in fields.items() if each in ANSWERS}
        missing = [id for id in page if fields.get(id) not in ANSWERS]
        if skip_unanswered:
            person.answers |= dict.fromkeys(missing, BANK.skip.id)
        person.changed = self.day
        assert response.status_code == (422 if missing and not skip_unanswered else 303)
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, often=st.lists(answer, min_size=len(BANK.pages), max_size=len(BANK.pages)))
    def answer_everything_and_finish(self, index: int, often: Sequence[str]) -> None:
        person = self.existing_person(index)
        for number, each in enumerate(often, 1):
            self.save(person, number, {item.id: each for item in BANK.pages[number - 1]})
        self.check(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, title=texts, text=texts, contacts=few_roles)
    def write_more(self, index: int, title: str, text: str, contacts: Sequence[str]) -> None:
        person = self.existing_person(index)
        response = self.post(f"{person.path}/more", {"title": title, "text": text, "contacts": contacts})
        is_invalid = len(clean_line(title)) > 80 or len(clean_text(text)) > 4000 or "nonsense" in contacts
        assert response.status_code == (422 if is_invalid else 303)
        if not is_invalid:
            person.title, person.text, person.contacts = clean_line(title), clean_text(text), set(contacts)
            person.has_sent_details = True
            person.changed = self.day
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes)
    def finish(self, index: int) -> None:
        self.check(self.existing_person(index))

    def check(self, person: Person) -> None:
        assert self.post(f"{person.path}/check").status_code == 303
        if answer_sheet(BANK, person.answers).is_complete:
            person.finished = person.finished or self.day
            person.changed = self.day
            self.end_replaced_memberships(person)
        self.mark_changed(person, person.team)

    @precondition(lambda self: any_exist(self.people))
    @rule(
        index=indexes,
        wishes=st.dictionaries(st.sampled_from([*BANK.responsibility]), wish, max_size=4),
        goals=few_roles,
    )
    def send_wishes(self, index: int, wishes: Mapping[str, str], goals: Sequence[str]) -> None:
        person = self.existing_person(index)
        fields = {f"wish-{id}": each for id, each in wishes.items()} | {"goals": goals}
        response = self.post(f"{person.path}/goals", fields)
        is_invalid = "nonsense" in [*wishes.values(), *goals] or len(goals) > 2
        assert response.status_code == (404 if not person.finished else 422 if is_invalid else 303)
        if response.status_code == 303:
            person.wishes = {id: each for id, each in wishes.items() if each}
            person.goals, person.changed = set(goals), self.day
        self.mark_changed(person, person.team)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, name=texts, asked=st.sets(st.sampled_from([*BANK.responsibility, "nonsense"]), max_size=4))
    def head_for_a_job(self, index: int, name: str, asked: set[str]) -> None:
        person = self.existing_person(index)
        response = self.post(f"{person.path}/job-goal", {"name": name, "responsibilities": sorted(asked)})
        if not person.finished:
            assert response.status_code == 404
        elif not asked or "nonsense" in asked:
            assert response.status_code == 400
        elif not 1 <= len(clean_line(name)) <= 80:
            assert response.status_code == 422
        else:
            assert response.status_code == 303
            person.job_goal = {"name": clean_line(name), "responsibilities": sorted(asked)}
            person.changed = self.day
            assert f"Towards a job: {person.job_goal['name']}" in self.text(f"{person.path}/goals")
            Web.events["job goal"] += 1
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes)
    def head_for_no_job(self, index: int) -> None:
        person = self.existing_person(index)
        assert self.post(f"{person.path}/job-goal/delete").status_code == 303
        if person.job_goal:
            person.job_goal, person.changed = None, self.day
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, actions=st.dictionaries(st.integers(1, 3), texts, max_size=3), due=st.sampled_from(DUE_DAYS))
    def agree(self, index: int, actions: Mapping[int, str], due: str) -> None:
        person, due = self.existing_person(index), self.day if due == "today" else due
        fields = {f"action_{number}": text for number, text in actions.items()}
        fields |= {f"due_{number}": due for number in actions}
        response = self.post(f"{person.path}/conversation", fields)
        cleaned = {number: clean_line(text) for number, text in actions.items()}
        is_invalid = any(len(text) > MAX_ACTION_LENGTH or (due and not text) for text in cleaned.values())
        is_invalid = is_invalid or bool(actions and due == "soon")
        assert response.status_code == (404 if not person.finished else 422 if is_invalid else 303)
        if response.status_code == 303:
            outcomes = {(number, text): outcome for number, (text, _, outcome) in person.actions.items()}
            person.actions = {
                number: (text, due, outcomes.get((number, text), "")) for number, text in cleaned.items() if text
            }
            person.changed = self.day
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, outcome=st.sampled_from(["", *OUTCOMES, "nonsense"]))
    def say_what_became_of_it(self, index: int, outcome: str) -> None:
        person = self.existing_person(index)
        earlier = person.earlier if person.earlier and person.earlier.exists else None
        response = self.post(f"{person.path}/changes", {f"outcome-{number}": outcome for number in range(1, 4)})
        is_invalid = bool(earlier and earlier.actions and outcome == "nonsense")
        assert response.status_code == (404 if not person.finished or not earlier else 422 if is_invalid else 303)
        if response.status_code == 303 and earlier:
            earlier.actions = {number: (text, due, outcome) for number, (text, due, _) in earlier.actions.items()}
            person.changed = self.day
            self.mark_changed(earlier)
        self.mark_changed(person)

    # Managing a response

    @precondition(lambda self: any_exist(self.people))
    @rule(
        index=indexes,
        label=texts,
        options=st.sets(st.sampled_from(["shares_text", "shares_wishes"])),
        times=st.integers(1, 2),
    )
    def share(self, index: int, label: str, options: set[str], times: int) -> None:
        person = self.existing_person(index)
        chosen = dict.fromkeys(options, "y")
        fields = {"seed": links.new_link(), "label": label} | chosen
        is_invalid = len(clean_line(label)) > 80 or len(person.shares) == MAX_SHARE_LINKS
        for _ in range(times):
            assert self.post(f"{person.path}/shares", fields).status_code == (400 if is_invalid else 303)
        if not is_invalid:
            (number,) = set(share_numbers(self.app, person.path)) - set(person.shares)
            person.shares[number] = chosen
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, number=st.integers(1, 6) | st.just(2**64))
    def end_a_share(self, index: int, number: int) -> None:
        person = self.existing_person(index)
        number = sorted(person.shares)[number % len(person.shares)] if person.shares else number
        assert self.post(f"{person.path}/shares/{number}/end").status_code == 303
        if person.shares.pop(number, None) is not None:
            person.ended_shares.add(number)
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes)
    def extend(self, index: int) -> None:
        person = self.existing_person(index)
        assert self.post(f"{person.path}/extend").status_code == 303
        person.changed = self.day
        self.mark_changed(person)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, stays=st.booleans())
    def retake(self, index: int, stays: bool) -> None:
        person = self.existing_person(index)
        fields = {"seed": links.new_link()} | ({"stay": "y"} if stays else {})
        repeated = self.add_person(self.post(f"{person.path}/retake", fields).location, earlier=person)
        repeated.title, repeated.contacts = person.title, set(person.contacts)
        repeated.wishes, repeated.goals = dict(person.wishes), set(person.goals)
        repeated.job_goal = person.job_goal
        if stays and person.team:
            self.set_membership(repeated, person.team, person.name, shares_wishes=person.shares_wishes)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes)
    def delete(self, index: int) -> None:
        self.delete_person(self.existing_person(index))

    @precondition(lambda self: any(each.exists and each.counted for each in self.people))
    @rule(index=indexes, people=st.integers(1, 3))
    def some_counted_people_delete(self, index: int, people: int) -> None:
        for _ in range(people):
            if counted := [each for each in self.people if each.exists and each.counted]:
                self.delete_person(counted[index % len(counted)])

    def delete_person(self, person: Person | None) -> None:
        assert person
        assert self.post(f"{person.path}/delete").location == "/deleted"
        while person:
            if person.counted and person.counted.is_tied:
                person.counted.deleted_count += 1
            self.remove(person)
            person = person.earlier

    def remove(self, person: Person) -> None:
        self.mark_changed(person, person.team, *(each for each in self.teams if person.counted in each.rounds))
        person.exists, person.team = False, None
        if person.view:
            self.end_view(person)
        for each in self.people:
            if each.exists and each.earlier is person:
                each.earlier = None
                self.mark_changed(each)

    # Second views

    def with_view(self, index: int) -> Person | None:
        """A person with a second view."""
        people = [each for each in self.people if each.exists and each.view]
        return people[index % len(people)] if people else None

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, owner_name=texts, viewer_name=st.just("Kim") | texts, times=st.integers(1, 2))
    def ask_for_a_view(self, index: int, owner_name: str, viewer_name: str, times: int) -> None:
        person = self.existing_person(index)
        fields = {"seed": links.new_link(), "owner_name": owner_name, "viewer_name": viewer_name}
        names = (clean_line(owner_name), clean_line(viewer_name))
        is_invalid = not all(0 < len(name) <= 80 for name in names) and person.view is None
        for _ in range(times):
            status = self.post(f"{person.path}/second-view", fields).status_code
            assert status == (404 if not person.finished else 422 if is_invalid else 303)
        if person.finished and not is_invalid and person.view is None:
            number = self.get(f"{person.path}.json").get_json()["second_view"]["number"]
            link = "/v/" + self.app.derive_link("view", f"{person.path.split('/')[2]}:{number}")
            person.view = View(link, names, self.day)
        self.mark_changed(person)

    @rule(index=indexes, times=st.integers(1, 2))
    def begin_a_view(self, index: int, times: int) -> None:
        person = self.with_view(index)
        if person is None or person.view is None:
            return
        view, fields = person.view, {"seed": links.new_link()}
        locations = {self.post(f"{view.link}/begin", fields).location for _ in range(times)}
        if view.viewer:
            assert locations == {view.link}
        else:
            (location,) = locations
            assert location is not None
            view.viewer = location.removesuffix("/later")
        self.mark_changed(person)

    @rule(
        index=indexes,
        often=st.lists(answer, min_size=len(BANK.pages), max_size=len(BANK.pages)),
        priorities=st.sets(st.sampled_from([*BANK.responsibility, "nonsense"]), max_size=6),
        sends=st.booleans(),
    )
    def answer_a_view(self, index: int, often: Sequence[str], priorities: set[str], sends: bool) -> None:
        person = self.with_view(index)
        if person is None or person.view is None or not person.view.viewer:
            return
        view = person.view
        for number, (each, page) in enumerate(zip(often, BANK.pages, strict=True), 1):
            fields = {item.id: each for item in page}
            response = self.post(f"{view.viewer}/{number}", fields)
            assert response.status_code == 303
            view.answers |= {} if view.sent else fields
        is_invalid = not view.sent and ("nonsense" in priorities or len(priorities) > 5)
        response = self.post(f"{view.viewer}/priorities", {"priorities": sorted(priorities)})
        assert response.status_code == (422 if is_invalid else 303)
        if not view.sent and not is_invalid:
            view.priorities = priorities
        if sends:
            assert self.post(f"{view.viewer}/check").location == view.viewer
            view.sent = view.sent or self.day
            Web.events["view sent"] += 1
        self.mark_changed(person)

    @rule(index=indexes, what=st.sampled_from(["open", "take back", "sheet", "end", "withdraw"]))
    def change_a_view(self, index: int, what: str) -> None:
        person = self.with_view(index)
        if person is None or person.view is None or (what in ("take back", "withdraw") and not person.view.viewer):
            return
        view = person.view
        if what == "open":
            assert self.post(f"{person.path}/second-view/open").status_code == 303
            if view.sent and not view.opened:
                view.opened, view.copied = self.day, (dict(person.answers), dict(view.answers))
                Web.events["view opened"] += 1
        elif what == "take back":
            assert self.post(f"{view.viewer}/take-back").location == view.viewer
            if view.sent and not view.opened:
                view.sent, view.draft_since = None, self.day
        elif what == "sheet":
            self.post(f"{person.path}/second-view/sheet", {"on_sheet": "y"})
            view.on_sheet = view.on_sheet or bool(view.opened)
        else:
            path = f"{person.path}/second-view/end" if what == "end" else f"{view.viewer}/delete"
            assert self.post(path).status_code == 303
            self.end_view(person)
        self.mark_changed(person)

    def end_view(self, person: Person) -> None:
        assert person.view
        person.ended_views.append(person.view)
        person.view = None

    def compare_view(self, person: Person) -> None:
        stored = self.get(f"{person.path}.json").get_json()["second_view"]
        for ended in person.ended_views[-2:]:
            assert self.get(ended.link).status_code == 404
            assert not ended.viewer or self.get(ended.viewer).status_code == 404
        view = person.view
        if view is None:
            assert stored is None
            return
        assert (stored["owner_name"], stored["viewer_name"]) == view.names
        assert (stored["draft_since"], stored["sent"], stored["opened"]) == (view.draft_since, view.sent, view.opened)
        assert stored["on_sheet"] is view.on_sheet
        of_owner = self.get(f"{person.path}/second-view")
        of_viewer = self.get(view.viewer) if view.viewer else None
        if view.opened:
            assert (stored["owner_answers"], stored["viewer_answers"]) == view.copied
            assert set(stored["priorities"]) == view.priorities
            article = '<article class="second-view'
            assert of_viewer is not None
            assert (
                of_owner.text.split(article)[1].split("</article>")[0]
                == (of_viewer.text.split(article)[1].split("</article>")[0])
            )
        else:
            assert not {"owner_answers", "viewer_answers", "priorities"} & set(stored)
            assert '<article class="second-view' not in of_owner.text
            assert of_viewer is None or of_viewer.status_code == (200 if view.sent else 303)

    # Teams

    @rule(name=texts, kind=st.sampled_from(["anonymous", "open", "nonsense"]), minimum=st.sampled_from([5, 5, 5, 8, 7]))
    def make_a_team(self, name: str, kind: str, minimum: int) -> None:
        fields = {"name": name, "kind": kind, "minimum": str(minimum), "seed": links.new_link()}
        response = self.post("/teams", fields)
        is_invalid = not 0 < len(clean_line(name)) <= 80 or kind == "nonsense" or minimum == 7
        assert response.status_code == (422 if is_invalid else 303)
        if not is_invalid:
            assert self.post("/teams", fields).location == response.location
            self.teams.append(Team(response.location, kind, clean_line(name), minimum, self.day))
            self.mark_changed(self.teams[-1])

    @precondition(lambda self: any_exist(self.teams))
    @rule(index=indexes, people=st.integers(3, 6), often=six_answers)
    def several_join(self, index: int, people: int, often: Sequence[str]) -> None:
        self.add_members(self.existing_team(index), people, often)

    def add_members(self, team: Team, people: int, often: Sequence[str]) -> None:
        join = self.join_path(team)
        for n in range(people):
            fields = {"seed": links.new_link(), "name": f"Person {len(self.people)}"}
            person = self.add_person(self.post(f"{join}/start", fields).location)
            self.set_membership(person, team, fields["name"], shares_wishes=False)
            for number, page in enumerate(BANK.pages, 1):
                self.save(person, number, {item.id: often[(n + number) % 6] for item in page})
            self.check(person)

    def end_replaced_memberships(self, person: Person) -> None:
        """A finished response takes the place of others of its person in its team, so that they are there once."""
        if not person.finished or person.team is None:
            return
        for other in self.of_same_person(person, person.team):
            if person.team.kind == "open":
                repeats_one_another = id(other) in chain(person) or id(person) in chain(other)
                is_replaced = other.finished and not repeats_one_another
            else:
                is_replaced = (other.finished or id(other) in chain(person)) and not other.counted
                is_replaced = is_replaced and not person.counted
            if is_replaced:
                other.team = None
                self.mark_changed(other, person.team)

    def of_same_person(self, person: Person, team: Team) -> list[Person]:
        """The other responses of a person in a team."""
        return [other for other in self.members(team) if other is not person and is_same_person(other, person)]

    def set_membership(self, person: Person, team: Team, name: str, *, shares_wishes: bool) -> None:
        is_open = team.kind == "open"
        person.team, person.name = team, clean_line(name) if is_open else ""
        person.shares_wishes = shares_wishes and is_open
        self.mark_changed(person, team)

    @precondition(lambda self: any_exist(self.teams))
    @rule(index=indexes, name=texts, wishes=st.booleans())
    def join_by_starting(self, index: int, name: str, wishes: bool) -> None:
        team = self.existing_team(index)
        fields = {"seed": links.new_link(), "name": name} | ({"shares_wishes": "y"} if wishes else {})
        response = self.post(f"{self.join_path(team)}/start", fields)
        assert response.status_code == (303 if self.is_valid_name(team, name) else 422)
        if response.status_code == 303:
            self.set_membership(self.add_person(response.location), team, name, shares_wishes=wishes)
        self.mark_changed(team)

    def is_valid_name(self, team: Team, name: str, person: Person | None = None) -> bool:
        cleaned = clean_line(name)
        if team.kind == "anonymous":
            return len(cleaned) <= 80
        others = [member for member in self.members(team) if person is None or not is_same_person(member, person)]
        is_free = name_key(cleaned) not in {name_key(member.name) for member in others}
        return 0 < len(cleaned) <= 80 and is_free

    @precondition(lambda self: self.people and any_exist(self.teams))
    @rule(
        index=indexes,
        person_index=indexes,
        name=st.just("Ada") | texts,
        wishes=st.booleans(),
        full_address=st.booleans(),
    )
    def join_with_response(self, index: int, person_index: int, name: str, wishes: bool, full_address: bool) -> None:
        team = self.existing_team(index)
        person = self.people[person_index % len(self.people)]
        link = f"http://localhost{person.path}" if full_address else person.path.split("/")[2]
        fields = {"link": link, "name": name} | ({"shares_wishes": "y"} if wishes else {})
        response = self.post(f"{self.join_path(team)}/bring", fields)
        is_too_old = person.finished is not None and person.finished < team.last_closed
        may_join = person.exists and person.team in (None, team) and self.is_valid_name(team, name, person)
        if team.kind == "anonymous" and person.finished:
            may_join = may_join and not person.counted and not is_too_old
        # A counted member is redirected to the page that says how to be in the next round.
        is_counted_member = (
            person.exists and team.kind == "anonymous" and person.team is team and person.counted is not None
        )
        is_counted_member = is_counted_member and self.is_valid_name(team, name, person)
        assert response.status_code == (303 if may_join or is_counted_member else 422)
        Web.events["joined" if may_join else "refused"] += 1
        if is_counted_member:
            assert response.location == f"{person.path}/team"
        if may_join:
            assert response.location == f"{person.path}/team"
            self.set_membership(person, team, name, shares_wishes=wishes)
            for other in self.of_same_person(person, team):
                self.set_membership(other, team, name, shares_wishes=wishes and other.shares_wishes)
            self.end_replaced_memberships(person)
        self.mark_changed(person, team)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes)
    def leave(self, index: int) -> None:
        person = self.existing_person(index)
        assert self.post(f"{person.path}/team/leave").location == f"{person.path}?left=1"
        self.mark_changed(person, person.team)
        for other in self.of_same_person(person, person.team) if person.team else []:
            self.mark_changed(other)
            other.team = None
        person.team = None

    @precondition(lambda self: any(each.exists and each.kind == "anonymous" for each in self.teams))
    @rule(index=indexes, people=st.integers(4, 6), often=six_answers)
    def close_a_round(self, index: int, people: int, often: Sequence[str]) -> None:
        team = self.existing_team(index, kind="anonymous")
        self.add_members(team, people, often)
        self.close_round(team)
        self.next_round(team)

    @precondition(lambda self: any_exist(self.teams))
    @rule(index=indexes)
    def close(self, index: int) -> None:
        self.close_round(self.existing_team(index))

    def close_round(self, team: Team) -> None:
        response = self.post(f"{team.lead}/close")
        self.mark_changed(team, *self.members(team)[:2])
        if team.kind == "open":
            assert response.status_code == 404
            return
        counted = self.eligible(team)
        if team.has_open_round and len(counted) >= team.minimum:
            previous = team.rounds[-1].published if team.rounds else None
            members = [anonymous.Contribution(each.answers, each.contacts) for each in counted]
            published = anonymous.publish(self.app.bank, self.app.scoring_model, members, team.minimum, previous)
            assert published is not None
            team.rounds.append(Round(self.day, published))
            team.has_open_round, team.used = False, self.day
            Web.events["round published"] += 1
            Web.events["round after another"] += previous is not None
            for each in counted:
                each.counted = team.rounds[-1]
        assert response.location == (
            f"{team.lead}?few=few" if team.has_open_round else f"{team.lead}/rounds/{len(team.rounds)}"
        )

    @precondition(lambda self: any(each.exists and each.kind == "anonymous" for each in self.teams))
    @rule(index=indexes)
    def open_the_next_round(self, index: int) -> None:
        self.next_round(self.existing_team(index, kind="anonymous"))

    def next_round(self, team: Team) -> None:
        assert self.post(f"{team.lead}/next").location == team.lead
        if not team.has_open_round:
            team.has_open_round, team.used = True, self.day
        self.mark_changed(team)

    @precondition(lambda self: any_exist(self.teams))
    @rule(index=indexes, minimum=st.sampled_from([5, 8, 10, 4, 0, -5, 10**30]))
    def raise_the_minimum(self, index: int, minimum: int) -> None:
        team = self.existing_team(index)
        response = self.post(f"{team.lead}/minimum", {"minimum": str(minimum)})
        is_allowed = minimum in anonymous.MINIMUMS
        assert response.status_code == (404 if team.kind == "open" else 303 if is_allowed else 400)
        # While the open round has reached the minimum, whether it reaches a higher one is not shown.
        if response.status_code == 303 and not self.has_reached_minimum(team):
            team.minimum = max(team.minimum, minimum)
        self.mark_changed(team)

    @precondition(lambda self: any_exist(self.teams))
    @rule(
        index=indexes,
        needs=st.dictionaries(st.sampled_from(list(BANK.responsibility)), st.integers(0, 4), max_size=4),
        is_valid=st.booleans(),
    )
    def set_needs(self, index: int, needs: dict[str, int], is_valid: bool) -> None:
        team = self.existing_team(index)
        fields = {f"need-{id}": str(people) for id, people in needs.items()}
        response = self.post(f"{team.lead}/needs", fields | ({} if is_valid else {"need-pipelines": "5"}))
        assert response.status_code == (404 if team.kind == "anonymous" else 303 if is_valid else 422)
        if response.status_code == 303:
            team.needs = {id: people for id, people in needs.items() if people}
            Web.events["needs"] += bool(team.needs)
        self.mark_changed(team)

    @precondition(lambda self: any_exist(self.people))
    @rule(index=indexes, absent=st.lists(indexes, max_size=3), role=st.sampled_from(["", "data-engineer", "nonsense"]))
    def ask_what_if(self, index: int, absent: Sequence[int], role: str) -> None:
        """The forms about an absence and a hire, sent by a member: they change nothing."""
        members = [
            each for each in self.people if each.exists and each.finished and each.team and each.team.kind == "open"
        ]
        person = members[index % len(members)] if members and index % 4 else self.existing_person(index)
        team = person.team
        may_see = bool(person.finished and team and team.kind == "open")
        ids = [str(member.response) for member in self.open_members(team)] if team else []
        chosen = [ids[each % len(ids)] for each in absent] if ids else ["1"]
        hire = self.post(f"{person.path}/team/hire", {"role": role})
        away = self.post(f"{person.path}/team/away", {"absent": chosen})
        assert hire.status_code == (404 if not may_see else 200 if role == "data-engineer" else 422)
        assert away.status_code == (404 if not may_see else 200 if chosen else 422)
        Web.events["what if"] += may_see
        self.mark_changed(person, team)

    def open_members(self, team: Team) -> Sequence[OpenMember]:
        """The latest finished responses of an open team, one for each person."""
        return latest_responses(self.app.storage.load_open_members(load_team(self.app, team.lead).id))

    @precondition(lambda self: any_exist(self.teams))
    @rule(index=indexes, both=st.booleans(), times=st.integers(1, 2))
    def replace_the_links(self, index: int, both: bool, times: int) -> None:
        team = self.existing_team(index)
        old, join = team.lead, self.join_path(team)
        fields = {"seed": links.new_link()} | ({"both": "y"} if both else {})
        (team.lead,) = {self.post(f"{old}/links", fields).location for _ in range(times)}
        assert (team.lead != old) is both
        assert self.get(join).status_code == 404
        assert self.get(old).status_code == (404 if both else 200)
        self.mark_changed(team)

    @precondition(lambda self: any_exist(self.teams))
    @rule(index=indexes)
    def delete_a_team(self, index: int) -> None:
        team = self.existing_team(index)
        join = self.join_path(team)
        assert self.post(f"{team.lead}/delete").location == "/deleted?team=1"
        assert self.get(join).status_code == 404
        team.exists = False
        self.mark_changed(team, *self.members(team))
        for each in self.people:
            if each.team is team:
                each.team = None

    # Time, and pages that are only opened

    @rule(days=st.sampled_from([1, MIN_DAYS_OVERDUE, 30, 100, 300]))
    def time_passes(self, days: int) -> None:
        day = (date.fromisoformat(self.day) + timedelta(days)).isoformat()
        self.app.today = lambda: day  # type: ignore[method-assign]
        assert self.get("/health").status_code == 200  # the first request of the day
        for person in [each for each in self.people if self.is_noted_long_enough(each)]:
            self.remove(person)
            Web.events["expired"] += 1
        for person in [each for each in self.people if each.view and self.is_noted_long_enough(each.view)]:
            self.end_view(person)
            self.mark_changed(person)
            Web.events["view expired"] += 1
        for team in [each for each in self.teams if self.is_noted_long_enough(each)]:
            team.exists = False
            self.mark_changed(team)
            Web.events["team expired"] += 1
        for round in [each for each in self.rounds() if self.is_noted_long_enough(each)]:
            round.is_tied = False
            Web.events["tie cut"] += 1
        views = [each.view for each in self.people if each.view]
        things: list[Person | Team | Round | View] = [*self.people, *self.teams, *self.rounds(), *views]
        for each in things:
            if not self.is_overdue(each):
                each.overdue_since = ""
            elif not each.overdue_since:
                each.overdue_since = day

    def rounds(self) -> list[Round]:
        return [round for team in self.teams for round in team.rounds]

    def is_overdue(self, thing: Person | Team | Round | View) -> bool:
        """Whether the retention time of a response, a team or the tie of a round is over today."""
        retention_start = months_later(self.day, -RETENTION_MONTHS)
        if isinstance(thing, Person):
            return thing.exists and thing.changed < retention_start
        if isinstance(thing, Team):
            return thing.exists and not self.members(thing) and thing.used < retention_start
        if isinstance(thing, View):
            return thing.sent is None and thing.draft_since < days_before(self.day, DRAFT_DAYS)
        return thing.is_tied and thing.closed < days_before(self.day, ROUND_TIE_DAYS)

    def is_noted_long_enough(self, thing: Person | Team | Round | View) -> bool:
        """Whether an overdue thing was noted as overdue long enough ago to be deleted today."""
        noted = thing.overdue_since
        return bool(noted) and noted <= days_before(self.day, MIN_DAYS_OVERDUE) and self.is_overdue(thing)

    @precondition(lambda self: any_exist(self.people))
    @rule(
        index=indexes,
        page=st.sampled_from(PAGES),
    )
    def open_a_page(self, index: int, page: str) -> None:
        person = self.existing_person(index)
        page_exists = {
            "/changes": bool(person.finished and person.earlier),
            **dict.fromkeys(("/conversation", "/conversation?listener", "/goals"), bool(person.finished)),
        }.get(page, True)
        redirects = page == "/check" and not answer_sheet(BANK, person.answers).is_complete
        assert self.get(f"{person.path}{page}").status_code == (303 if redirects else 200 if page_exists else 404)
        self.mark_changed(person)

    @rule(
        path=texts,
        method=st.sampled_from(["get", "post", "put", "head"]),
        start=st.sampled_from(["/", "/r/", "/t/", "/j/"]),
    )
    def open_an_unknown_address(self, path: str, method: str, start: str) -> None:
        send = getattr(self.client.test_client, method)
        assert send(start + quote(path.lstrip("/")), data=self.token, buffered=True).status_code < 500

    @precondition(lambda self: self.people)
    @rule(index=indexes, page=st.sampled_from(["1", "more", "check", "delete", "team/leave", "retake"]))
    def use_a_link_of_another_kind(self, index: int, page: str) -> None:
        link = self.people[index % len(self.people)].path.split("/")[2]
        for kind in "stjvw":
            assert self.get(f"/{kind}/{link}").status_code == 404
        assert self.post(f"/r/{links.new_link()}/{page}", {"seed": links.new_link()}).status_code == 404

    # Comparing pages and model

    @invariant()
    def pages_agree_with_the_model(self) -> None:
        Web.events["step"] += 1
        things = list(dict.fromkeys(self.changed_things))
        for person in [each for each in things if isinstance(each, Person)][-MAX_COMPARED_PEOPLE:]:
            self.compare_person(person)
        for team in [each for each in things if isinstance(each, Team)]:
            self.compare_team(team)
        self.changed_things.clear()

    def compare_person(self, person: Person) -> None:
        answer = self.get(f"{person.path}.json")
        if not person.exists:
            assert answer.status_code == self.get(person.path).status_code == 404
            for ended in person.ended_views[-1:]:
                assert self.get(ended.link).status_code == self.get(ended.viewer or ended.link).status_code == 404
            assert {self.get(self.share_path(person, n)).status_code for n in (*person.shares, 1)} == {404}
            return
        personal_data = answer.get_json()
        for name in ("started", "changed", "finished", "title", "text", "answers", "wishes"):
            assert personal_data[name] == getattr(person, name), name
        assert (set(personal_data["contacts"]), set(personal_data["goals"])) == (person.contacts, person.goals)
        assert personal_data["job_goal"] == person.job_goal
        assert personal_data["agreed_actions"] == [
            {"number": number, "text": text, "due": due, "outcome": outcome}
            for number, (text, due, outcome) in sorted(person.actions.items())
        ]
        assert personal_data["earlier"] is (person.earlier is not None)
        assert sorted(share["number"] for share in personal_data["share_links"]) == sorted(person.shares)
        for number in person.ended_shares:
            assert self.get(self.share_path(person, number)).status_code == 404
        self.compare_result(person)
        self.compare_membership(person)
        self.compare_view(person)

    def compare_result(self, person: Person) -> None:
        response = self.get(person.path)
        if not person.finished:
            answered = answer_sheet(BANK, person.answers)
            after_questions = "check" if person.has_sent_details else "more"
            next_page = after_questions if answered.is_complete else answered.first_open_page
            assert response.location == f"{person.path}/{next_page}"
        else:
            assert ("Your team " in Page.of(response).text) is (person.team is not None)
        for number, chosen in person.shares.items():
            shared = self.get(self.share_path(person, number))
            assert shared.status_code == (200 if person.finished else 404)
            shows_wishes = bool(person.finished and chosen.get("shares_wishes") and person.wishes)
            assert ('class="result-wish"' in shared.text) is shows_wishes
            assert person.path not in shared.text

    def compare_membership(self, person: Person) -> None:
        response, team = self.get(f"{person.path}/team"), person.team
        if team is None:
            assert response.status_code == 404
            return
        page_of_member = Page.of(response)
        assert " ".join(f"{team.name} – Many Hats".split()) == " ".join(page_of_member.title.split())
        if team.kind == "open":
            # Only a person who has finished sees the page of the team.
            expected = "An open team: the lead" if person.finished else "You have joined. When you have finished"
            assert expected in page_of_member.text
            return
        assert ("Your answers were counted" in page_of_member.text) is (person.counted is not None)
        for number, each in enumerate(team.rounds, 1):
            assert (f"Round {number} was withdrawn" in page_of_member.text) is each.withdrawn
            page = self.get(f"{person.path}/team/rounds/{number}")
            assert page.status_code == (404 if each.withdrawn else 200)

    def compare_team(self, team: Team) -> None:
        response = self.get(team.lead)
        if not team.exists:
            assert response.status_code == 404
            return
        text = Page.of(response).text
        members = self.members(team)
        if team.kind == "open":
            finished_members = [each for each in members if each.finished]
            verb = "person has" if len(finished_members) == 1 else "people have"
            assert f"{len(finished_members)} {verb} finished" in text
            assert all(" ".join(each.name.split()) in text for each in finished_members)
            table = self.get(f"{team.lead}/table.json").get_json()
            assert {row["id"]: row["need"] for row in table["responsibilities"] if row["need"]} == team.needs
            assert sorted(row["name"] for row in table["people"]) == sorted(each.name for each in finished_members)
            for row in table["responsibilities"]:
                doers = [each.name for each in finished_members if each.answers.get(row["id"]) in ("weekly", "daily")]
                assert sorted(row["weekly_or_more"]) == sorted(doers)
            return
        if team.has_open_round:
            is_reached = self.has_reached_minimum(team)
            assert (f"The minimum is reached: {team.minimum} people or more have finished." in text) is is_reached
            assert (f"Not yet: fewer than {team.minimum} people have finished." in text) is not is_reached
        else:
            assert "No round is open" in text
        for number, each in enumerate(team.rounds, 1):
            self.compare_round(team, number, each)
        assert self.get(f"{team.lead}/rounds/{len(team.rounds) + 1}").status_code == 404

    def compare_round(self, team: Team, number: int, round: Round) -> None:
        forms = [self.get(f"{team.lead}/rounds/{number}{form}") for form in ("", ".json", ".csv")]
        assert [form.status_code for form in forms] == 3 * [404 if round.withdrawn else 200]
        Web.events["withdrawn round"] += round.withdrawn
        if not round.withdrawn:
            facts = forms[1].get_json()["facts"]
            assert [anonymous.Fact(**fact) for fact in facts] == anonymous.facts(round.published, BANK)


@pytest.fixture
def make_machine(tmp_path: Path, engine: str) -> Iterator[partial[Web]]:
    """Makes sequences of steps on one app, whose clock starts in 2030."""
    app = create_app(
        {"TESTING": True, "RATE_LIMITS": False, "RETENTION_MONTHS": RETENTION_MONTHS}, instance=tmp_path / "instance"
    )
    app.today = lambda: "2030-01-01"  # type: ignore[method-assign]
    Web.events.clear()
    yield partial(Web, app, Client(app))
    app.storage.close()


def run_steps(make_machine: partial[Web], steps: int, steps_per_run: int, **more: Any) -> None:
    """Run at least `steps` steps, at most `steps_per_run` in a sequence."""
    chosen = settings(
        max_examples=steps // steps_per_run + 1,
        stateful_step_count=steps_per_run,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
    while Web.events["step"] < steps:
        run_state_machine_as_test(make_machine, settings=chosen)  # type: ignore[arg-type]


@pytest.mark.thorough
def test_model_and_app_agree_in_hundreds_of_steps(make_machine, engine):
    run_steps(make_machine, 300 if engine == "sqlite" else 50, 25, derandomize=True)


def test_model_and_app_agree_on_events_that_random_steps_may_miss(make_machine):
    """Several rounds, a withdrawn round, responses that expire, and responses that join a team with their link."""
    machine, answers = make_machine(), [ANSWERS[-1], ANSWERS[0], ANSWERS[-2], ANSWERS[0], ANSWERS[1], ANSWERS[-1]]

    def check_pages() -> None:
        machine.pages_agree_with_the_model()

    machine.make_a_team("Two rounds", "anonymous", 5)
    for _ in range(2):
        machine.close_a_round(0, 6, answers)
        check_pages()
    machine.some_counted_people_delete(0, 3)  # leaves three of the six that the first round counted
    check_pages()

    machine.make_a_team("By name", "open", 5)
    open_team = len(machine.teams) - 1
    machine.set_needs(open_team, {"pipelines": 2, "trends": 4}, True)
    machine.several_join(open_team, 3, answers)
    check_pages()
    machine.ask_what_if(1, [0, 1], "data-engineer")
    machine.leave(-1)
    check_pages()
    machine.delete_a_team(open_team)
    check_pages()

    machine.start(1)
    machine.answer_everything_and_finish(-1, answers[: len(BANK.pages)])
    machine.send_wishes(-1, {"pipelines": "more"}, [])
    machine.head_for_a_job(-1, "A job", {"pipelines", "trends"})
    check_pages()
    machine.share(-1, "My lead", {"shares_wishes"}, 2)
    machine.join_with_response(0, len(machine.people) - 1, "Ada", False, True)
    check_pages()
    machine.make_a_team("Another team", "anonymous", 5)
    machine.join_with_response(1, len(machine.people) - 1, "Ada", False, True)  # refused, since it is in the first team
    check_pages()

    for opens in (True, False):  # one is opened, one is not sent
        machine.ask_for_a_view(-1 if opens else 0, "Ada", "Kim", 2)
        machine.begin_a_view(-1, 2)
        machine.answer_a_view(-1, answers[: len(BANK.pages)], {"pipelines"}, opens)
        machine.change_a_view(-1, "open")
        check_pages()

    machine.time_passes(300)
    machine.some_counted_people_delete(1, 2)  # of the second round, before its tie is cut
    machine.time_passes(MIN_DAYS_OVERDUE)
    machine.some_counted_people_delete(1, 3)  # afterwards, which does not withdraw the round
    check_pages()
    machine.time_passes(300)
    machine.time_passes(MIN_DAYS_OVERDUE)
    check_pages()
    assert {event for event, times in Web.events.items() if times} >= {
        "round published",
        "round after another",
        "withdrawn round",
        "joined",
        "refused",
        "view sent",
        "view opened",
        "view expired",
        "expired",
        "tie cut",
        "team expired",
        "needs",
        "what if",
        "job goal",
    }


@pytest.mark.slow
@pytest.mark.parametrize("steps", [2_000, 10_000])
def test_model_and_app_agree_in_thousands_of_steps(make_machine, steps):
    run_steps(make_machine, steps, 50)
    assert Web.events["step"] >= steps
