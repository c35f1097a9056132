"""Responses and what belongs to them: answers, contacts, wishes, goals, feedback, share links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from quiz.bank import AgreedAction, FollowUps, JobGoal, Outcome
from quiz.results.feedback import Feedback
from quiz.storage.engine import Connection, Tables
from quiz.storage.feedback import replace_feedback, select_feedback
from quiz.storage.ids import new_id
from quiz.storage.job_goals import replace_job_goal, select_job_goal
from quiz.storage.new_links import existing_hashes, free_hashes
from quiz.storage.tombstones import insert_tombstone, membership_hash

#: The default of arguments with hashes, none.
_NO_HASHES: Mapping[str, int] = MappingProxyType({})
#: How many share links a response may have. They are deleted with the response.
MAX_SHARE_LINKS = 20


@dataclass(frozen=True)
class ShareLink:
    """A link that shows a result to others. `created` is a day.

    The link is derived from the owner link and `number`.
    """

    number: int
    label: str
    shares_text: bool
    shares_wishes: bool
    created: str


@dataclass(frozen=True)
class Response:
    """What is stored of one person who takes the quiz once. Dates are days (`2026-05-31`), without a time.

    `earlier` is the id of the response that this one repeats. `details_sent` says whether the optional page was sent
    with its main button, also if everything on it was empty. `answers` are by question id, `wishes` by
    responsibility id; `contacts` and `goals` are role ids. `follow_ups` is None if no follow-up question was answered.
    `job_goal` is None if the person heads for no job like an advert. `other_work_share` is one of
    `quiz.bank.OTHER_WORK_SHARES`, "" without an answer. `feedback` is None without one.
    `agreed_actions` are by number; `next_look` is the day on which two people look at them again.
    """

    id: int
    bank: str
    started: str
    changed: str
    finished: str | None
    title: str
    text: str
    other_work_share: str
    next_look: str | None
    earlier: int | None
    details_sent: bool
    answers: Mapping[str, str]
    follow_ups: FollowUps | None
    contacts: tuple[str, ...]
    wishes: Mapping[str, str]
    goals: tuple[str, ...]
    job_goal: JobGoal | None
    feedback: Feedback | None
    agreed_actions: tuple[AgreedAction, ...]
    share_links: tuple[ShareLink, ...]


class PageSave(NamedTuple):
    """Which save of an open page this is: a random id of the page in its browser, and the number of the save.

    The script of a page saves it after each change, so two requests may arrive in the wrong order. The one with the
    lower number is then older than what is stored, and is not saved.
    """

    page_id: str
    number: int


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
            if _is_outdated(db, id, page_save):
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
            if _is_outdated(db, id, page_save):
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
        bank: str,
        day: str,
        is_sent: bool = True,
        page_save: PageSave | None = None,
    ) -> bool:
        """Save the optional page: contacts by role, job title, free text, and the share of time for other work.

        They replace what was saved before.

        `is_sent` says whether the person is done with the page: False while it is being filled in, or was left.
        """
        with self.write_transaction() as db:
            id = touch(db, owner_hash, bank=bank, day=day)
            if id is None:
                return False
            if _is_outdated(db, id, page_save):
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

    def finish_response(self, owner_hash: str, *, bank: str, day: str) -> bool:
        """Record the day on which the quiz was finished. A later call does not change the day."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, bank=bank, day=day)
            if id is None:
                return False
            db.execute("UPDATE response SET finished = coalesce(finished, ?) WHERE id = ?", (day, id))
            end_earlier_memberships(db, owner_hash)
            return True

    def save_goals(
        self,
        owner_hash: str,
        *,
        wishes: Mapping[str, str],
        goals: Sequence[str],
        bank: str,
        day: str,
        page_save: PageSave | None = None,
    ) -> bool:
        """Save wishes by responsibility, and goals (role ids). They replace what was saved before."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, bank=bank, day=day)
            if id is None:
                return False
            if _is_outdated(db, id, page_save):
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

    def save_feedback(self, owner_hash: str, feedback: Feedback | None, *, bank: str, day: str) -> bool:
        """Save what the person says about the result. It replaces what was saved before; None takes it back."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, bank=bank, day=day)
            if id is None:
                return False
            replace_feedback(db, id, feedback)
            return True

    def save_job_goal(self, owner_hash: str, job_goal: JobGoal | None, *, bank: str, day: str) -> bool:
        """Save the job that the person heads for. It replaces the one that was saved before; None removes that."""
        with self.write_transaction() as db:
            id = touch(db, owner_hash, bank=bank, day=day)
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
            is_deleted = _delete_responses(db, owner_hash, day=day)
        if is_deleted:
            self.purge_deleted()
        return is_deleted


def touch(db: Connection, owner_hash: str, *, bank: str, day: str) -> int | None:
    """Record that a response changed, with which bank and on which day. Returns its id, or None."""
    row = db.execute("SELECT id, bank, changed FROM response WHERE owner_hash = ?", (owner_hash,)).fetchone()
    if row is None:
        return None
    id, stored_bank, stored_day = row
    if (stored_bank, stored_day) != (bank, day):  # most pages change neither, which saves writing a database page
        db.execute("UPDATE response SET bank = ?, changed = ?, overdue_since = NULL WHERE id = ?", (bank, day, id))
    return int(id)


def _is_outdated(db: Connection, id: int, page_save: PageSave | None) -> bool:
    return is_outdated(db, "response", "id", id, page_save)


def is_outdated(db: Connection, table: str, key: str, id: int, page_save: PageSave | None) -> bool:
    """Whether a later save of the same page is stored already. If not, `page_save` is recorded as the latest.

    `table` and `key` are names of this package: where the latest save is stored, and the column that `id` is in.
    """
    if page_save is None:
        return False
    latest = PageSave(*db.execute(f"SELECT page_id, save_number FROM {table} WHERE {key} = ?", (id,)).fetchone())
    if latest.page_id == page_save.page_id and latest.number > page_save.number:
        return True
    db.execute(f"UPDATE {table} SET page_id = ?, save_number = ? WHERE {key} = ?", (*page_save, id))
    return False


_WITH_SELECTED = """
    WITH RECURSIVE selected (id) AS (
        SELECT response.id FROM response WHERE owner_hash = ?
        UNION SELECT response.earlier FROM response JOIN selected ON selected.id = response.id
            WHERE response.earlier IS NOT NULL
    )"""


def _delete_responses(db: Connection, owner_hash: str, *, day: str) -> bool:
    """Delete a response and the earlier ones that it repeats. False if there is none."""
    selected = db.execute(
        f"{_WITH_SELECTED} SELECT id, owner_hash FROM response WHERE id IN (SELECT id FROM selected)", (owner_hash,)
    ).fetchall()
    for id, selected_hash in selected:
        insert_tombstone(db, selected_hash, day=day)
        db.execute(
            "UPDATE round SET deleted = deleted + 1"
            " WHERE id = (SELECT counted_response.round FROM counted_response WHERE response = ?)",
            (id,),
        )
        db.execute("DELETE FROM response WHERE id = ?", (id,))
    return bool(selected)


_COLUMNS = (
    "id",
    "bank",
    "started",
    "changed",
    "finished",
    "title",
    "text",
    "other_work_share",
    "next_look",
    "earlier",
    "details_sent",
)


def end_earlier_memberships(db: Connection, owner_hash: str) -> None:
    """Let a finished response take the place of those that it repeats in its anonymous team.

    So a round counts a person once. Responses that a round has counted stay: their owner still sees what it published.
    """
    earlier = db.execute(
        f"{_WITH_SELECTED} SELECT old.id, old.owner_hash, member.team, new.finished"
        " FROM response AS new JOIN member AS own ON own.response = new.id JOIN team ON team.id = own.team"
        " JOIN member ON member.team = own.team AND member.response <> new.id"
        " JOIN response AS old ON old.id = member.response"
        " WHERE new.owner_hash = ? AND new.finished IS NOT NULL AND team.kind = 'anonymous'"
        " AND old.id IN (SELECT id FROM selected)"
        " AND NOT EXISTS (SELECT 1 FROM counted_response WHERE counted_response.response = old.id)",
        (owner_hash, owner_hash),
    ).fetchall()
    for id, earlier_hash, team, day in earlier:
        insert_tombstone(db, membership_hash(earlier_hash, team), day=day)
        db.execute("DELETE FROM member WHERE member.response = ?", (id,))


def insert_response(db: Connection, owner_hash: str, *, bank: str, day: str, earlier: str | None = None) -> None:
    """Insert a response. `earlier` is the owner hash of the one that it repeats, which it begins with.

    It gets its title, contacts, wishes, goals and job goal.
    """
    id = new_id(db, "response")
    columns = "id, owner_hash, bank, started, changed"
    db.execute(f"INSERT INTO response ({columns}) VALUES (?, ?, ?, ?, ?)", (id, owner_hash, bank, day, day))
    repeated = select_response(db, "owner_hash = ?", earlier or "")
    if repeated is None:
        return
    db.execute("UPDATE response SET earlier = ?, title = ? WHERE id = ?", (repeated.id, repeated.title, id))
    for role in repeated.contacts:
        db.execute("INSERT INTO contact (response, role) VALUES (?, ?)", (id, role))
    for responsibility, wish in repeated.wishes.items():
        db.execute("INSERT INTO wish (response, responsibility, wish) VALUES (?, ?, ?)", (id, responsibility, wish))
    for role in repeated.goals:
        db.execute("INSERT INTO goal (response, role) VALUES (?, ?)", (id, role))
    replace_job_goal(db, id, repeated.job_goal)


def unused_response(db: Connection, hashes: Sequence[str], *, joins_team: bool) -> str | None:
    """The first of these owner hashes that has a response with nothing but what it was created with."""
    for hash in existing_hashes(db, "response", "owner_hash", hashes):
        if _is_unused(db, hash, joins_team=joins_team):
            return hash
    return None


def _is_unused(db: Connection, owner_hash: str, *, joins_team: bool) -> bool:
    """Whether a response has only what it was created with."""
    response = select_response(db, "owner_hash = ?", owner_hash)
    assert response is not None, "its hash was just selected"
    if response.answers or response.text or response.share_links:
        return False
    if response.follow_ups or response.other_work_share or response.feedback:
        return False
    if response.finished or response.details_sent:
        return False
    if not joins_team and db.execute("SELECT 1 FROM member WHERE response = ?", (response.id,)).fetchone():
        return False
    repeated = select_response(db, "id = ?", response.earlier) if response.earlier else None
    return _created_with(response) == (_created_with(repeated) if repeated else ("", (), {}, (), None))


def _created_with(response: Response) -> tuple[object, ...]:
    """What a response that repeats this one begins with."""
    return response.title, response.contacts, response.wishes, response.goals, response.job_goal


def select_response(db: Connection, where: str, value: str | int) -> Response | None:
    """The one response that `where` selects, with everything that belongs to it, or None.

    `where` is SQL of this package, never user input.
    """
    row = db.execute(f"SELECT {', '.join(_COLUMNS)} FROM response WHERE {where}", (value,)).fetchone()
    if row is None:
        return None

    def rows(columns: str, table: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM {table} WHERE response = ? ORDER BY 1"
        return db.execute(sql, row[:1]).fetchall()

    share_links = []
    for number, label, shares_text, shares_wishes, created in rows(
        "number, label, shares_text, shares_wishes, created", "share_link"
    ):
        share_links.append(ShareLink(number, label, bool(shares_text), bool(shares_wishes), created))
    columns = dict(zip(_COLUMNS, row, strict=True))
    columns["details_sent"] = bool(columns["details_sent"])
    return Response(
        **columns,
        answers=dict(rows("question, answer", "answer")),
        follow_ups=_follow_ups(rows("role, base, answer", "follow_up")),
        contacts=tuple(role for (role,) in rows("role", "contact")),
        wishes=dict(rows("responsibility, wish", "wish")),
        goals=tuple(role for (role,) in rows("role", "goal")),
        job_goal=select_job_goal(db, columns["id"]),
        feedback=select_feedback(db, columns["id"]),
        agreed_actions=_agreed_actions(rows("number, text, due, outcome", "agreed_action")),
        share_links=tuple(share_links),
    )


def _agreed_actions(rows: Sequence[tuple[int, str, str | None, Outcome]]) -> tuple[AgreedAction, ...]:
    return tuple(AgreedAction(number, text, due or "", outcome) for number, text, due, outcome in rows)


def _follow_ups(rows: Sequence[tuple[str, str, str]]) -> FollowUps | None:
    """The follow-up answers in rows of a role, the base, and an answer."""
    if not rows:
        return None
    return FollowUps(base=rows[0][1], answers={role: answer for role, _, answer in rows})
