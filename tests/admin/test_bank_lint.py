"""`quiz check`: the wording rules that a program can check, and the command."""

import re

import pytest
from click.testing import CliRunner

from quiz.admin import bank_lint
from quiz.cli import main

BAKER = "roles/baker.toml"
DOUGH = 'question = "mix dough so that it rises well"'
WEIGHING = 'hint = "weighing flour, kneading, letting it rest"'


def problems(folder) -> list[str]:
    """The problems of the bank in `folder` as lines, without the path of the folder."""
    return [str(problem).removeprefix(f"{folder}/") for problem in bank_lint.problems(folder)]


def change(folder, old: str, new: str, file: str = BAKER) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def test_a_valid_bank_has_no_problem(small_bank):
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
        ("mix and/or knead dough", 'question contains "and/or"; choose one of the two'),
        ("mix And / Or knead dough", 'question contains "and/or"; choose one of the two'),
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
        ("mix dough that is not dry", "question contains the negative 'not'; ask for what is done"),
        ("mix dough without lumps", "question contains the negative 'without'; ask for what is done"),
        ("mix dough that doesn’t stick", "question contains the negative 'doesn’t'; ask for what is done"),
        ("mix dough that won't stick", 'question contains the negative "won\'t"; ask for what is done'),
        ("mix the daily dough", "question says how often: 'daily'; leave that to the answer"),
        ("Mix dough", "question starts with 'M'; start with a verb in lower case: it continues the stem"),
        ("“mix” dough", "question starts with '“'; start with a verb in lower case: it continues the stem"),
        ("mix dough.", "question ends like a sentence; remove the last character: the question continues the stem"),
        ("mix dough?", "question contains a question mark; remove it: the stem is already a question"),
    ],
)
def test_each_problem_of_a_question_has_its_line_and_a_hint(small_bank, question, problem):
    change(small_bank, DOUGH, f'question = "{question}"')
    assert problems(small_bank) == [f"{BAKER}:12: {problem}"]


@pytest.mark.parametrize(
    ("hint", "problem"),
    [
        ("flour, " * 17, "hint has 17 words; use at most 16"),
        ("asking a baker", "hint names the role 'baker'; say what people do, so that nobody answers for a title"),
        ("a sheet in excel", "hint names the tool 'excel'; say what is done with it"),
        ("no lumps", "hint contains the negative 'no'; ask for what is done"),
        ("flour and/or water", 'hint contains "and/or"; choose one of the two'),
        ("the weekly order", "hint says how often: 'weekly'; leave that to the answer"),
    ],
)
def test_each_problem_of_a_hint_has_its_line_and_a_hint(small_bank, hint, problem):
    change(small_bank, WEIGHING, f'hint = "{hint.strip()}"')
    assert problems(small_bank) == [f"{BAKER}:13: {problem}"]


@pytest.mark.parametrize(
    "question",
    [
        "excellently knead dough",  # contains a tool's name, but not as a word
        "note knots in dough",  # the same for negatives
        "keep dough warm for the bakery",  # and for roles
        "mix very good dough " + "so " * 14,  # eighteen words
    ],
)
def test_a_word_inside_another_and_the_longest_question_are_allowed(small_bank, question):
    change(small_bank, DOUGH, f'question = "{question.strip()}"')
    assert problems(small_bank) == []


def test_two_equal_questions_are_a_problem(small_bank):
    change(small_bank, DOUGH, 'question = "Take  orders that are picked up later"')
    assert problems(small_bank) == [
        f"{BAKER}:12: question starts with 'T'; start with a verb in lower case: it continues the stem",
        "roles/shop-keeper.toml:20: the question is the same as that of 'dough'; ask about the difference",
    ]


def test_a_stage_without_a_role_is_a_problem(small_bank):
    change(small_bank, 'stage = "shop"', 'stage = "bakehouse"', "roles/shop-keeper.toml")
    assert problems(small_bank) == [
        "bank.toml:51: no role belongs to stage 'shop'; remove it or move a role there",
    ]


def test_a_bank_of_one_role_asks_its_questions_one_after_the_other(small_bank):
    for file in ("cake-maker.toml", "shop-keeper.toml"):
        (small_bank / "roles" / file).unlink()
    change(small_bank, '["shop-keeper"]', "[]")
    change(small_bank, '[[stages]]\nid = "shop"\nname = "Sell"\ndescription = "Bring it to people."\n', "", "bank.toml")
    assert problems(small_bank) == [
        f"{BAKER}:15: 'oven' is asked right after 'dough' of the same role; "
        "add a role, whose question can be asked between them",
    ]


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("titles", "bread/roll maker"),
        ("titles", "maker of bread and rolls"),
        ("titles", "…"),
        ("whole-titles", "bread & rolls"),
    ],
)
def test_a_title_that_does_not_name_its_role_is_a_problem(small_bank, key, title):
    change(small_bank, "position = 1", f'position = 1\n{key} = ["bread maker", "{title}"]')
    expected = f"7: {key} contains {title!r}, which does not name the role"
    assert [problem.split("; ")[0] for problem in problems(small_bank)] == [f"{BAKER}:{expected}"]


@pytest.mark.parametrize("title", ["bread manager", "cake-maker", "roll-baker"])
def test_titles_may_have_a_word_of_another_job_and_be_the_name_of_another_role(small_bank, title):
    change(small_bank, "position = 1", f'position = 1\ntitles = ["{title}"]')
    with (small_bank / "bank.toml").open("a", encoding="utf-8") as file:
        file.write('\n[titles]\nother-jobs = ["manager"]\n')
    assert problems(small_bank) == []


def test_a_responsibility_that_no_free_text_could_match_is_a_problem(small_bank):
    change(small_bank, 'id = "dough"', 'id = "dough"\nvocabulary = ["the", "of it"]')
    assert problems(small_bank) == [
        f"{BAKER}:11: vocabulary has only everyday words, so that no free text can match; name what is worked on",
    ]


def test_a_role_whose_words_all_other_roles_have_is_a_problem(small_bank):
    files = [small_bank / "roles" / f"{name}.toml" for name in ("baker", "cake-maker", "shop-keeper")]
    for file in files:
        text = re.sub(r"\nvocabulary = .*", "", file.read_text(encoding="utf-8"))
        words = ["oven", "dough"] if file.stem == "cake-maker" else ["oven"]
        for position, vocabulary in enumerate((words, ["oven"])):
            parts = text.split("[[responsibilities]]\n")
            parts[position + 1] = f"vocabulary = {vocabulary}\n".replace("'", '"') + parts[position + 1]
            text = "[[responsibilities]]\n".join(parts)
        file.write_text(text, encoding="utf-8")
    message = "vocabulary has only words that others have too, so that no free text can be recognised as the role"
    assert [problem.split("; ")[0].partition(": ")[2] for problem in problems(small_bank)] == [message, message]
    assert all("cake-maker" not in problem for problem in problems(small_bank))


def test_other_work_with_only_everyday_words_is_a_problem(small_bank):
    (small_bank / "other_work.toml").write_text(
        '[[other-work]]\nid = "rest"\nname = "the rest"\nvocabulary = ["the", "work"]\n', encoding="utf-8"
    )
    assert [problem.split(",")[0] for problem in problems(small_bank)] == [
        "other_work.toml:4: vocabulary of 'rest' has only everyday words"
    ]


@pytest.mark.parametrize("name", ["miller.svg", "Baker.svg", "baker.SVG"])
def test_an_icon_without_a_role_is_a_problem(small_bank, name):
    (small_bank / "roles" / name).write_text("<svg/>", encoding="utf-8")
    assert problems(small_bank) == [
        f"roles/{name}:1: is an icon without a role; remove it or name it <role>.svg for a role",
    ]


def test_the_wording_is_checked_only_if_the_structure_is_valid(small_bank):
    change(small_bank, DOUGH, 'question = "not this?"')
    change(small_bank, "position = 1", "position = -1")
    assert problems(small_bank) == [f"{BAKER}:6: position is -1; use a number from 0 to 100"]


def test_all_problems_are_reported_in_order_of_file_and_line(small_bank):
    change(small_bank, WEIGHING, 'hint = "no lumps, never dry"')
    change(small_bank, DOUGH, 'question = "Mix dough?"')
    change(small_bank, "serve people", "serve sellers", "roles/shop-keeper.toml")
    assert [line.split(";")[0] for line in problems(small_bank)] == [
        f"{BAKER}:12: question contains a question mark",
        f"{BAKER}:12: question starts with 'M'",
        f"{BAKER}:13: hint contains the negative 'never'",
        f"{BAKER}:13: hint contains the negative 'no'",
        "roles/shop-keeper.toml:12: question names the role 'sellers'",
    ]


# The command


def test_the_command_reports_a_valid_bank(small_bank):
    result = CliRunner().invoke(main, ["check", str(small_bank)])
    assert (result.exit_code, result.output) == (0, "The bank has no problems.\n")


def test_the_command_checks_the_shipped_bank_by_default():
    result = CliRunner().invoke(main, ["check"])
    assert (result.exit_code, result.output) == (0, "The bank has no problems.\n")


def test_the_command_prints_a_line_for_each_problem_and_exits_with_1(small_bank):
    change(small_bank, DOUGH, 'question = "Mix dough?"')
    result = CliRunner().invoke(main, ["check", str(small_bank)])
    assert result.exit_code == 1
    file = small_bank / BAKER
    assert result.output.splitlines() == [
        f"{file}:12: question contains a question mark; remove it: the stem is already a question",
        f"{file}:12: question starts with 'M'; start with a verb in lower case: it continues the stem",
    ]


def test_a_folder_that_does_not_exist_is_bad_usage(tmp_path):
    result = CliRunner().invoke(main, ["check", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "does not exist" in result.output


SECOND_VIEW = """\
[second-view]
stem = "How often did {name} …"
lowest-label = "Not at all"
skip-label = "I cannot see it"
skip-phrase = "not visible"

[[stages]]
id = "bakehouse"
"""


@pytest.mark.parametrize(
    ("question", "viewer_question", "problem"),
    [
        ("mix your dough", "", "question says “you”, which is the viewer in a second view"),
        ("mix dough as you like", "mix dough as You like", "viewer-question says “you”"),
        ("mix dough as you like", "Mix dough", "viewer-question starts with 'M'"),
        ("mix dough as you like", "mix dough in Excel", "viewer-question names the tool 'excel'"),
        ("mix dough as you like", "mix dough as they like", None),
        ("mix young dough", "", None),
    ],
)
def test_in_a_second_view_no_question_says_you(small_bank, question, viewer_question, problem):
    change(small_bank, '[[stages]]\nid = "bakehouse"\n', SECOND_VIEW, "bank.toml")
    viewer_line = f'\nviewer-question = "{viewer_question}"' if viewer_question else ""
    change(small_bank, DOUGH, f'question = "{question}"{viewer_line}')
    found = problems(small_bank)
    assert (found == []) is (problem is None), found
    assert problem is None or problem in found[0]


def test_a_bank_without_second_views_may_say_you(small_bank):
    change(small_bank, DOUGH, 'question = "mix your dough"')
    assert problems(small_bank) == []
