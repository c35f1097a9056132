"""Measures of a page as the browser lays it out."""

from __future__ import annotations

import re

from tests.browser.quiz import Quiz

STANDARD_TEXT_PX = 16
A4 = {"width": 794, "height": 1123}  # in CSS pixels; the style sheet sets the margins

#: Lists text that is outside the screen or outside a box that hides or clips it. A table may scroll in its own box, but
#: not on paper.
CLIPPED_TEXT = """() => {
  const clipped = [];
  const screenWidth = document.documentElement.clientWidth;
  const scrolls = (element) => element.closest(".wide-table") && !matchMedia("print").matches;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (!text.data.trim() || parent.closest(".visually-hidden, .skip-link, textarea") || !parent.checkVisibility())
      continue;
    if (scrolls(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.left < -1 || box.right > screenWidth + 1) clipped.push(["outside the screen", text.data.trim()]);
      for (let element = parent; element !== document.body; element = element.parentElement) {
        const style = getComputedStyle(element), outer = element.getBoundingClientRect();
        const isBox = style.overflow !== "visible" || element.matches("button, label, summary, a, svg");
        if (isBox && (box.left < outer.left - 2 || box.right > outer.right + 2 || box.bottom > outer.bottom + 8))
          if (!["inline", "contents"].includes(style.display))
            clipped.push(["outside its " + element.tagName, text.data.trim()]);
      }
    }
  }
  return clipped;
}"""

#: Everything that can be pressed and is smaller than 44 px, with its size. Not counted, for a reason each:
#: - a link or a button in a sentence, whose size is that of the line (WCAG 2.2, 2.5.8 makes the same exception);
#: - a radio button or a checkbox in its label, since the whole label can be pressed;
#: - the link to the content, which nobody can see without a keyboard.
SMALL_TARGETS = """() => {
  const isInSentence = (element) => {
    if (getComputedStyle(element).display !== "inline") return false;
    const block = element.closest("p, li, dd, dt, td, th, figcaption, blockquote, label");
    return block !== null && block.textContent.trim().length > element.textContent.trim().length + 2;
  };
  const isCounted = (element) => {
    if (!element.checkVisibility() || element.matches(".skip-link") || isInSentence(element)) return false;
    return !(element.matches("[type=radio], [type=checkbox]") && element.closest("label"));
  };
  const targets = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, label:has(input)"
  );
  return [...targets].filter(isCounted).flatMap((element) => {
    const box = element.getBoundingClientRect();
    const isSmall = Math.round(box.width) < 44 || Math.round(box.height) < 44;
    const name = `${element.tagName.toLowerCase()}.${element.className} ${element.textContent.trim().slice(0, 30)}`;
    return isSmall ? [`${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`] : [];
  });
}"""


def set_text_size(quiz: Quiz, size_px: int) -> None:
    """The text size setting of the browser, which media queries in em follow."""
    session = quiz.context.new_cdp_session(quiz.page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": size_px}})


def overflow_px(quiz: Quiz) -> int:
    """The number of pixels by which the page is wider than the screen."""
    return max(0, int(quiz.page.evaluate("document.documentElement.scrollWidth - innerWidth")))


def without_blanks(text: str) -> str:
    """Text without blanks, line breaks and ligatures, which differ between screen and paper."""
    return re.sub(r"\s+", "", text.replace("\ufb01", "fi").replace("\ufb02", "fl"))
