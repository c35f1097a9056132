"""Teams, their rounds and their members. `quiz.teams.anonymous` decides what a round counts and publishes."""

from __future__ import annotations

from sqlite_utils import Database

from quiz.storage.ids import new_id
from quiz.storage.responses import Response, select_response
from quiz.storage.sqlite import SqliteFile
from quiz.storage.tombstones import delete_tombstone, insert_tombstone, insert_tombstones, membership_hash
from quiz.teams import Candidate, Membership, OpenMember, Publish, Round, RoundMember, Team, TeamKind
from quiz.teams.joining import JoinDecision, join_decision


class Teams(SqliteFile):
    """Reads and writes teams. `lead_hash`, `join_hash` and `owner_hash` are hashes of links (see `quiz.web.links`)."""

    def create_team(
        self, lead_hash: str, join_hash: str, *, number: int, name: str, kind: TeamKind, minimum: int, day: str
    ) -> None:
        """Create a team and open its first round. Does nothing if this lead hash has a team."""
        with self.write_transaction() as db:
            id = new_id(db, "team")
            is_created = db.execute(
                "INSERT INTO team (id, lead_hash, join_hash, number, name, kind, minimum, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (lead_hash) DO NOTHING",
                (id, lead_hash, join_hash, number, name, kind, minimum, day),
            ).rowcount
            if is_created:
                _insert_round(db, id, number=1, day=day)

    def load_team(self, lead_hash: str) -> Team | None:
        """The team of a lead link, or None."""
        with self.read_transaction() as db:
            return _select_team(db, "lead_hash = ?", lead_hash)

    def load_all_teams(self) -> tuple[Team, ...]:
        """All teams from the oldest to the newest, for the operator."""
        with self.read_transaction() as db:
            ids = db.execute("SELECT id FROM team ORDER BY created, id").fetchall()
            teams = [_select_team(db, "id = ?", id) for (id,) in ids]
        return tuple(team for team in teams if team)

    def load_team_by_join_link(self, join_hash: str) -> Team | None:
        """The team of a join link, or None."""
        with self.read_transaction() as db:
            return _select_team(db, "join_hash = ?", join_hash)

    def load_membership(self, owner_hash: str) -> Membership | None:
        """The membership of a response in its team, or None if it is in no team."""
        with self.read_transaction() as db:
            columns = f"member.team, member.name, member.shares_wishes, {_IS_COUNTED}"
            row = db.execute(f"SELECT {columns} FROM member WHERE {_IS_OWN}", (owner_hash,)).fetchone()
            if row is None:
                return None
            team_id, name, shares_wishes, counted = row
            team = _select_team(db, "id = ?", team_id)
        assert team is not None, "deleting a team deletes its member rows"
        return Membership(team, name, bool(shares_wishes), bool(counted))

    def is_counted(self, owner_hash: str) -> bool:
        """Whether a round of any team ever counted this response."""
        with self.read_transaction() as db:
            counted = f"SELECT EXISTS (SELECT 1 FROM counted_response WHERE {_IS_OWN})"
            return bool(db.execute(counted, (owner_hash,)).fetchone()[0])

    def load_round_members(self, team: int) -> tuple[RoundMember, ...]:
        """All members of a team, with what decides whether a round counts them. `team` is an id."""
        with self.read_transaction() as db:
            return _select_round_members(db, team)

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

    def join_team(self, join_hash: str, owner_hash: str, *, name: str, shares_wishes: bool) -> bool:
        """Add a response to a team. False if there is no such team or response, or if it is in another team.

        Joining the same team again updates the name and whether wishes are shown. Anonymous teams store neither.
        """
        with self.write_transaction() as db:
            return _insert_member(db, join_hash, owner_hash, name, shares_wishes)

    def bring_response(self, join_hash: str, owner_hash: str, *, name: str, shares_wishes: bool) -> JoinDecision | None:
        """Add an existing response to a team if `join_decision` allows it, in one transaction. Returns the decision.

        None if there is no such team or response.
        """
        with self.write_transaction() as db:
            team = _select_team(db, "join_hash = ?", join_hash)
            row = db.execute(
                "SELECT response.finished,"
                " EXISTS (SELECT 1 FROM counted_response WHERE counted_response.response = response.id), member.team"
                " FROM response LEFT JOIN member ON member.response = response.id WHERE response.owner_hash = ?",
                (owner_hash,),
            ).fetchone()
            if team is None or row is None:
                return None
            finished, counted, current_team = row
            decision = join_decision(team, finished=finished, counted=bool(counted), current_team=current_team)
            if decision is JoinDecision.JOIN:
                _insert_member(db, join_hash, owner_hash, name, shares_wishes)
            return decision

    def leave_team(self, owner_hash: str, *, day: str, team: int | None = None) -> bool:
        """Remove a response from its team. Published rounds do not change: they reference no response.

        False if it is in no team, or if `team` is given and it is in another team.
        """
        with self.write_transaction() as db:
            row = db.execute(f"SELECT member.team FROM member WHERE {_IS_OWN}", (owner_hash,)).fetchone()
            if row is None or team not in (None, row[0]):
                return False
            insert_tombstone(db, membership_hash(owner_hash, row[0]), day=day)
            db.execute(f"DELETE FROM member WHERE {_IS_OWN}", (owner_hash,))
        self.truncate_wal()
        return True

    def close_round(self, lead_hash: str, publish: Publish, *, day: str, number: int | None = None) -> bool:
        """Close the open round of a team with what `publish` decides to publish, in one transaction.

        False if no round is open, if `number` is given and the open round has another one, or if `publish`
        returns None. `publish` gets the team as it is in this transaction, with a minimum that was raised just before.
        """
        with self.write_transaction() as db:
            team = _select_team(db, "lead_hash = ?", lead_hash)
            if team is None or team.open_round is None or number not in (None, team.open_round.number):
                return False
            candidates = [_candidate(db, member) for member in _select_round_members(db, team.id)]
            publication = publish(team, candidates)
            if publication is None:
                return False
            (round_id,) = db.execute(
                "SELECT id FROM round WHERE team = ? AND number = ?", (team.id, team.open_round.number)
            ).fetchone()
            db.execute(
                "UPDATE round SET closed = ?, published = ?, people = ? WHERE id = ?",
                (day, publication.published, len(publication.counted), round_id),
            )
            for response in publication.counted:
                db.execute("INSERT INTO counted_response (response, round) VALUES (?, ?)", (response, round_id))
            return True

    def open_round(self, lead_hash: str, *, day: str) -> bool:
        """Open the next round of a team. False if a round is open already."""
        with self.write_transaction() as db:
            team = _select_team(db, "lead_hash = ?", lead_hash)
            if team is None or team.open_round is not None:
                return False
            _insert_round(db, team.id, number=len(team.rounds) + 1, day=day)
            return True

    def raise_minimum(self, lead_hash: str, minimum: int) -> bool:
        """Raise the minimum round size of a team. False if `minimum` is not higher."""
        with self.write_transaction() as db:
            update = "UPDATE team SET minimum = ? WHERE lead_hash = ? AND minimum < ?"
            return bool(db.execute(update, (minimum, lead_hash, minimum)).rowcount)

    def replace_links(self, lead_hash: str, *, new_lead_hash: str, join_hash: str, number: int, day: str) -> bool:
        """Replace the links of a team: the old ones stop working. `new_lead_hash` may equal `lead_hash`."""
        with self.write_transaction() as db:
            row = db.execute("SELECT id, join_hash FROM team WHERE lead_hash = ?", (lead_hash,)).fetchone()
            if row is None:
                return False
            id, old_join_hash = row
            insert_tombstones(db, [lead_hash, old_join_hash], day=day)
            for used_again in (new_lead_hash, join_hash):
                delete_tombstone(db, used_again)
            db.execute(
                "UPDATE team SET lead_hash = ?, join_hash = ?, number = ? WHERE id = ?",
                (new_lead_hash, join_hash, number, id),
            )
            return True

    def delete_team(self, lead_hash: str, *, day: str) -> bool:
        """Delete a team and all its rounds. The responses of its members stay."""
        return self._delete_team("lead_hash = ?", lead_hash, day)

    def delete_team_by_id(self, id: int, *, day: str) -> bool:
        """The same as `delete_team`, for the operator, who has no lead link."""
        return self._delete_team("id = ?", id, day)

    def _delete_team(self, where: str, value: str | int, day: str) -> bool:
        with self.write_transaction() as db:
            row = db.execute(f"SELECT id, lead_hash, join_hash FROM team WHERE {where}", (value,)).fetchone()
            if row is None:
                return False
            id, *hashes = row
            insert_tombstones(db, hashes, day=day)
            db.execute("DELETE FROM team WHERE id = ?", (id,))
        self.truncate_wal()
        return True


_IS_OWN = "response = (SELECT response.id FROM response WHERE owner_hash = ?)"
_IS_COUNTED = "EXISTS (SELECT 1 FROM counted_response WHERE counted_response.response = member.response)"


def _select_team(db: Database, where: str, value: str | int) -> Team | None:
    """The one team that `where` selects, with its rounds. `where` is SQL of this module, never user input."""
    sql = f"SELECT id, number, name, kind, minimum, created FROM team WHERE {where}"
    row = next(db.query(sql, (value,)), None)
    if row is None:
        return None
    rounds = db.query(
        "SELECT number, opened, closed, published, people, deleted FROM round WHERE round.team = ? ORDER BY number",
        (row["id"],),
    )
    return Team(**row, rounds=tuple(Round(**columns) for columns in rounds))


def _select_round_members(db: Database, team: int) -> tuple[RoundMember, ...]:
    rows = db.execute(
        f"SELECT member.response, response.finished, {_IS_COUNTED}"
        " FROM member JOIN response ON response.id = member.response"
        " WHERE member.team = ? ORDER BY member.response",
        (team,),
    ).fetchall()
    return tuple(RoundMember(id, finished, bool(counted)) for id, finished, counted in rows)


def _insert_round(db: Database, team: int, *, number: int, day: str) -> None:
    id = new_id(db, "round")
    db.execute("INSERT INTO round (id, team, number, opened) VALUES (?, ?, ?, ?)", (id, team, number, day))


def _insert_member(db: Database, join_hash: str, owner_hash: str, name: str, shares_wishes: bool) -> bool:
    """Insert or update the member row. False if there is no such team or response, or if it is in another team."""
    row = db.execute(
        "SELECT team.id, team.kind, response.id FROM team CROSS JOIN response WHERE join_hash = ? AND owner_hash = ?",
        (join_hash, owner_hash),
    ).fetchone()
    if row is None:
        return False
    team, kind, response = row
    if kind == "anonymous":
        name, shares_wishes = "", False
    delete_tombstone(db, membership_hash(owner_hash, team))
    return bool(
        db.execute(
            "INSERT INTO member (response, team, name, shares_wishes) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (response) DO UPDATE SET name = excluded.name, shares_wishes = excluded.shares_wishes"
            " WHERE member.team = excluded.team",
            (response, team, name, shares_wishes),
        ).rowcount
    )


def _candidate(db: Database, member: RoundMember) -> Candidate:
    response = _select_response_by_id(db, member.response)
    return Candidate(member.response, member.finished, member.counted, response.answers, response.contacts)


def _open_member(db: Database, id: int, name: str, shares_wishes: bool) -> OpenMember:
    response = _select_response_by_id(db, id)
    wishes = response.wishes if shares_wishes else None
    return OpenMember(name, response.answers, wishes, is_finished=response.finished is not None)


def _select_response_by_id(db: Database, id: int) -> Response:
    response = select_response(db, "id = ?", id)
    assert response is not None, "deleting a response deletes its member row"
    return response
