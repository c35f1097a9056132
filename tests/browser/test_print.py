"""On paper: at most two A4 pages, nothing cut off, and never the owner link."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from tests.browser.people import PEOPLE
from tests.browser.test_reflow import LOST, overhang

pytestmark = pytest.mark.browser

A4 = {"width": 794, "height": 1123}  # in CSS pixels, as the page's own margins are part of the style


def plain(text: str) -> str:
    """Text without what differs between screen and paper: blanks, line breaks, ligatures."""
    return re.sub(r"\s+", "", text.replace("\ufb01", "fi").replace("\ufb02", "fl"))


@pytest.mark.parametrize("kind", PEOPLE)
def test_a_result_prints_whole_on_at_most_two_pages(visit, served, people, kind):
    quiz = visit(1280, color_scheme="dark")  # paper stays white
    quiz.open(people[kind])
    # As browsers print unless told otherwise: with the page's address in the margin, where there is one.
    paper = PdfReader(io.BytesIO(quiz.page.pdf(prefer_css_page_size=True, display_header_footer=True)))
    assert 1 <= len(paper.pages) <= 2
    for page in paper.pages:
        assert [round(side) for side in page.mediabox[2:]] == [595, 842]
    printed = plain("".join(page.extract_text() for page in paper.pages))
    assert plain(quiz.headline) in printed
    for heading in quiz.page.locator(".result h2:not(.hidden)").all_inner_texts():
        assert plain(heading) in printed
    link = people[kind].removeprefix("/r/")
    assert link not in printed
    assert "Yourprivatelink" not in printed
    # A link on paper would be as good as one on the page, so none may be clickable either.
    targets = [str(note.get_object().get("/A", "")) for page in paper.pages for note in page.get("/Annots", [])]
    assert [target for target in targets if link in target] == []


@pytest.mark.parametrize("kind", PEOPLE)
def test_nothing_is_cut_off_at_the_width_of_paper(visit, people, kind):
    quiz = visit(**A4)
    quiz.page.emulate_media(media="print")
    quiz.open(people[kind])
    assert (overhang(quiz), quiz.page.evaluate(LOST)) == (0, [])
