"""The pictures in the README are screenshots of real pages. UPDATE_SCREENSHOTS=1 writes new ones."""

from __future__ import annotations

import os
import struct

import pytest
from playwright.sync_api import expect

from tests.factories import DOCS

pytestmark = pytest.mark.browser

IMAGES = DOCS / "images"
SCALE = 2


def size_px(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG image."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    ("name", "path", "last_element"),
    [("result", "{mix}", ".role-cards"), ("question", "{started}/2", ".question >> nth=4")],
    ids=["result", "question"],
)
def test_a_screenshot_for_the_readme_can_be_made(visit, people, name, path, last_element):
    quiz = visit(390, 844, device_scale_factor=SCALE)
    quiz.open(path.format_map(people))
    for choice in quiz.page.get_by_label("About weekly").all()[:1]:  # on the question page, answer the first question
        choice.check()
        choice.blur()
    quiz.page.evaluate("document.fonts.ready")
    element = quiz.page.locator(last_element)
    expect(element).to_be_visible()
    box = element.bounding_box()
    assert box is not None
    height = round(box["y"] + box["height"] + 6)
    picture = quiz.page.screenshot(
        full_page=True, animations="disabled", clip={"x": 0, "y": 0, "width": 390, "height": height}
    )
    assert size_px(picture) == (390 * SCALE, height * SCALE)
    assert 600 <= height <= 1600
    assert 30_000 < len(picture) < 400_000  # an empty page is much smaller
    if os.environ.get("UPDATE_SCREENSHOTS") == "1":
        IMAGES.mkdir(parents=True, exist_ok=True)
        (IMAGES / f"{name}.png").write_bytes(picture)
    assert size_px((IMAGES / f"{name}.png").read_bytes())[0] == 390 * SCALE
