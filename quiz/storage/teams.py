"""Teams and their rounds. Which responses a round takes and what it publishes is decided by `quiz.teams.anonymous`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from quiz.storage.responses import TODAY, Response, load_one_response
from quiz.storage.sqlite import Connected
from quiz.teams import Candidate, Kind, Membership, OpenMember, Publish, Round, RoundMember, Team


class Teams(Connected):
    """Teams are found by the fingerprint of their lead link or their join link, responses by that of the owner link."""

    def create_team(
        self, lead: str, joining: str, *, number: int, name: str, kind: Kind, minimum: int, day: str
    ) -> None:
        """Make a team with its first round open. The same lead link twice makes one."""
        with self._write() as db:
            made = db.execute(
                "INSERT INTO team (lead, joining, number, name, kind, minimum, made) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (lead, joining, number, name, kind, minimum, day),
            ).rowcount
            if made:
                db.execute(
                    "INSERT INTO round (team, number, opened) SELECT id, 1, ? FROM team WHERE lead = ?", (day, lead)
                )

    def load_team(self, lead: str) -> Team | None:
        """The team behind a lead link."""
        with self._read() as db:
            return _team(db, "lead = ?", lead)

    def load_all_teams(self) -> tuple[Team, ...]:
        """All teams, for who runs this."""
        with self._read() as db:
            ids = db.execute("SELECT id FROM team ORDER BY id").fetchall()
            found = [_team(db, "id = ?", id) for (id,) in ids]
        return tuple(team for team in found if team)

    def load_team_by_join_link(self, joining: str) -> Team | None:
        """The team behind a join link."""
        with self._read() as db:
            return _team(db, "joining = ?", joining)

    def load_membership(self, owner: str) -> Membership | None:
        """The team that a response is in, if it is in one."""
        with self._read() as db:
            rows = list(
                db.query(f"SELECT team, name, shares_wishes, {_COUNTED} AS counted FROM member WHERE {_OWN}", (owner,))
            )
            if not rows:
                return None
            team = _team(db, "id = ?", rows[0]["team"])
        assert team is not None, "a member row falls with its team"
        return Membership(team, rows[0]["name"], bool(rows[0]["shares_wishes"]), bool(rows[0]["counted"]))

    def is_counted(self, owner: str) -> bool:
        """Whether any round of any team ever counted a response."""
        with self._read() as db:
            found = f"SELECT EXISTS (SELECT 1 FROM counted WHERE {_OWN})"
            return bool(db.execute(found, (owner,)).fetchone()[0])

    def load_round_members(self, team: int) -> tuple[RoundMember, ...]:
        """All responses in a team, as far as counting them goes."""
        with self._read() as db:
            return _round_members(db, team)

    def load_open_members(self, team: int) -> tuple[OpenMember, ...]:
        """All members of an open team with their answers, by name."""
        with self._read() as db:
            rows = db.execute(
                "SELECT response, member.name, shares_wishes FROM member JOIN team ON team.id = team"
                " WHERE team = ? AND kind = 'open' ORDER BY member.name, response",
                (team,),
            ).fetchall()
            return tuple(_open_member(_by_id(db, id), name, bool(shares_wishes)) for id, name, shares_wishes in rows)

    def join_team(self, joining: str, owner: str, *, name: str, shares_wishes: bool) -> bool:
        """Put a response into a team. False where there is no such team or response, or it is in another team.

        Joining the same team again only changes the name and whether wishes are shown; anonymous teams keep neither.
        """
        with self._write() as db:
            return bool(
                db.execute(
                    "INSERT INTO member (response, team, name, shares_wishes)"
                    " SELECT response.id, team.id, iif(kind = 'open', ?, ''), kind = 'open' AND ?"
                    " FROM response, team WHERE owner = ? AND joining = ?"
                    " ON CONFLICT DO UPDATE SET name = excluded.name, shares_wishes = excluded.shares_wishes"
                    " WHERE team = excluded.team",
                    (name, shares_wishes, owner, joining),
                ).rowcount
            )

    def leave_team(self, owner: str) -> bool:
        """Take a response out of its team. What was published stays as it is, and knows nobody."""
        with self._write() as db:
            gone = bool(db.execute(f"DELETE FROM member WHERE {_OWN}", (owner,)).rowcount)
        if gone:
            self.truncate_wal()
        return gone

    def close_round(self, lead: str, publish: Publish, *, day: str, number: int | None = None) -> bool:
        """Close the open round of a team with what `publish` decides to publish, in one transaction.

        False if no round is open, if the open round is not the one with `number` (where that is given), or if `publish`
        returns None. `publish` gets the team as this transaction reads it: a minimum raised a moment ago applies.
        """
        with self._write() as db:
            team = _team(db, "lead = ?", lead)
            if team is None or team.open_round is None or number not in (None, team.open_round.number):
                return False
            publication = publish(team, [_candidate(db, member) for member in _round_members(db, team.id)])
            if publication is None:
                return False
            db.execute(
                "UPDATE round SET closed = ?, published = ?, people = ? WHERE team = ? AND number = ?",
                (day, publication.published, len(publication.counted), team.id, team.open_round.number),
            )
            for response in publication.counted:
                db.execute(
                    "INSERT INTO counted (response, round) SELECT ?, id FROM round WHERE team = ? AND number = ?",
                    (response, team.id, team.open_round.number),
                )
            return True

    def open_round(self, lead: str, *, day: str) -> bool:
        """Open a team's next round; False where one is open already."""
        with self._write() as db:
            team = _team(db, "lead = ?", lead)
            if team is None or team.open_round is not None:
                return False
            number = len(team.rounds) + 1
            db.execute("INSERT INTO round (team, number, opened) VALUES (?, ?, ?)", (team.id, number, day))
            return True

    def raise_minimum(self, lead: str, minimum: int) -> bool:
        """Raise a team's minimum; False where it would not be higher."""
        with self._write() as db:
            raised = "UPDATE team SET minimum = ? WHERE lead = ? AND minimum < ?"
            return bool(db.execute(raised, (minimum, lead, minimum)).rowcount)

    def replace_links(self, lead: str, *, new_lead: str, joining: str, number: int) -> bool:
        """Give a team new links; the old ones lead nowhere from now on. `new_lead` may be `lead` itself.

        The fingerprint of the old lead link is remembered: by it a backup knows the team.
        """
        with self._write() as db:
            if new_lead != lead:
                db.execute(
                    "INSERT INTO former SELECT lead, id FROM team WHERE lead = ? ON CONFLICT DO NOTHING", (lead,)
                )
            replaced = "UPDATE team SET lead = ?, joining = ?, number = ? WHERE lead = ?"
            return bool(db.execute(replaced, (new_lead, joining, number, lead)).rowcount)

    def delete_team(self, lead: str) -> bool:
        """Delete a team with all its rounds. Everybody's responses stay theirs.

        The fingerprints of its lead links, former ones too, are remembered, so that no backup brings the team back.
        """
        with self._write() as db:
            db.execute(
                f"""
                INSERT INTO erased SELECT lead, {TODAY}, 0 FROM team WHERE lead = :lead
                UNION SELECT former.lead, {TODAY}, 0 FROM former JOIN team ON team.id = team WHERE team.lead = :lead
                ON CONFLICT DO NOTHING""",
                {"lead": lead},
            )
            gone = bool(db.execute("DELETE FROM team WHERE lead = ?", (lead,)).rowcount)
        if gone:
            self.truncate_wal()
        return gone


_OWN = "response = (SELECT id FROM response WHERE owner = ?)"
_COUNTED = "EXISTS (SELECT 1 FROM counted WHERE counted.response = member.response)"


def _team(db: Database, where: str, value: str | int) -> Team | None:
    """The one team that `where` finds. `where` is ours, never what somebody sent."""
    rows: list[Mapping[str, Any]] = list(
        db.query(f"SELECT id, number, name, kind, minimum, made FROM team WHERE {where}", (value,))
    )
    if not rows:
        return None
    rounds = db.query(
        "SELECT number, opened, closed, published, people, erased FROM round WHERE team = ? ORDER BY number",
        (rows[0]["id"],),
    )
    return Team(**rows[0], rounds=tuple(Round(**row) for row in rounds))


def _round_members(db: Database, team: int) -> tuple[RoundMember, ...]:
    rows = db.execute(
        f"SELECT response, finished, {_COUNTED} FROM member JOIN response ON response.id = response WHERE team = ?",
        (team,),
    ).fetchall()
    return tuple(RoundMember(id, finished, bool(counted)) for id, finished, counted in rows)


def _candidate(db: Database, member: RoundMember) -> Candidate:
    response = _by_id(db, member.response)
    return Candidate(member.response, member.finished, member.counted, response.answers, response.contacts)


def _open_member(response: Response, name: str, shares_wishes: bool) -> OpenMember:
    wishes = response.wishes if shares_wishes else None
    return OpenMember(name, response.answers, wishes, is_finished=response.finished is not None)


def _by_id(db: Database, id: int) -> Response:
    found = load_one_response(db, "id = ?", id)
    assert found is not None, "a member row falls with its response"
    return found
