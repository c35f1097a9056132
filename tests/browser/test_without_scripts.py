"""Browsers that hold back: a script that never comes, less motion, colours of their own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser


def test_a_page_is_drawn_and_works_while_its_script_is_still_missing(visit, bank):
    quiz = visit()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)  # neither answered nor refused

    quiz.context.route(re.compile(r"page\.js"), hold)
    quiz.page.goto("/", wait_until="commit")
    expect(quiz.page.locator("h1")).to_be_visible()
    painted = "new Promise(done => new PerformanceObserver(done).observe({ type: 'paint', buffered: true }))"
    quiz.page.evaluate(f"{painted}.then(() => true)")
    assert held
    quiz.page.locator("button.button-primary").click(no_wait_after=True)
    quiz.page.wait_for_url(re.compile("/1$"), wait_until="commit")
    for item in bank.pages[0]:
        quiz.choose(item.id, "weekly")
    quiz.page.locator("button.button-primary").click(no_wait_after=True)
    quiz.page.wait_for_url(re.compile("/2$"), wait_until="commit")
    expect(quiz.page.get_by_text(f"{len(bank.pages[0])} of {len(bank.responsibility)} answered")).to_be_visible()


MOVING = """() => [...document.querySelectorAll("*")].filter((it) => {
  const style = getComputedStyle(it);
  const long = (times) => times.split(",").some((time) => parseFloat(time) > 0);
  return long(style.transitionDuration) || long(style.animationDuration) || style.scrollBehavior === "smooth";
}).map((it) => it.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_whoever_asked_for_that(visit, people, motion):
    quiz = visit(reduced_motion=motion)
    quiz.open(f"{people['mix']}/1")
    assert bool(quiz.page.evaluate(MOVING)) == (motion == "no-preference")


def test_with_forced_colours_the_choice_is_outlined_and_the_mix_stands_out(visit, people, bank):
    quiz = visit(forced_colors="active")
    quiz.open(f"{people['mix']}/1")
    outline = (
        "it => { const style = getComputedStyle(it); return [style.outlineStyle, parseFloat(style.outlineWidth)] }"
    )
    picked = quiz.page.locator(".choice:has(:checked)")
    expect(picked).to_have_count(len(bank.pages[0]))
    assert picked.first.evaluate(outline) == ["solid", 3]
    assert quiz.page.locator(".choice:not(:has(:checked))").first.evaluate(outline)[0] == "none"
    quiz.open(people["mix"])
    fill = "it => getComputedStyle(it).fill"
    own, other = (
        quiz.page.locator(f".role-map .{whose} circle").first.evaluate(fill) for whose in ("in-mix", "not-in-mix")
    )
    assert own != other
    bar, track = (
        quiz.page.locator(f".in-mix .result-bar .{part}").first.evaluate(fill)
        for part in ("result-bar-fill", "result-bar-track")
    )
    assert bar != track
    ground = quiz.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground not in (own, bar)
