"""Teams as their lead sees them: making one, its rounds, its links, and the end of it. Joining is in test_join."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlite_utils import Database

from quiz import create_app
from quiz.bank import Bank
from quiz.teams import anonymous, rounds
from quiz.web import links
from quiz.web.app import App
from quiz.web.stylesheet import read_stylesheet
from tests.checks import count_rows, load_response, load_team
from tests.clients import Client, Page
from tests.factories import (
    ANALYST,
    ENGINEER,
    HOSTILE_TEXTS,
    MODELLER,
    all_answers,
    fill_team,
    join_path,
    join_team,
    link_hash,
    make_closed_round,
    make_response,
    make_team,
    page_answers,
)

FORMS = re.compile(r'(name="(?:seed|csrf_token)" value=")[^"]*')


# Teams and people, made quickly: tests/web/views/test_member.py and others use these too


def still(text: str) -> str:
    """A page without what differs each time it is opened."""
    return FORMS.sub(r"\1", text)


def every_answer_about(client: Client, lead: str, members: Sequence[str], number: int = 1) -> dict[str, str]:
    """Whatever the lead or a member can open of a team and one of its rounds."""
    paths = [lead, *(f"{lead}/rounds/{number}{form}" for form in ("", ".json", ".csv"))]
    paths += [f"{own}/team" for own in members] + [f"{own}/team/rounds/{number}" for own in members]
    return {path: answer.text for path in paths if (answer := client.get(path)).status_code == 200}


# Making


def test_making_a_team_leads_to_the_leads_page_with_both_links_on_it(client: Client):
    lead = make_team(client, name="Data at the mill")
    shown = client.see(lead)
    assert "Data at the mill" in shown.title
    assert f"http://localhost{lead}" in shown.values("value")
    assert client.get(join_path(client, lead)).status_code == 200
    assert "It takes 5 before the round can be closed" in shown.text


@pytest.mark.parametrize(
    ("fields", "said"),
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
def test_what_is_wrong_with_a_new_team_is_said_and_nothing_is_made(app: App, client: Client, fields, said):
    answer = client.send("/teams", fields)
    assert answer.status_code == 422
    shown = Page.of(answer)
    assert said in shown.text
    assert shown.title.startswith("Error:")
    assert ("name", fields["name"].strip()) in shown.fields
    assert count_rows(app, "team") == 0


def test_a_form_with_an_error_keeps_its_seed_so_that_the_mended_one_makes_one_team(app: App, client: Client):
    wrong = Page.of(client.send("/teams", {"name": "", "kind": "open"}))
    mended = dict(wrong.fields) | {"name": "A crew"}
    assert {client.post("/teams", mended).location for _ in range(2)} == {client.post("/teams", mended).location}
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


def test_neither_link_of_a_team_is_stored(app: App, client: Client):
    lead = make_team(client)
    join = join_path(client, lead)
    app.storage.close()
    files = b"".join(file.read_bytes() for file in app.storage.file.parent.iterdir())
    assert b"The crew" in files
    for path in (lead, join):
        assert path.split("/")[2].encode() not in files


# An open round


def test_while_a_round_is_open_the_lead_sees_counts_and_nothing_that_answers_could_change(
    app: App, client: Client, bank: Bank
):
    lead = make_team(client)
    members = fill_team(app, client, lead, 6)
    before = still(client.get(lead).text)
    for number in range(1, len(bank.pages) + 1):
        client.send(f"{members[0]}/{number}", page_answers(bank, number, "daily"))
    client.send(f"{members[0]}/more", {"title": "Boss", "text": "Canary", "contacts": ["devops-sre"]})
    client.send(f"{members[0]}/goals", {"wish-trends": "start", "goals": ["data-scientist"]})
    assert load_response(app, members[0]).title == "Boss"
    assert still(client.get(lead).text) == before


def test_the_leads_page_counts_who_has_finished_and_who_has_only_joined(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 2)
    join_team(app, join_path(client, lead), make_response(app, done=False))
    assert "2 have finished, 1 more joined." in client.see(lead).text


def test_the_leads_page_is_the_same_whoever_finished(app: App):
    pages = []
    for week in (ENGINEER, ANALYST):
        client = Client(app)
        lead = make_team(client)
        for _ in range(4):
            join_team(app, join_path(client, lead), make_response(app, all_answers(app.bank, "never", **week)))
        own = re.compile(r"/[tj]/[\w-]{22}")
        pages.append(own.sub("", still(client.get(lead).text)))
    assert pages[0] == pages[1]


def test_too_few_leave_the_round_open_and_nothing_is_published_anywhere(app: App, client: Client):
    lead = make_team(client)
    members = fill_team(app, client, lead, 4)
    before = every_answer_about(client, lead, members)
    answer = client.send(f"{lead}/close", page=lead)
    assert answer.status_code == 303
    assert "Too few have finished, so the round stays open." in client.see(answer.location).text
    after = every_answer_about(client, lead, members)
    assert {path: still(text) for path, text in before.items()} == {path: still(text) for path, text in after.items()}
    assert set(after) == {lead, *(f"{own}/team" for own in members)}
    (round,) = load_team(app, lead).rounds
    assert (round.closed, round.published, round.people) == (None, None, 0)
    assert count_rows(app, "counted_response") == 0


def test_with_too_few_no_button_to_close_is_offered(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 4)
    assert f"{lead}/close" not in client.see(lead).values("href")
    assert client.get(f"{lead}/close").location == lead
    fill_team(app, client, lead, 1)
    assert f"{lead}/close" in client.see(lead).values("href")


def test_closing_asks_once_and_says_who_would_be_missed(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 5)
    assert "not finished" not in client.see(f"{lead}/close").text
    join_team(app, join_path(client, lead), make_response(app, done=False))
    asked = client.see(f"{lead}/close").text
    assert "Close round 1?" in asked
    assert (
        "1 more joined and has not finished. People who finish after you close the round count in the next round."
        in asked
    )
    assert load_team(app, lead).open_round is not None
    client.send(f"{lead}/close", page=f"{lead}/close")
    assert client.get(f"{lead}/close").location == lead


def test_unfinished_counted_and_earlier_responses_do_not_make_a_round_closeable(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    fill_team(app, client, lead, 3)
    for _ in range(3):
        join_team(app, join_path(client, lead), make_response(app, done=False))
    for _ in range(3):
        join_team(app, join_path(client, lead), make_response(app, day="2001-01-01"))
    assert "3 have finished" in client.see(lead).text
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}?few=few"
    assert len(members) == 6


# Closing


def test_closing_publishes_a_page_that_the_members_see_too(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    shown = client.see(f"{lead}/rounds/1")
    assert "6 people finished." in shown.text
    assert client.get(f"{lead}/rounds/1.json").get_json()["round"] == 1
    assert client.get(f"{lead}/rounds/1.csv").headers["Content-Disposition"].startswith("attachment")
    article = re.compile(r"<article.*</article>", re.DOTALL)
    lead_sees, member_sees = (
        article.search(client.get(path).text) for path in (f"{lead}/rounds/1", f"{members[0]}/team/rounds/1")
    )
    assert lead_sees and member_sees
    assert lead_sees[0] == member_sees[0]


def test_what_was_published_never_changes(app: App, client: Client, bank: Bank):
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


def test_who_closed_sees_no_member_and_nothing_they_wrote(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 5)
    join_team(
        app,
        join_path(client, lead),
        make_response(app, title="Canary-title", text="Canary-words"),
        "Canary-name",
        True,
    )
    client.send(f"{lead}/close", page=lead)
    seen = every_answer_about(client, lead, [])
    assert len(seen) == 4
    assert not [path for path, text in seen.items() if "canary" in text.lower()]


def test_closing_twice_closes_one_round_and_leads_to_it_both_times(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 6)
    fields = client.token()
    assert [client.post(f"{lead}/close", fields).location for _ in range(2)] == 2 * [f"{lead}/rounds/1"]
    assert len(load_team(app, lead).rounds) == 1
    assert count_rows(app, "counted_response") == 6


def test_a_minimum_that_is_raised_while_the_round_is_being_closed_leaves_it_open(app: App, client: Client, monkeypatch):
    lead = make_team(client)
    fill_team(app, client, lead, 6)
    close_round = app.storage.close_round

    def raise_minimum_first(key, publish, **details):
        assert app.storage.raise_minimum(key, 8)
        return close_round(key, publish, **details)

    monkeypatch.setattr(app.storage, "close_round", raise_minimum_first)
    answer = client.send(f"{lead}/close", page=lead)
    assert answer.location == f"{lead}?few=few"
    shown = client.see(answer.location)
    assert "Too few have finished, so the round stays open." in shown.text
    assert "It takes 8 before the round can be closed" in shown.text
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


def test_two_threads_that_close_at_once_close_one_round(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 6)
    others = [Client(app) for _ in range(4)]
    tokens = [other.token() for other in others]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda other, token: other.post(f"{lead}/close", token), others, tokens))
    assert {answer.location for answer in answers} == {f"{lead}/rounds/1"}
    (round,) = load_team(app, lead).rounds
    assert round.people == count_rows(app, "counted_response") == 6


def test_the_next_round_opens_once_and_counts_nobody_twice(app: App, client: Client):
    lead, _ = make_closed_round(app, client)
    assert "No round is open" in client.see(lead).text
    fields = client.token()
    assert [client.post(f"{lead}/next", fields).location for _ in range(2)] == 2 * [lead]
    assert [round.number for round in load_team(app, lead).rounds] == [1, 2]
    assert "0 have finished." in client.see(lead).text
    fill_team(app, client, lead, 5)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}/rounds/2"
    second = client.see(f"{lead}/rounds/2")
    assert "5 people finished." in second.text
    assert "Next to earlier rounds" in second.text
    assert "it may be off by one" in second.text
    assert "it may be off by one" not in client.see(f"{lead}/rounds/1").text
    listed = client.see(lead).text
    assert 0 < listed.index("Round 2, closed") < listed.index("Round 1, closed")


def test_a_round_that_is_not_there_is_not_found(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    for number in (0, 2, 3, 10**30):
        assert every_answer_about(client, lead, members, number).keys() == {lead, *(f"{own}/team" for own in members)}


# The minimum


def test_the_minimum_can_be_raised_and_never_lowered(app: App, client: Client):
    lead = make_team(client)
    for wanted, then in [(8, 8), (5, 8), (8, 8), (20, 20), (10, 20), (5, 20)]:
        assert client.send(f"{lead}/minimum", {"minimum": wanted}, page=lead).status_code == 303
        assert load_team(app, lead).minimum == then
    assert f"{lead}/minimum" not in client.see(lead).values("action")


@pytest.mark.parametrize("forged", ["", "0", "-5", "4", "6", "5.0", "five", "9" * 30, "5\x00", "٥", "1e1"])
def test_a_forged_minimum_changes_nothing(app: App, client: Client, forged):
    lead = make_team(client, minimum=8)
    assert client.send(f"{lead}/minimum", {"minimum": forged}, page=lead).status_code in {303, 400}
    assert load_team(app, lead).minimum == 8


def test_a_raised_minimum_holds_for_the_round_that_is_open(app: App, client: Client):
    lead = make_team(client)
    fill_team(app, client, lead, 7)
    client.send(f"{lead}/minimum", {"minimum": 8}, page=lead)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}?few=few"
    fill_team(app, client, lead, 1)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}/rounds/1"


# The links


def test_a_replaced_join_link_leads_nowhere_and_who_has_joined_stays(app: App, client: Client):
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
    assert "2 have finished" in client.see(lead).text


def test_replacing_both_links_ends_both_and_keeps_everything_else(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    join = join_path(client, lead)
    new = client.send(f"{lead}/links", {"both": "y"}, page=lead).location
    assert new != lead
    for old in (lead, join, f"{lead}/rounds/1", f"{lead}/join.svg", f"{lead}/delete"):
        assert client.get(old).data == client.get(f"/t/{links.new_link()}").data
    assert client.get(f"{new}/rounds/1").status_code == 200
    assert client.get(f"{members[0]}/team/rounds/1").status_code == 200


def test_two_clicks_on_replacing_both_links_lead_to_the_same_new_link(app: App, client: Client):
    lead = make_team(client)
    fields = dict(client.see(lead).fields) | {"both": "y"}
    first, second = (client.post(f"{lead}/links", fields) for _ in range(2))
    assert first.location == second.location
    assert client.get(first.location).status_code == 200


def test_an_old_lead_link_with_any_other_form_leads_nowhere(client: Client):
    lead = make_team(client)
    stolen = dict(client.see(lead).fields)
    fields = dict(client.see(lead).fields) | {"both": "y"}
    new = client.post(f"{lead}/links", fields).location
    for path in ("links", "close", "next", "minimum", "delete"):
        assert client.post(f"{lead}/{path}", stolen | {"both": "y", "minimum": "8"}).status_code == 404
    for path in ("close", "next", "minimum", "delete"):
        assert client.post(f"{lead}/{path}", fields | {"minimum": "8"}).status_code == 404
    assert client.get(new).status_code == 200


def test_the_join_link_is_there_as_a_picture(client: Client):
    lead = make_team(client)
    answer = client.get(f"{lead}/join.svg")
    assert answer.mimetype == "image/svg+xml"
    first = answer.data
    client.send(f"{lead}/links", page=lead)
    assert client.get(f"{lead}/join.svg").data != first


# The end of a team


def test_deleting_a_team_asks_first_and_leaves_everybodys_responses(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    assert "Delete The crew?" in client.see(f"{lead}/delete").text
    assert client.get(lead).status_code == 200
    assert client.send(f"{lead}/delete").location == "/deleted?team=1"
    assert every_answer_about(client, lead, members) == {}
    assert [client.get(own).status_code for own in members] == 6 * [200]
    assert [count_rows(app, table) for table in ("team", "round", "member")] == [0, 0, 0]


def test_a_round_is_withdrawn_everywhere_once_deletions_leave_fewer_than_five(app: App, client: Client):
    lead, members = make_closed_round(app, client, people=6)
    client.send(f"{members[0]}/delete")
    everywhere = {lead, *(f"{lead}/rounds/1{form}" for form in ("", ".json", ".csv"))}
    everywhere |= {f"{own}/team{more}" for own in members[1:] for more in ("", "/rounds/1")}
    assert every_answer_about(client, lead, members).keys() == everywhere
    client.send(f"{members[1]}/delete")
    left = every_answer_about(client, lead, members)
    assert left.keys() == {lead, *(f"{own}/team" for own in members[2:])}
    assert "withdrawn" in left[lead]
    assert "Round 1 was withdrawn" in left[f"{members[2]}/team"]


def test_a_withdrawn_round_is_not_beside_later_ones(app: App, client: Client):
    lead, members = make_closed_round(app, client, people=5)
    client.send(f"{lead}/next", page=lead)
    fill_team(app, client, lead, 5)
    client.send(f"{lead}/close", page=lead)
    assert "Next to earlier rounds" in client.see(f"{lead}/rounds/2").text
    client.send(f"{members[0]}/delete")
    assert "Next to earlier rounds" not in client.see(f"{lead}/rounds/2").text


def test_leaving_and_retaking_withdraw_nothing(app: App, client: Client):
    lead, members = make_closed_round(app, client, people=5)
    for own in members:
        client.send(f"{own}/retake", page=f"{own}/manage")
        client.send(f"{own}/team/leave", page=f"{own}/team")
    assert client.get(f"{lead}/rounds/1").status_code == 200


def test_expiry_only_detaches(app: App, client: Client, monkeypatch):
    lead, members = make_closed_round(app, client, people=5)
    before = client.get(f"{lead}/rounds/1").data
    monkeypatch.setattr(app, "today", lambda: "2100-01-01")
    assert [client.get(own).status_code for own in members] == 5 * [404]
    assert count_rows(app, "counted_response") == count_rows(app, "member") == 0
    assert client.get(f"{lead}/rounds/1").data == before


# Open teams


def an_open_team(app: App, client: Client) -> tuple[str, dict[str, str]]:
    """Three people, of whom Ada and Cy show their wishes; Dora has joined but not finished."""
    lead = make_team(client, "open", name="By name")
    join = join_path(client, lead)
    weeks = {"Ada": ENGINEER, "Bo": ANALYST, "Cy": MODELLER, "Dora": {}}
    members = {}
    for name, week in weeks.items():
        answers = all_answers(app.bank, "never", **week)
        own = members[name] = make_response(
            app, answers, done=name != "Dora", title="Canary-title", text="Canary-words"
        )
        join_team(app, join, own, name, shares_wishes=name in {"Ada", "Cy"})
        app.storage.save_goals(
            link_hash(own),
            wishes={"predictive-models": "start", "insights": "less"},
            goals=["ml-engineer"],
            bank=app.bank.version,
            day=app.today(),
        )
    return lead, members


def test_an_open_team_shows_names_mixes_and_answers_to_members_and_lead(app: App, client: Client):
    lead, members = an_open_team(app, client)
    for path in (lead, f"{members['Bo']}/team"):
        text = client.see(path).text
        assert "3 people have finished, 1 more joined" in text
        assert "Ada data engineer" in text
        assert "100%" not in text, "of one role there is no share to tell"
        assert "Dora" not in text
        assert "daily" in text
        assert "canary" not in text.lower()


def test_wishes_show_only_of_those_who_chose_so(app: App, client: Client):
    lead, members = an_open_team(app, client)
    text = client.see(lead).text
    assert "Would like to start: Ada. Does it daily: Cy." in text
    assert "to start: Bo" not in text
    join_team(app, join_path(client, lead), members["Ada"], "Ada", shares_wishes=False)
    assert "Would like to start" not in client.see(lead).text


def test_who_leaves_an_open_team_is_off_the_page_at_once(app: App, client: Client):
    lead, members = an_open_team(app, client)
    client.send(f"{members['Ada']}/team/leave", page=f"{members['Ada']}/team")
    for path in (lead, f"{members['Bo']}/team"):
        assert "Ada" not in client.get(path).text
    assert client.get(f"{members['Ada']}/team").status_code == 404


def test_an_open_team_has_no_rounds_and_cannot_be_made_to_publish_one(app: App, client: Client):
    lead = make_team(client, "open")
    members = fill_team(app, client, lead, 6)
    for path in ("close", "next", "minimum"):
        assert client.send(f"{lead}/{path}", {"minimum": "8"}, page=lead).status_code == 404
    assert every_answer_about(client, lead, members).keys() == {lead, *(f"{own}/team" for own in members)}
    assert count_rows(app, "counted_response") == 0
    assert load_team(app, lead).minimum == 5


def test_in_an_anonymous_team_a_name_that_was_sent_all_the_same_is_kept_nowhere(app: App, client: Client):
    lead = make_team(client)
    own = make_response(app)
    join = join_path(client, lead)
    answer = client.send(f"{join}/bring", {"link": own, "name": "Canary", "shares_wishes": "y"}, page=join)
    assert answer.location == f"{own}/team"
    db = Database(app.storage.file)
    assert [(row["name"], row["shares_wishes"]) for row in db["member"].rows] == [("", 0)]
    db.close()


def test_members_of_an_anonymous_team_see_no_one_and_no_page_of_an_open_team(app: App, client: Client):
    _, members = make_closed_round(app, client)
    shown = client.see(f"{members[0]}/team")
    assert "Who does what" not in shown.text
    assert "Your answers were counted in a round" in shown.text


# Markup


@pytest.mark.thorough
@pytest.mark.parametrize("payload", HOSTILE_TEXTS)
def test_no_name_is_ever_read_as_markup(app: App, client: Client, payload):
    payload = payload[:80]

    def pages_with(text: str) -> list[tuple[str, str]]:
        name = text.replace("\r", "").strip()
        found = []
        anonymous = make_team(client, name=name)
        hers, *_ = fill_team(app, client, anonymous, 6)
        join = join_path(client, anonymous)
        client.send(f"{anonymous}/close", page=anonymous)
        opened = make_team(client, "open", name=name)
        for own in (his := make_response(app), make_response(app)):
            join_team(app, join_path(client, opened), own, name, shares_wishes=True)
        for path in (
            *(anonymous + more for more in ("", "?few=few", "/delete", "/rounds/1")),
            *(hers + more for more in ("", "/team", "/team/rounds/1")),
            *(his + more for more in ("", "/team")),
            *(opened, f"{opened}/delete", join, join_path(client, opened)),
        ):
            found.append((path, client.get(path).text))
        wrong = {"name": name, "link": name, "seed": name}
        found.append(("make again", client.send("/teams", wrong).text))
        found.append(("join again", client.send(f"{join}/bring", wrong, page=join).text))
        found.append(("json", client.get(f"{anonymous}/rounds/1.json").text))
        return found

    def tags(text: str) -> list[tuple[str, list[str]]]:
        shown = Page()
        shown.feed(text)
        return [(tag, sorted(attributes)) for tag, attributes in shown.tags]

    for (where, text), (_, harmless) in zip(pages_with(payload), pages_with("harmless"), strict=True):
        if where != "json":
            assert tags(text) == tags(harmless), where
            assert "<" not in payload or payload not in text, where


# One round, four forms


class Facts(Page):
    """What the page of a round says, by kind: each name with its value, read from where a reader finds it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[tuple[str, str]]] = {}
        self._place, self._open = "", ""
        self._cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        own = dict(attrs)
        self._place = own.get("aria-labelledby") or self._place if tag == "section" else self._place
        if tag == "li" or (tag == "p" and own.get("class") in {"intro", "small-text"}):
            self._open, self._cells = tag, []
        elif tag in {"strong", "span"} and self._open == "li":
            self._cells.append("")

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self._open and self._cells:
            self._cells[-1] += data
        elif self._open == "p":
            self._cells.append(data)

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag == self._open:
            name, *value = [" ".join(cell.split()) for cell in self._cells] or [""]
            self.rows.setdefault(self._place, []).append((name, "".join(value)))
            self._open = ""


def the_four_forms_agree(app: App, client: Client, lead: str, number: int) -> list[anonymous.Fact]:
    """Hold page, CSV and JSON of a round against its facts; gives them."""
    round = load_team(app, lead).rounds[number - 1]
    shown = next(one for one in rounds.closed_rounds(load_team(app, lead)) if one.number == round.number)
    assert shown.published is not None
    facts = anonymous.facts(shown.published, app.bank)
    assert [anonymous.Fact(**row) for row in client.get(f"{lead}/rounds/{number}.json").get_json()["facts"]] == facts
    header, *rows = csv.reader(io.StringIO(client.get(f"{lead}/rounds/{number}.csv").text))
    assert (tuple(header), [anonymous.Fact(*row) for row in rows]) == (anonymous.Fact._fields, facts)
    read = Facts()
    read.feed(client.get(f"{lead}/rounds/{number}").text)

    def said(kind: str) -> list[tuple[str, str]]:
        return [(f.name[:1].upper() + f.name[1:], f.value) for f in facts if f.kind == kind]

    assert [row for row in read.rows["team-mix"] if row[1]] == said("mix")
    assert [row for row in read.rows["team-map"] if row[1]] == said("contact")
    cover = [(name, value) for name, value in read.rows["team-coverage"] if value]
    assert cover == [(f.name, f.value) for f in facts if f.kind == "coverage"]
    (people,) = (f.value for f in facts if f.kind == "people")
    assert f"{people} people finished." in read.text
    gone = [f for f in facts if f.kind == "removed"]
    notes = [name for name, value in read.rows["team-coverage"] if name.startswith("No longer in the quiz")]
    assert len(notes) == bool(gone)
    assert all(f.name in notes[0] and f.value == "no longer in the quiz" for f in gone)
    assert len(facts) == sum(len(said(kind)) for kind in ("people", "mix", "coverage", "contact", "removed"))
    return facts


@pytest.mark.parametrize("people", [5, 12, 23])
def test_page_print_csv_and_json_of_a_round_hold_the_same_facts(app: App, client: Client, bank: Bank, people):
    # Print is the same page with another style sheet.
    lead, _ = make_closed_round(app, client, people)
    facts = the_four_forms_agree(app, client, lead, 1)
    assert len(facts) == 1 + len(bank.roles) + 1 + len(bank.responsibility) + len(bank.contacts)


def test_page_csv_and_json_of_a_round_agree_also_once_the_bank_has_lost_a_role(app: App, client: Client, small_bank):
    lead, _ = make_closed_round(app, client)
    other = create_app({"TESTING": True, "QUESTION_BANK": str(small_bank)}, instance=app.storage.file.parent)
    facts = the_four_forms_agree(other, Client(other), lead, 1)
    assert sum(fact.kind == "removed" for fact in facts) == len(app.bank.roles) + len(app.bank.responsibility)


def test_print_hides_none_of_the_facts():
    style = read_stylesheet()
    printed = "".join(re.findall(r"@media print \{(.*?)\n\}", style, re.DOTALL))
    hidden = "".join(re.findall(r"([^{}]*)\{[^{}]*display:\s*none", printed))
    assert ".next-links" in hidden
    assert not {
        ".team-list",
        ".team-coverage",
        ".team-coverage-cell",
        ".team-result",
        ".intro",
        ".small-text",
        "li",
        "p",
    } & {*re.split(r"[\s,]+", hidden)}
