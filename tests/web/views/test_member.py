"""Joining a team by taking the quiz or with an existing response, and leaving it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from quiz import create_app
from quiz.bank import Bank
from quiz.teams import anonymous, joining
from quiz.web import links
from quiz.web.app import App
from quiz.web.typed_text import clean_line
from tests.checks import count_finished, count_rows, load_response, load_team
from tests.clients import Client, Page
from tests.factories import (
    DAY,
    all_answers,
    fill_team,
    force_into_team,
    join_path,
    join_team,
    link_hash,
    make_closed_round,
    make_response,
    make_share_link,
    make_team,
)

pytestmark = pytest.mark.both_engines


def bring(client: Client, join: str, link: str, **fields: str) -> Page | str:
    """Join with an existing response. Returns where it redirects to, or the page with the error."""
    response = client.send(f"{join}/bring", {"link": link, **fields}, page=join)
    return str(response.location) if response.status_code == 303 else Page.of(response)


# Before joining


def test_the_join_page_of_an_anonymous_team_has_the_rules_and_an_example(app: App, client: Client, lead, join):
    fill_team(app, client, lead, 2)
    join_team(app, join, make_response(app, done=False))
    page = client.see(join)
    for expected in (
        "You may refuse. No page shows who opened this link, who joined and who did not.",
        "Whoever knows how many were invited can see whether some did not take part",
        "see only whether 5 people have finished, which is the minimum for closing it",
        "The minimum is not reached yet.",
        "how many people were counted, bands such as “two or three people do this weekly”",
        "withdrawn only if fewer than five of its people are left after deletions in the first 90 days",
        "so the lead, or anybody with this link, can fill in several responses alone",
        "an example with made-up people",
        "How many do each thing weekly",
    ):
        assert expected in page.text
    assert count_rows(app, "member") == 3, "opening the page does not join"


def test_the_join_page_says_whether_the_minimum_is_reached_or_that_no_round_is_open(
    app: App, client: Client, lead, join
):
    fill_team(app, client, lead, 4)
    assert "The minimum is not reached yet." in client.see(join).text
    fill_team(app, client, lead, 1)
    assert "The minimum is reached." in client.see(join).text
    client.send(f"{lead}/close", page=lead)
    page = client.see(join)
    assert "No round is open now." in page.text
    assert "The minimum is" not in page.text


IN_THE_DATABASE = (
    "The file contains each person’s answers and texts, the team that they belong to, and which round counted them."
    " 90 days after a round was closed, or a few days later, the file no longer says which round it was."
    " It then says only that some round counted them, but the days in the file can still suggest which."
    " It contains no names, e-mail addresses or IP addresses, unless somebody typed one."
)


def test_the_join_page_names_the_operator_and_what_the_operator_can_read(tmp_path):
    client = Client(create_app({"TESTING": True, "OPERATOR": "The <data> guild"}, instance=tmp_path / "other"))
    paths = {
        join_path(client, make_team(client)): IN_THE_DATABASE,
        join_path(client, make_team(client, "open")): "the team that they belong to, and their name in it.",
        "/privacy": IN_THE_DATABASE,
    }
    for path, content in paths.items():
        text = client.see(path).text
        assert "The <data> guild runs this quiz, and can read its database file." in text
        assert content in text


def test_without_an_operator_the_join_page_says_whom_to_ask(client: Client, join):
    for path in (join, "/privacy"):
        text = client.see(path).text
        assert "Whoever runs this quiz can read its database file. No name is entered here" in text
        assert IN_THE_DATABASE in text


def test_a_member_sees_whether_the_minimum_is_reached(app: App, client: Client, lead):
    members = fill_team(app, client, lead, 4)
    assert "The round cannot be closed yet: fewer than 5 people have finished." in client.see(f"{members[0]}/team").text
    fill_team(app, client, lead, 1)
    assert "The minimum for closing the round is reached" in client.see(f"{members[0]}/team").text


def test_the_example_is_computed_once_for_all_visitors(app: App, client: Client, join, monkeypatch):
    app.bank = replace(app.bank)  # tests share what is made of the shipped bank itself
    calls = []
    publish = anonymous.publish

    def count_calls(*arguments):
        calls.append(arguments)
        return publish(*arguments)

    monkeypatch.setattr(anonymous, "publish", count_calls)
    pages = [Client(app).see(join).text for _ in range(3)]
    assert len(calls) == 1
    assert all("an example with made-up people" in text for text in pages)


def test_the_join_page_of_an_open_team_says_that_nothing_is_anonymous(app: App, client: Client):
    join = join_path(client, make_team(client, "open"))
    page = client.see(join)
    assert "nothing in it is anonymous" in page.text
    assert "The lead of the team, and every member who has finished, sees every member’s name" in page.text
    assert "0 people have joined so far" in page.text
    assert "an example" not in page.text


def test_the_join_page_links_neither_rounds_nor_the_page_of_the_lead(app: App, client: Client, lead, join):
    fill_team(app, client, lead, 6)
    client.send(f"{lead}/close", page=lead)
    assert "/rounds/" not in client.get(join).text
    assert lead not in client.get(join).text


# Joining by taking the quiz


def test_taking_the_quiz_for_a_team_counts_when_it_is_finished(app: App, client: Client, bank: Bank, lead, join):
    response = client.send(f"{join}/start", page=join)
    owner_path, number = response.location.rsplit("/", 1)
    assert number == "1"
    assert count_finished(app, lead) == 0
    assert (
        "Your answers count in it if you finish the quiz before it is closed" in client.see(f"{owner_path}/team").text
    )
    client.answer(owner_path, all_answers(bank, "weekly"))
    client.send(f"{owner_path}/check")
    assert count_finished(app, lead) == 1
    assert "Your answers count when the open round is closed" in client.see(f"{owner_path}/team").text
    assert "Your team The crew" in client.see(owner_path).text


def test_the_same_form_sent_twice_joins_once(app: App, client: Client, join):
    fields = dict(client.see(join).fields)
    assert client.post(f"{join}/start", fields).location == client.post(f"{join}/start", fields).location
    assert (count_rows(app, "response"), count_rows(app, "member")) == (1, 1)


@pytest.mark.parametrize("seed", ["", "short", "x" * 23, "!" * 22])
def test_a_malformed_seed_starts_no_response(app: App, client: Client, join, seed):
    assert client.send(f"{join}/start", {"seed": seed}, page=join).status_code == 400
    assert (count_rows(app, "response"), count_rows(app, "member")) == (0, 0)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
@pytest.mark.parametrize("way", ["start", "bring"])
def test_joining_an_open_team_requires_a_name(app: App, client: Client, name, way):
    join = join_path(client, make_team(client, "open"))
    owner_path = make_response(app)
    response = client.send(f"{join}/{way}", {"name": name, "link": owner_path, "shares_wishes": "y"}, page=join)
    assert response.status_code == 422
    page = Page.of(response)
    assert "You have not joined yet" in page.text
    assert ("shares_wishes", "y") in page.fields, "the ticked box stays ticked"
    assert count_rows(app, "member") == 0
    assert count_rows(app, "response") == 1


def test_the_corrected_form_joins(app: App, client: Client):
    join = join_path(client, make_team(client, "open"))
    error_page = Page.of(client.send(f"{join}/start", {"name": ""}, page=join))
    owner_path = client.post(f"{join}/start", dict(error_page.fields) | {"name": "  Ada "}).location.rsplit("/", 1)[0]
    membership = app.storage.load_membership(link_hash(owner_path))
    assert membership is not None
    assert (membership.name, membership.shares_wishes) == ("Ada", False)


# Joining with an existing response


@pytest.mark.parametrize(
    "form", ["{whole}", "  {whole} ", "{whole}/", "{whole}/manage", "{whole}?x=1", "{whole}#keep", "{path}", "{link}"]
)
def test_any_form_of_the_owner_link_joins(app: App, client: Client, lead, join, form):
    owner_path = make_response(app)
    pasted = form.format(whole=f"http://localhost{owner_path}", path=owner_path, link=owner_path.split("/")[2])
    assert bring(client, join, pasted) == f"{owner_path}/team"
    assert count_finished(app, lead) == 1


def test_an_owner_link_with_the_address_of_another_server_joins(app: App, client: Client, join):
    owner_path = make_response(app)
    assert bring(client, join, f"https://hats.example.org/quiz{owner_path}.json") == f"{owner_path}/team"


def invalid_links(app: App, client: Client) -> dict[str, str]:
    """Texts that are not the owner link of a response, by description."""
    owner_path = make_response(app)
    app.storage.delete_response(link_hash(owner_path), day=DAY)
    shared, lead = make_response(app), make_team(client)
    share = make_share_link(client, shared, label="For Bo").removeprefix("/s/")
    assert client.get(f"/s/{share}").status_code == 200
    return {
        "nothing": "",
        "a word": "mine",
        "garbage": links.new_link(),
        "cut off": shared[:-1],
        "with more": f"{shared}xyz",
        "deleted": owner_path,
        "share": f"http://localhost/s/{share}",
        "bare share": share,
        "lead": f"http://localhost{lead}",
        "bare lead": lead.split("/")[2],
        "join": join_path(client, lead),
        "long": "/r/" * 20_000,
        "odd": "\x00/r/\udcff" + "A" * 21,
    }


def test_every_invalid_link_gives_the_same_error_and_joins_nobody(app: App, client: Client, join):
    for description, text in invalid_links(app, client).items():
        typed = text.encode(errors="replace").decode()
        error_page = bring(client, join, typed)
        assert isinstance(error_page, Page), description
        assert "This is not a private link of this quiz. Paste the whole link." in error_page.text, description
        assert ("link", typed.replace("\0", "")) in error_page.fields, f"{description}: the form keeps the typed text"
    assert count_rows(app, "member") == 0


def test_an_unfinished_response_can_join_and_counts_when_it_is_finished(app: App, client: Client, lead, join, bank):
    owner_path = make_response(app, done=False)
    assert bring(client, join, owner_path) == f"{owner_path}/team"
    assert count_finished(app, lead) == 0
    client.send(f"{owner_path}/check")
    assert count_finished(app, lead) == 1


def test_joining_twice_with_the_same_response_makes_one_member(app: App, client: Client, join):
    owner_path = make_response(app)
    assert bring(client, join, owner_path) == bring(client, join, owner_path) == f"{owner_path}/team"
    assert count_rows(app, "member") == 1


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", ["anonymous", "open"])
@pytest.mark.parametrize("other_kind", ["anonymous", "open"])
def test_a_response_in_another_team_must_leave_that_team_first(app: App, client: Client, kind, other_kind, done):
    owner_path, join = make_response(app, done=done), join_path(client, make_team(client, kind))
    other_join = join_path(client, make_team(client, other_kind, name="Elsewhere"))
    join_team(app, other_join, owner_path, "Ada")
    error_page = bring(client, join, owner_path, name="Ada")
    assert isinstance(error_page, Page)
    assert "in another team. Leave that team first" in error_page.text
    assert "Elsewhere" in client.see(f"{owner_path}/team").title
    client.send(f"{owner_path}/team/leave", page=f"{owner_path}/team")
    assert bring(client, join, owner_path, name="Ada") == f"{owner_path}/team"
    assert "The crew" in client.see(f"{owner_path}/team").title


def test_a_response_that_a_round_counted_cannot_join_another_anonymous_team(app: App, client: Client, join):
    _, (owner_path, *_) = make_closed_round(app, client)
    client.send(f"{owner_path}/team/leave", page=f"{owner_path}/team")
    error_page = bring(client, join, owner_path)
    assert isinstance(error_page, Page)
    assert "a round counted them" in error_page.text
    assert client.get(f"{owner_path}/team").status_code == 404


def test_a_counted_response_that_leaves_and_joins_again_is_not_counted_again(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    join = join_path(client, lead)
    for owner_path in members:
        client.send(f"{owner_path}/team/leave", page=f"{owner_path}/team")
        force_into_team(app.storage, link_hash(join), link_hash(owner_path))
    assert count_finished(app, lead) == 0
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}?few=few"


def test_a_response_finished_before_the_last_round_closed_is_refused(app: App, client: Client):
    lead, _ = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    join = join_path(client, lead)
    error_page = bring(client, join, make_response(app, day="2001-02-03"))
    assert isinstance(error_page, Page)
    assert "finished before the last round was closed" in error_page.text
    assert not isinstance(bring(client, join, make_response(app)), Page), "finished on the day the round closed"


def test_a_response_is_refused_if_the_round_closes_while_it_joins(app: App, client: Client, lead, join, monkeypatch):
    fill_team(app, client, lead, 5)
    owner_path = make_response(app, day="2001-02-03")
    join_now = app.storage.join_team

    def close_first(*arguments, **fields):
        client.send(f"{lead}/close", page=lead)
        return join_now(*arguments, **fields)

    monkeypatch.setattr(app.storage, "join_team", close_first)
    error_page = bring(client, join, owner_path)
    assert isinstance(error_page, Page)
    assert "finished before the last round was closed" in error_page.text
    assert client.get(f"{owner_path}/team").status_code == 404


def test_a_response_that_is_deleted_just_before_it_joins_is_refused(app: App, client: Client, join, monkeypatch):
    owner_path = make_response(app)
    join_now = app.storage.join_team

    def delete_first(join_hash, owner_hash, **fields):
        assert app.storage.delete_response(owner_hash, day=DAY)
        return join_now(join_hash, owner_hash, **fields)

    monkeypatch.setattr(app.storage, "join_team", delete_first)
    error_page = bring(client, join, owner_path)
    assert isinstance(error_page, Page)
    assert "This is not a private link of this quiz." in error_page.text


def test_a_retake_of_a_counted_response_can_count_in_the_next_round(app: App, client: Client, bank: Bank):
    lead, (owner_path, *_) = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    retake_path = client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location.rsplit("/", 1)[0]
    client.answer(retake_path, all_answers(bank, "weekly"))
    client.send(f"{retake_path}/check")
    assert client.get(f"{retake_path}/team").status_code == 404, "a retake is in no team until it joins one"
    assert bring(client, join_path(client, lead), retake_path) == f"{retake_path}/team"
    assert count_finished(app, lead) == 1


def test_a_response_that_a_round_counted_can_join_an_open_team(app: App, client: Client):
    _, (owner_path, *_) = make_closed_round(app, client)
    client.send(f"{owner_path}/team/leave", page=f"{owner_path}/team")
    join = join_path(client, make_team(client, "open"))
    assert bring(client, join, owner_path, name="Ada") == f"{owner_path}/team"


def test_joining_an_open_team_again_changes_the_name(app: App, client: Client):
    lead = make_team(client, "open")
    owner_path, join = make_response(app), join_path(client, lead)
    for name in ("Ada", "Ada Lovelace"):
        assert bring(client, join, owner_path, name=name) == f"{owner_path}/team"
    assert count_rows(app, "member") == 1
    assert "Ada Lovelace" in client.see(lead).text


# Concurrent requests


@pytest.mark.thorough
def test_eight_threads_that_join_four_teams_with_one_response_make_one_member(app: App, client: Client):
    joins = [join_path(client, make_team(client)) for _ in range(4)]
    owner_path = make_response(app)
    clients = [Client(app) for _ in range(8)]
    forms = [each.token() | {"link": owner_path} for each in clients]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(lambda n: clients[n].post(f"{joins[n % 4]}/bring", forms[n]).status_code, range(len(clients)))
        )
    assert sorted(set(statuses)) == [303, 422]
    assert statuses.count(303) == 2
    assert count_rows(app, "member") == 1


def test_a_response_deleted_by_another_thread_while_it_joins_leaves_no_member(app: App, client: Client, join):
    for _ in range(5):
        owner_path = make_response(app)
        joining, deleting = Client(app), Client(app)
        join_form, delete_form = joining.token() | {"link": owner_path}, deleting.token()
        with ThreadPoolExecutor(2) as pool:
            pool.submit(joining.post, f"{join}/bring", join_form)
            pool.submit(deleting.post, f"{owner_path}/delete", delete_form)
    assert (count_rows(app, "response"), count_rows(app, "member")) == (0, 0)


# Leaving


def test_joining_again_with_a_counted_response_shows_how_to_be_in_the_next_round(app: App, client: Client, lead, join):
    owner_path = fill_team(app, client, lead, 5)[0]
    client.send(f"{lead}/close", page=lead)
    client.send(f"{lead}/next", page=lead)
    response = client.send(f"{join}/bring", {"link": owner_path}, page=join)
    assert response.location == f"{owner_path}/team"
    page = client.see(response.location)
    assert "Round 2 is open. To take part in it, take the quiz again and stay in the team." in page.text
    assert f"{owner_path}/retake" in page.values("action")


def test_a_person_who_leaves_an_open_round_is_not_counted_and_keeps_the_result(app: App, client: Client, lead):
    owner_path, _ = fill_team(app, client, lead, 2)
    assert client.send(f"{owner_path}/team/leave", page=f"{owner_path}/team").location == f"{owner_path}?left=1"
    assert "You have left the team." in client.see(f"{owner_path}?left=1").text
    assert count_finished(app, lead) == 1
    assert client.get(f"{owner_path}/team").status_code == 404
    assert client.get(owner_path).status_code == 200
    assert "Your team" not in client.see(owner_path).text


def test_an_old_form_to_leave_one_team_does_not_leave_another(app: App, client: Client, lead):
    owner_path, _ = fill_team(app, client, lead, 2)
    form = dict(client.see(f"{owner_path}/team").fields)
    app.storage.leave_team(link_hash(owner_path), day=DAY)
    join_team(app, join_path(client, make_team(client, name="Elsewhere")), owner_path)
    client.post(f"{owner_path}/team/leave", form)
    assert "Elsewhere" in client.see(f"{owner_path}/team").title
    client.send(f"{owner_path}/team/leave", page=f"{owner_path}/team")
    assert client.get(f"{owner_path}/team").status_code == 404


def test_leaving_twice_has_the_same_effect_as_once(app: App, client: Client, lead):
    owner_path, _ = fill_team(app, client, lead, 2)
    fields = client.token()
    assert [client.post(f"{owner_path}/team/leave", fields).location for _ in range(2)] == 2 * [f"{owner_path}?left=1"]
    assert len(app.storage.load_round_members(load_team(app, lead).id)) == 1


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_person_who_takes_the_quiz_again_and_leaves_is_off_the_page_and_in_no_round(
    app: App, client: Client, bank: Bank, is_finished
):
    for kind in ("open", "anonymous"):
        lead = make_team(client, kind)
        first = make_response(app)
        join_team(app, join_path(client, lead), first, "Ada")
        again = client.send(f"{first}/retake", {"stay": "y"}, page=f"{first}/manage").location.rsplit("/", 1)[0]
        if is_finished:
            client.answer(again, all_answers(bank, "weekly"))
            client.send(f"{again}/check")
        client.send(f"{again}/team/leave", page=f"{again}/team")
        assert "Ada" not in client.get(lead).text
        assert app.storage.load_round_members(load_team(app, lead).id) == (), kind


def test_deleting_a_response_removes_it_from_its_team(app: App, client: Client, lead):
    owner_path, _ = fill_team(app, client, lead, 2)
    client.send(f"{owner_path}/delete")
    assert count_finished(app, lead) == 1


def test_the_page_of_a_member_says_what_leaving_changes(app: App, client: Client, lead):
    uncounted, _ = fill_team(app, client, lead, 2)
    text = client.see(f"{uncounted}/team").text
    assert "Your answers will not count in the open round. No page shows that you left" in text
    assert "if the round had just reached its minimum, it is below the minimum again" in text
    _, (counted, *_) = make_closed_round(app, client)
    assert "What was published does not change when you leave." in client.see(f"{counted}/team").text


# Open teams: names, and what members see


@pytest.fixture
def open_lead(client: Client) -> str:
    return make_team(client, "open")


def start(client: Client, lead: str, name: str) -> TestResponse:
    """Press the button that takes the quiz for an open team."""
    join = join_path(client, lead)
    return client.send(f"{join}/start", {"name": name}, page=join)


@pytest.mark.parametrize("name", ["Ada", "ADA", " ada ", "Ａda", "A\u202eda"])
def test_a_name_that_another_member_has_is_refused_in_the_filled_form(app: App, client: Client, open_lead, name):
    join_team(app, join_path(client, open_lead), make_response(app), "Ada")
    join = join_path(client, open_lead)
    other = {"name": name, "link": make_response(app)}
    for response in (start(client, open_lead, name), client.send(f"{join}/bring", other, page=join)):
        assert response.status_code == 422
        page = Page.of(response)
        assert "Another member of this team has this name. Add something to yours, such as your last name" in page.text
        assert ("name", clean_line(name)) in page.fields
    assert count_rows(app, "member") == 1
    assert count_rows(app, "response") == 2, "no response was created for the refused name"


def test_a_refused_form_can_be_sent_again_with_another_name(app: App, client: Client, open_lead):
    join_team(app, join_path(client, open_lead), make_response(app), "Ada")
    page = Page.of(start(client, open_lead, "Ada"))
    fields = dict(page.fields) | {"name": "Ada L."}
    assert client.post(f"{join_path(client, open_lead)}/start", fields).status_code == 303
    assert count_rows(app, "member") == 2


def test_a_person_who_takes_the_quiz_again_keeps_their_name(app: App, client: Client, bank: Bank, open_lead):
    join = join_path(client, open_lead)
    first = make_response(app)
    join_team(app, join, first, "Ada")
    retake = client.send(f"{first}/retake", page=f"{first}/manage").location.rsplit("/", 1)[0]
    client.answer(retake, all_answers(bank, "never", dashboards="daily", insights="daily"))
    client.send(f"{retake}/check")
    response = client.send(f"{join}/bring", {"link": retake, "name": "Ada"}, page=join)
    assert response.location == f"{retake}/team"
    page = client.see(f"{retake}/team")
    assert "1 person has finished." in page.text
    assert "1 person has joined so far." in client.see(join).text
    assert "Ada data analyst" in page.text
    assert "Ada (" not in page.text


def test_an_open_team_has_200_members_at_most(app: App, client: Client, open_lead, monkeypatch):
    monkeypatch.setattr(joining, "MAX_OPEN_MEMBERS", 2)
    join = join_path(client, open_lead)
    member = make_response(app)
    join_team(app, join, member, "Ada")
    join_team(app, join, make_response(app), "Bo")
    response = start(client, open_lead, "Cy")
    assert response.status_code == 422
    assert "This team has 200 members, which is the maximum. Ask the lead of the team." in Page.of(response).text
    assert ("name", "Cy") in Page.of(response).fields
    assert client.send(f"{join}/bring", {"link": member, "name": "Ada B."}, page=join).status_code == 303
    assert count_rows(app, "member") == 2


def test_members_see_an_open_team_only_after_they_have_finished(app: App, client: Client, bank: Bank, open_lead):
    join_team(app, join_path(client, open_lead), make_response(app), "Ada")
    owner_path = start(client, open_lead, "Bo").location.rsplit("/", 1)[0]
    page = client.see(f"{owner_path}/team")
    assert "When you have finished the quiz, you see the page of this team." in page.text
    assert owner_path in page.values("href")
    assert "Ada" not in page.text
    assert "Ada" in client.see(open_lead).text, "the lead sees those who have finished"
    client.answer(owner_path, all_answers(bank, "weekly"))
    client.send(f"{owner_path}/check")
    assert "Ada" in client.see(f"{owner_path}/team").text


@pytest.mark.parametrize("done", [True, False])
def test_members_change_their_name(app: App, client: Client, open_lead, done):
    owner_path = make_response(app, done=done)
    join_team(app, join_path(client, open_lead), owner_path, "Ada")
    page = f"{owner_path}/team"
    assert ("name", "Ada") in client.see(page).fields
    response = client.send(f"{page}/name", {"name": " Ada \u202eLovelace"}, page=page)
    assert response.location == f"{page}?renamed=1#rename"
    assert "Your name is changed." in client.see(f"{page}?renamed=1").text
    assert ("name", "Ada Lovelace") in client.see(page).fields
    assert client.get(f"{owner_path}.json").get_json()["team"]["display_name"] == "Ada Lovelace"
    assert client.send(f"{page}/name", {"name": "ADA LOVELACE"}, page=page).status_code == 303, "the own name is free"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bo", "Another member of this team has this name."),
        ("\u200d", "Enter a name that your team knows."),
        ("x" * 81, "Use 80 characters or fewer."),
    ],
)
def test_a_name_that_cannot_be_used_is_returned_with_the_reason(app: App, client: Client, open_lead, name, message):
    join = join_path(client, open_lead)
    join_team(app, join, make_response(app), "Bo")
    owner_path = make_response(app)
    join_team(app, join, owner_path, "Ada")
    response = client.send(f"{owner_path}/team/name", {"name": name}, page=f"{owner_path}/team")
    assert response.status_code == 422
    page = Page.of(response)
    assert message in page.text
    assert ("name", clean_line(name)) in page.fields
    assert "Ada" in client.see(open_lead).text


def test_only_members_of_an_open_team_have_a_name_to_change(app: App, client: Client, lead):
    (owner_path, *_) = fill_team(app, client, lead, 1)
    for path in (owner_path, make_response(app)):
        assert client.send(f"{path}/team/name", {"name": "Ada"}, page=f"{path}/manage").status_code == 404


# Taking the quiz again


def take_again(client: Client, owner_path: str, bank: Bank, *, stay: bool, finish: bool = True) -> str:
    """Take the quiz again, in the team or alone. Returns the path of the new owner link."""
    fields = {"stay": "y"} if stay else {}
    new_path = client.send(f"{owner_path}/retake", fields, page=f"{owner_path}/manage").location.removesuffix("/1")
    client.answer(new_path, all_answers(bank, "never", dashboards="daily"))
    if finish:
        client.send(f"{new_path}/check")
    return str(new_path)


def counting(app: App, lead: str) -> list[int]:
    """The ids of the members of an anonymous team that no round has counted."""
    return [member.response for member in app.storage.load_round_members(load_team(app, lead).id) if not member.counted]


def test_taking_it_again_keeps_title_and_contacts(app: App, client: Client, bank: Bank):
    owner_path = make_response(app, title="Mapper", text="Maps.")
    retake = client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location.removesuffix("/1")
    stored = load_response(app, retake)
    assert (stored.title, stored.contacts, stored.text, stored.answers) == ("Mapper", ("data-analyst",), "", {})
    page = client.see(f"{retake}/more")
    assert ("title", "Mapper") in page.fields
    assert ("contacts", "data-analyst") in page.fields


def test_who_takes_it_again_is_asked_whether_to_stay_in_the_team(app: App, client: Client):
    alone, named = make_response(app), make_response(app)
    join_team(app, join_path(client, make_team(client, "open", name="Crew")), named, "Ada")
    _, (counted, *_) = make_closed_round(app, client)
    uncounted = fill_team(app, client, make_team(client, name="Watch"), 1)[0]
    sentences = {
        named: "the team’s page shows your new answers instead of these once you finish",
        counted: "answers are counted once. If you stay, your new answers count in the next round",
        uncounted: "your new answers replace these when you finish, because a round counts each person once",
    }
    for owner_path, sentence in sentences.items():
        text = client.see(f"{owner_path}/manage").text
        assert sentence in text
        assert "and stay in the team" in text
    assert "stay in the team" not in client.see(f"{alone}/manage").text


def test_in_an_anonymous_team_new_answers_take_the_place_of_those_not_counted_when_finished(
    app: App, client: Client, bank: Bank
):
    lead = make_team(client)
    first, *_ = fill_team(app, client, lead, 5)
    second = take_again(client, first, bank, stay=True, finish=False)
    old, new = load_response(app, first).id, load_response(app, second).id
    assert {old, new} <= set(counting(app, lead)), "until then the earlier answers would be counted"
    client.send(f"{second}/check")
    assert old not in counting(app, lead)
    assert new in counting(app, lead)
    assert client.get(f"{first}/team").status_code == 404
    assert len(counting(app, lead)) == 5


def test_in_an_anonymous_team_a_counted_response_stays_and_its_retake_counts_next(app: App, client: Client, bank: Bank):
    lead, (first, *_) = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    second = take_again(client, first, bank, stay=True)
    assert counting(app, lead) == [load_response(app, second).id]
    assert client.get(f"{first}/team").status_code == 200, "the owner still sees what the round published"


def test_bringing_new_answers_to_an_anonymous_team_replaces_the_earlier_ones(app: App, client: Client, bank: Bank):
    lead = make_team(client)
    first, *_ = fill_team(app, client, lead, 5)
    second = take_again(client, first, bank, stay=False)
    assert client.get(f"{second}/team").status_code == 404
    assert bring(client, join_path(client, lead), second) == f"{second}/team"
    assert len(counting(app, lead)) == 5
    assert load_response(app, first).id not in counting(app, lead)


def test_a_round_counts_a_person_once_who_takes_the_quiz_again_twice_or_brings_old_answers_again(
    app: App, client: Client, bank: Bank
):
    lead = make_team(client)
    first, *_ = fill_team(app, client, lead, 5)
    drafts = [take_again(client, first, bank, stay=True, finish=False) for _ in range(2)]
    for draft in drafts:
        client.send(f"{draft}/check")
    ids = [load_response(app, path).id for path in (first, *drafts)]
    assert [id in counting(app, lead) for id in ids] == [False, False, True], "the one that was finished last counts"
    assert bring(client, join_path(client, lead), first) == f"{first}/team"
    assert [id in counting(app, lead) for id in ids] == [True, False, False], "what a person brings takes the place"
    assert len(counting(app, lead)) == 5


def test_an_open_team_shows_a_person_once_who_takes_the_quiz_again_twice(app: App, client: Client, bank: Bank):
    lead = make_team(client, "open")
    first = make_response(app)
    join_team(app, join_path(client, lead), first, "Ada")
    second, third = [take_again(client, first, bank, stay=True) for _ in range(2)]
    assert "1 person has finished" in client.see(lead).text
    assert [client.get(f"{path}/team").status_code for path in (first, second, third)] == [200, 404, 200]


def test_in_an_open_team_the_new_answers_are_shown_under_the_same_name(app: App, client: Client, bank: Bank):
    lead = make_team(client, "open")
    first = make_response(app)
    join_team(app, join_path(client, lead), first, "Ada", shares_wishes=True)
    second = take_again(client, first, bank, stay=True)
    membership = app.storage.load_membership(link_hash(second))
    assert membership is not None
    assert (membership.name, membership.shares_wishes) == ("Ada", True)
    text = client.see(lead).text
    assert "1 person has finished" in text
    assert "data analyst" in text


def test_taking_it_again_alone_leaves_the_team_as_it_is(app: App, client: Client, bank: Bank):
    lead = make_team(client)
    members = fill_team(app, client, lead, 5)
    before = counting(app, lead)
    second = take_again(client, members[0], bank, stay=False)
    assert counting(app, lead) == before
    assert client.get(f"{second}/team").status_code == 404
