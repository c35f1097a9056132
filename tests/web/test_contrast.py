"""Contrast of the colour tokens on what they stand on, in light, in dark and on paper (WCAG 2.2: 1.4.3 and 1.4.11).

axe sees text but neither the rims of controls nor the parts of charts; here each pair that stands together is named.
"""

from __future__ import annotations

import re

import pytest

from quiz.web.stylesheet import read_stylesheet

STYLE = read_stylesheet()


def tokens(start: str) -> dict[str, str]:
    """The colours in the first `:root` after `start`, by name."""
    block = STYLE[STYLE.index(start) :].split(":root {", 1)[1].split("}", 1)[0]
    return {name: value.lower() for name, value in re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-fA-F]{3,6})\b", block)}


LIGHT = tokens("/* Colour tokens.")
DARK = LIGHT | tokens("@media (prefers-color-scheme: dark)")
PRINT = tokens("@media print")
SCHEMES = {"light": LIGHT, "dark": DARK, "print": LIGHT | PRINT, "print from a dark screen": DARK | PRINT}

#: Text and what it stands on: 4.5 to 1.
TEXT = [
    ("ink", "paper"),  # running text
    ("ink", "card"),  # choices, fields, the owner link, names on the map
    ("ink", "soft"),  # a picked choice, notes
    ("ink", "wrong-soft"),  # bullets of the error summary
    ("quiet", "paper"),  # leads, hints, captions
    ("quiet", "card"),  # other roles' names on the map, what was copied
    ("accent", "paper"),  # links, summaries
    ("accent", "card"),  # links beside the owner link
    ("accent", "soft"),  # links in notes
    ("accent-strong", "paper"),  # links under the pointer
    ("accent-strong", "card"),
    ("accent-strong", "soft"),
    ("on-accent", "accent"),  # the main button
    ("on-accent", "accent-strong"),  # … under the pointer
    ("wrong", "paper"),  # what is wrong with a field
    ("wrong", "wrong-soft"),  # the error summary
]
#: Rims of controls, signs of focus and parts of charts, and what they must stand out from: 3 to 1.
PARTS = [
    ("border", "paper"),  # choices, fields, quiet buttons
    ("border", "card"),
    ("accent", "paper"),  # rings of focus, the rim of a picked choice, marks
    ("accent", "card"),  # own circles and reported contacts on the map
    ("accent", "soft"),  # the rim of a picked choice from inside
    ("accent", "track"),  # progress, own bars
    ("on-accent", "accent"),  # marks on own circles
    ("wrong", "paper"),  # the line beside a wrong field
    ("wrong", "wrong-soft"),
    ("other", "paper"),  # pips that are off
    ("other", "card"),  # other circles, usual contacts, arrows
    ("quiet", "card"),  # marks on other circles
    ("other", "track"),  # other roles' bars
    ("part-0", "paper"),  # the mix bar; between its parts the ground shows
    ("part-1", "paper"),
    ("part-2", "paper"),
    ("part-0", "card"),  # the same on the page for a talk
    ("part-1", "card"),
    ("part-2", "card"),
]
#: Only on screen: buttons, links in colour and errors are not printed.
ON_SCREEN = {"accent-strong", "wrong", "wrong-soft", "soft"}


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, 0 to 1."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21.

    >>> round(contrast("#000", "#ffffff"), 2), round(contrast("#777777", "#fff"), 2)
    (21.0, 4.48)
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_faint(model: str, pairs: list[tuple[str, str]], least: float) -> dict[str, float]:
    """The pairs of a model whose contrast is below `least`, with their contrast."""
    colours, skipped = SCHEMES[model], ON_SCREEN if model.startswith("print") else set()
    found = {
        f"{one} on {ground}": round(contrast(colours[one], colours[ground]), 2)
        for one, ground in pairs
        if not skipped & {one, ground}
    }
    return {pair: value for pair, value in found.items() if value < least}


@pytest.mark.parametrize("model", SCHEMES)
def test_text_has_a_contrast_of_at_least_4_5(model):
    assert too_faint(model, TEXT, 4.5) == {}


@pytest.mark.parametrize("model", SCHEMES)
def test_borders_and_parts_of_charts_have_a_contrast_of_at_least_3(model):
    assert too_faint(model, PARTS, 3) == {}


def test_every_colour_of_the_style_is_a_token_and_is_checked():
    named = {name for pair in TEXT + PARTS for name in pair}
    assert set(LIGHT) - named == {"hair"}  # hairlines only decorate
    assert set(DARK) == set(LIGHT) >= set(PRINT)
    elsewhere = re.sub(r":root \{.*?\}", "", STYLE, flags=re.S)
    # A QR code stands on white whatever the model.
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", elsewhere)) == {"#fff"}
