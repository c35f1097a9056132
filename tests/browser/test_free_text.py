"""Free text on the result page: highlights, doubts about answers, folding, and escaping."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.modes import for_each_mode
from tests.browser.people import PEOPLE
from tests.clients import Client

pytestmark = pytest.mark.browser

DASHBOARD_TEXT = "I built dashboards and reports in Power BI, and answered ad-hoc questions of the sales team with SQL."


@for_each_mode
def test_free_text_is_highlighted_and_a_doubt_links_to_its_answer_and_back(visit, served, bank, width, script):
    own = Client(served.app).take(PEOPLE["mix"].answers(bank))
    quiz = visit(width, java_script_enabled=script)
    quiz.open(f"{own}/more")
    quiz.fill_details(title="Data analyst", text=DASHBOARD_TEXT)
    expect(quiz.page).to_have_url(re.compile(f"{own}$"))
    headline = quiz.headline
    section = quiz.page.locator("section", has=quiz.page.get_by_role("heading", name="Your own words"))
    expect(section).to_contain_text("sounds most like data analyst")
    expect(section).to_contain_text("Your title, “Data analyst”, names the role data analyst.")
    expect(section.locator("mark").filter(has_text="dashboards").first).to_be_visible()
    section.get_by_text("Which words speak for which role").click()
    expect(section.get_by_role("row").filter(has_text="Data analyst").first).to_be_visible()
    section.get_by_role("link", name="check this answer").first.click()
    expect(quiz.page).to_have_url(re.compile("#dashboards$"))
    expect(quiz.page.locator("#dashboards")).to_be_in_viewport()
    quiz.choose("dashboards", "weekly")
    quiz.press_main_button()
    expect(quiz.page.locator("h1")).to_have_text(headline)
    expect(section).not_to_contain_text(bank.responsibility["dashboards"].name)


def test_a_text_in_another_language_has_no_highlights_and_no_bars(visit, served, bank):
    client = Client(served.app)
    own = client.take(PEOPLE["one"].answers(bank), text="Lundi j’ai parlé avec des clients, puis j’ai rangé.")
    quiz = visit()
    quiz.open(own)
    expect(quiz.page.get_by_text("too few words that are typical of these roles")).to_be_visible()
    expect(quiz.page.locator("mark, .result-text-bars")).to_have_count(0)


def test_markup_in_free_text_is_escaped(visit, served, bank):
    text = f'<img src=x onerror="document.title=1"> <script>document.title = 2</script> {DASHBOARD_TEXT}'
    own = Client(served.app).take(PEOPLE["one"].answers(bank), text=text)
    quiz = visit()
    quiz.open(own)
    expect(quiz.page.locator(".result-free-text blockquote")).to_contain_text('<img src=x onerror="document.title=1">')
    expect(quiz.page.locator(".result-free-text blockquote :is(img, script)")).to_have_count(0)
    expect(quiz.page).to_have_title(re.compile("You wear one.hat"))


def test_a_long_text_is_hidden_until_its_summary_is_clicked(visit, people):
    quiz = visit()
    quiz.open(people["three"])
    text = quiz.page.locator(".result-free-text blockquote")
    expect(text).to_be_hidden()
    quiz.page.get_by_text("The text, with what speaks for a role marked").click()
    expect(text).to_be_visible()
    expect(text.locator("mark").first).to_be_visible()
