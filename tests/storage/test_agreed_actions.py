"""What two people agreed: saved, edited, removed, and marked by a later response of the same person."""

from __future__ import annotations

import pytest

from quiz import storage
from quiz.bank import MAX_ACTION_LENGTH, MAX_ACTIONS, AgreedAction
from quiz.storage import PageSave, Storage
from tests.checks import stored_response
from tests.factories import CANARY, DAY, WHEN, expire, make_owner, start_response
from tests.fault_injection import FIXED_SQLITE, bytes_on_disk, open_database, set_sqlite_version

ACTIONS = (AgreedAction(1, "Ask Kim", "2026-08-31"), AgreedAction(3, "Read the manual"))


def agree(database: Storage, owner_hash: str, *actions: AgreedAction, next_look: str | None = None) -> None:
    assert database.save_agreed_actions(owner_hash, actions, next_look=next_look, day=WHEN["day"])


@pytest.fixture
def owner_hash(database: Storage) -> str:
    """The owner hash of a response with two agreed actions and a day of the next look."""
    owner_hash = start_response(database)
    agree(database, owner_hash, *ACTIONS, next_look="2026-09-01")
    return owner_hash


def test_what_was_agreed_is_loaded_as_it_was_saved(database, owner_hash):
    response = stored_response(database, owner_hash)
    assert (response.agreed_actions, response.next_look) == (ACTIONS, "2026-09-01")
    longest = [AgreedAction(n, "ü" * MAX_ACTION_LENGTH) for n in range(1, MAX_ACTIONS + 1)]
    agree(database, owner_hash, *longest)
    response = stored_response(database, owner_hash)
    assert (response.agreed_actions, response.next_look) == (tuple(longest), None)


def test_saving_again_replaces_all_of_it(database, owner_hash):
    agree(database, owner_hash, AgreedAction(2, "Ask Bo"))
    response = stored_response(database, owner_hash)
    assert (response.agreed_actions, response.next_look) == ((AgreedAction(2, "Ask Bo"),), None)
    agree(database, owner_hash)
    assert stored_response(database, owner_hash).agreed_actions == ()


def test_a_save_that_arrives_after_a_later_one_of_its_page_changes_nothing(database, owner_hash):
    for number, text in ((2, "second"), (1, "first")):
        actions = [AgreedAction(1, text)]
        save = PageSave("page", number)
        assert database.save_agreed_actions(owner_hash, actions, next_look=None, day=WHEN["day"], page_save=save)
    assert stored_response(database, owner_hash).agreed_actions == (AgreedAction(1, "second"),)


def test_an_unknown_owner_hash_changes_nothing(database, owner_hash):
    assert not database.save_agreed_actions(make_owner(), ACTIONS, next_look=None, day=WHEN["day"])
    assert not database.save_outcomes(make_owner(), {1: "done"}, day=WHEN["day"])
    assert stored_response(database, owner_hash).agreed_actions == ACTIONS


def test_a_later_response_marks_the_actions_of_the_one_that_it_repeats(database, owner_hash):
    later, stranger = make_owner(), start_response(database)
    database.create_response(later, **WHEN, earlier=owner_hash)
    agree(database, later, AgreedAction(1, "Ask Kim"))
    assert database.save_outcomes(later, {1: "done", 2: "dropped"}, day=WHEN["day"])
    assert database.save_outcomes(stranger, {1: "dropped", 3: "dropped"}, day=WHEN["day"])
    outcomes = [action.outcome for action in stored_response(database, owner_hash).agreed_actions]
    assert outcomes == ["done", ""], "number 2 does not exist, and nobody else can mark"
    assert stored_response(database, later).agreed_actions == (AgreedAction(1, "Ask Kim"),), "its own are not marked"
    assert database.save_outcomes(later, {1: ""}, day=WHEN["day"])
    assert stored_response(database, owner_hash).agreed_actions == ACTIONS


def test_an_action_keeps_its_outcome_until_its_text_changes(database, owner_hash):
    later = make_owner()
    database.create_response(later, **WHEN, earlier=owner_hash)
    database.save_outcomes(later, {1: "done", 3: "not-yet"}, day=WHEN["day"])
    agree(database, owner_hash, AgreedAction(1, "Ask Kim", "2026-12-31"), AgreedAction(3, "Read all of it"))
    actions = stored_response(database, owner_hash).agreed_actions
    assert [(action.due, action.outcome) for action in actions] == [("2026-12-31", "done"), ("", "")]


def test_a_retake_begins_with_wishes_and_goals_and_without_agreed_actions(database, owner_hash):
    database.save_goals(owner_hash, wishes={"dough": "less"}, goals=["baker"], day=WHEN["day"])
    later = make_owner()
    database.create_response(later, **WHEN, earlier=owner_hash)
    response = stored_response(database, later)
    assert (response.wishes, response.goals) == ({"dough": "less"}, ("baker",))
    assert (response.agreed_actions, response.next_look) == ((), None)
    again = make_owner()
    assert database.create_response(again, **WHEN, same_form=[later]) == later, "it is unused: nothing else is in it"


@pytest.mark.parametrize("actions", [(), (AgreedAction(1, "Ask Bo"),), (AgreedAction(2, "Ask Kim"),)], ids=str)
def test_an_action_that_was_removed_is_in_no_file(file, monkeypatch, actions):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    database = Storage(file)
    owner_hash = start_response(database)
    agree(database, owner_hash, AgreedAction(1, CANARY))
    assert CANARY.encode() in bytes_on_disk(file)
    agree(database, owner_hash, *actions)
    assert CANARY.encode() not in bytes_on_disk(file)
    database.close()


@pytest.mark.parametrize("is_expired", [False, True])
def test_what_was_agreed_ends_with_its_response(database, file, is_expired):
    kept, ended = start_response(database, "2028-05-30"), start_response(database)
    for owner_hash, text in ((kept, "Ask Kim"), (ended, CANARY)):
        actions = [AgreedAction(1, text)]
        database.save_agreed_actions(owner_hash, actions, next_look=DAY, day="2028-05-30")
    if is_expired:
        with database.write_transaction() as db:
            db.execute("UPDATE response SET changed = ? WHERE owner_hash = ?", (DAY, ended))
        assert expire(database, "2028-06-30", responses_before="2027-05-31")["response"] == 1
    else:
        database.delete_response(ended, day=DAY)
    with open_database(file) as db:
        assert [row["text"] for row in db["agreed_action"].rows] == ["Ask Kim"]
    assert CANARY.encode() not in bytes_on_disk(file)
