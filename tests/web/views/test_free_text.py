"""The free text and the job title on the result page. They never change the match."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from typing import Any

import pytest

from quiz.bank import Bank, load
from quiz.config import paths
from quiz.results.free_text import MAX_UNFOLDED_CHARACTERS, FreeTextResult, RoleSimilarity
from quiz.results.result import Result, build_result
from quiz.scoring import ScoringModel
from quiz.web.app import App
from quiz.web.forms.details import MAX_TEXT_LENGTH
from tests.checks import load_response
from tests.clients import Client
from tests.factories import ROOT, all_answers

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)

ENGINEER = {"pipelines": "daily", "data_quality": "daily", "ingest_transform_serve": "daily"}
ANALYST_TEXT = "I built dashboards and reports in Power BI, and answered ad-hoc questions of the sales team with SQL."
ENGINEER_TEXT = "I repaired the nightly ETL load in Airflow and moved our Kafka pipelines to the new warehouse."
MARKED_PHRASE = re.compile(r"<mark>(.*?)<sup>(\d)</sup></mark>", re.DOTALL)


def result_of(text: str, title: str = "", *, often: str = "never", **answers: str) -> Result:
    """The result for a free text and `answers`, with `often` for all other questions."""
    return build_result(BANK, MODEL, all_answers(BANK, often, **answers), title=title, text=text)


def free_text_of(text: str, *, often: str = "never", **answers: str) -> FreeTextResult:
    """The free-text result for `text`."""
    free_text = result_of(text, often=often, **answers).free_text
    assert free_text is not None
    return free_text


def result_page(client: Client, text: str, title: str = "", **answers: str) -> str:
    """The result page for a free text and a title, as HTML."""
    owner_path = client.take(all_answers(client.app.bank, "never", **answers or ENGINEER), text=text, title=title)
    response = client.get(owner_path)
    assert response.status_code == 200
    return response.text


def unmarked_text(page: str) -> str:
    """The free text on the page, without its marks."""
    quote = page.split('<blockquote dir="auto">', 1)[1].split("</blockquote>", 1)[0]
    return unescape(re.sub(r"</?mark>", "", re.sub(r"<sup>\d</sup>", "", quote)))


# As values


def test_roles_are_ordered_by_similarity():
    free_text = free_text_of(ANALYST_TEXT)
    assert free_text.recognised
    assert free_text.roles[0].role == BANK.role["data-analyst"]
    assert all(each.percent == round(100 * each.similarity, 1) for each in free_text.roles)
    assert {each.role for each in free_text.roles} == set(BANK.roles)
    assert [each.similarity for each in free_text.roles] == sorted(
        (each.similarity for each in free_text.roles), reverse=True
    )
    assert "dashboards" in " ".join(free_text.roles[0].phrases)


@pytest.mark.parametrize(
    "text",
    [
        ANALYST_TEXT,
        ENGINEER_TEXT,
        f"{ANALYST_TEXT}\n\n{ENGINEER_TEXT}",
        f"  {ENGINEER_TEXT}\t🎩 <b>{ANALYST_TEXT}</b>\u202e",
        f"{ANALYST_TEXT} " * 30,
    ],
    ids=["one", "another", "both", "odd characters", "long"],
)
def test_the_segments_join_to_the_text_exactly(text):
    free_text = free_text_of(text)
    assert "".join(segment.text for segment in free_text.segments) == text
    numbers = {segment.role_number for segment in free_text.segments if segment.role_number}
    assert numbers
    assert numbers <= set(range(1, len(BANK.roles) + 1))
    assert all(segment.text for segment in free_text.segments)


def test_a_marked_segment_has_the_number_of_its_role():
    free_text = free_text_of(f"{ANALYST_TEXT} {ENGINEER_TEXT}")
    role_by_phrase = {
        segment.text.lower(): free_text.roles[segment.role_number - 1].role.id
        for segment in free_text.segments
        if segment.role_number
    }
    assert next(role for text, role in role_by_phrase.items() if "dashboards" in text) == "data-analyst"
    assert next(role for text, role in role_by_phrase.items() if "kafka" in text) == "data-engineer"


@pytest.mark.parametrize(
    ("similarities", "closest", "further"),
    [
        ([0.4, 0.2, 0], 1, 0),
        ([0.4, 0.25, 0.24], 1, 2),
        ([0.4, 0.37, 0.1], 2, 0),
        ([0.09, 0.085, 0.06], 2, 1),
        ([0.3, 0.3, 0.3], 3, 0),
    ],
)
def test_roles_that_are_too_near_each_other_are_not_ranked(similarities, closest, further):
    roles = tuple(RoleSimilarity(role, value, ()) for role, value in zip(BANK.roles, similarities, strict=False))
    free_text = FreeTextResult(recognised=True, roles=roles)
    assert free_text.closest_roles == BANK.roles[:closest]
    assert free_text.further_roles == BANK.roles[closest : closest + further]
    assert free_text.is_ranked == (closest == 1)


@pytest.mark.parametrize(
    ("similarities", "expected"),
    [
        ([0.4, 0.1], "sounds most like software engineer. It"),
        ([0.4, 0.25, 0.24], "sounds most like software engineer, and also like data architect and data engineer. It"),
        ([0.4, 0.39], "sounds about equally like software engineer and data architect: too similar to say"),
        (
            [0.4, 0.39, 0.25],
            "sounds about equally like software engineer and data architect, and also like data engineer.",
        ),
    ],
)
def test_the_page_says_whether_a_text_is_clear(app: App, similarities, expected):
    roles = tuple(RoleSimilarity(role, value, ()) for role, value in zip(BANK.roles, similarities, strict=False))
    macros: Any = app.jinja_env.get_template("result/_free_text.html").module
    html = macros.recognised_text(FreeTextResult(recognised=True, roles=roles), "")
    assert f"The text {expected}" in " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I changed dressings, washed patients and wrote the night report for the ward.",
        "Lundi j’ai parlé avec des clients, puis j’ai rangé le magasin et payé les factures.",
        "Понедельник начался с завтрака, потом я гулял с собакой.",
        "Hello.",
        "🎩🎩🎩",
        "=1+1",
        "\u202eشكرا جزيلا على كل شيء\u202c",
    ],
    ids=["nurse", "French", "Russian", "a word", "emoji", "formula", "right to left"],
)
def test_a_text_about_other_work_is_not_recognised(text):
    assert free_text_of(text) == FreeTextResult(recognised=False)


def test_a_text_about_work_that_is_hardly_ever_done_is_a_contradiction():
    free_text = free_text_of(ANALYST_TEXT, **ENGINEER, dashboards="rarely")
    assert [line.responsibility.id for line in free_text.contradictions][:1] == ["dashboards"]


@pytest.mark.parametrize("answer", ["monthly", "weekly", "daily", "skip"])
def test_regular_or_skipped_work_is_no_contradiction(answer):
    free_text = free_text_of(ANALYST_TEXT, dashboards=answer, insights=answer, trends=answer)
    assert not {"dashboards", "insights", "trends"} & {line.responsibility.id for line in free_text.contradictions}


def test_neither_text_nor_title_changes_the_match():
    without_text = result_of("", **ENGINEER)
    assert without_text.free_text is None
    assert without_text.job_title is None
    for text, title in ((ANALYST_TEXT, "Data analyst"), (ENGINEER_TEXT, "Data engineer"), ("🎩", "Boss")):
        result = result_of(text, title, **ENGINEER)
        assert (result.match, result.shares, result.kind) == (
            without_text.match,
            without_text.shares,
            without_text.kind,
        )


@pytest.mark.parametrize(
    ("length", "is_long"),
    [(MAX_UNFOLDED_CHARACTERS - 1, False), (MAX_UNFOLDED_CHARACTERS, False), (MAX_UNFOLDED_CHARACTERS + 1, True)],
)
def test_only_a_long_text_is_folded(length, is_long):
    text = (f"{ENGINEER_TEXT} " * 20)[:length]
    assert free_text_of(text).is_long == is_long


# On the result page


def test_a_recognised_text_is_shown_as_typed_with_its_phrases_marked(client: Client):
    text = f"{ENGINEER_TEXT}\nAnd I said “hello” & goodbye."
    page = result_page(client, text)
    assert "The text sounds most like data engineer." in page
    assert "Your own words" in page
    assert "Similarity from 0 to 1" in page
    assert unmarked_text(page) == text
    marked = {text.lower(): number for text, number in MARKED_PHRASE.findall(page)}
    assert any("kafka" in text for text in marked)
    table = page.split('class="result-bars result-text-bars"', 1)[1].split("</table>", 1)[0]
    assert "<sup>1</sup> Data engineer" in table
    assert "kafka" in table


def test_the_bars_match_the_numbers_in_the_table(client: Client, bank: Bank):
    table = (
        result_page(client, ENGINEER_TEXT).split('class="result-bars result-text-bars"', 1)[1].split("</table>", 1)[0]
    )
    figures = [float(figure) for figure in re.findall(r'class="result-bar-value">([\d.]+)<', table)]
    widths = [float(width) for width in re.findall(r'class="result-bar-fill" width="([\d.]+)"', table)]
    assert len(figures) == len(bank.roles)
    assert figures == sorted(figures, reverse=True)
    assert widths == [pytest.approx(100 * figure, abs=0.5) for figure in figures[: len(widths)]]
    assert not any(figures[len(widths) :]), "only a similarity of 0 has an empty track"


@pytest.mark.parametrize("text", ["Lundi j’ai parlé avec des clients.", "🎩🎩🎩", "I cut hair all week, and swept."])
def test_the_page_of_an_unrecognised_text_says_so_and_shows_no_similarity(client: Client, text):
    page = result_page(client, text)
    assert "too few words that are typical of these roles. This does not change the result" in page
    assert "sounds most like" not in page
    assert "<mark>" not in page
    assert "Similarity from 0 to 1" not in page


def test_a_contradiction_links_to_its_question(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "never", **ENGINEER), text=ANALYST_TEXT)
    page = client.get(owner_path).text
    name = bank.responsibility["dashboards"].name
    assert f"You wrote about “{name}”, but answered “never” there" in unescape(page)
    number = next(n for n, items in enumerate(bank.pages, 1) if "dashboards" in {item.id for item in items})
    assert f'<a href="{owner_path}/{number}#dashboards">check this answer</a>' in page
    assert 'id="dashboards"' in client.get(f"{owner_path}/{number}").text


def test_without_text_and_title_there_is_no_section_about_them(client: Client):
    assert "Your own words" not in result_page(client, "")


LEADING_TEXT = "One-to-ones with my six people, two job interviews, the budget and a talk about priorities."


def test_a_text_about_leading_people_says_so_and_names_no_role(client: Client):
    page = result_page(client, LEADING_TEXT)
    assert "The text is mostly about leading people and planning." in page
    assert "sounds most like" not in page and "too few words that are typical" not in page


def test_a_text_about_a_role_and_leading_people_says_both(client: Client):
    page = result_page(client, f"{ENGINEER_TEXT} {ENGINEER_TEXT} {LEADING_TEXT}")
    assert "The text sounds most like data engineer" in page
    assert "It is also about leading people and planning." in page


def test_a_text_about_a_role_says_nothing_of_other_work(client: Client):
    assert "leading people" not in result_page(client, ENGINEER_TEXT)


def test_a_responsibility_of_a_role_that_the_text_does_not_sound_like_is_no_contradiction():
    text = f"{ENGINEER_TEXT} Also trained a classifier for one hour."
    free_text = free_text_of(text)
    named = {role.id for role in (*free_text.closest_roles, *free_text.further_roles)}
    assert "data-scientist" not in named
    assert {row.responsibility.role for row in free_text.contradictions} <= named


OPERATIONS = {"infrastructure": "daily", "ci_cd": "daily", "monitoring": "daily"}


@pytest.mark.parametrize(
    ("title", "answers", "expected"),
    [
        (
            "Senior Data Engineer",
            ENGINEER,
            "Your title, “Senior Data Engineer”, names the role data engineer. Your answers say the same.",
        ),
        (
            "ETL  developer",
            ENGINEER | OPERATIONS,
            "Your title, “ETL developer”, is usually counted as data engineer. "
            "Your answers say the same, and also DevOps/SRE.",
        ),
        (
            "MLOps Lead",
            ENGINEER,
            "Your title, “MLOps Lead”, is usually counted as ML engineer. "
            "Your answers say data engineer. Titles often stay the same when the work changes.",
        ),
        (
            "Analytics Engineer",
            ENGINEER,
            "Your title, “Analytics Engineer”, is usually counted as data engineer and data analyst together. "
            "Your answers say data engineer, but not data analyst.",
        ),
        (
            "Data engineer / data analyst",
            ENGINEER,
            "Your title, “Data engineer / data analyst”, names the roles data engineer and data analyst. "
            "Your answers say data engineer, but not data analyst.",
        ),
        ("BI analyst", {"insights": "rarely"}, "Your title, “BI analyst”, is usually counted as data analyst."),
        (
            "<b>Data analyst</b>",
            dict.fromkeys(["pipelines", "insights"], "skip"),
            "names the role data analyst.",
        ),
        ("Chief sunshine officer", ENGINEER, None),
        ("Head of Data", ENGINEER, None),
    ],
    ids=[
        "same",
        "one of two",
        "another",
        "two roles, one done",
        "two own names",
        "little",
        "nothing",
        "no role",
        "lead",
    ],
)
def test_the_title_is_quoted_and_compared_with_the_answers(client: Client, title, answers, expected):
    page = " ".join(unescape(re.sub(r"<[^>]+>", "", result_page(client, "", title, **answers))).split())
    if expected is None:
        assert "Your title" not in page
    else:
        assert expected in page
        assert page.count("Your title") == 1


# Bad input


@pytest.mark.thorough
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> " + ENGINEER_TEXT,
        "<img src=x onerror=alert(1)> " + ANALYST_TEXT,
        '"><svg onload=alert(1)> ' + ENGINEER_TEXT,
        "{{ 7*7 }} {% raw %} " + ENGINEER_TEXT,
        '=HYPERLINK("http://evil.example") ' + ENGINEER_TEXT,
        "\u202e" + ENGINEER_TEXT + "\u2066 שלום \u2069",
        "🎩" * 50 + ENGINEER_TEXT,
    ],
    ids=["script", "image", "attribute", "template", "formula", "right to left", "emoji"],
)
def test_a_hostile_text_is_shown_as_typed_and_never_as_markup(client: Client, text):
    page = result_page(client, text)
    assert unmarked_text(page) == re.sub("[\u202e\u2066\u2069]", "", text).strip()
    for markup in ("<script>alert", "<img src=x", "<svg onload"):
        assert markup not in page
    assert MARKED_PHRASE.search(page), "the other phrases are still marked"


@pytest.mark.parametrize("text", ["a\x00b\x00" + ENGINEER_TEXT, ENGINEER_TEXT + "\x00"])
def test_null_bytes_are_dropped(client: Client, text):
    page = result_page(client, text)
    assert unmarked_text(page) == text.replace("\x00", "")


@pytest.mark.parametrize("length", [MAX_TEXT_LENGTH + 1, 30_000])
def test_a_text_that_is_too_long_is_an_error_and_stays_in_the_form(client: Client, length):
    owner_path = client.start()
    response = client.send(f"{owner_path}/more", {"text": "x" * length})
    assert response.status_code == 422
    assert f"Use {MAX_TEXT_LENGTH:,} characters or fewer." in response.text
    assert "x" * length in response.text
    assert load_response(client.app, owner_path).text == ""


def test_half_a_megabyte_is_refused_with_a_page(client: Client):
    owner_path = client.start()
    response = client.send(f"{owner_path}/more", {"text": ENGINEER_TEXT * 5_300})
    assert response.status_code == 413
    assert "<h1" in response.text
    assert load_response(client.app, owner_path).text == ""


def test_the_longest_text_is_shown(client: Client):
    text = (f"{ENGINEER_TEXT} {ANALYST_TEXT} " * 40)[:MAX_TEXT_LENGTH].strip()
    page = result_page(client, text)
    assert unmarked_text(page) == text
    assert '<details class="result-free-text">' in page, "a long text is folded"
    assert '<details class="result-free-text" open>' in result_page(client, ENGINEER_TEXT)


# Import time


SCRIPT = """
import sys
from pathlib import Path
from quiz import create_app
from tests.clients import Client
client = Client(create_app({"TESTING": True}, instance=Path(sys.argv[1])))
answers = {**dict.fromkeys(client.app.bank.responsibility, "never"), "pipelines": "daily", "data-quality": "daily"}
owner_path = client.take(answers, title="Data engineer", contacts=["data-analyst"])
for page in ("", "/goals", "/conversation", "/manage", ".json", ".csv"):
    assert client.get(owner_path + page).status_code == 200, page
print([name for name in ("sklearn", "scipy", "pandas") if name in sys.modules])
with_text = client.take(answers, text="I repaired the nightly load.")
assert client.get(with_text).status_code == 200
print("sklearn" in sys.modules)
"""


@pytest.mark.server
def test_scikit_learn_is_imported_with_the_first_text(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "instance")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split("\n")[:2] == ["[]", "True"]
