"""`quiz read`: adverts from files, tested through the command line."""

import json

import pytest
from click.testing import CliRunner

from quiz.cli import main

WORK = "• You build data pipelines with Airflow and Spark\n• You model the tables of our data warehouse in dbt\n"


def quiz_read(*arguments, input=None):
    return CliRunner().invoke(main, ["read", *map(str, arguments)], input=input)


@pytest.fixture
def advert(tmp_path):
    file = tmp_path / "advert.txt"
    file.write_text(WORK, encoding="utf-8")
    return file


def test_each_file_gives_one_line_that_begins_with_its_name(advert):
    result = quiz_read(advert, "-", input=b"Data")
    assert result.exit_code == 0
    first, second = map(json.loads, result.stdout.splitlines())
    assert list(first)[:3] == ["file", "recognised", "reason"]
    assert (first["file"], first["recognised"], first["mix"]) == (str(advert), True, ["data-engineer"])
    assert (second["file"], second["recognised"], second["reason"], second["mix"]) == ("-", False, "short", [])


def test_a_mark_counts_characters_of_the_file(advert):
    mark = json.loads(quiz_read(advert).stdout)["marks"][0]
    assert WORK[mark["start"] : mark["end"]] == "build data pipelines with Airflow and Spark"


def test_a_byte_order_mark_is_no_character(advert):
    plain = json.loads(quiz_read(advert).stdout)
    advert.write_bytes(b"\xef\xbb\xbf" + WORK.encode())
    assert json.loads(quiz_read(advert).stdout) == plain


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"You build\n\xff\xfe", "{file}:2: is not UTF-8 text; save it as plain text in UTF-8"),
        (b"x" * 100_001, "{file}: is longer than 100,000 characters; shorten it"),
        (b"\xf0\x9f\x8e\xa9" * 100_001, "{file}: is longer than 100,000 characters; shorten it"),
    ],
    ids=["bytes", "long", "emoji"],
)
def test_a_file_that_cannot_be_read_is_one_line_after_those_before_it(advert, tmp_path, content, message):
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    result = quiz_read(advert, file)
    assert result.exit_code == 1
    assert result.stderr == f"Error: {message.format(file=file)}\n"
    assert len(result.stdout.splitlines()) == 1


def test_a_text_of_the_greatest_length_is_read(advert):
    advert.write_text((WORK * 2000)[:100_000], encoding="utf-8")
    assert json.loads(quiz_read(advert).stdout)["mix"] == ["data-engineer"]


def test_control_characters_of_a_file_reach_no_terminal(advert):
    advert.write_text(WORK + "\x1b[2J\0", encoding="utf-8")
    result = quiz_read(advert)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
