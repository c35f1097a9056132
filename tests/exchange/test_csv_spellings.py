"""`quiz score` understands how spreadsheets, form tools and other programs spell columns and cells."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quiz.bank import Bank, load
from quiz.cli import main
from quiz.exchange.csv_scoring.known_columns import KnownColumns
from quiz.exchange.spellings import AnswerSpellings
from tests.factories import BANK, DOCS

STEM = "In the last three months, how often did you personally …"
FLOW = BANK.responsibility["pipelines"].question
#: A question with an apostrophe.
PEOPLE = BANK.responsibility["insights"].question


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def score(file: Path, content: str | bytes, *options: str) -> Result:
    """The result of `quiz score` for a file with this content."""
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return CliRunner().invoke(main, ["score", str(file), "--format", "jsonl", *options])


def people(result: Result) -> list[tuple[str, int]]:
    """Id and number of one-step changes of each person; a person who answers weekly once has 2."""
    assert result.exit_code == 0, result.stderr
    results = [json.loads(line) for line in result.stdout.splitlines()]
    return [(person["id"], person["stability"]["tried"]) for person in results]


def table(*rows: Sequence[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


# Cells


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("daily", "daily"),
        ("Daily or almost daily", "daily"),
        ("  daily OR\u00a0almost\n daily ", "daily"),
        ("Never, or not part of my work", "never"),
        ("About monthly", "monthly"),
        ("I can’t say", "skip"),
        ("I can't say", "skip"),
        ("i can`t say", "skip"),
        ("4", "daily"),
        ("4.0", "daily"),
        ("0.000", "never"),
        ("2,0", "monthly"),
        ("２", "monthly"),
        (" 3 ", "weekly"),
        ("NA", "skip"),
        ("N/A", "skip"),
        ("#N/A", "skip"),
        ("nan", "skip"),
        ("NULL", "skip"),
        (" \t", "skip"),
        ("\u00a0", "skip"),
        ("5", None),
        ("-1", None),
        ("1.5", None),
        ("4.", None),
        ("04", None),
        ("3 0", None),
        ("1e0", None),
        ("TRUE", None),
        ("None", None),
        ("-", None),
        ("?", None),
        ("about", None),
        ("skip weekly", None),
    ],
    ids=ascii,
)
def test_a_cell_means_an_answer(bank: Bank, cell: str, answer: str | None):
    assert AnswerSpellings(bank).answer(cell) == answer


def test_a_label_that_is_a_number_does_not_hide_the_number(small_bank: Path):
    file = small_bank / "bank.toml"
    file.write_text(file.read_text().replace('label = "Daily"', 'label = "1"').replace('"A few times"', '"monthly"'))
    spellings = AnswerSpellings(load(small_bank))
    assert [spellings.answer(text) for text in ("1", "4", "monthly", "rarely")] == [
        "rarely",
        "daily",
        "monthly",
        "rarely",
    ]


# Columns


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("pipelines", "pipelines"),
        (" PipeLines ", "pipelines"),
        ("ID", "id"),
        ("Works-With", "works-with"),
        (FLOW, "pipelines"),
        (f"  {FLOW.capitalize()} ? ", "pipelines"),
        (f"{STEM} {FLOW}", "pipelines"),
        (f"{STEM}{FLOW}?", "pipelines"),
        (f"{STEM.replace('…', '...')} {FLOW}", "pipelines"),
        (f"{STEM.removesuffix(' …')}: {FLOW}", "pipelines"),
        (f"{STEM} [{FLOW}]", "pipelines"),
        (f"{STEM} [{FLOW}?] ", "pipelines"),
        (f"[{FLOW}]", "pipelines"),
        (f"… {FLOW}", "pipelines"),
        (f"How often do you do this? [{FLOW}]", "pipelines"),
        (f"G01Q02[SQ003]. {STEM} [{FLOW}]", "pipelines"),
        (f"{STEM}\r\n{FLOW.replace(' ', chr(0xA0))}", "pipelines"),
        (PEOPLE, "insights"),
        (PEOPLE.replace("’", "'"), "insights"),
        (f"re{FLOW}", None),
        (f"How often would you like to {FLOW}", None),
        (f"{FLOW} today", None),
        (STEM, None),
        ("", None),
        ("…", None),
        ("pipelines?", None),
        ("About weekly", None),
    ],
    ids=ascii,
)
def test_a_header_cell_names_a_column(bank: Bank, name: str, column: str | None):
    assert KnownColumns(bank).find(name) == column


def test_every_question_is_found_by_its_text_in_any_form(bank: Bank):
    columns = KnownColumns(bank)
    for item in bank.questions_in_order:
        for name in (item.question, f"{bank.stem} {item.question}?", f"{bank.stem} [{item.question}]"):
            assert columns.find(name) == item.id


def test_the_question_that_a_wrong_header_resembles_is_suggested(bank: Bank):
    columns = KnownColumns(bank)
    assert columns.similar("piplines") == "pipelines"
    assert columns.similar(FLOW.replace("automated", "automatic")) == "pipelines"
    assert columns.similar("Department") is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_although_headers_contain_others(file: Path, delimiter: str):
    header = ["Sent; at", "E-mail, private", "Tab\tname", "id", f"{STEM} [{FLOW}]"]
    content = table(header, ["1;2", "a, b", "\t", "ann", "About weekly"], delimiter=delimiter)
    assert people(score(file, content, "--skip-columns")) == [("ann", 2)]


@pytest.mark.parametrize(
    "line",
    ["sep=;", "SEP=;", '"sep=;"', "sep=;;;;", "\ufeffsep=;", '\ufeff"sep=;"'],
    ids=ascii,
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=ascii)
def test_a_line_that_names_the_delimiter_is_no_header(file: Path, line: str, end: str):
    content = end.join([line, "id;trends", "ann;weekly", "ben;hourly", ""])
    result = score(file, content)
    assert result.stderr.startswith(f"{file}:4: trends: unknown answer 'hourly'")
    assert people(score(file, content, "--skip-bad")) == [("ann", 2)]


def test_the_named_delimiter_counts_more_than_the_likely_one(file: Path):
    result = score(file, "sep=;\nid,trends\na,1\n", "--skip-columns")
    assert result.stderr == (
        f"{file}:2: header: no column is known; name columns by question ids or by the texts of the questions\n"
    )


@pytest.mark.parametrize("sign", ["|", "", "x"])
def test_another_named_delimiter_is_an_error(file: Path, sign: str):
    result = score(file, f"sep={sign}\nid,trends\na,1\n")
    assert result.stderr == (
        f"{file}:1: header: the delimiter '{sign}' is not understood; use a comma, a semicolon or a tab\n"
    )


def test_a_header_with_a_line_break_counts_as_two_lines(file: Path):
    content = f'id,"{STEM}\n{FLOW}"\nann,weekly\nben,often\n'
    assert score(file, content).stderr.startswith(f"{file}:4: {STEM[:15]} … ")
    assert people(score(file, content, "--skip-bad")) == [("ann", 2)]


def test_a_quote_within_a_header_cell_does_not_hide_the_rows(file: Path):
    assert people(score(file, 'id,5" screen,trends\nann,1,weekly\nben,2,weekly\n', "--skip-columns")) == [
        ("ann", 2),
        ("ben", 2),
    ]


#: How form tools write a question and what is before it. The first columns are those that they add.
FORM_TOOLS = {
    "grid": (["Timestamp", "Email address"], "{stem} [{question}]"),
    "one by one": (["ID", "Start time", "Completion time", "Email", "Name"], "{stem}{question}?\u00a0"),
    "with codes": (["Response ID", "Date submitted", "Last page", "Seed"], "G01Q01[SQ01]. {stem}\n [{question}]"),
    "questions only": (["#", "Network ID"], "…{question}"),
}


@pytest.mark.parametrize("tool", FORM_TOOLS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_an_export_of_a_form_tool_gives_the_same_as_ids(
    bank: Bank, file: Path, tool: str, encoding: str, delimiter: str
):
    added_columns, form = FORM_TOOLS[tool]
    options = list(bank.option.values())
    answers = {item.id: options[n * n % len(options)] for n, item in enumerate(bank.questions_in_order)}
    header = [form.format(stem=bank.stem, question=item.question) for item in bank.questions_in_order]
    ids = score(file, table([*answers], [option.id for option in answers.values()]))
    labels = [option.label.replace("’", "'") for option in answers.values()]
    content = table([*added_columns, *header], ["1"] * len(added_columns) + labels, delimiter=delimiter)
    form_export = score(file, content.encode(encoding), "--skip-columns")
    assert people(form_export) == people(ids)
    assert form_export.stdout == ids.stdout


# Columns that are left out


def test_each_unknown_column_is_one_line_that_names_the_option(file: Path):
    result = score(file, ",Sent at,id,piplines,\n1,today,ann,daily,\n")
    assert (result.exit_code, result.stdout) == (1, "")
    option = "leave it out with --skip-columns"
    assert result.stderr.splitlines() == [
        f"{file}:1: column 1: has no name; name it, or {option}",
        f"{file}:1: Sent at: unknown column; {option}",
        f"{file}:1: piplines: unknown column; did you mean 'pipelines'? Otherwise {option}",
        f"{file}:1: column 5: has no name; name it, or {option}",
    ]


def test_columns_that_are_left_out_are_named(file: Path):
    result = score(file, ",Sent at,id,trends\n1,today,ann,weekly\n", "--skip-columns")
    assert people(result) == [("ann", 2)]
    assert result.stderr == "Left out 2 columns: column 1, Sent at.\n"
    header = ",".join(["trends", *(f"c{n}" for n in range(30))])
    assert score(file, f"{header}\n", "--skip-columns").stderr.endswith(", c18, c19 and 10 more.\n")


def test_the_option_is_not_needed_for_known_columns(file: Path):
    assert score(file, "id,trends\nann,1\n", "--skip-columns").stderr == ""


def test_unknown_columns_of_one_name_and_long_names_are_told_apart(file: Path):
    names = ["note", "note", *(f"{STEM} {'do something else ' * 5}{n}" for n in range(3))]
    labels = [line.split(": ")[1] for line in score(file, table(names)).stderr.splitlines()]
    assert labels[:2] == ["note (column 1)", "note (column 2)"]
    assert len(set(labels)) == 5
    assert max(map(len, labels)) < 100


def test_of_many_unknown_columns_the_first_20_are_reported_and_how_many_more_there_are(file: Path):
    lines = score(file, table([f"c{n}" for n in range(50)])).stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == f"{file}: 30 more problems"


@pytest.mark.parametrize(
    "second",
    ["Trends", "TRENDS ", BANK.responsibility["trends"].question],
)
def test_two_columns_of_one_question_are_an_error_with_every_option(file: Path, second: str):
    content = table(["id", "trends", second], ["a", "1", "2"])
    for options in ([], ["--skip-columns"], ["--skip-columns", "--skip-bad"]):
        result = score(file, content, *options)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.endswith(": trends is already column 2; remove one of the two\n")


def test_a_file_of_which_no_column_is_known_is_an_error_with_every_option(file: Path):
    result = score(file, "ann,daily,weekly\nben,never,daily\n", "--skip-columns", "--skip-bad")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{file}:1: header: no column is known" in result.stderr


@pytest.mark.parametrize("options", [[], ["--skip-columns"]], ids=str)
def test_more_columns_than_a_bank_can_have_are_refused(file: Path, options: list[str]):
    result = score(file, "id,trends" + "," * 5000 + "\n", *options)
    assert result.stderr == f"{file}:1: header: has 5,002 columns; use at most 1,000\n"


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from quiz.cli import main
main()
"""


@pytest.mark.server
@pytest.mark.parametrize(
    ("start", "error"),
    [
        (
            "id",
            ":1: header: a row of more than 1,000,000 characters; "
            "use at most 1,000 columns, or add the missing quotation mark\n",
        ),
        ("id\na", ":2: row: cannot be read (a row of more than 1,000,000 characters); keep texts"),
    ],
    ids=["header", "row"],
)
def test_a_line_of_a_hundred_million_columns_does_not_fill_the_memory(file: Path, start: str, error: str):
    with file.open("w") as out:
        out.write(start)
        for _ in range(100):
            out.write("," * 1_000_000)
    command = [sys.executable, "-c", LIMITED, str(600 << 20), "score", str(file)]
    environment = {"OPENBLAS_NUM_THREADS": "1"}  # each thread reserves memory
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{file}{error}"), result.stderr


def test_reading_goes_on_after_a_row_that_is_too_long(file: Path):
    content = f"id,trends\na,{'x' * 2_500_000}\nb,weekly\nc,{'é' * 999_998}\nd,often\n"
    result = score(file, content)
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [f"{file}:{n}" for n in (2, 4, 5)]
    assert people(score(file, content, "--skip-bad")) == [("b", 2)]


# Rows


def test_rows_without_anything_are_nobody(file: Path):
    content = 'id,trends,text\n,,\nann,weekly,\n\n,,,,,\n ,NA,"\u00a0\n"\nn/a,null,NaN\n,weekly,\n,\n'
    assert people(score(file, content)) == [("ann", 2), ("2", 2)]


def test_only_blank_rows_are_no_rows(file: Path):
    assert people(score(file, "id,trends\n,\n ,\n\nNA,NA\n")) == []
    assert people(score(file, "id,trends\n,\n ,\n\nNA,NA\n", "--skip-bad")) == []


def test_a_row_with_something_in_a_column_that_is_left_out_is_a_person(file: Path):
    assert people(score(file, "Sent at,id,trends\nyesterday,,\n,,\n", "--skip-columns")) == [("1", 0)]


def test_blank_rows_before_the_header_are_passed_over(file: Path):
    result = score(file, '\n ,,\n"",,\nid,trends\nann,hourly\n')
    assert result.stderr.startswith(f"{file}:5: trends: ")


def test_rows_that_are_left_out_are_not_counted_as_blank(file: Path):
    result = score(file, "id,trends\na,1\nb\n,\nc,1,2\nd,x\ne,\n", "--skip-bad")
    assert people(result) == [("a", 2), ("e", 0)]
    assert result.stderr == "Left out 3 of 5 rows that could not be read.\n"


def test_the_same_id_twice_gives_two_results(file: Path):
    assert people(score(file, "id,trends\na,weekly\na,\n")) == [("a", 2), ("a", 0)]


def test_a_sign_for_a_missing_text_is_no_text(file: Path):
    result = score(file, "id,text\na,NA\nb, \n")
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == [None, None]


# Files that this project writes


@pytest.mark.parametrize("id", ["=1+1", "-5", "'=1+1", "'quoted'", "a;=1+1", 'say "hi"', "Zoë", "two\nlines"])
def test_an_id_survives_results_as_csv_that_are_scored_again(file: Path, id: str):
    # A file that adds no apostrophes itself needs a second one before an id that begins with one.
    first = CliRunner().invoke(main, ["score", "-"], input=table(["id", "trends"], [id.replace("'=", "''="), "1"]))
    assert first.exit_code == 0, first.stderr
    second = score(file, first.stdout_bytes)
    assert people(second) == [(id, 0)]


def test_the_template_has_the_columns_of_the_bank_and_no_row(bank: Bank, file: Path):
    result = CliRunner().invoke(main, ["score", "--template"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbf")
    columns = next(csv.reader([result.stdout_bytes.decode("utf-8-sig")]))
    assert columns == ["id", *(item.id for item in bank.questions_in_order), "text"]
    assert people(score(file, result.stdout_bytes)) == []
    filled = result.stdout_bytes + b"ann," + b"About weekly," * len(bank.responsibility) + b"\r\n"
    assert people(score(file, filled)) == [("ann", 2 * len(bank.responsibility))]


def test_the_template_is_of_the_given_bank_and_written_to_a_file(small_bank: Path, file: Path):
    result = CliRunner().invoke(main, ["score", "--template", "--bank", str(small_bank), "-o", str(file)])
    assert (result.exit_code, result.stdout) == (0, "")
    columns = next(csv.reader([file.read_text("utf-8-sig")]))
    assert set(columns) == {"id", "text", *load(small_bank).responsibility}


@pytest.mark.parametrize("arguments", [[], ["--template", "-"]], ids=str)
def test_either_a_file_or_the_template_is_asked_for(arguments: list[str]):
    result = CliRunner().invoke(main, ["score", *arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "use either FILE or --template" in result.stderr


# The documentation


def test_the_example_of_a_form_tool_is_read_as_the_documentation_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", (DOCS / "csv.md").read_text(), re.MULTILINE | re.DOTALL)
    texts = [text for _, text in blocks]
    example = next(n for n, (language, _) in enumerate(blocks) if language == "csv")
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text(texts[example])
    for command, output in ((texts[example + 1], texts[example + 2]), (texts[example + 3], texts[example + 4])):
        result = CliRunner().invoke(main, command.split()[1:])
        # … at the end of a line stands for the rest of it.
        pattern = re.escape(output).replace("…\\\n", ".*\n")
        assert re.fullmatch(pattern, result.stderr + result.stdout), result.output
