"""A script that is never loaded, reduced motion and forced colours."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser


def test_a_page_is_rendered_and_works_before_its_script_is_loaded(visit, bank):
    quiz = visit()
    pending: list[Route] = []

    def keep_pending(route: Route) -> None:
        pending.append(route)  # gets no answer

    quiz.context.route(re.compile(r"page\.js"), keep_pending)
    quiz.page.goto("/", wait_until="commit")
    expect(quiz.page.locator("h1")).to_be_visible()
    first_paint = "new Promise(resolve => new PerformanceObserver(resolve).observe({ type: 'paint', buffered: true }))"
    quiz.page.evaluate(f"{first_paint}.then(() => true)")
    assert pending
    quiz.page.locator("button.button-primary").click(no_wait_after=True)
    quiz.page.wait_for_url(re.compile("/1$"), wait_until="commit")
    for item in bank.pages[0]:
        quiz.choose(item.id, "weekly")
    quiz.page.locator("button.button-primary").click(no_wait_after=True)
    quiz.page.wait_for_url(re.compile("/2$"), wait_until="commit")
    expect(quiz.page.get_by_text(f"{len(bank.pages[0])} of {len(bank.responsibility)} answered")).to_be_visible()


MOVING_ELEMENTS = """() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  const moves = (times) => times.split(",").some((time) => parseFloat(time) > 0);
  return moves(style.transitionDuration) || moves(style.animationDuration) || style.scrollBehavior === "smooth";
}).map((element) => element.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_with_reduced_motion(visit, people, motion):
    quiz = visit(reduced_motion=motion)
    quiz.open(f"{people['mix']}/1")
    assert bool(quiz.page.evaluate(MOVING_ELEMENTS)) == (motion == "no-preference")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_progress_bar_grows_from_page_to_page_unless_motion_is_reduced(visit, bank, motion):
    quiz = visit(reduced_motion=motion)
    quiz.start()
    name = quiz.page.locator("progress").evaluate("bar => getComputedStyle(bar).viewTransitionName")
    assert name == ("none" if motion == "reduce" else "quiz-progress")
    quiz.context.add_init_script(
        "addEventListener('pagereveal', event => { window.hasTransition = event.viewTransition !== null; })"
    )
    quiz.fill_page(1, dict.fromkeys(bank.responsibility, "weekly"))
    expect(quiz.page).to_have_url(re.compile("/2$"))
    quiz.page.wait_for_function("window.hasTransition !== undefined")
    assert quiz.page.evaluate("window.hasTransition") == (motion == "no-preference")


def test_with_forced_colours_the_choice_is_outlined_and_the_mix_stands_out(visit, people, bank):
    quiz = visit(forced_colors="active")
    quiz.open(f"{people['mix']}/1")
    outline = """element => {
      const style = getComputedStyle(element);
      return [style.outlineStyle, parseFloat(style.outlineWidth)];
    }"""
    selected = quiz.page.locator(".choice:has(:checked)")
    expect(selected).to_have_count(len(bank.pages[0]))
    assert selected.first.evaluate(outline) == ["solid", 3]
    assert quiz.page.locator(".choice:not(:has(:checked))").first.evaluate(outline)[0] == "none"
    quiz.open(people["mix"])
    fill = "element => getComputedStyle(element).fill"
    in_mix, not_in_mix = (
        quiz.page.locator(f".role-map .{name} .role-map-disc").first.evaluate(fill) for name in ("in-mix", "not-in-mix")
    )
    assert in_mix != not_in_mix
    bar, track = (
        quiz.page.locator(f".in-mix .result-bar .{part}").first.evaluate(fill)
        for part in ("result-bar-fill", "result-bar-track")
    )
    assert bar != track
    background = quiz.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background not in (in_mix, bar)
