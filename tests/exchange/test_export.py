"""Exports: cells that no spreadsheet runs as formulas, results, and the exports of the operator."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
import unicodedata
from dataclasses import fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

from quiz.admin import export_all
from quiz.bank import AgreedAction, Bank, JobGoal
from quiz.cli import main
from quiz.exchange import export
from quiz.scoring import FollowUpQuestions, Match, RoleScore, ScoringModel, match
from quiz.storage import Response, ShareLink
from quiz.teams import TeamKind, anonymous, rounds
from quiz.web import links
from quiz.web.app import App
from tests.checks import sqlite_connection
from tests.factories import CANARY, DAY, When

WHEN: When = {"bank": "1", "day": "2026-05-31"}
FREE_TEXT = "=1+1 is what I type,\r\nall day; \"quoted\" and 'so' on – ü"
#: Signs that begin a formula in a spreadsheet, and their full-width, small and superscript forms.
FORMULA_SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁺", "₌"]

signs = st.sampled_from([*FORMULA_SIGNS, "'", '"', ",", ";", " ", "\u00a0", "\u200b", "\ufeff", "a", "\0"])
cells = st.text() | st.lists(signs, max_size=6).map("".join)


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def parsed_file(text: str) -> list[list[str]]:
    """The rows of a CSV file that a spreadsheet opens."""
    assert text.startswith("\ufeff")
    return parsed(text[1:])


# Cells


@given(st.lists(st.lists(cells, min_size=1), max_size=5))
@example([["=1+1", "'=1+1", "\r\n", ""]])
def test_csv_is_read_back_cell_by_cell(rows):
    read = parsed(export.to_csv(rows))
    assert [len(row) for row in read] == [len(row) for row in rows]
    for cell, original in zip(chain(*read), chain(*rows), strict=True):
        assert cell in {original, f"'{original}"}


@given(cells)
def test_no_cell_begins_like_a_formula(cell):
    ((read,),) = parsed(export.to_csv([[cell]]))
    normal = unicodedata.normalize("NFKC", read.lstrip(" \u00a0\u200b\ufeff"))
    assert not normal.startswith(("=", "+", "-", "@"))
    assert not read.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize("blanks", ["", " ", "\u00a0 ", "\ufeff", "\u200b"], ids=ascii)
@pytest.mark.parametrize("sign", FORMULA_SIGNS, ids=ascii)
def test_every_form_of_a_sign_that_begins_a_formula_is_escaped(sign, blanks):
    assert export.escape_formula(f"{blanks}{sign}cmd") == f"'{blanks}{sign}cmd"


@pytest.mark.parametrize("cell", ["", "a=b", "1-2", "plain", "'quoted", "ü", " a", "–dash", "1e5"])
def test_a_cell_that_is_no_formula_is_unchanged(cell):
    assert export.escape_formula(cell) == cell


@given(cells)
def test_a_cell_is_the_same_after_the_apostrophe_is_added_and_removed(cell):
    assert export.unescape_formula(export.escape_formula(cell)) == cell


@pytest.mark.parametrize(("cell", "escaped"), [("=1", "'=1"), ("'=1", "''=1"), ("'it", "'it"), ("'", "'"), ("", "")])
def test_only_the_apostrophe_before_a_formula_is_removed(cell, escaped):
    assert (export.escape_formula(cell), export.unescape_formula(escaped)) == (escaped, cell)


def test_a_csv_file_begins_with_one_byte_order_mark():
    assert export.csv_file([["a"], ["b"]]) == '\ufeff"a"\r\n"b"\r\n'


def test_every_cell_is_quoted():
    assert export.to_csv([["a", "", "1"]]) == '"a","","1"\r\n'


# The result of one person


def make_match(**changes: Any) -> Match:
    """A match with numbers that need rounding."""
    unchanged = Match(
        evidence="clear",
        mix=("baker",),
        next_mix=(),
        fit=0.123456,
        margin=0.07654321,
        unchanged=30,
        tried=42,
        closest_role=None,
        answered=20,
        roles={"baker": RoleScore(2 / 3, 0.55557, 1.0), "miller": RoleScore(None, None, 0.0)},
        follow_up_questions=None,
        comparisons=(),
        mix_of_ratings=("baker",),
    )
    return replace(unchanged, **changes)


def test_a_result_object_has_exactly_these_members():
    assert export.match_object("7", make_match()) == {
        "id": "7",
        "evidence": "clear",
        "mix": ["baker"],
        "alternative": None,
        "fit": 0.1235,
        "stability": {"unchanged": 30, "tried": 42},
        "follow_up": None,
        "roles": {
            "baker": {"coverage": 0.6667, "similarity": 0.5556, "share": 1.0},
            "miller": {"coverage": None, "similarity": None, "share": 0.0},
        },
        "text": None,
    }


def test_a_tie_has_the_other_mix_as_alternative():
    tie = export.match_object("7", make_match(evidence="tie", next_mix=("miller", "baker"), mix=(), fit=None))
    assert (tie["alternative"], tie["mix"], tie["fit"]) == (["miller", "baker"], [], None)


@pytest.mark.parametrize(
    ("evidence", "alternative"), [("tie", "miller baker"), ("leaning", ""), ("clear", ""), ("not-enough", "")]
)
def test_the_columns_of_a_result_have_the_other_mix_of_a_tie(evidence, alternative):
    next_mix = () if evidence == "not-enough" else ("miller", "baker")
    result = export.match_object("7", make_match(evidence=evidence, next_mix=next_mix), {"baker": 0.5, "miller": 0.25})
    columns = export.result_columns(["baker", "miller"])
    row = dict(zip(columns, export.result_cells(result), strict=True))
    assert row == {
        "evidence": evidence,
        "mix": "baker",
        "alternative": alternative,
        "fit": "0.1235",
        "stability": "30 of 42",
        "follow_up": "",
        "baker.coverage": "0.6667",
        "baker.similarity": "0.5556",
        "baker.share": "1.0",
        "miller.coverage": "",
        "miller.similarity": "",
        "miller.share": "0.0",
        "text.baker": "0.5",
        "text.miller": "0.25",
    }


@pytest.mark.parametrize(
    ("text", "expected"), [({}, {}), ({"baker": 0.98765, "miller": 0.0}, {"baker": 0.9877, "miller": 0.0})]
)
def test_text_similarities_are_rounded_too(text, expected):
    assert export.match_object("7", make_match(), text)["text"] == expected


def test_the_questions_that_ratings_call_for_are_an_object_and_one_cell():
    questions = FollowUpQuestions("baker", ("miller", "shop-keeper"))
    result = export.match_object("7", make_match(follow_up_questions=questions))
    assert result["follow_up"] == {"base": "baker", "roles": ["miller", "shop-keeper"]}
    row = dict(zip(export.result_columns(["baker", "miller"]), export.result_cells(result), strict=True))
    assert row["follow_up"] == "baker:miller shop-keeper"


# All responses


#: A link that nothing has.
LINK = "unknown-link-with-22-c"


def quiz(app: App, *arguments: str | Path) -> Result:
    environ = {"MANY_HATS_INSTANCE": str(app.storage.file.parent)}
    return CliRunner().invoke(main, list(map(str, arguments)), env=environ, prog_name="quiz")


def finished_response(app: App, answers: dict[str, str], **details: Any) -> str:
    """Create a finished response. Returns its owner hash."""
    owner_hash = links.hash_link(links.new_link())
    app.storage.create_response(owner_hash, **WHEN)
    app.storage.save_answers(owner_hash, answers, **WHEN)
    app.storage.save_details(owner_hash, **{"contacts": [], "title": "", "text": ""} | details, day=WHEN["day"])
    app.storage.finish_response(owner_hash, day=WHEN["day"])
    return owner_hash


@pytest.fixture
def people(app: App, bank: Bank, ids_count_up: None) -> list[dict[str, str]]:
    """Create three responses. Returns the answers of the first two."""
    scale = list(bank.option)
    answers = [
        {item.id: scale[(n * nth) % len(scale)] for nth, item in enumerate(bank.questions_in_order)} for n in (1, 2)
    ]
    first, roles = (
        finished_response(app, answers[0], title="@boss", text=FREE_TEXT, contacts=["data-engineer"]),
        list(bank.role),
    )
    finished_response(app, answers[1], contacts=roles[:2])
    finished_response(app, {"since-removed": "daily", bank.questions_in_order[0].id: "hourly"})
    actions = [AgreedAction(1, CANARY, DAY)]
    app.storage.save_agreed_actions(first, actions, next_look="2027-04-01", day=WHEN["day"])
    app.storage.save_goals(first, wishes={bank.questions_in_order[0].id: "more"}, goals=roles[:1], day=WHEN["day"])
    app.storage.save_job_goal(first, JobGoal("=1+1", ("pipelines",)), day=WHEN["day"])
    app.storage.create_share_link(first, ShareLink(1, "My lead", False, False, WHEN["day"]), share_hash="f" * 64)
    return answers


def test_all_responses_as_csv_can_be_scored_again(app: App, bank: Bank, people, tmp_path):
    file = tmp_path / "all.csv"
    assert quiz(app, "export", "--all", "-o", file).exit_code == 0
    result = quiz(app, "score", file, "--format", "jsonl")
    assert (result.exit_code, result.stderr) == (0, "")
    scored = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in scored] == ["1", "2", "3"]
    model = ScoringModel.from_bank(bank)
    assert [row["mix"] for row in scored[:2]] == [list(match(model, answers).mix) for answers in people]
    assert [row["text"] is not None for row in scored] == [True, False, False]


def test_the_csv_of_all_responses_contains_no_formula(app: App, people):
    result = quiz(app, "export", "--all")
    assert result.exit_code == 0
    header, first, second, third = parsed_file(result.stdout_bytes.decode())
    row = dict(zip(header, first, strict=True))
    assert (row["id"], row["title"], row["text"], row["works-with"]) == (
        "1",
        "'@boss",
        f"'{FREE_TEXT}",
        "data-engineer",
    )
    assert {id: row[id] for id in people[0]} == people[0]
    assert (row["job-goal"], row["job-goal-responsibilities"]) == ("'=1+1", "pipelines")
    assert len(second) == len(header)
    assert third == ["3"] + [""] * (len(header) - 1), "answers that the bank does not have would stop the scoring"


def test_all_responses_as_jsonl_contain_what_is_stored_except_what_was_agreed(app: App, bank: Bank, people):
    result = quiz(app, "export", "--all", "--format", "jsonl")
    first, second, third = map(json.loads, result.stdout.splitlines())
    agreed = ["next_look", "agreed_actions"]
    assert list(first) == [field.name for field in fields(Response) if field.name not in agreed]
    assert (first["id"], first["started"], first["finished"]) == (1, WHEN["day"], WHEN["day"])
    assert (first["answers"], first["title"], first["text"]) == (people[0], "@boss", FREE_TEXT)
    assert (first["contacts"], first["wishes"]) == (["data-engineer"], {bank.questions_in_order[0].id: "more"})
    assert first["job_goal"] == {"name": "=1+1", "responsibilities": ["pipelines"]}
    assert first["share_links"][0]["label"] == "My lead"
    assert second["answers"] == people[1]
    assert third["answers"] == {"since-removed": "daily", bank.questions_in_order[0].id: "hourly"}


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_an_export_of_all_responses_warns_of_personal_data_and_has_no_link_and_nothing_agreed(app: App, people, format):
    result = quiz(app, "export", "--all", "--format", format)
    assert "personal data" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    owners = [row["owner_hash"] for row in sqlite_connection(app.storage)["response"].rows]
    assert len(owners) == 3
    assert not [owner for owner in [*owners, "f" * 64] if owner in result.stdout]
    assert not [text for text in (CANARY, "2027-04-01") if text in result.stdout], "what was agreed is in no export"


@pytest.mark.server
def test_there_is_no_error_message_if_the_reader_of_the_export_ends_early(app: App, people):
    for _ in range(20):
        finished_response(app, people[0], text="long " * 800)
    app.storage.close()
    environ = os.environ | {"MANY_HATS_INSTANCE": str(app.storage.file.parent)}
    command = [sys.executable, "-m", "quiz", "export", "--all", "--format", "jsonl"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert len(process.stderr.read().splitlines()) == 1, "the note that this is personal data"


def test_only_the_owner_of_a_file_with_personal_data_can_read_it(app: App, people, tmp_path):
    old = os.umask(0)
    try:
        quiz(app, "export", "--all", "-o", tmp_path / "all.csv")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "all.csv").stat().st_mode) == 0o600
    assert (tmp_path / "all.csv").read_bytes() == quiz(app, "export", "--all").stdout_bytes


def test_the_log_can_be_truncated_while_all_responses_are_exported(app: App, people, monkeypatch):
    monkeypatch.setattr(export_all, "_CHUNK_SIZE", 1)
    pieces = export_all.all_responses(app.bank, app.storage, format="jsonl")
    assert json.loads(next(pieces))["id"] == 1
    finished_response(app, people[0])
    assert app.storage.purge_deleted(), "there is no read transaction between two pieces"
    assert [json.loads(piece)["id"] for piece in pieces] == [2, 3, 4]


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
from quiz.cli import main
main()
"""


@pytest.mark.server
def test_a_full_disk_leaves_the_previous_export_and_no_partial_one(app: App, people, tmp_path):
    for _ in range(80):
        finished_response(app, people[0], text="ü" * 4000)
    app.storage.close()
    out = tmp_path / "out"
    out.mkdir()
    (out / "all.csv").write_text("an older export")
    environ = os.environ | {"MANY_HATS_INSTANCE": str(app.storage.file.parent)}
    command = [sys.executable, "-c", FULL, "export", "--all", "-o", str(out / "all.csv")]
    result = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[1:] == [f"Error: {out / 'all.csv'}: File too large"]
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [("all.csv", "an older export")]


def test_a_device_is_written_to_and_not_replaced(app: App, people):
    assert quiz(app, "export", "--all", "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_an_export_from_an_empty_instance_is_an_error(tmp_path):
    environ = {"MANY_HATS_INSTANCE": str(tmp_path / "empty")}
    result = CliRunner().invoke(main, ["export", "--all"], env=environ)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "check MANY_HATS_INSTANCE" in result.stderr
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize("arguments", [[], ["--all", "--team", "1"], ["--all", "--feedback"]], ids=" ".join)
def test_an_export_is_of_one_thing(app: App, arguments):
    result = quiz(app, "export", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "use one of --all, --feedback and --team" in result.stderr


# What a team published


def new_team(app: App, kind: TeamKind, people: int, name: str = "Team") -> tuple[str, str, list[str]]:
    """A team with its first round closed if that is possible. Returns lead link, join link and owner hashes."""
    lead, join = links.new_link(), links.new_link()
    lead_hash, join_hash = links.hash_link(lead), links.hash_link(join)
    app.storage.create_team(lead_hash, join_hash, number=1, name=name, kind=kind, minimum=5, day=WHEN["day"])
    owners = [
        finished_response(app, dict.fromkeys(app.bank.responsibility, "weekly"), text="secret") for _ in range(people)
    ]
    for owner_hash in owners:
        app.storage.join_team(join_hash, owner_hash, name="Kim", shares_wishes=True, day=app.today())
    team = app.storage.load_team(lead_hash)
    assert team
    app.storage.close_round(lead_hash, rounds.publisher(app.bank, app.scoring_model), day=WHEN["day"])
    return lead, join, owners


@pytest.mark.usefixtures("ids_count_up")
def test_a_team_export_equals_its_page_for_every_way_to_name_the_team(app: App):
    lead, _, _ = new_team(app, "anonymous", 6)
    page_rows = parsed_file(app.test_client().get(f"/t/{lead}/rounds/1.csv", base_url="http://localhost").text)
    assert len(page_rows) > 20
    for argument in ("1", lead, f"https://hats.example.org/t/{lead}", f"http://127.0.0.1:8000/t/{lead}/rounds/1"):
        result = quiz(app, "export", "--team", argument)
        assert (result.exit_code, result.stderr) == (0, "")
        header, *rows = parsed_file(result.stdout)
        assert header == ["round", "closed", *page_rows[0]]
        assert [row[2:] for row in rows] == page_rows[1:]
        assert {tuple(row[:2]) for row in rows} == {("1", WHEN["day"])}


def test_rounds_as_jsonl_contain_the_facts_and_no_answers(app: App):
    lead, _, owners = new_team(app, "anonymous", 6)
    result = quiz(app, "export", "--team", lead, "--format", "jsonl")
    (line,) = map(json.loads, result.stdout.splitlines())
    assert set(line) == {"team", "round", "closed", "withdrawn", "facts"}
    assert {fact["kind"] for fact in line["facts"]} == {"people", "mix", "coverage", "contact"}
    assert all(set(fact) == set(anonymous.Fact._fields) for fact in line["facts"])
    assert not [word for word in ("secret", "Kim", "weekly", *owners) if word in result.stdout]


def test_rounds_are_in_the_order_in_which_they_were_published(app: App):
    lead, join, _ = new_team(app, "anonymous", 6)
    lead_hash = links.hash_link(lead)
    app.storage.open_round(lead_hash, day=WHEN["day"])
    for _ in range(5):
        owner_hash = finished_response(app, dict.fromkeys(app.bank.responsibility, "daily"))
        app.storage.join_team(links.hash_link(join), owner_hash, name="", shares_wishes=False, day=app.today())
    team = app.storage.load_team(lead_hash)
    assert team
    assert app.storage.close_round(lead_hash, rounds.publisher(app.bank, app.scoring_model), day="2026-06-30")
    result = quiz(app, "export", "--team", lead, "--format", "jsonl")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["round"], line["closed"]) for line in lines] == [(1, WHEN["day"]), (2, "2026-06-30")]


def test_a_withdrawn_round_has_no_facts(app: App):
    lead, _, owners = new_team(app, "anonymous", 5)
    app.storage.delete_response(owners[0], day=DAY)
    assert parsed_file(quiz(app, "export", "--team", lead).stdout)[1:] == []
    line = json.loads(quiz(app, "export", "--team", lead, "--format", "jsonl").stdout)
    assert (line["round"], line["withdrawn"], line["facts"]) == (1, True, [])


def test_an_open_round_is_not_exported(app: App):
    lead, _, _ = new_team(app, "anonymous", 4)
    assert quiz(app, "export", "--team", lead, "--format", "jsonl").stdout == ""


def test_an_open_team_is_refused_in_one_line(app: App):
    lead, _, _ = new_team(app, "open", 2, name="Bakery")
    result = quiz(app, "export", "--team", lead)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: team 'Bakery' is open: only its members may see it, on its page\n"


@pytest.mark.usefixtures("ids_count_up")
@pytest.mark.parametrize("argument", ["9", "9" * 22, "no link", "²", "", LINK, f"https://hats.example.org/t/{LINK}"])
def test_an_unknown_team_is_an_error_of_one_line(app: App, argument):
    new_team(app, "anonymous", 5, name="Bakery")
    result = quiz(app, "export", "--team", argument)
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(r"Error: (no|this) .*\n", result.stderr)
