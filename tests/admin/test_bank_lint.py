"""`quiz check`: the wording rules that a machine can see, and the command."""

import pytest
from click.testing import CliRunner

from quiz.admin import bank_lint
from quiz.cli import main

BAKER = "roles/baker.toml"
DOUGH = 'question = "mix dough so that it rises well"'
WEIGHING = 'hint = "weighing flour, kneading, letting it rest"'


def problems(folder) -> list[str]:
    """What is wrong with the bank in `folder` as lines, with the folder left out."""
    return [str(problem).removeprefix(f"{folder}/") for problem in bank_lint.problems(folder)]


def change(folder, old: str, new: str, file: str = BAKER) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def test_a_sound_bank_has_no_problem(small_bank):
    assert problems(small_bank) == []


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (
            "mix " + "very " * 17 + "good dough",
            "question has 20 words; use at most 18",
        ),
        (
            "mix dough interdisciplinarily well",
            "question has the long word 'interdisciplinarily'; use words of at most 18 letters",
        ),
        ("mix and/or knead dough", 'question says "and/or"; choose one of the two'),
        ("mix And / Or knead dough", 'question says "and/or"; choose one of the two'),
        (
            "help a baker with dough",
            "question names the role 'baker'; say what people do, so that nobody answers for a title",
        ),
        (
            "help the Cake-Makers with dough",
            "question names the role 'cake makers'; say what people do, so that nobody answers for a title",
        ),
        (
            "give dough to a seller",
            "question names the role 'seller'; say what people do, so that nobody answers for a title",
        ),
        (
            "give dough to shop-keepers",
            "question names the role 'shop-keepers'; say what people do, so that nobody answers for a title",
        ),
        ("count dough in Excel", "question names the tool 'excel'; say what is done with it"),
        ("count dough in Power  BI", "question names the tool 'power bi'; say what is done with it"),
        ("teach C++ to dough", "question names the tool 'c++'; say what is done with it"),
        ("mix dough that is not dry", "question holds the negative 'not'; ask for what is done"),
        ("mix dough without lumps", "question holds the negative 'without'; ask for what is done"),
        ("mix dough that doesn’t stick", "question holds the negative 'doesn’t'; ask for what is done"),
        ("mix dough that won't stick", 'question holds the negative "won\'t"; ask for what is done'),
        ("mix the daily dough", "question says how often: 'daily'; leave that to the answer"),
        ("Mix dough", "question starts with 'M'; start with a verb in lower case: it continues the stem"),
        ("“mix” dough", "question starts with '“'; start with a verb in lower case: it continues the stem"),
        ("mix dough.", "question ends like a sentence; drop the mark at the end: the question continues the stem"),
        ("mix dough?", "question holds a question mark; drop it: the stem asks already"),
    ],
)
def test_each_fault_of_a_question_is_named_with_its_line_and_mend(small_bank, question, problem):
    change(small_bank, DOUGH, f'question = "{question}"')
    assert problems(small_bank) == [f"{BAKER}:12: {problem}"]


@pytest.mark.parametrize(
    ("hint", "problem"),
    [
        ("flour, " * 17, "hint has 17 words; use at most 16"),
        ("asking a baker", "hint names the role 'baker'; say what people do, so that nobody answers for a title"),
        ("a sheet in excel", "hint names the tool 'excel'; say what is done with it"),
        ("no lumps", "hint holds the negative 'no'; ask for what is done"),
        ("flour and/or water", 'hint says "and/or"; choose one of the two'),
        ("the weekly order", "hint says how often: 'weekly'; leave that to the answer"),
    ],
)
def test_each_fault_of_a_hint_is_named_with_its_line_and_mend(small_bank, hint, problem):
    change(small_bank, WEIGHING, f'hint = "{hint.strip()}"')
    assert problems(small_bank) == [f"{BAKER}:13: {problem}"]


@pytest.mark.parametrize(
    "question",
    [
        "excellently knead dough",  # holds a tool's name, but not as a word
        "note knots in dough",  # the same for negatives
        "keep dough warm for the bakery",  # and for roles
        "mix very good dough " + "so " * 14,  # eighteen words
    ],
)
def test_a_word_inside_another_and_the_longest_question_are_fine(small_bank, question):
    change(small_bank, DOUGH, f'question = "{question.strip()}"')
    assert problems(small_bank) == []


def test_two_questions_that_say_the_same_are_named(small_bank):
    change(small_bank, DOUGH, 'question = "Take  orders that are picked up later"')
    assert problems(small_bank) == [
        f"{BAKER}:12: question starts with 'T'; start with a verb in lower case: it continues the stem",
        "roles/shop-keeper.toml:19: the question is the same as that of 'dough'; ask for what sets the two apart",
    ]


def test_a_stage_where_no_role_stands_is_named(small_bank):
    change(small_bank, 'stage = "shop"', 'stage = "bakehouse"', "roles/shop-keeper.toml")
    assert problems(small_bank) == [
        "bank.toml:51: no role stands in stage 'shop'; remove it or move a role there",
    ]


def test_a_bank_of_one_role_asks_its_questions_in_a_row(small_bank):
    for file in ("cake-maker.toml", "shop-keeper.toml"):
        (small_bank / "roles" / file).unlink()
    change(small_bank, '["shop-keeper"]', "[]")
    change(small_bank, '[[stages]]\nid = "shop"\nname = "Sell"\ndescription = "Bring it to people."\n', "", "bank.toml")
    assert problems(small_bank) == [
        f"{BAKER}:15: 'oven' is asked right after 'dough' of the same role; "
        "add a role, so that its question can stand between",
    ]


def test_a_question_that_no_free_text_could_match_is_named(small_bank):
    change(small_bank, 'id = "dough"', 'id = "dough"\nvocabulary = ["the", "of it"]')
    assert problems(small_bank) == [
        f"{BAKER}:11: no telling word stands in the vocabulary, so that no free text can match; name what is worked on",
    ]


@pytest.mark.parametrize("name", ["miller.svg", "Baker.svg", "baker.SVG"])
def test_a_mark_of_no_role_is_named(small_bank, name):
    (small_bank / "roles" / name).write_text("<svg/>", encoding="utf-8")
    assert problems(small_bank) == [
        f"roles/{name}:1: is the mark of no role; remove it or name it <role>.svg for a role",
    ]


def test_structure_comes_before_wording(small_bank):
    change(small_bank, DOUGH, 'question = "not this?"')
    change(small_bank, "position = 1", "position = -1")
    assert problems(small_bank) == [f"{BAKER}:6: position is -1; use a number from 0 to 100"]


def test_every_fault_of_every_file_is_named_in_order(small_bank):
    change(small_bank, WEIGHING, 'hint = "no lumps, never dry"')
    change(small_bank, DOUGH, 'question = "Mix dough?"')
    change(small_bank, "serve people", "serve sellers", "roles/shop-keeper.toml")
    assert [line.split(";")[0] for line in problems(small_bank)] == [
        f"{BAKER}:12: question holds a question mark",
        f"{BAKER}:12: question starts with 'M'",
        f"{BAKER}:13: hint holds the negative 'never'",
        f"{BAKER}:13: hint holds the negative 'no'",
        "roles/shop-keeper.toml:12: question names the role 'sellers'",
    ]


# The command


def test_the_command_says_that_a_bank_is_sound(small_bank):
    result = CliRunner().invoke(main, ["check", str(small_bank)])
    assert (result.exit_code, result.output) == (0, "The bank is sound.\n")


def test_the_command_checks_the_shipped_bank_where_none_is_named():
    result = CliRunner().invoke(main, ["check"])
    assert (result.exit_code, result.output) == (0, "The bank is sound.\n")


def test_the_command_prints_a_line_for_each_problem_and_exits_with_1(small_bank):
    change(small_bank, DOUGH, 'question = "Mix dough?"')
    result = CliRunner().invoke(main, ["check", str(small_bank)])
    assert result.exit_code == 1
    file = small_bank / BAKER
    assert result.output.splitlines() == [
        f"{file}:12: question holds a question mark; drop it: the stem asks already",
        f"{file}:12: question starts with 'M'; start with a verb in lower case: it continues the stem",
    ]


def test_a_folder_that_does_not_exist_is_bad_usage(tmp_path):
    result = CliRunner().invoke(main, ["check", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "does not exist" in result.output
