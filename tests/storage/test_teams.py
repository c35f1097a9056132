"""What is kept of teams: who is in which, what was counted, and what a round published, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz.storage import Storage
from quiz.teams import Candidate, Membership, OpenMember, Publication, RoundMember, Team

DAY, LATER = "2026-05-31", "2026-06-30"
RESULT = '{"said": "something"}'


def key() -> str:
    """A fingerprint, as good as any."""
    return secrets.token_hex(32)


def a_team(kept: Storage, kind: str = "anonymous", minimum: int = 5) -> tuple[str, str]:
    """A new team: its lead key and its join key."""
    lead, joining = key(), key()
    kept.create_team(lead, joining, number=3, name="The crew", kind=kind, minimum=minimum, day=DAY)  # type: ignore[arg-type]
    return lead, joining


def a_response(kept: Storage, finished: str | None = DAY) -> str:
    owner = key()
    kept.create_response(owner, bank="v", day=DAY)
    kept.save_answers(owner, {"pipelines": "daily"}, bank="v", day=DAY)
    if finished:
        kept.finish_response(owner, bank="v", day=finished)
    return owner


def members(kept: Storage, joining: str, people: int) -> list[str]:
    owners = [a_response(kept) for _ in range(people)]
    for owner in owners:
        assert kept.join_team(joining, owner, name="", shares_wishes=False)
    return owners


def all_of(team: Team, candidates: Sequence[Candidate]) -> Publication:
    """Counts every member and publishes the same each time."""
    return Publication(RESULT, [candidate.response for candidate in candidates])


def team(kept: Storage, lead: str) -> Team:
    found = kept.load_team(lead)
    assert found is not None
    return found


def rows(kept: Storage, table: str) -> list[dict[str, object]]:
    db = Database(kept.file)
    try:
        return list(db[table].rows)
    finally:
        db.close()


# Teams


def test_a_team_is_kept_whole_with_its_first_round_open(kept: Storage):
    lead, joining = a_team(kept, "open", 8)
    found = team(kept, lead)
    assert (found.number, found.name, found.kind, found.minimum, found.created) == (3, "The crew", "open", 8, DAY)
    assert found.open_round is not None
    assert (found.open_round.number, found.open_round.opened) == (1, DAY)
    assert (found.closed_rounds, found.last_closed) == ((), None)
    assert kept.load_team_by_join_link(joining) == found


def test_each_link_finds_a_team_by_its_own_right_only(kept: Storage):
    lead, joining = a_team(kept)
    owner = a_response(kept)
    assert (
        kept.load_team(joining)
        is kept.load_team_by_join_link(lead)
        is kept.load_team(owner)
        is kept.load_team_by_join_link(owner)
        is None
    )
    assert kept.load_response(lead) is kept.load_response(joining) is None
    assert kept.load_membership(lead) is kept.load_membership(joining) is None


def test_eight_threads_that_make_a_team_with_one_lead_link_make_one(kept: Storage):
    lead, joining = key(), key()

    def make(_: int) -> None:
        kept.create_team(lead, joining, number=1, name="x", kind="open", minimum=5, day=DAY)
        kept.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(8)))
    assert (len(rows(kept, "team")), len(rows(kept, "round"))) == (1, 1)


def test_nothing_is_changed_for_a_lead_who_is_not_there(kept: Storage):
    a_team(kept)
    before = rows(kept, "team"), rows(kept, "round")
    nobody = key()
    assert kept.close_round(nobody, all_of, day=DAY) is False
    assert kept.open_round(nobody, day=DAY) is False
    assert kept.raise_minimum(nobody, 8) is False
    assert kept.replace_links(nobody, new_lead_hash=key(), join_hash=key(), number=1) is False
    assert kept.delete_team(nobody) is False
    assert (rows(kept, "team"), rows(kept, "round")) == before


def test_the_minimum_goes_up_and_never_down(kept: Storage):
    lead, _ = a_team(kept)
    assert [kept.raise_minimum(lead, n) for n in (8, 8, 5, 20, 10)] == [True, False, False, True, False]
    assert team(kept, lead).minimum == 20


def test_new_links_take_the_place_of_the_old_ones(kept: Storage):
    lead, joining = a_team(kept)
    before = team(kept, lead)
    new, new_joining = key(), key()
    assert kept.replace_links(lead, new_lead_hash=new, join_hash=new_joining, number=9)
    assert kept.load_team(lead) is kept.load_team_by_join_link(joining) is None
    assert kept.load_team(new) == kept.load_team_by_join_link(new_joining)
    assert (team(kept, new).id, team(kept, new).number) == (before.id, 9)


def test_a_team_is_known_by_its_former_lead_links_until_it_is_erased(kept: Storage):
    (first, _), (other, _) = a_team(kept), a_team(kept)
    second, third = key(), key()
    for old, new in ((first, second), (second, second), (second, first), (first, third), (other, key())):
        assert kept.replace_links(old, new_lead_hash=new, join_hash=key(), number=1)
    assert {row["lead_hash"] for row in rows(kept, "replaced_link")} == {first, second, other}
    assert kept.delete_team(third)
    assert {row["link_hash"] for row in rows(kept, "tombstone")} == {first, second, third}
    assert [row["lead_hash"] for row in rows(kept, "replaced_link")] == [other]


def test_links_of_another_team_cannot_be_taken_over(kept: Storage):
    lead, joining = a_team(kept)
    other, other_joining = a_team(kept)
    with pytest.raises(sqlite3.IntegrityError):
        kept.replace_links(lead, new_lead_hash=other, join_hash=key(), number=1)
    with pytest.raises(sqlite3.IntegrityError):
        kept.replace_links(lead, new_lead_hash=lead, join_hash=other_joining, number=1)
    assert kept.load_team(lead) == kept.load_team_by_join_link(joining)


# Members


def test_a_member_is_in_the_team_under_the_name_they_gave(kept: Storage):
    lead, joining = a_team(kept, "open")
    owner = a_response(kept)
    assert kept.load_membership(owner) is None
    assert kept.join_team(joining, owner, name="Ada", shares_wishes=True)
    assert kept.load_membership(owner) == Membership(team(kept, lead), "Ada", shares_wishes=True, counted=False)
    (member,) = kept.load_open_members(team(kept, lead).id)
    response = kept.load_response(owner)
    assert response is not None
    assert member == OpenMember("Ada", response.answers, response.wishes, is_finished=True)


def test_members_stand_in_the_order_of_their_names(kept: Storage):
    lead, joining = a_team(kept, "open")
    for name in ("Cy", "Ada", "Bo"):
        kept.join_team(joining, a_response(kept), name=name, shares_wishes=False)
    assert [member.name for member in kept.load_open_members(team(kept, lead).id)] == ["Ada", "Bo", "Cy"]


def test_an_anonymous_team_keeps_no_names_and_names_nobody(kept: Storage):
    lead, joining = a_team(kept)
    owner = a_response(kept)
    for name in ("Canary", "Canary again"):
        assert kept.join_team(joining, owner, name=name, shares_wishes=True)
    assert rows(kept, "member") == [{"response": 1, "team": 1, "name": "", "shares_wishes": 0}]
    assert kept.load_open_members(team(kept, lead).id) == ()


def test_a_response_is_in_one_team_only(kept: Storage):
    (lead, joining), (other, other_joining) = a_team(kept), a_team(kept)
    owner = a_response(kept)
    assert kept.join_team(joining, owner, name="", shares_wishes=False)
    assert kept.join_team(other_joining, owner, name="", shares_wishes=False) is False
    assert len(kept.load_round_members(team(kept, lead).id)) == 1
    assert kept.load_round_members(team(kept, other).id) == ()


def test_nobody_joins_what_is_not_there(kept: Storage):
    _, joining = a_team(kept)
    assert kept.join_team(joining, key(), name="", shares_wishes=False) is False
    assert kept.join_team(key(), a_response(kept), name="", shares_wishes=False) is False
    assert rows(kept, "member") == []


def test_eight_threads_that_join_with_one_response_leave_one_row(kept: Storage):
    joins = [a_team(kept)[1] for _ in range(2)]
    owner = a_response(kept)

    def join(n: int) -> bool:
        with contextlib.closing(kept):
            return kept.join_team(joins[n % 2], owner, name="", shares_wishes=False)

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(join, range(8)))
    assert len(rows(kept, "member")) == 1
    assert done.count(True) == 4, "those of the team that was first, and no others"
    assert len(set(done[::2])) == len(set(done[1::2])) == 1


def test_leaving_takes_out_the_one_who_leaves(kept: Storage):
    lead, joining = a_team(kept)
    gone, stays = members(kept, joining, 2)
    assert kept.leave_team(gone) is True
    assert kept.leave_team(gone) is False
    assert kept.load_membership(gone) is None
    assert kept.load_membership(stays) is not None
    assert len(kept.load_round_members(team(kept, lead).id)) == 1


def test_a_seat_knows_when_its_response_was_finished_and_whether_it_was_counted(kept: Storage):
    lead, joining = a_team(kept)
    members(kept, joining, 1)
    kept.close_round(lead, all_of, day=DAY)
    kept.join_team(joining, a_response(kept, None), name="", shares_wishes=False)
    kept.join_team(joining, a_response(kept, LATER), name="", shares_wishes=False)
    assert kept.load_round_members(team(kept, lead).id) == (
        RoundMember(1, DAY, True),
        RoundMember(2, None, False),
        RoundMember(3, LATER, False),
    )


# Rounds


def test_closing_keeps_what_is_published_and_who_was_counted(kept: Storage):
    lead, joining = a_team(kept)
    owners = members(kept, joining, 3)
    assert kept.close_round(lead, all_of, day=LATER)
    (round,) = team(kept, lead).closed_rounds
    assert (round.closed, round.published, round.people, round.deleted) == (LATER, RESULT, 3, 0)
    assert team(kept, lead).open_round is None
    assert team(kept, lead).last_closed == LATER
    assert [kept.is_counted(owner) for owner in owners] == 3 * [True]
    assert kept.is_counted(a_response(kept)) is False


def test_a_round_that_publishes_nothing_stays_open(kept: Storage):
    lead, joining = a_team(kept)
    members(kept, joining, 3)
    before = rows(kept, "round")
    assert kept.close_round(lead, lambda team, candidates: None, day=LATER) is False
    assert (rows(kept, "round"), rows(kept, "counted_response")) == (before, [])


@pytest.mark.parametrize("fault", [RuntimeError("no"), KeyboardInterrupt()])
def test_a_round_is_closed_whole_or_not_at_all(kept: Storage, fault: BaseException):
    lead, joining = a_team(kept)
    members(kept, joining, 3)
    before = rows(kept, "round")

    def fails(team: Team, candidates: object) -> Publication:
        raise fault

    with pytest.raises(type(fault)):
        kept.close_round(lead, fails, day=LATER)
    with pytest.raises(sqlite3.IntegrityError):
        kept.close_round(lead, lambda team, candidates: Publication(RESULT, [1, 2, 1]), day=LATER)
    with pytest.raises(sqlite3.IntegrityError):
        kept.close_round(lead, lambda team, candidates: Publication("no JSON", [1]), day=LATER)
    assert (rows(kept, "round"), rows(kept, "counted_response")) == (before, [])
    assert kept.close_round(lead, all_of, day=LATER)


def test_publishing_sees_the_members_of_that_team_and_what_its_last_round_published(kept: Storage):
    (lead, joining), (_, other) = a_team(kept), a_team(kept)
    owners, _ = members(kept, joining, 2), members(kept, other, 2)
    seen = []

    def publish(team: Team, candidates: Sequence[Candidate]) -> Publication:
        seen.append(([(each.answers, each.contacts) for each in candidates], team.last_published))
        return Publication(json.dumps({"round": len(seen)}), [each.response for each in candidates if not each.counted])

    for _ in range(2):
        assert kept.close_round(lead, publish, day=DAY)
        assert kept.open_round(lead, day=DAY)
    responses = [(each.answers, each.contacts) for each in map(kept.load_response, owners) if each]
    assert seen == [(responses, None), (responses, '{"round": 1}')]


def test_publishing_gets_the_team_with_the_minimum_of_that_moment(kept: Storage):
    lead, joining = a_team(kept)
    members(kept, joining, 3)
    assert kept.raise_minimum(lead, 8)
    seen = []
    assert kept.close_round(lead, lambda team, candidates: seen.append(team), day=DAY) is False
    assert seen == [team(kept, lead)]
    assert seen[0].minimum == 8


@pytest.mark.parametrize(("number", "closes"), [(0, False), (1, True), (2, False), (None, True)])
def test_only_the_round_that_is_named_is_closed(kept: Storage, number: int | None, closes: bool):
    lead, joining = a_team(kept)
    members(kept, joining, 3)
    assert kept.close_round(lead, all_of, day=DAY, number=number) is closes
    assert (team(kept, lead).open_round is None) is closes


def test_four_threads_that_close_at_once_close_one_round(kept: Storage):
    lead, joining = a_team(kept)
    members(kept, joining, 3)

    def close(_: int) -> bool:
        with contextlib.closing(kept):
            return kept.close_round(lead, all_of, day=DAY)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(close, range(4)))
    assert sorted(done) == [False, False, False, True]
    assert len(rows(kept, "counted_response")) == 3


def test_one_round_is_open_at_a_time(kept: Storage):
    lead, joining = a_team(kept)
    members(kept, joining, 1)
    assert kept.open_round(lead, day=DAY) is False
    kept.close_round(lead, all_of, day=DAY)
    assert [kept.open_round(lead, day=LATER) for _ in range(2)] == [True, False]
    assert [(round.number, round.opened) for round in team(kept, lead).rounds] == [(1, DAY), (2, LATER)]


def test_no_response_is_ever_counted_twice(kept: Storage):
    lead, joining = a_team(kept)
    (owner,) = members(kept, joining, 1)
    kept.close_round(lead, all_of, day=DAY)
    kept.leave_team(owner)
    other, other_joining = a_team(kept)
    assert kept.join_team(other_joining, owner, name="", shares_wishes=False)
    with pytest.raises(sqlite3.IntegrityError):
        kept.close_round(other, all_of, day=DAY)
    assert team(kept, other).open_round is not None


# What goes


def test_erasing_a_person_is_noted_in_the_round_that_counted_them_and_nowhere_else(kept: Storage):
    lead, joining = a_team(kept)
    first, *_ = members(kept, joining, 3)
    kept.close_round(lead, all_of, day=DAY)
    kept.open_round(lead, day=DAY)
    second, *_ = members(kept, joining, 2)
    assert kept.delete_response(first) and kept.delete_response(second)
    assert [(round.people, round.deleted) for round in team(kept, lead).rounds] == [(3, 1), (0, 0)]
    assert len(kept.load_round_members(team(kept, lead).id)) == 3


def test_erasing_somebody_who_took_it_again_is_noted_in_every_round_of_theirs(kept: Storage):
    lead, joining = a_team(kept)
    first, *_ = members(kept, joining, 2)
    kept.close_round(lead, all_of, day=DAY)
    kept.open_round(lead, day=DAY)
    again = key()
    kept.create_response(again, bank="v", day=DAY, earlier=first)
    kept.finish_response(again, bank="v", day=DAY)
    kept.join_team(joining, again, name="", shares_wishes=False)

    def fresh(team: Team, candidates: Sequence[Candidate]) -> Publication:
        return Publication(RESULT, [candidate.response for candidate in candidates if not candidate.counted])

    kept.close_round(lead, fresh, day=DAY)
    assert kept.delete_response(again)
    assert [round.deleted for round in team(kept, lead).rounds] == [1, 1]


def test_expiry_takes_the_rows_and_is_not_noted_as_erasing(kept: Storage):
    lead, joining = a_team(kept)
    members(kept, joining, 3)
    kept.close_round(lead, all_of, day=DAY)
    assert kept.delete_expired(LATER, tombstones_before=DAY) == 3
    (round,) = team(kept, lead).rounds
    assert (round.people, round.deleted) == (3, 0)
    assert rows(kept, "member") == rows(kept, "counted_response") == []


def test_erasing_a_team_leaves_the_responses_and_nothing_of_the_team(kept: Storage):
    (lead, joining), (other, other_joining) = a_team(kept), a_team(kept)
    owners = members(kept, joining, 2) + members(kept, other_joining, 1)
    kept.close_round(lead, all_of, day=DAY)
    assert kept.delete_team(lead) is True
    assert kept.load_team(lead) is kept.load_team_by_join_link(joining) is None
    assert all(kept.load_response(owner) for owner in owners)
    assert [kept.load_membership(owner) is None for owner in owners] == [True, True, False]
    assert [row["team"] for table in ("round", "member") for row in rows(kept, table)] == 2 * [team(kept, other).id]


def test_an_erased_team_is_in_no_file(kept: Storage):
    lead, joining = key(), key()
    kept.create_team(lead, joining, number=1, name="Canary crew", kind="anonymous", minimum=5, day=DAY)
    members(kept, joining, 1)
    kept.close_round(lead, lambda team, candidates: Publication('{"x": "Canary result"}', [1]), day=DAY)
    assert kept.delete_team(lead)
    assert not [file.name for file in kept.file.parent.iterdir() if b"Canary" in file.read_bytes()]
