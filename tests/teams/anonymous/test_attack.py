"""What a team publishes reveals nobody's answers, whatever the order of events and however good the guess."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
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

from quiz.bank import Bank, load
from quiz.config import paths
from quiz.results.goals import MIN_REGULAR_LEVEL
from quiz.scoring import ScoringModel
from quiz.teams.anonymous import (
    BAND_LABELS,
    LARGE_TEAM_SIZE,
    MIN_ROUND_SIZE,
    MINIMUMS,
    Contribution,
    Published,
    facts,
    is_eligible,
    may_close,
    must_withdraw,
    publish,
)
from tests.teams.anonymous.attacker import KNOWN_LIMITS, STORIES, Attacker, Story

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
STORY_BY_NAME = {story.name: story for story in (*STORIES, *KNOWN_LIMITS)}
#: How much better than a blind guess the attacker's guess may be.
MAX_GAIN_POINTS = 5


@dataclass
class Response:
    person: int
    answers: dict[str, str]
    contacts: tuple[str, ...]
    finished: str | None = None
    is_counted: bool = False
    team: int | None = None


@dataclass
class Round:
    """A closed round as storage keeps it: its data, the responses that it counted, and how many of them were deleted.

    `sheets` are the person, answers and contacts of each counted response at the time of closing.
    """

    data: str
    counted: int
    responses: set[int]
    is_first: bool
    sheets: list[tuple[int, tuple[tuple[str, str], ...], tuple[str, ...]]]
    deleted: int = 0

    @property
    def is_withdrawn(self) -> bool:
        return must_withdraw(self.counted, self.deleted)


@dataclass
class Team:
    minimum: int
    rounds: list[Round] = field(default_factory=list)
    last_closed: str | None = None


class AnonymousTeams(RuleBasedStateMachine):
    """Two teams whose people join, answer and leave in any order, and everything that their leads see.

    It stores what storage would store, and calls `quiz.teams.anonymous` for each decision that a rule makes. `steps`
    counts the steps of all machines, `events` the events of this one.
    """

    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(0)
        self.days = 0
        self.person_count = self.response_count = 0
        self.responses: dict[int, Response] = {}
        self.teams: list[Team] = []
        self.views: dict[tuple[int, int], list[str | None]] = {}
        self.times_counted: Counter[int] = Counter()
        self.events: Counter[str] = Counter()

    @initialize(minimum=st.sampled_from(MINIMUMS), seed=st.integers(0, 2**32))
    def create_teams(self, minimum: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.teams = [Team(MIN_ROUND_SIZE), Team(minimum)]

    @property
    def today(self) -> str:
        return f"2026-{1 + self.days // 28:02}-{1 + self.days % 28:02}"

    def random_answers(self) -> dict[str, str]:
        points, odds = list(BANK.option), [0.4, 0.15, 0.1, 0.15, 0.15, 0.05]
        return dict(zip(MODEL.questions, self.rng.choice(points, len(MODEL.questions), p=odds).tolist(), strict=True))

    def add_response(self, person: int, team: int) -> int:
        self.response_count += 1
        id = self.response_count
        contacts = tuple(role for role in MODEL.roles if self.rng.random() < 0.4)
        self.responses[id] = Response(person, self.random_answers(), contacts, self.today, team=team)
        return id

    def pick(self, number: int, condition: Callable[[Response], bool] = lambda _: True) -> int | None:
        ids = [id for id, response in sorted(self.responses.items()) if condition(response)]
        return ids[number % len(ids)] if ids else None

    def eligible_responses(self, team: int) -> list[int]:
        """The responses that the open round would count. A lead sees only whether they reach the minimum."""
        last_closed = self.teams[team].last_closed
        return [
            id
            for id, response in self.responses.items()
            if response.team == team
            and is_eligible(
                response.finished, counted=response.is_counted, in_other_team=False, last_closed=last_closed
            )
        ]

    any_number = st.integers(0, 10**6)
    any_team = st.integers(0, 1)

    @rule(team=any_team, size=st.integers(3, 9))
    def new_people_finish(self, team: int, size: int) -> None:
        for _ in range(size):
            self.person_count += 1
            self.add_response(self.person_count, team)

    @rule(team=any_team)
    def person_starts(self, team: int) -> None:
        self.person_count += 1
        self.responses[self.add_response(self.person_count, team)].finished = None

    @rule(number=any_number)
    def person_finishes(self, number: int) -> None:
        if id := self.pick(number, lambda response: response.finished is None):
            self.responses[id].finished = self.today

    @rule(number=any_number)
    def person_changes_an_answer(self, number: int) -> None:
        if id := self.pick(number):
            self.responses[id].answers |= {MODEL.questions[number % len(MODEL.questions)]: "daily"}

    @rule(number=any_number)
    def person_leaves_the_team(self, number: int) -> None:
        if id := self.pick(number, lambda response: response.team is not None):
            self.responses[id].team = None

    @rule(number=any_number, team=any_team)
    def person_joins_with_an_old_response(self, number: int, team: int) -> None:
        if id := self.pick(number, lambda response: response.team is None):
            self.responses[id].team = team

    @rule(team=any_team, leave_out=st.integers(0, 2))
    def team_retakes(self, team: int, leave_out: int) -> None:
        """The people of the last round, except the first `leave_out`, finish again with the same answers."""
        if self.teams[team].rounds:
            for person, answers, contacts in self.teams[team].rounds[-1].sheets[leave_out:]:
                id = self.add_response(person, team)
                self.responses[id].answers, self.responses[id].contacts = dict(answers), contacts

    @rule(number=any_number)
    def person_deletes(self, number: int) -> None:
        if id := self.pick(number):
            self.remove_responses([id], by_owner=True)

    @rule(number=any_number)
    def response_expires(self, number: int) -> None:
        if id := self.pick(number):
            self.remove_responses([id], by_owner=False)

    @precondition(lambda self: any(team.rounds for team in self.teams))
    @rule(size=st.integers(1, 5))
    def some_of_a_round_delete(self, size: int) -> None:
        """From the smallest round that is not withdrawn, because it takes the fewest deletions to withdraw it."""
        rounds = [round for team in self.teams for round in team.rounds if not round.is_withdrawn]
        if rounds:
            smallest = min(rounds, key=lambda round: len(round.responses))
            self.remove_responses(sorted(smallest.responses)[:size], by_owner=True)

    def remove_responses(self, ids: Iterable[int], *, by_owner: bool) -> None:
        """Remove responses that their owners delete, or that expire."""
        all_rounds = [round for team in self.teams for round in team.rounds]
        for id in ids:
            del self.responses[id]
            for round in all_rounds:
                if id in round.responses:
                    round.responses.discard(id)
                    round.deleted += by_owner

    @rule(days=st.integers(1, 30))
    def time_passes(self, days: int) -> None:
        self.days = min(self.days + days, 330)

    @rule(team=any_team)
    def close_round(self, team: int) -> None:
        own, ids = self.teams[team], self.eligible_responses(team)
        members = [Contribution(self.responses[id].answers, self.responses[id].contacts) for id in ids]
        previous = Published.from_data(json.loads(own.rounds[-1].data)) if own.rounds else None
        published = publish(BANK, MODEL, members, own.minimum, previous)
        assert (published is not None) == may_close(len(ids), own.minimum) == (len(ids) >= own.minimum)
        if published is None:
            self.events["too few to close"] += 1
            return
        self.times_counted.update(ids)
        for id in ids:
            self.responses[id].is_counted = True
        sheets = [
            (self.responses[id].person, tuple(member.answers.items()), tuple(member.contacts))
            for id, member in zip(ids, members, strict=True)
        ]
        closed = Round(json.dumps(published.to_data()), len(ids), set(ids), previous is None, sheets)
        check_published(published, previous, members)
        if own.rounds:
            self.events["one person apart"] += check_one_person_changes_nothing(own.rounds[-1], closed)
        own.rounds.append(closed)
        self.events["closed"] += 1
        own.last_closed = self.today

    # Several events in one step: random walks of single events would rarely reach a second round.

    @rule(team=any_team, size=st.integers(4, 24))
    def hold_a_round(self, team: int, size: int) -> None:
        self.new_people_finish(team, size)
        self.close_round(team)

    @rule(team=any_team, leave_out=st.integers(0, 2), with_new_person=st.booleans())
    def hold_the_next_round(self, team: int, leave_out: int, with_new_person: bool) -> None:
        self.team_retakes(team, leave_out)
        self.new_people_finish(team, int(with_new_person))
        self.close_round(team)

    def view(self, team: int) -> tuple[bool, list[str | None]]:
        """All that a lead sees: whether the minimum is reached, and each round's data, None if it is withdrawn."""
        rounds = [None if round.is_withdrawn else round.data for round in self.teams[team].rounds]
        return may_close(len(self.eligible_responses(team)), self.teams[team].minimum), rounds

    @invariant()
    def no_view_breaks_a_rule(self) -> None:
        type(self).steps += 1
        for team, own in enumerate(self.teams):
            _, rounds = self.view(team)
            for number, data in enumerate(rounds):
                round = own.rounds[number]
                assert (data is None) == (round.counted - round.deleted < 5)
                views = self.views.setdefault((team, number), [])
                if not views or views[-1] != data:
                    views.append(data)
                    self.events["withdrawn"] += data is None
                # A published round never changes until it is withdrawn, and a withdrawn round never comes back.
                assert len(views) == 1 or (len(views) == 2 and views[0] is not None and data is None)
                assert round.counted >= own.minimum >= 5
        assert max(self.times_counted.values(), default=0) <= 1


def check_published(published: Published, previous: Published | None, members: list[Contribution]) -> None:
    """Compare with counts made here: a first round's bands are exact, a later round's are off by at most one person."""
    differences = (0,) if previous is None else (-1, 0, 1)
    people = len(members)
    bands = {item.responsibility: item.band for item in published.coverage}
    for id in MODEL.questions:
        count = sum((BANK.option[member.answers[id]].level or 0) >= MIN_REGULAR_LEVEL for member in members)
        assert any(in_band(bands[id], count + difference, people) for difference in differences), (id, bands[id], count)
    percents = [share.percent for share in published.mix if share.percent is not None]
    assert all(percent % 5 == 0 and 0 < percent <= 80 for percent in percents)
    assert sum(percents) + published.other_percent == 100
    assert published.people == people
    assert plain_values(published.to_data()) <= allowed_values(people)
    assert len(facts(published, BANK)) == 1 + 7 + 1 + 21 + 12


def in_band(band: str, count: int, people: int) -> bool:
    """Whether a count is in a band. Written independently of `publish`: as ranges of counts, and of fractions."""
    if people < LARGE_TEAM_SIZE:
        lowest, highest = {"one-at-most": (-1, 1), "two-or-three": (2, 3), "four-or-more": (4, people + 1)}[band]
        return lowest <= count <= highest
    fraction = count / people
    return {
        "under-a-quarter": fraction < 0.25,
        "to-a-half": 0.25 <= fraction < 0.5,
        "to-three-quarters": 0.5 <= fraction <= 0.75,
        "over-three-quarters": fraction > 0.75,
    }[band]


def plain_values(data: Any) -> set[Any]:
    """Every single value in nested plain data."""
    if isinstance(data, dict):
        return set().union(*map(plain_values, data.values()))
    if isinstance(data, list | tuple):
        return set().union(*map(plain_values, data))
    return {data}


def allowed_values(people: int) -> set[Any]:
    """All values that a published round may contain: names of the bank, bands, steps of 5, and the number of people."""
    names = {item for role in BANK.roles for item in (role.id, role.name)}
    names |= {item for r in BANK.questions_in_order for item in (r.id, r.name)}
    return names | {BANK.version, people, None, True, False} | set(BAND_LABELS) | set(range(5, 101, 5))


def check_one_person_changes_nothing(previous: Round, closed: Round) -> bool:
    """Whether at most one person joined, left or was replaced since a team's first round; if so, nothing may change."""
    old, new = Counter(previous.sheets), Counter(closed.sheets)
    is_one_person_apart = max((old - new).total(), (new - old).total()) <= 1
    has_same_bands = (previous.counted < LARGE_TEAM_SIZE) == (closed.counted < LARGE_TEAM_SIZE)
    applies = previous.is_first and is_one_person_apart and has_same_bands
    if applies:
        old_data, new_data = json.loads(previous.data), json.loads(closed.data)
        assert {**old_data, "people": None} == {**new_data, "people": None}
    return applies


def walk(steps: int, steps_per_walk: int, **more: Any) -> None:
    """Take at least `steps` random steps, with at most `steps_per_walk` in one pair of teams."""
    AnonymousTeams.steps = 0
    chosen = settings(
        max_examples=steps // steps_per_walk + 1,
        stateful_step_count=steps_per_walk,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
    while AnonymousTeams.steps < steps:
        run_state_machine_as_test(AnonymousTeams, settings=chosen)


@pytest.mark.thorough
def test_no_order_of_events_shows_a_lead_more_than_the_rules_allow():
    walk(800, 40, derandomize=True)


@pytest.mark.slow
def test_ten_thousand_steps_show_a_lead_no_more_than_the_rules_allow():
    walk(10_000, 50)


@pytest.mark.parametrize("size", [5, 6, LARGE_TEAM_SIZE, LARGE_TEAM_SIZE + 4])
@pytest.mark.parametrize(("leave_out", "with_new_person"), [(0, False), (0, True), (1, False), (1, True)])
@pytest.mark.parametrize("seed", range(3))
def test_a_second_round_one_person_apart_publishes_what_the_first_did(size, leave_out, with_new_person, seed):
    """All join again, one more joins, one leaves, or one takes the place of another."""
    teams = AnonymousTeams()
    teams.create_teams(MIN_ROUND_SIZE, seed)
    teams.hold_a_round(0, size)
    teams.no_view_breaks_a_rule()
    teams.hold_the_next_round(0, leave_out, with_new_person)
    teams.no_view_breaks_a_rule()
    people = size - leave_out + with_new_person
    has_same_bands = (size < LARGE_TEAM_SIZE) == (people < LARGE_TEAM_SIZE)
    assert teams.events["closed"] == (2 if people >= MIN_ROUND_SIZE else 1)
    assert teams.events["one person apart"] == (people >= MIN_ROUND_SIZE and has_same_bands)


@pytest.mark.parametrize("seed", range(3))
def test_events_that_random_walks_may_miss_show_a_lead_no_more_than_the_rules_allow(seed):
    """Too few people, responses from elsewhere, expired and deleted ones, withdrawn rounds, and rounds after them."""
    teams = AnonymousTeams()
    teams.create_teams(8, seed)
    team, other_team = 0, 1
    first_round = (team, 0)

    def check(**events: int) -> None:
        teams.no_view_breaks_a_rule()
        assert {name.replace(" ", "_"): count for name, count in teams.events.items() if count} == events

    teams.hold_a_round(team, 4)
    check(too_few_to_close=1)
    assert teams.view(team) == (False, [])

    teams.person_starts(team)
    teams.close_round(team)  # four have finished, the fifth has not
    check(too_few_to_close=2)
    teams.person_finishes(0)
    teams.new_people_finish(team, 1)
    teams.person_changes_an_answer(0)
    teams.close_round(team)
    check(too_few_to_close=2, closed=1)
    (first_data,) = teams.views[first_round]
    assert teams.teams[team].rounds[0].counted == 6

    # Nobody is counted twice, not even in another team.
    teams.close_round(team)
    teams.person_leaves_the_team(0)
    teams.person_joins_with_an_old_response(0, other_team)
    teams.hold_a_round(other_team, 7)
    check(too_few_to_close=4, closed=1)
    teams.hold_a_round(other_team, 1)
    check(too_few_to_close=4, closed=2)
    assert teams.teams[other_team].rounds[0].counted == 8

    # Expired responses do not withdraw a round, one deleted response of six does not, two do.
    teams.response_expires(0)
    check(too_few_to_close=4, closed=2)
    teams.some_of_a_round_delete(1)
    check(too_few_to_close=4, closed=2)
    assert teams.views[first_round] == [first_data]
    teams.person_deletes(0)
    check(too_few_to_close=4, closed=2, withdrawn=1)
    assert teams.views[first_round] == [first_data, None]

    # The next round compares itself with the withdrawn one: one person more than it changes nothing.
    teams.time_passes(30)
    teams.hold_the_next_round(team, 0, True)
    check(too_few_to_close=4, closed=3, withdrawn=1, one_person_apart=1)
    assert teams.views[(team, 1)] == [teams.teams[team].rounds[1].data]
    teams.hold_the_next_round(team, 2, True)
    check(too_few_to_close=4, closed=4, withdrawn=1, one_person_apart=1)
    teams.some_of_a_round_delete(5)
    check(too_few_to_close=4, closed=4, withdrawn=2, one_person_apart=1)


@pytest.fixture(scope="module")
def attacker(bank: Bank) -> Attacker:
    return Attacker(bank)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name", ["one round of five", "joins a team of five", "leaves a team of six", "takes another's place"]
)
def test_a_watching_lead_guesses_at_most_five_points_better_than_blind(attacker, name):
    outcome = attacker.attack(STORY_BY_NAME[name], teams=250)
    assert outcome.gain <= MAX_GAIN_POINTS
    assert outcome.contacts_gain <= MAX_GAIN_POINTS


@pytest.mark.thorough
def test_if_rounds_ignored_the_previous_one_the_attacker_would_learn_answers(bank):
    def publish_without_previous(members: Sequence[Contribution], _: Published | None) -> Published:
        published = publish(bank, MODEL, members, MIN_ROUND_SIZE)
        assert published
        return published

    outcome = Attacker(bank, gate=publish_without_previous).attack(STORY_BY_NAME["joins a team of five"], teams=250)
    assert outcome.gain > MAX_GAIN_POINTS


def test_four_fakes_learn_the_bands_of_the_one_real_member(attacker):
    """The join page says so. Without accounts no rule can prevent it."""
    outcome = attacker.attack(STORY_BY_NAME["four fakes and one real"], teams=100)
    assert MAX_GAIN_POINTS < outcome.gain < 25


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_on_twenty_thousand_teams_no_guess_is_five_points_better_than_blind(attacker, story: Story):
    outcome = attacker.attack(story, teams=-(-20_000 // len(STORIES)))
    assert outcome.gain <= MAX_GAIN_POINTS
    assert outcome.contacts_gain <= MAX_GAIN_POINTS
