"""The rows of a response: reading one whole, inserting, deleting, and noting that it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from quiz.bank import AgreedAction, FollowUps, JobGoal, Outcome
from quiz.results.feedback import Feedback
from quiz.storage.engine import Connection
from quiz.storage.feedback import select_feedback
from quiz.storage.ids import new_id
from quiz.storage.job_goals import replace_job_goal, select_job_goal
from quiz.storage.new_links import existing_hashes
from quiz.storage.tombstones import insert_tombstone


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
    `job_goal` is None if the person has no job like an advert as a goal. `other_work_share` is one of
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


def touch(db: Connection, owner_hash: str, *, day: str, bank: str | None = None) -> int | None:
    """Record the day on which a response changed. Returns its id, or None.

    `bank` is the version of the bank whose questions were answered, None if none was: a response keeps the version of
    its answers, so that a later comparison can say that questions were reworded.
    """
    row = db.execute("SELECT id, bank, changed FROM response WHERE owner_hash = ?", (owner_hash,)).fetchone()
    if row is None:
        return None
    id, stored_bank, stored_day = row
    new = (bank or stored_bank, day)
    if new != (stored_bank, stored_day):  # most pages change neither, which saves writing a database page
        db.execute("UPDATE response SET bank = ?, changed = ?, overdue_since = NULL WHERE id = ?", (*new, id))
    return int(id)


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


def delete_responses(db: Connection, owner_hash: str, *, day: str) -> bool:
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
