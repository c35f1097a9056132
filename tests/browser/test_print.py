"""On paper: at most two A4 pages, nothing cut off, and never the owner link."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from tests.browser.layout import A4, LOST, overhang, plain
from tests.browser.people import PEOPLE

pytestmark = pytest.mark.browser


#: What people print: every kind of result, and the page for a talk with the most and the least to say.
PRINTED = {kind: f"{{{kind}}}" for kind in [*PEOPLE, "full"]} | {
    "talk": "{three}/conversation",
    "talk about little": "{little}/conversation",
}


@pytest.mark.parametrize("what", PRINTED)
def test_it_prints_whole_on_at_most_two_pages_without_the_owner_link(visit, people, what):
    quiz = visit(1280, color_scheme="dark")  # paper stays white
    own = people[PRINTED[what][1:].split("}")[0]].removeprefix("/r/")
    quiz.open(PRINTED[what].format_map(people))
    # As browsers print unless told otherwise: with the page's address in the margin, if there is one.
    paper = PdfReader(io.BytesIO(quiz.page.pdf(prefer_css_page_size=True, display_header_footer=True)))
    assert 1 <= len(paper.pages) <= 2
    for page in paper.pages:
        assert [round(side) for side in page.mediabox[2:]] == [595, 842]
    printed = plain("".join(page.extract_text() for page in paper.pages))
    quiz.page.emulate_media(media="print")
    headings = quiz.page.locator("main :is(h1, h2, h3):not(.visually-hidden):visible").all_inner_texts()
    assert len(headings) >= 3
    assert [heading for heading in headings if plain(heading) not in printed] == []
    assert own not in printed
    # Nor may anything in a saved PDF lead to it.
    targets = [str(note.get_object().get("/A", "")) for page in paper.pages for note in page.get("/Annots", [])]
    assert [target for target in targets if own in target] == []


@pytest.mark.parametrize("what", PRINTED)
def test_nothing_is_cut_off_at_the_width_of_paper(visit, people, what):
    quiz = visit(**A4)
    quiz.page.emulate_media(media="print")
    quiz.open(PRINTED[what].format_map(people))
    assert (overhang(quiz), quiz.page.evaluate(LOST)) == (0, [])
