"""Deletes responses after their retention time, and tombstones after theirs."""

from __future__ import annotations

from quiz.storage.responses import TODAY
from quiz.storage.sqlite import SqliteFile


class Retention(SqliteFile):
    """The time after which responses expire."""

    def extend_expiry(self, owner_hash: str, *, day: str) -> bool:
        """Restart the retention time of a response on `day`. False if there is no response."""
        with self.write_transaction() as db:
            extend = "UPDATE response SET changed = ? WHERE owner_hash = ?"
            return bool(db.execute(extend, (day, owner_hash)).rowcount)

    def delete_expired(self, before: str, *, tombstones_before: str) -> int:
        """Delete every response that was last changed before the day `before`. Returns how many.

        Tombstones from before the day `tombstones_before` are deleted too: no backup that old is restored.
        """
        with self.write_transaction() as db:
            db.execute("DELETE FROM tombstone WHERE day < ?", (tombstones_before,))
            db.execute(
                f"INSERT INTO tombstone SELECT owner_hash, {TODAY}, 1 FROM response WHERE changed < ?"
                " ON CONFLICT DO NOTHING",
                (before,),
            )
            deleted = db.execute("DELETE FROM response WHERE changed < ?", (before,)).rowcount
        # Also if nothing expired: a process may have ended after a deletion and before it emptied the log.
        self.truncate_wal()
        return int(deleted)
