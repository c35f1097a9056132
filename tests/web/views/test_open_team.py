"""The pages of an open team about needs, an absence and a hire, and its downloads."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from quiz.storage.schema import TABLES
from quiz.web.app import App
from tests.clients import Client, Page
from tests.factories import (
    ANALYST,
    CANARY,
    ENGINEER,
    all_answers,
    fill_team,
    join_path,
    join_team,
    link_hash,
    make_response,
    make_team,
)

ADVERT = (
    "We look for a data engineer. You build data pipelines with Airflow, load our data warehouse and check the quality"
    " of the data. You model tables with dbt for the analysts and repair late loads."
)


@pytest.fixture
def team(app: App, client: Client) -> tuple[str, dict[str, str]]:
    """An open team: Ada is an engineer, Bo and Cy are analysts. The path of its lead link, the owner paths by name."""
    lead = make_team(client, "open", name="The crew")
    answers = {
        "Ada": ENGINEER,
        "Bo": ANALYST | {"pipelines": "monthly"},
        "Cy": ANALYST | {"data_quality": "rarely"},
    }
    members = {}
    for name, changes in answers.items():
        members[name] = make_response(app, all_answers(app.bank, "never", **changes))
        join_team(app, join_path(client, lead), members[name], name)
    return lead, members


def response_id(client: Client, lead: str, name: str) -> str:
    """The value of the checkbox of a person."""
    page = client.get(f"{lead}/away").text
    return str(re.findall(rf'value="(\d+)"[^>]*>\s*<span>\s*<bdi>{name}</bdi>', page)[0])


def stored(app: App) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with app.storage.read_transaction() as db:
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}


# Needs


def set_needs(client: Client, lead: str, **needs: int) -> None:
    fields = {f"need-{id.replace('_', '-')}": str(people) for id, people in needs.items()}
    assert client.send(f"{lead}/needs", fields).location == f"{lead}?needs=saved"


def test_needs_are_shown_to_the_lead_and_every_member_next_to_what_is_there(client: Client, team):
    lead, members = team
    assert "is not set yet" in client.see(lead).text
    set_needs(client, lead, pipelines=2, insights=1, monitoring=1, governance=4)
    assert "Saved. Every member sees the needs on this page." in client.see(f"{lead}?needs=saved").text
    for path in (lead, f"{members['Bo']}/team"):
        text = client.see(path).text
        assert "3 things below what is needed" in text
        assert "Two of these are done weekly by nobody." in text
        assert "Needed: two. Ada does it weekly or more. Nearest: Bo, who does it about monthly." in text
        assert "Needed: four or more. Nobody does it weekly. Nobody else here does any of it." in text
        assert "1 of 2" in text
        assert "0 of 4+" in text
        assert "is not set yet" not in text
    assert "Change the needs" in client.see(lead).text
    assert "Change the needs" not in client.see(f"{members['Bo']}/team").text


def test_the_form_has_the_stored_needs_and_how_many_do_each_thing(client: Client, team):
    lead, _ = team
    set_needs(client, lead, pipelines=2, dashboards=4)
    page = client.see(f"{lead}/needs")
    fields = dict(page.fields)
    assert (fields["need-pipelines"], fields["need-dashboards"], fields["need-trends"]) == ("2", "4", "0")
    assert "2 do it weekly" in page.text
    assert "nobody does it weekly" in page.text


def test_heads_of_roles_fill_the_form_in_and_save_nothing(app: App, client: Client, team):
    lead, _ = team
    set_needs(client, lead, trends=3)
    before = stored(app)
    fields = {"heads-data-engineer": "2", "heads-data-analyst": "1", "fill": "heads"}
    page = Page.of(client.send(f"{lead}/needs", fields))
    values = dict(page.fields)
    assert [values[f"need-{id}"] for id in ("pipelines", "data-quality", "insights", "trends", "monitoring")] == [
        *("2", "2", "1", "1", "0")
    ]
    assert "Nothing is saved yet." in page.text
    assert stored(app) == before
    values.pop("fill", None)
    assert client.send(f"{lead}/needs", values).status_code == 303
    assert "0 of 1" in client.see(lead).text or "1 of 2" in client.see(lead).text


def test_an_advert_raises_what_it_asks_for_to_one_and_is_not_stored(app: App, client: Client, team):
    lead, _ = team
    before = stored(app)
    fields = {"need-trends": "3", "text": f"{ADVERT} {CANARY}", "fill": "advert"}
    page = Page.of(client.send(f"{lead}/needs", fields))
    values = dict(page.fields)
    assert (values["need-pipelines"], values["need-trends"], values["need-monitoring"]) == ("1", "3", "0")
    assert "Each thing that the advert asks for has at least one person now." in page.text
    assert CANARY in values["text"]
    assert stored(app) == before


@pytest.mark.parametrize(
    ("text", "message", "status"),
    [
        ("", "Paste the text of an advert first.", 422),
        ("x" * 100_001, "Use 100,000 characters or fewer.", 422),
        ("A heron stands where the light is thin.", "This could not be read as an advert", 200),
    ],
)
def test_an_advert_that_says_nothing_changes_nothing_in_the_form(client: Client, team, text, message, status):
    lead, _ = team
    response = client.send(f"{lead}/needs", {"need-trends": "3", "text": text, "fill": "advert"})
    assert response.status_code == status
    assert message in Page.of(response).text
    assert dict(Page.of(response).fields)["need-trends"] == "3"


def test_a_need_that_is_no_choice_is_refused_and_nothing_is_saved(app: App, client: Client, team):
    lead, _ = team
    before = stored(app)
    for value in ("5", "-1", "many", ""):
        assert client.send(f"{lead}/needs", {"need-pipelines": value}).status_code == 422
    assert stored(app) == before


def test_needs_of_nobody_are_no_needs(client: Client, team):
    lead, _ = team
    set_needs(client, lead, pipelines=1)
    set_needs(client, lead)
    assert "is not set yet" in client.see(lead).text


def test_needs_can_be_set_before_anybody_has_finished(client: Client):
    lead = make_team(client, "open")
    assert "Set what the team needs" in client.see(lead).text
    set_needs(client, lead, pipelines=1)
    assert "Change the needs of the team" in client.see(lead).text


# Away


def test_an_absence_says_what_nobody_would_do_who_is_nearest_and_what_nobody_can_take(app: App, client: Client, team):
    lead, members = team
    before = stored(app)
    for page in (f"{lead}/away", f"{members['Cy']}/team/away"):
        response = client.send(page, {"absent": response_id(client, lead, "Ada")})
        text = Page.of(response).text
        assert "If Ada is away" in text
        falls = text.split("What nobody would do weekly", 1)[1]
        assert "Nearest: Bo, who does it about monthly and would have to do it weekly." in falls
        assert "What each would have to take over" in falls
        nobody = text.split("What nobody here can take over", 1)[1].split("What nobody would do weekly", 1)[0]
        assert app.bank.responsibility["ingest-transform-serve"].name in nobody
        assert re.findall('name="absent"[^>]* checked', response.text), "the choice is still there"
        assert response.headers["Cache-Control"].startswith("no-store")
    assert stored(app) == before, "nothing is stored"


def test_with_needs_an_absence_says_what_too_few_would_do(client: Client, team):
    lead, _ = team
    set_needs(client, lead, insights=2, dashboards=1)
    text = Page.of(client.send(f"{lead}/away", {"absent": response_id(client, lead, "Bo")})).text
    assert "What too few people would do" in text
    assert "Needed: two. Cy does it weekly or more." in text
    assert "What one person alone would do" in text
    assert "What nobody would do weekly" not in text
    covered = Page.of(client.send(f"{lead}/away", {"absent": response_id(client, lead, "Ada")})).text
    assert "everything that enough people do now is still done by enough people." in covered
    assert "Nobody would do this weekly, but it is not needed" in covered


def test_somebody_has_to_be_chosen_who_is_still_in_the_team(app: App, client: Client, team):
    lead, members = team
    ada = response_id(client, lead, "Ada")
    other_lead = make_team(client, "open", name="Another")
    fill_team(app, client, other_lead, 1)
    stranger = response_id(client, other_lead, "Person 1")
    for absent in ([], ["x"], ["9" * 40], [stranger], ["-1"]):
        response = client.send(f"{lead}/away", {"absent": absent})
        assert response.status_code == 422, absent
        assert "Choose at least one person." in Page.of(response).text
    client.send(f"{members['Ada']}/team/leave", page=f"{members['Ada']}/team")
    assert client.send(f"{lead}/away", {"absent": ada}).status_code == 422


def test_no_name_is_in_an_address_of_these_pages(client: Client, team):
    lead, members = team
    for path in (f"{lead}/away", f"{lead}/hire", f"{members['Bo']}/team/away", f"{members['Bo']}/team/hire"):
        page = client.see(path)
        addresses = page.values("href", "action", "src")
        assert not [address for address in addresses if "Ada" in address or "absent" in address]
        assert all(attributes["method"] == "post" for tag, attributes in page.tags if tag == "form")


# A hire


def test_a_hire_by_role_says_which_gaps_it_fills_which_remain_and_what_enough_people_do(client: Client, team):
    lead, members = team
    set_needs(client, lead, pipelines=2, insights=2, monitoring=1)
    for page in (f"{lead}/hire", f"{members['Bo']}/team/hire"):
        fields = {"role": "data-engineer", "second_role": "data-analyst"}
        text = Page.of(client.send(page, fields)).text
        assert "If somebody joins as data engineer and data analyst" in text
        assert "does everything of both roles weekly" in text
        fills, rest = text.split("Gaps that this person would fill", 1)[1].split("Gaps that would remain", 1)
        stays_open, plenty = rest.split("What enough people do already", 1)
        assert "Needed: two. Ada does it weekly or more." in fills
        assert "Needed: one. Nobody does it weekly." in stays_open
        assert "Needed: two. Two do it weekly or more: Bo, Cy." in plenty


def test_a_hire_by_one_role_has_no_article_that_could_be_wrong(client: Client, team):
    lead, _ = team
    text = Page.of(client.send(f"{lead}/hire", {"role": "ml-engineer"})).text
    assert "If somebody joins as ML engineer" in text
    assert "does everything of the role weekly" in text


def test_before_anything_is_chosen_the_roles_are_compared_by_what_they_would_fill(app: App, client: Client, team):
    lead, _ = team
    set_needs(client, lead, monitoring=1, pipelines=1)
    text = client.see(f"{lead}/hire").text.split("Gaps that one person of each role would fill", 1)[1]
    monitoring, pipelines = (app.bank.responsibility[id].name for id in ("monitoring", "pipelines"))
    first, second = (
        f"Below what is needed now: {monitoring}.",
        f"Would no longer be done by one person alone: {pipelines}.",
    )
    assert 0 < text.index(first) < text.index(second) < text.index("No gap: enough people do all of it.")


def test_a_hire_by_an_advert_is_read_and_not_stored(app: App, client: Client, team):
    lead, _ = team
    before = stored(app)
    response = client.send(f"{lead}/hire", {"text": f"{ADVERT} {CANARY}"})
    text = Page.of(response).text
    assert "If somebody joins for this advert" in text
    assert app.bank.responsibility["pipelines"].name in text
    assert "What one person alone would no longer do" in text
    assert stored(app) == before


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Choose a role, or paste an advert."),
        ({"role": "data-analyst", "text": ADVERT}, "Choose roles or paste an advert, not both."),
        ({"role": "nonsense"}, "Not a valid choice."),
        ({"text": "x" * 100_001}, "Use 100,000 characters or fewer."),
    ],
)
def test_a_hire_needs_roles_or_an_advert(client: Client, team, fields, message):
    response = client.send(f"{team[0]}/hire", fields)
    assert (response.status_code, message in response.text) == (422, True)


def test_a_text_that_is_no_advert_says_so(client: Client, team):
    response = client.send(f"{team[0]}/hire", {"text": "A heron stands where the light is thin."})
    assert response.status_code == 200
    assert "This could not be read as an advert" in response.text


# Downloads


def test_the_downloads_have_what_the_page_shows(app: App, client: Client, team):
    lead, members = team
    set_needs(client, lead, pipelines=2)
    app.storage.save_goals(link_hash(members["Bo"]), wishes={"pipelines": "start"}, goals=(), day=app.today())
    join_team(app, join_path(client, lead), members["Bo"], "Bo", shares_wishes=True)
    for path in (lead, f"{members['Cy']}/team"):
        table = client.get(f"{path}/table.json").get_json()
        assert [person["name"] for person in table["people"]] == ["Ada", "Bo", "Cy"]
        assert table["people"][0]["mix"] == [{"role": "data-engineer", "percent": None}]
        rows = {row["id"]: row for row in table["responsibilities"]}
        assert (rows["pipelines"]["need"], rows["pipelines"]["weekly_or_more"]) == (2, ["Ada"])
        assert rows["trends"]["need"] == 0
        assert table["wishes"] == [
            {"wish": "start", "responsibility": "pipelines", "people": ["Bo"], "partners": ["Ada"]}
        ]
        response = client.get(f"{path}/table.csv")
        assert response.headers["Content-Disposition"] == "attachment; filename=many-hats-team.csv"
        header, *lines = csv.reader(io.StringIO(response.text.removeprefix("\ufeff")))
        assert header == ["kind", "id", "name", "need", "weekly or more", "Ada", "Bo", "Cy"]
        by_id = {line[1]: line for line in lines}
        assert by_id["pipelines"][3:] == ["2", "1", "daily", "monthly", "never"]
        assert by_id["data-engineer"][4:6] == ["1", "88 in the mix"]
        assert len(lines) == len(app.bank.roles) + len(app.bank.responsibility)


def test_the_downloads_of_a_team_without_members_and_needs_are_empty(app: App, client: Client):
    lead = make_team(client, "open")
    table = client.get(f"{lead}/table.json").get_json()
    assert (table["people"], table["wishes"]) == ([], [])
    assert {row["need"] for row in table["responsibilities"]} == {None}
    assert client.get(f"{lead}/table.csv").text.count("\r\n") == 1 + len(app.bank.responsibility)


# Creating a team


def test_before_a_team_is_made_both_kinds_are_shown_with_examples_of_three_sizes(client: Client):
    text = client.see("/teams").text
    assert "Fewer than ten people? Choose the open kind" in text
    for size in (6, 12, 25):
        assert f"{size} people" in text
    assert "the open kind is better in most cases" in text
    assert "Which of the two, and by whom, is not shown." in text
    assert client.get("/teams").text.count('<table class="team-hats">') == 3
