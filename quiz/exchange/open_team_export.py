"""The page of an open team for other programs: an object for JSON, and rows for CSV."""

from __future__ import annotations

from typing import Any

from quiz.teams.open_team import OpenTeam
from quiz.teams.team_people import TeamPerson


def team_object(name: str, team: OpenTeam) -> dict[str, Any]:
    """Everything that the page of the open team with this name shows, except the sentences that follow from it.

    `need` is None for every responsibility where no needs are set; 4 means four or more.
    """
    people = [_person_object(team, place, person) for place, person in enumerate(team.people)]
    responsibilities = []
    for item in team.work:
        responsibilities.append(
            {
                "id": item.responsibility.id,
                "name": item.responsibility.name,
                "role": item.responsibility.role,
                "need": item.need if team.has_needs else None,
                "weekly_or_more": [team.people[place].name for place in item.doers],
            }
        )
    wishes = []
    for wish in team.wishes:
        wishes.append(
            {
                "wish": wish.kind,
                "responsibility": wish.responsibility,
                "people": [team.people[place].name for place in wish.people],
                "partners": [team.people[place].name for place in wish.partners],
            }
        )
    return {"team": name, "people": people, "responsibilities": responsibilities, "wishes": wishes}


def team_rows(team: OpenTeam) -> list[list[str]]:
    """A header, then a row for each role and each responsibility, with a column for each person.

    A cell of a role is the coverage in percent, and whether the mix has the role; a cell of a responsibility is the
    answer. Both are empty if there is none.
    """
    rows = [["kind", "id", "name", "need", "weekly or more", *(person.name for person in team.people)]]
    if team.people:
        for place, people in enumerate(team.mix_counts):
            role = team.people[0].coverage[place].role
            cells = [_role_cell(person, place) for person in team.people]
            rows.append(["role", role.id, role.name, "", str(people), *cells])
    for item in team.work:
        responsibility = item.responsibility
        need = str(item.need) if team.has_needs else ""
        answers = [answer or "" for answer in team.answers[responsibility.id]]
        count = str(len(item.doers))
        rows.append(["responsibility", responsibility.id, responsibility.name, need, count, *answers])
    return rows


def _person_object(team: OpenTeam, place: int, person: TeamPerson) -> dict[str, Any]:
    return {
        "name": person.name,
        "mix": [{"role": role.id, "percent": percent} for role, percent in person.mix],
        "alternative": [role.id for role in person.alternative] or None,
        "coverage": {cell.role.id: cell.percent for cell in person.coverage},
        "answers": {id: answers[place] for id, answers in team.answers.items()},
    }


def _role_cell(person: TeamPerson, place: int) -> str:
    cell = person.coverage[place]
    if cell.percent is None:
        return ""
    return f"{cell.percent} in the mix" if cell.in_mix else str(cell.percent)
