"""`quiz teams` and `quiz erase`: what the operator sees of teams, and deletes for people who ask."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from quiz.admin.link_or_id import NotFoundError, OwnedResponse, find
from quiz.cli import main
from quiz.storage import safe_journal_mode
from quiz.web import links
from quiz.web.app import App
from tests.clients import Client, run_quiz
from tests.factories import (
    all_answers,
    ask_for_view,
    begin_view,
    fill_team,
    join_path,
    join_team,
    link_hash,
    make_closed_round,
    make_response,
    make_team,
)

LINK = "-bCdEfGhIjKlMnOpQrStU_"


def quiz(app: App, *arguments: str) -> Result:
    environ = {"MANY_HATS_INSTANCE": str(app.storage.file.parent)}
    return CliRunner().invoke(main, list(arguments), env=environ, prog_name="quiz")


@pytest.fixture
def client(app: App) -> Client:
    return Client(app)


# Reading what was pasted


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "<{}>",
        " {}\n",
        "{}.",
        "/r/{}",
        "r/{}",
        "/t/{}/",
        "/r/{}/manage",
        "/r/{}/1?a=b#c",
        "https://hats.example.org/r/{}",
        "https://hats.example.org/r/{}/",
        "https://hats.example.org/r/{}.",
        "https://hats.example.org/r/{}/.",
        "<https://hats.example.org/r/{}>",
        "<https://hats.example.org/t/{}/>.",
        "https://example.org/hats/r/{}",
        "http://127.0.0.1:8000/j/{}",
        "http://[::1]:8000/s/{}",
        "“https://hats.example.org/r/{}”,",
        "[my answers](https://hats.example.org/r/{})",
        "hats.example.org/r/{}",
        "https://hats.example.org/r/{}\n",
    ],
)
def test_a_link_is_read_however_it_was_pasted(app: App, text):
    owner_hash = links.hash_link(LINK)
    app.storage.create_response(owner_hash, bank="1", day=app.today())
    found = find(app.storage, text.format(LINK))
    assert isinstance(found, OwnedResponse)
    assert found.owner_hash == owner_hash


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "hello",
        LINK[:-1],
        f"A{LINK}",
        f"/r/{LINK}A",
        f"/x/{LINK}",
        f"r{LINK}",
        "https://hats.example.org/",
        "//r//",
    ],
)
def test_anything_else_is_no_link(app: App, text):
    app.storage.create_response(links.hash_link(LINK), bank="1", day=app.today())
    with pytest.raises(NotFoundError, match="neither a link nor the id of a team"):
        find(app.storage, text)


# quiz teams


def test_an_instance_without_teams_says_so(app: App):
    assert quiz(app, "teams").stdout == "There are no teams.\n"


def test_teams_are_listed_with_what_was_published_and_without_links(app: App, client):
    lead, members = make_closed_round(app, client)
    open_team = make_team(client, kind="open", name="By name")
    for name in ("Ann", "Ben"):
        owner_path = make_response(app)
        join_team(app, join_path(client, open_team), owner_path, name)
    client.send(f"{owner_path}/retake", {"stay": "y"}, page=f"{owner_path}/manage")  # counts as the same person
    make_team(client, name="New")
    result = quiz(app, "teams")
    assert (result.exit_code, result.stderr) == (0, "")
    header, *lines = result.stdout.splitlines()
    assert header.split() == ["id", "kind", "people", "rounds", "name"]
    rows = {cells[-1]: cells for cells in (re.split(" {2,}", line) for line in lines)}
    ids = {team.name: str(team.id) for team in app.storage.load_all_teams()}
    assert rows == {
        "The crew": [ids["The crew"], "anonymous", "6", "1 closed", "The crew"],
        "By name": [ids["By name"], "open", "2", "-", "By name"],
        "New": [ids["New"], "anonymous", "-", "0 closed, 1 open", "New"],
    }
    assert not [path for path in (lead, open_team, *members) if path.split("/")[2] in result.stdout]


def test_the_list_does_not_change_while_people_answer_in_an_open_round(app: App, client):
    lead, members = make_closed_round(app, client)
    client.send(f"{lead}/next", page=lead)
    assert app.storage.load_team(link_hash(lead)).open_round  # type: ignore[union-attr]
    before = quiz(app, "teams").stdout
    assert "6 " in before
    fill_team(app, client, lead, 1)
    assert quiz(app, "teams").stdout == before
    fill_team(app, client, lead, 5)
    assert quiz(app, "teams").stdout == before
    app.storage.delete_response(link_hash(members[0]), day=app.today())
    assert quiz(app, "teams").stdout == before


def test_a_withdrawn_round_tells_no_number(app: App, client):
    _, members = make_closed_round(app, client)
    for path in members[:2]:
        app.storage.delete_response(link_hash(path), day=app.today())
    assert quiz(app, "teams").stdout.splitlines()[1].split()[1:5] == ["anonymous", "-", "1", "closed"]


# quiz erase


@pytest.mark.parametrize("form", ["http://localhost{}", "<http://localhost{}/>.", "{}", "{}/"])
def test_a_response_is_deleted_by_its_owner_link(app: App, client, form):
    path, other = make_response(app, title="boss"), make_response(app)
    result = quiz(app, "erase", form.format(path), "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("Deleted.\n")
    assert client.get(f"{path}/1").status_code == 404
    assert client.get(f"{other}/1").status_code == 200


def test_a_response_is_deleted_with_the_earlier_ones_as_its_owner_could(app: App, client):
    first = client.take(all_answers(app.bank, "weekly"))
    second = str(client.send(f"{first}/retake", page=f"{first}/manage").location).rsplit("/", 1)[0]
    assert second != first
    assert quiz(app, "erase", second, "--yes").exit_code == 0
    assert app.storage.is_empty()


@pytest.mark.parametrize("kind", ["anonymous", "open"])
@pytest.mark.parametrize("by_id", [True, False])
def test_a_team_is_deleted_by_its_id_or_lead_link_and_responses_stay(app: App, client, kind, by_id):
    lead, other = make_team(client, kind=kind), make_team(client)
    member = make_response(app)
    join_team(app, join_path(client, lead), member, "Ann")
    team = app.storage.load_team(link_hash(lead))
    assert team
    result = quiz(app, "erase", str(team.id) if by_id else lead, "--yes")
    assert result.exit_code == 0
    assert f"the {kind} team “The crew”" in result.stdout
    assert [client.get(path).status_code for path in (lead, other, member)] == [404, 200, 200]


@pytest.mark.server
def test_what_was_erased_does_not_come_back_with_a_backup(app: App, client, tmp_path):
    path, lead = make_response(app), make_team(client)
    copy = str(tmp_path / "copy.db")
    assert quiz(app, "backup", copy).exit_code == 0
    app.storage.close()
    for text in (path, lead):
        assert run_quiz("erase", text, "--yes", instance=app.storage.file.parent).returncode == 0
    result = quiz(app, "restore", copy, "--force")
    assert result.exit_code == 0, result.stderr
    assert app.storage.is_empty()
    assert app.storage.load_all_teams() == ()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("share", "this is a share link, which only shows a result; use the owner link of the response"),
        ("join", "this is a join link; use the lead link of the team, or its id, which `quiz teams` lists"),
        ("view", "this is a link of a second view; use the owner link of the response that it is about"),
        ("viewer", "this is a link of a second view; use the owner link of the response that it is about"),
        ("unknown", "no response or team has this link: it may be incomplete, replaced or deleted"),
        ("id", "no team has the id 1; `quiz teams` lists the ids of teams"),
        ("text", "this is neither a link nor the id of a team; `quiz teams` lists the ids of teams"),
    ],
)
def test_every_other_link_is_a_clear_error_and_deletes_nothing(app: App, client, name, message):
    owner = client.take(all_answers(app.bank, "weekly"))
    lead = make_team(client)
    client.send(f"{owner}/shares", {"label": "For Ann"}, page=f"{owner}/manage")
    share = re.search(r"/s/[A-Za-z0-9_-]{22}", client.get(f"{owner}/manage").text)
    assert share
    view = ask_for_view(client, owner)
    text = {
        "share": share[0],
        "view": view,
        "viewer": begin_view(client, view),
        "join": join_path(client, lead),
        "unknown": f"/r/{links.new_link()}",
        "id": "1",
        "text": "my answers",
    }[name]
    result = quiz(app, "erase", text, "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: {message}\n"
    assert [client.get(path).status_code for path in (owner, lead, share[0])] == [200] * 3


def test_a_response_that_is_deleted_in_the_meantime_is_no_error(app: App, monkeypatch):
    path = make_response(app)
    monkeypatch.setattr(
        "quiz.admin.erasure.describe",
        lambda found: app.storage.delete_response(link_hash(path), day=app.today()) and "",
    )
    result = quiz(app, "erase", path, "--yes")
    assert (result.exit_code, result.stdout) == (0, "\nIt was already deleted.\n")


@pytest.mark.skipif(safe_journal_mode() != "wal", reason="with a rollback journal, a writer waits for readers")
def test_it_says_if_a_reader_keeps_the_deleted_content_in_the_log(app: App, monkeypatch):
    path = make_response(app)
    monkeypatch.setattr("quiz.storage.engine.LOCK_TIMEOUT_S", 0.05)
    with app.storage.read_transaction() as db:
        assert db.execute("SELECT count(*) FROM response").fetchone()[0] == 1
        result = quiz(app, "erase", path, "--yes")
    assert result.stdout.endswith("Deleted.\n")
    assert result.stderr.startswith("Note: another program is reading the database")


@pytest.mark.server
def test_without_a_terminal_nothing_is_deleted_unless_yes_is_given(app: App, client):
    path = make_response(app)
    run = run_quiz("erase", path, instance=app.storage.file.parent)
    assert run.returncode == 2
    assert "Error: cannot ask for confirmation, because standard input is not a terminal; add --yes\n" in run.stderr
    assert client.get(path).status_code == 200


@pytest.mark.server
@pytest.mark.parametrize(("answer", "is_deleted"), [("y", True), ("n", False), ("", False)])
def test_a_terminal_is_asked(app: App, client, answer, is_deleted):
    path = make_response(app)
    own_end, process_end = pty.openpty()
    environ = os.environ | {"MANY_HATS_INSTANCE": str(app.storage.file.parent)}
    with subprocess.Popen(
        [sys.executable, "-m", "quiz", "erase", path], env=environ, stdin=process_end, stdout=subprocess.PIPE
    ) as process:
        os.write(own_end, f"{answer}\n".encode())
        assert process.stdout
        output = process.stdout.read().decode()
    os.close(own_end)
    os.close(process_end)
    assert "This deletes the response that was started on" in output
    assert output.endswith("Deleted.\n" if is_deleted else "Nothing was deleted.\n")
    assert process.returncode == (0 if is_deleted else 1)
    assert client.get(path).status_code == (404 if is_deleted else 200)


def test_a_link_may_begin_with_a_hyphen(app: App):
    app.storage.create_response(links.hash_link(LINK), bank="1", day=app.today())
    assert quiz(app, "erase", LINK, "--yes").stdout.endswith("Deleted.\n")


# The same reading for the export of a team


@pytest.mark.parametrize("form", ["{}", "<http://localhost{}/>."])
def test_a_team_is_exported_by_a_pasted_lead_link(app: App, client, form):
    lead, _ = make_closed_round(app, client)
    result = quiz(app, "export", "--team", form.format(lead), "--format", "jsonl")
    assert json.loads(result.stdout)["round"] == 1


def test_an_owner_link_exports_no_team(app: App):
    result = quiz(app, "export", "--team", make_response(app))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "use the lead link of a team, or its id" in result.stderr
