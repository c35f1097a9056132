"""The page for a talk: on screen, and on exactly one sheet of paper with the most that anybody has to say."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.layout import A4, LOST, overhang, plain
from tests.browser.people import PEOPLE
from tests.browser.quiz import Quiz
from tests.browser.ways import each_way

pytestmark = pytest.mark.browser

MOST_ROUND_PAGES = 4


def printed(quiz: Quiz) -> list[str]:
    """The text of each sheet of A4 that the open page prints on, without blanks."""
    paper = PdfReader(io.BytesIO(quiz.page.pdf(prefer_css_page_size=True)))
    for page in paper.pages:
        assert [round(side) for side in page.mediabox[2:]] == [595, 842]
    return [plain(page.extract_text()) for page in paper.pages]


def shown(quiz: Quiz) -> list[str]:
    """What is to be read in the page as it prints: each paragraph, heading and line of a list, without blanks."""
    quiz.page.emulate_media(media="print")
    texts = quiz.page.locator("main :is(h1, h2, h3, li, p, .conversation-agreement span):visible").all_inner_texts()
    return [plain(text) for text in texts]


@each_way
def test_the_page_is_one_step_from_the_result_and_so_is_the_one_for_who_listens(visit, people, width, script):
    quiz = visit(width, java_script_enabled=script)
    quiz.open(people["full"])
    headline = quiz.headline
    quiz.page.get_by_role("link", name="One page for a talk").click()
    expect(quiz.page.locator("h1")).to_have_text(headline)
    expect(quiz.page.get_by_role("button", name="Print this page")).to_be_visible(visible=script)
    listener = quiz.page.get_by_role("heading", name="For the one who listens")
    expect(listener).to_be_hidden()
    quiz.page.get_by_role("link", name="Add a page").click()
    expect(listener).to_be_visible()
    quiz.page.get_by_role("link", name="Leave out the page").click()
    expect(listener).to_be_hidden()
    quiz.page.get_by_role("link", name="Back to your result").click()
    expect(quiz.page).to_have_url(re.compile(f"{people['full']}$"))


def test_the_fullest_page_is_as_full_as_it_should_be(visit, people):
    # What the tests of paper below rest on.
    quiz = visit(1280)
    quiz.open(f"{people['full']}/conversation")
    main = quiz.page.locator("main")
    expect(main.locator(".mix-legend li")).to_have_count(5)
    expect(main.locator(".conversation-questions li")).to_have_count(6)
    assert quiz.headline.startswith("A tie: ")
    assert len(quiz.headline) > 100
    assert sum(map(len, main.locator(".conversation-questions li").all_inner_texts())) > 900
    for said in ("More of this", "Less", "Hand over", "I’d like to start", "DevOps/SRE, 7% of it now", "(EMEA)"):
        expect(main).to_contain_text(said)
    expect(main).to_contain_text("Works with software engineers, data architects, data engineers, DevOps")
    expect(main).to_contain_text("since the last time")


@pytest.mark.parametrize("who", ["full", "plain", *PEOPLE])
def test_it_prints_whole_on_exactly_one_page(visit, people, who):
    quiz = visit(1280)
    quiz.open(f"{people[who]}/conversation")
    (sheet,) = printed(quiz)
    texts = shown(quiz)
    assert len(texts) > 10
    assert [text for text in texts if text not in sheet] == []


@pytest.mark.parametrize("who", ["full", "little"])
def test_the_page_for_who_listens_is_a_sheet_of_its_own(visit, people, who):
    quiz = visit(1280)
    quiz.open(f"{people[who]}/conversation?listener")
    talk, listener = printed(quiz)
    texts = quiz.page.locator(".conversation-listener :is(h1, li)").all_inner_texts()
    assert len(texts) == 1 + 5
    assert [text for text in map(plain, texts) if text not in listener] == []
    assert plain("The person decides who sees it.") in talk
    assert plain("For the one who listens") not in talk


def test_nothing_is_cut_off_at_the_width_of_paper(visit, people):
    quiz = visit(**A4)
    quiz.page.emulate_media(media="print")
    for path in ("{full}/conversation?listener", "{full}/changes", "{rounds}/rounds/2", "{open-12}", "{open-3}"):
        quiz.open(path.format_map(people))
        assert (path, overhang(quiz), quiz.page.evaluate(LOST)) == (path, 0, [])


def test_in_grey_every_share_is_told_by_its_number_in_the_order_of_the_bar(visit, people):
    quiz = visit(1280)
    quiz.page.emulate_media(media="print")
    quiz.open(f"{people['full']}/conversation")
    told = [int(re.search(r"(\d+)%$", text)[1]) for text in quiz.page.locator(".mix-legend strong").all_inner_texts()]  # type: ignore[index]
    bars = quiz.page.locator(".mix-bar rect")
    widths = [float(bar.get_attribute("width") or 0) for bar in bars.all()]
    assert told == [round(width + 0.3) for width in widths]
    assert sum(told) == 100
    # Where two parts meet there is a gap, so that neighbours are told apart without their colours.
    starts = [float(bar.get_attribute("x") or 0) for bar in bars.all()]
    ends = [start + width for start, width in zip(starts, widths, strict=True)]
    assert all(start - end >= 0.2 for end, start in zip(ends, starts[1:], strict=False))


@pytest.mark.parametrize("path", ["{rounds}/rounds/2", "{counted}/team/rounds/2"], ids=["lead", "member"])
def test_a_round_prints_whole_on_at_most_four_pages(visit, people, path):
    quiz = visit(1280)
    quiz.open(path.format_map(people))
    sheets = printed(quiz)
    assert len(sheets) <= MOST_ROUND_PAGES
    whole = "".join(sheets)
    assert [text for text in shown(quiz) if text not in whole] == []
    assert plain("It is no basis for judging anybody") in whole


@pytest.mark.parametrize("who", ["rounds", "enough", "open-3"])
def test_no_link_of_a_team_goes_to_paper(visit, people, who):
    quiz = visit(1280)
    quiz.open(people[who])
    whole = "".join(printed(quiz))
    assert people[who].removeprefix("/t/") not in whole
    assert "/j/" not in whole
