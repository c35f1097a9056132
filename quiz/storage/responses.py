"""Responses and what belongs to them: answers, contacts, wishes, goals, feedback, share links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from quiz.bank import FollowUps, JobGoal
from quiz.results.feedback import Feedback
from quiz.storage.engine import Tables
from quiz.storage.feedback import replace_feedback
from quiz.storage.job_goals import replace_job_goal
from quiz.storage.new_links import existing_hashes, free_hashes
from quiz.storage.people import end_replaced_memberships
from quiz.storage.response_rows import (
    PageSave,
    Response,
    ShareLink,
    delete_responses,
    insert_response,
    is_outdated,
    select_response,
    touch,
    unused_response,
)
from quiz.storage.tombstones import insert_tombstone

#: The default of arguments with hashes, none.
_NO_HASHES: Mapping[str, int] = MappingProxyType({})
#: How many share links a response may have. They are deleted with the response.
MAX_SHARE_LINKS = 20


class Responses(Tables):
    """Reads and writes responses. `owner_hash` is the hash of the owner link (see `quiz.web.links`).

    A method that changes a response returns False if there is none.
    """

    def is_empty(self) -> bool:
        """Whether there is no response."""
        with self.read_transaction() as db:
            return not db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone()[0]

    def create_response(
        self,
        owner_hash: str,
        *,
        bank: str,
        day: str,
        earlier: str | None = None,
        same_form: Sequence[str] = (),
        joins_team: bool = False,
    ) -> str | None:
        """Create a response and return its owner hash.

        Parameters
        ----------
        earlier
            The owner hash of the response that it repeats. The new response gets its job title,
            contacts, wishes and goals.
        same_form
            Further owner hashes that the same form uses. If a response with any of the hashes is unused, the form was
            sent twice: nothing is created, and the hash of that response is returned. Otherwise the first free hash is
            used. None if all were used before.
        joins_team
            Whether the form also joins a team: a response in a team is still unused then.
        """
        hashes = [owner_hash, *same_form]
        with self.write_transaction() as db:
            existing = unused_response(db, hashes, joins_team=joins_team)
            if existing is not None:
                return existing
            free = free_hashes(db, "response", "owner_hash", hashes)
            if not free:
                return None
            insert_response(db, free[0], bank=bank, day=day, earlier=earlier)
            return free[0]

    def load_response(self, owner_hash: str) -> Response | None:
        """The response of an owner link, or None."""
        with self.read_transaction() as db:
            return select_response(db, "owner_hash = ?", owner_hash)

    def load_responses_after(self, id: int, *, limit: int) -> tuple[Response, ...]:
        """The next responses by id after `id`, at most `limit`: a way to read all of them a page at a time."""
        with self.read_transaction() as db:
            ids = db.execute("SELECT id FROM response WHERE id > ? ORDER BY id LIMIT ?", (id, limit)).fetchall()
            responses = [select_response(db, "id = ?", next_id) for (next_id,) in ids]
        return tuple(response for response in responses if response)

    def load_earlier_response(self, owner_hash: str) -> Response | None:
        """The response that the one of this owner link repeats, or None."""
        with self.read_transaction() as db:
            return select_response(db, "id = (SELECT earlier FROM response WHERE owner_hash = ?)", owner_hash)

    def load_shared_response(self, share_hash: str) -> tuple[Response, ShareLink] | None:
        """The response that a share link shows and that link, or None if the link does not exist (any more)."""
        with self.read_transaction() as db:
            where = "id = (SELECT response FROM share_link WHERE share_hash = ?)"
            response = select_response(db, where, share_hash)
            if response is None:
                return None
            number = db.execute("SELECT number FROM share_link WHERE share_hash = ?", (share_hash,)).fetchone()[0]
        share_link = next(share_link for share_link in response.share_links if share_link.number == number)
        return response, share_link

    def save_answers(
        self, owner_hash: str, answers: Mapping[str, str], *, bank: str, day: str, page_save: PageSave | None = None
    ) -> bool:
        """Save the answers of one page, by question. They replace older answers to the same questions."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, bank=bank, day=day)
            if id is None:
                return False
            if is_outdated(db, "response", "id", id, page_save):
                return True
            if answers:
                # One statement: with PostgreSQL each takes a round trip to the server, while other writes wait.
                db.execute(
                    f"INSERT INTO answer (response, question, answer) VALUES {', '.join(['(?, ?, ?)'] * len(answers))}"
                    " ON CONFLICT (response, question) DO UPDATE SET answer = excluded.answer",
                    [value for question, answer in answers.items() for value in (id, question, answer)],
                )
            return True

    def save_follow_ups(
        self, owner_hash: str, follow_ups: FollowUps, *, bank: str, day: str, page_save: PageSave | None = None
    ) -> bool:
        """Save the answers to follow-up questions. They replace all that were saved before, also with another base."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, bank=bank, day=day)
            if id is None:
                return False
            if is_outdated(db, "response", "id", id, page_save):
                return True
            db.execute("DELETE FROM follow_up WHERE response = ?", (id,))
            for role, answer in follow_ups.answers.items():
                db.execute(
                    "INSERT INTO follow_up (response, role, base, answer) VALUES (?, ?, ?, ?)",
                    (id, role, follow_ups.base, answer),
                )
            return True

    def save_details(
        self,
        owner_hash: str,
        *,
        contacts: Sequence[str],
        title: str,
        text: str,
        other_work_share: str = "",
        day: str,
        is_sent: bool = True,
        page_save: PageSave | None = None,
    ) -> bool:
        """Save the optional page: contacts by role, job title, free text, and the share of time for other work.

        They replace what was saved before.

        `is_sent` says whether the person is done with the page: False while it is being filled in, or was left.
        """
        with self.write_transaction() as db:
            id = touch(db, owner_hash, day=day)
            if id is None:
                return False
            if is_outdated(db, "response", "id", id, page_save):
                return True
            old_title, old_text = db.execute("SELECT title, text FROM response WHERE id = ?", (id,)).fetchone()
            db.execute(
                "UPDATE response SET title = ?, text = ?, other_work_share = ? WHERE id = ?",
                (title, text, other_work_share, id),
            )
            if is_sent:
                db.execute("UPDATE response SET details_sent = true WHERE id = ?", (id,))
            db.execute("DELETE FROM contact WHERE response = ?", (id,))
            for role in dict.fromkeys(contacts):
                db.execute("INSERT INTO contact (response, role) VALUES (?, ?)", (id, role))
        is_title_replaced = old_title and old_title != title
        is_text_replaced = old_text and old_text != text
        if is_title_replaced or is_text_replaced:
            self.purge_deleted()  # removed text must leave the files, as a deleted response does
        return True

    def finish_response(self, owner_hash: str, *, day: str) -> bool:
        """Record the day on which the quiz was finished. A later call does not change the day."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, day=day)
            if id is None:
                return False
            db.execute("UPDATE response SET finished = coalesce(finished, ?) WHERE id = ?", (day, id))
            end_replaced_memberships(db, owner_hash, day=day)
            return True

    def save_goals(
        self,
        owner_hash: str,
        *,
        wishes: Mapping[str, str],
        goals: Sequence[str],
        day: str,
        page_save: PageSave | None = None,
    ) -> bool:
        """Save wishes by responsibility, and goals (role ids). They replace what was saved before."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, day=day)
            if id is None:
                return False
            if is_outdated(db, "response", "id", id, page_save):
                return True
            db.execute("DELETE FROM wish WHERE response = ?", (id,))
            db.execute("DELETE FROM goal WHERE response = ?", (id,))
            for responsibility, wish in wishes.items():
                db.execute(
                    "INSERT INTO wish (response, responsibility, wish) VALUES (?, ?, ?)", (id, responsibility, wish)
                )
            for role in dict.fromkeys(goals):
                db.execute("INSERT INTO goal (response, role) VALUES (?, ?)", (id, role))
            return True

    def save_feedback(self, owner_hash: str, feedback: Feedback | None, *, day: str) -> bool:
        """Save what the person says about the result. It replaces what was saved before; None takes it back."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, day=day)
            if id is None:
                return False
            replace_feedback(db, id, feedback)
        if feedback is None:
            self.purge_deleted()  # what was taken back must leave the files
        return True

    def save_job_goal(self, owner_hash: str, job_goal: JobGoal | None, *, day: str) -> bool:
        """Save the job that the person has as a goal. It replaces the one that was saved before; None removes that."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, day=day)
            if id is None:
                return False
            name_was_removed = replace_job_goal(db, id, job_goal)
        if name_was_removed:
            self.purge_deleted()  # a removed name must leave the files, as a removed title does
        return True

    def create_share_link(
        self, owner_hash: str, share_link: ShareLink, *, share_hash: str, same_form: Mapping[str, int] = _NO_HASHES
    ) -> int | None:
        """Create a share link with this hash and return its number.

        `same_form` has further hashes that the same form uses, each with its number: if a link with one of the hashes
        exists, the form was sent twice, and the number of that link is returned. Otherwise the first free hash is used.
        None if there is no such response, or if it has `MAX_SHARE_LINKS` other links.
        """
        numbers = {share_hash: share_link.number, **same_form}
        with self.write_transaction() as db:
            row = db.execute("SELECT id FROM response WHERE owner_hash = ?", (owner_hash,)).fetchone()
            if row is None:
                return None
            for existing_hash in existing_hashes(db, "share_link", "share_hash", numbers):
                return numbers[existing_hash]
            count = db.execute("SELECT count(*) FROM share_link WHERE response = ?", row).fetchone()[0]
            free = free_hashes(db, "share_link", "share_hash", numbers)
            if count >= MAX_SHARE_LINKS or not free:
                return None
            db.execute(
                "INSERT INTO share_link (response, number, share_hash, label, shares_text, shares_wishes, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    row[0],
                    numbers[free[0]],
                    free[0],
                    share_link.label,
                    share_link.shares_text,
                    share_link.shares_wishes,
                    share_link.created,
                ),
            )
            return numbers[free[0]]

    def delete_share_link(self, owner_hash: str, number: int, *, day: str) -> bool:
        """Delete a share link: its address is not found from now on, also after restoring a backup."""
        where = "number = ? AND response = (SELECT id FROM response WHERE owner_hash = ?)"
        with self.write_transaction() as db:
            row = db.execute(f"SELECT share_hash FROM share_link WHERE {where}", (number, owner_hash)).fetchone()
            if row is None:
                return False
            insert_tombstone(db, row[0], day=day)
            db.execute(f"DELETE FROM share_link WHERE {where}", (number, owner_hash))
        self.purge_deleted()
        return True

    def delete_response(self, owner_hash: str, *, day: str) -> bool:
        """Delete a response, the earlier responses that it repeats, and everything that belongs to them.

        Rounds that counted them record how many were deleted, not which. The content is overwritten in the database
        file, and the write-ahead log is truncated. Tombstones prevent a backup from bringing the responses back.
        """
        with self.write_transaction() as db:
            is_deleted = delete_responses(db, owner_hash, day=day)
        if is_deleted:
            self.purge_deleted()
        return is_deleted
