"""Everything that people do, in any order: a model in plain Python and the web app must say the same of it.

Whatever is sent, valid or not, no answer is ever a 5xx. The model knows what is kept of everybody, who is in which team
and what each round published; after every step the pages and the JSON of all that the step touched are held against it.
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
from quiz.bank import load
from quiz.bank.answer_sheet import answer_sheet
from quiz.config import paths
from quiz.teams import anonymous
from quiz.web import links
from quiz.web.app import App, months_later
from tests.checks import load_team
from tests.clients import Client, Page
from tests.factories import HOSTILE_TEXTS

BANK = load(paths.project_folder("questions"))
POINTS = list(BANK.option)
KEPT = 12
#: Of those whom a step touched so many are looked at, the last ones: a whole crew would take most of the time.
MOST_SEEN = 4
#: Pages of a response, after its link.
PAGES = "/conversation /conversation?listener /goals /changes /manage /qr.svg /check /more /1 /2 /delete .csv".split()  # noqa: SIM905


@dataclass(eq=False)
class Round:
    """A closed round of the model."""

    closed: str
    published: anonymous.Published
    erased: int = 0

    @property
    def withdrawn(self) -> bool:
        return self.published.people - self.erased < 5


@dataclass(eq=False)
class Team:
    """A team of the model."""

    lead: str
    kind: str
    name: str
    minimum: int
    rounds: list[Round] = field(default_factory=list)
    going: bool = True
    alive: bool = True

    @property
    def last_closed(self) -> str:
        return self.rounds[-1].closed if self.rounds else ""


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
    answers: dict[str, str] = field(default_factory=dict)
    contacts: set[str] = field(default_factory=set)
    wishes: dict[str, str] = field(default_factory=dict)
    goals: set[str] = field(default_factory=set)
    shares: dict[int, Mapping[str, str]] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    team: Team | None = None
    name: str = ""
    shows_wishes: bool = False
    counted: Round | None = None
    alive: bool = True


def some(things: Sequence[Person] | Sequence[Team]) -> bool:
    """Whether any of them is still there."""
    return any(each.alive for each in things)


def tidy(text: str) -> str:
    """Text as it is kept."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


texts = st.text(st.characters(codec="utf-8"), max_size=100) | st.sampled_from(
    [*HOSTILE_TEXTS, "", " ", "x" * 80, "x" * 81]
)
places = st.integers(0, 10_000)
answer = st.sampled_from(POINTS)
six = st.lists(answer, min_size=6, max_size=6)
nonsense = st.sampled_from(["", "DAILY", "daily ", "4", "'", "x" * 300])
wish = st.sampled_from([*BANK.wish, "", "nonsense"])
roles = st.sampled_from([*BANK.role])
few_roles = st.lists(roles | st.just("nonsense"), max_size=3, unique=True)


class Web(RuleBasedStateMachine):
    """One walk. The app outlives it, as do the responses of the walks before. `seen` counts what all walks came by."""

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self, app: App, client: Client) -> None:
        super().__init__()
        self.app, self.client, self.token = app, client, client.token()
        self.people: list[Person] = []
        self.teams: list[Team] = []
        self.touched: list[Person | Team] = []

    # Reading and sending

    @property
    def day(self) -> str:
        return self.app.today()

    def get(self, path: str) -> TestResponse:
        found = self.client.get(path)
        assert found.status_code < 500, path
        return found

    def text(self, path: str) -> str:
        found = self.get(path)
        assert found.status_code == 200, path
        return Page.of(found).text

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> TestResponse:
        found = self.client.post(path, self.token | dict(fields or {}))
        assert found.status_code in {303, 400, 404, 422}, path
        return found

    def living(self, place: int) -> Person:
        alive = [each for each in self.people if each.alive]
        return alive[place % len(alive)]

    def a_team(self, place: int, *, kind: str = "") -> Team:
        alive = [each for each in self.teams if each.alive and each.kind in (kind or each.kind)]
        return alive[place % len(alive)]

    def touch(self, *things: Person | Team | None) -> None:
        self.touched += [each for each in things if each is not None]

    def members(self, team: Team) -> list[Person]:
        return [each for each in self.people if each.team is team]

    def eligible(self, team: Team) -> list[Person]:
        """Who would be counted if the round were closed now."""
        return [
            each
            for each in self.members(team)
            if each.finished and not each.counted and each.finished >= team.last_closed
        ]

    def join_of(self, team: Team) -> str:
        number = load_team(self.app, team.lead).number
        return "/j/" + self.app.derive_link("join", f"{team.lead.split('/')[2]}:{number}")

    def share_of(self, person: Person, number: int) -> str:
        return "/s/" + self.app.derive_link("share", f"{person.path.split('/')[2]}:{number}")

    # Taking the quiz

    @initialize(people=st.integers(0, 2), crew=st.integers(0, 6), often=six)
    def some_are_there(self, people: int, crew: int, often: Sequence[str]) -> None:
        for _ in range(people):
            self.start(times=1)
        if crew:
            self.make_a_team("The crew", "anonymous", 5)
            self.a_crew_joins(0, crew, often)

    @rule(times=st.integers(1, 2))
    def start(self, times: int) -> None:
        fields = {"seed": links.new_link()}
        (where,) = {self.post("/start", fields).location for _ in range(times)}
        self.begun(where)

    def begun(self, where: str, earlier: Person | None = None) -> Person:
        path, number = where.rsplit("/", 1)
        assert number == "1"
        person = Person(path, self.day, self.day, earlier)
        self.people.append(person)
        self.touch(person)
        return person

    @precondition(lambda self: some(self.people))
    @rule(place=places, number=st.integers(1, len(BANK.pages)), often=answer)
    def answer_a_page(self, place: int, number: int, often: str) -> None:
        self.save(self.living(place), number, {item.id: often for item in BANK.pages[number - 1]})

    @precondition(lambda self: some(self.people))
    @rule(
        place=places,
        number=st.integers(1, len(BANK.pages)),
        given=st.lists(answer | nonsense | st.none(), min_size=8, max_size=8),
        skip_unanswered=st.booleans(),
    )
    def answer_a_page_badly(self, place: int, number: int, given: Sequence[str | None], skip_unanswered: bool) -> None:
        fields = {item.id: each for item, each in zip(BANK.pages[number - 1], given, strict=False) if each is not None}
        self.save(self.living(place), number, fields, skip_unanswered)

    def save(self, person: Person, number: int, fields: Mapping[str, str], skip_unanswered: bool = False) -> None:
        done = self.post(
            f"{person.path}/{number}", dict(fields) | ({"skip_unanswered": "y"} if skip_unanswered else {})
        )
        page = [item.id for item in BANK.pages[number - 1]]
        person.answers |= {id: each for id, each in fields.items() if each in POINTS}
        missing = [id for id in page if fields.get(id) not in POINTS]
        if skip_unanswered:
            person.answers |= dict.fromkeys(missing, BANK.skip.id)
        person.changed = self.day
        assert done.status_code == (422 if missing and not skip_unanswered else 303)
        self.touch(person)

    @precondition(lambda self: some(self.people))
    @rule(place=places, often=st.lists(answer, min_size=len(BANK.pages), max_size=len(BANK.pages)))
    def answer_everything_and_finish(self, place: int, often: Sequence[str]) -> None:
        person = self.living(place)
        for number, each in enumerate(often, 1):
            self.save(person, number, {item.id: each for item in BANK.pages[number - 1]})
        self.check(person)

    @precondition(lambda self: some(self.people))
    @rule(place=places, title=texts, text=texts, contacts=few_roles)
    def write_more(self, place: int, title: str, text: str, contacts: Sequence[str]) -> None:
        person = self.living(place)
        done = self.post(f"{person.path}/more", {"title": title, "text": text, "contacts": contacts})
        wrong = len(tidy(title)) > 80 or len(tidy(text)) > 4000 or "nonsense" in contacts
        assert done.status_code == (422 if wrong else 303)
        if not wrong:
            person.title, person.text, person.contacts = tidy(title), tidy(text), set(contacts)
            person.changed = self.day
        self.touch(person)

    @precondition(lambda self: some(self.people))
    @rule(place=places)
    def finish(self, place: int) -> None:
        self.check(self.living(place))

    def check(self, person: Person) -> None:
        assert self.post(f"{person.path}/check").status_code == 303
        if answer_sheet(BANK, person.answers).is_complete:
            person.finished = person.finished or self.day
            person.changed = self.day
        self.touch(person, person.team)

    @precondition(lambda self: some(self.people))
    @rule(place=places, wishes=st.dictionaries(st.sampled_from([*BANK.responsibility]), wish, max_size=4), to=few_roles)
    def wish_for(self, place: int, wishes: Mapping[str, str], to: Sequence[str]) -> None:
        person = self.living(place)
        fields = {f"wish-{id}": each for id, each in wishes.items()} | {"goals": to}
        done = self.post(f"{person.path}/goals", fields)
        wrong = "nonsense" in [*wishes.values(), *to] or len(to) > 2
        assert done.status_code == (404 if not person.finished else 422 if wrong else 303)
        if done.status_code == 303:
            person.wishes = {id: each for id, each in wishes.items() if each}
            person.goals, person.changed = set(to), self.day
        self.touch(person, person.team)

    # What is theirs

    @precondition(lambda self: some(self.people))
    @rule(
        place=places,
        number=st.integers(-1, 6) | st.just(2**53),
        label=texts,
        shows=st.sets(st.sampled_from(["shares_text", "shares_wishes"])),
    )
    def share(self, place: int, number: int, label: str, shows: set[str]) -> None:
        person = self.living(place)
        if number in person.ended:
            return  # the random numbers of the page never come back
        chosen = dict.fromkeys(shows, "y")
        done = self.post(f"{person.path}/shares", {"number": str(number), "label": label} | chosen)
        wrong = not 0 < number < 2**53 or len(tidy(label)) > 80
        assert done.status_code == (400 if wrong else 303)
        if not wrong:
            person.shares.setdefault(number, chosen)
        self.touch(person)

    @precondition(lambda self: some(self.people))
    @rule(place=places, number=st.integers(1, 6) | st.just(2**64))
    def end_a_share(self, place: int, number: int) -> None:
        person = self.living(place)
        assert self.post(f"{person.path}/shares/{number}/end").status_code == 303
        if person.shares.pop(number, None) is not None:
            person.ended.add(number)
        self.touch(person)

    @precondition(lambda self: some(self.people))
    @rule(place=places)
    def keep(self, place: int) -> None:
        person = self.living(place)
        assert self.post(f"{person.path}/extend").status_code == 303
        person.changed = self.day
        self.touch(person)

    @precondition(lambda self: some(self.people))
    @rule(place=places)
    def take_it_again(self, place: int) -> None:
        person = self.living(place)
        self.begun(self.post(f"{person.path}/retake", {"seed": links.new_link()}).location, earlier=person)

    @precondition(lambda self: some(self.people))
    @rule(place=places)
    def delete(self, place: int) -> None:
        self.erase(self.living(place))

    @precondition(lambda self: any(each.alive and each.counted for each in self.people))
    @rule(place=places, people=st.integers(1, 3))
    def some_of_a_round_delete(self, place: int, people: int) -> None:
        for _ in range(people):
            if counted := [each for each in self.people if each.alive and each.counted]:
                self.erase(counted[place % len(counted)])

    def erase(self, person: Person | None) -> None:
        assert person
        assert self.post(f"{person.path}/delete").location == "/deleted"
        while person:
            if person.counted:
                person.counted.erased += 1
            self.gone(person)
            person = person.earlier

    def gone(self, person: Person) -> None:
        self.touch(person, person.team, *(each for each in self.teams if person.counted in each.rounds))
        person.alive, person.team = False, None
        for each in self.people:
            if each.alive and each.earlier is person:
                each.earlier = None
                self.touch(each)

    # Teams

    @rule(name=texts, kind=st.sampled_from(["anonymous", "open", "nonsense"]), minimum=st.sampled_from([5, 5, 5, 8, 7]))
    def make_a_team(self, name: str, kind: str, minimum: int) -> None:
        fields = {"name": name, "kind": kind, "minimum": str(minimum), "seed": links.new_link()}
        done = self.post("/teams", fields)
        wrong = not 0 < len(tidy(name)) <= 80 or kind == "nonsense" or minimum == 7
        assert done.status_code == (422 if wrong else 303)
        if not wrong:
            assert self.post("/teams", fields).location == done.location
            self.teams.append(Team(done.location, kind, tidy(name), minimum))
            self.touch(self.teams[-1])

    @precondition(lambda self: some(self.teams))
    @rule(place=places, people=st.integers(3, 6), often=six)
    def a_crew_joins(self, place: int, people: int, often: Sequence[str]) -> None:
        self.crew(self.a_team(place), people, often)

    def crew(self, team: Team, people: int, often: Sequence[str]) -> None:
        join = self.join_of(team)
        for n in range(people):
            fields = {"seed": links.new_link(), "name": f"Person {len(self.people)}"}
            person = self.begun(self.post(f"{join}/start", fields).location)
            self.is_in(person, team, fields["name"], shares_wishes=False)
            for number, page in enumerate(BANK.pages, 1):
                self.save(person, number, {item.id: often[(n + number) % 6] for item in page})
            self.check(person)

    def is_in(self, person: Person, team: Team, name: str, *, shares_wishes: bool) -> None:
        opened = team.kind == "open"
        person.team, person.name = team, tidy(name) if opened else ""
        person.shows_wishes = shares_wishes and opened
        self.touch(person, team)

    @precondition(lambda self: some(self.teams))
    @rule(place=places, name=texts, wishes=st.booleans())
    def join_by_starting(self, place: int, name: str, wishes: bool) -> None:
        team = self.a_team(place)
        fields = {"seed": links.new_link(), "name": name} | ({"shares_wishes": "y"} if wishes else {})
        done = self.post(f"{self.join_of(team)}/start", fields)
        assert done.status_code == (303 if self.named(team, name) else 422)
        if done.status_code == 303:
            self.is_in(self.begun(done.location), team, name, shares_wishes=wishes)
        self.touch(team)

    def named(self, team: Team, name: str) -> bool:
        return len(tidy(name)) <= 80 and (team.kind == "anonymous" or bool(tidy(name)))

    @precondition(lambda self: self.people and some(self.teams))
    @rule(place=places, who=places, name=st.just("Somebody") | texts, wishes=st.booleans(), whole=st.booleans())
    def join_by_bringing(self, place: int, who: int, name: str, wishes: bool, whole: bool) -> None:
        team = self.a_team(place)
        person = self.people[who % len(self.people)]
        link = f"http://localhost{person.path}" if whole else person.path.split("/")[2]
        fields = {"link": link, "name": name} | ({"shares_wishes": "y"} if wishes else {})
        done = self.post(f"{self.join_of(team)}/bring", fields)
        late = person.finished is not None and person.finished < team.last_closed
        may = person.alive and person.team in (None, team) and self.named(team, name)
        if team.kind == "anonymous" and person.finished:
            may = may and not person.counted and not late
        # Who is in it and was counted is led to the page that says how to be in the next round.
        told = person.alive and team.kind == "anonymous" and person.team is team and person.counted is not None
        told = told and self.named(team, name)
        assert done.status_code == (303 if may or told else 422)
        Web.seen["brought" if may else "refused"] += 1
        if told:
            assert done.location == f"{person.path}/team"
        if may:
            assert done.location == f"{person.path}/team"
            self.is_in(person, team, name, shares_wishes=wishes)
        self.touch(person, team)

    @precondition(lambda self: some(self.people))
    @rule(place=places)
    def leave(self, place: int) -> None:
        person = self.living(place)
        assert self.post(f"{person.path}/team/leave").location == f"{person.path}?left=1"
        self.touch(person, person.team)
        person.team = None

    @precondition(lambda self: any(each.alive and each.kind == "anonymous" for each in self.teams))
    @rule(place=places, people=st.integers(4, 6), often=six)
    def a_round_goes_by(self, place: int, people: int, often: Sequence[str]) -> None:
        team = self.a_team(place, kind="anonymous")
        self.crew(team, people, often)
        self.close_round(team)
        self.next_round(team)

    @precondition(lambda self: some(self.teams))
    @rule(place=places)
    def close(self, place: int) -> None:
        self.close_round(self.a_team(place))

    def close_round(self, team: Team) -> None:
        done = self.post(f"{team.lead}/close")
        self.touch(team, *self.members(team)[:2])
        if team.kind == "open":
            assert done.status_code == 404
            return
        taken = self.eligible(team)
        if team.going and len(taken) >= team.minimum:
            before = team.rounds[-1].published if team.rounds else None
            members = [anonymous.Contribution(each.answers, each.contacts) for each in taken]
            published = anonymous.publish(self.app.bank, self.app.scoring_model, members, team.minimum, before)
            assert published is not None
            team.rounds.append(Round(self.day, published))
            team.going = False
            Web.seen["round published"] += 1
            Web.seen["round after another"] += before is not None
            for each in taken:
                each.counted = team.rounds[-1]
        assert done.location == (f"{team.lead}?few=few" if team.going else f"{team.lead}/rounds/{len(team.rounds)}")

    @precondition(lambda self: any(each.alive and each.kind == "anonymous" for each in self.teams))
    @rule(place=places)
    def open_the_next_round(self, place: int) -> None:
        self.next_round(self.a_team(place, kind="anonymous"))

    def next_round(self, team: Team) -> None:
        assert self.post(f"{team.lead}/next").location == team.lead
        team.going = True
        self.touch(team)

    @precondition(lambda self: some(self.teams))
    @rule(place=places, minimum=st.sampled_from([5, 8, 10, 4, 0, -5, 10**30]))
    def raise_the_minimum(self, place: int, minimum: int) -> None:
        team = self.a_team(place)
        done = self.post(f"{team.lead}/minimum", {"minimum": str(minimum)})
        known = minimum in anonymous.MINIMUMS
        assert done.status_code == (404 if team.kind == "open" else 303 if known else 400)
        if done.status_code == 303:
            team.minimum = max(team.minimum, minimum)
        self.touch(team)

    @precondition(lambda self: some(self.teams))
    @rule(place=places, both=st.booleans(), times=st.integers(1, 2))
    def replace_the_links(self, place: int, both: bool, times: int) -> None:
        team = self.a_team(place)
        old, join = team.lead, self.join_of(team)
        fields = {"seed": links.new_link()} | ({"both": "y"} if both else {})
        (team.lead,) = {self.post(f"{old}/links", fields).location for _ in range(times)}
        assert (team.lead != old) is both
        assert self.get(join).status_code == 404
        assert self.get(old).status_code == (404 if both else 200)
        self.touch(team)

    @precondition(lambda self: some(self.teams))
    @rule(place=places)
    def delete_a_team(self, place: int) -> None:
        team = self.a_team(place)
        join = self.join_of(team)
        assert self.post(f"{team.lead}/delete").location == "/deleted?team=1"
        assert self.get(join).status_code == 404
        team.alive = False
        self.touch(team, *self.members(team))
        for each in self.people:
            if each.team is team:
                each.team = None

    # Time, and those who only look

    @rule(days=st.sampled_from([1, 1, 30, 100, 300]))
    def time_passes(self, days: int) -> None:
        day = (date.fromisoformat(self.day) + timedelta(days)).isoformat()
        self.app.today = lambda: day  # type: ignore[method-assign]
        for person in self.people:
            if person.alive and person.changed < months_later(day, -KEPT):
                self.gone(person)
                Web.seen["expired"] += 1

    @precondition(lambda self: some(self.people))
    @rule(
        place=places,
        page=st.sampled_from(PAGES),
    )
    def look(self, place: int, page: str) -> None:
        person = self.living(place)
        there = {
            "/changes": bool(person.finished and person.earlier),
            **dict.fromkeys(("/conversation", "/conversation?listener", "/goals"), bool(person.finished)),
        }.get(page, True)
        moved = page == "/check" and not answer_sheet(BANK, person.answers).is_complete
        assert self.get(f"{person.path}{page}").status_code == (303 if moved else 200 if there else 404)
        self.touch(person)

    @rule(
        path=texts,
        method=st.sampled_from(["get", "post", "put", "head"]),
        start=st.sampled_from(["/", "/r/", "/t/", "/j/"]),
    )
    def ask_for_nonsense(self, path: str, method: str, start: str) -> None:
        asked = getattr(self.client.test_client, method)
        assert asked(start + quote(path.lstrip("/")), data=self.token, buffered=True).status_code < 500

    @precondition(lambda self: self.people)
    @rule(place=places, page=st.sampled_from(["1", "more", "check", "delete", "team/leave", "retake"]))
    def knock_with_a_wrong_link(self, place: int, page: str) -> None:
        link = self.people[place % len(self.people)].path.split("/")[2]
        for kind in "stj":
            assert self.get(f"/{kind}/{link}").status_code == 404
        assert self.post(f"/r/{links.new_link()}/{page}", {"seed": links.new_link()}).status_code == 404

    # What everybody sees

    @invariant()
    def pages_say_what_the_model_knows(self) -> None:
        Web.seen["step"] += 1
        things = list(dict.fromkeys(self.touched))
        for person in [each for each in things if isinstance(each, Person)][-MOST_SEEN:]:
            self.see_person(person)
        for team in [each for each in things if isinstance(each, Team)]:
            self.see_team(team)
        self.touched.clear()

    def see_person(self, person: Person) -> None:
        answer = self.get(f"{person.path}.json")
        if not person.alive:
            assert answer.status_code == self.get(person.path).status_code == 404
            assert {self.get(self.share_of(person, n)).status_code for n in (*person.shares, 1)} == {404}
            return
        kept = answer.get_json()
        for name in ("started", "changed", "finished", "title", "text", "answers", "wishes"):
            assert kept[name] == getattr(person, name), name
        assert (set(kept["contacts"]), set(kept["goals"])) == (person.contacts, person.goals)
        assert kept["earlier"] is (person.earlier is not None)
        assert sorted(share["number"] for share in kept["share_links"]) == sorted(person.shares)
        for number in person.ended:
            assert self.get(self.share_of(person, number)).status_code == 404
        self.see_result(person)
        self.see_membership(person)

    def see_result(self, person: Person) -> None:
        found = self.get(person.path)
        if not person.finished:
            answered = answer_sheet(BANK, person.answers)
            assert found.location == f"{person.path}/{'check' if answered.is_complete else answered.first_open_page}"
        else:
            assert ("Your team, " in Page.of(found).text) is (person.team is not None)
        for number, chosen in person.shares.items():
            shared = self.get(self.share_of(person, number))
            assert shared.status_code == (200 if person.finished else 404)
            shows_wishes = bool(person.finished and chosen.get("shares_wishes") and person.wishes)
            assert ('class="result-wish"' in shared.text) is shows_wishes
            assert person.path not in shared.text

    def see_membership(self, person: Person) -> None:
        found, team = self.get(f"{person.path}/team"), person.team
        if team is None:
            assert found.status_code == 404
            return
        said = Page.of(found)
        assert " ".join(f"{team.name} – Many Hats".split()) == " ".join(said.title.split())
        if team.kind == "open":
            assert "An open team" in said.text
            return
        assert ("Your answers were counted" in said.text) is (person.counted is not None)
        for number, each in enumerate(team.rounds, 1):
            assert (f"Round {number} was withdrawn" in said.text) is each.withdrawn
            page = self.get(f"{person.path}/team/rounds/{number}")
            assert page.status_code == (404 if each.withdrawn else 200)

    def see_team(self, team: Team) -> None:
        found = self.get(team.lead)
        if not team.alive:
            assert found.status_code == 404
            return
        text = Page.of(found).text
        members = self.members(team)
        if team.kind == "open":
            done = [each for each in members if each.finished]
            assert f"{len(done)} {'person has' if len(done) == 1 else 'people have'} finished" in text
            assert all(" ".join(each.name.split()) in text for each in done)
            return
        finished, joined = len(self.eligible(team)), sum(not each.counted for each in members)
        if team.going:
            assert f"{finished} {'has' if finished == 1 else 'have'} finished" in text
            assert (f", {joined - finished} more joined." in text) is (joined > finished)
            assert ("That is enough" in text) is (finished >= team.minimum)
        else:
            assert "No round is open" in text
        for number, each in enumerate(team.rounds, 1):
            self.see_round(team, number, each)
        assert self.get(f"{team.lead}/rounds/{len(team.rounds) + 1}").status_code == 404

    def see_round(self, team: Team, number: int, round: Round) -> None:
        forms = [self.get(f"{team.lead}/rounds/{number}{form}") for form in ("", ".json", ".csv")]
        assert [form.status_code for form in forms] == 3 * [404 if round.withdrawn else 200]
        Web.seen["withdrawn round"] += round.withdrawn
        if not round.withdrawn:
            told = forms[1].get_json()["facts"]
            assert [anonymous.Fact(**fact) for fact in told] == anonymous.facts(round.published, BANK)


@pytest.fixture
def walker(tmp_path: Path) -> Iterator[partial[Web]]:
    """Makes walks through one app, whose clock begins in 2030."""
    app = create_app({"TESTING": True, "RATE_LIMITS": False, "RETENTION_MONTHS": KEPT}, instance=tmp_path / "instance")
    app.today = lambda: "2030-01-01"  # type: ignore[method-assign]
    Web.seen.clear()
    yield partial(Web, app, Client(app))
    app.storage.close()


def walk(walker: partial[Web], steps: int, each: int, **more: Any) -> None:
    """Go at least so many steps, up to `each` in a walk."""
    chosen = settings(
        max_examples=steps // each + 1,
        stateful_step_count=each,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
    while Web.seen["step"] < steps:
        run_state_machine_as_test(walker, settings=chosen)  # type: ignore[arg-type]


@pytest.mark.thorough
def test_model_and_app_agree_in_three_hundred_steps(walker):
    walk(walker, 300, 25, derandomize=True)


def test_model_and_app_agree_on_events_that_random_steps_may_miss(walker):
    """Rounds that follow each other or are withdrawn, responses that expire or join a team with their link."""
    web, answers = walker(), [POINTS[-1], POINTS[0], POINTS[-2], POINTS[0], POINTS[1], POINTS[-1]]

    def check_pages() -> None:
        web.pages_say_what_the_model_knows()

    web.make_a_team("Two rounds", "anonymous", 5)
    for _ in range(2):
        web.a_round_goes_by(0, 6, answers)
        check_pages()
    web.some_of_a_round_delete(0, 3)  # leaves three of the six that the first round counted
    check_pages()

    web.start(1)
    web.answer_everything_and_finish(-1, answers[: len(BANK.pages)])
    web.wish_for(-1, {"pipelines": "more"}, [])
    web.share(-1, 1, "My lead", {"shares_wishes"})
    web.join_by_bringing(0, len(web.people) - 1, "Somebody", False, True)
    check_pages()
    web.make_a_team("Another team", "anonymous", 5)
    web.join_by_bringing(1, len(web.people) - 1, "Somebody", False, True)  # it is in the first team
    check_pages()

    web.time_passes(300)
    web.time_passes(300)
    check_pages()
    assert {event for event, times in Web.seen.items() if times} >= {
        "round published",
        "round after another",
        "withdrawn round",
        "brought",
        "refused",
        "expired",
    }


@pytest.mark.slow
@pytest.mark.parametrize("steps", [2_000, 10_000])
def test_model_and_app_agree_in_thousands_of_steps(walker, steps):
    walk(walker, steps, 50)
    assert Web.seen["step"] >= steps
