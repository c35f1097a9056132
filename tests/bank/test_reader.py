"""Reading a bank: the values, the problems of files, and the shipped bank."""

import os
import re
import shutil
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz import create_app
from quiz.admin import bank_lint
from quiz.bank import (
    CONDITIONS,
    CSV_COLUMNS,
    WISHES,
    AnswerOption,
    Bank,
    BankError,
    FollowUpOption,
    OtherWork,
    Responsibility,
    Role,
    Stage,
    TalkingPoint,
    TitleWords,
    Wish,
    load,
)
from quiz.config import paths
from quiz.exchange import export, personal_data
from tests.clients import Client
from tests.factories import EIGHTH_ROLE

SHIPPED = {
    "software-engineer": ["data-applications", "apis-services", "code-quality"],
    "data-architect": ["data-stores", "governance", "scalable-architecture"],
    "devops-sre": ["infrastructure", "ci-cd", "monitoring"],
    "data-engineer": ["pipelines", "ingest-transform-serve", "data-quality"],
    "data-analyst": ["insights", "dashboards", "trends"],
    "data-scientist": ["predictive-models", "exploration", "model-handover"],
    "ml-engineer": ["model-deployment", "model-monitoring", "model-optimisation"],
}


TALKING_POINTS = """\
[[talking-points]]
id = "begin"
when = "wish-to-start"
text = "You would like to start with “{responsibility}”. Who could show you?"
priority = 80

[[talking-points]]
id = "best-day"
when = "always"
text = "Which day went well?"
priority = 20
"""

WISH = """
[[wishes]]
id = "more"
label = "More of it"
phrase = "more"
"""


def make_bank(roles: int, responsibilities: int = 3) -> Bank:
    """A bank with this many roles and responsibilities for each."""
    scale = (AnswerOption("never", "Never", "never", 0.0), AnswerOption("daily", "Daily", "daily", 1.0))
    return Bank(
        name="Made-up roles",
        stem="How often did you …",
        scale=scale,
        skip=AnswerOption("skip", "I can’t say", "left out", None),
        stages=(Stage("all", "All", "All."),),
        roles=tuple(
            Role(
                id=f"role-{n}",
                name=f"role {n}",
                plural=f"roles {n}",
                purpose="",
                contact_label="",
                stage="all",
                position=n,
                works_with=(),
                titles=(),
                responsibilities=tuple(
                    Responsibility(
                        f"r{n}-{m}", f"role-{n}", "", f"do {n} {m}", "", "", (), paths.project_folder("questions"), 1
                    )
                    for m in range(responsibilities)
                ),
            )
            for n in range(roles)
        ),
        min_page_size=5,
        max_page_size=7,
    )


FOLLOW_UPS = """\
[[follow-ups]]
id = "more"
label = "More time"
phrase = "more time"
in-mix = true

[[follow-ups]]
id = "less"
label = "Less"
phrase = "less"
in-mix = false
"""


def problem_lines(folder) -> list[str]:
    """The problems of a bank as lines, without the path of its folder."""
    with pytest.raises(BankError) as error:
        load(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in error.value.problems]


def change(folder, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


# The values


def test_a_bank_has_the_values_of_its_files(small_bank):
    bank = load(small_bank)
    assert bank.name == "Roles in a bakery"
    assert [point.level for point in bank.scale] == [0, 0.1, 0.35, 0.65, 1]
    assert list(bank.option) == ["never", "rarely", "monthly", "weekly", "daily", "skip"]
    assert bank.skip.level is None
    assert list(bank.role) == ["baker", "cake-maker", "shop-keeper"]
    assert bank.role["cake-maker"].title == "Cake maker"
    assert list(bank.responsibility) == ["dough", "oven", "fillings", "decoration", "counter", "orders"]
    assert bank.responsibility["counter"].vocabulary == ("queue", "change for a note")
    assert bank.responsibility["counter"].role_vocabulary == ("till",)
    assert bank.responsibility["oven"].line == 15


def test_roles_are_in_the_order_of_the_flow(small_bank):
    change(small_bank, "roles/baker.toml", "position = 1", "position = 2.5")
    assert list(load(small_bank).role) == ["cake-maker", "baker", "shop-keeper"]


def test_a_contact_named_in_one_file_counts_for_both_roles(small_bank):
    bank = load(small_bank)
    assert bank.contacts == {("baker", "cake-maker"), ("baker", "shop-keeper")}
    assert [role.id for role in bank.neighbours("baker")] == ["cake-maker", "shop-keeper"]
    assert [role.id for role in bank.neighbours("cake-maker")] == ["baker"]


def test_the_version_changes_with_a_question(small_bank):
    before = load(small_bank).version
    change(small_bank, "roles/baker.toml", "mix dough", "knead dough")
    assert load(small_bank).version != before


def test_the_version_changes_with_an_answer_to_follow_up_questions(small_bank):
    change(small_bank, "bank.toml", "[[stages]]", f"{FOLLOW_UPS}\n[[stages]]")
    before = load(small_bank).version
    change(small_bank, "bank.toml", "More time", "Much more time")
    assert load(small_bank).version != before


def test_the_version_stays_the_same_if_only_texts_about_a_role_and_levels_change(small_bank):
    before = load(small_bank).version
    change(small_bank, "roles/baker.toml", "Bakes the bread.", "Bakes bread and rolls.")
    change(small_bank, "bank.toml", "level = 0.35", "level = 0.4")
    assert load(small_bank).version == before


def test_talking_points_wishes_titles_and_examples_are_optional(small_bank):
    bank = load(small_bank)
    assert (
        bank.talking_points,
        bank.wishes,
        bank.role["baker"].titles,
        bank.role["baker"].whole_titles,
        bank.title_words,
        bank.other_work,
        bank.follow_ups,
        bank.follow_up_option,
        bank.responsibility["dough"].weekly_example,
    ) == (
        (),
        (),
        (),
        (),
        TitleWords(),
        (),
        (),
        {},
        "",
    )


SECOND_VIEW = """\
[second-view]
stem = "How often did {name} …"
lowest-label = "Not at all"
skip-label = "I cannot see it"
skip-phrase = "not visible"
"""


def test_a_bank_for_viewers_has_other_texts_and_the_same_ids(small_bank):
    change(small_bank, "bank.toml", "[[stages]]", f"{SECOND_VIEW}\n[[stages]]")
    change(small_bank, "roles/baker.toml", 'id = "dough"', 'id = "dough"\nviewer-question = "mix their dough"')
    bank = load(small_bank)
    viewers = bank.for_viewers
    assert viewers.stem == "How often did {name} …"
    assert [option.label for option in viewers.option.values()] == [
        "Not at all",
        *(option.label for option in bank.scale[1:]),
        "I cannot see it",
    ]
    assert viewers.skip.phrase == "not visible"
    assert [item.id for item in viewers.questions_in_order] == [item.id for item in bank.questions_in_order]
    questions = {item.id: item.question for item in viewers.questions_in_order}
    assert questions.pop("dough") == "mix their dough"
    assert questions == {item.id: item.question for item in bank.questions_in_order if item.id != "dough"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{name}", "Ada", "stem does not have the slot {name} once; write {name} where the name belongs"),
        ("{name}", "{name} or {name}", "stem does not have the slot {name} once"),
        ('skip-phrase = "not visible"', "", "skip-phrase is missing"),
        ("lowest-label", "lowest", "unknown key 'lowest'"),
    ],
)
def test_a_problem_with_the_texts_for_viewers_is_reported(small_bank, old, new, problem):
    assert SECOND_VIEW.count(old) == 1
    change(small_bank, "bank.toml", "[[stages]]", f"{SECOND_VIEW.replace(old, new)}\n[[stages]]")
    assert any(problem in line for line in problem_lines(small_bank))


def test_a_bank_has_its_answers_to_follow_up_questions(small_bank):
    change(small_bank, "bank.toml", "[[stages]]", f"{FOLLOW_UPS}\n[[stages]]")
    bank = load(small_bank)
    more, less = FollowUpOption("more", "More time", "more time", True), FollowUpOption("less", "Less", "less", False)
    assert bank.follow_ups == (more, less)
    assert bank.follow_up_option == {"more": more, "less": less, "skip": bank.skip}
    assert bank_lint.problems(small_bank) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("in-mix = true", "in-mix = 1", "in-mix has the wrong type; write in-mix = true or in-mix = false"),
        ("in-mix = true", "", "in-mix is missing; write in-mix = true or in-mix = false"),
        ('id = "less"', 'id = "more"', "answer 'more' is defined twice; rename or remove one"),
        ('id = "less"', 'id = "skip"', "'skip' is also the id of [skip]; rename one of the two"),
        ('id = "less"', f'id = "{"l" * 21}"', "has 21 characters; use at most 20"),
        ('phrase = "more time"', "", "phrase is missing; write phrase = "),
        ('label = "Less"', 'label = "Less"\nlevel = 0', "unknown key 'level'"),
        (
            "in-mix = true",
            "in-mix = false",
            "no answer puts a role into the mix; give the first answers in-mix = true",
        ),
        (
            "in-mix = false",
            "in-mix = true",
            "no answer keeps a role out of the mix; give the last answers in-mix = false",
        ),
    ],
)
def test_each_problem_of_an_answer_to_follow_up_questions_has_its_line_and_a_hint(small_bank, old, new, problem):
    assert FOLLOW_UPS.count(old) == 1
    change(small_bank, "bank.toml", "[[stages]]", f"{FOLLOW_UPS.replace(old, new)}\n[[stages]]")
    (line,) = problem_lines(small_bank)
    assert re.match(r"bank\.toml:[0-9]+: ", line)
    assert problem in line


def test_answers_that_keep_a_role_out_come_after_those_that_put_it_in(small_bank):
    more, less = FOLLOW_UPS.split("\n\n")
    change(small_bank, "bank.toml", "[[stages]]", f"{less}\n\n{more}\n[[stages]]")
    (line,) = problem_lines(small_bank)
    assert "'more' puts a role into the mix, the answer before keeps it out; order the answers from most time" in line


def test_a_bank_can_name_work_that_it_does_not_ask_about(small_bank):
    file = small_bank / "other_work.toml"
    file.write_text(
        '[[other-work]]\nid = "accounts"\nname = "keeping accounts"\nvocabulary = ["ledger", "tax return"]\n',
        encoding="utf-8",
    )
    assert load(small_bank).other_work == (OtherWork("accounts", "keeping accounts", ("ledger", "tax return")),)
    file.write_text('[[other-work]]\nid = "accounts"\nvocabulary = ["ledger"]\nwords = 1\n', encoding="utf-8")
    with pytest.raises(BankError) as raised:
        load(small_bank)
    assert [(problem.file, problem.message) for problem in raised.value.problems] == [
        (file, "name is missing"),
        (file, "unknown key 'words'"),
    ]


def test_a_bank_has_talking_points_wishes_titles_and_examples(small_bank):
    (small_bank / "talking_points.toml").write_text(TALKING_POINTS, encoding="utf-8")
    change(small_bank, "bank.toml", "[[stages]]", f"{WISH}\n[[stages]]")
    change(
        small_bank, "roles/baker.toml", "position = 1", 'position = 1\ntitles = ["bread maker"]\nwhole-titles = ["BM"]'
    )
    with (small_bank / "bank.toml").open("a", encoding="utf-8") as file:
        file.write('\n[titles]\nlevels = ["senior"]\nother-jobs = ["manager"]\n')
    change(small_bank, "roles/baker.toml", 'id = "dough"', 'id = "dough"\nweekly-example = "You knead."')
    bank = load(small_bank)
    assert bank.talking_points == (
        TalkingPoint(
            "begin", "wish-to-start", "You would like to start with “{responsibility}”. Who could show you?", 80
        ),
        TalkingPoint("best-day", "always", "Which day went well?", 20),
    )
    assert bank.wish == {"more": Wish("more", "More of it", "more")}
    assert bank.role["baker"].titles == ("bread maker",)
    assert bank.role["baker"].whole_titles == ("BM",)
    assert bank.title_words == TitleWords(levels=("senior",), other_jobs=("manager",))
    assert bank.responsibility["dough"].weekly_example == "You knead."


# Order and pages


@given(roles=st.integers(2, 12), responsibilities=st.integers(1, 5))
def test_neighbouring_questions_are_of_different_roles(roles, responsibilities):
    bank = make_bank(roles, responsibilities)
    assert all(a.role != b.role for a, b in pairwise(bank.questions_in_order))
    assert sorted(r.id for r in bank.questions_in_order) == sorted(bank.responsibility)


@given(roles=st.integers(1, 12), responsibilities=st.integers(1, 5))
def test_pages_contain_all_questions_in_order_and_their_sizes_differ_by_one_at_most(roles, responsibilities):
    bank = make_bank(roles, responsibilities)
    sizes = [len(page) for page in bank.pages]
    assert [r for page in bank.pages for r in page] == list(bank.questions_in_order)
    assert max(sizes) <= bank.max_page_size
    assert max(sizes) - min(sizes) <= 1


# Problems of files


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("bank.toml", 'name = "Roles in a bakery"\n', "", "1: name is missing; write name = "),
        ("bank.toml", 'name = "Roles in a bakery"', "name = 3", "3: name has the wrong type; write name = "),
        ("bank.toml", 'name = "Roles in a bakery"', 'name = " "', "3: name is empty; write a text"),
        (
            "bank.toml",
            "min-questions = 2",
            "min-questions = 0",
            "7: min-questions is 0; use a whole number from 1 to 50",
        ),
        (
            "bank.toml",
            "max-questions = 4",
            "max-questions = true",
            "8: max-questions has the wrong type; write max-questions = a whole number",
        ),
        (
            "bank.toml",
            "min-questions = 2",
            "min-questions = 4",
            "7: pages of 4 to 4 questions are not possible (sizes: 3, 3); allow more sizes",
        ),
        (
            "bank.toml",
            "level = 0.1",
            "level = 0",
            "20: level of 'rarely' is not higher than the one before; order the scale",
        ),
        ("bank.toml", "level = 1\n", "level = 0.9\n", "10: the scale does not run from level 0 to level 1; give the"),
        ("bank.toml", 'id = "daily"', 'id = "weekly"', "35: answer 'weekly' is defined twice; rename or remove one"),
        ("bank.toml", 'id = "daily"', 'id = "skip"', "35: 'skip' is also the id of [skip]; rename one of the two"),
        (
            "bank.toml",
            'id = "shop"',
            'id = "bakehouse"',
            "51: stage 'bakehouse' is defined twice; rename or",
        ),
        ("bank.toml", "[pages]", "[pages", "6: is not TOML: "),
        (
            "bank.toml",
            "min-questions = 2",
            "min-questions = nan",
            "7: min-questions has the wrong type; write min-questions = a whole number from 1",
        ),
        (
            "bank.toml",
            "min-questions = 2",
            "min-questions = 2.9",
            "7: min-questions has the wrong type; write min-questions = a whole number from 1",
        ),
        ("bank.toml", "level = 0.1", "level = nan", "20: level is nan; use a number from 0 to 1"),
        ("bank.toml", "level = 0.1", "level = inf", "20: level is inf; use a number from 0 to 1"),
        ("bank.toml", "[pages]", f"a = {'[' * 9999}{']' * 9999}\n[pages]", "6: is nested too deeply; write it without"),
        ("bank.toml", 'id = "daily"', f'id = "{"d" * 21}"', f"35: id '{'d' * 21}' has 21 characters; use at most 20"),
        ("bank.toml", 'id = "skip"', f'id = "{"s" * 21}"', f"41: id '{'s' * 21}' has 21 characters; use at most 20"),
        (
            "bank.toml",
            "[[stages]]",
            "[pages.x]\n[[stages]]",
            "45: unknown key 'x'; remove it or use one of max-questions, min-questions",
        ),
        (
            "roles/baker.toml",
            "position = 1",
            f"position = {'9' * 400}",
            "6: position is a number with too many digits; use a number",
        ),
        (
            "roles/baker.toml",
            "position = 1",
            f"position = {'9' * 5000}",
            "6: contains a number with too many digits; write a",
        ),
        (
            "roles/baker.toml",
            "position = 1",
            f"position = 0x{'f' * 5000}",
            "6: position is a number with too many digits; use a",
        ),
        ("roles/baker.toml", "position = 1", '"position" = 101', "6: position is 101; use a number from 0 to 100"),
        (
            "roles/baker.toml",
            'id = "oven"',
            f'id = "{"o" * 81}"',
            f"16: id '{'o' * 59}…' has 81 characters; use at most",
        ),
        (
            "roles/baker.toml",
            'id = "oven"',
            'id = "text"',
            "15: id 'text' is the name of another column in CSV files; rename it",
        ),
        (
            "roles/baker.toml",
            'name = "baker"',
            f'name = "{"b" * 1001}"',
            "1: name has 1,001 characters; use at most 1,000",
        ),
        (
            "roles/baker.toml",
            'name = "baker"',
            r'name = "ba\u0000ker"',
            r"1: name contains the control character '\x00'; ",
        ),
        ("roles/baker.toml", 'name = "baker"', r'name = "\u200b"', "1: name is empty; write a text"),
        (
            "roles/baker.toml",
            "position = 1",
            'position = 1\ntitles = ["a", " "]',
            "7: titles contains a text that is empty; write",
        ),
        ("bank.toml", "[pages]", '[titles]\njobs = ["a"]\n[pages]', "7: unknown key 'jobs'; remove it or use"),
        ("bank.toml", "[pages]", "[titles]\nlevels = 1\n[pages]", "7: levels has the wrong type; write"),
        ("bank.toml", "[pages]", "titles = 1\n[pages]", "6: titles has the wrong type; write it as a [titles] table"),
        (
            "roles/baker.toml",
            "position = 1",
            f"position = 1\n{'x' * 99} = 2",
            f"7: unknown key '{'x' * 59}…'; remove it or use",
        ),
        ("roles/baker.toml", 'stage = "bakehouse"', 'stage = "mill"', "5: unknown stage 'mill'; use one of bakehouse"),
        (
            "roles/baker.toml",
            "position = 1",
            "position = 1\npositoin = 2",
            "7: unknown key 'positoin'; remove it or use one of ",
        ),
        (
            "roles/baker.toml",
            '["shop-keeper"]',
            '["miller"]',
            "7: 'miller' is not the id of another role; use some of cake-maker, shop-keeper",
        ),
        (
            "roles/baker.toml",
            '["shop-keeper"]',
            '["baker"]',
            "7: 'baker' is not the id of another role; use some of cake-maker, shop-keeper",
        ),
        ("roles/baker.toml", '["shop-keeper"]', "[7]", "7: works-with contains an item that is not a text; put each"),
        ("roles/baker.toml", 'id = "oven"', 'id = "The oven"', "16: id 'The oven' is not an id; use a-z, 0-9 and "),
        ("roles/baker.toml", 'hint = "heating', 'clue = "heating', "15: hint is missing; write hint = "),
        (
            "roles/cake-maker.toml",
            'id = "fillings"',
            'id = "oven"',
            "9: id 'oven' is already used in baker.toml:15; rename one",
        ),
        (
            "roles/baker.toml",
            'id = "oven"',
            'id = "shop-keeper"',
            "15: id 'shop-keeper' is also the id of a role;",
        ),
        ("roles/baker.toml", 'plural = "bakers"', 'plural = "bakers', "2: is not TOML: "),
    ],
)
def test_each_problem_has_its_line_and_a_hint(small_bank, file, old, new, problem):
    change(small_bank, file, old, new)
    lines = problem_lines(small_bank)
    assert any(line.startswith(f"{file}:{problem}") for line in lines), lines


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("wish-to-start", "wish-to-stop", "3: unknown condition 'wish-to-stop'; use one of daily-but-hand-over, "),
        (
            "{responsibility}",
            "{earlier_frequency}",
            "4: unknown slot {earlier_frequency} for this condition; use only {responsibility}, ",
        ),
        ("{responsibility}", "{role.name}", "4: unknown slot {role.name} for this condition; use only "),
        ("{responsibility}", "{role!r:>9}", "4: unknown slot {role!r:>9} for this condition; use only "),
        ("{responsibility}", "{}", "4: unknown slot {} for this condition; use only "),
        ("Which day", "Which {role}", "10: unknown slot {role} for this condition; use no slot here"),
        ("{responsibility}", "{responsibility", "4: text has an unmatched brace; write each slot as {slot}"),
        ("priority = 80", "priority = 101", "5: priority is 101; use a number from 0 to 100"),
        ("priority = 80", "weight = 80", "1: priority is missing; write priority = "),
        ("priority = 80", "weight = 80", "5: unknown key 'weight'; remove it or use one of id, priority, text, when"),
        ('id = "best-day"', 'id = "begin"', "8: talking point 'begin' is defined twice; rename or remove one"),
        (
            "[[talking-points]]",
            "[[talking-point]]",
            "1: unknown key 'talking-point'; remove it or use one of talking-points",
        ),
        ("[[talking-points]]", "[[talking-points]", "1: is not TOML: "),
    ],
)
def test_each_problem_of_a_talking_point_has_its_line_and_a_hint(small_bank, old, new, problem):
    (small_bank / "talking_points.toml").write_text(TALKING_POINTS, encoding="utf-8")
    change(small_bank, "talking_points.toml", old, new)
    assert any(line.startswith(f"talking_points.toml:{problem}") for line in problem_lines(small_bank)), problem_lines(
        small_bank
    )


def test_a_talking_point_may_contain_doubled_braces(small_bank):
    text = TALKING_POINTS.replace("{responsibility}", "{{anything}}")
    (small_bank / "talking_points.toml").write_text(text, encoding="utf-8")
    assert (
        load(small_bank).talking_points[0].text.format()
        == "You would like to start with “{anything}”. Who could show you?"
    )


def test_an_unknown_wish_is_a_problem(small_bank):
    end = len((small_bank / "bank.toml").read_text(encoding="utf-8").splitlines())
    with (small_bank / "bank.toml").open("a", encoding="utf-8") as file:
        file.write(WISH.replace('"more"', '"most"', 1))
    assert problem_lines(small_bank) == [
        f"bank.toml:{end + 3}: unknown wish 'most'; use one of more, as-is, less, hand-over, start"
    ]


def test_all_problems_are_reported_at_once_in_order_of_file_and_line(small_bank):
    change(small_bank, "roles/shop-keeper.toml", 'stage = "shop"', 'stage = "market"')
    change(small_bank, "roles/baker.toml", 'id = "oven"', 'id = "Oven"')
    change(small_bank, "roles/baker.toml", "position = 1", "position = 101")
    starts = ["roles/baker.toml:6: position", "roles/baker.toml:16: id", "roles/shop-keeper.toml:5: unknown stage"]
    assert [line[: len(start)] for line, start in zip(problem_lines(small_bank), starts, strict=True)] == starts


def test_a_role_with_fewer_responsibilities_than_the_others_is_a_problem(small_bank):
    file = small_bank / "roles" / "baker.toml"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:14]), encoding="utf-8")
    (line,) = problem_lines(small_bank)
    assert line.startswith("roles/baker.toml:9: 1 responsibilities, but other roles have 2; give every role the same")


def test_a_role_without_responsibilities_is_a_problem(small_bank):
    for file in (small_bank / "roles").iterdir():
        file.write_text("\n".join([*file.read_text(encoding="utf-8").splitlines()[:7], "responsibilities = []"]))
    assert {line.partition(": ")[2] for line in problem_lines(small_bank)} == {
        "the role has no responsibility; add a [[responsibilities]] table"
    }


def test_two_tables_without_an_id_do_not_have_the_same_id(small_bank):
    change(small_bank, "bank.toml", 'id = "never"\n', "")
    change(small_bank, "bank.toml", 'id = "rarely"\n', "")
    assert [line.partition(";")[0] for line in problem_lines(small_bank)] == [
        "bank.toml:10: id is missing",
        "bank.toml:15: id is missing",
    ]


def test_a_file_cut_short_is_reported_at_its_end(small_bank):
    (small_bank / "roles" / "baker.toml").write_text('name = "baker"\nworks-with = ["a",\n', encoding="utf-8")
    (line,) = problem_lines(small_bank)
    assert line.startswith("roles/baker.toml:2: is not TOML: ")


def test_a_file_that_is_not_text_is_a_problem(small_bank):
    (small_bank / "roles" / "baker.toml").write_bytes(b"\xff\xfe")
    (line,) = problem_lines(small_bank)
    assert line == "roles/baker.toml:1: is not UTF-8 text; save it as UTF-8"


def test_a_file_in_another_encoding_is_reported_with_the_line_of_the_first_wrong_byte(small_bank):
    baker = small_bank / "roles" / "baker.toml"
    baker.write_bytes(baker.read_bytes().replace(b"the bread.", b"the br\xf6t."))
    assert problem_lines(small_bank) == ["roles/baker.toml:3: is not UTF-8 text; save it as UTF-8"]


def test_a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does(small_bank):
    before = load(small_bank)
    for file in small_bank.rglob("*.toml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert load(small_bank) == before


@pytest.mark.parametrize(
    "purpose",
    [
        "Bakes\u2028the\u2029bread.",
        '""\nBakes\n[[responsibilities]]\nhint = 1\nthe bread.""',
        '# \\"\\"\\" bread',
    ],
    ids=["separators", "many lines", "quotes in a comment"],
)
def test_line_numbers_are_right_after_any_text(small_bank, purpose):
    change(small_bank, "roles/baker.toml", "Bakes the bread.", purpose)
    change(small_bank, "roles/baker.toml", 'hint = "heating', 'clue = "heating')
    line = 19 + purpose.count("\n")
    assert any(text.startswith(f"roles/baker.toml:{line}: unknown key 'clue'") for text in problem_lines(small_bank))


def test_a_problem_in_a_one_line_table_is_reported_on_that_line(small_bank):
    baker = small_bank / "roles" / "baker.toml"
    head, _, _ = baker.read_text(encoding="utf-8").partition("[[responsibilities]]")
    row = '{id = "%s", name = "x", question = "do it", hint = "so"}'
    baker.write_text(f"{head}responsibilities = [{row % 'one'}, {row % 'Two'}]\n", encoding="utf-8")
    (line,) = problem_lines(small_bank)
    assert line.startswith("roles/baker.toml:9: id 'Two' is not an id;")


def test_a_missing_table_is_one_problem(small_bank):
    for part in ("[pages]", "[skip]"):
        change(small_bank, "bank.toml", part, f"[x{part[1:]}")
    (small_bank / "roles" / "baker.toml").write_text("responsibilities = []", encoding="utf-8")
    lines = problem_lines(small_bank)
    assert "bank.toml:1: pages is missing; write it as a [pages] table" in lines
    assert "bank.toml:1: skip is missing; write it as a [skip] table" in lines
    assert not any(word in line for line in lines for word in ("min-questions is", " label is", "0 responsibilities"))


@pytest.mark.parametrize(("key", "items"), [("stages", "stages"), ("scale", "answers")])
def test_an_empty_or_too_long_list_is_one_problem(small_bank, key, items):
    text = (small_bank / "bank.toml").read_text(encoding="utf-8")
    head, *rows = text.split(f"[[{key}]]")
    rest = rows[-1].partition("[skip]")
    without = f"{head}{''.join(rest[1:])}"
    (small_bank / "bank.toml").write_text(f"{key} = []\n{without}", encoding="utf-8")
    assert problem_lines(small_bank) == [f"bank.toml:1: there are no {items}; add [[{key}]] tables"]
    many = [f'[[{key}]]\nid = "n{n}"\nname = "n"\ndescription = "n"\n' for n in range(19 if key == "stages" else 21)]
    if key == "scale":
        many = [f'[[scale]]\nid = "n{n}"\nlabel = "n"\nphrase = "n"\nlevel = {n / 20}\n' for n in range(21)]
    (small_bank / "bank.toml").write_text(f"{text if key == 'stages' else without}\n{''.join(many)}", encoding="utf-8")
    (line,) = problem_lines(small_bank)
    assert line.endswith(f": there are 21 {items}; use at most 20")


@pytest.mark.parametrize(
    ("file", "create", "problem"),
    [
        ("roles/baker.toml", lambda file: file.mkdir(), "is not a file; replace it by a file"),
        ("roles/baker.toml", os.mkfifo, "is not a file; replace it by a file"),
        ("roles/baker.toml", lambda file: file.symlink_to("/dev/zero"), "is not a file; replace it by a file"),
        ("roles/baker.toml", lambda file: file.symlink_to("gone"), "is a broken symbolic link; repair or remove it"),
        ("roles/baker.toml", lambda file: file.symlink_to(file), "is a broken symbolic link; repair or remove it"),
        (
            "talking_points.toml",
            lambda file: file.symlink_to("gone"),
            "is a broken symbolic link; repair or remove it",
        ),
        ("roles/baker.svg", lambda file: file.mkdir(), "is not a file; replace it by a file"),
        (
            "roles/baker.toml",
            lambda file: file.write_bytes(b"#" * 1_000_001),
            "has 1,000,001 bytes; use at most 1,000,",
        ),
        ("roles/baker.svg", lambda file: file.write_bytes(b"#" * 20_001), "has 20,001 bytes; use at most 20,000"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(small_bank, file, create, problem):
    (small_bank / file).unlink(missing_ok=True)
    create(small_bank / file)
    (line,) = problem_lines(small_bank)
    assert line.startswith(f"{file}:1: {problem}")


@pytest.mark.parametrize(
    ("create", "reason"),
    [
        (lambda folder: folder.write_text("roles"), "Not a directory"),
        (lambda folder: folder.symlink_to(folder), "Too many levels of symbolic links"),
    ],
)
def test_a_folder_of_roles_that_cannot_be_read_is_reported_with_the_reason(small_bank, create, reason):
    shutil.rmtree(small_bank / "roles")
    create(small_bank / "roles")
    assert problem_lines(small_bank) == [f"roles:1: cannot be read ({reason}); make it a readable folder"]


def test_hidden_files_are_not_roles(small_bank):
    (small_bank / "roles" / "._baker.toml").write_bytes(b"\0\5\x16\7")
    (small_bank / "roles" / ".#baker.toml").symlink_to("somebody@here.1:2")
    assert list(load(small_bank).role) == ["baker", "cake-maker", "shop-keeper"]


def test_a_role_file_with_a_capital_suffix_is_a_problem(small_bank):
    (small_bank / "roles" / "baker.toml").rename(small_bank / "roles" / "baker.TOML")
    assert problem_lines(small_bank) == ["roles/baker.TOML:1: ends in .TOML; rename it baker.toml"]


@pytest.mark.parametrize("name", ["new\nline", "turned\u202eround", os.fsdecode(b"byte\xff"), "r" * 81])
def test_a_problem_is_one_printable_line_with_any_file_name(small_bank, name):
    (small_bank / "roles" / "baker.toml").rename(small_bank / "roles" / f"{name}.toml")
    for file in ("cake-maker.toml", "shop-keeper.toml"):
        change(small_bank, f"roles/{file}", '["baker"]', "[]")
    (line,) = problem_lines(small_bank)
    assert ":1: file name '" in line
    assert line.isprintable()


def test_the_longest_ids_can_be_stored_and_exported(small_bank, tmp_path):
    long, answer = "r" * 80, "d" * 20
    change(small_bank, "bank.toml", 'id = "daily"', f'id = "{answer}"')
    change(small_bank, "bank.toml", 'id = "skip"', f'id = "{"s" * 20}"')
    (small_bank / "roles" / "baker.toml").rename(small_bank / "roles" / f"{long}.toml")
    change(small_bank, f"roles/{long}.toml", 'id = "dough"', f'id = "{"q" * 80}"')
    for file in ("cake-maker.toml", "shop-keeper.toml"):
        change(small_bank, f"roles/{file}", '["baker"]', f'["{long}"]')
    assert bank_lint.problems(small_bank) == []
    client = Client(create_app({"TESTING": True, "QUESTION_BANK": str(small_bank)}, instance=tmp_path / "instance"))
    own = client.take(dict.fromkeys(client.app.bank.responsibility, answer), contacts=[long])
    assert client.get(own).status_code == 200
    assert f'"{"q" * 80}"' in client.get(f"{own}.csv").text


def test_the_ids_of_roles_and_questions_cannot_be_other_columns_of_an_export(bank):
    columns = {"id", *personal_data.csv_columns(bank), *export.result_columns(bank.role)}
    without_role = {column for column in columns if "." not in column}  # an id has none
    assert without_role - set(bank.responsibility) == set(CSV_COLUMNS)


@pytest.mark.parametrize("id", ["text", "base", "follow-up"])
def test_a_role_cannot_have_an_id_that_gives_two_columns_one_name(small_bank, id):
    (small_bank / "roles" / "baker.toml").rename(small_bank / "roles" / f"{id}.toml")
    for file in ("cake-maker.toml", "shop-keeper.toml"):
        change(small_bank, f"roles/{file}", '["baker"]', f'["{id}"]')
    (line,) = problem_lines(small_bank)
    assert f"id '{id}' is the name of another column in CSV files; rename it" in line


# Icons

ICON = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- A loaf. -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">
<path d="M4 4H44" fill="none" stroke="currentColor"/>
</svg>
"""


@pytest.mark.parametrize("file", ["logo.svg", "roles/baker.svg"])
def test_a_role_and_the_whole_bank_may_have_an_icon(small_bank, file):
    (small_bank / file).write_text(ICON, encoding="utf-8")
    assert bank_lint.problems(small_bank) == []


@pytest.mark.parametrize("file", ["logo.svg", "roles/baker.svg"])
@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("M4 4H44", "{{ role }}", "4: contains '{'; remove it: an icon contains only shapes"),
        (
            "<!-- A",
            '<!DOCTYPE svg [<!ENTITY a "b">]><!-- A',
            "2: contains '<!'; remove it: an icon contains only",
        ),
        ("<path", "<script>alert(1)</script>\n<path", "4: contains <script>; draw only with path, rect, circle, "),
        ("<path", '<image href="https://example.org/a.png"/><path', "4: contains <image>; draw only with path, rect, "),
        ("<path", '<path onclick="alert(1)"', "4: <path> has onclick; remove it: d, fill, stroke and the like"),
        ("<path", '<path style="fill: red"', "4: <path> has style; remove it: d, fill, stroke and the like"),
        ("<path", '<path id="main"', "4: <path> has id; remove it: d, fill, stroke and the like"),
        ('"none"', '"url(https://example.org/a)"', "4: <path> has fill; remove it: d, fill, stroke and the like"),
        ("</svg>", "", "4: is not SVG (no element found); save it as plain SVG"),
        ("<svg", "</symbol><svg", "3: is not SVG (not well-formed (invalid token)); save it as plain SVG"),
    ],
)
def test_each_problem_of_an_icon_has_its_line_and_a_hint(small_bank, file, old, new, problem):
    (small_bank / file).write_text(ICON.replace(old, new), encoding="utf-8")
    (line,) = problem_lines(small_bank)
    assert line.startswith(f"{file}:{problem}")


def test_a_file_name_that_is_not_an_id_is_a_problem(small_bank):
    (small_bank / "roles" / "baker.toml").rename(small_bank / "roles" / "The Baker.toml")
    assert any(
        line.startswith("roles/The Baker.toml:1: file name 'The Baker' is not an id;")
        for line in problem_lines(small_bank)
    )


def test_the_problems_of_an_empty_folder_say_what_a_bank_is(tmp_path):
    assert problem_lines(tmp_path) == [
        "bank.toml:1: is missing; a bank is a folder with bank.toml and roles/<role>.toml",
        "roles:1: contains no role; add a file <role>.toml",
    ]


# The shipped bank


def test_the_shipped_bank_has_exactly_the_roles_and_responsibilities_that_other_programs_know(bank):
    assert {role.id: [r.id for r in role.responsibilities] for role in bank.roles} == SHIPPED
    assert list(bank.option) == ["never", "rarely", "monthly", "weekly", "daily", "skip"]


def test_the_shipped_bank_has_no_problem():
    assert bank_lint.problems(paths.project_folder("questions")) == []


def test_the_shipped_bank_has_every_wish_and_a_talking_point_for_every_condition(bank):
    assert tuple(bank.wish) == WISHES
    assert {talking_point.when for talking_point in bank.talking_points} == set(CONDITIONS)


def test_every_shipped_responsibility_has_a_weekly_example_of_one_sentence(bank):
    for item in bank.responsibility.values():
        assert item.weekly_example.startswith("You ") and item.weekly_example.endswith("."), item.id
        assert item.weekly_example.count(".") == 1 and 12 <= len(item.weekly_example.split()) <= 25, item.id


def test_every_shipped_talking_point_is_a_short_question_without_judgement(bank):
    for talking_point in bank.talking_points:
        assert talking_point.text.endswith("?") and len(talking_point.text.split()) <= 32, talking_point.id
        assert not {"must", "weak", "lack", "fail", "wrong", "poor"} & set(talking_point.text.casefold().split()), (
            talking_point.id
        )


def test_an_eighth_role_needs_only_one_more_file(tmp_path, bank):
    folder = shutil.copytree(paths.project_folder("questions"), tmp_path / "questions")
    (folder / "roles" / "data-librarian.toml").write_text(EIGHTH_ROLE, encoding="utf-8")
    assert bank_lint.problems(folder) == []
    larger_bank = load(folder)
    assert len(larger_bank.questions_in_order) == len(bank.questions_in_order) + 3
    assert all(5 <= len(page) <= 7 for page in larger_bank.pages)
    assert all(a.role != b.role for a, b in pairwise(larger_bank.questions_in_order))
    assert [role for role in larger_bank.roles if role.id != "data-librarian"] == list(bank.roles)
