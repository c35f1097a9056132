"""What two people agreed in a conversation: saving it, and marking at the next taking what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quiz.bank import AgreedAction, Outcome
from quiz.storage.engine import Tables
from quiz.storage.response_rows import PageSave, is_outdated, touch


class AgreedActions(Tables):
    """Writes agreed actions; they are read with their response (see `quiz.storage.responses`)."""

    def save_agreed_actions(
        self,
        owner_hash: str,
        actions: Sequence[AgreedAction],
        *,
        next_look: str | None,
        day: str,
        page_save: PageSave | None = None,
    ) -> bool:
        """Save what was agreed, and the day of the next look. They replace what was saved before.

        An action whose text stays the same keeps its outcome; that of `actions` is not used.
        """
        with self.write_transaction() as db:
            id = touch(db, owner_hash, day=day)
            if id is None:
                return False
            if is_outdated(db, "response", "id", id, page_save):
                return True
            rows = db.execute("SELECT number, text, outcome FROM agreed_action WHERE response = ?", (id,)).fetchall()
            outcomes = {(number, text): outcome for number, text, outcome in rows}
            db.execute("UPDATE response SET next_look = ? WHERE id = ?", (next_look, id))
            db.execute("DELETE FROM agreed_action WHERE response = ?", (id,))
            for action in actions:
                outcome = outcomes.get((action.number, action.text), "")
                db.execute(
                    "INSERT INTO agreed_action (response, number, text, due, outcome) VALUES (?, ?, ?, ?, ?)",
                    (id, action.number, action.text, action.due or None, outcome),
                )
        if outcomes.keys() - {(action.number, action.text) for action in actions}:
            self.purge_deleted()  # removed text must leave the files, as a deleted response does
        return True

    def save_outcomes(
        self,
        owner_hash: str,
        outcomes: Mapping[int, Outcome],
        *,
        day: str,
        page_save: PageSave | None = None,
    ) -> bool:
        """Save what became of the actions of the earlier response, by number. They are part of that response.

        Numbers that it does not have are ignored.
        """
        with self.write_transaction() as db:
            id = touch(db, owner_hash, day=day)
            if id is None:
                return False
            if is_outdated(db, "response", "id", id, page_save):
                return True
            for number, outcome in outcomes.items():
                db.execute(
                    "UPDATE agreed_action SET outcome = ? WHERE number = ?"
                    " AND response = (SELECT earlier FROM response WHERE id = ?)",
                    (outcome, number, id),
                )
        return True
