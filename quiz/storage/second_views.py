"""Second views: how somebody else answers the questions about the owner of a response, sealed until the owner opens it.

Nothing of one side is loaded for the other before the second view is opened: a method for the owner selects the answers
of the viewer only if it is opened, and the answers of the owner are copied to it only then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from quiz.storage.engine import Connection, Tables
from quiz.storage.new_links import existing_hashes, free_hashes
from quiz.storage.response_rows import PageSave, is_outdated
from quiz.storage.tombstones import insert_tombstones

#: Whose link it is that a second view is loaded with: the owner’s, the view link, or the viewer’s.
Reader = Literal["owner", "asked", "viewer"]

_NO_HASHES: Mapping[str, int] = MappingProxyType({})
_COLUMNS = "response, number, owner_name, viewer_name, created, draft_since, sent, opened, on_sheet"
_IS_OWN = "response = (SELECT response.id FROM response WHERE owner_hash = ?)"
_IS_REQUESTED = "view_hash = ?"
_IS_VIEWED = "response = (SELECT viewer.response FROM viewer WHERE viewer_hash = ?)"


@dataclass(frozen=True)
class SecondView:
    """A second view as one of the two sides may see it. Dates are days.

    `owner_name` and `viewer_name` are how the two call each other. The view link is derived from the owner link and
    `number`. `has_begun` says whether the viewer has a viewer link. `sent` and `opened` are None before that.
    `on_sheet` says whether the owner shows its questions on the page for a conversation.

    `viewer_answers` and `priorities` (responsibility ids) are what the viewer entered; for the owner they are empty
    before the opening. `owner_answers` are those of the owner at the opening, empty before it.
    """

    number: int
    owner_name: str
    viewer_name: str
    created: str
    draft_since: str
    sent: str | None
    opened: str | None
    on_sheet: bool
    has_begun: bool
    has_sent_priorities: bool
    viewer_answers: Mapping[str, str]
    owner_answers: Mapping[str, str]
    priorities: tuple[str, ...]


class SecondViews(Tables):
    """Reads and writes second views. Arguments whose names end in `hash` are hashes of links (see `quiz.web.links`)."""

    def load_second_view(self, owner_hash: str) -> SecondView | None:
        """The second view of a response for its owner, or None. It has no answers before it is opened."""
        return self._load(_IS_OWN, owner_hash, reader="owner")

    def load_requested_view(self, view_hash: str) -> SecondView | None:
        """The second view that a view link asks for, without answers, or None."""
        return self._load(_IS_REQUESTED, view_hash, reader="asked")

    def load_viewer(self, viewer_hash: str) -> SecondView | None:
        """The second view of a viewer link with what the viewer entered, or None."""
        return self._load(_IS_VIEWED, viewer_hash, reader="viewer")

    def _load(self, where: str, hash: str, *, reader: Reader) -> SecondView | None:
        with self.read_transaction() as db:
            return _select_second_view(db, where, hash, reader=reader)

    def create_second_view(
        self,
        owner_hash: str,
        *,
        owner_name: str,
        viewer_name: str,
        day: str,
        view_hash: str,
        number: int,
        same_form: Mapping[str, int] = _NO_HASHES,
    ) -> bool:
        """Ask for a second view. False if there is no such response, or if it has a second view from another form.

        `same_form` has further hashes that the same form uses, each with its number: if one of them exists, the form
        was sent twice.
        """
        numbers = {view_hash: number, **same_form}
        with self.write_transaction() as db:
            row = db.execute("SELECT id FROM response WHERE owner_hash = ?", (owner_hash,)).fetchone()
            if row is None:
                return False
            if existing_hashes(db, "second_view", "view_hash", numbers):
                return True
            free = free_hashes(db, "second_view", "view_hash", numbers)
            has_other = db.execute("SELECT 1 FROM second_view WHERE response = ?", row).fetchone() is not None
            if has_other or not free:
                return False
            columns = "response, view_hash, number, owner_name, viewer_name, created, draft_since"
            values = (row[0], free[0], numbers[free[0]], owner_name, viewer_name, day, day)
            db.execute(f"INSERT INTO second_view ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            return True

    def begin_second_view(self, view_hash: str, viewer_hashes: Sequence[str]) -> str | None:
        """Give the viewer a link of their own, once. Returns its hash.

        The first free one of `viewer_hashes` is used. If the second view has one of them already and nothing was
        entered, the form was sent twice, and that hash is returned. None if there is no such second view, or if
        somebody began before.
        """
        with self.write_transaction() as db:
            row = db.execute("SELECT response FROM second_view WHERE view_hash = ?", (view_hash,)).fetchone()
            if row is None:
                return None
            begun = db.execute("SELECT viewer_hash FROM viewer WHERE response = ?", row).fetchone()
            if begun is not None:
                is_unused = begun[0] in viewer_hashes and not _has_entries(db, row[0])
                return str(begun[0]) if is_unused else None
            free = free_hashes(db, "viewer", "viewer_hash", viewer_hashes)
            if not free:
                return None
            db.execute("INSERT INTO viewer (response, viewer_hash) VALUES (?, ?)", (row[0], free[0]))
            return free[0]

    def save_viewer_answers(
        self, viewer_hash: str, answers: Mapping[str, str], *, page_save: PageSave | None = None
    ) -> bool:
        """Save a viewer’s answers of one page, by question. False if there is no draft: they were sent, or ended."""
        with self.write_transaction() as db:
            response = _draft(db, viewer_hash)
            if response is None:
                return False
            if is_outdated(db, "viewer", "response", response, page_save):
                return True
            for question, answer in answers.items():
                db.execute(
                    "INSERT INTO second_view_answer (response, side, question, answer) VALUES (?, 'viewer', ?, ?)"
                    " ON CONFLICT (response, side, question) DO UPDATE SET answer = excluded.answer",
                    (response, question, answer),
                )
            return True

    def save_priorities(
        self, viewer_hash: str, priorities: Collection[str], *, is_sent: bool, page_save: PageSave | None = None
    ) -> bool:
        """Save what matters most, as responsibility ids; they replace those before. False if there is no draft.

        `is_sent` says whether the viewer is done with the page: False while it is being filled in, or was left.
        """
        with self.write_transaction() as db:
            response = _draft(db, viewer_hash)
            if response is None:
                return False
            if is_outdated(db, "viewer", "response", response, page_save):
                return True
            if is_sent:
                db.execute("UPDATE viewer SET priorities_sent = true WHERE response = ?", (response,))
            db.execute("DELETE FROM priority WHERE response = ?", (response,))
            for responsibility in dict.fromkeys(priorities):
                db.execute("INSERT INTO priority (response, responsibility) VALUES (?, ?)", (response, responsibility))
            return True

    def send_second_view(self, viewer_hash: str, *, day: str) -> bool:
        """Record that the viewer sent their answers. From now on they do not change. False if there is no draft."""
        with self.write_transaction() as db:
            response = _draft(db, viewer_hash)
            if response is None:
                return False
            db.execute("UPDATE second_view SET sent = ?, overdue_since = NULL WHERE response = ?", (day, response))
            return True

    def take_back_second_view(self, viewer_hash: str, *, day: str) -> bool:
        """Make what the viewer sent a draft again. False if it is opened, or was not sent."""
        with self.write_transaction() as db:
            taken_back = db.execute(
                "UPDATE second_view SET sent = NULL, draft_since = ?"
                f" WHERE sent IS NOT NULL AND opened IS NULL AND {_IS_VIEWED}",
                (day, viewer_hash),
            )
            return bool(taken_back.rowcount)

    def open_second_view(self, owner_hash: str, *, day: str) -> bool:
        """Open what the viewer sent, and copy the owner’s answers as they are now. False if nothing was sent.

        Opening it again changes nothing.
        """
        with self.write_transaction() as db:
            row = db.execute(
                f"SELECT second_view.response, opened FROM second_view WHERE sent IS NOT NULL AND {_IS_OWN}",
                (owner_hash,),
            ).fetchone()
            if row is None:
                return False
            response, opened = row
            if opened is not None:
                return True
            db.execute("UPDATE second_view SET opened = ? WHERE response = ?", (day, response))
            db.execute(
                "INSERT INTO second_view_answer (response, side, question, answer)"
                " SELECT response, 'owner', question, answer FROM answer WHERE response = ?",
                (response,),
            )
            return True

    def show_on_sheet(self, owner_hash: str, is_shown: bool) -> bool:
        """Record whether the page for a conversation shows questions of the second view. False if it is not opened."""
        with self.write_transaction() as db:
            update = f"UPDATE second_view SET on_sheet = ? WHERE opened IS NOT NULL AND {_IS_OWN}"
            return bool(db.execute(update, (is_shown, owner_hash)).rowcount)

    def end_second_view(self, owner_hash: str, *, day: str) -> bool:
        """Delete a second view, for its owner: both links end, and a backup does not bring it back."""
        return self._delete(_IS_OWN, owner_hash, day=day)

    def withdraw_second_view(self, viewer_hash: str, *, day: str) -> bool:
        """The same for its viewer, at any time."""
        return self._delete(_IS_VIEWED, viewer_hash, day=day)

    def _delete(self, where: str, hash: str, *, day: str) -> bool:
        with self.write_transaction() as db:
            row = db.execute(f"SELECT response, view_hash FROM second_view WHERE {where}", (hash,)).fetchone()
            if row is None:
                return False
            response, view_hash = row
            viewers = db.execute("SELECT viewer_hash FROM viewer WHERE response = ?", (response,)).fetchall()
            insert_tombstones(db, [view_hash, *(viewer_hash for (viewer_hash,) in viewers)], day=day)
            db.execute("DELETE FROM second_view WHERE response = ?", (response,))
        self.purge_deleted()
        return True


def _has_entries(db: Connection, response: int) -> bool:
    """Whether the viewer entered anything about the owner of this response (an id)."""
    sql = "SELECT 1 FROM second_view_answer WHERE response = ? UNION SELECT 1 FROM priority WHERE response = ?"
    return db.execute(sql, (response, response)).fetchone() is not None


def _draft(db: Connection, viewer_hash: str) -> int | None:
    """The id of the response whose second view this viewer has not sent yet, or None."""
    select = f"SELECT response FROM second_view WHERE sent IS NULL AND {_IS_VIEWED}"
    row = db.execute(select, (viewer_hash,)).fetchone()
    return int(row[0]) if row else None


def _select_second_view(db: Connection, where: str, hash: str, *, reader: Reader) -> SecondView | None:
    """The second view that `where` selects, SQL of this package, with the answers that its reader may see."""
    row = db.execute(f"SELECT {_COLUMNS} FROM second_view WHERE {where}", (hash,)).fetchone()
    if row is None:
        return None
    response, number, owner_name, viewer_name, created, draft_since, sent, opened, on_sheet = row
    viewer = db.execute("SELECT priorities_sent FROM viewer WHERE response = ?", (response,)).fetchone()
    answers: dict[str, dict[str, str]] = {"owner": {}, "viewer": {}}
    priorities: list[str] = []
    if reader == "viewer" or (reader == "owner" and opened is not None):
        select = "SELECT side, question, answer FROM second_view_answer WHERE response = ?"
        for side, question, answer in db.execute(select, (response,)).fetchall():
            answers[side][question] = answer
        rows = db.execute("SELECT responsibility FROM priority WHERE response = ? ORDER BY 1", (response,)).fetchall()
        priorities = [responsibility for (responsibility,) in rows]
    return SecondView(
        number=number,
        owner_name=owner_name,
        viewer_name=viewer_name,
        created=created,
        draft_since=draft_since,
        sent=sent,
        opened=opened,
        on_sheet=bool(on_sheet),
        has_begun=viewer is not None,
        has_sent_priorities=viewer is not None and bool(viewer[0]),
        viewer_answers=answers["viewer"],
        owner_answers=answers["owner"],
        priorities=tuple(priorities),
    )
