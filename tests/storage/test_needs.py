"""The needs of open teams in the database: replaced as a whole, deleted with the team, kept by a backup."""

from __future__ import annotations

from quiz.storage import Storage
from tests.factories import DAY, expire, make_owner


def make_team(database: Storage, kind: str = "open") -> tuple[str, int]:
    """Create a team. Returns its lead hash and its id."""
    lead = make_owner()
    database.create_team(lead, make_owner(), number=1, name="Team", kind=kind, minimum=5, day=DAY)  # type: ignore[arg-type]
    team = database.load_team(lead)
    assert team
    return lead, team.id


def count_needs(database: Storage) -> int:
    with database.read_transaction() as db:
        return int(db.execute("SELECT count(*) FROM need").fetchone()[0])


def test_needs_are_replaced_as_a_whole_and_those_for_nobody_are_left_out(database: Storage):
    lead, team = make_team(database)
    assert database.load_needs(team) == {}
    assert database.save_needs(lead, {"pipelines": 2, "trends": 0, "dashboards": 4})
    assert database.load_needs(team) == {"pipelines": 2, "dashboards": 4}
    assert database.save_needs(lead, {"trends": 1})
    assert database.load_needs(team) == {"trends": 1}


def test_only_open_teams_have_needs(database: Storage):
    lead, team = make_team(database, "anonymous")
    assert not database.save_needs(lead, {"pipelines": 1})
    assert not database.save_needs(make_owner(), {"pipelines": 1})
    assert (database.load_needs(team), count_needs(database)) == ({}, 0)


def test_needs_are_deleted_with_their_team_and_when_it_expires(database: Storage):
    leads = [make_team(database)[0] for _ in range(3)]
    for lead in leads:
        database.save_needs(lead, {"pipelines": 1, "trends": 2})
    assert database.delete_team(leads[0], day=DAY)
    assert count_needs(database) == 4
    assert expire(database, "2030-01-01", teams_before="2029-01-01")["team"] == 2
    assert count_needs(database) == 0


def test_a_team_with_needs_is_not_the_unused_one_that_a_form_sent_twice_leads_to(database: Storage):
    lead, other = make_owner(), make_owner()
    hashes = {lead: make_owner(), other: make_owner()}

    def create() -> str | None:
        return database.create_team(
            lead, hashes[lead], number=1, name="T", kind="open", minimum=5, day=DAY, same_form={other: hashes[other]}
        )

    assert create() == create() == lead
    database.save_needs(lead, {"pipelines": 1})
    assert create() == other
