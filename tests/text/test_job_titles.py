"""Job titles: which role a typed title clearly names."""

import pytest

from quiz.bank import load
from quiz.text.job_titles import role_named


def test_a_role_is_named_by_its_name_and_its_plural(bank):
    for role in bank.roles:
        assert role_named(bank, role.name) == role.id
        assert role_named(bank, role.plural) == role.id


def test_a_role_is_named_by_each_of_its_titles_in_singular_and_plural(bank):
    for role in bank.roles:
        assert role.titles, role.id
        for title in role.titles:
            assert role_named(bank, title) == role.id
            assert role_named(bank, f"Head of {title}s") == role.id


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Senior Data Engineer (Team Lead)", "data-engineer"),
        ("DATA-SCIENTIST II", "data-scientist"),
        ("BI analyst", "data-analyst"),
        ("Back-end developer", "software-engineer"),
        ("C++ developer", "software-engineer"),
        ("Site reliability engineer, data centre", "devops-sre"),
        ("SRE", "devops-sre"),
        ("DevOps", "devops-sre"),
        ("MLOps engineer", "ml-engineer"),
        ("AI/ML engineer", "ml-engineer"),
        ("Head of data science", "data-scientist"),
    ],
)
def test_titles_as_people_type_them(bank, title, role):
    assert role_named(bank, title) == role


@pytest.mark.parametrize(
    "title",
    ["", "  ", "/", "nurse", "engineer", "data", "Business analyst", "metadata engineers’ assistant", "数据工程师"],
)
def test_a_title_that_names_no_role_gives_none(bank, title):
    assert role_named(bank, title) is None


@pytest.mark.parametrize(
    "title", ["Data analyst / data scientist", "Machine learning engineer and data scientist", "DevOps, data engineer"]
)
def test_a_title_that_names_two_roles_gives_none_however_long_their_names_are(bank, title):
    assert role_named(bank, title) is None


@pytest.mark.parametrize(
    ("title", "role"), [("Data platform engineer", "data-engineer"), ("ML platform engineer", "ml-engineer")]
)
def test_the_longer_of_two_names_that_share_a_word_counts(bank, title, role):
    assert role_named(bank, "platform engineer") == "devops-sre"
    assert role_named(bank, title) == role


def test_a_title_that_two_roles_claim_gives_none(small_bank):
    for name in ("baker", "cake-maker"):
        file = small_bank / "roles" / f"{name}.toml"
        file.write_text('titles = ["pastry cook"]\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert role_named(load(small_bank), "pastry cook") is None
    assert role_named(load(small_bank), "seller") == "shop-keeper"
