"""Sharing, downloading, extending, retaking and deleting."""

from __future__ import annotations

import csv
import io
import json
import re
from string import ascii_letters
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from quiz.bank import AgreedAction, Bank, FollowUps, JobGoal
from quiz.cli import main
from quiz.results.feedback import Feedback
from quiz.storage import ShareLink
from quiz.web.app import App
from tests.clients import Client
from tests.factories import (
    all_answers,
    expire_in_app,
    join_path,
    join_team,
    link_hash,
    make_older_response,
    make_response,
    make_second_view,
    make_team,
)

pytestmark = pytest.mark.both_engines

TEXT = "I drew maps of <everything>."


def share_paths(page: str) -> list[str]:
    """The paths of the share links on the page of their owner."""
    return re.findall(r'value="http://localhost(/s/[^"]+)"', page)


def take_as_analyst(client: Client, bank: Bank, **more: Any) -> str:
    """Take the quiz as a data analyst. Returns the path of the owner link."""
    return client.take(all_answers(bank, "never", insights="daily", dashboards="daily", trends="weekly"), **more)


def test_a_share_link_shows_the_result_and_cannot_change_it(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank, text=TEXT)
    client.send(f"{owner_path}/shares", {"label": "My lead"}, page=f"{owner_path}/manage")
    (shared,) = share_paths(client.get(f"{owner_path}/manage").text)
    page = client.get(shared)
    assert page.status_code == 200
    assert "Wears one\u00a0hat: data\u00a0analyst" in page.text
    assert owner_path not in page.text
    assert "drew maps" not in page.text
    assert "My lead" not in page.text


def test_a_share_link_shows_the_free_text_if_its_owner_chose_so(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank, text=TEXT)
    client.send(f"{owner_path}/shares", {"shares_text": "y"}, page=f"{owner_path}/manage")
    (shared,) = share_paths(client.get(f"{owner_path}/manage").text)
    assert "I drew maps of &lt;everything&gt;." in client.get(shared).text


def test_an_ended_share_link_gives_a_404_and_the_others_still_work(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    for label in ("a", "b"):
        client.send(f"{owner_path}/shares", {"label": label}, page=f"{owner_path}/manage")
    page = client.get(f"{owner_path}/manage").text
    first, second = share_paths(page)
    end = re.search(rf'action="({owner_path}/shares/\d+/end)"', page)
    assert end
    client.send(end[1], page=f"{owner_path}/manage")
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert client.get(first).data == client.get("/s/" + "A" * 22).data


def test_the_same_share_form_sent_twice_creates_one_link(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    for _ in range(2):
        client.send(f"{owner_path}/shares", {"seed": "s" * 22}, page=f"{owner_path}/manage")
    assert len(share_paths(client.get(f"{owner_path}/manage").text)) == 1


def test_share_links_are_in_the_order_of_their_days_and_within_a_day_of_their_labels(app: App, client: Client):
    owner_path = make_response(app)
    days = [("Zoe", "2026-05-30"), ("Ada", "2026-06-01"), ("Bea", "2026-05-31"), ("Eve", "2026-05-31")]
    for (label, day), number in zip(days, [40, 10, 20, 30], strict=True):
        share_link = ShareLink(number, label, False, False, day)
        app.storage.create_share_link(link_hash(owner_path), share_link, share_hash=f"{number}" * 32)
    labels = re.findall(r"<strong><bdi>(\w+)</bdi></strong>", client.get(f"{owner_path}/manage").text)
    assert labels == ["Zoe", "Bea", "Eve", "Ada"]


def test_share_links_end_with_the_response(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    client.send(f"{owner_path}/shares", page=f"{owner_path}/manage")
    (shared,) = share_paths(client.get(f"{owner_path}/manage").text)
    client.send(f"{owner_path}/delete")
    assert client.get(shared).status_code == 404
    assert client.get(owner_path).status_code == 404


def test_there_are_at_most_twenty_share_links(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    for _ in range(20):
        assert client.send(f"{owner_path}/shares", page=f"{owner_path}/manage").status_code == 303
    assert "the maximum number of share links" in client.get(f"{owner_path}/manage").text
    assert client.send(f"{owner_path}/shares", page=f"{owner_path}/manage").status_code == 400


def test_the_form_of_the_last_share_link_can_be_sent_twice(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    for letter in [*ascii_letters[:20], ascii_letters[19]]:
        response = client.send(f"{owner_path}/shares", {"seed": letter * 22}, page=f"{owner_path}/manage")
        assert response.status_code == 303
    assert len(share_paths(client.get(f"{owner_path}/manage").text)) == 20


def test_the_json_has_everything_that_is_stored(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank, text=TEXT, title="Mapper", contacts=["data-engineer"])
    response = client.get(f"{owner_path}.json")
    assert response.headers["Content-Disposition"].startswith("attachment")
    content = response.get_json()
    assert content["answers"]["insights"] == "daily"
    assert (content["title"], content["text"], content["contacts"]) == ("Mapper", TEXT, ["data-engineer"])
    assert content["result"]["mix"] == ["data-analyst"]


def test_the_json_has_the_documented_keys(app: App, client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    client.send(f"{owner_path}/shares", page=f"{owner_path}/manage")
    lead = make_team(client, kind="open", name="Crew")
    join_team(app, join_path(client, lead), owner_path, name="Ada", shares_wishes=True)
    app.storage.save_needs(link_hash(lead), {"pipelines": 2})
    personal_data = client.get(f"{owner_path}.json").get_json()
    assert set(personal_data) == {
        *("bank", "started", "changed", "finished", "title", "text", "earlier", "answers", "contacts", "wishes"),
        *("goals", "job_goal", "feedback", "follow_ups", "other_work_share", "share_links", "team"),
        *("removed_from_team", "second_view", "result"),
        *("agreed_actions", "earlier_agreed_actions", "next_look"),
    }
    assert set(personal_data["share_links"][0]) == {"number", "label", "shares_text", "shares_wishes", "created"}
    assert personal_data["team"] == {
        "name": "Crew",
        "kind": "open",
        "display_name": "Ada",
        "shares_wishes": True,
        "counted_in_round": False,
        "needs": {"pipelines": 2},
    }


#: Columns that the download leaves out: hashes and ids, which mean nothing outside the database, the note that a
#: response is overdue, which follows from the day of its last change, and how far the pages of the quiz were sent. The
#: side of an answer in a second view is the name of the object that it is in.
NOT_EXPORTED = {"id", "response", "owner_hash", "share_hash", "earlier", "team", "round", "overdue_since"}
NOT_EXPORTED |= {"view_hash", "viewer_hash", "side"}
NOT_EXPORTED |= {"details_sent", "priorities_sent", "page_id", "save_number"}


def values_of(data: Any) -> set[str]:
    """Every key and every value of JSON data, as text."""
    if isinstance(data, dict):
        return set(data).union(*map(values_of, data.values()))
    if isinstance(data, list):
        return set().union(*map(values_of, data))
    return {str(int(data) if isinstance(data, bool) else data)}


@pytest.mark.sqlite_only
def test_the_json_has_the_value_of_every_column_that_is_stored_about_a_person(app: App, client: Client):
    owner_path = make_response(app, title="Mapper", text=TEXT)
    owner_hash = link_hash(owner_path)
    when: dict[str, Any] = {"bank": app.bank.version, "day": app.today()}
    app.storage.save_goals(owner_hash, wishes={"pipelines": "more"}, goals=["data-scientist"], day=when["day"])
    app.storage.save_job_goal(owner_hash, JobGoal("Data team", ("dashboards",)), day=when["day"])
    app.storage.save_follow_ups(owner_hash, FollowUps("data-engineer", {"data-analyst": "half"}), **when)
    app.storage.save_feedback(owner_hash, Feedback("partly", {"data-engineer": "too-much"}), day=when["day"])
    actions = [AgreedAction(2, "Ask Kim", "2026-12-24")]
    app.storage.save_agreed_actions(owner_hash, actions, next_look="2027-01-31", day=when["day"])
    client.send(f"{owner_path}/shares", {"label": "My lead"}, page=f"{owner_path}/manage")
    join_team(app, join_path(client, make_team(client, kind="open")), owner_path, name="Ada", shares_wishes=True)
    make_second_view(client, owner_path, all_answers(app.bank, "weekly"), "insights")
    client.send(f"{owner_path}/second-view/open")
    exported = values_of(client.get(f"{owner_path}.json").get_json())
    db: Any = Database(app.storage.file)
    keys = [(name, key.other_table) for name in db.table_names() for key in db[name].foreign_keys]
    tables = [name for name, other in keys if other in ("response", "second_view")]
    assert {"answer", "member", "share_link", "response"} <= set(tables)
    for name in set(tables):
        rows = list(db[name].rows)
        assert rows or name in ("counted_response", "removal"), f"store a row of {name} here"
        for row in rows:
            missing = {column: value for column, value in row.items() if str(value) not in exported}
            assert missing.keys() <= NOT_EXPORTED, (name, missing)
    db.close()


def test_the_csv_can_be_scored_again_to_the_same_result(client: Client, bank: Bank, tmp_path):
    owner_path = take_as_analyst(client, bank, title="=HYPERLINK(1)", contacts=["data-engineer"])
    response = client.get(f"{owner_path}.csv")
    assert response.text.startswith("\ufeff"), "a spreadsheet reads it as UTF-8"
    header, row = csv.reader(io.StringIO(response.text))
    assert dict(zip(header, row, strict=True))["title"] == "'=HYPERLINK(1)"
    file = tmp_path / "own.csv"
    file.write_text(response.text, encoding="utf-8")
    run = CliRunner().invoke(main, ["score", str(file), "--format", "jsonl"])
    assert run.exit_code == 0, run.output
    scored = json.loads(run.stdout)
    assert scored["mix"] == ["data-analyst"]
    own_result = client.get(f"{owner_path}.json").get_json()["result"]
    assert {key: scored[key] for key in own_result} == own_result


def test_the_downloads_have_the_other_mix_of_a_tie(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "never", insights="monthly", pipelines="weekly"))
    header, row = csv.reader(io.StringIO(client.get(f"{owner_path}.csv").text))
    cells = dict(zip(header, row, strict=True))
    assert (cells["evidence"], cells["mix"], cells["alternative"]) == (
        "tie",
        "data-engineer data-analyst",
        "data-engineer",
    )
    result = client.get(f"{owner_path}.json").get_json()["result"]
    assert (result["mix"], result["alternative"]) == (["data-engineer", "data-analyst"], ["data-engineer"])


def test_the_downloads_tell_never_from_left_out_and_not_asked(client: Client, bank: Bank, app: App):
    owner_path = make_older_response(app, {"pipelines": "never", "dashboards": "skip"})
    header, row = csv.reader(io.StringIO(client.get(f"{owner_path}.csv").text))
    cells = dict(zip(header, row, strict=True))
    assert [cells[id] for id in ("pipelines", "dashboards", "insights")] == ["never", "skip", ""]
    assert client.get(f"{owner_path}.json").get_json()["answers"] == {"pipelines": "never", "dashboards": "skip"}


def test_a_retake_starts_a_new_response_that_knows_the_earlier_one(client: Client, bank: Bank, app: App):
    owner_path = take_as_analyst(client, bank)
    new_path = client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location.rsplit("/", 1)[0]
    assert new_path != owner_path
    client.answer(new_path, all_answers(bank, "weekly"))
    client.send(f"{new_path}/check")
    assert client.get(f"{new_path}.json").get_json()["earlier"] is True
    assert client.get(owner_path).status_code == 200


def test_deleting_a_response_deletes_the_earlier_one(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    new_path = client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location.rsplit("/", 1)[0]
    assert "earlier answers" in client.get(f"{new_path}/delete").text
    client.send(f"{new_path}/delete")
    assert client.get(owner_path).status_code == 404


def test_the_page_before_deleting_says_what_remains_and_what_others_can_notice(client: Client, bank: Bank):
    owner_path = take_as_analyst(client, bank)
    text = client.see(f"{owner_path}/delete").text
    for expected in (
        "deleted from the database at once",
        "An earlier backup contains your answers until it is deleted. If it is restored within 30 days",
        "No message is sent.",
        "the people of an open team can see that your name is gone",
        "withdrawn if fewer than five of its people are left, but only in the first 90 days after it was closed",
        "What somebody has printed, downloaded or photographed is not deleted.",
    ):
        assert expected in text
    assert "it is left out. The history of this browser still contains the address" in client.see("/deleted").text


def test_the_private_link_comes_with_a_warning_for_shared_computers(client: Client, bank: Bank):
    text = client.see(take_as_analyst(client, bank)).text
    assert "On a computer that others use too: this browser stores the address in its history" in text


def test_a_response_is_deleted_when_it_expires_unless_it_was_extended(
    client: Client, bank: Bank, app: App, monkeypatch
):
    extended, not_extended = take_as_analyst(client, bank), take_as_analyst(client, bank)
    monkeypatch.setattr(app, "today", lambda: "2100-01-31")
    client.send(f"{extended}/extend", page=f"{extended}/manage")
    assert "31 January 2101" in client.get(f"{extended}/manage").text
    expire_in_app(app, monkeypatch, "2100-02-03")
    assert client.get(not_extended).status_code == 404
    assert client.get(extended).status_code == 200
