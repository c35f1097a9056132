"""The free text and the job title on the result page. They never change the match."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape

import pytest

from quiz.bank import Bank, load
from quiz.config import paths
from quiz.results.free_text import MAX_UNFOLDED_CHARACTERS, FreeTextResult
from quiz.results.result import Result, build_result
from quiz.scoring import ScoringModel
from quiz.web.forms import MAX_TEXT_LENGTH
from tests.checks import load_response
from tests.clients import Client
from tests.factories import ROOT, all_answers

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)

ENGINEER = {"pipelines": "daily", "data_quality": "daily", "ingest_transform_serve": "daily"}
BOARDS = "I built dashboards and reports in Power BI, and answered ad-hoc questions of the sales team with SQL."
FLOWS = "I mended the nightly ETL load in Airflow and moved our Kafka pipelines to the new warehouse."
MARK = re.compile(r"<mark>(.*?)<sup>(\d)</sup></mark>", re.DOTALL)


def result_of(text: str, title: str = "", *, often: str = "never", **answers: str) -> Result:
    """The result of somebody who wrote `text`, and answered `often` to all questions not named."""
    return build_result(BANK, MODEL, all_answers(BANK, often, **answers), title=title, text=text)


def free_text_of(text: str, *, often: str = "never", **answers: str) -> FreeTextResult:
    """The free text result of somebody who wrote `text`."""
    found = result_of(text, often=often, **answers).free_text
    assert found is not None
    return found


def result_page(client: Client, text: str, title: str = "", **answers: str) -> str:
    """The result page of somebody who typed that, as HTML."""
    own = client.take(all_answers(client.app.bank, "never", **answers or ENGINEER), text=text, title=title)
    answer = client.get(own)
    assert answer.status_code == 200
    return answer.text


def quoted(page: str) -> str:
    """The text in which words are marked, as it was typed."""
    quote = page.split("<blockquote>", 1)[1].split("</blockquote>", 1)[0]
    return unescape(re.sub(r"</?mark>", "", re.sub(r"<sup>\d</sup>", "", quote)))


# As values


def test_roles_are_ordered_by_similarity():
    found = free_text_of(BOARDS)
    assert found.recognised
    assert found.roles[0].role == BANK.role["data-analyst"]
    assert found.roles[0].percent == 100
    assert {sound.role for sound in found.roles} == set(BANK.roles)
    assert [sound.similarity for sound in found.roles] == sorted((s.similarity for s in found.roles), reverse=True)
    assert "dashboards" in " ".join(found.roles[0].phrases)


@pytest.mark.parametrize(
    "text",
    [BOARDS, FLOWS, f"{BOARDS}\n\n{FLOWS}", f"  {FLOWS}\t🎩 <b>{BOARDS}</b>\u202e", f"{BOARDS} " * 30],
    ids=["one", "another", "both", "odd characters", "long"],
)
def test_the_segments_join_to_the_text_exactly(text):
    found = free_text_of(text)
    assert "".join(segment.text for segment in found.segments) == text
    numbers = {segment.role_number for segment in found.segments if segment.role_number}
    assert numbers
    assert numbers <= set(range(1, len(BANK.roles) + 1))
    assert all(segment.text for segment in found.segments)


def test_a_marked_segment_has_the_number_of_its_role():
    found = free_text_of(f"{BOARDS} {FLOWS}")
    spoken = {
        segment.text.lower(): found.roles[segment.role_number - 1].role.id
        for segment in found.segments
        if segment.role_number
    }
    assert next(role for text, role in spoken.items() if "dashboards" in text) == "data-analyst"
    assert next(role for text, role in spoken.items() if "kafka" in text) == "data-engineer"


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
    found = free_text_of(BOARDS, **ENGINEER, dashboards="rarely")
    assert [line.responsibility.id for line in found.contradictions][:1] == ["dashboards"]


@pytest.mark.parametrize("answer", ["monthly", "weekly", "daily", "skip"])
def test_regular_or_skipped_work_is_no_contradiction(answer):
    found = free_text_of(BOARDS, dashboards=answer, insights=answer, trends=answer)
    assert not {"dashboards", "insights", "trends"} & {line.responsibility.id for line in found.contradictions}


def test_neither_text_nor_title_change_the_match():
    alone = result_of("", **ENGINEER)
    assert alone.free_text is None
    assert alone.title_role is None
    for text, title in ((BOARDS, "Data analyst"), (FLOWS, "Data engineer"), ("🎩", "Boss")):
        found = result_of(text, title, **ENGINEER)
        assert (found.match, found.shares, found.kind) == (alone.match, alone.shares, alone.kind)


@pytest.mark.parametrize(
    ("length", "folded"),
    [(MAX_UNFOLDED_CHARACTERS - 1, False), (MAX_UNFOLDED_CHARACTERS, False), (MAX_UNFOLDED_CHARACTERS + 1, True)],
)
def test_only_a_long_text_is_hidden_at_first(length, folded):
    text = (f"{FLOWS} " * 20)[:length]
    assert free_text_of(text).is_long == folded


# On the result page


def test_a_recognised_text_is_shown_as_typed_with_its_phrases_marked(client: Client):
    text = f"{FLOWS}\nAnd I said “hello” & goodbye."
    page = result_page(client, text)
    assert "What you wrote sounds most like data engineer." in page
    assert quoted(page) == text
    marked = {text.lower(): number for text, number in MARK.findall(page)}
    assert any("kafka" in text for text in marked)
    table = page.split('class="result-bars result-text-bars"', 1)[1].split("</table>", 1)[0]
    assert "<sup>1</sup> Data engineer" in table
    assert "kafka" in table


def test_the_bars_match_the_numbers_in_the_table(client: Client, bank: Bank):
    table = result_page(client, FLOWS).split('class="result-bars result-text-bars"', 1)[1].split("</table>", 1)[0]
    figures = [float(figure) for figure in re.findall(r'class="result-bar-value">([\d.]+)<', table)]
    widths = [int(width) for width in re.findall(r'class="result-bar-fill" width="(\d+)"', table)]
    assert len(figures) == len(bank.roles)
    assert figures == sorted(figures, reverse=True)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == 100


@pytest.mark.parametrize("text", ["Lundi j’ai parlé avec des clients.", "🎩🎩🎩", "I cut hair all week, and swept."])
def test_the_page_of_an_unrecognised_text_says_so_and_shows_no_similarity(client: Client, text):
    page = result_page(client, text)
    assert "too few of the words that these roles are known by. That takes nothing from your result" in page
    assert "sounds most like" not in page
    assert "<mark>" not in page
    assert "Similarity from 0 to 1" not in page


def test_a_contradiction_links_to_its_question(client: Client, bank: Bank):
    own = client.take(all_answers(bank, "never", **ENGINEER), text=BOARDS)
    page = client.get(own).text
    name = bank.responsibility["dashboards"].name
    assert f"You wrote about “{name}”, but answered “never” there" in unescape(page)
    number = next(n for n, items in enumerate(bank.pages, 1) if "dashboards" in {item.id for item in items})
    assert f'<a href="{own}/{number}#dashboards">worth a second look</a>' in page
    assert 'id="dashboards"' in client.get(f"{own}/{number}").text


def test_without_text_and_title_there_is_no_section_about_them(client: Client):
    assert "Your own words" not in result_page(client, "")


@pytest.mark.parametrize(
    ("title", "answers", "said"),
    [
        ("Senior Data Engineer", ENGINEER, "Your title says data engineer, and so do your answers."),
        (
            "Data engineer",
            ENGINEER | {"infrastructure": "daily", "ci_cd": "daily", "monitoring": "daily"},
            "Your title says data engineer, and so do your answers, along with DevOps/SRE.",
        ),
        (
            "Data analyst",
            ENGINEER,
            "Your title says data analyst; your answers say data engineer. Titles often lag behind what people do.",
        ),
        ("Data analyst", {"insights": "rarely"}, "Your title says data analyst."),
        ("Data analyst", dict.fromkeys(["pipelines", "insights"], "skip"), "Your title says data analyst."),
        ("Chief sunshine officer", ENGINEER, None),
        ("Data analyst / data scientist", ENGINEER, None),
    ],
    ids=["same", "one of two", "another", "little", "nothing", "no role", "two roles"],
)
def test_the_title_is_compared_with_the_answers(client: Client, title, answers, said):
    page = " ".join(re.sub(r"<[^>]+>", "", unescape(result_page(client, "", title, **answers))).split())
    if said is None:
        assert "Your title says" not in page
    else:
        assert said in page
        assert page.count("Your title says") == 1


# Bad input


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> " + FLOWS,
        "<img src=x onerror=alert(1)> " + BOARDS,
        '"><svg onload=alert(1)> ' + FLOWS,
        "{{ 7*7 }} {% raw %} " + FLOWS,
        '=HYPERLINK("http://evil.example") ' + FLOWS,
        "\u202e" + FLOWS + "\u2066 שלום \u2069",
        "🎩" * 50 + FLOWS,
    ],
    ids=["script", "image", "attribute", "template", "formula", "right to left", "emoji"],
)
def test_a_hostile_text_is_shown_as_typed_and_is_no_markup(client: Client, text):
    page = result_page(client, text)
    assert quoted(page) == text.strip()
    for markup in ("<script>alert", "<img src=x", "<svg onload"):
        assert markup not in page
    assert MARK.search(page), "the other phrases are still marked"


@pytest.mark.parametrize("text", ["a\x00b\x00" + FLOWS, FLOWS + "\x00"])
def test_null_bytes_are_dropped(client: Client, text):
    page = result_page(client, text)
    assert quoted(page) == text.replace("\x00", "")


@pytest.mark.parametrize("length", [MAX_TEXT_LENGTH + 1, 30_000])
def test_a_too_long_text_is_an_error_and_stays_in_the_form(client: Client, length):
    own = client.start()
    answer = client.send(f"{own}/more", {"text": "x" * length})
    assert answer.status_code == 422
    assert f"Use {MAX_TEXT_LENGTH:,} characters or fewer." in answer.text
    assert "x" * length in answer.text
    assert load_response(client.app, own).text == ""


def test_half_a_megabyte_is_refused_with_a_page(client: Client):
    own = client.start()
    answer = client.send(f"{own}/more", {"text": FLOWS * 5_300})
    assert answer.status_code == 413
    assert "<h1" in answer.text
    assert load_response(client.app, own).text == ""


def test_the_longest_text_is_shown(client: Client):
    text = (f"{FLOWS} {BOARDS} " * 40)[:MAX_TEXT_LENGTH].strip()
    page = result_page(client, text)
    assert quoted(page) == text
    assert '<details class="result-free-text">' in page, "folded away"
    assert '<details class="result-free-text" open>' in result_page(client, FLOWS)


# What it costs


SCRIPT = """
import sys
from pathlib import Path
from quiz import create_app
from tests.clients import Client
client = Client(create_app({"TESTING": True}, instance=Path(sys.argv[1])))
answers = {**dict.fromkeys(client.app.bank.responsibility, "never"), "pipelines": "daily", "data-quality": "daily"}
own = client.take(answers, title="Data engineer", contacts=["data-analyst"])
for page in ("", "/goals", "/conversation", "/manage", ".json", ".csv"):
    assert client.get(own + page).status_code == 200, page
print([name for name in ("sklearn", "scipy", "pandas") if name in sys.modules])
written = client.take(answers, text="I repaired the nightly load.")
assert client.get(written).status_code == 200
print("sklearn" in sys.modules)
"""


@pytest.mark.server
def test_scikit_learn_is_imported_with_the_first_text(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "instance")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
