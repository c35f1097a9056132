"""Teams, their rounds and their members. `quiz.teams.anonymous` decides what a round counts and publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sqlite_utils import Database

from quiz.storage.ids import new_id
from quiz.storage.new_links import existing_hashes, free_hashes
from quiz.storage.responses import (
    Response,
    end_earlier_memberships,
    insert_response,
    select_response,
    unused_response,
)
from quiz.storage.sqlite import SqliteFile
from quiz.storage.tombstones import delete_tombstone, insert_tombstone, insert_tombstones, membership_hash
from quiz.teams import Candidate, Membership, OpenMember, Publish, Removal, Round, RoundMember, Team, TeamKind
from quiz.teams.joining import JoinDecision, is_name_taken, join_decision

#: The default of arguments with hashes, none.
_NO_HASHES: Mapping[str, str] = MappingProxyType({})


class TeamLinks(NamedTuple):
    """The hashes of a lead link and of the join link that is derived from it and `number`."""

    lead_hash: str
    join_hash: str
    number: int


class Teams(SqliteFile):
    """Reads and writes teams. `lead_hash`, `join_hash` and `owner_hash` are hashes of links (see `quiz.web.links`)."""

    def create_team(
        self,
        lead_hash: str,
        join_hash: str,
        *,
        number: int,
        name: str,
        kind: TeamKind,
        minimum: int,
        day: str,
        same_form: Mapping[str, str] = _NO_HASHES,
    ) -> str | None:
        """Create a team, open its first round and return its lead hash.

        `same_form` has further lead hashes that the same form uses, each with its join hash: if a team with one of the
        lead hashes is unused, the form was sent twice: nothing is created, and the lead hash of that team is returned.
        Otherwise the first free lead hash is used. None if all were used before.
        """
        join_hashes = {lead_hash: join_hash, **same_form}
        with self.write_transaction() as db:
            for hash in existing_hashes(db, "team", "lead_hash", join_hashes):
                if _is_unused(db, hash, number=number, minimum=minimum):
                    return hash
            free = free_hashes(db, "team", "lead_hash", join_hashes)
            if not free:
                return None
            id = new_id(db, "team")
            db.execute(
                "INSERT INTO team (id, lead_hash, join_hash, number, name, kind, minimum, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (id, free[0], join_hashes[free[0]], number, name, kind, minimum, day),
            )
            _insert_round(db, id, number=1, day=day)
            return free[0]

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

    def load_removal(self, owner_hash: str) -> Removal | None:
        """The removal of a response from an open team that its owner has not read yet, or None."""
        with self.read_transaction() as db:
            sql = f"SELECT removal.team_name, removal.day FROM removal WHERE {_IS_OWN}"
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

    def join_team(self, join_hash: str, owner_hash: str, *, name: str, shares_wishes: bool) -> JoinDecision | None:
        """Add a response to a team if `join_decision` allows it, in one transaction. Returns the decision.

        Joining the same team again updates the name and whether wishes are shown. Anonymous teams store neither.
        None if there is no such team or response.
        """
        with self.write_transaction() as db:
            if db.execute("SELECT 1 FROM response WHERE owner_hash = ?", (owner_hash,)).fetchone() is None:
                return None
            decision = _join_decision(db, join_hash, owner_hash, name)
            if decision is JoinDecision.JOIN:
                _insert_member(db, join_hash, owner_hash, name, shares_wishes)
                end_earlier_memberships(db, owner_hash)
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
            db.execute(
                "INSERT INTO member (response, team, name, shares_wishes) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (response) DO NOTHING",
                row,
            )
            return True

    def rename_member(self, owner_hash: str, name: str) -> JoinDecision | None:
        """Change the name of a member of an open team. Returns `JOIN`, or `NAME_TAKEN` and changes nothing.

        None if the response is in no open team.
        """
        with self.write_transaction() as db:
            row = db.execute(
                "SELECT member.response, member.team FROM member JOIN team ON team.id = member.team"
                f" WHERE team.kind = 'open' AND {_IS_OWN}",
                (owner_hash,),
            ).fetchone()
            if row is None:
                return None
            response, team = row
            if is_name_taken(name, _other_names(db, team, response)):
                return JoinDecision.NAME_TAKEN
            db.execute("UPDATE member SET name = ? WHERE member.response = ?", (name, response))
        self.truncate_wal()  # the log must not keep the old name
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
            for id, owner_hash in _members_of_person(db, team, response):
                insert_tombstone(db, membership_hash(owner_hash, team), day=day)
                db.execute("DELETE FROM member WHERE member.response = ?", (id,))
                db.execute(
                    "INSERT INTO removal (response, team_name, day) VALUES (?, ?, ?)"
                    " ON CONFLICT (response) DO UPDATE SET team_name = excluded.team_name, day = excluded.day",
                    (id, team_name, day),
                )
        self.truncate_wal()
        return True

    def delete_removal(self, owner_hash: str) -> None:
        """Forget that a response was removed from a team: its owner has read it."""
        with self.write_transaction() as db:
            db.execute(f"DELETE FROM removal WHERE {_IS_OWN}", (owner_hash,))

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

    def load_team_of_new_links(self, new_links: Sequence[TeamLinks]) -> Team | None:
        """The team that has one of these pairs of links, or None."""
        with self.read_transaction() as db:
            team_links = _existing_links(db, new_links)
            return _select_team(db, "lead_hash = ?", team_links.lead_hash) if team_links else None

    def replace_links(self, lead_hash: str, new_links: Sequence[TeamLinks], *, day: str) -> str | None:
        """Replace the links of a team and return its lead hash: the old links stop working.

        `new_links` are the pairs that one form uses; their lead hash may equal `lead_hash`. If a team has one of the
        pairs, the form was sent twice, and nothing changes. Otherwise the first pair that nobody had is used. None if
        there is no such team.
        """
        with self.write_transaction() as db:
            existing = _existing_links(db, new_links)
            if existing:
                return existing.lead_hash
            row = db.execute("SELECT id, join_hash FROM team WHERE lead_hash = ?", (lead_hash,)).fetchone()
            new = _first_free_links(db, lead_hash, new_links)
            if row is None or new is None:
                return None
            id, old_join_hash = row
            ended = [old_join_hash] if new.lead_hash == lead_hash else [old_join_hash, lead_hash]
            insert_tombstones(db, ended, day=day)
            db.execute("UPDATE team SET lead_hash = ?, join_hash = ?, number = ? WHERE id = ?", (*new, id))
            return new.lead_hash

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


def _is_unused(db: Database, lead_hash: str, *, number: int, minimum: int) -> bool:
    """Whether a team is as it was created: nobody joined, and its lead changed nothing."""
    team = _select_team(db, "lead_hash = ?", lead_hash)
    assert team is not None, "its hash was just selected"
    is_changed = (team.number, team.minimum) != (number, minimum) or team.open_round is None or len(team.rounds) > 1
    return not is_changed and not db.execute("SELECT 1 FROM member WHERE team = ?", (team.id,)).fetchone()


def _existing_links(db: Database, new_links: Sequence[TeamLinks]) -> TeamLinks | None:
    """The first of these pairs of links that a team has."""
    by_join_hash = {links.join_hash: links for links in new_links}
    existing = existing_hashes(db, "team", "join_hash", by_join_hash)
    return by_join_hash[existing[0]] if existing else None


def _first_free_links(db: Database, lead_hash: str, new_links: Sequence[TeamLinks]) -> TeamLinks | None:
    """The first of these pairs that nobody had. The lead link may stay: `lead_hash` is that of the team."""
    free_lead_hashes = {lead_hash, *free_hashes(db, "team", "lead_hash", [links.lead_hash for links in new_links])}
    free_join_hashes = set(free_hashes(db, "team", "join_hash", [links.join_hash for links in new_links]))
    for links in new_links:
        if links.lead_hash in free_lead_hashes and links.join_hash in free_join_hashes:
            return links
    return None


def _insert_round(db: Database, team: int, *, number: int, day: str) -> None:
    id = new_id(db, "round")
    db.execute("INSERT INTO round (id, team, number, opened) VALUES (?, ?, ?, ?)", (id, team, number, day))


def _join_decision(db: Database, join_hash: str, owner_hash: str, name: str) -> JoinDecision | None:
    """Whether the response of `owner_hash` may join, also if there is none yet. None if there is no such team."""
    team = _select_team(db, "join_hash = ?", join_hash)
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


def _other_names(db: Database, team: int, response: int | None) -> list[str]:
    """The names of the members of a team, without those of the person of `response`."""
    own = _responses_of_person(db, response) if response is not None else set()
    rows = db.execute("SELECT member.response, member.name FROM member WHERE member.team = ?", (team,)).fetchall()
    return [name for id, name in rows if id not in own]


def _members_of_person(db: Database, team: int, response: int) -> list[tuple[int, str]]:
    """The responses in a team that are of the person of `response`: their ids and owner hashes."""
    own = _responses_of_person(db, response)
    rows = db.execute(
        "SELECT response.id, response.owner_hash FROM member JOIN response ON response.id = member.response"
        " WHERE member.team = ?",
        (team,),
    ).fetchall()
    return [(id, owner_hash) for id, owner_hash in rows if id in own]


def _responses_of_person(db: Database, response: int) -> set[int]:
    """The ids of all responses of one person: this one, those that it repeats, and those that repeat it."""
    found, to_visit = {response}, [response]
    while to_visit:
        id = to_visit.pop()
        rows = db.execute(
            "SELECT earlier FROM response WHERE id = ? AND earlier IS NOT NULL"
            " UNION SELECT id FROM response WHERE earlier = ?",
            (id, id),
        ).fetchall()
        new = {linked for (linked,) in rows} - found
        found |= new
        to_visit += new
    return found


def _earlier_responses(db: Database, response: Response) -> tuple[int, ...]:
    """The ids of the responses that `response` repeats, the latest first."""
    ids: list[int] = []
    earlier = response.earlier
    while earlier is not None and earlier not in ids:
        ids.append(earlier)
        (earlier,) = db.execute("SELECT earlier FROM response WHERE id = ?", (earlier,)).fetchone()
    return tuple(ids)


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
    db.execute("DELETE FROM removal WHERE removal.response = ?", (response,))
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
    return OpenMember(
        name,
        response.answers,
        wishes,
        is_finished=response.finished is not None,
        response=id,
        earlier=_earlier_responses(db, response),
    )


def _select_response_by_id(db: Database, id: int) -> Response:
    response = select_response(db, "id = ?", id)
    assert response is not None, "deleting a response deletes its member row"
    return response
