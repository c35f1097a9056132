"""The roles that a job title names, compared with the mix and its alternative."""

import pytest

from quiz.bank import load
from quiz.config import paths
from quiz.results.job_title import read_job_title

BANK = load(paths.project_folder("questions"))
ENGINEER, ANALYST, SCIENTIST = (BANK.role[id] for id in ("data-engineer", "data-analyst", "data-scientist"))


@pytest.mark.parametrize(
    ("title", "mix", "alternative", "verdict"),
    [
        ("Data engineer", [ENGINEER], [], "same"),
        ("Analytics engineer", [ANALYST, ENGINEER], [], "same"),
        ("Data engineer", [ENGINEER, ANALYST], [], "more-roles"),
        ("Data engineer", [ANALYST], [ENGINEER], "in-alternative"),
        ("Analytics engineer", [ANALYST], [ANALYST, ENGINEER], "in-alternative"),
        ("Analytics engineer", [ANALYST], [ENGINEER], "in-both-mixes"),
        ("Analytics engineer", [ANALYST, SCIENTIST], [], "part"),
        ("Analytics engineer", [SCIENTIST], [], "not-in-mix"),
    ],
)
def test_the_verdict_compares_all_roles_of_the_title(title, mix, alternative, verdict):
    job_title = read_job_title(BANK, title, mix=mix, alternative=alternative, has_mix=True)
    assert job_title is not None
    assert job_title.verdict == verdict


def test_missing_and_other_roles_are_those_of_one_side_only():
    job_title = read_job_title(BANK, "Analytics engineer", mix=[ANALYST, SCIENTIST], alternative=[], has_mix=True)
    assert job_title is not None
    assert job_title.missing_roles == (ENGINEER,)
    assert job_title.other_roles == (SCIENTIST,)


def test_answers_that_name_no_roles_decide_nothing():
    job_title = read_job_title(BANK, "Data engineer", mix=BANK.roles, alternative=[], has_mix=False)
    assert job_title is not None
    assert job_title.verdict == "undecided"


def test_a_title_that_names_no_role_has_no_result():
    assert read_job_title(BANK, "Head of Data", mix=[ENGINEER], alternative=[], has_mix=True) is None


def test_the_title_is_quoted_as_typed_but_in_one_line():
    job_title = read_job_title(BANK, " MLOps\n  Lead ", mix=[ENGINEER], alternative=[], has_mix=True)
    assert job_title is not None
    assert job_title.text == "MLOps Lead"
