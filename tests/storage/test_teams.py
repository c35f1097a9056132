"""Storage of teams: members, counted responses and published rounds, each changed completely or not at all."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import pytest

from quiz.storage import Storage, TeamLinks, prepare
from quiz.storage.people import earlier_responses
from quiz.teams import Candidate, Membership, OpenMember, Publication, Removal, RoundMember, Team, joining
from quiz.teams.joining import JoinDecision
from tests.checks import REFUSED, stored_rows
from tests.factories import DAY, expire, force_into_team
from tests.fault_injection import FIXED_SQLITE, bytes_on_disk, set_sqlite_version

pytestmark = pytest.mark.both_engines

LATER = "2026-06-30"
PUBLISHED = '{"people": 3}'


def new_hash() -> str:
    """The hash of a new link."""
    return secrets.token_hex(32)


def tombstones(database: Storage) -> set[str]:
    return {str(row["hash"]) for row in stored_rows(database, "tombstone")}


def new_team(database: Storage, kind: str = "anonymous", minimum: int = 5) -> tuple[str, str]:
    """A new team: its lead hash and its join hash."""
    lead, join_hash = new_hash(), new_hash()
    database.create_team(lead, join_hash, number=3, name="The crew", kind=kind, minimum=minimum, day=DAY)  # type: ignore[arg-type]
    return lead, join_hash


def new_response(database: Storage, finished: str | None = DAY) -> str:
    owner = new_hash()
    database.create_response(owner, bank="v", day=DAY)
    database.save_answers(owner, {"pipelines": "daily"}, bank="v", day=DAY)
    if finished:
        database.finish_response(owner, day=finished)
    return owner


def new_members(database: Storage, join_hash: str, people: int) -> list[str]:
    owners = [new_response(database) for _ in range(people)]
    for owner in owners:
        assert database.join_team(join_hash, owner, name="", shares_wishes=False, day=DAY) is JoinDecision.JOIN
    return owners


def count_all(team: Team, candidates: Sequence[Candidate]) -> Publication:
    """Count every candidate, and publish the same each time."""
    return Publication(PUBLISHED, [candidate.response for candidate in candidates])


def team(database: Storage, lead: str) -> Team:
    loaded = database.load_team(lead)
    assert loaded is not None
    return loaded


# Teams


def test_a_team_is_loaded_as_it_was_created_with_an_open_round(database: Storage):
    lead, join_hash = new_team(database, "open", 8)
    loaded = team(database, lead)
    assert (loaded.number, loaded.name, loaded.kind, loaded.minimum, loaded.created) == (3, "The crew", "open", 8, DAY)
    assert loaded.open_round is not None
    assert (loaded.open_round.number, loaded.open_round.opened) == (1, DAY)
    assert (loaded.closed_rounds, loaded.last_closed) == ((), None)
    assert database.load_team_by_join_link(join_hash) == loaded


def test_each_kind_of_link_loads_only_its_own_kind_of_data(database: Storage):
    lead, join_hash = new_team(database)
    owner = new_response(database)
    assert (
        database.load_team(join_hash)
        is database.load_team_by_join_link(lead)
        is database.load_team(owner)
        is database.load_team_by_join_link(owner)
        is None
    )
    assert database.load_response(lead) is database.load_response(join_hash) is None
    assert database.load_membership(lead) is database.load_membership(join_hash) is None


def test_eight_threads_that_create_one_team_at_once_create_one(database: Storage):
    lead, join_hash = new_hash(), new_hash()

    def create(_: int) -> None:
        database.create_team(lead, join_hash, number=1, name="x", kind="open", minimum=5, day=DAY)
        database.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    assert (len(stored_rows(database, "team")), len(stored_rows(database, "round"))) == (1, 1)


def test_an_unknown_lead_hash_changes_nothing(database: Storage):
    new_team(database)
    before = stored_rows(database, "team"), stored_rows(database, "round")
    unknown = new_hash()
    assert database.close_round(unknown, count_all, day=DAY) is False
    assert database.open_round(unknown, day=DAY) is False
    assert database.raise_minimum(unknown, 8) is False
    assert database.replace_links(unknown, [TeamLinks(new_hash(), new_hash(), 1)], day=DAY) is None
    assert database.delete_team(unknown, day=DAY) is False
    assert (stored_rows(database, "team"), stored_rows(database, "round")) == before


def test_the_minimum_can_be_raised_and_not_lowered(database: Storage):
    lead, _ = new_team(database)
    assert [database.raise_minimum(lead, n) for n in (8, 8, 5, 20, 10)] == [True, False, False, True, False]
    assert team(database, lead).minimum == 20


def test_new_links_replace_the_old_ones(database: Storage):
    lead, join_hash = new_team(database)
    before = team(database, lead)
    new, new_join_hash = new_hash(), new_hash()
    assert database.replace_links(lead, [TeamLinks(new, new_join_hash, 9)], day=DAY)
    assert database.load_team(lead) is database.load_team_by_join_link(join_hash) is None
    assert database.load_team(new) == database.load_team_by_join_link(new_join_hash)
    assert (team(database, new).id, team(database, new).number) == (before.id, 9)


def test_every_replaced_or_deleted_team_link_has_a_tombstone(database: Storage):
    lead, join_hash = new_team(database)
    new_lead, second, third, fourth = (new_hash() for _ in range(4))
    database.replace_links(lead, [TeamLinks(lead, second, 1)], day=DAY)
    assert tombstones(database) == {join_hash}
    database.replace_links(lead, [TeamLinks(new_lead, third, 1)], day=DAY)
    assert tombstones(database) == {join_hash, lead, second}
    assert database.replace_links(new_lead, [TeamLinks(lead, fourth, 1)], day=DAY) is None, "it was replaced"
    assert database.replace_links(new_lead, [TeamLinks(new_lead, second, 1)], day=DAY) is None, "it was replaced"
    assert database.delete_team(new_lead, day=DAY)
    assert tombstones(database) == {join_hash, lead, second, new_lead, third}


def test_links_of_another_team_cannot_be_used(database: Storage):
    lead, join_hash = new_team(database)
    other, other_join_hash = new_team(database)
    assert database.replace_links(lead, [TeamLinks(other, new_hash(), 1)], day=DAY) is None
    assert database.replace_links(lead, [TeamLinks(lead, other_join_hash, 1)], day=DAY) == lead, "nothing changes"
    assert database.load_team(lead) == database.load_team_by_join_link(join_hash)


# Members


def test_a_member_of_an_open_team_has_the_name_that_they_entered(database: Storage):
    lead, join_hash = new_team(database, "open")
    owner = new_response(database)
    assert database.load_membership(owner) is None
    assert database.join_team(join_hash, owner, name="Ada", shares_wishes=True, day=DAY) is JoinDecision.JOIN
    assert database.load_membership(owner) == Membership(team(database, lead), "Ada", shares_wishes=True, counted=False)
    (member,) = database.load_open_members(team(database, lead).id)
    response = database.load_response(owner)
    assert response is not None
    assert member == OpenMember(
        "Ada", response.answers, response.wishes, is_finished=True, response=response.id, earlier=()
    )


def test_open_members_are_sorted_by_name(database: Storage):
    lead, join_hash = new_team(database, "open")
    for name in ("Cy", "Ada", "Bo"):
        database.join_team(join_hash, new_response(database), name=name, shares_wishes=False, day=DAY)
    assert [member.name for member in database.load_open_members(team(database, lead).id)] == ["Ada", "Bo", "Cy"]


def test_an_anonymous_team_stores_no_names(database: Storage, ids_count_up: None):
    lead, join_hash = new_team(database)
    owner = new_response(database)
    for name in ("Canary", "Canary again"):
        assert database.join_team(join_hash, owner, name=name, shares_wishes=True, day=DAY) is JoinDecision.JOIN
    assert stored_rows(database, "member") == [{"response": 1, "team": 1, "name": "", "shares_wishes": 0}]
    assert database.load_open_members(team(database, lead).id) == ()


def test_a_response_is_in_one_team_only(database: Storage):
    (lead, join_hash), (other, other_join_hash) = new_team(database), new_team(database)
    owner = new_response(database)
    assert database.join_team(join_hash, owner, name="", shares_wishes=False, day=DAY) is JoinDecision.JOIN
    assert (
        database.join_team(other_join_hash, owner, name="", shares_wishes=False, day=DAY) is JoinDecision.IN_OTHER_TEAM
    )
    assert len(database.load_round_members(team(database, lead).id)) == 1
    assert database.load_round_members(team(database, other).id) == ()


def test_joining_needs_an_existing_team_and_response(database: Storage):
    _, join_hash = new_team(database)
    assert database.join_team(join_hash, new_hash(), name="", shares_wishes=False, day=DAY) is None
    assert database.join_team(new_hash(), new_response(database), name="", shares_wishes=False, day=DAY) is None
    assert database.start_in_team(new_hash(), new_hash(), name="", shares_wishes=False, bank="1", day=DAY) is None
    assert len(stored_rows(database, "response")) == 1
    assert stored_rows(database, "member") == []


def test_eight_threads_that_join_with_one_response_create_one_member(database: Storage):
    joins = [new_team(database)[1] for _ in range(2)]
    owner = new_response(database)

    def join(n: int) -> JoinDecision | None:
        with contextlib.closing(database):
            return database.join_team(joins[n % 2], owner, name="", shares_wishes=False, day=DAY)

    with ThreadPoolExecutor(8) as pool:
        joined = list(pool.map(join, range(8)))
    assert len(stored_rows(database, "member")) == 1
    assert joined.count(JoinDecision.JOIN) == 4, "only joins to the team that was first succeed"
    assert len(set(joined[::2])) == len(set(joined[1::2])) == 1


def test_bringing_a_response_follows_the_rule_for_what_is_stored_at_that_moment(database: Storage, ids_count_up: None):
    (lead, join_hash), (_, other_join_hash) = new_team(database), new_team(database)
    early, counted, other = new_response(database, DAY), new_response(database, LATER), new_response(database)
    bring = partial(database.join_team, join_hash, name="Canary", shares_wishes=True, day=DAY)
    assert database.join_team(other_join_hash, other, name="", shares_wishes=False, day=DAY) is JoinDecision.JOIN
    assert bring(other) is JoinDecision.IN_OTHER_TEAM
    assert bring(counted) is JoinDecision.JOIN
    assert database.close_round(lead, count_all, day=LATER)
    assert bring(early) is JoinDecision.NOT_ELIGIBLE, "the round was closed after the response was finished"
    assert bring(counted) is JoinDecision.ALREADY_COUNTED
    assert bring(new_hash()) is None
    assert database.join_team(new_hash(), early, name="", shares_wishes=False, day=DAY) is None
    assert [(row["response"], row["team"], row["name"]) for row in stored_rows(database, "member")] == [
        (2, 1, ""),
        (3, 2, ""),
    ]


def test_leaving_removes_only_that_member(database: Storage):
    lead, join_hash = new_team(database)
    leaver, stayer = new_members(database, join_hash, 2)
    assert database.leave_team(leaver, day=DAY) is True
    assert database.leave_team(leaver, day=DAY) is False
    assert database.load_membership(leaver) is None
    assert database.load_membership(stayer) is not None
    assert len(database.load_round_members(team(database, lead).id)) == 1


@pytest.mark.parametrize("kind", ["anonymous", "open"])
@pytest.mark.parametrize("leaver", [0, 1, 2])
def test_a_person_leaves_a_team_with_all_their_responses(database: Storage, kind, leaver):
    _, join_hash = new_team(database, kind)
    owners = [new_response(database), new_hash(), new_hash()]
    other = new_response(database)
    database.join_team(join_hash, owners[0], name="Ada", shares_wishes=False, day=DAY)
    database.join_team(join_hash, other, name="Bo", shares_wishes=False, day=DAY)
    for earlier, owner in pairwise(owners):
        database.create_response(owner, bank="v", day=DAY, earlier=earlier)
        assert database.stay_in_team(owner)
    assert database.leave_team(owners[leaver], day=DAY) is True
    assert len(stored_rows(database, "member")) == 1
    assert database.load_membership(other) is not None
    assert len(tombstones(database)) == 3, "a backup brings none of these memberships back"


def test_a_round_member_has_the_day_of_finishing_and_whether_it_was_counted(database: Storage, ids_count_up: None):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 1)
    database.close_round(lead, count_all, day=DAY)
    database.join_team(join_hash, new_response(database, None), name="", shares_wishes=False, day=DAY)
    database.join_team(join_hash, new_response(database, LATER), name="", shares_wishes=False, day=DAY)
    assert database.load_round_members(team(database, lead).id) == (
        RoundMember(1, DAY, True),
        RoundMember(2, None, False),
        RoundMember(3, LATER, False),
    )


# Rounds


def test_closing_stores_the_published_data_and_the_counted_responses(database: Storage):
    lead, join_hash = new_team(database)
    owners = new_members(database, join_hash, 3)
    assert database.close_round(lead, count_all, day=LATER)
    (round,) = team(database, lead).closed_rounds
    assert (round.closed, round.published, round.people, round.deleted) == (LATER, PUBLISHED, 3, 0)
    assert team(database, lead).open_round is None
    assert team(database, lead).last_closed == LATER
    assert [database.is_counted(owner) for owner in owners] == 3 * [True]
    assert database.is_counted(new_response(database)) is False


def test_a_round_that_publishes_nothing_stays_open(database: Storage):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 3)
    before = stored_rows(database, "round")
    assert database.close_round(lead, lambda team, candidates: None, day=LATER) is False
    assert (stored_rows(database, "round"), stored_rows(database, "counted_response")) == (before, [])


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt()])
def test_a_round_is_closed_completely_or_not_at_all(database: Storage, error: BaseException):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 3)
    before = stored_rows(database, "round")

    def fail(team: Team, candidates: object) -> Publication:
        raise error

    with pytest.raises(type(error)):
        database.close_round(lead, fail, day=LATER)
    with pytest.raises(REFUSED):
        database.close_round(lead, lambda team, candidates: Publication(PUBLISHED, [1, 2, 1]), day=LATER)
    with pytest.raises(REFUSED):
        database.close_round(lead, lambda team, candidates: Publication("no JSON", [1]), day=LATER)
    assert (stored_rows(database, "round"), stored_rows(database, "counted_response")) == (before, [])
    assert database.close_round(lead, count_all, day=LATER)


def test_publish_gets_the_members_and_the_last_published_data(database: Storage):
    (lead, join_hash), (_, other) = new_team(database), new_team(database)
    owners, _ = new_members(database, join_hash, 2), new_members(database, other, 2)
    calls = []

    def publish(team: Team, candidates: Sequence[Candidate]) -> Publication:
        calls.append(([(each.answers, each.contacts) for each in candidates], team.last_published))
        uncounted = [each.response for each in candidates if not each.counted]
        return Publication(json.dumps({"round": len(calls)}), uncounted)

    for _ in range(2):
        assert database.close_round(lead, publish, day=DAY)
        assert database.open_round(lead, day=DAY)
    responses = [(each.answers, each.contacts) for each in map(database.load_response, owners) if each]
    assert calls == [(responses, None), (responses, '{"round": 1}')]


def test_publish_gets_the_current_minimum(database: Storage):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 3)
    assert database.raise_minimum(lead, 8)
    teams = []
    assert database.close_round(lead, lambda team, candidates: teams.append(team), day=DAY) is False
    assert teams == [team(database, lead)]
    assert teams[0].minimum == 8


@pytest.mark.parametrize(("number", "closes"), [(0, False), (1, True), (2, False), (None, True)])
def test_only_the_round_with_the_given_number_is_closed(database: Storage, number: int | None, closes: bool):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 3)
    assert database.close_round(lead, count_all, day=DAY, number=number) is closes
    assert (team(database, lead).open_round is None) is closes


def test_four_threads_that_close_at_once_close_one_round(database: Storage):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 3)

    def close(_: int) -> bool:
        with contextlib.closing(database):
            return database.close_round(lead, count_all, day=DAY)

    with ThreadPoolExecutor(4) as pool:
        closed = list(pool.map(close, range(4)))
    assert sorted(closed) == [False, False, False, True]
    assert len(stored_rows(database, "counted_response")) == 3


def test_one_round_is_open_at_a_time(database: Storage):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 1)
    assert database.open_round(lead, day=DAY) is False
    database.close_round(lead, count_all, day=DAY)
    assert [database.open_round(lead, day=LATER) for _ in range(2)] == [True, False]
    assert [(round.number, round.opened) for round in team(database, lead).rounds] == [(1, DAY), (2, LATER)]


def test_no_response_is_ever_counted_twice(database: Storage):
    lead, join_hash = new_team(database)
    (owner,) = new_members(database, join_hash, 1)
    database.close_round(lead, count_all, day=DAY)
    database.leave_team(owner, day=DAY)
    other, other_join_hash = new_team(database)
    force_into_team(database, other_join_hash, owner)
    with pytest.raises(REFUSED):
        database.close_round(other, count_all, day=DAY)
    assert team(database, other).open_round is not None


# Names and removal


def test_a_name_that_another_member_has_is_refused_everywhere(database: Storage):
    _, join_hash = new_team(database, "open")
    first, second, third = (new_response(database) for _ in range(3))
    join = partial(database.join_team, join_hash, shares_wishes=False, day=DAY)
    assert join(first, name="Ada") is JoinDecision.JOIN
    assert join(second, name="ADA") is JoinDecision.NAME_TAKEN
    assert join(second, name="Bo") is JoinDecision.JOIN
    assert database.rename_member(second, "ada") is JoinDecision.NAME_TAKEN
    assert database.rename_member(second, "BO") is JoinDecision.JOIN
    assert database.rename_member(third, "Cy") is None
    start = partial(database.start_in_team, join_hash, bank="v", day=DAY, shares_wishes=False)
    owner = new_hash()
    assert start(owner, name="Bo") == (JoinDecision.NAME_TAKEN, owner)
    assert sorted(str(row["name"]) for row in stored_rows(database, "member")) == ["Ada", "BO"]
    assert len(stored_rows(database, "response")) == 3


def test_responses_that_repeat_each_other_may_have_one_name(database: Storage):
    lead, join_hash = new_team(database, "open")
    first = new_response(database)
    second, third = new_hash(), new_hash()
    database.create_response(second, bank="v", day=DAY, earlier=first)
    database.create_response(third, bank="v", day=DAY, earlier=second)
    for owner in (third, first, second):
        assert database.join_team(join_hash, owner, name="Ada", shares_wishes=False, day=DAY) is JoinDecision.JOIN
    ids = {owner: database.load_response(owner).id for owner in (first, second, third)}  # type: ignore[union-attr]
    members = {member.response: member for member in database.load_open_members(team(database, lead).id)}
    assert [members[ids[owner]].earlier for owner in (first, second, third)] == [
        (),
        (ids[first],),
        (ids[second], ids[first]),
    ]


def test_eight_threads_that_join_with_one_name_create_one_member(database: Storage):
    _, join_hash = new_team(database, "open")

    def start(n: int) -> tuple[JoinDecision, str] | None:
        with contextlib.closing(database):
            name = "Ada" if n % 2 else "ADA"
            return database.start_in_team(join_hash, new_hash(), bank="v", day=DAY, name=name, shares_wishes=False)

    with ThreadPoolExecutor(8) as pool:
        decisions = [started[0] for started in pool.map(start, range(8)) if started]
    assert sorted(decision is JoinDecision.JOIN for decision in decisions) == [False] * 7 + [True]
    assert len(stored_rows(database, "member")) == len(stored_rows(database, "response")) == 1


def test_the_same_form_sent_twice_starts_one_response_in_the_team(database: Storage):
    _, join_hash = new_team(database, "open")
    first, other = new_hash(), new_hash()
    start = partial(database.start_in_team, join_hash, bank="v", day=DAY, name="Ada", shares_wishes=False)
    assert start(first) == start(other, same_form=[first]) == (JoinDecision.JOIN, first)
    assert len(stored_rows(database, "member")) == len(stored_rows(database, "response")) == 1


def test_an_open_team_takes_only_so_many_members_and_an_anonymous_one_any_number(database: Storage, monkeypatch):
    monkeypatch.setattr(joining, "MAX_OPEN_MEMBERS", 2)
    _, join_hash = new_team(database, "open")
    _, anonymous_join_hash = new_team(database)
    owners = [new_response(database) for _ in range(3)]
    assert database.join_team(join_hash, owners[0], name="Ada", shares_wishes=False, day=DAY) is JoinDecision.JOIN
    again = new_hash()
    database.create_response(again, bank="v", day=DAY, earlier=owners[0])
    assert database.stay_in_team(again), "two responses of one person are one member"
    decisions = [
        database.join_team(join_hash, owner, name=name, shares_wishes=False, day=DAY)
        for owner, name in zip(owners, ("Ada", "Bo", "Cy"), strict=True)
    ]
    assert decisions == [JoinDecision.JOIN, JoinDecision.JOIN, JoinDecision.TEAM_IS_FULL]
    assert len(new_members(database, anonymous_join_hash, 3)) == 3


def test_removing_a_person_removes_all_their_responses_from_the_team_and_notes_it(database: Storage):
    lead, join_hash = new_team(database, "open")
    first, other = new_response(database), new_response(database)
    second = new_hash()
    database.create_response(second, bank="v", day=DAY, earlier=first)
    for owner, name in {first: "Ada", second: "Ada", other: "Bo"}.items():
        database.join_team(join_hash, owner, name=name, shares_wishes=False, day=DAY)
    response = database.load_response(second)
    assert response is not None
    assert not database.remove_member(new_hash(), response.id, day=LATER), "no lead link of this team"
    assert database.remove_member(lead, response.id, day=LATER)
    assert not database.remove_member(lead, response.id, day=LATER), "no longer a member"
    assert [database.load_removal(owner) for owner in (first, second, other)] == [
        Removal("The crew", LATER),
        Removal("The crew", LATER),
        None,
    ]
    assert [database.load_membership(owner) is None for owner in (first, second, other)] == [True, True, False]
    database.delete_removal(first)
    assert [database.load_removal(owner) is None for owner in (first, second)] == [True, False]
    assert database.join_team(join_hash, second, name="Ada", shares_wishes=False, day=DAY) is JoinDecision.JOIN
    assert database.load_removal(second) is None, "whoever is a member again need not be told"


@pytest.mark.parametrize("chosen", [0, 1])
def test_a_name_and_hidden_wishes_hold_for_all_responses_of_a_person_in_a_team(database: Storage, chosen):
    _, join_hash = new_team(database, "open")
    owners, other = [new_response(database), new_hash()], new_response(database)
    database.join_team(join_hash, owners[0], name="Ada", shares_wishes=True, day=DAY)
    database.join_team(join_hash, other, name="Bo", shares_wishes=True, day=DAY)
    database.create_response(owners[1], bank="v", day=DAY, earlier=owners[0])
    database.stay_in_team(owners[1])

    def memberships() -> set[tuple[str, bool]]:
        loaded = [database.load_membership(owner) for owner in owners]
        return {(membership.name, membership.shares_wishes) for membership in loaded if membership}

    assert memberships() == {("Ada", True)}
    assert database.rename_member(owners[chosen], "Ada L.") is JoinDecision.JOIN
    assert memberships() == {("Ada L.", True)}
    join = partial(database.join_team, join_hash, owners[chosen], day=DAY)
    assert join(name="Ada", shares_wishes=False) is JoinDecision.JOIN
    assert memberships() == {("Ada", False)}
    assert join(name="Ada", shares_wishes=True) is JoinDecision.JOIN
    assert memberships() == {("Ada", True), ("Ada", False)}, "the wishes of other responses stay hidden"
    unchanged = database.load_membership(other)
    assert unchanged is not None
    assert (unchanged.name, unchanged.shares_wishes) == ("Bo", True)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "change", ["renames", "joins again", "is removed and has read it", "is removed and joins again"]
)
def test_a_name_that_was_changed_or_read_is_no_longer_in_the_files(database: Storage, monkeypatch, change: str):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    prepare(database.file)
    _, other_join_hash = new_team(database, "open")
    lead, join_hash = new_hash(), new_hash()
    database.create_team(lead, join_hash, number=3, name="Canary team", kind="open", minimum=5, day=DAY)
    owner = new_response(database)
    database.join_team(join_hash, owner, name="Canary name", shares_wishes=False, day=DAY)
    if change.startswith("is removed"):
        response = database.load_response(owner)
        assert response
        assert database.remove_member(lead, response.id, day=LATER)
        database.delete_team(lead, day=LATER)
    if change == "renames":
        assert database.rename_member(owner, "Ada") is JoinDecision.JOIN
    elif change == "is removed and has read it":
        database.delete_removal(owner)
    else:
        join_hash = join_hash if change == "joins again" else other_join_hash
        assert database.join_team(join_hash, owner, name="Ada", shares_wishes=False, day=DAY) is JoinDecision.JOIN
    assert b"Canary name" not in bytes_on_disk(database.file)
    assert (b"Canary team" in bytes_on_disk(database.file)) == (not change.startswith("is removed"))


def test_who_left_and_stays_after_all_is_a_member_after_a_restore_too(database: Storage):
    _, join_hash = new_team(database)
    first, second = new_members(database, join_hash, 1)[0], new_hash()
    database.create_response(second, bank="v", day=DAY, earlier=first)
    assert database.stay_in_team(second)
    database.leave_team(second, day=LATER)
    assert len(tombstones(database)) == 2
    assert not database.stay_in_team(second), "the person has left with the first response too"
    database.join_team(join_hash, first, name="", shares_wishes=False, day=DAY)
    assert database.stay_in_team(second)
    assert not tombstones(database)


def test_a_membership_that_new_answers_replace_ends_on_the_day_on_which_they_are_brought(database: Storage):
    _, join_hash = new_team(database)
    first, second = new_members(database, join_hash, 1)[0], new_hash()
    database.create_response(second, bank="v", day=DAY, earlier=first)
    database.finish_response(second, day=DAY)
    assert not tombstones(database)
    database.join_team(join_hash, second, name="", shares_wishes=False, day=LATER)
    days = [row["day"] for row in stored_rows(database, "tombstone")]
    assert days == [LATER], "with the day of the answers it could expire before the backups that have the membership"


# Deleting


def test_a_deleted_response_is_counted_only_in_the_round_that_counted_it(database: Storage):
    lead, join_hash = new_team(database)
    first, *_ = new_members(database, join_hash, 3)
    database.close_round(lead, count_all, day=DAY)
    database.open_round(lead, day=DAY)
    second, *_ = new_members(database, join_hash, 2)
    assert database.delete_response(first, day=DAY) and database.delete_response(second, day=DAY)
    assert [(round.people, round.deleted) for round in team(database, lead).rounds] == [(3, 1), (0, 0)]
    assert len(database.load_round_members(team(database, lead).id)) == 3


def test_deleting_a_repeated_response_is_counted_in_each_of_its_rounds(database: Storage):
    lead, join_hash = new_team(database)
    first, *_ = new_members(database, join_hash, 2)
    database.close_round(lead, count_all, day=DAY)
    database.open_round(lead, day=DAY)
    repeated = new_hash()
    database.create_response(repeated, bank="v", day=DAY, earlier=first)
    database.finish_response(repeated, day=DAY)
    database.join_team(join_hash, repeated, name="", shares_wishes=False, day=DAY)

    def count_new(team: Team, candidates: Sequence[Candidate]) -> Publication:
        return Publication(PUBLISHED, [candidate.response for candidate in candidates if not candidate.counted])

    database.close_round(lead, count_new, day=DAY)
    assert database.delete_response(repeated, day=DAY)
    assert [round.deleted for round in team(database, lead).rounds] == [1, 1]


def test_expired_responses_are_not_counted_as_deleted(database: Storage):
    lead, join_hash = new_team(database)
    new_members(database, join_hash, 3)
    database.close_round(lead, count_all, day=DAY)
    assert expire(database, "2027-06-30", responses_before=LATER)["response"] == 3
    (round,) = team(database, lead).rounds
    assert (round.people, round.deleted) == (3, 0)
    assert stored_rows(database, "member") == stored_rows(database, "counted_response") == []


def test_deleting_a_team_keeps_the_responses(database: Storage):
    (lead, join_hash), (other, other_join_hash) = new_team(database), new_team(database)
    owners = new_members(database, join_hash, 2) + new_members(database, other_join_hash, 1)
    database.close_round(lead, count_all, day=DAY)
    assert database.delete_team(lead, day=DAY) is True
    assert database.load_team(lead) is database.load_team_by_join_link(join_hash) is None
    assert all(database.load_response(owner) for owner in owners)
    assert [database.load_membership(owner) is None for owner in owners] == [True, True, False]
    assert [row["team"] for table in ("round", "member") for row in stored_rows(database, table)] == 2 * [
        team(database, other).id
    ]


@pytest.mark.sqlite_only
def test_a_deleted_team_is_in_no_file(database: Storage, ids_count_up: None):
    lead, join_hash = new_hash(), new_hash()
    database.create_team(lead, join_hash, number=1, name="Canary crew", kind="anonymous", minimum=5, day=DAY)
    new_members(database, join_hash, 1)
    database.close_round(lead, lambda team, candidates: Publication('{"x": "Canary result"}', [1]), day=DAY)
    assert database.delete_team(lead, day=DAY)
    assert not [file.name for file in database.file.parent.iterdir() if b"Canary" in file.read_bytes()]


def test_responses_that_repeat_each_other_in_a_damaged_database_are_found_once(database):
    first, second = new_response(database), new_response(database)
    with database.write_transaction() as db:
        ids = [
            db.execute("SELECT id FROM response WHERE owner_hash = ?", (owner,)).fetchone()[0]
            for owner in (first, second)
        ]
        for id, earlier in (ids, ids[::-1]):
            db.execute("UPDATE response SET earlier = ? WHERE id = ?", (earlier, id))
        assert earlier_responses(db, ids[0]) == (ids[1], ids[0])
