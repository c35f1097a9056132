"""`quiz score`: many people from a CSV file, tested through the command line."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import pty
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quiz.bank import Bank, FollowUps, load
from quiz.cli import main
from quiz.config import paths
from quiz.exchange.csv_scoring import writing
from quiz.scoring import Match, ScoringModel, match

SCALE = ("never", "rarely", "monthly", "weekly", "daily")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def quiz_score(*arguments: object, input: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["score", *map(str, arguments)], input=input)


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def scored(people: Path, content: str | bytes, *arguments: str) -> list[dict[str, Any]]:
    people.write_bytes(content.encode() if isinstance(content, str) else content)
    return rows(quiz_score(people, "--format", "jsonl", *arguments))


def error_lines(people: Path, content: str | bytes) -> list[str]:
    """The error messages of `quiz score` for a bad file, without the file's name. There must be no other output."""
    people.write_bytes(content.encode() if isinstance(content, str) else content)
    result = quiz_score(people, "--format", "jsonl")
    assert (result.exit_code, result.stdout) == (1, "")
    assert isinstance(result.exception, SystemExit)
    lines = result.stderr.splitlines()
    assert all(line.startswith(f"{people}:") for line in lines), lines
    return [line.removeprefix(f"{people}:") for line in lines]


def random_answers(bank: Bank, count: int, seed: int = 3) -> list[dict[str, str]]:
    """Random answers of people: some use the whole scale, some one to three options, and some skip questions."""
    rng = random.Random(seed)
    ids = list(bank.responsibility)
    people = []
    for n in range(count):
        options = rng.sample([*SCALE, "skip"], rng.randint(1, 3)) if n % 2 else [*SCALE, *SCALE, "skip"]
        people.append({id: rng.choice(options) for id in ids})
    return people


def csv_of(header: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header, *lines])
    return out.getvalue()


def csv_from(answers: Sequence[Mapping[str, str]]) -> str:
    columns = list(answers[0])
    return csv_of(["id", *columns], [[f"p{n}", *(each[c] for c in columns)] for n, each in enumerate(answers)])


def expected_object(id: str, match: Match) -> dict[str, Any]:
    """The documented object of a match, built in the most direct way."""
    questions = match.follow_up_questions
    return {
        "id": id,
        "evidence": match.evidence,
        "mix": list(match.mix),
        "alternative": list(match.alternative) if match.evidence == "tie" else None,
        "fit": None if match.fit is None else round(match.fit, 4),
        "stability": {"unchanged": match.unchanged, "tried": match.tried},
        "follow_up": questions and {"base": questions.base, "roles": list(questions.roles)},
        "roles": {
            role: {part: None if value is None else round(value, 4) for part, value in score._asdict().items()}
            for role, score in match.roles.items()
        },
        "text": None,
    }


# --- Output ---------------------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_every_row_has_the_result_of_match_in_input_order(bank: Bank, people: Path):
    answers = random_answers(bank, 1500)
    model = ScoringModel.from_bank(bank)
    expected = [expected_object(f"p{n}", match(model, each)) for n, each in enumerate(answers)]
    assert {row["evidence"] for row in expected} == {"not-enough", "all-alike", "tie", "leaning", "clear"}
    results = scored(people, csv_from(answers))
    assert results == expected
    assert [list(row) for row in results] == [list(row) for row in expected]


def test_csv_has_the_same_numbers_in_columns(bank: Bank, people: Path):
    people.write_text(csv_from(random_answers(bank, 300)))
    objects = rows(quiz_score(people, "--format", "jsonl"))
    flat = list(csv.DictReader(io.StringIO(quiz_score(people).stdout)))
    roles = [role.id for role in bank.roles]
    parts = [f"{role}.{part}" for role in roles for part in ("coverage", "similarity", "share")]
    assert list(flat[0]) == [
        "id",
        "evidence",
        "mix",
        "alternative",
        "fit",
        "stability",
        "follow_up",
        *parts,
        *(f"text.{r}" for r in roles),
    ]
    for row, full in zip(flat, objects, strict=True):
        assert (row["id"], row["evidence"], row["mix"].split()) == (full["id"], full["evidence"], full["mix"])
        assert row["alternative"].split() == (full["alternative"] or [])
        assert row["fit"] == ("" if full["fit"] is None else repr(full["fit"]))
        assert row["stability"] == "{unchanged} of {tried}".format(**full["stability"])
        called_for = full["follow_up"]
        assert row["follow_up"] == (f"{called_for['base']}:{' '.join(called_for['roles'])}" if called_for else "")
        for role in roles:
            for part, value in full["roles"][role].items():
                assert row[f"{role}.{part}"] == ("" if value is None else repr(value))
            assert row[f"text.{role}"] == ""


@pytest.mark.parametrize("id", ['say "hi"', "a,b", "two\nlines", "Zoë ✓", "back\\slash", "\x1b[31m", "a;b", "one\rtwo"])
def test_every_id_is_repeated_exactly_in_both_formats(people: Path, id: str):
    assert scored(people, csv_of(["id"], [[id]]))[0]["id"] == id
    table = quiz_score(people, "--format", "csv").stdout_bytes.decode()
    assert next(csv.DictReader(io.StringIO(table, newline="")))["id"] == id


@pytest.mark.parametrize("id", ["=1+1", "-5", "+49", "@you", "\t=1", " =1", "\uff1d1+1", '="a,b"'])
def test_an_id_that_looks_like_a_formula_is_escaped_in_csv_only(people: Path, id: str):
    assert scored(people, csv_of(["id"], [[id]]))[0]["id"] == id
    table = quiz_score(people, "--format", "csv").stdout_bytes.decode()
    assert next(csv.DictReader(io.StringIO(table, newline="")))["id"] == f"'{id}"


def test_rows_without_an_id_get_their_number(people: Path):
    assert [row["id"] for row in scored(people, "pipelines\ndaily\nnever\n")] == ["1", "2"]
    assert [row["id"] for row in scored(people, "id,pipelines\na,daily\n,never\n")] == ["a", "2"]


def test_text_similarities_are_in_both_formats(bank: Bank, people: Path, monkeypatch: pytest.MonkeyPatch):
    numbers = {role.id: 0.123456 for role in bank.roles}
    monkeypatch.setattr(
        writing, "_text_similarities", lambda bank, texts: [numbers if text else None for text in texts]
    )
    results = scored(people, 'id,text\na,"built\na pipeline"\nb,\n')
    assert [row["text"] for row in results] == [dict.fromkeys(numbers, 0.1235), None]
    flat = list(csv.DictReader(io.StringIO(quiz_score(people).stdout)))
    assert [[row[f"text.{role}"] for role in numbers] for row in flat] == [
        ["0.1235"] * len(numbers),
        [""] * len(numbers),
    ]


def test_garbage_collection_is_as_before_after_a_file_and_after_an_error(people: Path):
    scored(people, "id\na\n")
    assert gc.isenabled()
    error_lines(people, "trends\nx\n")
    assert gc.isenabled()


def test_a_header_alone_gives_no_rows(people: Path):
    assert scored(people, "id,pipelines\n") == []
    assert len(quiz_score(people).stdout.splitlines()) == 1


def test_out_is_replaced_and_keeps_its_mode(people: Path, tmp_path: Path):
    out = tmp_path / "results.jsonl"
    out.write_text("old")
    out.chmod(0o640)
    scored(people, "id,pipelines\na,daily\n", "-o", str(out))
    assert json.loads(out.read_text())["id"] == "a"
    assert out.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [people, out]


def test_nothing_is_written_if_the_last_row_is_bad(bank: Bank, people: Path, tmp_path: Path):
    people.write_text(
        csv_from(random_answers(bank, 1200)) + ",".join(["bad", *["hourly"] * len(bank.responsibility)]) + "\n"
    )
    out = tmp_path / "results.csv"
    assert quiz_score(people, "-o", out).exit_code == 1
    assert sorted(tmp_path.iterdir()) == [people]
    out.write_text("old")
    assert quiz_score(people, "-o", out).exit_code == 1
    assert out.read_text() == "old"


def test_out_in_a_missing_folder_is_bad_usage(people: Path, tmp_path: Path):
    people.write_text("id\n")
    result = quiz_score(people, "-o", tmp_path / "nowhere" / "out.csv")
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr


def test_a_device_is_written_to_and_not_replaced(people: Path):
    people.write_text("id\na\n")
    assert quiz_score(people, "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.server
def test_there_is_no_error_message_if_the_reader_of_the_output_ends_early(bank: Bank, people: Path):
    people.write_text(csv_from(random_answers(bank, 3000)))
    command = [sys.executable, "-m", "quiz", "score", str(people), "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.server
def test_a_terminal_gets_a_progress_bar(bank: Bank, people: Path):
    people.write_text(csv_from(random_answers(bank, 1200)))
    own_end, process_end = pty.openpty()
    command = [sys.executable, "-m", "quiz", "score", str(people), "-o", "/dev/null"]
    with subprocess.Popen(command, stderr=process_end) as process:
        assert process.wait() == 0
    assert b"100%" in os.read(own_end, 10_000)


# --- Input ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_byte_order_marks_and_line_ends_are_recognised(people: Path, delimiter: str, start: str, end: str):
    table = "id,pipelines,trends\na,Daily,2\nb, WEEKLY ,\nc,skip,4\n"
    results = scored(people, start + table.replace(",", delimiter).replace("\n", end))
    assert [row["id"] for row in results] == ["a", "b", "c"]


def test_cells_can_be_answer_ids_in_any_case_or_numbers_of_the_scale(bank: Bank, people: Path):
    ids = list(bank.responsibility)
    answer_ids = [[SCALE[(n + m) % 5] for m in range(len(ids))] for n in range(5)]
    numbers = [[(n + m) % 5 for m in range(len(ids))] for n in range(5)]
    upper_case = [[cell.upper() for cell in line] for line in answer_ids]
    expected = scored(people, csv_of(ids, answer_ids))
    assert scored(people, csv_of(ids, numbers)) == scored(people, csv_of(ids, upper_case)) == expected


def test_missing_columns_and_empty_cells_count_as_skipped(bank: Bank, people: Path):
    ids = list(bank.responsibility)
    present = ids[:-3]
    daily = ["daily"] * len(present)
    results = scored(people, csv_of(present, [daily]))
    assert results == scored(people, csv_of(ids, [daily + [""] * 3]))
    assert results == scored(people, csv_of(ids, [daily + ["skip"] * 3]))
    assert results == [expected_object("1", match(ScoringModel.from_bank(bank), dict.fromkeys(present, "daily")))]


def test_columns_of_a_persons_own_export_are_accepted_in_any_order(people: Path):
    results = scored(people, "works-with,Trends,title,ID,text\ndata-engineer,daily,Boss,a,I plot\n")
    assert [row["id"] for row in results] == ["a"]


def test_standard_input_is_read_and_named_in_errors(people: Path):
    assert [row["id"] for row in rows(quiz_score("-", "--format", "jsonl", input=b"id\na\n"))] == ["a"]
    result = quiz_score("-", input=b"id,trends\na,hourly\n")
    assert result.stderr.startswith("<stdin>:2: trends: ")


def test_another_bank_scores_its_own_questions(small_bank: Path, people: Path):
    bank = load(small_bank)
    answers = [dict.fromkeys(bank.responsibility, "daily")]
    results = scored(people, csv_from(answers), "--bank", str(small_bank))
    assert results == [expected_object("p0", match(ScoringModel.from_bank(bank), answers[0]))]


def test_an_invalid_bank_is_reported_with_file_and_line(small_bank: Path, people: Path):
    (small_bank / "bank.toml").write_text("name = ")
    people.write_text("id\n")
    result = quiz_score(people, "--bank", small_bank)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{small_bank / 'bank.toml'}:1: ")


# --- Bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "1: header: is missing; begin with a line of column names"),
        ("\n\n", "2: header: is missing; begin with a line of column names"),
        (
            "id,pipeline\n",
            "1: pipeline: unknown column; did you mean 'pipelines'? Otherwise leave it out with --skip-columns",
        ),
        ("id,favourite colour\n", "1: favourite colour: unknown column; leave it out with --skip-columns"),
        ("id,trends,Trends\n", "1: Trends: trends is already column 2; remove one of the two"),
        ("id,,trends\n", "1: column 2: has no name; name it, or leave it out with --skip-columns"),
        ('"id"x,trends\n', "1: header: ',' expected after '\"'; correct the quotes"),
        ("id,trends\n".encode("utf-16"), "1: header: is UTF-16 text; save the file as CSV in UTF-8"),
        (b"\xfe\xff\0i\0d\0\n", "1: header: is UTF-16 text; save the file as CSV in UTF-8"),
        ("id\0,trends\n", "1: header: contains a NUL byte; save the file as CSV in UTF-8"),
        (b"id,trends\xff\n", "1: header: is not UTF-8 text; save the file as CSV in UTF-8"),
        (
            "id,trends\na,daily\nb,hourly\n",
            "3: trends: unknown answer 'hourly'; "
            "use one of never, rarely, monthly, weekly, daily, skip, their labels, or 0 to 4",
        ),
        ("trends\n5\n", None),
        ("trends\n-1\n", None),
        ("trends\n1.5\n", None),
        ("trends\n3 0\n", None),
        ("trends\nTRUE\n", None),
        ("trends\nNone\n", None),
        ("trends\n-\n", None),
        ("trends\n1\0\n", "2: trends: contains a NUL byte; save the file as CSV in UTF-8"),
        ("trends\nI can’t say\n".encode("cp1252"), "2: trends: is not UTF-8 text; save the file as CSV in UTF-8"),
        ("id,trends\na\n", "2: row: 1 cell where the header has 2; check for a missing or an unquoted delimiter"),
        ("id,trends\na,1,\n", "2: row: 3 cells where the header has 2; check for a missing or an unquoted delimiter"),
        ("id\n\0\n", "2: id: contains a NUL byte; save the file as CSV in UTF-8"),
        (b"id\nMarl\xe8ne\n", "2: id: is not UTF-8 text; save the file as CSV in UTF-8"),
        (b"text\nplain\n\xff\n", "3: text: is not UTF-8 text; save the file as CSV in UTF-8"),
        ("text\n" + "x" * 100_001 + "\n", "2: text: 100,001 characters; use at most 100,000"),
        ('id\na\n"b\n', "3: row: cannot be read (unexpected end of data); correct the quotes"),
        ('id\na\n"b"c\n', "3: row: cannot be read (',' expected after '\"'); correct the quotes"),
        (
            'text\n"' + "many words\n" * 200_000,
            "2: row: cannot be read (a row of more than 1,000,000 characters); "
            "keep texts to 100,000 characters, or add the missing quotation mark",
        ),
        (
            '"' + "many words " * 200_000,
            "1: header: a row of more than 1,000,000 characters; "
            "use at most 1,000 columns, or add the missing quotation mark",
        ),
    ],
)
def test_bad_input_is_reported_with_line_column_and_hint(people: Path, content: str | bytes, expected: str | None):
    lines = error_lines(people, content)
    assert lines[0] == (expected or lines[0])
    assert lines[0].split(": ")[0] in {"1", "2", "3"}


def test_a_text_of_100000_characters_is_read(people: Path):
    assert len(scored(people, "id,text\na," + "x" * 100_000 + "\n")) == 1


def test_lines_are_counted_as_an_editor_counts_them(people: Path):
    table = 'id,text,trends\na,"one\ntwo\r\nthree",daily\n\n\nb,,hourly\n"c\nd",,later\n\ne,"x\n",never\nf,,5\n'
    assert [line.split(";")[0] for line in error_lines(people, table)] == [
        "7: trends: unknown answer 'hourly'",
        "8: trends: unknown answer 'later'",
        "13: trends: unknown answer '5'",
    ]


def test_lines_are_counted_after_the_first_chunk(people: Path):
    table = 'id,trends\n"a\nb",1\n' + "c,2\n" * 700 + '\n"d"e,3\nf,9\n' + "g,1\n" * 600 + "h,x\n"
    assert [line.split(": ")[:2] for line in error_lines(people, table)] == [
        ["705", "row"],
        ["706", "trends"],
        ["1307", "trends"],
    ]


def test_the_first_20_problems_are_reported_in_order_and_how_many_more_there_are(people: Path):
    lines = error_lines(people, "trends,pipelines\n" + "daily,often\nx,y\n" * 5000)
    assert [line.split(": ")[:2] for line in lines[:3]] == [["2", "pipelines"], ["3", "trends"], ["3", "pipelines"]]
    assert len(lines) == 21
    assert lines[-1] == " 14,980 more problems"


def test_exactly_20_problems_are_all_reported(people: Path):
    assert len(error_lines(people, "trends\n" + "x\n" * 20)) == 20
    assert error_lines(people, "trends\n" + "x\n" * 21)[-1] == " 1 more problem"


def test_control_characters_of_a_cell_are_not_printed(people: Path):
    assert "\x1b" not in error_lines(people, "trends\n\x1b[31mred\n")[0]
    assert "\x1b" not in error_lines(people, "\x1b[31mred\n")[0]
    assert len(error_lines(people, "trends\n" + "very " * 1000 + "\n")[0]) < 200


@pytest.mark.thorough
def test_skip_bad_scores_the_rest_and_reports_how_many_were_left_out(bank: Bank, people: Path):
    answers = random_answers(bank, 1500)
    lines = csv_from(answers).splitlines()
    lines[5] = "bad" + ",hourly" * len(bank.responsibility)
    lines[700] = "short,daily"
    lines[701] = "\xff" + lines[701]
    lines[1300] = '"bad"quotes' + ",daily" * len(bank.responsibility)
    people.write_text("\n".join(lines), encoding="latin-1")
    result = quiz_score(people, "--format", "jsonl", "--skip-bad")
    assert result.stderr == "Left out 4 of 1500 rows that could not be read.\n"
    model = ScoringModel.from_bank(bank)
    good_rows = [n for n in range(1500) if n + 1 not in {5, 700, 701, 1300}]
    assert rows(result) == [expected_object(f"p{n}", match(model, answers[n])) for n in good_rows]


def test_skip_bad_still_refuses_an_unknown_column(people: Path):
    people.write_text("id,pipeline\na,daily\n")
    assert quiz_score(people, "--skip-bad").exit_code == 1


def test_skip_bad_with_nothing_left_gives_no_rows(people: Path):
    people.write_text("trends\nx\ny\n")
    result = quiz_score(people, "--skip-bad", "--format", "jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Left out 2 of 2 rows that could not be read.\n"


# --- Follow-up answers ----------------------------------------------------------------------------------------------


FOLLOW_UP_HEADER = (
    "pipelines,data-quality,dashboards,trends,follow-up.base,follow-up.data-analyst,follow-up.devops-sre\n"
)


def random_follow_ups(bank: Bank, count: int, seed: int = 5) -> list[dict[str, str]]:
    """Random cells of the columns for follow-up answers; some people have none."""
    rng = random.Random(seed)
    options = [*bank.follow_up_option, "", ""]
    people = []
    for n in range(count):
        cells = {f"follow-up.{role}": "" for role in ("base", *bank.role)}
        if n % 4:
            base = rng.choice(list(bank.role))
            cells |= {f"follow-up.{role}": rng.choice(options) for role in bank.role if role != base}
            cells["follow-up.base"] = base
        people.append(cells)
    return people


def follow_ups_of(cells: Mapping[str, str]) -> FollowUps:
    answers = {column.removeprefix("follow-up."): cell for column, cell in cells.items()}
    return FollowUps(answers.pop("base"), answers)


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_follow_up_answers_of_every_row_give_the_result_of_match(bank: Bank, people: Path, format: str):
    answers, cells = random_answers(bank, 400), random_follow_ups(bank, 400)
    model = ScoringModel.from_bank(bank)
    matches = [match(model, own, follow_ups_of(own_cells)) for own, own_cells in zip(answers, cells, strict=True)]
    assert any(own.comparisons for own in matches)
    expected = [expected_object(f"p{n}", own) for n, own in enumerate(matches)]
    content = csv_from([own | own_cells for own, own_cells in zip(answers, cells, strict=True)])
    if format == "jsonl":
        assert scored(people, content) == expected
    else:
        people.write_text(content)
        flat = csv.DictReader(io.StringIO(quiz_score(people).stdout))
        assert [row["stability"] for row in flat] == [
            "{unchanged} of {tried}".format(**own["stability"]) for own in expected
        ]


def test_follow_up_answers_stay_with_their_row_when_others_are_left_out(bank: Bank, people: Path):
    rows_of_file = ["daily,daily,weekly,daily,data-engineer,hardly,", "hourly,,,,data-engineer,half,", ",,,,,,"]
    rows_of_file += ["daily,daily,weekly,daily,,,", rows_of_file[0]]
    header = FOLLOW_UP_HEADER.strip() + "".join(f",{id}" for id in bank.responsibility if id not in FOLLOW_UP_HEADER)
    never = ",never" * (header.count(",") - FOLLOW_UP_HEADER.count(","))
    people.write_text(
        "\n".join([header, *(row + (never if row.strip(",") else never.replace("never", "")) for row in rows_of_file)])
    )
    results = rows(quiz_score(people, "--format", "jsonl", "--skip-bad"))
    assert [result["mix"] for result in results] == [
        ["data-engineer"],
        ["data-engineer", "data-analyst"],
        ["data-engineer"],
    ]


def test_follow_up_cells_can_be_labels_and_names_in_any_case(people: Path):
    ids = scored(people, FOLLOW_UP_HEADER + "daily,daily,weekly,daily,data-engineer,hardly,skip\n")
    labels = scored(people, FOLLOW_UP_HEADER + "daily,daily,weekly,daily,Data Engineer,NEXT to  nothing,I can't say\n")
    assert ids == labels


def test_follow_up_columns_are_optional_one_by_one(people: Path):
    header = "pipelines,data-quality,follow-up.base\n"
    assert scored(people, header + "daily,daily,data-engineer\n") == scored(people, "pipelines,data-quality\n4,4\n")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("baker,,", "follow-up.base: unknown role 'baker'; use one of software-engineer, "),
        (
            "data-engineer,weekly,",
            "follow-up.data-analyst: unknown answer 'weekly'; use one of more, same, half, ",
        ),
        ("data-engineer,3,", "follow-up.data-analyst: unknown answer '3'; use one of more, "),
        (",half,", "follow-up.data-analyst: an answer, but no base; name the role that it was compared with in "),
        (
            "data-analyst,half,",
            "follow-up.data-analyst: compares the base with itself; leave it blank, or ",
        ),
        ("data-\0engineer,,", "follow-up.base: contains a NUL byte; "),
    ],
)
def test_a_bad_follow_up_cell_is_reported_with_line_column_and_hint(people: Path, cells: str, expected: str):
    (line,) = error_lines(people, f"{FOLLOW_UP_HEADER},,,,,,\ndaily,daily,,,{cells}\n")
    assert line.startswith(f"3: {expected}")


def test_answers_without_a_column_for_the_base_are_reported(people: Path):
    (line,) = error_lines(people, "pipelines,follow-up.devops-sre\ndaily,half\n")
    assert line.startswith("2: follow-up.devops-sre: an answer, but no base; ")


def test_a_row_with_follow_up_answers_alone_is_a_person(people: Path):
    assert len(scored(people, FOLLOW_UP_HEADER + ",,,,data-engineer,half,\n,,,,,,\n")) == 1


def test_a_bank_without_follow_up_answers_has_no_columns_for_them(small_bank: Path, people: Path):
    people.write_text("follow-up.base\nbaker\n")
    result = quiz_score(people, "--bank", str(small_bank))
    assert result.exit_code == 1
    assert "follow-up.base: unknown column" in result.stderr


def test_a_bank_of_hundreds_of_roles_can_be_compared(people: Path, tmp_path: Path, bank: Bank):
    folder = tmp_path / "bank"
    roles = folder / "roles"
    roles.mkdir(parents=True)
    for file in ("bank.toml",):
        (folder / file).write_text((paths.project_folder("questions") / file).read_text(encoding="utf-8"))
    for n in range(300):
        (roles / f"role-{n}.toml").write_text(
            f'name = "role {n}"\nplural = "roles {n}"\npurpose = "P."\ncontact-label = "L"\nstage = "builders"\n'
            f"position = 1\nworks-with = []\n[[responsibilities]]\n"
            f'id = "item-{n}"\nname = "item {n}"\nquestion = "do item {n}"\nhint = "thing {n}"\n'
        )
    load(folder)
    header = [f"item-{n}" for n in range(300)] + ["follow-up.base", "follow-up.role-7"]
    cells = ["never"] * 300 + ["role-299", "half"]
    cells[299], cells[7] = "daily", "daily"
    people.write_text(csv_of(header, [cells]))
    (result,) = rows(quiz_score(people, "--format", "jsonl", "--bank", str(folder)))
    assert set(result["mix"]) == {"role-299", "role-7"}
