"""The conversation page: on screen, and on exactly one sheet of paper for every person."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.layout import A4, CLIPPED_TEXT, overflow_px, without_blanks
from tests.browser.modes import for_each_mode
from tests.browser.people import PEOPLE
from tests.browser.quiz import Quiz

pytestmark = pytest.mark.browser

MAX_ROUND_PAGES = 4


def printed_sheets(quiz: Quiz) -> list[str]:
    """The text of each sheet of A4 that the open page prints on, without blanks."""
    paper = PdfReader(io.BytesIO(quiz.page.pdf(prefer_css_page_size=True)))
    for page in paper.pages:
        assert [round(side) for side in page.mediabox[2:]] == [595, 842]
    return [without_blanks(page.extract_text()) for page in paper.pages]


def texts_for_print(quiz: Quiz) -> list[str]:
    """Each visible paragraph, heading and list item of the page in print mode, without blanks.

    The name and the rest of an item may stand in two columns, so they are two texts.
    """
    quiz.page.emulate_media(media="print")
    parts = "h1, h2, h3, p, .conversation-write, li:not(:has(> strong + span)), li > strong, li > strong + span"
    texts = quiz.page.locator(f"main :is({parts}):visible").all_inner_texts()
    return [without_blanks(text) for text in texts]


@for_each_mode
def test_the_result_links_to_the_page_and_the_page_to_the_one_for_the_listener(visit, people, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.open(people["full"])
    headline = quiz.headline.replace("You wear", "I wear")
    quiz.page.locator(".owner-tabs").get_by_role("link", name="Conversation").click()
    expect(quiz.page.locator("h1")).to_have_text(headline)
    expect(quiz.page.get_by_role("button", name="Print this page")).to_be_visible(visible=script)
    listener = quiz.page.get_by_role("heading", name="Notes for your lead or colleague")
    expect(listener).to_be_hidden()
    quiz.page.get_by_role("link", name="Add notes").click()
    expect(listener).to_be_visible()
    quiz.page.get_by_role("link", name="Remove the notes for your lead or colleague").click()
    expect(listener).to_be_hidden()
    quiz.page.locator(".owner-tabs").get_by_role("link", name="Result").click()
    expect(quiz.page).to_have_url(re.compile(f"{people['full']}$"))


def test_the_longest_page_has_all_its_parts(look, people):
    # The tests of printing below use this page.
    quiz = look(1280)
    quiz.open(f"{people['full']}/conversation")
    main = quiz.page.locator("main")
    expect(main.locator(".mix-legend li")).to_have_count(5)
    expect(main.locator(".conversation-questions li")).to_have_count(6)
    expect(main.locator(".conversation-offers li")).to_have_count(5)
    expect(main.locator(".conversation-steps li")).to_have_count(6)
    assert quiz.headline == "I wear four hats, perhaps five"
    assert sum(map(len, main.locator(".conversation-questions li").all_inner_texts())) > 700
    for text in (
        "More of",
        "To start with",
        "Some of",
        "All of",
        "DevOps/SRE: I do 7% of this role now",
        "A job: Lead of",
        "My mix has changed",
        "I wanted less of",
        "not yet done",
        "three quarters of my time",
        "We look at this again on",
        "I work with software engineers, data architects, data engineers, DevOps",
        "(EMEA)",
    ):
        expect(main).to_contain_text(text)


@pytest.mark.parametrize("name", ["full", "one-role", *PEOPLE])
def test_all_of_it_is_printed_on_exactly_one_page(look, people, name):
    quiz = look(1280)
    quiz.open(f"{people[name]}/conversation")
    (sheet,) = printed_sheets(quiz)
    texts = texts_for_print(quiz)
    assert len(texts) > 10
    assert [text for text in texts if text not in sheet] == []


@pytest.mark.parametrize("name", ["full", "little"])
def test_the_page_for_the_listener_is_a_second_sheet(look, people, name):
    quiz = look(1280)
    quiz.open(f"{people[name]}/conversation?listener")
    conversation, listener = printed_sheets(quiz)
    texts = quiz.page.locator(".conversation-listener :is(h1, h2, p, li)").all_inner_texts()
    assert len(texts) >= 12
    assert [text for text in map(without_blanks, texts) if text not in listener] == []
    assert without_blanks("I decide who sees it.") in conversation
    assert without_blanks("Notes for your lead or colleague") not in conversation


def test_nothing_is_cut_off_at_the_width_of_paper(look, people):
    quiz = look(**A4)
    quiz.page.emulate_media(media="print")
    for path in ("{full}/conversation?listener", "{full}/changes", "{rounds}/rounds/2", "{open-12}", "{open-3}"):
        quiz.open(path.format_map(people))
        assert (path, overflow_px(quiz), quiz.page.evaluate(CLIPPED_TEXT)) == (path, 0, [])


def test_shares_can_be_read_without_colour_in_the_order_of_the_bar(look, people):
    quiz = look(1280)
    quiz.page.emulate_media(media="print")
    quiz.open(f"{people['three']}/conversation")
    texts = quiz.page.locator(".mix-legend strong").all_inner_texts()
    percents = [int(text.removesuffix("%").split()[-1]) for text in texts]
    assert sum(percents) == 100
    parts = quiz.page.locator(".shelf-bar")
    boxes = [part.bounding_box() for part in parts.all()]
    widths = [box["width"] for box in boxes if box]
    assert [round(100 * width / sum(widths)) for width in widths] == pytest.approx(percents, abs=1)
    # There is a gap between two parts, so that they can be distinguished without colours.
    for one, other in pairwise(boxes):
        assert one and other
        assert other["x"] - one["x"] - one["width"] >= 0.2


@pytest.mark.parametrize("path", ["{rounds}/rounds/2", "{counted-member}/team/rounds/2"], ids=["lead", "member"])
def test_all_of_a_round_is_printed_on_at_most_four_pages(look, people, path):
    quiz = look(1280)
    quiz.open(path.format_map(people))
    sheets = printed_sheets(quiz)
    assert len(sheets) <= MAX_ROUND_PAGES
    text_on_paper = "".join(sheets)
    assert [text for text in texts_for_print(quiz) if text not in text_on_paper] == []
    assert without_blanks("It is no basis for judging anybody") in text_on_paper


@pytest.mark.parametrize("name", ["rounds", "team-of-six", "open-3"])
def test_no_link_of_a_team_is_printed(look, people, name):
    quiz = look(1280)
    quiz.open(people[name])
    text_on_paper = "".join(printed_sheets(quiz))
    assert people[name].removeprefix("/t/") not in text_on_paper
    assert "/j/" not in text_on_paper
