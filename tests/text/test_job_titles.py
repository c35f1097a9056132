"""Job titles: which roles a typed title names."""

from dataclasses import replace

import pytest

from quiz.bank import TitleWords, load
from quiz.text.job_titles import match_title

ENGINEER_AND_ANALYST = "data-engineer data-analyst"


def role_ids(bank, title: str) -> set[str]:
    return set(match_title(bank, title).roles)


def test_a_role_is_named_by_its_name_and_its_plural(bank):
    for role in bank.roles:
        assert match_title(bank, role.name).roles == (role.id,)
        assert match_title(bank, role.plural).roles == (role.id,)
        assert match_title(bank, role.name).is_own_name


def test_a_role_is_named_by_each_of_its_titles_in_singular_and_plural(bank):
    for role in bank.roles:
        assert role.titles, role.id
        for title in (*role.titles, *role.whole_titles):
            assert role.id in role_ids(bank, title), title
            assert role.id in role_ids(bank, f"Lead {title}s"), title


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Senior Data Engineer (Team Lead)", "data-engineer"),
        ("DATA-SCIENTIST II", "data-scientist"),
        ("BI analyst", "data-analyst"),
        ("Back-end developer", "software-engineer"),
        ("Back end developer", "software-engineer"),
        ("Backend developer (m/f/d)", "software-engineer"),
        ("C++ developer", "software-engineer"),
        ("Sr. Developer", "software-engineer"),
        ("Site reliability engineer, data centre", "devops-sre"),
        ("SRE", "devops-sre"),
        ("DevOps/SRE", "devops-sre"),
        ("DevOps", "devops-sre"),
        ("Senior Platform Engineer", "devops-sre"),
        ("MLOps Lead", "ml-engineer"),
        ("ML Ops engineer", "ml-engineer"),
        ("AI/ML engineer", "ml-engineer"),
        ("LLM Engineer", "ml-engineer"),
        ("AI engineer", "ml-engineer"),
        ("Staff MLE", "ml-engineer"),
        ("SWE III", "software-engineer"),
        ("DE", "data-engineer"),
        ("Sr. DS", "data-scientist"),
        ("BI", "data-analyst"),
        ("Statistician", "data-scientist"),
        ("Lead Data Scientist & Analytics", "data-scientist"),
        ("Data Analyst II – Finance", "data-analyst"),
        ("Sales Data Analyst", "data-analyst"),
        ("Data Steward", "data-architect"),
        ("Data governance manager", "data-architect"),
        ("Enterprise Data Architect", "data-architect"),
        ("Ｄａｔａ Ｅｎｇｉｎｅｅｒ", "data-engineer"),
        ("data\tengineer\n", "data-engineer"),
    ],
)
def test_titles_as_people_type_them(bank, title, role):
    assert match_title(bank, title).roles == (role,)


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        ("Analytics Engineer", ENGINEER_AND_ANALYST),
        ("Senior Analytics Engineers (m/w/d)", ENGINEER_AND_ANALYST),
        ("BI-Engineer", ENGINEER_AND_ANALYST),
        ("Data analyst / data scientist", "data-analyst data-scientist"),
        ("Machine learning engineer and data scientist", "ml-engineer data-scientist"),
        ("DevOps, data engineer", "devops-sre data-engineer"),
        ("Data Engineer/Analyst", ENGINEER_AND_ANALYST),
        ("Data Engineer / Analyst / Scientist", "data-engineer data-analyst data-scientist"),
        ("Software/Data Engineer", "software-engineer data-engineer"),
        ("DE/DS", "data-engineer data-scientist"),
    ],
)
def test_a_title_can_name_several_roles(bank, title, roles):
    assert role_ids(bank, title) == set(roles.split())


@pytest.mark.parametrize(
    "title",
    [
        "",
        "  ",
        "/",
        "()",
        "nurse",
        "engineer",
        "data",
        "Business analyst",
        "metadata engineers’ assistant",
        "数据工程师",
    ],
)
def test_a_title_that_names_no_role_gives_none(bank, title):
    assert match_title(bank, title).roles == ()


@pytest.mark.parametrize(
    "title",
    [
        "Data Center Technician",
        "Sales Engineer",
        "Research Assistant",
        "Research scientist",
        "Account Manager",
        "Account Executive, DE",
        "Analyst Relations",
        "Research & Data, Analyst Relations",
        "System Administrator",
        "Database administrator",
        "DBA",
        "Security Engineer",
        "Solution Consultant",
        "Solutions Architect",
        "Enterprise architect",
        "Engineering manager",
        "Data product manager",
        "Head of Data",
        "Oil platform engineer",
        "Business developer",
        "Data Entry / Analyst",
    ],
)
def test_a_job_near_to_a_role_is_not_counted_as_it(bank, title):
    assert match_title(bank, title).roles == ()


@pytest.mark.parametrize(
    "title",
    [
        "Head of Data Science",
        "Data Engineering Manager",
        "Recruiter for data scientists",
        "Data science student",
        "Manager, ML engineers",
    ],
)
def test_a_title_of_another_job_that_mentions_a_role_gives_none(bank, title):
    assert match_title(bank, title).roles == ()


@pytest.mark.parametrize(
    "title", ["Business analyst / data analyst", "Data engineer and DBA", "Data scientist, nurse scientist"]
)
def test_a_title_that_names_a_role_and_an_unknown_job_gives_none(bank, title):
    assert match_title(bank, title).roles == ()


@pytest.mark.parametrize(
    ("title", "role"), [("Data platform engineer", "data-engineer"), ("ML platform engineer", "ml-engineer")]
)
def test_the_longer_of_two_names_that_share_a_word_counts(bank, title, role):
    assert match_title(bank, "platform engineer").roles == ("devops-sre",)
    assert match_title(bank, title).roles == (role,)


def test_only_titles_with_the_names_of_the_roles_themselves_are_own_names(bank):
    assert match_title(bank, "Senior data engineers").is_own_name
    assert match_title(bank, "DevOps lead").is_own_name
    assert not match_title(bank, "ETL developer").is_own_name
    assert not match_title(bank, "Data engineer / ETL developer").is_own_name
    assert not match_title(bank, "nurse").is_own_name


def test_titles_belong_to_the_bank(small_bank):
    assert match_title(load(small_bank), "Data engineer").roles == ()
    assert match_title(load(small_bank), "Seller").roles == ("shop-keeper",)


def test_a_title_that_two_roles_have_names_both(small_bank):
    for name in ("baker", "cake-maker"):
        file = small_bank / "roles" / f"{name}.toml"
        file.write_text('titles = ["pastry cook"]\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert role_ids(load(small_bank), "pastry cook") == {"baker", "cake-maker"}


def test_the_own_name_of_a_role_does_not_mean_a_role_that_has_it_among_its_titles(bank):
    roles = [replace(role, titles=("ML engineer",)) if role.id == "data-scientist" else role for role in bank.roles]
    assert match_title(replace(bank, roles=tuple(roles)), "ML engineer").roles == ("ml-engineer",)


def test_a_bank_without_words_for_titles_knows_the_names_of_its_roles(bank):
    plain = replace(bank, title_words=TitleWords())
    assert match_title(plain, "Senior data engineer").roles == ("data-engineer",)
    assert match_title(plain, "Data engineering manager").roles == ("data-engineer",)


def test_a_very_long_title_is_read(bank):
    assert role_ids(bank, "data engineer and " * 500 + "data analyst") == set(ENGINEER_AND_ANALYST.split())
