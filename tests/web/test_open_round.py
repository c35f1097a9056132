"""While a round of an anonymous team is open, nothing shows how many people have finished or joined.

Every page, file and message about the team is compared between teams of 0 and 4 finished people, which have not reached
the minimum, and between teams of 5 and 7, which have. They are the same bytes, except for tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quiz.cli import main
from quiz.web import links
from quiz.web.app import App
from tests.checks import count_finished, load_team
from tests.clients import Client
from tests.factories import fill_team, join_path, join_team, link_hash, make_response, make_team

#: Links and tokens: new links and CSRF tokens differ each time a page is opened.
TOKENS = re.compile(r'(name="(?:seed|number|csrf_token)" value=")[^"]*')


@pytest.fixture
def members(app: App, join: str) -> list[str]:
    """The owner paths of two people in the team. They have not finished."""
    paths = [make_response(app, done=False) for _ in range(2)]
    for path in paths:
        join_team(app, join, path)
    return paths


def finish(app: App, owner_path: str) -> None:
    app.storage.finish_response(link_hash(owner_path), day=app.today())


def content(response: TestResponse) -> tuple[int, str | None, str]:
    """What a client gets: status, address of the redirect, and text without tokens."""
    return response.status_code, response.location, TOKENS.sub(r"\1", response.text)


def readable_addresses(app: App, lead: str, join: str, members: list[str]) -> Iterator[str]:
    """Every address that can be read, with each link of the team that fits it and with the numbers 1 and 2."""
    paths = {"/t/": [lead], "/j/": [join], "/r/": members, "/s/": [], "/v/": [], "/w/": []}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        if "link" not in rule.arguments:
            yield rule.rule
            continue
        for path in paths[rule.rule[:3]]:
            for number in (1, 2):
                yield address(rule, path, number)


def address(rule: Rule, path: str, number: int) -> str:
    """The address of `rule` with a link and a number filled in."""
    return re.sub(r"/[tjr]/<link:link>", path, rule.rule).replace("<int:number>", str(number))


def everything(app: App, client: Client, lead: str, join: str, members: list[str]) -> dict[str, object]:
    """All that can be read about the team, and every message that changes nothing: by address or command."""
    shown: dict[str, object] = {}
    team_id = str(load_team(app, lead).id)
    for path in readable_addresses(app, lead, join, members):
        shown[f"GET {path}"] = content(client.get(path))
    for query in ("few=few", "kept=kept"):
        shown[f"GET {lead}?{query}"] = content(client.get(f"{lead}?{query}"))
    elsewhere = make_response(app)
    join_team(app, join_path(client, make_team(client)), elsewhere)
    for name, link in (("a wrong link", links.new_link()), ("a response in another team", elsewhere)):
        refused = client.send(f"{join}/bring", {"link": link}, page=join)
        assert refused.status_code == 422
        shown[f"bring {name}"] = content(refused)[2].replace(link, "")
    shown["the same minimum"] = content(client.send(f"{lead}/minimum", {"minimum": "5"}, page=lead))
    shown["a minimum that does not exist"] = content(client.send(f"{lead}/minimum", {"minimum": "6"}, page=lead))
    for format in ("csv", "jsonl"):
        shown[f"export --team as {format}"] = run(app, "export", "--team", lead, "--format", format)
    shown["export of an unknown team"] = run(app, "export", "--team", "987654321")
    # Without the blanks: columns are as wide as the longest id, and each call makes one more team.
    shown["teams"] = [line.split() for line in run(app, "teams").splitlines() if team_id in line]
    return shown


def run(app: App, *arguments: str) -> str:
    environ = {"MANY_HATS_INSTANCE": str(app.storage.file.parent)}
    result = CliRunner().invoke(main, list(arguments), env=environ)
    return f"{result.exit_code}\n{result.stdout}\n{result.stderr}"


def differences(first: dict[str, object], second: dict[str, object]) -> list[str]:
    assert first.keys() == second.keys()
    return [name for name in first if first[name] != second[name]]


def test_below_the_minimum_no_and_four_finished_people_look_the_same(app: App, client: Client, lead, join, members):
    nobody = everything(app, client, lead, join, members)
    fill_team(app, client, lead, 4)
    for _ in range(3):
        join_team(app, join, make_response(app, done=False))
    four = everything(app, client, lead, join, members)
    assert count_finished(app, lead) == 4
    assert len(nobody) > 60
    assert differences(nobody, four) == []
    too_few = content(client.send(f"{lead}/close", page=lead))
    assert too_few[:2] == (303, f"{lead}?few=few")
    assert load_team(app, lead).open_round is not None


def test_invented_responses_show_how_many_others_have_finished(app: App, client: Client, lead, join, members):
    """What the join page and the documentation say cannot be prevented without accounts."""
    fill_team(app, client, lead, 2)
    invented = 0
    while "The minimum is reached." not in client.see(join).text:
        join_team(app, join, make_response(app))
        invented += 1
    assert 5 - invented == count_finished(app, lead) - invented == 2
    assert "how many others have finished" in client.see(join).text


def test_above_the_minimum_five_and_seven_finished_people_look_the_same(app: App, client: Client, lead, join, members):
    finish(app, members[0])
    fill_team(app, client, lead, 4)
    five = everything(app, client, lead, join, members)
    fill_team(app, client, lead, 2)
    for _ in range(3):
        join_team(app, join, make_response(app, done=False))
    seven = everything(app, client, lead, join, members)
    assert count_finished(app, lead) == 7
    assert differences(five, seven) == []
    assert five[f"GET {lead}/close"] != (303, lead, ""), "the page that asks before closing is among them"


def test_the_comparison_notices_that_the_minimum_is_reached(app: App, client: Client, lead, join, members):
    finish(app, members[0])
    fill_team(app, client, lead, 3)
    four = everything(app, client, lead, join, members)
    fill_team(app, client, lead, 1)
    five = everything(app, client, lead, join, members)
    expected = {
        lead,
        f"{lead}?few=few",
        f"{lead}?kept=kept",
        f"{lead}/close",
        join,
        *(f"{path}/team" for path in members),
    }
    assert set(differences(four, five)) == {f"GET {path}" for path in expected} | {
        "bring a wrong link",
        "bring a response in another team",
        "the same minimum",
    }


def test_after_closing_nothing_shows_who_came_late(app: App, client: Client, lead, join, members):
    finish(app, members[0])
    fill_team(app, client, lead, 5)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}/rounds/1"
    counted = [members[0]]
    before = everything(app, client, lead, join, counted)
    finish(app, members[1])
    fill_team_behind(app, join, 7)
    join_team(app, join, make_response(app, done=False))
    assert count_finished(app, lead) == 8
    after = everything(app, client, lead, join, counted)
    assert differences(before, after) == []


def test_late_responses_count_in_the_next_round_and_show_only_whether_they_reach_the_minimum(
    app: App, client: Client, lead, join, members
):
    finish(app, members[0])
    fill_team(app, client, lead, 5)
    client.send(f"{lead}/close", page=lead)
    fill_team_behind(app, join, 4)
    client.send(f"{lead}/next", page=lead)
    assert "Not yet: fewer than 5 people have finished." in client.see(lead).text
    finish(app, members[1])
    assert "The minimum is reached" in client.see(lead).text


def fill_team_behind(app: App, join: str, people: int) -> None:
    """Add that many people with finished responses, also while no round is open and no page shows the join link."""
    for _ in range(people):
        join_team(app, join, make_response(app))
