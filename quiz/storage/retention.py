"""Deletes what is past its retention time, in two steps.

A row that is overdue is first noted with the day. It is deleted if it is still overdue on a later run, at least
`MIN_DAYS_OVERDUE` days after that day. So a clock or a setting that is wrong once deletes nothing. A note from a day in
the future was made with a wrong clock and is removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from quiz.storage.engine import Connection, Tables

#: The number of days between noting that a row is overdue and deleting it.
MIN_DAYS_OVERDUE = 3
#: For how many days after its closing a round is tied to the responses that it counted: so long it can be withdrawn.
ROUND_TIE_DAYS = 90
#: For how many days a second view may stay without being sent.
DRAFT_DAYS = 60

# Conditions with one parameter, a day: rows from before that day are overdue.
_IS_OVERDUE = {
    "response": "response.changed < ?",
    # A team without members. Its first round was opened on the day of its creation.
    "team": """NOT EXISTS (SELECT 1 FROM member WHERE member.team = team.id)
        AND (SELECT max(coalesce(round.closed, round.opened)) FROM round WHERE round.team = team.id) < ?""",
    # A round is not deleted: the tie to the responses that it counted is.
    "round": """round.closed < ?
        AND EXISTS (SELECT 1 FROM counted_response WHERE counted_response.round = round.id)""",
    "second_view": "second_view.sent IS NULL AND second_view.draft_since < ?",
    "tombstone": "tombstone.day < ?",
}
_ACTIONS = {
    "response": "DELETE FROM response WHERE {}",
    "team": "DELETE FROM team WHERE {}",
    "round": "UPDATE counted_response SET round = NULL WHERE round IN (SELECT round.id FROM round WHERE {})",
    "second_view": "DELETE FROM second_view WHERE {}",
    "tombstone": "DELETE FROM tombstone WHERE {}",
}


@dataclass(frozen=True)
class Expiry:
    """What one run did: by table, how many rows it noted as overdue and how many it deleted.

    For `round` the second number counts the responses whose tie to a round was removed.
    """

    noted: Mapping[str, int]
    deleted: Mapping[str, int]


class Retention(Tables):
    """The times after which responses, second views, teams and tombstones are deleted."""

    def extend_expiry(self, owner_hash: str, *, day: str) -> bool:
        """Restart the retention time of a response on `day`. False if there is no response."""
        with self.write_transaction() as db:
            extend = "UPDATE response SET changed = ?, overdue_since = NULL WHERE owner_hash = ?"
            return bool(db.execute(extend, (day, owner_hash)).rowcount)

    def delete_expired(
        self,
        today: str,
        *,
        responses_before: str,
        teams_before: str,
        rounds_before: str,
        drafts_before: str,
        tombstones_before: str,
    ) -> Expiry:
        """Note what is overdue, and delete what was noted at least `MIN_DAYS_OVERDUE` days before `today`.

        Parameters
        ----------
        today
            The current day.
        responses_before
            Responses last changed before this day are overdue.
        teams_before
            Teams without members are overdue if their last round was opened or closed before this day.
        rounds_before
            Rounds closed before this day are no longer tied to the responses that they counted.
        drafts_before
            Second views that were not sent are overdue if they were asked for, or taken back, before this day.
        tombstones_before
            Tombstones from before this day are overdue: no backup that old is restored.
        """
        limits = {
            "response": responses_before,
            "team": teams_before,
            "round": rounds_before,
            "second_view": drafts_before,
            "tombstone": tombstones_before,
        }
        with self.write_transaction() as db:
            deleted = {table: _delete_noted(db, table, before, today=today) for table, before in limits.items()}
            noted = {table: _note_overdue(db, table, before, today=today) for table, before in limits.items()}
        # Also if nothing expired: a process may have ended after a deletion and before it emptied the log.
        self.purge_deleted()
        return Expiry(noted, deleted)


def _delete_noted(db: Connection, table: str, before: str, *, today: str) -> int:
    """Remove notes that do not hold any more. Delete what was noted long enough ago; returns how many rows."""
    is_overdue = _IS_OVERDUE[table]
    db.execute(
        f"UPDATE {table} SET overdue_since = NULL"
        f" WHERE overdue_since IS NOT NULL AND (overdue_since > ? OR NOT ({is_overdue}))",
        (today, before),
    )
    noted_until = (date.fromisoformat(today) - timedelta(MIN_DAYS_OVERDUE)).isoformat()
    action = _ACTIONS[table].format(f"overdue_since <= ? AND {is_overdue}")
    return int(db.execute(action, (noted_until, before)).rowcount)


def _note_overdue(db: Connection, table: str, before: str, *, today: str) -> int:
    """Note which rows are overdue and were not noted yet. Returns how many."""
    note = f"UPDATE {table} SET overdue_since = ? WHERE overdue_since IS NULL AND {_IS_OVERDUE[table]}"
    return int(db.execute(note, (today, before)).rowcount)
