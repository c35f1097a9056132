"""Measures of a page as the browser lays it out."""

from __future__ import annotations

import re

from tests.browser.quiz import Quiz

A4 = {"width": 794, "height": 1123}  # in CSS pixels, as the page's own margins are part of the style

#: What sticks out of the screen, and what text is wider or higher than the box that hides the rest of it. A table may
#: scroll in a box of its own, but not on paper.
LOST = """() => {
  const lost = [];
  const room = document.documentElement.clientWidth;
  const scrolls = (it) => it.closest(".wide-table") && !matchMedia("print").matches;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, it = text.parentElement;
    if (!text.data.trim() || it.closest(".visually-hidden, .skip-link, textarea") || !it.checkVisibility()) continue;
    if (scrolls(it)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.left < -1 || box.right > room + 1) lost.push(["outside the screen", text.data.trim()]);
      for (let around = it; around !== document.body; around = around.parentElement) {
        const style = getComputedStyle(around), rim = around.getBoundingClientRect();
        const holds = style.overflow !== "visible" || around.matches("button, label, summary, a, svg");
        if (holds && (box.left < rim.left - 2 || box.right > rim.right + 2 || box.bottom > rim.bottom + 8))
          if (style.display !== "inline") lost.push(["outside its " + around.tagName, text.data.trim()]);
      }
    }
  }
  return lost;
}"""


def overhang(quiz: Quiz) -> int:
    """By how many pixels the page is wider than the screen."""
    return max(0, int(quiz.page.evaluate("document.documentElement.scrollWidth - innerWidth")))


def plain(text: str) -> str:
    """Text without what differs between screen and paper: blanks, line breaks, ligatures."""
    return re.sub(r"\s+", "", text.replace("\ufb01", "fi").replace("\ufb02", "fl"))
