"""Nothing is deleted because of one wrong clock or one wrong setting; what stays overdue is deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from quiz import create_app
from quiz.storage import MIN_DAYS_OVERDUE, ROUND_TIE_DAYS, Storage
from quiz.teams import Publication
from quiz.web.app import App
from tests.checks import count_stored, sqlite_connection
from tests.clients import Client
from tests.factories import DAY, WHEN, expire, make_owner, run_expiry, start_response

pytestmark = pytest.mark.both_engines

#: Two years after `DAY`: every response of these tests is overdue then.
TWO_YEARS_LATER = "2028-05-31"
RETENTION = {"responses_before": "2027-05-31", "teams_before": "2027-05-31"}


def days_after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def make_team(database: Storage, people: int = 5) -> tuple[str, list[str]]:
    """An anonymous team with a closed round. Returns its lead hash and the owner hashes of its members."""
    lead, join_hash = make_owner(), make_owner()
    database.create_team(lead, join_hash, number=1, name="Team", kind="anonymous", minimum=5, day=DAY)
    owners = [start_response(database) for _ in range(people)]
    for owner_hash in owners:
        database.finish_response(owner_hash, day=WHEN["day"])
        database.join_team(join_hash, owner_hash, name="", shares_wishes=False, day=DAY)
    database.close_round(
        lead, lambda team, candidates: Publication("{}", [one.response for one in candidates]), day=DAY
    )
    return lead, owners


# Responses


def test_an_overdue_response_is_noted_first_and_deleted_some_days_later(database):
    owner_hash = start_response(database)
    assert run_expiry(database, "2027-06-01", **RETENTION).noted["response"] == 1
    for days in range(1, MIN_DAYS_OVERDUE):
        expiry = run_expiry(database, days_after("2027-06-01", days), **RETENTION)
        assert (expiry.noted["response"], expiry.deleted["response"]) == (0, 0)
    assert database.load_response(owner_hash)
    assert run_expiry(database, days_after("2027-06-01", MIN_DAYS_OVERDUE), **RETENTION).deleted["response"] == 1
    assert database.load_response(owner_hash) is None


def test_responses_of_one_day_expire_together(database):
    for _ in range(50):
        start_response(database)
    assert expire(database, "2027-06-30", **RETENTION)["response"] == 50


def test_an_expired_response_has_no_tombstone(database):
    start_response(database)
    expire(database, "2027-06-30", **RETENTION)
    assert count_stored(database, "tombstone") == 0


@pytest.mark.parametrize("change", ["answer", "extend"])
def test_a_response_that_is_changed_after_the_note_starts_again(database, change):
    owner_hash = start_response(database)
    run_expiry(database, "2027-06-01", **RETENTION)
    if change == "answer":
        database.save_answers(owner_hash, {"dough": "daily"}, bank="1", day="2027-06-02")
    else:
        database.extend_expiry(owner_hash, day="2027-06-02")
    # No run for a year: the first one afterwards finds no old note.
    assert run_expiry(database, "2028-12-01", responses_before="2027-12-01").deleted["response"] == 0
    assert run_expiry(database, "2028-12-04", responses_before="2027-12-04").deleted["response"] == 1


def test_a_note_does_not_count_any_more_once_the_response_is_not_overdue(database):
    """The retention time was set too short for some days, then corrected."""
    start_response(database)
    run_expiry(database, "2026-07-01", responses_before="2026-06-30")
    run_expiry(database, "2026-07-02", responses_before="2025-07-02")
    assert run_expiry(database, "2026-07-05", responses_before="2026-07-04").deleted["response"] == 0


def test_a_note_from_the_future_is_removed(database):
    start_response(database)
    run_expiry(database, TWO_YEARS_LATER, **RETENTION)
    run_expiry(database, days_after(DAY, 1))
    # The clock is wrong again, and by some more days than before.
    assert run_expiry(database, days_after(TWO_YEARS_LATER, 10), **RETENTION).deleted["response"] == 0


# Teams, rounds and tombstones


def test_a_team_without_members_expires_some_time_after_its_last_round(database):
    lead, owners = make_team(database)
    assert expire(database, "2027-06-30", teams_before="2027-05-31")["team"] == 0, "it has members"
    for owner_hash in owners:
        database.leave_team(owner_hash, day="2027-07-01")
    database.open_round(lead, day="2027-07-01")
    assert expire(database, "2027-07-30", teams_before="2027-07-01")["team"] == 0, "its round was opened that day"
    assert expire(database, "2028-07-30", teams_before="2027-07-02")["team"] == 1
    assert database.load_team(lead) is None


def test_a_team_goes_after_the_responses_of_its_members(database):
    lead, _ = make_team(database)
    assert expire(database, "2028-06-01", **RETENTION)["response"] == 5
    assert database.load_team(lead)
    assert run_expiry(database, "2028-06-04", **RETENTION).deleted["team"] == 1
    assert database.load_team(lead) is None


def test_a_round_is_tied_to_its_responses_for_some_time_only(database):
    lead, owners = make_team(database, people=6)
    last_day = days_after(DAY, ROUND_TIE_DAYS)
    assert expire(database, last_day, rounds_before=DAY)["round"] == 0
    database.delete_response(owners[0], day=last_day)
    assert [round.deleted for round in database.load_team(lead).rounds] == [1]
    assert expire(database, days_after(last_day, 4), rounds_before=days_after(DAY, 1))["round"] == 5
    database.delete_response(owners[1], day=last_day)
    assert [round.deleted for round in database.load_team(lead).rounds] == [1], "nothing tells which round it was"
    assert all(database.is_counted(owner_hash) for owner_hash in owners[2:])


@pytest.mark.sqlite_only
def test_ids_do_not_tell_the_order_of_joining(database):
    """With twenty members, ids are in the order of joining by chance with a probability below 1e-18."""
    _, owners = make_team(database, people=20)
    ids = [database.load_response(owner_hash).id for owner_hash in owners]
    assert ids != sorted(ids)
    stored = [
        row["response"] for row in sqlite_connection(database).query("SELECT response FROM member ORDER BY rowid")
    ]
    assert stored == sorted(ids), "the order in the file is that of the ids"
    assert max(ids) > 2**40
    assert all(id < 2**53 for id in ids), "spreadsheets and JavaScript round longer integers"


# The app


@pytest.fixture
def clock(app: App, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the day of the app and sends a request."""

    def set_day(day: str) -> None:
        monkeypatch.setattr(app, "today", lambda: day)
        assert Client(app).get("/health").status_code == 200

    return set_day


@pytest.mark.sqlite_only
def test_a_clock_that_is_ahead_for_one_request_deletes_nothing(app: App, clock, caplog):
    app.logger.setLevel(logging.INFO)
    owner_hash = start_response(app.storage)
    app.storage.delete_response(start_response(app.storage), day=DAY)
    lead, _ = make_team(app.storage)
    for day in (TWO_YEARS_LATER, "2026-06-01", "2024-01-01", TWO_YEARS_LATER, "2026-06-02"):
        clock(day)
    assert app.storage.load_response(owner_hash)
    assert app.storage.load_team(lead)
    assert count_stored(app.storage, "tombstone") == 1
    assert sqlite_connection(app.storage).execute("SELECT count(round) FROM counted_response").fetchone()[0] == 5
    assert "overdue rows of response, which will be deleted in some days" in caplog.text


def test_a_clock_that_is_ahead_for_some_days_deletes_and_logs_it(app: App, clock, caplog):
    app.logger.setLevel(logging.INFO)
    owner_hash = start_response(app.storage)
    for days in range(MIN_DAYS_OVERDUE + 1):
        clock(days_after(TWO_YEARS_LATER, days))
    assert app.storage.load_response(owner_hash) is None
    assert "overdue rows of response, deleted now: 1" in caplog.text


def test_a_retention_time_that_is_wrong_once_deletes_nothing(tmp_path, monkeypatch):
    instance = tmp_path / "instance"
    app = create_app({"TESTING": True}, instance=instance)
    owner_hash = start_response(app.storage)
    for months, day in ((1, "2026-08-01"), (12, "2026-08-02"), (1, "2026-08-10"), (12, "2026-08-11")):
        app = create_app({"TESTING": True, "RETENTION_MONTHS": months}, instance=instance)
        monkeypatch.setattr(app, "today", lambda day=day: day)
        Client(app).get("/")
    assert app.storage.load_response(owner_hash)
