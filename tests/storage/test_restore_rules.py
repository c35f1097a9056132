"""What people ended stays ended when a backup is restored, and what was published stays published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from quiz.bank import AgreedAction, JobGoal
from quiz.results.feedback import Feedback
from quiz.storage import Address, ShareLink, Storage, TeamLinks
from quiz.storage.backup import back_up
from quiz.storage.restore import Restored, RestoreError, restore
from quiz.teams import Publication, Round
from tests.checks import stored_response, stored_rows
from tests.factories import DAY, WHEN, expire, fill_second_view, make_owner, run_expiry, start_response
from tests.fault_injection import bytes_on_disk, open_database

# Whole databases are copied and restored.
pytestmark = [pytest.mark.both_engines, pytest.mark.thorough]

#: The day of the backup, and the day of what happens after it.
LATER = "2026-06-07"


@dataclass
class Instance:
    """A database, a place for its backup, and the people and teams in it."""

    database: Storage
    address: Address
    copy: Path

    def back_up(self) -> None:
        back_up(self.address, self.copy, day=DAY, replace=True)

    def restore(self) -> Restored:
        self.database.close()
        folder = self.copy.parent
        return restore(self.copy, self.address, day=LATER, tombstone_days=30, replace=True, folder=folder)


@pytest.fixture
def instance(database: Storage, address: Address, tmp_path: Path) -> Instance:
    return Instance(database, address, tmp_path / "monday.db")


def count_all(team, candidates):
    return Publication(f'{{"people": {len(candidates)}}}', [one.response for one in candidates if not one.counted])


def make_team(database: Storage, kind: str = "anonymous") -> tuple[str, str]:
    """Lead hash and join hash of a new team."""
    lead, join_hash = make_owner(), make_owner()
    database.create_team(lead, join_hash, number=1, name="Team", kind=kind, minimum=5, day=DAY)  # type: ignore[arg-type]
    return lead, join_hash


def join(database: Storage, join_hash: str, people: int, *, finished: str = DAY) -> list[str]:
    owners = [start_response(database) for _ in range(people)]
    for number, owner_hash in enumerate(owners, 1):
        database.finish_response(owner_hash, day=finished)
        database.join_team(join_hash, owner_hash, name=f"Person {number}", shares_wishes=True, day=DAY)
    return owners


def rounds_of(database: Storage, lead: str) -> tuple[Round, ...]:
    team = database.load_team(lead)
    assert team
    return team.rounds


# Rounds


def test_a_round_published_since_the_backup_stays_published_and_is_never_reopened(instance):
    database = instance.database
    lead, join_hash = make_team(database)
    owners = join(database, join_hash, 5)
    instance.back_up()
    database.close_round(lead, count_all, day=LATER)
    before = rounds_of(database, lead)
    instance.restore()
    assert rounds_of(database, lead) == before
    newcomers = join(database, join_hash, 1, finished=LATER)
    assert all(database.is_counted(owner_hash) for owner_hash in owners)
    assert database.close_round(lead, count_all, day=LATER) is False, "no round is open"
    assert database.open_round(lead, day=LATER)
    assert [round.number for round in rounds_of(database, lead)] == [1, 2]
    counted = []
    database.close_round(lead, lambda team, people: counted.extend(people), day=LATER)
    assert [one.counted for one in counted].count(False) == len(newcomers)


def test_a_round_opened_since_the_backup_stays_open(instance):
    database = instance.database
    lead, join_hash = make_team(database)
    join(database, join_hash, 5)
    database.close_round(lead, count_all, day=DAY)
    instance.back_up()
    database.open_round(lead, day=LATER)
    before = rounds_of(database, lead)
    instance.restore()
    assert rounds_of(database, lead) == before


def test_a_round_withdrawn_since_the_backup_stays_withdrawn(instance):
    database = instance.database
    lead, join_hash = make_team(database)
    owners = join(database, join_hash, 5)
    database.close_round(lead, count_all, day=DAY)
    instance.back_up()
    database.delete_response(owners[0], day=LATER)
    before = rounds_of(database, lead)
    instance.restore()
    assert rounds_of(database, lead) == before
    assert [(round.people, round.deleted) for round in before] == [(5, 1)]


def test_a_tie_that_was_removed_since_the_backup_stays_removed(instance):
    database = instance.database
    lead, join_hash = make_team(database)
    owners = join(database, join_hash, 6)
    database.close_round(lead, count_all, day=DAY)
    instance.back_up()
    assert expire(database, "2026-09-30", rounds_before=LATER)["round"] == 6
    instance.restore()
    database.delete_response(owners[0], day=LATER)
    assert [round.deleted for round in rounds_of(database, lead)] == [0]
    assert all(database.is_counted(owner_hash) for owner_hash in owners[1:])


def test_a_response_counted_by_a_team_of_after_the_backup_is_never_counted_again(instance):
    database = instance.database
    owner_hash = start_response(database)
    database.finish_response(owner_hash, day=WHEN["day"])
    instance.back_up()
    lead, join_hash = make_team(database)
    database.join_team(join_hash, owner_hash, name="", shares_wishes=False, day=DAY)
    database.close_round(lead, count_all, day=LATER)
    instance.restore()
    assert database.load_team(lead) is None
    assert database.is_counted(owner_hash)


def test_a_minimum_raised_since_the_backup_stays_raised(instance):
    database = instance.database
    lead, _ = make_team(database)
    instance.back_up()
    database.raise_minimum(lead, 10)
    instance.restore()
    assert database.load_team(lead).minimum == 10


# Links, teams and memberships


def test_links_of_a_team_replaced_since_the_backup_stay_replaced(instance):
    database = instance.database
    lead, join_hash = make_team(database)
    new_lead, new_join_hash = make_owner(), make_owner()
    instance.back_up()
    database.replace_links(lead, [TeamLinks(new_lead, new_join_hash, 2)], day=LATER)
    instance.restore()
    assert database.load_team(lead) is database.load_team_by_join_link(join_hash) is None
    assert database.load_team(new_lead) == database.load_team_by_join_link(new_join_hash)


@pytest.mark.parametrize("replaced_before", [False, True])
def test_a_team_deleted_since_the_backup_stays_deleted(instance, replaced_before):
    database = instance.database
    lead, join_hash = make_team(database)
    owners = join(database, join_hash, 5)
    instance.back_up()
    if replaced_before:
        new_lead = make_owner()
        database.replace_links(lead, [TeamLinks(new_lead, make_owner(), 2)], day=LATER)
        lead = new_lead
    database.delete_team(lead, day=LATER)
    instance.restore()
    assert database.load_all_teams() == ()
    assert all(database.load_response(owner_hash) for owner_hash in owners)
    assert not any(database.load_membership(owner_hash) for owner_hash in owners)


def test_a_share_link_ended_since_the_backup_stays_ended(instance):
    database = instance.database
    owner_hash, ended, other = start_response(database), make_owner(), make_owner()
    for number, share_hash in ((1, ended), (2, other)):
        database.create_share_link(owner_hash, ShareLink(number, "", False, False, DAY), share_hash=share_hash)
    instance.back_up()
    database.delete_share_link(owner_hash, 1, day=LATER)
    instance.restore()
    assert database.load_shared_response(ended) is None
    assert database.load_shared_response(other)


def test_a_share_link_made_and_ended_since_the_backup_stays_ended(instance):
    database = instance.database
    owner_hash, ended = start_response(database), make_owner()
    instance.back_up()
    database.create_share_link(owner_hash, ShareLink(1, "", False, False, DAY), share_hash=ended)
    database.delete_share_link(owner_hash, 1, day=LATER)
    instance.restore()
    assert database.load_shared_response(ended) is None


def test_a_membership_left_since_the_backup_stays_left(instance):
    database = instance.database
    (_, join_hash), (_, other_join_hash) = make_team(database, "open"), make_team(database, "open")
    leaver, stayer, mover, returner = join(database, join_hash, 4)
    instance.back_up()
    for owner_hash in (leaver, mover, returner):
        database.leave_team(owner_hash, day=LATER)
    database.join_team(other_join_hash, mover, name="Kim", shares_wishes=False, day=DAY)
    database.join_team(join_hash, returner, name="Kim", shares_wishes=True, day=DAY)
    instance.restore()
    memberships = [database.load_membership(owner_hash) for owner_hash in (leaver, stayer, mover, returner)]
    assert [membership is not None for membership in memberships] == [False, True, False, True]


def test_wishes_hidden_from_a_team_and_names_changed_since_the_backup_stay_so(instance):
    database = instance.database
    _, join_hash = make_team(database, "open")
    hides, shows = join(database, join_hash, 2)
    instance.back_up()
    database.join_team(join_hash, hides, name="Kim", shares_wishes=False, day=DAY)
    instance.restore()
    assert [database.load_membership(owner_hash).name for owner_hash in (hides, shows)] == ["Kim", "Person 2"]
    assert [database.load_membership(owner_hash).shares_wishes for owner_hash in (hides, shows)] == [False, True]


# Responses


def test_a_response_and_what_it_repeats_stay_deleted(instance):
    database = instance.database
    first, second = start_response(database), make_owner()
    database.create_response(second, **WHEN, earlier=first)
    instance.back_up()
    database.delete_response(second, day=LATER)
    assert instance.restore() == Restored(responses=0, deleted=2, warnings=())


def test_a_response_that_was_repeated_since_the_backup_is_restored_alone(instance):
    database = instance.database
    first, second = start_response(database), make_owner()
    instance.back_up()
    database.create_response(second, **WHEN, earlier=first)
    instance.restore()
    assert database.load_response(first)
    assert database.load_response(second) is None


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("", "", ("", "")),
        ("", "new words", ("", "old words")),
        ("new title", "", ("old title", "")),
        ("new title", "new words", ("old title", "old words")),
    ],
)
def test_a_title_or_text_emptied_since_the_backup_stays_empty(instance, title, text, expected):
    database = instance.database
    owner_hash = start_response(database)
    database.save_details(owner_hash, contacts=[], title="old title", text="old words", day=WHEN["day"])
    instance.back_up()
    database.save_details(owner_hash, contacts=[], title=title, text=text, day=WHEN["day"])
    instance.restore()
    restored = stored_response(database, owner_hash)
    assert (restored.title, restored.text) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (None, None),
        (JobGoal("new name", ("bread",)), None),
        (JobGoal("old name", ("bread",)), JobGoal("old name", ("dough", "flour"))),
    ],
    ids=["removed", "replaced", "kept"],
)
def test_a_job_goal_removed_or_replaced_since_the_backup_does_not_come_back(instance, engine, now, expected):
    database = instance.database
    owner_hash = start_response(database)
    database.save_job_goal(owner_hash, JobGoal("old name", ("dough", "flour")), day=WHEN["day"])
    instance.back_up()
    database.save_job_goal(owner_hash, now, day=WHEN["day"])
    instance.restore()
    assert stored_response(database, owner_hash).job_goal == expected
    if engine == "sqlite":
        assert (b"old name" in bytes_on_disk(database.file)) == bool(expected)


@pytest.mark.sqlite_only
def test_an_emptied_text_is_in_no_file_after_a_restore(instance):
    database = instance.database
    owner_hash = start_response(database)
    database.save_details(owner_hash, contacts=[], title="", text="canary sings", day=WHEN["day"])
    instance.back_up()
    database.save_details(owner_hash, contacts=[], title="", text="", day=WHEN["day"])
    instance.restore()
    assert b"canary" not in bytes_on_disk(database.file)


def test_feedback_is_restored_unless_it_was_taken_back_since_the_backup(instance):
    database = instance.database
    kept, taken_back = start_response(database), start_response(database)
    feedback = Feedback("partly", {"data-engineer": "too-much"})
    for owner_hash in (kept, taken_back):
        database.save_feedback(owner_hash, feedback, day=WHEN["day"])
    instance.back_up()
    database.save_feedback(kept, Feedback("no", {}), day=WHEN["day"])
    database.save_feedback(taken_back, None, day=WHEN["day"])
    instance.restore()
    assert stored_response(database, kept).feedback == feedback
    assert stored_response(database, taken_back).feedback is None


def test_agreed_actions_are_restored_without_those_removed_since_the_backup(instance, engine):
    database = instance.database
    edits, deletes = start_response(database), start_response(database)
    actions = [AgreedAction(1, "canary sings"), AgreedAction(2, "Ask Kim", DAY)]
    database.save_agreed_actions(edits, actions, next_look=DAY, day=WHEN["day"])
    database.save_agreed_actions(deletes, [AgreedAction(1, "canary cage")], next_look=None, day=WHEN["day"])
    instance.back_up()
    edited = [AgreedAction(2, "Ask Bo"), AgreedAction(3, "Read")]
    database.save_agreed_actions(edits, edited, next_look=None, day=WHEN["day"])
    database.delete_response(deletes, day=LATER)
    instance.restore()
    response = stored_response(database, edits)
    assert (response.agreed_actions, response.next_look) == ((AgreedAction(2, "Ask Kim", DAY),), DAY)
    if engine == "sqlite":
        assert b"canary" not in bytes_on_disk(database.file)


def test_agreed_actions_of_a_response_that_is_gone_are_restored_with_it(instance):
    database = instance.database
    owner_hash = start_response(database)
    database.save_agreed_actions(owner_hash, [AgreedAction(1, "Ask Kim")], next_look=None, day=WHEN["day"])
    instance.back_up()
    expire(database, "2028-06-30", responses_before="2027-05-31")
    instance.restore()
    assert stored_response(database, owner_hash).agreed_actions == (AgreedAction(1, "Ask Kim"),)


def test_an_expired_response_is_restored_and_judged_anew(instance):
    database = instance.database
    owner_hash = start_response(database)
    run_expiry(database, "2028-05-31", responses_before="2027-05-31")
    instance.back_up()
    expire(database, "2028-06-30", responses_before="2027-05-31")
    assert database.load_response(owner_hash) is None
    instance.restore()
    assert database.load_response(owner_hash)
    # The note that the backup contains does not count: again it takes two runs.
    assert run_expiry(database, "2028-07-01", responses_before="2027-05-31").deleted["response"] == 0
    assert run_expiry(database, "2028-07-04", responses_before="2027-05-31").deleted["response"] == 1


def test_answers_come_from_the_backup(instance):
    database = instance.database
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    instance.back_up()
    database.save_answers(owner_hash, {"dough": "never", "oven": "daily"}, **WHEN)
    instance.restore()
    assert stored_response(database, owner_hash).answers == {"dough": "daily"}


def test_restoring_twice_gives_the_same(instance):
    database = instance.database
    lead, join_hash = make_team(database)
    owners = join(database, join_hash, 6)
    instance.back_up()
    database.close_round(lead, count_all, day=LATER)
    database.delete_response(owners[0], day=LATER)
    instance.restore()
    first = database.load_team(lead)
    assert instance.restore().warnings == ()
    assert database.load_team(lead) == first


# Hostile backups


def hidden_trigger(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute(
            "CREATE TRIGGER _sqlite_hidden AFTER INSERT ON response"
            f" BEGIN INSERT INTO share_link SELECT id, 1, '{'e' * 64}', '', 1, 1, '{DAY}' FROM response; END"
        )


def trigger_with_a_reserved_name(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("CREATE TRIGGER hidden AFTER INSERT ON response BEGIN DELETE FROM tombstone; END")
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_schema SET name = 'sqlite_hidden', sql = replace(sql, 'hidden', 'sqlite_hidden')"
            " WHERE name = 'hidden'"
        )


def view(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("CREATE VIEW _sqlite_view AS SELECT * FROM response")


def table_that_prevents_deletion(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("CREATE TABLE extra (response INTEGER REFERENCES response (id) ON DELETE RESTRICT)")


def unique_index(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("CREATE UNIQUE INDEX extra ON response (started)")


@pytest.mark.parametrize(
    "add", [hidden_trigger, trigger_with_a_reserved_name, view, table_that_prevents_deletion, unique_index]
)
def test_a_backup_that_could_change_our_data_is_refused(instance, add: Callable[[Path], None]):
    instance.back_up()
    owner_hash = start_response(instance.database)
    add(instance.copy)
    with pytest.raises(RestoreError, match="is not a database of Many Hats: there is a "):
        instance.restore()
    assert instance.database.load_response(owner_hash), "nothing changed"


# Second views


@pytest.mark.parametrize("opened", [False, True], ids=["sealed", "opened"])
@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_a_second_view_deleted_since_the_backup_stays_deleted(instance, who, opened):
    database = instance.database
    deleted, other = start_response(database), start_response(database)
    view_hash, viewer_hash = fill_second_view(database, deleted, "deleted", opened=opened)
    fill_second_view(database, other, "stays")
    instance.back_up()
    if who == "owner":
        database.end_second_view(deleted, day=LATER)
    else:
        database.withdraw_second_view(viewer_hash, day=LATER)
    instance.restore()
    assert database.load_second_view(deleted) is None
    assert database.load_requested_view(view_hash) is database.load_viewer(viewer_hash) is None
    assert [row["question"] for row in stored_rows(database, "second_view_answer")] == ["stays-seen"]
    restored = database.load_second_view(other)
    assert restored
    assert restored.viewer_answers == {"stays-seen": "stays"}


def change_second_view(database: Storage, owner_hash: str, viewer_hash: str, steps: str) -> None:
    """Let the two sides of a second view do what the words in `steps` say, one after another."""
    for step in steps.split():
        if step == "send":
            assert database.send_second_view(viewer_hash, day=LATER)
        elif step == "take-back":
            assert database.take_back_second_view(viewer_hash, day=LATER)
        elif step == "open":
            assert database.open_second_view(owner_hash, day=LATER)
        elif step == "change":
            assert database.save_viewer_answers(viewer_hash, {"seen-seen": "changed"})
            assert database.save_priorities(viewer_hash, ["other"], is_sent=True)
        else:
            assert database.show_on_sheet(owner_hash, True)


@pytest.mark.parametrize(
    ("before", "since"),
    [
        ("", "take-back"),
        ("", "take-back change send"),
        ("", "take-back change send open"),
        ("take-back", "change send open"),
        ("open", "show"),
    ],
)
def test_a_second_view_stays_as_it_is_now(instance, before, since):
    database = instance.database
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"seen-seen": "own"}, **WHEN)
    view_hash, viewer_hash = fill_second_view(database, owner_hash, "seen", opened=False)
    change_second_view(database, owner_hash, viewer_hash, before)
    instance.back_up()
    change_second_view(database, owner_hash, viewer_hash, since)
    expected = database.load_second_view(owner_hash), database.load_viewer(viewer_hash)
    instance.restore()
    assert (database.load_second_view(owner_hash), database.load_viewer(viewer_hash)) == expected
    assert database.load_requested_view(view_hash)
    assert database.begin_second_view(view_hash, [make_owner()]) is None, "somebody has begun"


def test_a_second_view_asked_for_and_opened_since_the_backup_stays_open(instance):
    database = instance.database
    owner_hash = start_response(database)
    instance.back_up()
    _, viewer_hash = fill_second_view(database, owner_hash, "seen")
    expected = database.load_second_view(owner_hash), database.load_viewer(viewer_hash)
    instance.restore()
    assert (database.load_second_view(owner_hash), database.load_viewer(viewer_hash)) == expected


def test_a_second_view_that_expired_since_the_backup_is_restored_and_judged_anew(instance):
    database = instance.database
    owner_hash = start_response(database)
    _, viewer_hash = fill_second_view(database, owner_hash, "seen", opened=False)
    database.take_back_second_view(viewer_hash, day=DAY)
    instance.back_up()
    assert expire(database, "2026-09-01", drafts_before="2026-08-01")["second_view"] == 1
    instance.restore()
    assert database.load_second_view(owner_hash)


def test_a_second_view_of_a_response_that_is_not_in_the_backup_is_lost_with_it(instance):
    database = instance.database
    stays = start_response(database)
    instance.back_up()
    fill_second_view(database, start_response(database), "lost")
    instance.restore()
    assert database.load_response(stays)
    assert stored_rows(database, "second_view") == stored_rows(database, "second_view_answer") == []
