"""The bank: what its files give, what is wrong with them, and the shipped one."""

import shutil
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz import check, paths
from quiz.bank import CONDITIONS, WISHES, Bank, BankError, Point, Prompt, Responsibility, Role, Stage, Wish, load

SHIPPED = {
    "software-engineer": ["data-applications", "apis-services", "code-quality"],
    "data-architect": ["data-stores", "governance", "scalable-architecture"],
    "devops-sre": ["infrastructure", "ci-cd", "monitoring"],
    "data-engineer": ["pipelines", "ingest-transform-serve", "data-quality"],
    "data-analyst": ["insights", "dashboards", "trends"],
    "data-scientist": ["predictive-models", "exploration", "model-handover"],
    "ml-engineer": ["model-deployment", "model-monitoring", "model-optimisation"],
}

EIGHTH = """\
name = "data librarian"
plural = "data librarians"
purpose = "Helps people find the data they need and trust what they find."
people = "People who help others find data"
stage = "consumers"
place = 4
works-with = ["data-architect", "data-analyst"]

[[responsibilities]]
id = "finding"
name = "Finding data"
question = "help somebody find data that answers their question"
hint = "a search together, a pointer to the right table"

[[responsibilities]]
id = "describing"
name = "Describing data"
question = "write down where data comes from so that others can judge it"
hint = "a summary, an example, a warning about gaps"

[[responsibilities]]
id = "teaching"
name = "Teaching others"
question = "teach colleagues to read data that is new to them"
hint = "a short course, a guided tour, office hours"
"""


PROMPTS = """\
[[prompts]]
id = "begin"
when = "wish-to-start"
text = "You would like to start with “{responsibility}”. Who could show you?"
priority = 80

[[prompts]]
id = "best-day"
when = "always"
text = "Which day went well?"
priority = 20
"""

WISH = """
[[wishes]]
id = "more"
label = "More of it"
said = "more"
"""


def made(roles: int, responsibilities: int = 3) -> Bank:
    """A bank of so many roles, whose ids tell where they stand."""
    scale = (Point("never", "Never", "never", 0.0), Point("daily", "Daily", "daily", 1.0))
    return Bank(
        name="made",
        stem="How often did you …",
        scale=scale,
        skip=Point("skip", "I can’t say", "left out", None),
        stages=(Stage("all", "All", "All."),),
        roles=tuple(
            Role(
                id=f"role-{n}",
                name=f"role {n}",
                plural=f"roles {n}",
                purpose="",
                people="",
                stage="all",
                place=n,
                works_with=(),
                titles=(),
                responsibilities=tuple(
                    Responsibility(
                        f"r{n}-{m}", f"role-{n}", "", f"do {n} {m}", "", "", (), paths.shipped("questions"), 1
                    )
                    for m in range(responsibilities)
                ),
            )
            for n in range(roles)
        ),
        least=5,
        most=7,
    )


def faults(folder) -> list[str]:
    """The problems of a bank as lines, with its folder left out."""
    with pytest.raises(BankError) as caught:
        load(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def change(folder, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


# The files become values


def test_a_bank_holds_what_its_files_say(small_bank):
    bank = load(small_bank)
    assert bank.name == "Roles in a bakery"
    assert [point.level for point in bank.scale] == [0, 0.1, 0.35, 0.65, 1]
    assert list(bank.point) == ["never", "rarely", "monthly", "weekly", "daily", "skip"]
    assert bank.skip.level is None
    assert list(bank.role) == ["baker", "cake-maker", "shop-keeper"]
    assert bank.role["cake-maker"].title == "Cake maker"
    assert list(bank.responsibility) == ["dough", "oven", "fillings", "decoration", "counter", "orders"]
    assert bank.responsibility["counter"].words == ("queue", "change for a note")
    assert bank.responsibility["oven"].line == 15


def test_roles_stand_in_the_order_of_the_flow(small_bank):
    change(small_bank, "roles/baker.toml", "place = 1", "place = 2.5")
    assert list(load(small_bank).role) == ["cake-maker", "baker", "shop-keeper"]


def test_naming_a_contact_in_one_file_is_enough(small_bank):
    bank = load(small_bank)
    assert bank.contacts == {("baker", "cake-maker"), ("baker", "shop-keeper")}
    assert [role.id for role in bank.neighbours("baker")] == ["cake-maker", "shop-keeper"]
    assert [role.id for role in bank.neighbours("cake-maker")] == ["baker"]


def test_the_version_changes_with_what_people_are_asked(small_bank):
    before = load(small_bank).version
    change(small_bank, "roles/baker.toml", "mix dough", "knead dough")
    assert load(small_bank).version != before


def test_the_version_stays_when_only_words_about_a_role_change(small_bank):
    before = load(small_bank).version
    change(small_bank, "roles/baker.toml", "Bakes the bread.", "Bakes bread and rolls.")
    change(small_bank, "bank.toml", "level = 0.35", "level = 0.4")
    assert load(small_bank).version == before


def test_a_bank_may_do_without_prompts_wishes_and_titles(small_bank):
    bank = load(small_bank)
    assert (bank.prompts, bank.wishes, bank.role["baker"].titles, bank.responsibility["dough"].week) == ((), (), (), "")


def test_a_bank_holds_what_a_talk_needs(small_bank):
    (small_bank / "prompts.toml").write_text(PROMPTS, encoding="utf-8")
    change(small_bank, "bank.toml", "[[stages]]", f"{WISH}\n[[stages]]")
    change(small_bank, "roles/baker.toml", "place = 1", 'place = 1\ntitles = ["bread maker"]')
    change(small_bank, "roles/baker.toml", 'id = "dough"', 'id = "dough"\nweek = "You knead."')
    bank = load(small_bank)
    assert bank.prompts == (
        Prompt("begin", "wish-to-start", "You would like to start with “{responsibility}”. Who could show you?", 80),
        Prompt("best-day", "always", "Which day went well?", 20),
    )
    assert bank.wish == {"more": Wish("more", "More of it", "more")}
    assert bank.role["baker"].titles == ("bread maker",)
    assert bank.responsibility["dough"].week == "You knead."


# Order and pages


@given(roles=st.integers(2, 12), responsibilities=st.integers(1, 5))
def test_no_two_neighbours_are_of_one_role(roles, responsibilities):
    bank = made(roles, responsibilities)
    assert all(a.role != b.role for a, b in pairwise(bank.asked))
    assert sorted(r.id for r in bank.asked) == sorted(bank.responsibility)


@given(roles=st.integers(1, 12), responsibilities=st.integers(1, 5))
def test_pages_hold_all_questions_in_order_and_differ_by_one_at_most(roles, responsibilities):
    bank = made(roles, responsibilities)
    sizes = [len(page) for page in bank.pages]
    assert [r for page in bank.pages for r in page] == list(bank.asked)
    assert max(sizes) <= bank.most
    assert max(sizes) - min(sizes) <= 1


# What can be wrong with the files


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("bank.toml", 'name = "Roles in a bakery"\n', "", "1: name is missing; write name = "),
        ("bank.toml", 'name = "Roles in a bakery"', "name = 3", "3: name has the wrong type; write name = "),
        ("bank.toml", 'name = "Roles in a bakery"', 'name = " "', "3: name is empty; write a text"),
        ("bank.toml", "least = 2", "least = 0", "7: least is 0; use a number from 1 to 50"),
        ("bank.toml", "most = 4", "most = true", "8: most has the wrong type; write most = a number"),
        ("bank.toml", "least = 2", "least = 4", "7: pages of 4 to 4 cannot hold the questions evenly (3, 3); widen it"),
        ("bank.toml", "level = 0.1", "level = 0", "20: level of 'rarely' does not rise; order the scale"),
        ("bank.toml", "level = 1\n", "level = 0.9\n", "10: the scale does not run from level 0 to level 1; give the"),
        ("bank.toml", 'id = "daily"', 'id = "weekly"', "35: answer 'weekly' stands twice; rename or remove one"),
        ("bank.toml", 'id = "daily"', 'id = "skip"', "35: 'skip' is also the id of [skip]; rename one of the two"),
        ("bank.toml", 'id = "shop"', 'id = "bakehouse"', "51: stage 'bakehouse' stands twice; rename or remove one"),
        ("bank.toml", "[pages]", "[pages", "6: is not TOML: "),
        ("roles/baker.toml", 'stage = "bakehouse"', 'stage = "mill"', "5: unknown stage 'mill'; use one of bakehouse"),
        ("roles/baker.toml", "place = 1", "place = 1\nplaec = 2", "7: unknown key 'plaec'; remove it or use one of "),
        ("roles/baker.toml", '["shop-keeper"]', '["miller"]', "7: 'miller' is no other role; use some of baker, "),
        ("roles/baker.toml", '["shop-keeper"]', '["baker"]', "7: 'baker' is no other role; use some of baker, "),
        ("roles/baker.toml", '["shop-keeper"]', "[7]", "7: works-with holds something that is not a text; put each"),
        ("roles/baker.toml", 'id = "oven"', 'id = "The oven"', "16: id 'The oven' is not an id; use a-z, 0-9 and "),
        ("roles/baker.toml", 'hint = "heating', 'clue = "heating', "15: hint is missing; write hint = "),
        (
            "roles/cake-maker.toml",
            'id = "fillings"',
            'id = "oven"',
            "9: id 'oven' is taken by baker.toml:15; rename one",
        ),
        ("roles/baker.toml", 'id = "oven"', 'id = "shop-keeper"', "15: id 'shop-keeper' is also a role's; rename one"),
        ("roles/baker.toml", 'plural = "bakers"', 'plural = "bakers', "2: is not TOML: "),
    ],
)
def test_each_fault_is_named_with_its_line_and_mend(small_bank, file, old, new, problem):
    change(small_bank, file, old, new)
    assert any(line.startswith(f"{file}:{problem}") for line in faults(small_bank)), faults(small_bank)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("wish-to-start", "wish-to-stop", "3: unknown condition 'wish-to-stop'; use one of daily-but-hand-over, "),
        ("{responsibility}", "{before}", "4: unknown slot {before} for this condition; use only {responsibility}, "),
        ("{responsibility}", "{role.name}", "4: unknown slot {role.name} for this condition; use only "),
        ("{responsibility}", "{role!r:>9}", "4: unknown slot {role!r:>9} for this condition; use only "),
        ("{responsibility}", "{}", "4: unknown slot {} for this condition; use only "),
        ("Which day", "Which {role}", "10: unknown slot {role} for this condition; use none here"),
        ("{responsibility}", "{responsibility", "4: text has a brace without its partner; write each slot as {slot}"),
        ("priority = 80", "priority = 101", "5: priority is 101; use a number from 0 to 100"),
        ("priority = 80", "weight = 80", "1: priority is missing; write priority = "),
        ("priority = 80", "weight = 80", "5: unknown key 'weight'; remove it or use one of id, priority, text, when"),
        ('id = "best-day"', 'id = "begin"', "8: prompt 'begin' stands twice; rename or remove one"),
        ("[[prompts]]", "[[prompt]]", "1: unknown key 'prompt'; remove it or use one of prompts"),
        ("[[prompts]]", "[[prompts]", "1: is not TOML: "),
    ],
)
def test_each_fault_of_a_prompt_is_named_with_its_line_and_mend(small_bank, old, new, problem):
    (small_bank / "prompts.toml").write_text(PROMPTS, encoding="utf-8")
    change(small_bank, "prompts.toml", old, new)
    assert any(line.startswith(f"prompts.toml:{problem}") for line in faults(small_bank)), faults(small_bank)


def test_a_prompt_may_hold_doubled_braces(small_bank):
    text = PROMPTS.replace("{responsibility}", "{{anything}}")
    (small_bank / "prompts.toml").write_text(text, encoding="utf-8")
    assert load(small_bank).prompts[0].text.format() == "You would like to start with “{anything}”. Who could show you?"


def test_a_wish_that_nothing_asks_by_is_named(small_bank):
    end = len((small_bank / "bank.toml").read_text(encoding="utf-8").splitlines())
    with (small_bank / "bank.toml").open("a", encoding="utf-8") as file:
        file.write(WISH.replace('"more"', '"most"', 1))
    assert faults(small_bank) == [
        f"bank.toml:{end + 3}: unknown wish 'most'; use one of more, as-is, less, hand-over, start"
    ]


def test_all_faults_are_named_at_once_in_order_of_file_and_line(small_bank):
    change(small_bank, "roles/shop-keeper.toml", 'stage = "shop"', 'stage = "market"')
    change(small_bank, "roles/baker.toml", 'id = "oven"', 'id = "Oven"')
    change(small_bank, "roles/baker.toml", "place = 1", "place = 101")
    starts = ["roles/baker.toml:6: place", "roles/baker.toml:16: id", "roles/shop-keeper.toml:5: unknown stage"]
    assert [line[: len(start)] for line, start in zip(faults(small_bank), starts, strict=True)] == starts


def test_a_role_with_fewer_responsibilities_than_the_others_is_named(small_bank):
    file = small_bank / "roles" / "baker.toml"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:14]), encoding="utf-8")
    (line,) = faults(small_bank)
    assert line.startswith("roles/baker.toml:9: 1 responsibilities where other roles have 2; give every role the same")


def test_roles_without_any_responsibility_are_named(small_bank):
    for file in (small_bank / "roles").iterdir():
        file.write_text("\n".join([*file.read_text(encoding="utf-8").splitlines()[:7], "responsibilities = []"]))
    assert {line.partition(": ")[2] for line in faults(small_bank)} == {
        "the role has no responsibility; add a [[responsibilities]] table"
    }


def test_two_tables_without_an_id_are_not_called_twins(small_bank):
    change(small_bank, "bank.toml", 'id = "never"\n', "")
    change(small_bank, "bank.toml", 'id = "rarely"\n', "")
    assert [line.partition(";")[0] for line in faults(small_bank)] == [
        "bank.toml:10: id is missing",
        "bank.toml:15: id is missing",
    ]


def test_a_file_cut_short_is_reported_at_its_end(small_bank):
    (small_bank / "roles" / "baker.toml").write_text('name = "baker"\nworks-with = ["a",\n', encoding="utf-8")
    (line,) = faults(small_bank)
    assert line.startswith("roles/baker.toml:2: is not TOML: ")


def test_a_file_that_is_no_text_is_named(small_bank):
    (small_bank / "roles" / "baker.toml").write_bytes(b"\xff\xfe")
    (line,) = faults(small_bank)
    assert line.startswith("roles/baker.toml:1: cannot be read (")


def test_a_file_name_that_is_no_id_is_named(small_bank):
    (small_bank / "roles" / "baker.toml").rename(small_bank / "roles" / "The Baker.toml")
    assert any(
        line.startswith("roles/The Baker.toml:1: file name 'The Baker' is not an id;") for line in faults(small_bank)
    )


def test_an_empty_folder_is_told_what_a_bank_is(tmp_path):
    assert faults(tmp_path) == [
        "bank.toml:1: is missing; a bank is a folder with bank.toml and roles/<role>.toml",
        "roles:1: holds no role; add a file <role>.toml",
    ]


# The shipped bank


def test_the_shipped_bank_holds_exactly_the_roles_and_responsibilities_that_other_programs_know(bank):
    assert {role.id: [r.id for r in role.responsibilities] for role in bank.roles} == SHIPPED
    assert list(bank.point) == ["never", "rarely", "monthly", "weekly", "daily", "skip"]


def test_the_shipped_bank_has_no_problem():
    assert check.problems(paths.shipped("questions")) == []


def test_the_shipped_bank_has_every_wish_and_a_prompt_for_every_condition(bank):
    assert tuple(bank.wish) == WISHES
    assert {prompt.when for prompt in bank.prompts} == set(CONDITIONS)


def test_every_shipped_responsibility_says_in_one_sentence_what_a_week_of_it_looks_like(bank):
    for item in bank.responsibility.values():
        assert item.week.startswith("You ") and item.week.endswith("."), item.id
        assert item.week.count(".") == 1 and 12 <= len(item.week.split()) <= 25, item.id


def test_every_shipped_prompt_asks_something_in_a_few_words_and_passes_no_judgement(bank):
    for prompt in bank.prompts:
        assert prompt.text.endswith("?") and len(prompt.text.split()) <= 32, prompt.id
        assert not {"must", "weak", "lack", "fail", "wrong", "poor"} & set(prompt.text.casefold().split()), prompt.id


def test_an_eighth_role_is_one_more_file_and_nothing_else(tmp_path, bank):
    folder = shutil.copytree(paths.shipped("questions"), tmp_path / "questions")
    (folder / "roles" / "data-librarian.toml").write_text(EIGHTH, encoding="utf-8")
    assert check.problems(folder) == []
    grown = load(folder)
    assert len(grown.asked) == 24
    assert all(5 <= len(page) <= 7 for page in grown.pages)
    assert all(a.role != b.role for a, b in pairwise(grown.asked))
    assert [role for role in grown.roles if role.id != "data-librarian"] == list(bank.roles)
