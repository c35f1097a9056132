"""The pages about a job advert: for everybody, and next to a person's own work."""

import re

import pytest

from quiz import create_app
from quiz.web.form_limits import MAX_ADVERT_BYTES
from tests.clients import Client
from tests.factories import all_answers

WORK = (
    "• You build data pipelines with Airflow and Spark\n"
    "• You load sources into our data warehouse and model its tables in dbt\n"
    "• You add data quality checks to the pipelines and fix loads that failed\n"
)
POEM = "The lake lies still below the hill,\nA heron stands where light is thin;\n"


@pytest.fixture
def send(client):
    def send(text, path="/advert"):
        return client.send(path, {"text": text}, page=path)

    return send


def test_the_start_page_leads_to_it(client):
    assert 'href="/advert"' in client.get("/").text


def test_a_recognised_advert_names_the_role_marks_the_text_and_leads_to_the_quiz(send):
    page = send(WORK + "We offer a competitive salary and a pension.").text
    assert "A job for one hat: data\u00a0engineer" in page
    assert re.search(r"<mark[^>]*>\s*build data pipelines with Airflow and Spark</mark>", page)
    assert re.search(r'<span class="is-left-out">\s*We offer a competitive salary', page)
    assert "Take the quiz and compare it with your own work" in page


def test_the_text_comes_back_in_the_form(send):
    for text in (WORK, POEM):
        assert text.strip() in send(text).text.partition("<textarea")[2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (POEM * 5, "too few words that are typical"),
        ("data engineer", "too short to say"),
        ("What we offer\n• A pension and a gym\n• A competitive salary\n", "not about the work"),
        (
            "Wir suchen eine Person, die mit Spark und Kafka an der Datenqualität arbeitet und das Team führt.",
            "English",
        ),
    ],
    ids=["poem", "short", "benefits", "german"],
)
def test_an_advert_that_is_not_recognised_says_why(send, text, sentence):
    page = send(text)
    assert page.status_code == 200
    assert sentence in page.text
    assert "<mark" not in page.text


def test_an_empty_form_is_an_error_with_its_reason(send):
    page = send(" \n")
    assert page.status_code == 422
    assert "Paste the text of an advert first." in page.text


def test_markup_in_an_advert_is_shown_and_never_run(send):
    page = send(f"<script>alert(1)</script><b onclick=x>{WORK}</b>").text
    assert "<script>alert" not in page
    assert "<b onclick" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_long_text_is_folded(send):
    assert re.search(r'<details class="advert-text"\s+open', send(WORK).text)
    assert re.search(r'<details class="advert-text">', send(WORK * 20).text)


def test_a_text_of_the_greatest_length_is_read_and_a_longer_one_comes_back(send):
    assert send("🎩" * 100_000).status_code == 200
    too_long = send("x" * 100_001)
    assert too_long.status_code == 422
    assert "Use 100,000 characters or fewer." in too_long.text
    assert "x" * 100_001 in too_long.text


def test_a_larger_form_is_refused_before_it_is_read(send):
    assert send("x" * MAX_ADVERT_BYTES).status_code == 413


def test_other_forms_keep_their_lower_limit(client):
    assert client.send("/start", {"seed": "x" * 200_000}, page="/").status_code == 413


def test_a_form_without_a_token_is_not_read(app):
    response = app.test_client().post("/advert", data={"text": WORK}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


def test_nothing_of_an_advert_is_stored(app, send, caplog):
    send(WORK + "canary-4711")
    folder = app.storage.file.parent
    assert not [file for file in folder.rglob("*") if file.is_file() and b"canary-4711" in file.read_bytes()]
    assert "canary" not in caplog.text


def test_many_adverts_from_one_address_have_to_wait_and_lose_nothing(tmp_path):
    client = Client(create_app({"RATE_LIMITS": True, "ADVERTS_PER_MINUTE": 1}, instance=tmp_path / "limited"))
    assert client.send("/advert", {"text": WORK}, page="/advert").status_code == 200
    limited = client.send("/advert", {"text": WORK}, page="/advert")
    assert limited.status_code == 429
    assert "You build data pipelines" in limited.text


def test_an_advert_for_many_roles_is_called_a_weak_mix(send, bank):
    phrases = [phrase for item in bank.responsibility.values() for phrase in item.vocabulary[:4]]
    assert "That is a weak mix" in send("".join(f"• You do {phrase}\n" for phrase in phrases)).text


# Next to a person's own work


def test_an_advert_next_to_a_result_gives_three_lists(client, send, bank):
    answers = all_answers(bank, "never") | {
        "pipelines": "daily",
        "dashboards": "weekly",
        "ingest-transform-serve": "monthly",
    }
    page = send(WORK, f"{client.take(answers)}/advert").text
    done, steps, not_mentioned = re.findall(
        r"<section aria-labelledby=\"advert-(?:done|steps|unmentioned).*?</section>", page, re.DOTALL
    )
    name = {id: item.name for id, item in bank.responsibility.items()}
    assert name["pipelines"] in done
    assert "daily or almost daily" in done
    assert name["ingest-transform-serve"] in steps
    assert "now about monthly" in steps
    assert bank.responsibility["ingest-transform-serve"].weekly_example in steps
    assert name["dashboards"] in not_mentioned
    assert "%" not in done + steps + not_mentioned


def test_both_maps_are_next_to_each_other_with_labels_of_their_own(client, send, bank):
    page = send(WORK, f"{client.take(all_answers(bank, 'never') | {'dashboards': 'daily'})}/advert").text
    maps = re.findall(r'<svg class="role-map".*?</svg>\s*</figure>', page, re.DOTALL)
    assert len(maps) == 2
    labels = [re.findall(r'aria-labelledby="([^"]+)".*?<title id="([^"]+)"', drawing, re.DOTALL)[0] for drawing in maps]
    assert [label == title for label, title in labels] == [True, True]
    assert len(set(labels)) == 2
    in_mix = [re.findall(r'in-mix .*?#icon-([a-z-]+)"', drawing, re.DOTALL) for drawing in maps]
    assert in_mix == [["data-engineer"], ["data-analyst"]]


def test_a_result_without_a_mix_has_a_map_too(client, send, bank):
    page = send(WORK, f"{client.take(all_answers(bank, 'never'))}/advert")
    assert page.text.count('class="role-map"') == 2


def test_what_is_marked_is_never_called_not_mentioned(client, send, bank):
    text = WORK + "• You build dashboards in Tableau\n"
    page = send(text, f"{client.take(all_answers(bank, 'daily'))}/advert").text
    not_mentioned = page.partition('id="advert-unmentioned-title"')[2].partition("</section>")[0]
    assert bank.responsibility["dashboards"].name not in not_mentioned
    assert bank.responsibility["governance"].name in not_mentioned


def test_the_words_that_say_so_are_quoted_once_as_they_are_written(send):
    page = send(WORK + "• YOU BUILD DATA PIPELINES WITH AIRFLOW AND SPARK\n").text
    quoted = page.partition('id="advert-roles-title"')[2].partition("</section>")[0]
    assert quoted.lower().count("build data pipelines with airflow and spark") == 1
    assert "build data pipelines with Airflow and Spark" in quoted


def test_a_writer_reads_how_the_job_is_understood_and_what_is_mentioned_only_briefly(send, bank):
    page = send(WORK * 3 + "• You glance at Tableau and Power BI reports\n").text
    advice = page.partition("If you are writing it")[2].partition("</section>")[0]
    assert "A reader will understand it as mainly the work of data engineers." in advice
    assert "Mentioned only briefly" in advice
    assert bank.responsibility["dashboards"].name in advice
    assert "at least 70%" in advice


def test_a_skipped_responsibility_is_no_step_from_never(client, send, bank):
    page = send(WORK, f"{client.take(all_answers(bank, 'daily') | {'pipelines': 'skip'})}/advert").text
    assert "you left this out" in page


def test_it_needs_a_result(client):
    owner_path = client.start()
    assert client.get(f"{owner_path}/advert").status_code == 404


def test_a_result_leads_to_it(client, bank):
    owner_path = client.take(all_answers(bank, "weekly") | {"pipelines": "daily"})
    assert f'href="{owner_path}/advert"' in client.get(owner_path).text


def test_a_text_that_is_not_recognised_is_not_compared(client, send, bank):
    page = send(POEM * 5, f"{client.take(all_answers(bank, 'daily'))}/advert").text
    assert "too few words that are typical" in page
    assert "Asked for" not in page


@pytest.mark.parametrize("is_own", [False, True])
def test_the_form_loads_the_text_matcher_while_somebody_pastes(app, client, bank, monkeypatch, is_own):
    path = f"{client.take(all_answers(bank, 'weekly'))}/advert" if is_own else "/advert"
    calls = []
    monkeypatch.setattr(app, "preload_text_matcher", lambda: calls.append(path))
    client.get(path)
    assert calls == [path]
