"""Joining a team: what is said before, taking the quiz for it, bringing a response along, and leaving."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from quiz.bank import Bank
from quiz.teams import anonymous
from quiz.web import links
from quiz.web.app import App
from tests.checks import count_rows, load_team
from tests.clients import Shown, Visitor
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
def lead(visitor: Visitor) -> str:
    """The lead link's path of a new anonymous team."""
    return make_team(visitor)


@pytest.fixture
def join(visitor: Visitor, lead: str) -> str:
    """The join link's path of that team."""
    return join_path(visitor, lead)


def bring(visitor: Visitor, join: str, link: str, **fields: str) -> Shown | str:
    """Bring a response: the page that refuses it, or where it leads to."""
    answer = visitor.send(f"{join}/bring", {"link": link, **fields}, page=join)
    return str(answer.location) if answer.status_code == 303 else Shown.of(answer)


# Before joining


def test_who_joins_an_anonymous_team_is_told_the_rules_and_shown_an_example(app: App, visitor: Visitor, lead, join):
    fill_team(app, visitor, lead, 2)
    join_team(app, join, make_response(app, done=False))
    shown = visitor.see(join)
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


def test_the_example_is_computed_once_for_all_visitors(app: App, visitor: Visitor, join, monkeypatch):
    calls = []
    publish = anonymous.publish

    def count_calls(*arguments):
        calls.append(arguments)
        return publish(*arguments)

    monkeypatch.setattr(anonymous, "publish", count_calls)
    pages = [Visitor(app).see(join).text for _ in range(3)]
    assert len(calls) == 1
    assert all("an example with made-up people" in text for text in pages)


def test_who_joins_an_open_team_is_told_that_nothing_is_anonymous(app: App, visitor: Visitor):
    join = join_path(visitor, make_team(visitor, "open"))
    shown = visitor.see(join)
    assert "nothing in it is anonymous" in shown.text
    assert "Every member, and the lead of the team, sees every member’s name" in shown.text
    assert "0 people have joined so far" in shown.text
    assert "an example" not in shown.text


def test_the_join_page_says_what_the_lead_may_not_know(app: App, visitor: Visitor, lead, join):
    fill_team(app, visitor, lead, 6)
    visitor.send(f"{lead}/close", page=lead)
    assert "/rounds/" not in visitor.get(join).text
    assert lead not in visitor.get(join).text


# By taking the quiz


def test_taking_the_quiz_for_a_team_counts_once_it_is_finished(app: App, visitor: Visitor, bank: Bank, lead, join):
    answer = visitor.send(f"{join}/start", page=join)
    own, number = answer.location.rsplit("/", 1)
    assert number == "1"
    assert "0 have finished, 1 more joined." in visitor.see(lead).text
    assert "finish the quiz and your answers count" in visitor.see(f"{own}/team").text
    visitor.answer(own, all_answers(bank, "weekly"))
    visitor.send(f"{own}/check")
    assert "1 has finished." in visitor.see(lead).text
    assert "your answers count when the open round is closed" in visitor.see(f"{own}/team").text
    assert "Your team, The crew" in visitor.see(own).text


def test_the_same_form_sent_twice_joins_once(app: App, visitor: Visitor, join):
    fields = dict(visitor.see(join).fields)
    assert visitor.post(f"{join}/start", fields).location == visitor.post(f"{join}/start", fields).location
    assert (count_rows(app, "response"), count_rows(app, "member")) == (1, 1)


@pytest.mark.parametrize("seed", ["", "short", "x" * 23, "!" * 22])
def test_a_malformed_seed_starts_nothing(app: App, visitor: Visitor, join, seed):
    assert visitor.send(f"{join}/start", {"seed": seed}, page=join).status_code == 400
    assert (count_rows(app, "response"), count_rows(app, "member")) == (0, 0)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
@pytest.mark.parametrize("way", ["start", "bring"])
def test_an_open_team_takes_nobody_without_a_name_to_show(app: App, visitor: Visitor, name, way):
    join = join_path(visitor, make_team(visitor, "open"))
    own = make_response(app)
    answer = visitor.send(f"{join}/{way}", {"name": name, "link": own, "shares_wishes": "y"}, page=join)
    assert answer.status_code == 422
    shown = Shown.of(answer)
    assert "You have not joined yet" in shown.text
    assert ("shares_wishes", "y") in shown.fields, "what was ticked stays ticked"
    assert count_rows(app, "member") == 0
    assert count_rows(app, "response") == 1


def test_the_mended_form_joins(app: App, visitor: Visitor):
    join = join_path(visitor, make_team(visitor, "open"))
    refused = Shown.of(visitor.send(f"{join}/start", {"name": ""}, page=join))
    own = visitor.post(f"{join}/start", dict(refused.fields) | {"name": "  Ada "}).location.rsplit("/", 1)[0]
    membership = app.storage.load_membership(link_hash(own))
    assert membership is not None
    assert (membership.name, membership.shares_wishes) == ("Ada", False)


# By bringing a response


@pytest.mark.parametrize(
    "form", ["{whole}", "  {whole} ", "{whole}/", "{whole}/manage", "{whole}?x=1", "{whole}#keep", "{path}", "{link}"]
)
def test_a_response_can_be_brought_by_any_form_of_its_link(app: App, visitor: Visitor, lead, join, form):
    own = make_response(app)
    pasted = form.format(whole=f"http://localhost{own}", path=own, link=own.split("/")[2])
    assert bring(visitor, join, pasted) == f"{own}/team"
    assert "1 has finished." in visitor.see(lead).text


def test_the_address_of_another_server_with_a_prefix_works_too(app: App, visitor: Visitor, join):
    own = make_response(app)
    assert bring(visitor, join, f"https://hats.example.org/quiz{own}.json") == f"{own}/team"


def no_links(app: App, visitor: Visitor) -> dict[str, str]:
    own = make_response(app)
    app.storage.delete_response(link_hash(own))
    shared, lead = make_response(app), make_team(visitor)
    visitor.send(f"{shared}/shares", {"number": "7"}, page=f"{shared}/manage")
    share = app.derive_link("share", f"{shared.split('/')[2]}:7")
    assert visitor.get(f"/s/{share}").status_code == 200
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
        "join": join_path(visitor, lead),
        "long": "/r/" * 20_000,
        "odd": "\x00/r/\udcff" + "A" * 21,
    }


def test_what_is_no_private_link_is_refused_alike_and_joins_nobody(app: App, visitor: Visitor, join):
    for what, text in no_links(app, visitor).items():
        typed = text.encode(errors="replace").decode()
        refused = bring(visitor, join, typed)
        assert isinstance(refused, Shown), what
        assert "This is no private link of this quiz. Paste all of it." in refused.text, what
        assert ("link", typed.replace("\0", "")) in refused.fields, f"{what}: what was typed is not lost"
    assert count_rows(app, "member") == 0


def test_an_unfinished_response_can_be_brought_and_counts_once_it_is_finished(
    app: App, visitor: Visitor, lead, join, bank
):
    own = make_response(app, done=False)
    assert bring(visitor, join, own) == f"{own}/team"
    assert "0 have finished, 1 more joined." in visitor.see(lead).text
    visitor.send(f"{own}/check")
    assert "1 has finished." in visitor.see(lead).text


def test_bringing_the_same_response_twice_is_one_member(app: App, visitor: Visitor, join):
    own = make_response(app)
    assert bring(visitor, join, own) == bring(visitor, join, own) == f"{own}/team"
    assert count_rows(app, "member") == 1


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", ["anonymous", "open"])
@pytest.mark.parametrize("other", ["anonymous", "open"])
def test_a_response_in_another_team_has_to_leave_that_one_first(app: App, visitor: Visitor, kind, other, done):
    own, join = make_response(app, done=done), join_path(visitor, make_team(visitor, kind))
    there = join_path(visitor, make_team(visitor, other, name="Elsewhere"))
    join_team(app, there, own, "Ada")
    refused = bring(visitor, join, own, name="Ada")
    assert isinstance(refused, Shown)
    assert "in another team; leave that one first" in refused.text
    assert "Elsewhere" in visitor.see(f"{own}/team").title
    visitor.send(f"{own}/team/leave", page=f"{own}/team")
    assert bring(visitor, join, own, name="Ada") == f"{own}/team"
    assert "The crew" in visitor.see(f"{own}/team").title


def test_a_response_that_a_round_has_counted_counts_in_no_other(app: App, visitor: Visitor, join):
    _, (own, *_) = make_closed_round(app, visitor)
    visitor.send(f"{own}/team/leave", page=f"{own}/team")
    refused = bring(visitor, join, own)
    assert isinstance(refused, Shown)
    assert "a round has counted it" in refused.text
    assert visitor.get(f"{own}/team").status_code == 404


def test_a_counted_response_that_left_and_came_back_by_another_way_still_does_not_count(app: App, visitor: Visitor):
    lead, members = make_closed_round(app, visitor)
    visitor.send(f"{lead}/next", page=lead)
    join = join_path(visitor, lead)
    for own in members:
        visitor.send(f"{own}/team/leave", page=f"{own}/team")
        join_team(app, join, own)
    assert "0 have finished." in visitor.see(lead).text
    assert visitor.send(f"{lead}/close", page=lead).location == f"{lead}?few=few"


def test_what_was_finished_before_the_last_round_closed_is_too_late_for_it_and_too_old_for_the_next(
    app: App, visitor: Visitor
):
    lead, _ = make_closed_round(app, visitor)
    visitor.send(f"{lead}/next", page=lead)
    join = join_path(visitor, lead)
    refused = bring(visitor, join, make_response(app, day="2001-02-03"))
    assert isinstance(refused, Shown)
    assert "finished before the last round closed" in refused.text
    assert not isinstance(bring(visitor, join, make_response(app)), Shown), "finished on the day itself"


def test_a_round_that_closes_while_a_response_is_brought_makes_it_too_old(
    app: App, visitor: Visitor, lead, join, monkeypatch
):
    fill_team(app, visitor, lead, 5)
    own = make_response(app, day="2001-02-03")
    bring_response = app.storage.bring_response

    def close_first(*arguments, **fields):
        visitor.send(f"{lead}/close", page=lead)
        return bring_response(*arguments, **fields)

    monkeypatch.setattr(app.storage, "bring_response", close_first)
    refused = bring(visitor, join, own)
    assert isinstance(refused, Shown)
    assert "finished before the last round closed" in refused.text
    assert visitor.get(f"{own}/team").status_code == 404


def test_a_response_that_is_deleted_while_it_is_brought_is_refused(app: App, visitor: Visitor, join, monkeypatch):
    own = make_response(app)
    bring_response = app.storage.bring_response

    def delete_first(join_hash, owner_hash, **fields):
        assert app.storage.delete_response(owner_hash)
        return bring_response(join_hash, owner_hash, **fields)

    monkeypatch.setattr(app.storage, "bring_response", delete_first)
    refused = bring(visitor, join, own)
    assert isinstance(refused, Shown)
    assert "This is no private link of this quiz." in refused.text


def test_taking_it_again_makes_a_response_that_counts_anew(app: App, visitor: Visitor, bank: Bank):
    lead, (own, *_) = make_closed_round(app, visitor)
    visitor.send(f"{lead}/next", page=lead)
    new = visitor.send(f"{own}/retake", page=f"{own}/manage").location.rsplit("/", 1)[0]
    visitor.answer(new, all_answers(bank, "weekly"))
    visitor.send(f"{new}/check")
    assert visitor.get(f"{new}/team").status_code == 404, "nobody is in a team without having joined it"
    assert bring(visitor, join_path(visitor, lead), new) == f"{new}/team"
    assert "1 has finished." in visitor.see(lead).text


def test_an_open_team_takes_a_response_that_a_round_has_counted(app: App, visitor: Visitor):
    _, (own, *_) = make_closed_round(app, visitor)
    visitor.send(f"{own}/team/leave", page=f"{own}/team")
    join = join_path(visitor, make_team(visitor, "open"))
    assert bring(visitor, join, own, name="Ada") == f"{own}/team"


def test_joining_an_open_team_again_changes_the_name(app: App, visitor: Visitor):
    lead = make_team(visitor, "open")
    own, join = make_response(app), join_path(visitor, lead)
    for name in ("Ada", "Ada Lovelace"):
        assert bring(visitor, join, own, name=name) == f"{own}/team"
    assert count_rows(app, "member") == 1
    assert "Ada Lovelace" in visitor.see(lead).text


# Many at once


def test_eight_threads_that_join_with_one_response_make_one_member(app: App, visitor: Visitor):
    joins = [join_path(visitor, make_team(visitor)) for _ in range(4)]
    own = make_response(app)
    others = [Visitor(app) for _ in range(8)]
    tokens = [other.token() | {"link": own} for other in others]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: others[n].post(f"{joins[n % 4]}/bring", tokens[n]).status_code, range(len(others)))
        )
    assert sorted(set(answers)) == [303, 422]
    assert answers.count(303) == 2
    assert count_rows(app, "member") == 1


def test_a_response_that_is_deleted_while_it_joins_leaves_no_member(app: App, visitor: Visitor, join):
    for _ in range(5):
        own = make_response(app)
        one, other = Visitor(app), Visitor(app)
        token, second = one.token() | {"link": own}, other.token()
        with ThreadPoolExecutor(2) as pool:
            pool.submit(one.post, f"{join}/bring", token)
            pool.submit(other.post, f"{own}/delete", second)
    assert (count_rows(app, "response"), count_rows(app, "member")) == (0, 0)


# Leaving


def test_who_was_counted_and_comes_again_is_told_how_to_be_in_the_next_round(app: App, visitor: Visitor, lead, join):
    own = fill_team(app, visitor, lead, 5)[0]
    visitor.send(f"{lead}/close", page=lead)
    visitor.send(f"{lead}/next", page=lead)
    answer = visitor.send(f"{join}/bring", {"link": own}, page=join)
    assert answer.location == f"{own}/team"
    shown = visitor.see(answer.location)
    assert "Round 2 is open: to be in it, take the quiz again, then open the join link once more" in shown.text
    assert f"{own}/retake" in shown.values("action")


def test_leaving_an_open_round_takes_one_from_the_count_and_keeps_the_result(app: App, visitor: Visitor, lead):
    own, _ = fill_team(app, visitor, lead, 2)
    assert visitor.send(f"{own}/team/leave", page=f"{own}/team").location == f"{own}?left=1"
    assert "You have left the team." in visitor.see(f"{own}?left=1").text
    assert "1 has finished." in visitor.see(lead).text
    assert visitor.get(f"{own}/team").status_code == 404
    assert visitor.get(own).status_code == 200
    assert "Your team" not in visitor.see(own).text


def test_an_old_form_to_leave_one_team_does_not_leave_another(app: App, visitor: Visitor, lead):
    own, _ = fill_team(app, visitor, lead, 2)
    form = dict(visitor.see(f"{own}/team").fields)
    app.storage.leave_team(link_hash(own))
    join_team(app, join_path(visitor, make_team(visitor, name="Elsewhere")), own)
    visitor.post(f"{own}/team/leave", form)
    assert "Elsewhere" in visitor.see(f"{own}/team").title
    visitor.send(f"{own}/team/leave", page=f"{own}/team")
    assert visitor.get(f"{own}/team").status_code == 404


def test_leaving_twice_is_leaving(app: App, visitor: Visitor, lead):
    own, _ = fill_team(app, visitor, lead, 2)
    fields = visitor.token()
    assert [visitor.post(f"{own}/team/leave", fields).location for _ in range(2)] == 2 * [f"{own}?left=1"]
    assert len(app.storage.load_round_members(load_team(app, lead).id)) == 1


def test_deleting_a_response_takes_it_out_of_its_team(app: App, visitor: Visitor, lead):
    own, _ = fill_team(app, visitor, lead, 2)
    visitor.send(f"{own}/delete")
    assert "1 has finished." in visitor.see(lead).text


def test_the_page_says_what_leaving_does_to_what_was_published(app: App, visitor: Visitor, lead):
    before, _ = fill_team(app, visitor, lead, 2)
    assert "Your answers will not count in the open round." in visitor.see(f"{before}/team").text
    _, (after, *_) = make_closed_round(app, visitor)
    assert "What was published stays as it is" in visitor.see(f"{after}/team").text
