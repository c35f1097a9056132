"""Joining a team: what is said before, taking the quiz for it, bringing a response along, and leaving."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from quiz.bank import Bank
from quiz.teams import anonymous
from quiz.web import links
from quiz.web.app import App
from tests.checks import count_rows, load_team
from tests.clients import Client, Page
from tests.factories import (
    all_answers,
    fill_team,
    join_path,
    join_team,
    link_hash,
    make_closed_round,
    make_response,
    make_team,
)


@pytest.fixture
def lead(client: Client) -> str:
    """The lead link's path of a new anonymous team."""
    return make_team(client)


@pytest.fixture
def join(client: Client, lead: str) -> str:
    """The join link's path of that team."""
    return join_path(client, lead)


def bring(client: Client, join: str, link: str, **fields: str) -> Page | str:
    """Bring a response: the page that refuses it, or where it leads to."""
    answer = client.send(f"{join}/bring", {"link": link, **fields}, page=join)
    return str(answer.location) if answer.status_code == 303 else Page.of(answer)


# Before joining


def test_who_joins_an_anonymous_team_is_told_the_rules_and_shown_an_example(app: App, client: Client, lead, join):
    fill_team(app, client, lead, 2)
    join_team(app, join, make_response(app, done=False))
    shown = client.see(join)
    for said in (
        "You may refuse, and nobody learns whether you did",
        "now 2 of 3 who joined",
        "at least 5 finished",
        "withdrawn if deletions leave fewer than five",
        "somebody could fill in several responses alone",
        "an example with made-up people",
        "What the team covers",
    ):
        assert said in shown.text
    assert count_rows(app, "member") == 3, "looking is not joining"


def test_the_example_is_computed_once_for_all_visitors(app: App, client: Client, join, monkeypatch):
    calls = []
    publish = anonymous.publish

    def count_calls(*arguments):
        calls.append(arguments)
        return publish(*arguments)

    monkeypatch.setattr(anonymous, "publish", count_calls)
    pages = [Client(app).see(join).text for _ in range(3)]
    assert len(calls) == 1
    assert all("an example with made-up people" in text for text in pages)


def test_who_joins_an_open_team_is_told_that_nothing_is_anonymous(app: App, client: Client):
    join = join_path(client, make_team(client, "open"))
    shown = client.see(join)
    assert "nothing in it is anonymous" in shown.text
    assert "Every member, and the lead of the team, sees every member’s name" in shown.text
    assert "0 people have joined so far" in shown.text
    assert "an example" not in shown.text


def test_the_join_page_says_what_the_lead_may_not_know(app: App, client: Client, lead, join):
    fill_team(app, client, lead, 6)
    client.send(f"{lead}/close", page=lead)
    assert "/rounds/" not in client.get(join).text
    assert lead not in client.get(join).text


# By taking the quiz


def test_taking_the_quiz_for_a_team_counts_once_it_is_finished(app: App, client: Client, bank: Bank, lead, join):
    answer = client.send(f"{join}/start", page=join)
    own, number = answer.location.rsplit("/", 1)
    assert number == "1"
    assert "0 have finished, 1 more joined." in client.see(lead).text
    assert "finish the quiz and your answers count" in client.see(f"{own}/team").text
    client.answer(own, all_answers(bank, "weekly"))
    client.send(f"{own}/check")
    assert "1 has finished." in client.see(lead).text
    assert "your answers count when the open round is closed" in client.see(f"{own}/team").text
    assert "Your team, The crew" in client.see(own).text


def test_the_same_form_sent_twice_joins_once(app: App, client: Client, join):
    fields = dict(client.see(join).fields)
    assert client.post(f"{join}/start", fields).location == client.post(f"{join}/start", fields).location
    assert (count_rows(app, "response"), count_rows(app, "member")) == (1, 1)


@pytest.mark.parametrize("seed", ["", "short", "x" * 23, "!" * 22])
def test_a_malformed_seed_starts_nothing(app: App, client: Client, join, seed):
    assert client.send(f"{join}/start", {"seed": seed}, page=join).status_code == 400
    assert (count_rows(app, "response"), count_rows(app, "member")) == (0, 0)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
@pytest.mark.parametrize("way", ["start", "bring"])
def test_an_open_team_takes_nobody_without_a_name_to_show(app: App, client: Client, name, way):
    join = join_path(client, make_team(client, "open"))
    own = make_response(app)
    answer = client.send(f"{join}/{way}", {"name": name, "link": own, "shares_wishes": "y"}, page=join)
    assert answer.status_code == 422
    shown = Page.of(answer)
    assert "You have not joined yet" in shown.text
    assert ("shares_wishes", "y") in shown.fields, "what was ticked stays ticked"
    assert count_rows(app, "member") == 0
    assert count_rows(app, "response") == 1


def test_the_mended_form_joins(app: App, client: Client):
    join = join_path(client, make_team(client, "open"))
    refused = Page.of(client.send(f"{join}/start", {"name": ""}, page=join))
    own = client.post(f"{join}/start", dict(refused.fields) | {"name": "  Ada "}).location.rsplit("/", 1)[0]
    membership = app.storage.load_membership(link_hash(own))
    assert membership is not None
    assert (membership.name, membership.shares_wishes) == ("Ada", False)


# By bringing a response


@pytest.mark.parametrize(
    "form", ["{whole}", "  {whole} ", "{whole}/", "{whole}/manage", "{whole}?x=1", "{whole}#keep", "{path}", "{link}"]
)
def test_a_response_can_be_brought_by_any_form_of_its_link(app: App, client: Client, lead, join, form):
    own = make_response(app)
    pasted = form.format(whole=f"http://localhost{own}", path=own, link=own.split("/")[2])
    assert bring(client, join, pasted) == f"{own}/team"
    assert "1 has finished." in client.see(lead).text


def test_the_address_of_another_server_with_a_prefix_works_too(app: App, client: Client, join):
    own = make_response(app)
    assert bring(client, join, f"https://hats.example.org/quiz{own}.json") == f"{own}/team"


def no_links(app: App, client: Client) -> dict[str, str]:
    own = make_response(app)
    app.storage.delete_response(link_hash(own))
    shared, lead = make_response(app), make_team(client)
    client.send(f"{shared}/shares", {"number": "7"}, page=f"{shared}/manage")
    share = app.derive_link("share", f"{shared.split('/')[2]}:7")
    assert client.get(f"/s/{share}").status_code == 200
    return {
        "nothing": "",
        "a word": "mine",
        "garbage": links.new_link(),
        "cut off": shared[:-1],
        "with more": f"{shared}xyz",
        "deleted": own,
        "share": f"http://localhost/s/{share}",
        "bare share": share,
        "lead": f"http://localhost{lead}",
        "bare lead": lead.split("/")[2],
        "join": join_path(client, lead),
        "long": "/r/" * 20_000,
        "odd": "\x00/r/\udcff" + "A" * 21,
    }


def test_what_is_no_private_link_is_refused_alike_and_joins_nobody(app: App, client: Client, join):
    for what, text in no_links(app, client).items():
        typed = text.encode(errors="replace").decode()
        refused = bring(client, join, typed)
        assert isinstance(refused, Page), what
        assert "This is no private link of this quiz. Paste all of it." in refused.text, what
        assert ("link", typed.replace("\0", "")) in refused.fields, f"{what}: what was typed is not lost"
    assert count_rows(app, "member") == 0


def test_an_unfinished_response_can_be_brought_and_counts_once_it_is_finished(
    app: App, client: Client, lead, join, bank
):
    own = make_response(app, done=False)
    assert bring(client, join, own) == f"{own}/team"
    assert "0 have finished, 1 more joined." in client.see(lead).text
    client.send(f"{own}/check")
    assert "1 has finished." in client.see(lead).text


def test_bringing_the_same_response_twice_is_one_member(app: App, client: Client, join):
    own = make_response(app)
    assert bring(client, join, own) == bring(client, join, own) == f"{own}/team"
    assert count_rows(app, "member") == 1


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", ["anonymous", "open"])
@pytest.mark.parametrize("other", ["anonymous", "open"])
def test_a_response_in_another_team_has_to_leave_that_one_first(app: App, client: Client, kind, other, done):
    own, join = make_response(app, done=done), join_path(client, make_team(client, kind))
    there = join_path(client, make_team(client, other, name="Elsewhere"))
    join_team(app, there, own, "Ada")
    refused = bring(client, join, own, name="Ada")
    assert isinstance(refused, Page)
    assert "in another team; leave that one first" in refused.text
    assert "Elsewhere" in client.see(f"{own}/team").title
    client.send(f"{own}/team/leave", page=f"{own}/team")
    assert bring(client, join, own, name="Ada") == f"{own}/team"
    assert "The crew" in client.see(f"{own}/team").title


def test_a_response_that_a_round_has_counted_counts_in_no_other(app: App, client: Client, join):
    _, (own, *_) = make_closed_round(app, client)
    client.send(f"{own}/team/leave", page=f"{own}/team")
    refused = bring(client, join, own)
    assert isinstance(refused, Page)
    assert "a round has counted it" in refused.text
    assert client.get(f"{own}/team").status_code == 404


def test_a_counted_response_that_left_and_came_back_by_another_way_still_does_not_count(app: App, client: Client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    join = join_path(client, lead)
    for own in members:
        client.send(f"{own}/team/leave", page=f"{own}/team")
        join_team(app, join, own)
    assert "0 have finished." in client.see(lead).text
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}?few=few"


def test_what_was_finished_before_the_last_round_closed_is_too_late_for_it_and_too_old_for_the_next(
    app: App, client: Client
):
    lead, _ = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    join = join_path(client, lead)
    refused = bring(client, join, make_response(app, day="2001-02-03"))
    assert isinstance(refused, Page)
    assert "finished before the last round closed" in refused.text
    assert not isinstance(bring(client, join, make_response(app)), Page), "finished on the day itself"


def test_a_round_that_closes_while_a_response_is_brought_makes_it_too_old(
    app: App, client: Client, lead, join, monkeypatch
):
    fill_team(app, client, lead, 5)
    own = make_response(app, day="2001-02-03")
    bring_response = app.storage.bring_response

    def close_first(*arguments, **fields):
        client.send(f"{lead}/close", page=lead)
        return bring_response(*arguments, **fields)

    monkeypatch.setattr(app.storage, "bring_response", close_first)
    refused = bring(client, join, own)
    assert isinstance(refused, Page)
    assert "finished before the last round closed" in refused.text
    assert client.get(f"{own}/team").status_code == 404


def test_a_response_that_is_deleted_while_it_is_brought_is_refused(app: App, client: Client, join, monkeypatch):
    own = make_response(app)
    bring_response = app.storage.bring_response

    def delete_first(join_hash, owner_hash, **fields):
        assert app.storage.delete_response(owner_hash)
        return bring_response(join_hash, owner_hash, **fields)

    monkeypatch.setattr(app.storage, "bring_response", delete_first)
    refused = bring(client, join, own)
    assert isinstance(refused, Page)
    assert "This is no private link of this quiz." in refused.text


def test_taking_it_again_makes_a_response_that_counts_anew(app: App, client: Client, bank: Bank):
    lead, (own, *_) = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    new = client.send(f"{own}/retake", page=f"{own}/manage").location.rsplit("/", 1)[0]
    client.answer(new, all_answers(bank, "weekly"))
    client.send(f"{new}/check")
    assert client.get(f"{new}/team").status_code == 404, "nobody is in a team without having joined it"
    assert bring(client, join_path(client, lead), new) == f"{new}/team"
    assert "1 has finished." in client.see(lead).text


def test_an_open_team_takes_a_response_that_a_round_has_counted(app: App, client: Client):
    _, (own, *_) = make_closed_round(app, client)
    client.send(f"{own}/team/leave", page=f"{own}/team")
    join = join_path(client, make_team(client, "open"))
    assert bring(client, join, own, name="Ada") == f"{own}/team"


def test_joining_an_open_team_again_changes_the_name(app: App, client: Client):
    lead = make_team(client, "open")
    own, join = make_response(app), join_path(client, lead)
    for name in ("Ada", "Ada Lovelace"):
        assert bring(client, join, own, name=name) == f"{own}/team"
    assert count_rows(app, "member") == 1
    assert "Ada Lovelace" in client.see(lead).text


# Many at once


def test_eight_threads_that_join_with_one_response_make_one_member(app: App, client: Client):
    joins = [join_path(client, make_team(client)) for _ in range(4)]
    own = make_response(app)
    others = [Client(app) for _ in range(8)]
    tokens = [other.token() | {"link": own} for other in others]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: others[n].post(f"{joins[n % 4]}/bring", tokens[n]).status_code, range(len(others)))
        )
    assert sorted(set(answers)) == [303, 422]
    assert answers.count(303) == 2
    assert count_rows(app, "member") == 1


def test_a_response_that_is_deleted_while_it_joins_leaves_no_member(app: App, client: Client, join):
    for _ in range(5):
        own = make_response(app)
        one, other = Client(app), Client(app)
        token, second = one.token() | {"link": own}, other.token()
        with ThreadPoolExecutor(2) as pool:
            pool.submit(one.post, f"{join}/bring", token)
            pool.submit(other.post, f"{own}/delete", second)
    assert (count_rows(app, "response"), count_rows(app, "member")) == (0, 0)


# Leaving


def test_who_was_counted_and_comes_again_is_told_how_to_be_in_the_next_round(app: App, client: Client, lead, join):
    own = fill_team(app, client, lead, 5)[0]
    client.send(f"{lead}/close", page=lead)
    client.send(f"{lead}/next", page=lead)
    answer = client.send(f"{join}/bring", {"link": own}, page=join)
    assert answer.location == f"{own}/team"
    shown = client.see(answer.location)
    assert "Round 2 is open: to be in it, take the quiz again, then open the join link once more" in shown.text
    assert f"{own}/retake" in shown.values("action")


def test_leaving_an_open_round_takes_one_from_the_count_and_keeps_the_result(app: App, client: Client, lead):
    own, _ = fill_team(app, client, lead, 2)
    assert client.send(f"{own}/team/leave", page=f"{own}/team").location == f"{own}?left=1"
    assert "You have left the team." in client.see(f"{own}?left=1").text
    assert "1 has finished." in client.see(lead).text
    assert client.get(f"{own}/team").status_code == 404
    assert client.get(own).status_code == 200
    assert "Your team" not in client.see(own).text


def test_an_old_form_to_leave_one_team_does_not_leave_another(app: App, client: Client, lead):
    own, _ = fill_team(app, client, lead, 2)
    form = dict(client.see(f"{own}/team").fields)
    app.storage.leave_team(link_hash(own))
    join_team(app, join_path(client, make_team(client, name="Elsewhere")), own)
    client.post(f"{own}/team/leave", form)
    assert "Elsewhere" in client.see(f"{own}/team").title
    client.send(f"{own}/team/leave", page=f"{own}/team")
    assert client.get(f"{own}/team").status_code == 404


def test_leaving_twice_is_leaving(app: App, client: Client, lead):
    own, _ = fill_team(app, client, lead, 2)
    fields = client.token()
    assert [client.post(f"{own}/team/leave", fields).location for _ in range(2)] == 2 * [f"{own}?left=1"]
    assert len(app.storage.load_round_members(load_team(app, lead).id)) == 1


def test_deleting_a_response_takes_it_out_of_its_team(app: App, client: Client, lead):
    own, _ = fill_team(app, client, lead, 2)
    client.send(f"{own}/delete")
    assert "1 has finished." in client.see(lead).text


def test_the_page_says_what_leaving_does_to_what_was_published(app: App, client: Client, lead):
    before, _ = fill_team(app, client, lead, 2)
    assert "Your answers will not count in the open round." in client.see(f"{before}/team").text
    _, (after, *_) = make_closed_round(app, client)
    assert "What was published stays as it is" in client.see(f"{after}/team").text
