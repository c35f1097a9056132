import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.results.advert import MAX_ADVERT_CHARACTERS, read_advert
from quiz.text import matcher

WORK = """\
• You build and run data pipelines with Airflow and Spark
• You load sources into our data warehouse and model its tables in dbt
• You add data quality checks to the pipelines and fix loads that failed
"""
OPERATIONS = """\
• You run our Kubernetes clusters and servers with Terraform, and plan their capacity
• You build the CI/CD pipelines for releases, with GitLab and Argo CD
• You watch uptime with Prometheus and Grafana, and take part in on-call for incidents
"""
COMPANY = """\
About Acme
Acme builds machine learning models and dashboards for banks. Founded in 2011, we have offices in 12 countries.
"""
BENEFITS = """\
What we offer
• A training budget for courses about Kubernetes, Terraform and machine learning models
• 30 days of vacation, a pension and health insurance
• A competitive salary
"""
APPLICATION = """\
How to apply
Send your application documents with your salary expectations by e-mail. Our hiring manager answers within a week.
"""
EQUALITY = """\
Acme is an equal opportunity employer. We do not discriminate on the basis of race, religion, gender or disability.
"""
SIGNATURE = """\
Kind regards
Jo Smith
Head of Machine Learning and Dashboards
jo@example.org
"""
POEM = """\
The lake lies still below the hill,
A heron stands where light is thin;
I hear a bell, and then the mill,
And close the gate, and dusk comes in.
"""
CV = """\
Jo Smith, data engineer
Work experience
2019 - present: data engineer. Built data pipelines with Spark and Airflow, maintained the data warehouse.
2016 – 2019: analyst. Built dashboards in Tableau.
Education
2012 – 2016: computer science
"""
GERMAN = """\
Du entwickelst Datenpipelines mit Python, Spark, Kafka und Airflow und betreibst das Data Warehouse auf AWS.
Du arbeitest mit den Data Scientists an der Datenqualität und bist für die Dashboards zuständig.
"""
LEAD = """\
You lead a team of 12 people, hold one-to-ones, hire colleagues, plan the budget for next year, run performance reviews,
approve holidays, negotiate supplier contracts and report to the board.
"""


@pytest.fixture
def read(bank):
    return lambda text: read_advert(bank, text)


def marked(advert):
    return [advert.text[mark.start : mark.end] for mark in advert.marks]


def left_out(advert):
    return " ".join(advert.text[start:end] for start, end in advert.left_out)


def test_an_advert_for_one_role_names_it_and_asks_for_its_responsibilities(read):
    advert = read(WORK)
    assert advert.recognised
    assert advert.mix == ("data-engineer",)
    assert set(advert.asked) == {"pipelines", "ingest-transform-serve", "data-quality"}


def test_an_advert_for_two_roles_names_both(read):
    assert set(read(WORK + OPERATIONS).mix) == {"data-engineer", "devops-sre"}


def test_an_advert_asks_for_one_thing_of_a_role_even_if_it_asks_for_more_of_another(read):
    advert = read(WORK + "• You build dashboards in Tableau for the sales teams and define their metrics\n")
    assert "dashboards" in advert.asked
    assert "pipelines" in advert.asked
    assert "dashboards" not in read(WORK).asked


def test_a_recognised_advert_asks_for_something(read):
    vague = "We look for somebody who sees to data pipelines, and who knows how people talk to each other. " * 2
    filler = "On Mondays the sun shines, the tram is late, and nobody minds the noise of the street outside. " * 3
    advert = read(vague + filler)
    assert advert.recognised
    assert advert.asked


def test_lines_in_another_language_are_left_out_and_the_english_ones_are_read(read):
    advert = read(f"{WORK}\n{GERMAN}")
    assert advert.roles == pytest.approx(read(WORK).roles)
    assert "Datenpipelines" in left_out(advert)
    assert "another language" in advert.subjects
    assert read(f"Your role\n{GERMAN}\nWe are Acme.").reason == "other-language"


def test_sentences_that_lost_their_line_ends_are_read_one_by_one(read):
    lines = [line[2:] for line in (WORK + "• We offer a competitive salary and a pension\n").splitlines()]
    for separator in (",", ".", ";"):
        advert = read(separator.join(lines))
        assert advert.roles == pytest.approx(read(WORK).roles)
        assert left_out(advert) == "We offer a competitive salary and a pension"


def test_a_mark_is_a_part_of_the_text_that_speaks_for_a_responsibility_of_its_role(read, bank):
    advert = read(WORK)
    assert any("data pipelines with Airflow" in text for text in marked(advert))
    for mark in advert.marks:
        assert bank.responsibility[mark.responsibility].role == mark.role


@pytest.mark.parametrize(
    "part", [COMPANY, BENEFITS, APPLICATION, EQUALITY], ids=["company", "benefits", "apply", "equal"]
)
def test_a_part_that_is_not_about_the_work_changes_nothing(read, part):
    alone = read(WORK)
    for text in (f"{part}\nYour role\n{WORK}", f"Your role\n{WORK}\n{part}"):
        advert = read(text)
        assert advert.roles == pytest.approx(alone.roles, abs=0.01)
        assert (advert.mix, advert.asked) == (alone.mix, alone.asked)
        assert part.splitlines()[-1].split(".")[0][-15:] in left_out(advert)


@pytest.mark.parametrize("heading", ["Why you should come to us", "Good things", "More about Acme", "Perks & co."])
def test_a_part_is_found_by_its_own_words_under_any_heading(read, heading):
    lines = "• 30 days of vacation\n• Pension plan and health insurance\n• Salary reviews and a gym"
    advert = read(f"Your role\n{WORK}\n{heading}\n{lines}\n")
    assert all(word in left_out(advert) for word in ("vacation", "Pension", "gym"))
    assert advert.mix == ("data-engineer",)


def test_benefits_in_the_middle_of_a_paragraph_are_left_out(read):
    text = (
        "You build data pipelines with Spark. We offer a competitive salary and a pension. You model warehouse tables."
    )
    advert = read(text)
    assert "salary" in left_out(advert)
    assert "warehouse" not in left_out(advert)


def test_what_is_left_out_is_never_marked(read):
    advert = read(COMPANY + "\nYour role\n" + WORK + BENEFITS + EQUALITY + SIGNATURE)
    for mark in advert.marks:
        assert not any(start < mark.end and mark.start < end for start, end in advert.left_out)


def test_an_e_mail_signature_does_not_count(read):
    assert read(f"{WORK}\n{SIGNATURE}").roles == pytest.approx(read(WORK).roles)
    assert read(f"{WORK}\n-- \nJo Smith\nHead of Machine Learning").roles == pytest.approx(read(WORK).roles)


def test_html_counts_like_its_text(read):
    items = "".join(f"<li class='kubernetes terraform'>{line[2:]}</li>\n" for line in WORK.splitlines())
    advert = read(f"<div id='kafka'><h2>Your&nbsp;role</h2><ul>{items}</ul><script>dashboard()</script></div>")
    assert advert.roles == pytest.approx(read(WORK).roles, abs=0.03)
    assert advert.mix == ("data-engineer",)
    assert any("Airflow" in text for text in marked(advert))


@pytest.mark.parametrize("bullet", ["•", "·", "▪", "-", "*", "–", "1.", "✓"])
def test_any_bullet_begins_a_line(read, bullet):
    advert = read(WORK.replace("•", bullet))
    assert advert.roles == pytest.approx(read(WORK).roles)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \0\x07\n", "empty"),
        ("data engineer", "short"),
        (POEM, "unknown"),
        (CV, "cv"),
        (GERMAN, "other-language"),
        ("我们正在招聘数据工程师，负责使用 Spark 和 Kafka 构建数据管道，并维护数据仓库。", "other-language"),
        (LEAD, "other-work"),
        (BENEFITS + APPLICATION + EQUALITY, "no-work"),
    ],
    ids=["empty", "control", "short", "poem", "cv", "german", "chinese", "lead", "benefits"],
)
def test_a_text_that_is_no_advert_for_these_roles_is_not_recognised_and_says_why(read, text, reason):
    advert = read(text)
    assert (advert.recognised, advert.reason) == (False, reason)
    assert (advert.mix, advert.asked, advert.mentioned, advert.marks) == ((), (), (), ())


def test_an_advert_that_asks_for_experience_and_education_is_no_cv(read):
    profile = "Experience\nYou have three years of it.\nEducation\nYou have a degree.\nLanguages\nYou speak English."
    assert read(f"{WORK}\n{profile}").recognised


def test_control_characters_separate_words_and_move_no_mark(read):
    advert = read(WORK.replace(" ", "\0", 3))
    assert advert.recognised
    assert any("Airflow" in text for text in marked(advert))


def test_an_advert_of_the_greatest_length_is_read(read):
    advert = read((WORK * 1000)[:MAX_ADVERT_CHARACTERS])
    assert advert.mix == ("data-engineer",)


def test_each_further_role_has_to_earn_its_place(read):
    passing = read(WORK + "• Nice to have: a first look at dashboards\n")
    assert passing.mix == ("data-engineer",)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=string.printable + "<>&;•\0éß中", max_size=300))
def test_no_text_is_an_error_and_marks_are_in_order(bank, text):
    advert = read_advert(bank, text + WORK)
    ends = 0
    for mark in advert.marks:
        assert ends <= mark.start < mark.end <= len(advert.text)
        ends = mark.end
    assert all(0 <= value <= 1 for value in advert.responsibilities.values())


def test_languages_and_ways_of_working_alone_are_no_work(bank, read):
    text = "Java, Scala, agile, JIRA, programming experience, object-oriented languages, large-scale systems"
    match = matcher.matcher_for(bank).match(text)
    without_work = replace(match, responsibilities=dict.fromkeys(match.responsibilities, 0.0))
    assert match.recognised and max(match.roles.values()) > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matcher.TextMatcher, "match_stems", lambda *_: [without_work])
        advert = read(text)
    assert (advert.reason, advert.mix, advert.asked) == ("short", (), ())
