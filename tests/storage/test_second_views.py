"""Second views in storage: what each side can load, when it can change, and how it ends."""

from __future__ import annotations

from typing import TypedDict

import pytest

from quiz.storage import DRAFT_DAYS, MIN_DAYS_OVERDUE, PageSave, SecondView, Storage
from quiz.storage.schema import TABLES
from quiz.storage.sqlite import SqliteFile
from quiz.web.app import days_after
from tests.checks import count_stored, stored_rows
from tests.factories import CANARY, DAY, WHEN, expire, fill_second_view, make_owner, run_expiry, start_response
from tests.fault_injection import bytes_on_disk


class Names(TypedDict):
    """How the two call each other, as arguments."""

    owner_name: str
    viewer_name: str


NAMES: Names = {"owner_name": "Ada", "viewer_name": "Kim"}


def ask(database: Storage, owner_hash: str, view_hash: str, number: int = 1) -> bool:
    return database.create_second_view(owner_hash, **NAMES, day=DAY, view_hash=view_hash, number=number)


def for_owner(database: Storage, owner_hash: str) -> SecondView:
    second_view = database.load_second_view(owner_hash)
    assert second_view
    return second_view


def for_viewer(database: Storage, viewer_hash: str) -> SecondView:
    second_view = database.load_viewer(viewer_hash)
    assert second_view
    return second_view


def test_before_the_opening_nobody_loads_the_other_side(database):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"pipelines": "daily"}, **WHEN)
    view_hash, viewer_hash = fill_second_view(database, owner_hash, "seen", opened=False)
    for second_view in (for_owner(database, owner_hash), database.load_requested_view(view_hash)):
        assert second_view
        assert (second_view.viewer_answers, second_view.owner_answers, second_view.priorities) == ({}, {}, ())
    own = for_viewer(database, viewer_hash)
    assert (own.viewer_answers, own.owner_answers, own.priorities) == ({"seen-seen": "seen"}, {}, ("seen-priority",))


def test_after_the_opening_both_load_the_same_and_the_view_link_nothing(database):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"pipelines": "daily"}, **WHEN)
    view_hash, viewer_hash = fill_second_view(database, owner_hash, "seen")
    assert for_owner(database, owner_hash) == for_viewer(database, viewer_hash)
    assert for_owner(database, owner_hash).owner_answers == {"pipelines": "daily"}
    requested = database.load_requested_view(view_hash)
    assert requested
    assert (requested.viewer_answers, requested.owner_answers, requested.priorities) == ({}, {}, ())


def test_what_is_opened_does_not_change(database):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"pipelines": "daily"}, **WHEN)
    _, viewer_hash = fill_second_view(database, owner_hash, "seen")
    opened = for_owner(database, owner_hash)
    database.save_answers(owner_hash, {"pipelines": "never", "insights": "daily"}, **WHEN)
    assert not database.save_viewer_answers(viewer_hash, {"seen-seen": "daily"})
    assert not database.save_priorities(viewer_hash, ["insights"], is_sent=True)
    assert not database.send_second_view(viewer_hash, day="2026-06-30")
    assert not database.take_back_second_view(viewer_hash, day="2026-06-30")
    assert database.open_second_view(owner_hash, day="2026-06-30"), "opening it again is not an error"
    assert for_owner(database, owner_hash) == opened == for_viewer(database, viewer_hash)


def test_only_what_was_sent_can_be_opened_and_only_a_draft_changes(database):
    owner_hash, view_hash, viewer_hash = start_response(database), make_owner(), make_owner()
    assert not database.open_second_view(owner_hash, day=DAY)
    ask(database, owner_hash, view_hash)
    database.begin_second_view(view_hash, [viewer_hash])
    assert not database.open_second_view(owner_hash, day=DAY)
    assert not database.show_on_sheet(owner_hash, True)
    assert not database.take_back_second_view(viewer_hash, day=DAY)
    assert database.send_second_view(viewer_hash, day=DAY)
    assert not database.save_viewer_answers(viewer_hash, {"insights": "daily"})
    assert database.take_back_second_view(viewer_hash, day="2026-06-01")
    assert not database.open_second_view(owner_hash, day=DAY)
    assert database.save_viewer_answers(viewer_hash, {"insights": "daily"})
    assert database.send_second_view(viewer_hash, day="2026-06-02")
    assert database.open_second_view(owner_hash, day="2026-06-03")
    assert database.show_on_sheet(owner_hash, True)
    second_view = for_owner(database, owner_hash)
    assert (second_view.draft_since, second_view.sent, second_view.opened) == ("2026-06-01", "2026-06-02", "2026-06-03")
    assert second_view.on_sheet


def test_somebody_begins_once(database):
    owner_hash, view_hash, viewer_hash = start_response(database), make_owner(), make_owner()
    ask(database, owner_hash, view_hash)
    assert database.begin_second_view(view_hash, [viewer_hash, make_owner()]) == viewer_hash
    assert database.begin_second_view(view_hash, [make_owner(), viewer_hash]) == viewer_hash, "the form was sent twice"
    assert database.begin_second_view(view_hash, [make_owner()]) is None
    database.save_priorities(viewer_hash, ["insights"], is_sent=False)
    assert database.begin_second_view(view_hash, [viewer_hash]) is None, "something was ticked, so nobody else gets it"
    database.save_priorities(viewer_hash, [], is_sent=False)
    database.save_viewer_answers(viewer_hash, {"insights": "daily"})
    assert database.begin_second_view(view_hash, [viewer_hash]) is None, "it has answers, so nobody else gets it"


def test_a_response_has_one_second_view_and_a_form_sent_twice_asks_once(database):
    owner_hash, first, second = start_response(database), make_owner(), make_owner()
    assert ask(database, owner_hash, first)
    assert database.create_second_view(
        owner_hash, **NAMES, day=DAY, view_hash=second, number=2, same_form={second: 2, first: 1}
    )
    assert for_owner(database, owner_hash).number == 1
    assert not ask(database, owner_hash, second, 2)
    assert not ask(database, make_owner(), second, 2)
    database.end_second_view(owner_hash, day=DAY)
    assert not ask(database, owner_hash, first), "an ended link is never used again"
    assert ask(database, owner_hash, second, 2)


def test_a_save_that_arrives_after_a_later_one_changes_nothing(database):
    owner_hash, view_hash, viewer_hash = start_response(database), make_owner(), make_owner()
    ask(database, owner_hash, view_hash)
    database.begin_second_view(view_hash, [viewer_hash])
    for number, answer in ((2, "weekly"), (1, "daily")):
        assert database.save_viewer_answers(viewer_hash, {"insights": answer}, page_save=PageSave("page", number))
    for number, priorities in ((4, ["insights"]), (3, ["trends"])):
        saved = database.save_priorities(viewer_hash, priorities, is_sent=False, page_save=PageSave("page", number))
        assert saved
    second_view = for_viewer(database, viewer_hash)
    assert second_view.viewer_answers == {"insights": "weekly"}
    assert (second_view.priorities, second_view.has_sent_priorities) == (("insights",), False)


def stored_content(database: Storage) -> str:
    """All rows; with SQLite, all bytes of its files."""
    if isinstance(database.engine, SqliteFile):
        return bytes_on_disk(database.file).decode("latin-1")
    return str([stored_rows(database, table) for table in TABLES])


@pytest.mark.parametrize("who", ["owner", "viewer", "response"])
@pytest.mark.parametrize("opened", [False, True], ids=["sealed", "opened"])
def test_a_deleted_second_view_leaves_only_tombstones_in_the_database(database, who, opened):
    owner_hash, other = start_response(database), start_response(database)
    view_hash, viewer_hash = fill_second_view(database, owner_hash, CANARY, opened=opened)
    fill_second_view(database, other, "stays")
    assert CANARY in stored_content(database)
    if who == "owner":
        assert database.end_second_view(owner_hash, day=DAY)
    elif who == "viewer":
        assert database.withdraw_second_view(viewer_hash, day=DAY)
    else:
        assert database.delete_response(owner_hash, day=DAY)
    assert CANARY not in stored_content(database)
    assert database.load_second_view(owner_hash) is None
    assert database.load_requested_view(view_hash) is database.load_viewer(viewer_hash) is None
    assert not database.withdraw_second_view(viewer_hash, day=DAY)
    assert not database.end_second_view(owner_hash, day=DAY)
    tables = ("second_view", "viewer", "second_view_answer", "priority")
    counts = [count_stored(database, name) for name in tables]
    assert counts == [1, 1, 1, 1], "only the other one is left"


def test_the_owner_response_does_not_change_when_the_viewer_answers(database):
    owner_hash = start_response(database, "2026-01-01")
    _, viewer_hash = fill_second_view(database, owner_hash, "seen", opened=False)
    database.take_back_second_view(viewer_hash, day=DAY)
    response = database.load_response(owner_hash)
    assert response
    assert response.changed == "2026-01-01"


def test_a_draft_ends_after_sixty_days_and_what_was_sent_does_not(database):
    owners = [start_response(database) for _ in range(3)]
    views = [make_owner() for _ in owners]
    for owner_hash, view_hash in zip(owners, views, strict=True):
        ask(database, owner_hash, view_hash)
    sent, taken_back = make_owner(), make_owner()
    for view_hash, viewer_hash in zip(views[1:], (sent, taken_back), strict=True):
        database.begin_second_view(view_hash, [viewer_hash])
        database.send_second_view(viewer_hash, day=DAY)
    database.take_back_second_view(taken_back, day=days_after(DAY, 30))

    def left(day: str) -> list[bool]:
        limit = days_after(day, -DRAFT_DAYS)
        run_expiry(database, days_after(day, -MIN_DAYS_OVERDUE), drafts_before=limit)
        run_expiry(database, day, drafts_before=limit)
        return [database.load_second_view(owner_hash) is not None for owner_hash in owners]

    assert left(days_after(DAY, DRAFT_DAYS)) == [True, True, True]
    assert left(days_after(DAY, DRAFT_DAYS + 1)) == [False, True, True]
    assert left(days_after(DAY, 30 + DRAFT_DAYS)) == [False, True, True]
    assert left(days_after(DAY, 30 + DRAFT_DAYS + 1)) == [False, True, False]
    assert left(days_after(DAY, 5000)) == [False, True, False]
    assert count_stored(database, "tombstone") == 0, "what expired has no tombstone"


def test_a_draft_that_is_sent_after_it_was_noted_stays(database):
    owner_hash, view_hash, viewer_hash = start_response(database), make_owner(), make_owner()
    ask(database, owner_hash, view_hash)
    database.begin_second_view(view_hash, [viewer_hash])
    assert run_expiry(database, "2026-09-01", drafts_before="2026-07-01").noted["second_view"] == 1
    database.send_second_view(viewer_hash, day="2026-09-02")
    assert expire(database, "2026-10-01", drafts_before="2026-08-01")["second_view"] == 0
    assert database.load_second_view(owner_hash)


def test_a_second_view_ends_with_the_retention_of_its_response(database):
    owner_hash = start_response(database)
    _, viewer_hash = fill_second_view(database, owner_hash, "seen")
    assert expire(database, "2028-01-01", responses_before="2027-01-01")["response"] == 1
    assert database.load_viewer(viewer_hash) is None
