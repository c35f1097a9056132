"""Printing: at most two A4 pages, no clipped text, and no owner link."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.layout import A4, CLIPPED_TEXT, overflow_px, without_blanks
from tests.browser.people import PEOPLE
from tests.browser.states import ADVERT

pytestmark = pytest.mark.browser


#: The pages that people print: every kind of result, conversation pages, rounds, an open team.
PAGES = {kind: f"{{{kind}}}" for kind in [*PEOPLE, "full"]} | {
    "conversation": "{three}/conversation",
    "conversation about little": "{little}/conversation",
    "second view": "{opened owner}/second-view",
    "second view for its viewer": "{opened viewer}",
    "second view with all parts": "{full owner}/second-view",
    "round of 9": "{rounds}/rounds/1",
    "round of 24": "{rounds}/rounds/2",
    "open team of five": "{open-5}",
    "open team of seven with needs": "{open-needs}",
    "open team of twelve": "{open-12}",
}


@pytest.mark.parametrize("name", PAGES)
def test_all_of_it_is_printed_on_at_most_two_pages_without_the_owner_link(look, people, name):
    """On a sheet of A4, with nothing cut off."""
    quiz = look(1280, color_scheme="dark")  # paper stays white
    own = people[PAGES[name][1:].split("}")[0]].split("/")[2]
    quiz.open(PAGES[name].format_map(people))
    # By default browsers print the address of the page in the margin.
    paper = PdfReader(io.BytesIO(quiz.page.pdf(prefer_css_page_size=True, display_header_footer=True)))
    assert 1 <= len(paper.pages) <= 2
    for page in paper.pages:
        assert [round(side) for side in page.mediabox[2:]] == [595, 842]
    printed = without_blanks("".join(page.extract_text() for page in paper.pages))
    quiz.page.emulate_media(media="print")
    headings = quiz.page.locator("main :is(h1, h2, h3):not(.visually-hidden):visible").all_inner_texts()
    assert len(headings) >= 2
    assert [heading for heading in headings if without_blanks(heading) not in printed] == []
    assert own not in printed
    # A saved PDF has no link to it either.
    targets = [str(note.get_object().get("/A", "")) for page in paper.pages for note in page.get("/Annots", [])]
    assert [target for target in targets if own in target] == []
    quiz.page.set_viewport_size(A4)
    assert (overflow_px(quiz), quiz.page.evaluate(CLIPPED_TEXT)) == (0, [])


def test_an_advert_next_to_a_persons_work_is_printed_on_one_page(look, people):
    quiz = look(1280)
    quiz.open("{three}/advert".format_map(people))
    quiz.page.fill("#text", ADVERT)
    quiz.press_main_button()
    expect(quiz.page.get_by_role("heading", name="Asked for, and you do it")).to_be_visible()
    quiz.page.wait_for_load_state()  # Chromium cannot print a page that is being loaded
    paper = PdfReader(io.BytesIO(quiz.page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    printed = without_blanks(paper.pages[0].extract_text())
    lists = ("Asked for, and you do it", "Asked for, and you do not", "You do it, and it is not mentioned")
    for heading in (*lists, "The job", "Your work"):
        assert without_blanks(heading) in printed
    assert printed.count("DevOps/SRE") >= 2, "each map names every role"
    assert "Headforajob" not in printed


def test_paper_has_every_hand_over_and_band_of_a_round_in_words(look, people, bank):
    quiz = look(1280)
    quiz.open("{rounds}/rounds/1".format_map(people))
    assert not quiz.page.get_by_text("How many people connect two neighbours").is_visible()
    paper = PdfReader(io.BytesIO(quiz.page.pdf(prefer_css_page_size=True)))
    printed = without_blanks("".join(page.extract_text() for page in paper.pages))
    bands = ["oneatmost", "twoorthree", "fourormore"]
    rows, key = len(bank.responsibility) + len(bank.contacts), len(bands)
    assert sum(printed.count(band) for band in bands) == rows + key
