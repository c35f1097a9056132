"""Teams as their lead sees them: making a team, its rounds, its links, deleting it. Joining is in test_member."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from html import unescape
from urllib.parse import unquote

import pytest
from sqlite_utils import Database

from quiz import create_app
from quiz.bank import Bank
from quiz.teams import anonymous, rounds
from quiz.web import links
from quiz.web.app import App
from quiz.web.stylesheet import read_stylesheet
from quiz.web.templating import format_day
from tests.checks import count_finished, count_rows, load_response, load_team
from tests.clients import Client, Page
from tests.factories import (
    ANALYST,
    ENGINEER,
    HOSTILE_TEXTS,
    MODELLER,
    all_answers,
    expire_in_app,
    fill_team,
    force_into_team,
    join_path,
    join_team,
    link_hash,
    make_closed_round,
    make_response,
    make_team,
    page_answers,
)

pytestmark = pytest.mark.both_engines

RANDOM_VALUES = re.compile(r'(name="(?:seed|csrf_token)" value=")[^"]*')


def without_tokens(text: str) -> str:
    """A page without the fields that differ each time it is opened."""
    return RANDOM_VALUES.sub(r"\1", text)


def team_pages(client: Client, lead: str, members: Sequence[str], number: int = 1) -> dict[str, str]:
    """Everything that the lead and the members can open about a team and one round: text by path."""
    paths = [lead, *(f"{lead}/rounds/{number}{form}" for form in ("", ".json", ".csv"))]
    paths += [f"{owner_path}/team" for owner_path in members] + [
        f"{owner_path}/team/rounds/{number}" for owner_path in members
    ]
    responses = {path: client.get(path) for path in paths}
    return {path: response.text for path, response in responses.items() if response.status_code == 200}


# Making a team


def test_making_a_team_leads_to_the_page_of_its_lead_which_has_both_links(client: Client):
    lead = make_team(client, name="Data at the mill")
    page = client.see(lead)
    assert "Data at the mill" in page.title
    assert f"http://localhost{lead}" in page.values("value")
    assert client.get(join_path(client, lead)).status_code == 200
    assert "At least 5 must finish before the round can be closed" in page.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "", "kind": "open"}, "Give the team a name."),
        ({"name": " \t ", "kind": "open"}, "Give the team a name."),
        ({"name": "x" * 81, "kind": "open"}, "Use 80 characters or fewer."),
        ({"name": "A crew"}, "Choose one of the two kinds."),
        ({"name": "A crew", "kind": "secret"}, "Not a valid choice."),
        ({"name": "A crew", "kind": "anonymous", "minimum": "4"}, "Not a valid choice."),
        ({"name": "A crew", "kind": "anonymous", "minimum": "5.5"}, "Not a valid choice."),
        ({"name": "A crew", "kind": "anonymous", "minimum": "-5"}, "Not a valid choice."),
    ],
)
def test_an_invalid_form_shows_the_error_and_makes_no_team(app: App, client: Client, fields, message):
    response = client.send("/teams", fields)
    assert response.status_code == 422
    page = Page.of(response)
    assert message in page.text
    assert page.title.startswith("Error:")
    assert ("name", fields["name"].strip()) in page.fields
    assert count_rows(app, "team") == 0


def test_a_form_with_an_error_keeps_its_seed_so_that_the_corrected_form_makes_one_team(app: App, client: Client):
    error_page = Page.of(client.send("/teams", {"name": "", "kind": "open"}))
    corrected = dict(error_page.fields) | {"name": "A crew"}
    assert {client.post("/teams", corrected).location for _ in range(2)} == {client.post("/teams", corrected).location}
    assert count_rows(app, "team") == 1


def test_the_same_form_sent_twice_makes_one_team_with_one_round(app: App, client: Client):
    fields = dict(client.see("/teams").fields) | {"name": "A crew", "kind": "anonymous"}
    first, second = (client.post("/teams", fields) for _ in range(2))
    assert first.location == second.location
    assert (count_rows(app, "team"), count_rows(app, "round")) == (1, 1)


@pytest.mark.parametrize("seed", ["", "short", "x" * 23, "!" * 22])
def test_a_malformed_seed_makes_no_team(app: App, client: Client, seed):
    assert client.send("/teams", {"name": "A crew", "kind": "open", "seed": seed}).status_code == 400
    assert count_rows(app, "team") == 0


@pytest.mark.sqlite_only
def test_neither_link_of_a_team_is_stored(app: App, client: Client):
    lead = make_team(client)
    join = join_path(client, lead)
    app.storage.close()
    files = b"".join(file.read_bytes() for file in app.storage.file.parent.iterdir())
    assert b"The crew" in files
    for path in (lead, join):
        assert path.split("/")[2].encode() not in files


# An open round


def test_the_page_of_an_open_round_does_not_change_with_answers_or_goals(app: App, client: Client, bank: Bank):
    lead = make_team(client)
    members = fill_team(app, client, lead, 6)
    before = without_tokens(client.get(lead).text)
    for number in range(1, len(bank.pages) + 1):
        client.send(f"{members[0]}/{number}", page_answers(bank, number, "daily"))
    client.send(f"{members[0]}/more", {"title": "Boss", "text": "Canary", "contacts": ["devops-sre"]})
    client.send(f"{members[0]}/goals", {"wish-trends": "start", "goals": ["data-scientist"]})
    changed = load_response(app, members[0])
    assert (changed.title, changed.text, changed.goals) == ("Boss", "Canary", ("data-scientist",))
    assert without_tokens(client.get(lead).text) == before


def test_the_page_of_the_lead_says_whether_the_minimum_is_reached(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 4)
    join_team(app, join_path(client, lead), make_response(app, done=False))
    assert "Not yet: fewer than 5 people have finished." in client.see(lead).text
    fill_team(app, client, lead, 1)
    assert "The minimum is reached: 5 people or more have finished." in client.see(lead).text


def test_the_page_of_the_lead_does_not_depend_on_the_answers(app: App):
    pages = []
    for answers in (ENGINEER, ANALYST):
        client = Client(app)
        lead = make_team(client)
        for _ in range(4):
            join_team(app, join_path(client, lead), make_response(app, all_answers(app.bank, "never", **answers)))
        random_paths = re.compile(r"/[tj]/[\w-]{22}")
        pages.append(random_paths.sub("", without_tokens(client.get(lead).text)))
    assert pages[0] == pages[1]


def test_closing_with_too_few_people_leaves_the_round_open_and_publishes_nothing(app: App, client: Client):
    lead = make_team(client)
    members = fill_team(app, client, lead, 4)
    before = team_pages(client, lead, members)
    response = client.send(f"{lead}/close", page=lead)
    assert response.status_code == 303
    assert "Too few have finished, so the round stays open." in client.see(response.location).text
    after = team_pages(client, lead, members)
    assert {path: without_tokens(text) for path, text in before.items()} == {
        path: without_tokens(text) for path, text in after.items()
    }
    assert set(after) == {lead, *(f"{owner_path}/team" for owner_path in members)}
    (round,) = load_team(app, lead).rounds
    assert (round.closed, round.published, round.people) == (None, None, 0)
    assert count_rows(app, "counted_response") == 0


def test_there_is_no_close_button_for_too_few_people(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 4)
    assert f"{lead}/close" not in client.see(lead).values("href")
    assert client.get(f"{lead}/close").location == lead
    fill_team(app, client, lead, 1)
    assert f"{lead}/close" in client.see(lead).values("href")


def test_closing_asks_first_and_says_who_is_not_counted(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 5)
    text = client.see(f"{lead}/close").text
    assert "Close round 1?" in text
    assert "People who have not finished when you close the round can count in the next round." in text
    assert load_team(app, lead).open_round is not None
    client.send(f"{lead}/close", page=f"{lead}/close")
    assert client.get(f"{lead}/close").location == lead


def test_unfinished_counted_and_older_responses_do_not_count_towards_the_minimum(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    fill_team(app, client, lead, 3)
    for _ in range(3):
        join_team(app, join_path(client, lead), make_response(app, done=False))
    for _ in range(3):
        old = make_response(app, day="2001-01-01")
        force_into_team(app.storage, link_hash(join_path(client, lead)), link_hash(old))
    assert count_finished(app, lead) == 3
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}?few=few"
    assert len(members) == 6


# Closing


def test_closing_publishes_the_same_page_for_lead_and_members(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    page = client.see(f"{lead}/rounds/1")
    assert "6 people finished." in page.text
    assert client.get(f"{lead}/rounds/1.json").get_json()["round"] == 1
    assert client.get(f"{lead}/rounds/1.csv").headers["Content-Disposition"].startswith("attachment")
    article = re.compile(r"<article.*</article>", re.DOTALL)
    lead_sees, member_sees = (
        article.search(client.get(path).text) for path in (f"{lead}/rounds/1", f"{members[0]}/team/rounds/1")
    )
    assert lead_sees and member_sees
    assert lead_sees[0] == member_sees[0]


def test_a_published_round_never_changes(app: App, client: Client, bank: Bank):
    lead, members = make_closed_round(app, client, people=8)
    addresses = [f"{lead}/rounds/1", f"{lead}/rounds/1.json", f"{lead}/rounds/1.csv", f"{members[-1]}/team/rounds/1"]
    before = [client.get(path).data for path in addresses]
    for number in range(1, len(bank.pages) + 1):
        client.send(f"{members[0]}/{number}", page_answers(bank, number, "daily"))
    client.send(f"{members[1]}/team/leave", page=f"{members[1]}/team")
    client.send(f"{members[2]}/delete")
    client.send(f"{lead}/next", page=lead)
    fill_team(app, client, lead, 3)
    assert [client.get(path).data for path in addresses] == before


def test_the_lead_sees_no_name_title_or_text_of_a_member(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 5)
    join_team(
        app,
        join_path(client, lead),
        make_response(app, title="Canary-title", text="Canary-text"),
        "Canary-name",
        True,
    )
    client.send(f"{lead}/close", page=lead)
    pages = team_pages(client, lead, [])
    assert len(pages) == 4
    assert not [path for path, text in pages.items() if "canary" in text.lower()]


def test_closing_twice_closes_one_round_and_leads_to_it_both_times(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 6)
    fields = client.token()
    assert [client.post(f"{lead}/close", fields).location for _ in range(2)] == 2 * [f"{lead}/rounds/1"]
    assert len(load_team(app, lead).rounds) == 1
    assert count_rows(app, "counted_response") == 6


def test_raising_the_minimum_while_the_round_is_being_closed_leaves_it_open(app: App, client: Client, monkeypatch):
    lead = make_team(client)
    fill_team(app, client, lead, 6)
    close_round = app.storage.close_round

    def raise_minimum_first(key, publish, **details):
        assert app.storage.raise_minimum(key, 8)
        return close_round(key, publish, **details)

    monkeypatch.setattr(app.storage, "close_round", raise_minimum_first)
    response = client.send(f"{lead}/close", page=lead)
    assert response.location == f"{lead}?few=few"
    page = client.see(response.location)
    assert "Too few have finished, so the round stays open." in page.text
    assert "At least 8 must finish before the round can be closed" in page.text
    assert load_team(app, lead).open_round is not None


def test_a_form_of_round_1_does_not_close_round_2_that_opens_while_it_is_sent(app: App, client: Client, monkeypatch):
    lead = make_team(client)
    fill_team(app, client, lead, 6)
    form = dict(client.see(f"{lead}/close").fields)
    close_round = app.storage.close_round

    def open_round_2_first(key, publish, **details):
        assert close_round(key, publish, day=app.today(), number=1)
        assert app.storage.open_round(key, day=app.today())
        fill_team(app, client, lead, 6)
        return close_round(key, publish, **details)

    monkeypatch.setattr(app.storage, "close_round", open_round_2_first)
    assert client.post(f"{lead}/close", form).location == f"{lead}/rounds/1"
    open_round = load_team(app, lead).open_round
    assert open_round is not None and open_round.number == 2


def test_four_threads_that_close_at_once_close_one_round(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 6)
    clients = [Client(app) for _ in range(4)]
    tokens = [each.token() for each in clients]
    with ThreadPoolExecutor(4) as pool:
        responses = list(pool.map(lambda each, token: each.post(f"{lead}/close", token), clients, tokens))
    assert {response.location for response in responses} == {f"{lead}/rounds/1"}
    (round,) = load_team(app, lead).rounds
    assert round.people == count_rows(app, "counted_response") == 6


def test_the_next_round_opens_once_and_counts_nobody_twice(app: App, client: Client):
    lead, _ = make_closed_round(app, client)
    assert "No round is open" in client.see(lead).text
    fields = client.token()
    assert [client.post(f"{lead}/next", fields).location for _ in range(2)] == 2 * [lead]
    assert [round.number for round in load_team(app, lead).rounds] == [1, 2]
    assert count_finished(app, lead) == 0
    fill_team(app, client, lead, 5)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}/rounds/2"
    second = client.see(f"{lead}/rounds/2")
    assert "5 people finished." in second.text
    assert "What is different from round 1" in second.text
    assert "Round 1 counted 6 people, this one 5." in second.text
    assert "the true number may be one more or one less" in second.text
    assert "the true number may be one more or one less" not in client.see(f"{lead}/rounds/1").text
    listed = client.see(lead).text
    assert 0 < listed.index("Round 2 closed") < listed.index("Round 1 closed")


def test_an_unknown_round_gives_a_404(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    for number in (0, 2, 3, 10**30):
        assert team_pages(client, lead, members, number).keys() == {
            lead,
            *(f"{owner_path}/team" for owner_path in members),
        }


# The minimum


def test_the_minimum_can_be_raised_but_not_lowered(app: App, client: Client):
    lead = make_team(client)
    assert f"{lead}/minimum" in client.see(lead).values("action")
    for minimum, expected in [(8, 8), (5, 8), (8, 8), (20, 20), (10, 20), (5, 20)]:
        assert client.send(f"{lead}/minimum", {"minimum": minimum}, page=lead).status_code == 303
        assert load_team(app, lead).minimum == expected
    assert f"{lead}/minimum" not in client.see(lead).values("action")


@pytest.mark.parametrize("minimum", ["", "0", "-5", "4", "6", "5.0", "five", "9" * 30, "5\x00", "٥", "1e1"])
def test_an_invalid_minimum_changes_nothing(app: App, client: Client, minimum):
    lead = make_team(client, minimum=8)
    assert client.send(f"{lead}/minimum", {"minimum": minimum}, page=lead).status_code in {303, 400}
    assert load_team(app, lead).minimum == 8


def test_a_raised_minimum_applies_to_the_open_round(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 4)
    client.send(f"{lead}/minimum", {"minimum": 8}, page=lead)
    fill_team(app, client, lead, 3)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}?few=few"
    fill_team(app, client, lead, 1)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}/rounds/1"


def test_a_minimum_that_the_open_round_has_reached_is_raised_only_after_closing(app: App, client: Client):
    lead = make_team(client)
    form = dict(client.see(lead).fields)
    fill_team(app, client, lead, 5)
    assert f"{lead}/minimum" not in client.see(lead).values("action")
    refused = client.post(f"{lead}/minimum", form | {"minimum": "8"})
    assert "you can raise it only after the round is closed" in client.see(refused.location).text
    assert load_team(app, lead).minimum == 5
    client.send(f"{lead}/close", page=lead)
    client.post(f"{lead}/minimum", form | {"minimum": "8"})
    assert load_team(app, lead).minimum == 8


# The links


def test_a_replaced_join_link_gives_a_404_and_the_members_stay(app: App, client: Client):
    lead = make_team(client)
    members = fill_team(app, client, lead, 2)
    old = join_path(client, lead)
    assert client.send(f"{lead}/links", page=lead).location == lead
    new = join_path(client, lead)
    assert new != old
    assert client.get(old).data == client.get(f"/j/{links.new_link()}").data
    assert client.send(f"{old}/start", page=new).status_code == 404
    assert client.get(new).status_code == 200
    assert client.get(f"{members[0]}/team").status_code == 200
    assert count_finished(app, lead) == 2


def test_replacing_both_links_ends_both_and_changes_nothing_else(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    join = join_path(client, lead)
    new = client.send(f"{lead}/links", {"both": "y"}, page=lead).location
    assert new != lead
    for old in (lead, join, f"{lead}/rounds/1", f"{lead}/join.svg", f"{lead}/delete"):
        assert client.get(old).data == client.get(f"/t/{links.new_link()}").data
    assert client.get(f"{new}/rounds/1").status_code == 200
    assert client.get(f"{members[0]}/team/rounds/1").status_code == 200


def test_replacing_both_links_twice_with_the_same_form_gives_the_same_new_link(app: App, client: Client):
    lead = make_team(client)
    fields = dict(client.see(lead).fields) | {"both": "y"}
    first, second = (client.post(f"{lead}/links", fields) for _ in range(2))
    assert first.location == second.location
    assert client.get(first.location).status_code == 200


def test_a_replaced_lead_link_accepts_no_other_form(client: Client):
    lead = make_team(client)
    other_form = dict(client.see(lead).fields)
    fields = dict(client.see(lead).fields) | {"both": "y"}
    new = client.post(f"{lead}/links", fields).location
    for path in ("links", "close", "next", "minimum", "delete"):
        assert client.post(f"{lead}/{path}", other_form | {"both": "y", "minimum": "8"}).status_code == 404
    for path in ("close", "next", "minimum", "delete"):
        assert client.post(f"{lead}/{path}", fields | {"minimum": "8"}).status_code == 404
    assert client.get(new).status_code == 200


def test_the_join_link_has_a_qr_code(client: Client):
    lead = make_team(client)
    response = client.get(f"{lead}/join.svg")
    assert response.mimetype == "image/svg+xml"
    first = response.data
    client.send(f"{lead}/links", page=lead)
    assert client.get(f"{lead}/join.svg").data != first


# Deleting


def test_the_page_before_deleting_a_team_says_what_remains(client: Client):
    text = client.see(f"{make_team(client)}/delete").text
    assert "Earlier backups contain the team until they are deleted" in text
    assert "What somebody has printed or downloaded is not deleted." in text


def test_the_page_of_a_round_says_when_it_can_be_withdrawn(app: App, client: Client):
    lead, _ = make_closed_round(app, client)
    text = client.see(f"{lead}/rounds/1").text
    assert "It does not change when people leave, answer again or join." in text
    assert "withdrawn if people delete their answers in the first 90 days and fewer than five are left" in text


def test_deleting_a_team_asks_first_and_keeps_the_responses_of_its_members(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    assert "Delete The crew?" in client.see(f"{lead}/delete").text
    assert client.get(lead).status_code == 200
    assert client.send(f"{lead}/delete").location == "/deleted?team=1"
    assert team_pages(client, lead, members) == {}
    assert [client.get(owner_path).status_code for owner_path in members] == 6 * [200]
    assert [count_rows(app, table) for table in ("team", "round", "member")] == [0, 0, 0]


def test_a_round_is_withdrawn_everywhere_once_deletions_leave_fewer_than_five(app: App, client: Client):
    lead, members = make_closed_round(app, client, people=6)
    client.send(f"{members[0]}/delete")
    all_paths = {lead, *(f"{lead}/rounds/1{form}" for form in ("", ".json", ".csv"))}
    all_paths |= {f"{owner_path}/team{more}" for owner_path in members[1:] for more in ("", "/rounds/1")}
    assert team_pages(client, lead, members).keys() == all_paths
    client.send(f"{members[1]}/delete")
    remaining = team_pages(client, lead, members)
    assert remaining.keys() == {lead, *(f"{owner_path}/team" for owner_path in members[2:])}
    assert "withdrawn" in remaining[lead]
    assert "Round 1 was withdrawn" in remaining[f"{members[2]}/team"]


def test_a_withdrawn_round_is_not_compared_with_later_ones(app: App, client: Client):
    lead, members = make_closed_round(app, client, people=5)
    client.send(f"{lead}/next", page=lead)
    fill_team(app, client, lead, 5)
    client.send(f"{lead}/close", page=lead)
    assert "What is different from round 1" in client.see(f"{lead}/rounds/2").text
    client.send(f"{members[0]}/delete")
    assert "What is different from" not in client.see(f"{lead}/rounds/2").text


def test_the_page_of_a_round_begins_with_the_mix_and_what_stands_out(app: App, client: Client):
    lead, _ = make_closed_round(app, client, people=6)
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", client.get(f"{lead}/rounds/1").text)
    assert headings[:5] == [
        "Which roles the team combines",
        "What stands out",
        "How many do each thing weekly",
        "Where work is handed over",
        "An agenda for an hour",
    ]
    text = client.see(f"{lead}/rounds/1").text
    assert "things done weekly by one person or nobody" in text
    assert "All hand-overs in words" in text


def test_a_round_without_a_change_says_so_and_another_lists_what_changed(app: App, client: Client, bank: Bank):
    lead, members = make_closed_round(app, client, people=6)
    for number in (2, 3):
        client.send(f"{lead}/next", page=lead)
        if number == 2:
            fill_team(app, client, lead, 6)
        else:
            for _ in range(6):
                join_team(app, join_path(client, lead), make_response(app, all_answers(bank, "daily")))
        client.send(f"{lead}/close", page=lead)
        if number == 2:
            first_heading = re.findall(r"<h2[^>]*>([^<]+)</h2>", client.get(f"{lead}/rounds/2").text)[0]
            assert first_heading == "What is different from round 1"
            text = client.see(f"{lead}/rounds/2").text
            assert "Nothing shown here moved further than one person can move it." in text
    page = client.see(f"{lead}/rounds/3")
    assert "What is different from round 2" in page.text
    assert "More people do this weekly" in page.text
    assert "before: one at most · now: four or more" in page.text
    assert "What has changed since round 1" in page.text, "three rounds are compared in a table"
    assert "Round 1Round 2Round 3" in page.text
    assert "Nothing shown here moved" not in page.text
    assert client.see(f"{members[0]}/team/rounds/3").text.count("What is different from round 2") == 1


def test_leaving_and_retaking_do_not_withdraw_a_round(app: App, client: Client):
    lead, members = make_closed_round(app, client, people=5)
    for owner_path in members:
        client.send(f"{owner_path}/retake", page=f"{owner_path}/manage")
        client.send(f"{owner_path}/team/leave", page=f"{owner_path}/team")
    assert client.get(f"{lead}/rounds/1").status_code == 200


def test_the_expiry_of_all_members_does_not_withdraw_a_round(app: App, client: Client, monkeypatch):
    lead, members = make_closed_round(app, client, people=5)
    before = client.get(f"{lead}/rounds/1").data
    expire_in_app(app, monkeypatch, "2100-01-01")
    assert [client.get(owner_path).status_code for owner_path in members] == 5 * [404]
    assert count_rows(app, "counted_response") == count_rows(app, "member") == 0
    assert client.get(f"{lead}/rounds/1").data == before


def days_after_closing(app: App, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let this number of days pass, with a request on the last one and on the third day before."""
    expire_in_app(app, monkeypatch, (date.fromisoformat(app.today()) + timedelta(days)).isoformat())


def test_deletions_withdraw_a_round_in_the_first_ninety_days_only(app: App, client: Client, monkeypatch):
    lead, members = make_closed_round(app, client, people=5)
    days_after_closing(app, monkeypatch, 90)
    client.send(f"{members[0]}/delete")
    assert client.get(f"{lead}/rounds/1").status_code == 404
    assert "people deleted their answers and fewer than five were left" in client.see(lead).text


@pytest.mark.sqlite_only
def test_after_ninety_days_and_some_more_the_tie_is_cut_and_a_round_is_not_withdrawn(
    app: App, client: Client, monkeypatch
):
    lead, members = make_closed_round(app, client, people=5)
    before = client.get(f"{lead}/rounds/1").data
    days_after_closing(app, monkeypatch, 94)
    assert [row["round"] for row in Database(app.storage.file)["counted_response"].rows] == 5 * [None]
    for owner_path in members:
        client.send(f"{owner_path}/delete")
    assert client.get(f"{lead}/rounds/1").data == before


def test_after_the_tie_is_cut_a_counted_response_is_still_counted_once(app: App, client: Client, monkeypatch):
    lead, members = make_closed_round(app, client, people=5)
    days_after_closing(app, monkeypatch, 94)
    client.send(f"{lead}/next", page=lead)
    assert count_finished(app, lead) == 0
    assert (
        "Your answers were counted in a round, and answers are counted only once."
        in client.see(f"{members[0]}/team").text
    )


# Open teams


def make_open_team(app: App, client: Client) -> tuple[str, dict[str, str]]:
    """Make an open team: Ada, Bo and Cy have finished, Dora has not; Ada and Cy share their wishes.

    Returns the path of its lead link, and the paths of the owner links by name.
    """
    lead = make_team(client, "open", name="By name")
    join = join_path(client, lead)
    answers_by_name = {"Ada": ENGINEER, "Bo": ANALYST, "Cy": MODELLER, "Dora": {}}
    members = {}
    for name, own_answers in answers_by_name.items():
        answers = all_answers(app.bank, "never", **own_answers)
        owner_path = members[name] = make_response(
            app, answers, done=name != "Dora", title="Canary-title", text="Canary-text"
        )
        join_team(app, join, owner_path, name, shares_wishes=name in {"Ada", "Cy"})
        app.storage.save_goals(
            link_hash(owner_path),
            wishes={"predictive-models": "start", "insights": "less"},
            goals=["ml-engineer"],
            day=app.today(),
        )
    return lead, members


def test_an_open_team_shows_names_mixes_and_answers_to_members_and_lead(app: App, client: Client):
    lead, members = make_open_team(app, client)
    for path in (lead, f"{members['Bo']}/team"):
        text = client.see(path).text
        assert "3 people have finished, 1 more joined" in text
        assert "Ada data engineer" in text
        assert "Who does what" in text
        assert "data engineer 100%" not in text, "a mix of one role has no shares"
        assert ("Dora, has not finished" in text) == (path == lead), "the lead can remove her"
        assert "daily" in text
        assert "canary" not in text.lower()


def test_every_dial_of_an_open_team_has_words_for_screen_readers(app: App, client: Client, bank: Bank):
    lead = make_team(client, "open")
    join = join_path(client, lead)
    half = {id: "weekly" if n % 2 else bank.skip.id for n, id in enumerate(bank.responsibility)}
    for name, answers in (("Ada", all_answers(bank, "never", **ENGINEER)), ("Bo", half)):
        join_team(app, join, make_response(app, answers), name)
    page = client.get(lead).text
    cells = [
        (" ".join(words.split()), drawing)
        for words, drawing in re.findall(
            r'<td[^>]*>\s*<span class="visually-hidden">([^<]*)</span>\s*(<svg.*?</svg>)', page, re.S
        )
    ]
    assert len(cells) == 2 * (len(bank.roles) + len(bank.responsibility))
    symbols = dict(re.findall(r'<symbol id="(dial-[^"]*)"[^>]*>(.*?)</symbol>', page, re.S))
    drawings = {words: symbols.get(drawing.split("#")[-1].split('"')[0], drawing) for words, drawing in cells}
    assert any(re.fullmatch(r"in the mix, \d+% of the role", words) for words in drawings)
    assert "dial-unknown" in drawings["too few answers"]
    assert "dial-dot" in drawings["nothing"]
    assert "dial-dot" in drawings["never"]
    assert "dial-unknown" in drawings[bank.skip.phrase]
    assert drawings["daily or almost daily"].count("dial-filled") == 1
    assert "in the mix of" in client.see(lead).text


def test_work_that_nobody_could_take_over_says_so_for_each_person(app: App, client: Client, bank: Bank):
    lead = make_team(client, "open")
    join = join_path(client, lead)
    for name, answers in (("Ada", ENGINEER), ("Bo", ANALYST)):
        join_team(app, join, make_response(app, all_answers(bank, "never", **answers)), name)
    text = client.see(lead).text
    assert text.count("Nobody else here does any of it.") == 2
    assert "Ada alone does" in text
    assert "Bo alone does" in text


def test_an_open_team_shows_only_wishes_that_are_shared(app: App, client: Client):
    lead, members = make_open_team(app, client)
    text = client.see(lead).text
    assert "Would like to start: Ada. Weekly or more, it is done by Cy." in text
    assert "to start: Bo" not in text
    join_team(app, join_path(client, lead), members["Ada"], "Ada", shares_wishes=False)
    assert "Would like to start" not in client.see(lead).text


def test_a_person_who_leaves_an_open_team_is_no_longer_on_its_pages(app: App, client: Client):
    lead, members = make_open_team(app, client)
    client.send(f"{members['Ada']}/team/leave", page=f"{members['Ada']}/team")
    for path in (lead, f"{members['Bo']}/team"):
        assert "Ada" not in client.get(path).text
    assert client.get(f"{members['Ada']}/team").status_code == 404


def remove(app: App, client: Client, lead: str, name: str) -> str:
    """Remove a member as the lead would. Returns the path of the page that asks before."""
    page = client.get(lead).text
    path = next(unescape(path) for path, of in re.findall(REMOVE_LINK, page) if of == name)
    fields = dict(client.see(path).fields)
    assert client.send(path, {"member": fields["member"]}, page=path).location == f"{lead}?removed=1"
    return path


REMOVE_LINK = r'<a href="([^"]*/remove[^"]*)">Remove<span class="visually-hidden"> <bdi>([^<]*)</bdi>'


def test_a_removed_member_is_off_the_page_and_is_told_until_they_have_read_it(app: App, client: Client):
    lead, members = make_open_team(app, client)
    ada = members["Ada"]
    path = remove(app, client, lead, "Ada")
    assert "Ada" not in client.get(lead).text
    assert "Ada" not in client.get(f"{members['Bo']}/team").text
    told = f"The lead of By name removed you from this team on {format_day(app.today())}."
    for page in (ada, f"{ada}/team"):
        assert told in client.see(page).text
        assert "You keep your own answers and your result." in client.see(page).text
    assert "Your team," not in client.see(ada).text
    download = client.get(f"{ada}.json").get_json()
    assert (download["team"], download["removed_from_team"]) == (None, {"name": "By name", "day": app.today()})
    assert client.send(f"{ada}/team/removal/read", page=ada).location == ada
    assert "removed you" not in client.see(ada).text
    assert client.get(f"{ada}/team").status_code == 404
    assert client.get(f"{ada}.json").get_json()["removed_from_team"] is None
    assert client.get(path).location == lead, "the page of a member who is gone leads back"


def test_an_unfinished_member_can_be_removed_and_is_told(app: App, client: Client):
    lead, members = make_open_team(app, client)
    remove(app, client, lead, "Dora")
    page = client.see(members["Dora"])
    assert "removed you from this team" in page.text
    assert client.send(f"{members['Dora']}/team/removal/read", page=members["Dora"]).location == members["Dora"]
    assert client.get(members["Dora"]).location.startswith(f"{members['Dora']}/")


def test_all_responses_of_a_removed_person_are_removed(app: App, client: Client, bank: Bank):
    lead, members = make_open_team(app, client)
    retake = client.send(f"{members['Ada']}/retake", page=f"{members['Ada']}/manage").location.rsplit("/", 1)[0]
    client.answer(retake, all_answers(bank, "weekly"))
    client.send(f"{retake}/check")
    join_team(app, join_path(client, lead), retake, "Ada")
    assert "3 people have finished, 1 more joined" in client.see(lead).text
    assert re.findall(REMOVE_LINK, client.get(lead).text).count("Ada") <= 1
    remove(app, client, lead, "Ada")
    for path in (members["Ada"], retake):
        assert "removed you from this team" in client.see(path).text


def test_a_removed_member_can_join_again_and_is_no_longer_told(app: App, client: Client):
    lead, members = make_open_team(app, client)
    remove(app, client, lead, "Ada")
    join_team(app, join_path(client, lead), members["Ada"], "Ada")
    assert "removed you" not in client.see(members["Ada"]).text
    assert "Ada" in client.see(lead).text


def test_a_lead_removes_nobody_of_another_team(app: App, client: Client):
    lead, _ = make_open_team(app, client)
    other_lead, _ = make_open_team(app, client)
    (member, *_) = app.storage.load_open_members(load_team(app, other_lead).id)
    for wrong in (str(member.response), "", "x", "0", "9" * 30):
        assert client.send(f"{lead}/remove", {"member": wrong}, page=lead).location == lead
    assert count_rows(app, "removal") == 0
    assert count_rows(app, "member") == 8


def test_nobody_is_removed_from_an_anonymous_team(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 3)
    assert client.get(f"{lead}/remove").status_code == 404
    assert client.send(f"{lead}/remove", {"member": "1"}, page=lead).status_code == 404
    assert "Remove" not in client.see(lead).text
    (member, *_) = app.storage.load_round_members(load_team(app, lead).id)
    assert not app.storage.remove_member(link_hash(lead), member.response, day=app.today())


def test_names_that_look_alike_are_numbered(app: App, client: Client):
    lead, _ = make_open_team(app, client)
    join_team(app, join_path(client, lead), make_response(app), "Аda")
    text = client.see(lead).text
    assert "Ada (1)" in text
    assert "Аda (2)" in text
    assert "Bo (" not in text


def test_left_out_and_never_have_two_signs_in_the_table_of_an_open_team(app: App, client: Client, bank: Bank):
    lead = make_team(client, "open")
    answers = all_answers(bank, "never", pipelines="skip")
    del answers["dashboards"]
    join_team(app, join_path(client, lead), make_response(app, answers), "Ada")
    html = client.get(lead).text
    row = r'<th scope="row">([^<]*)</th>\s*<td class="team-matrix-count">0</td>\s*<td>(.*?)</td>'
    cells = dict(re.findall(row, html, re.DOTALL))
    shown = {id: cells[bank.responsibility[id].name] for id in ("insights", "pipelines", "dashboards")}
    assert {id: cell.split("</span>")[0].split(">")[1] for id, cell in shown.items()} == {
        "insights": "never",
        "pipelines": "left out",
        "dashboards": "not asked yet",
    }
    assert [cell.count('href="#dial-never"') for cell in shown.values()] == [1, 0, 0]
    assert [cell.count('href="#dial-skip"') for cell in shown.values()] == [0, 1, 1]
    symbols = dict(re.findall(r'<symbol id="(dial-[^"]*)"[^>]*>(.*?)</symbol>', html, re.DOTALL))
    assert ("dial-dot" in symbols["dial-never"], "dial-unknown" in symbols["dial-skip"]) == (True, True)
    key = html.split('id="table-title"', 1)[1].split("<table", 1)[0]
    assert all(words in key for words in ("daily or almost daily", "never", "left out, or not asked yet"))


def test_the_page_names_who_could_stand_in_and_who_has_nobody(app: App, client: Client, bank: Bank):
    lead = make_team(client, "open")
    join = join_path(client, lead)
    for name, answers in {
        "Ana": {"pipelines": "daily", "data_quality": "daily"},
        "Fay": {"pipelines": "daily", "data_quality": "daily", "dashboards": "weekly", "insights": "daily"},
        "Max": {"model_deployment": "daily", "insights": "monthly"},
    }.items():
        join_team(app, join, make_response(app, all_answers(bank, "never", **answers)), name)
    names = {id: item.name for id, item in bank.responsibility.items()}
    section = client.see(lead).text.split("and who could do it instead", 1)[1].split("If somebody is away", 1)[0]
    both = f"{names['insights']}; {names['dashboards']}"
    assert f"Fay alone does {both}. Max does 1 of these 2 too, less often." in section
    assert f"Max alone does {names['model-deployment']}. Nobody else here does any of it." in section
    assert "Ana" not in section


@pytest.mark.parametrize("kind", ["anonymous", "open"])
def test_each_kind_of_team_has_its_own_sentences(app: App, client: Client, kind):
    lead = make_team(client, kind)
    (owner_path, *_) = fill_team(app, client, lead, 2)
    paths = [lead, f"{lead}/delete", join_path(client, lead), f"{owner_path}/team"]
    text = "\n".join(client.see(path).text for path in paths)
    (letter,) = re.findall(r'href="mailto:[^"]*body=([^"]*)"', client.get(lead).text)
    if kind == "open":
        assert not re.search(r"\bround|bands|minimum|Your own result stays yours", text, re.IGNORECASE)
        assert "All members see each other’s answers" in unquote(letter)
    else:
        assert not re.search(r"by name|do it instead|Remove|every member sees", text)
        assert "Every member" not in unquote(letter)


def test_an_open_team_has_no_rounds_and_cannot_publish_one(app: App, client: Client):
    lead = make_team(client, "open")
    members = fill_team(app, client, lead, 6)
    for path in ("close", "next", "minimum"):
        assert client.send(f"{lead}/{path}", {"minimum": "8"}, page=lead).status_code == 404
    assert team_pages(client, lead, members).keys() == {lead, *(f"{owner_path}/team" for owner_path in members)}
    assert count_rows(app, "counted_response") == 0
    assert load_team(app, lead).minimum == 5


@pytest.mark.sqlite_only
def test_an_anonymous_team_stores_no_name_even_if_one_is_sent(app: App, client: Client):
    lead = make_team(client)
    owner_path = make_response(app)
    join = join_path(client, lead)
    response = client.send(f"{join}/bring", {"link": owner_path, "name": "Canary", "shares_wishes": "y"}, page=join)
    assert response.location == f"{owner_path}/team"
    db = Database(app.storage.file)
    assert [(row["name"], row["shares_wishes"]) for row in db["member"].rows] == [("", 0)]
    db.close()


def test_the_page_of_an_anonymous_team_has_nothing_of_an_open_team(app: App, client: Client):
    _, members = make_closed_round(app, client)
    page = client.see(f"{members[0]}/team")
    assert "Who does what" not in page.text
    assert "Your answers were counted in a round" in page.text


# Markup


@pytest.mark.sqlite_only
@pytest.mark.thorough
@pytest.mark.parametrize("payload", HOSTILE_TEXTS)
def test_a_team_or_member_name_is_never_read_as_markup(app: App, client: Client, payload):
    payload = payload[:80]

    def pages_with(text: str) -> list[tuple[str, str]]:
        name = text.replace("\r", "").strip()
        pages = []
        anonymous_lead = make_team(client, name=name)
        anonymous_member, *_ = fill_team(app, client, anonymous_lead, 6)
        join = join_path(client, anonymous_lead)
        client.send(f"{anonymous_lead}/close", page=anonymous_lead)
        open_lead = make_team(client, "open", name=name)
        open_member = make_response(app)
        join_team(app, join_path(client, open_lead), open_member, name, shares_wishes=True)
        (member,) = app.storage.load_open_members(load_team(app, open_lead).id)
        for path in (
            *(anonymous_lead + more for more in ("", "?few=few", "/delete", "/rounds/1")),
            *(anonymous_member + more for more in ("", "/team", "/team/rounds/1")),
            *(open_member + more for more in ("", "/team")),
            *(open_lead, f"{open_lead}/delete", join, join_path(client, open_lead)),
            f"{open_lead}/remove?member={member.response}",
        ):
            response = client.get(path)
            assert response.status_code == 200, path
            pages.append((path, response.text))
        invalid_form = {"name": name, "link": name, "seed": name}
        pages.append(("make again", client.send("/teams", invalid_form).text))
        pages.append(("join again", client.send(f"{join}/bring", invalid_form, page=join).text))
        pages.append(("json", client.get(f"{anonymous_lead}/rounds/1.json").text))
        return pages

    def tags_of(text: str) -> list[tuple[str, list[str]]]:
        page = Page()
        page.feed(text)
        return [(tag, sorted(attributes)) for tag, attributes in page.tags]

    for (path, text), (_, harmless) in zip(pages_with(payload), pages_with("harmless"), strict=True):
        if path != "json":
            assert tags_of(text) == tags_of(harmless), path
            assert "<" not in payload or payload not in text, path


# Page, CSV and JSON of a round


class RoundFacts(Page):
    """A parsed page of a round. `rows` holds the names and values of each section, by the id of its heading."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[tuple[str, str]]] = {}
        self._section, self._element = "", ""
        self._cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        attributes = dict(attrs)
        self._section = attributes.get("aria-labelledby") or self._section if tag == "section" else self._section
        if tag == "li" or (tag == "p" and attributes.get("class") in {"intro", "small-text"}):
            self._element, self._cells = tag, []
        elif tag in {"strong", "span"} and self._element == "li":
            self._cells.append("")

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self._element and self._cells:
            self._cells[-1] += data
        elif self._element and data.strip():
            self._cells.append(data)

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag == self._element:
            name, *value = [" ".join(cell.split()) for cell in self._cells] or [""]
            self.rows.setdefault(self._section, []).append((name, "".join(value)))
            self._element = ""


def assert_same_facts(app: App, client: Client, lead: str, number: int) -> list[anonymous.Fact]:
    """Compare page, CSV and JSON of a round with its facts. Returns the facts."""
    round = load_team(app, lead).rounds[number - 1]
    closed_round = next(one for one in rounds.closed_rounds(load_team(app, lead)) if one.number == round.number)
    assert closed_round.published is not None
    facts = anonymous.facts(closed_round.published, app.bank)
    assert [anonymous.Fact(**row) for row in client.get(f"{lead}/rounds/{number}.json").get_json()["facts"]] == facts
    table = client.get(f"{lead}/rounds/{number}.csv").text
    assert table.startswith("\ufeff"), "a spreadsheet reads it as UTF-8"
    header, *rows = csv.reader(io.StringIO(table[1:]))
    assert (tuple(header), [anonymous.Fact(*row) for row in rows]) == (anonymous.Fact._fields, facts)
    page = RoundFacts()
    page.feed(client.get(f"{lead}/rounds/{number}").text)

    def expected(kind: str) -> list[tuple[str, str]]:
        return [(f.name[:1].upper() + f.name[1:], f.value) for f in facts if f.kind == kind]

    mix = [row for row in page.rows["team-mix"] if row[1]]
    for name, value in page.rows["team-mix"]:
        if name.startswith("Few or nobody: "):
            assert value == ""
            mix += [(role[:1].upper() + role[1:], "few or nobody") for role in name.split(": ")[1].split(", ")]
    assert sorted(mix) == sorted(expected("mix"))
    assert [row for row in page.rows["team-map"] if row[1]] == expected("contact")
    coverage = [(name, value) for name, value in page.rows["team-coverage"] if value]
    assert coverage == [(f.name, f.value) for f in facts if f.kind == "coverage"]
    (people,) = (f.value for f in facts if f.kind == "people")
    assert f"{people} people finished." in page.text
    removed = [f for f in facts if f.kind == "removed"]
    notes = [name for name, value in page.rows["team-coverage"] if name.startswith("No longer in the quiz")]
    assert len(notes) == bool(removed)
    assert all(f.name in notes[0] and f.value == "no longer in the quiz" for f in removed)
    assert len(facts) == sum(len(expected(kind)) for kind in ("people", "mix", "coverage", "contact", "removed"))
    return facts


@pytest.mark.parametrize("people", [5, 12, 23])
def test_page_csv_and_json_of_a_round_have_the_same_facts(app: App, client: Client, bank: Bank, people):
    # The printed page is the same page with the rules of `@media print`, which the last test checks.
    lead, _ = make_closed_round(app, client, people)
    facts = assert_same_facts(app, client, lead, 1)
    assert len(facts) == 1 + len(bank.roles) + 1 + len(bank.responsibility) + len(bank.contacts)


@pytest.mark.sqlite_only
def test_page_csv_and_json_of_a_round_agree_after_roles_were_removed_from_the_bank(
    app: App, client: Client, small_bank
):
    lead, _ = make_closed_round(app, client)
    other = create_app({"TESTING": True, "QUESTION_BANK": str(small_bank)}, instance=app.storage.file.parent)
    facts = assert_same_facts(other, Client(other), lead, 1)
    assert sum(fact.kind == "removed" for fact in facts) == len(app.bank.roles) + len(app.bank.responsibility)


def test_the_print_style_hides_no_facts():
    style = read_stylesheet()
    printed = "".join(re.findall(r"@media print \{(.*?)\n\}", style, re.DOTALL))
    hidden = "".join(re.findall(r"([^{}]*)\{[^{}]*display:\s*none", printed))
    assert ".next-links" in hidden
    assert "details.print-open::details-content { content-visibility: visible; }" in printed, "all hand-overs"
    assert not {
        ".team-list",
        ".team-mix-list",
        ".team-coverage",
        ".team-band-words",
        ".team-result",
        ".team-findings",
        ".intro",
        ".small-text",
        "li",
        "p",
    } & {*re.split(r"[\s,]+", hidden)}
