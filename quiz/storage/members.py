"""The members of teams: joining, leaving, names, and removal by the lead of an open team."""

from __future__ import annotations

from collections.abc import Sequence

from quiz.storage.engine import Connection, Tables
from quiz.storage.new_links import free_hashes
from quiz.storage.people import (
    earlier_responses,
    end_memberships,
    end_replaced_memberships,
    members_of_person,
    responses_of_person,
)
from quiz.storage.response_rows import insert_response, unused_response
from quiz.storage.teams import IS_COUNTED, IS_OWN, select_response_by_id, select_team
from quiz.storage.tombstones import delete_tombstone, membership_hash
from quiz.teams import Membership, OpenMember, Removal
from quiz.teams.joining import JoinDecision, is_name_taken, join_decision


class Members(Tables):
    """Reads and writes memberships. Arguments whose names end in `hash` are hashes of links (see `quiz.web.links`)."""

    def load_membership(self, owner_hash: str) -> Membership | None:
        """The membership of a response in its team, or None if it is in no team."""
        with self.read_transaction() as db:
            columns = f"member.team, member.name, member.shares_wishes, {IS_COUNTED}"
            row = db.execute(f"SELECT {columns} FROM member WHERE {IS_OWN}", (owner_hash,)).fetchone()
            if row is None:
                return None
            team_id, name, shares_wishes, counted = row
            team = select_team(db, "id = ?", team_id)
        assert team is not None, "deleting a team deletes its member rows"
        return Membership(team, name, bool(shares_wishes), bool(counted))

    def is_counted(self, owner_hash: str) -> bool:
        """Whether a round of any team ever counted this response."""
        with self.read_transaction() as db:
            counted = f"SELECT EXISTS (SELECT 1 FROM counted_response WHERE {IS_OWN})"
            return bool(db.execute(counted, (owner_hash,)).fetchone()[0])

    def load_open_members(self, team: int) -> tuple[OpenMember, ...]:
        """All members of an open team with their answers, by name. `team` is an id."""
        with self.read_transaction() as db:
            rows = db.execute(
                "SELECT member.response, member.name, member.shares_wishes"
                " FROM member JOIN team ON team.id = member.team"
                " WHERE team.id = ? AND team.kind = 'open' ORDER BY member.name, member.response",
                (team,),
            ).fetchall()
            return tuple(_open_member(db, id, name, bool(shares_wishes)) for id, name, shares_wishes in rows)

    def load_removal(self, owner_hash: str) -> Removal | None:
        """The removal of a response from an open team that its owner has not read yet, or None."""
        with self.read_transaction() as db:
            sql = f"SELECT removal.team_name, removal.day FROM removal WHERE {IS_OWN}"
            row = db.execute(sql, (owner_hash,)).fetchone()
        return Removal(*row) if row else None

    def start_in_team(
        self,
        join_hash: str,
        owner_hash: str,
        *,
        bank: str,
        day: str,
        name: str,
        shares_wishes: bool,
        same_form: Sequence[str] = (),
    ) -> tuple[JoinDecision, str] | None:
        """Create a response in a team, if `join_decision` allows it, in one transaction.

        Returns the decision and the owner hash of the response. `same_form` has further owner hashes that the same form
        uses, as in `create_response`. None if there is no such team, or if all hashes were used before.
        """
        hashes = [owner_hash, *same_form]
        with self.write_transaction() as db:
            existing = unused_response(db, hashes, joins_team=True)
            candidates = [existing] if existing else free_hashes(db, "response", "owner_hash", hashes)
            if not candidates:
                return None
            decision = _join_decision(db, join_hash, candidates[0], name)
            if decision is None:
                return None
            if decision is JoinDecision.JOIN:
                if existing is None:
                    insert_response(db, candidates[0], bank=bank, day=day)
                _insert_member(db, join_hash, candidates[0], name, shares_wishes)
            return decision, candidates[0]

    def join_team(
        self, join_hash: str, owner_hash: str, *, name: str, shares_wishes: bool, day: str
    ) -> JoinDecision | None:
        """Add a response to a team if `join_decision` allows it, in one transaction. Returns the decision.

        Joining the same team again updates the name and whether wishes are shown. Anonymous teams store neither.
        Other responses of the same person in the team get the name, and their wishes are hidden with these.
        None if there is no such team or response.
        """
        with self.write_transaction() as db:
            if db.execute("SELECT 1 FROM response WHERE owner_hash = ?", (owner_hash,)).fetchone() is None:
                return None
            decision = _join_decision(db, join_hash, owner_hash, name)
            if decision is not JoinDecision.JOIN:
                return decision
            replaces_text = _has_text_of_teams(db, owner_hash)
            _insert_member(db, join_hash, owner_hash, name, shares_wishes)
            end_replaced_memberships(db, owner_hash, day=day)
        if replaces_text:
            self.purge_deleted()  # the log must not keep the old name, or the name of the team that removed them
        return decision

    def stay_in_team(self, owner_hash: str) -> bool:
        """Add a response to the team of the one that it repeats, under the same name. False if that is in no team.

        In an anonymous team the earlier response leaves when this one is finished, unless a round has counted it.
        """
        with self.write_transaction() as db:
            row = db.execute(
                "SELECT response.id, member.team, member.name, member.shares_wishes"
                " FROM response JOIN member ON member.response = response.earlier WHERE response.owner_hash = ?",
                (owner_hash,),
            ).fetchone()
            if row is None:
                return False
            # Of a person who left, joined again with the earlier response, and sends the form again.
            delete_tombstone(db, membership_hash(owner_hash, row[1]))
            db.execute(
                "INSERT INTO member (response, team, name, shares_wishes) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (response) DO NOTHING",
                row,
            )
            return True

    def rename_member(self, owner_hash: str, name: str) -> JoinDecision | None:
        """Change the name of a member of an open team, for all responses of this person in it.

        Returns `JOIN`, or `NAME_TAKEN` and changes nothing. None if the response is in no open team.
        """
        with self.write_transaction() as db:
            row = db.execute(
                "SELECT member.response, member.team FROM member JOIN team ON team.id = member.team"
                f" WHERE team.kind = 'open' AND {IS_OWN}",
                (owner_hash,),
            ).fetchone()
            if row is None:
                return None
            response, team = row
            if is_name_taken(name, _other_names(db, team, response)):
                return JoinDecision.NAME_TAKEN
            for id, _ in members_of_person(db, team, response):
                db.execute("UPDATE member SET name = ? WHERE member.response = ?", (name, id))
        self.purge_deleted()  # the log must not keep the old name
        return JoinDecision.JOIN

    def remove_member(self, lead_hash: str, response: int, *, day: str) -> bool:
        """Remove the person of a response (an id) from an open team, with all their responses, which are told.

        False if the team is not open or the response is not in it.
        """
        with self.write_transaction() as db:
            row = db.execute(
                "SELECT team.id, team.name FROM team JOIN member ON member.team = team.id"
                " WHERE team.lead_hash = ? AND team.kind = 'open' AND member.response = ?",
                (lead_hash, response),
            ).fetchone()
            if row is None:
                return False
            team, team_name = row
            for id in end_memberships(db, team, response, day=day):
                db.execute(
                    "INSERT INTO removal (response, team_name, day) VALUES (?, ?, ?)"
                    " ON CONFLICT (response) DO UPDATE SET team_name = excluded.team_name, day = excluded.day",
                    (id, team_name, day),
                )
        self.purge_deleted()
        return True

    def delete_removal(self, owner_hash: str) -> None:
        """Forget that a response was removed from a team: its owner has read it."""
        with self.write_transaction() as db:
            db.execute(f"DELETE FROM removal WHERE {IS_OWN}", (owner_hash,))
        self.purge_deleted()  # the log must not keep the name of the team

    def leave_team(self, owner_hash: str, *, day: str, team: int | None = None) -> bool:
        """Remove the person of a response from its team, with all their responses in it.

        An earlier response that stayed would be shown or counted instead. Published rounds do not change: they
        reference no response. False if it is in no team, or if `team` is given and it is in another team.
        """
        with self.write_transaction() as db:
            row = db.execute(
                f"SELECT member.response, member.team FROM member WHERE {IS_OWN}", (owner_hash,)
            ).fetchone()
            if row is None or team not in (None, row[1]):
                return False
            end_memberships(db, row[1], row[0], day=day)
        self.purge_deleted()
        return True


def _join_decision(db: Connection, join_hash: str, owner_hash: str, name: str) -> JoinDecision | None:
    """Whether the response of `owner_hash` may join, also if there is none yet. None if there is no such team."""
    team = select_team(db, "join_hash = ?", join_hash)
    if team is None:
        return None
    row = db.execute(
        "SELECT response.id, response.finished,"
        " EXISTS (SELECT 1 FROM counted_response WHERE counted_response.response = response.id), member.team"
        " FROM response LEFT JOIN member ON member.response = response.id WHERE response.owner_hash = ?",
        (owner_hash,),
    ).fetchone()
    response, finished, counted, current_team = row or (None, None, False, None)
    return join_decision(
        team,
        finished=finished,
        counted=bool(counted),
        current_team=current_team,
        name=name,
        other_names=_other_names(db, team.id, response),
    )


def _has_text_of_teams(db: Connection, owner_hash: str) -> bool:
    """Whether a response has a name in a team, or the name of a team that removed it: what joining replaces."""
    sql = f"SELECT 1 FROM member WHERE {IS_OWN} AND name <> '' UNION SELECT 1 FROM removal WHERE {IS_OWN}"
    return db.execute(sql, (owner_hash, owner_hash)).fetchone() is not None


def _other_names(db: Connection, team: int, response: int | None) -> list[str]:
    """The names of the members of a team, without those of the person of `response`."""
    own = responses_of_person(db, response) if response is not None else set()
    rows = db.execute("SELECT member.response, member.name FROM member WHERE member.team = ?", (team,)).fetchall()
    return [name for id, name in rows if id not in own]


def _insert_member(db: Connection, join_hash: str, owner_hash: str, name: str, shares_wishes: bool) -> None:
    """Insert or update the member row of a response that may join the team."""
    team, kind, response = db.execute(
        "SELECT team.id, team.kind, response.id FROM team CROSS JOIN response WHERE join_hash = ? AND owner_hash = ?",
        (join_hash, owner_hash),
    ).fetchone()
    if kind == "anonymous":
        name, shares_wishes = "", False
    for id, _ in members_of_person(db, team, response):
        db.execute("UPDATE member SET name = ? WHERE member.response = ?", (name, id))
        if not shares_wishes:
            db.execute("UPDATE member SET shares_wishes = false WHERE member.response = ?", (id,))
    delete_tombstone(db, membership_hash(owner_hash, team))
    db.execute("DELETE FROM removal WHERE removal.response = ?", (response,))
    db.execute(
        "INSERT INTO member (response, team, name, shares_wishes) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (response) DO UPDATE SET name = excluded.name, shares_wishes = excluded.shares_wishes",
        (response, team, name, shares_wishes),
    )


def _open_member(db: Connection, id: int, name: str, shares_wishes: bool) -> OpenMember:
    response = select_response_by_id(db, id)
    wishes = response.wishes if shares_wishes else None
    return OpenMember(
        name,
        response.answers,
        wishes,
        follow_ups=response.follow_ups,
        is_finished=response.finished is not None,
        response=id,
        earlier=earlier_responses(db, id),
    )
