"""Responses, and all that hangs on them: answers, contacts, wishes, share links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from quiz.storage.sqlite import Connected

#: More share links than anybody needs; they end with the response.
MAX_SHARES = 20
#: The day in SQL, of the same clock as the days that storage is told.
TODAY = "date('now')"


@dataclass(frozen=True)
class Share:
    """A link by which others may see a result. `made` is a day.

    The link is worked out from the owner link and `number`, which is random, so that no new link is one that was ended.
    Only the very form that made a link makes it again: a number that was ended is not remembered.
    """

    number: int
    label: str
    shares_text: bool
    shares_wishes: bool
    made: str


@dataclass(frozen=True)
class Response:
    """One person's pass through the quiz, as it is kept. Dates are days (`2026-05-31`), never finer.

    `earlier` is the id of the response that this one takes again. `wishes` are by responsibility, `heading` are role
    ids, `answers` by question, `contacts` role ids.
    """

    id: int
    bank: str
    started: str
    changed: str
    finished: str | None
    title: str
    text: str
    earlier: int | None
    answers: Mapping[str, str]
    contacts: tuple[str, ...]
    wishes: Mapping[str, str]
    goals: tuple[str, ...]
    shares: tuple[Share, ...]


class Responses(Connected):
    """Responses are found by the fingerprint of their owner link (see `quiz.web.links`).

    A method that changes one gives False where there is none.
    """

    def is_empty(self) -> bool:
        """Whether no response is kept at all."""
        with self._read() as db:
            return not db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone()[0]

    def create_response(self, owner: str, *, bank: str, day: str, earlier: str | None = None) -> None:
        """Begin a response, which may take again the one behind the owner link `earlier`.

        A second start with the same owner link changes nothing.
        """
        with self._write() as db:
            db.execute(
                "INSERT INTO response (owner, bank, started, changed, earlier)"
                " VALUES (?, ?, ?, ?, (SELECT id FROM response WHERE owner = ?)) ON CONFLICT DO NOTHING",
                (owner, bank, day, day, earlier),
            )

    def load_response(self, owner: str) -> Response | None:
        """The response behind an owner link, whole, or None."""
        with self._read() as db:
            return load_one_response(db, "owner = ?", owner)

    def load_responses_after(self, id: int, *, most: int) -> tuple[Response, ...]:
        """The next responses by id after `id`, at most so many: a way through all that reads a little at a time."""
        with self._read() as db:
            ids = db.execute("SELECT id FROM response WHERE id > ? ORDER BY id LIMIT ?", (id, most)).fetchall()
            found = [load_one_response(db, "id = ?", next_id) for (next_id,) in ids]
        return tuple(response for response in found if response)

    def load_earlier_response(self, owner: str) -> Response | None:
        """The response that the one behind an owner link takes again, or None."""
        with self._read() as db:
            return load_one_response(db, "id = (SELECT earlier FROM response WHERE owner = ?)", owner)

    def load_shared(self, link: str) -> tuple[Response, Share] | None:
        """The response behind the fingerprint of a share link, with that share; None where there is none (any more)."""
        with self._read() as db:
            found = load_one_response(db, "id = (SELECT response FROM share WHERE link = ?)", link)
            if found is None:
                return None
            number = db.execute("SELECT number FROM share WHERE link = ?", (link,)).fetchone()[0]
        return found, next(share for share in found.shares if share.number == number)

    def save_answers(self, owner: str, answers: Mapping[str, str], *, bank: str, day: str) -> bool:
        """Keep the answers of one page, by question; earlier answers to the same questions are replaced."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            for question, answer in answers.items():
                db.execute(
                    "INSERT INTO answer VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET answer = excluded.answer",
                    (id, question, answer),
                )
            return True

    def save_details(self, owner: str, *, contacts: Sequence[str], title: str, text: str, bank: str, day: str) -> bool:
        """Keep the optional page: contacts by role, job title, free words."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            held = db.execute("SELECT title, text FROM response WHERE id = ?", (id,)).fetchone()
            db.execute("UPDATE response SET title = ?, text = ? WHERE id = ?", (title, text, id))
            db.execute("DELETE FROM contact WHERE response = ?", (id,))
            for role in dict.fromkeys(contacts):
                db.execute("INSERT INTO contact VALUES (?, ?)", (id, role))
        if any(old and old != new for old, new in zip(held, (title, text), strict=True)):
            self.truncate_wal()  # what somebody took back of their own words goes like what they deleted
        return True

    def finish_response(self, owner: str, *, bank: str, day: str) -> bool:
        """Note the day on which the quiz was finished; the first such day stays."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            db.execute("UPDATE response SET finished = coalesce(finished, ?) WHERE id = ?", (day, id))
            return True

    def save_goals(self, owner: str, *, wishes: Mapping[str, str], goals: Sequence[str], bank: str, day: str) -> bool:
        """Keep what a person wants: wishes by responsibility, and the roles they are heading for. Replaces both."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            db.execute("DELETE FROM wish WHERE response = ?", (id,))
            db.execute("DELETE FROM goal WHERE response = ?", (id,))
            for responsibility, wish in wishes.items():
                db.execute("INSERT INTO wish VALUES (?, ?, ?)", (id, responsibility, wish))
            for role in dict.fromkeys(goals):
                db.execute("INSERT INTO goal VALUES (?, ?)", (id, role))
            return True

    def extend_expiry(self, owner: str, *, day: str) -> bool:
        """Count the time until expiry from `day` on."""
        with self._write() as db:
            return bool(db.execute("UPDATE response SET changed = ? WHERE owner = ?", (day, owner)).rowcount)

    def create_share(self, owner: str, share: Share, *, link: str) -> bool:
        """Let the share link with this fingerprint show the response. The same number twice makes one link.

        False too where the response has `MAX_SHARES` other links.
        """
        with self._write() as db:
            db.execute(
                "INSERT INTO share SELECT id, ?, ?, ?, ?, ?, ? FROM response"
                " WHERE owner = ? AND (SELECT count(*) FROM share WHERE response = id) < ? ON CONFLICT DO NOTHING",
                (
                    share.number,
                    link,
                    share.label,
                    share.shares_text,
                    share.shares_wishes,
                    share.made,
                    owner,
                    MAX_SHARES,
                ),
            )
            return bool(db.execute("SELECT EXISTS (SELECT 1 FROM share WHERE link = ?)", (link,)).fetchone()[0])

    def end_share(self, owner: str, number: int) -> bool:
        """End a share link: it leads nowhere from now on."""
        ended = "DELETE FROM share WHERE number = ? AND response = (SELECT id FROM response WHERE owner = ?)"
        with self._write() as db:
            gone = bool(db.execute(ended, (number, owner)).rowcount)
        if gone:
            self.truncate_wal()
        return gone

    def delete_expired(self, before: str, *, remembered: str) -> int:
        """Erase every response that was last changed before the day `before`; gives how many.

        What was erased before the day `remembered` is no longer remembered: no backup is that old.
        """
        with self._write() as db:
            db.execute("DELETE FROM erased WHERE day < ?", (remembered,))
            db.execute(
                f"INSERT INTO erased SELECT owner, {TODAY}, 1 FROM response WHERE changed < ? ON CONFLICT DO NOTHING",
                (before,),
            )
            gone = db.execute("DELETE FROM response WHERE changed < ?", (before,)).rowcount
        self.truncate_wal()  # whatever went: a process may have ended before it could sweep after a deletion
        return int(gone)

    def delete_response(self, owner: str) -> bool:
        """Delete a response, the earlier ones that it takes again, and all that hangs on them.

        The rounds that counted them note how many were deleted, not whose. The space is overwritten in the file and
        its journal. The fingerprints of the owner links are remembered, so that no backup brings the responses back.
        """
        with self._write() as db:
            gone = delete_responses(db, "owner = ?", owner) > 0
        if gone:
            self.truncate_wal()
        return gone

    @staticmethod
    def _touch(db: Database, owner: str, *, bank: str, day: str) -> int | None:
        """Note that a response changed, under which bank and on which day; gives its id, or None."""
        row = db.execute("SELECT id, bank, changed FROM response WHERE owner = ?", (owner,)).fetchone()
        if row is None:
            return None
        # Mostly nothing has to be noted, once a day being enough: then there is a page less to write for good.
        if row[1:] != (bank, day):
            db.execute("UPDATE response SET bank = ?, changed = ? WHERE id = ?", (bank, day, row[0]))
        return int(row[0])


def delete_responses(db: Database, where: str, *values: str) -> int:
    """Delete the responses that `where` finds and the earlier ones that they take again; gives how many.

    `where` is ours, never what somebody sent.
    """
    own = f"""
        WITH RECURSIVE own (id) AS (
            SELECT id FROM response WHERE {where}
            UNION SELECT earlier FROM response JOIN own USING (id) WHERE earlier IS NOT NULL
        )"""
    db.execute(
        f"{own} INSERT INTO erased SELECT owner, {TODAY}, 0 FROM response WHERE id IN own ON CONFLICT DO NOTHING",
        values,
    )
    db.execute(
        f"{own} UPDATE round SET erased = erased + (SELECT count(*) FROM counted WHERE round = round.id"
        " AND response IN own) WHERE id IN (SELECT round FROM counted WHERE response IN own)",
        values,
    )
    return int(db.execute(f"{own} DELETE FROM response WHERE id IN own", values).rowcount)


_COLUMNS = ("id", "bank", "started", "changed", "finished", "title", "text", "earlier")


def load_one_response(db: Database, where: str, value: str | int) -> Response | None:
    """The one response that `where` finds, with all that hangs on it. `where` is ours, never what somebody sent."""
    row = db.execute(f"SELECT {', '.join(_COLUMNS)} FROM response WHERE {where}", (value,)).fetchone()
    if row is None:
        return None

    def hanging(columns: str, table: str) -> list[tuple[Any, ...]]:
        return db.execute(f"SELECT {columns} FROM {table} WHERE response = ?", row[:1]).fetchall()

    return Response(
        **dict(zip(_COLUMNS, row, strict=True)),
        answers=dict(hanging("question, answer", "answer")),
        contacts=tuple(role for (role,) in hanging("role", "contact")),
        wishes=dict(hanging("responsibility, wish", "wish")),
        goals=tuple(role for (role,) in hanging("role", "goal")),
        shares=tuple(
            Share(number, label, bool(shares_text), bool(shares_wishes), made)
            for number, label, shares_text, shares_wishes, made in hanging(
                "number, label, shares_text, shares_wishes, made", "share"
            )
        ),
    )
