"""Teams, their rounds and their members. `quiz.teams.anonymous` decides what a round counts and publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from quiz.storage.engine import Connection, Tables
from quiz.storage.ids import new_id
from quiz.storage.new_links import existing_hashes, free_hashes
from quiz.storage.response_rows import Response, select_response
from quiz.storage.tombstones import insert_tombstones
from quiz.teams import Candidate, Publish, Round, RoundMember, Team, TeamKind

#: The default of arguments with hashes, none.
_NO_HASHES: Mapping[str, str] = MappingProxyType({})


class TeamLinks(NamedTuple):
    """The hashes of a lead link and of the join link that is derived from it and `number`."""

    lead_hash: str
    join_hash: str
    number: int


class Teams(Tables):
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
            return select_team(db, "lead_hash = ?", lead_hash)

    def load_all_teams(self) -> tuple[Team, ...]:
        """All teams from the oldest to the newest, for the operator."""
        with self.read_transaction() as db:
            ids = db.execute("SELECT id FROM team ORDER BY created, id").fetchall()
            teams = [select_team(db, "id = ?", id) for (id,) in ids]
        return tuple(team for team in teams if team)

    def load_team_by_join_link(self, join_hash: str) -> Team | None:
        """The team of a join link, or None."""
        with self.read_transaction() as db:
            return select_team(db, "join_hash = ?", join_hash)

    def load_round_members(self, team: int) -> tuple[RoundMember, ...]:
        """All members of a team, with what decides whether a round counts them. `team` is an id."""
        with self.read_transaction() as db:
            return _select_round_members(db, team)

    def close_round(self, lead_hash: str, publish: Publish, *, day: str, number: int | None = None) -> bool:
        """Close the open round of a team with what `publish` decides to publish, in one transaction.

        False if no round is open, if `number` is given and the open round has another one, or if `publish`
        returns None. `publish` gets the team as it is in this transaction, with a minimum that was raised just before.
        """
        with self.write_transaction() as db:
            team = select_team(db, "lead_hash = ?", lead_hash)
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
            team = select_team(db, "lead_hash = ?", lead_hash)
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
            return select_team(db, "lead_hash = ?", team_links.lead_hash) if team_links else None

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
        self.purge_deleted()
        return True


IS_OWN = "response = (SELECT response.id FROM response WHERE owner_hash = ?)"
IS_COUNTED = "EXISTS (SELECT 1 FROM counted_response WHERE counted_response.response = member.response)"


def select_team(db: Connection, where: str, value: str | int) -> Team | None:
    """The one team that `where` selects, with its rounds. `where` is SQL of this module, never user input."""
    sql = f"SELECT id, number, name, kind, minimum, created FROM team WHERE {where}"
    row = db.execute(sql, (value,)).fetchone()
    if row is None:
        return None
    id, number, name, kind, minimum, created = row
    rounds = db.execute(
        "SELECT number, opened, closed, published, people, deleted FROM round WHERE round.team = ? ORDER BY number",
        (id,),
    ).fetchall()
    return Team(id, number, name, kind, minimum, created, rounds=tuple(Round(*columns) for columns in rounds))


def _select_round_members(db: Connection, team: int) -> tuple[RoundMember, ...]:
    rows = db.execute(
        f"SELECT member.response, response.finished, {IS_COUNTED}"
        " FROM member JOIN response ON response.id = member.response"
        " WHERE member.team = ? ORDER BY member.response",
        (team,),
    ).fetchall()
    return tuple(RoundMember(id, finished, bool(counted)) for id, finished, counted in rows)


def _is_unused(db: Connection, lead_hash: str, *, number: int, minimum: int) -> bool:
    """Whether a team is as it was created: nobody joined, and its lead changed nothing."""
    team = select_team(db, "lead_hash = ?", lead_hash)
    assert team is not None, "its hash was just selected"
    is_changed = (team.number, team.minimum) != (number, minimum) or team.open_round is None or len(team.rounds) > 1
    if is_changed or db.execute("SELECT 1 FROM need WHERE team = ?", (team.id,)).fetchone():
        return False
    return not db.execute("SELECT 1 FROM member WHERE team = ?", (team.id,)).fetchone()


def _existing_links(db: Connection, new_links: Sequence[TeamLinks]) -> TeamLinks | None:
    """The first of these pairs of links that a team has."""
    by_join_hash = {links.join_hash: links for links in new_links}
    existing = existing_hashes(db, "team", "join_hash", by_join_hash)
    return by_join_hash[existing[0]] if existing else None


def _first_free_links(db: Connection, lead_hash: str, new_links: Sequence[TeamLinks]) -> TeamLinks | None:
    """The first of these pairs that nobody had. The lead link may stay: `lead_hash` is that of the team."""
    free_lead_hashes = {lead_hash, *free_hashes(db, "team", "lead_hash", [links.lead_hash for links in new_links])}
    free_join_hashes = set(free_hashes(db, "team", "join_hash", [links.join_hash for links in new_links]))
    for links in new_links:
        if links.lead_hash in free_lead_hashes and links.join_hash in free_join_hashes:
            return links
    return None


def _insert_round(db: Connection, team: int, *, number: int, day: str) -> None:
    id = new_id(db, "round")
    db.execute("INSERT INTO round (id, team, number, opened) VALUES (?, ?, ?, ?)", (id, team, number, day))


def _candidate(db: Connection, member: RoundMember) -> Candidate:
    response = select_response_by_id(db, member.response)
    return Candidate(
        member.response, member.finished, member.counted, response.answers, response.contacts, response.follow_ups
    )


def select_response_by_id(db: Connection, id: int) -> Response:
    response = select_response(db, "id = ?", id)
    assert response is not None, "deleting a response deletes its member row"
    return response
