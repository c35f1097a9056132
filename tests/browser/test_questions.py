"""The question page as the browser lays it out: answers side by side or as a list, what is in sight, the progress."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.layout import CLIPPED_TEXT, overflow_px, set_text_size
from tests.browser.quiz import Quiz

pytestmark = pytest.mark.browser

#: The left and top edge, the width and the height of each answer of the first question, to a tenth of a pixel.
CELLS = """[...document.querySelector(".question-scale").querySelectorAll(".choice")].map((cell) => {
  const box = cell.getBoundingClientRect();
  return [box.left, box.top + scrollY, box.width, box.height].map((length) => Math.round(length * 10) / 10);
})"""
#: The distances between lines, letters and words that a page must bear (WCAG 2.2, 1.4.12).
WIDE_TEXT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }
  `);
  document.adoptedStyleSheets = [sheet];
}"""


def cells(quiz: Quiz) -> list[list[float]]:
    """Left, top, width and height of each answer of the first question."""
    boxes: list[list[float]] = quiz.page.evaluate(CELLS)
    return boxes


@pytest.mark.parametrize("width", [352, 360, 375, 390, 412, 430, 820, 1280])
def test_the_answers_stand_side_by_side_and_each_is_a_large_target(look, people, bank, width):
    quiz = look(width)
    quiz.open(f"{people['three']}/1")
    boxes = cells(quiz)
    assert len(boxes) == len(bank.option)
    assert len({top for _, top, _, _ in boxes}) == 1
    assert all(cell_width >= 44 and cell_height >= 44 for _, _, cell_width, cell_height in boxes)
    ends = [left + cell_width for left, _, cell_width, _ in boxes]
    gaps = [left - end for (left, *_), end in zip(boxes[1:], ends, strict=False)]
    assert min(gaps) > 3.5
    assert gaps[-1] >= gaps[0] + 7, "the answer that skips the question stands apart"
    assert (overflow_px(quiz), quiz.page.evaluate(CLIPPED_TEXT)) == (0, [])
    quiz.page.evaluate(WIDE_TEXT)
    assert (overflow_px(quiz), quiz.page.evaluate(CLIPPED_TEXT)) == (0, [])


@pytest.mark.parametrize(("width", "text_px"), [(320, 16), (351, 16), (390, 24), (820, 40)])
def test_on_a_narrow_screen_or_with_large_text_the_answers_are_a_list(look, people, width, text_px):
    quiz = look(width)
    quiz.open(f"{people['three']}/1")
    set_text_size(quiz, text_px)
    boxes = cells(quiz)
    tops = [top for _, top, _, _ in boxes]
    assert tops == sorted(set(tops))
    assert all(cell_height >= 44 for _, _, _, cell_height in boxes)
    assert (overflow_px(quiz), quiz.page.evaluate(CLIPPED_TEXT)) == (0, [])


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_choosing_an_answer_moves_no_line(visit, people, bank, width):
    quiz = visit(width)
    quiz.open(f"{people['new']}/1")
    lines = """[...document.querySelectorAll(".choice span")].map((label) => {
      const range = document.createRange();
      range.selectNodeContents(label);
      return [...range.getClientRects()].map((box) => [box.x + scrollX, box.y + scrollY, box.width]);
    })"""
    before = quiz.page.evaluate(lines)
    quiz.page.locator(".choice input").nth(1).check()
    expect(quiz.page.locator("[data-save-status]")).to_have_text("Saved.")
    assert quiz.page.evaluate(lines) == before
    quiz.choose(bank.pages[0][0].id, "skip")
    assert quiz.page.evaluate(lines) == before


@pytest.mark.parametrize("width", [390, 1280])
def test_the_question_stays_in_sight_below_the_stem_while_its_answers_are(look, people, width):
    quiz = look(width)
    quiz.open(f"{people['three']}/2")
    # The answers of the third question begin at the top of the screen.
    quiz.page.evaluate(
        "scrollTo(0, scrollY + document.querySelectorAll('.question-scale')[2].getBoundingClientRect().top - 20)"
    )
    in_sight = """([selector, number]) => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelectorAll(selector)[number]);
      return [...range.getClientRects()].every((box) => {
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return top?.closest(selector) === document.querySelectorAll(selector)[number];
      });
    }"""
    assert quiz.page.evaluate(in_sight, [".question-stem", 0])
    assert quiz.page.evaluate(in_sight, [".question legend", 2])
    assert quiz.page.evaluate(in_sight, [".question legend", 3])


def test_a_link_to_a_question_shows_the_whole_question_below_the_stem(look, people, bank):
    quiz = look()
    for number, items in enumerate(bank.pages, 1):
        for place, item in enumerate(items):
            quiz.open(f"{people['three']}/{number}#{item.id}")
            covered = """(place) => {
              const stem = document.querySelector(".question-stem").getBoundingClientRect();
              const hint = document.querySelectorAll(".question .field-hint")[place].getBoundingClientRect();
              return stem.bottom - hint.top;
            }"""
            assert quiz.page.evaluate(covered, place) <= 0, item.id


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_progress_counts_on_with_each_answer_if_scripts_run(visit, served, bank, script):
    quiz = visit(java_script_enabled=script)
    own = quiz.start()
    label, bar = quiz.page.locator("label[for=progress]"), quiz.page.locator("progress")
    count, pages = len(bank.questions_in_order), len(bank.pages)
    first, second, *_ = bank.pages[0]
    expect(label).to_have_text(f"Page 1 of {pages} · 0 of {count} answered")
    quiz.choose(first.id, "weekly")
    quiz.choose(first.id, "skip")
    quiz.choose(second.id, "never")
    answered = 2 if script else 0
    expect(label).to_have_text(f"Page 1 of {pages} · {answered} of {count} answered")
    expect(bar).to_have_js_property("value", answered)
    assert bar.evaluate("bar => bar.closest('[aria-live], [role=status]')") is None, "the saving is announced already"
    quiz.press_main_button()
    expect(label).to_have_text(f"Page 1 of {pages} · 2 of {count} answered")
    quiz.choose(bank.pages[0][2].id, "never")
    expect(bar).to_have_js_property("value", 3 if script else 2)
    quiz.open(f"{own}/2")


def test_coming_back_to_a_page_shows_which_page_it_is(look, people, bank):
    quiz = look()
    count = len(bank.questions_in_order)
    quiz.open(f"{people['three']}/1")
    expect(quiz.page.locator("label[for=progress]")).to_have_text(
        f"Page 1 of {len(bank.pages)} · {count} of {count} answered"
    )
    quiz.open(f"{people['three']}/more")
    expect(quiz.page.locator("label[for=progress]")).to_have_text(f"{count} of {count} answered")


def test_the_private_link_is_one_line_until_it_is_opened(look, people, bank):
    quiz = look()
    for path in (*range(1, len(bank.pages) + 1), "more"):
        quiz.open(f"{people['three']}/{path}")
        fold = quiz.page.locator("details", has=quiz.page.locator("[data-owner-link]"))
        box = fold.bounding_box()
        assert box is not None
        assert 44 <= box["height"] <= 48
        expect(quiz.page.locator("#owner-link")).to_be_hidden()
        fold.locator("summary").first.click()
        expect(quiz.page.locator("#owner-link")).to_be_visible()


APPEARANCE = "element => getComputedStyle(element).appearance"


def test_the_circles_are_drawn_by_the_style_sheet_and_by_the_browser_with_forced_colours(visit, people):
    quiz, forced = visit(color_scheme="dark"), visit(forced_colors="active")
    for tab, expected in ((quiz, "none"), (forced, "auto")):
        for path, kind in (("/1", "radio"), ("/more", "checkbox")):
            tab.open(f"{people['three']}{path}")
            assert tab.page.locator(f".choice [type={kind}]").first.evaluate(APPEARANCE) == expected
    quiz.open(f"{people['new']}/1")
    background = "element => getComputedStyle(element).backgroundColor"
    radio, cell = quiz.page.locator(".choice input").first, quiz.page.locator(".choice").first
    assert radio.evaluate(background) == cell.evaluate(background), "an empty circle is not filled"


def test_an_error_summary_with_the_focus_has_one_frame(look, people):
    quiz = look()
    quiz.open(f"{people['new']}/1")
    quiz.press_main_button()
    summary = quiz.page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert quiz.focus()["ring"]
    style = """element => {
      const style = getComputedStyle(element);
      return [style.borderTopWidth, style.borderRightWidth, style.outlineOffset];
    }"""
    assert summary.evaluate(style) == ["0px", "0px", "0px"]
