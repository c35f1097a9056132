"""Contrast of the colour tokens with their backgrounds, in light, in dark and on paper (WCAG 2.2: 1.4.3 and 1.4.11).

axe checks text, but neither the borders of controls nor the parts of charts. Each pair of colours in use is listed.
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

#: Text and its background: 4.5 to 1.
TEXT = [
    ("text", "page"),  # running text
    ("text", "card"),  # choices, fields, the owner link, names on the role map
    ("text", "highlight"),  # a chosen answer, notes
    ("text", "error-background"),  # bullets of the error summary
    ("muted", "page"),  # introductions, hints, captions
    ("muted", "card"),  # names of other roles on the role map, the status of a copy box
    ("accent", "page"),  # links, summaries
    ("accent", "card"),  # links next to the owner link
    ("accent", "highlight"),  # links in notes
    ("accent-strong", "page"),  # links under the pointer
    ("accent-strong", "card"),
    ("accent-strong", "highlight"),
    ("on-accent", "accent"),  # the main button
    ("on-accent", "accent-strong"),  # the main button under the pointer
    ("error", "page"),  # the error of a field
    ("error", "error-background"),  # the error summary
]
#: Borders of controls, focus outlines and parts of charts, and the colour next to them: 3 to 1.
PARTS = [
    ("border", "page"),  # choices, fields, secondary buttons
    ("border", "card"),
    ("accent", "page"),  # focus outlines, the border of a chosen answer, filled squares
    ("accent", "card"),  # circles of the mix and reported contacts on the role map
    ("accent", "highlight"),  # the inner edge of the border of a chosen answer
    ("accent", "track"),  # progress, bars of the mix
    ("on-accent", "accent"),  # hats in circles of the mix
    ("error", "page"),  # the line next to a field with an error
    ("error", "error-background"),
    ("neutral", "page"),  # empty squares
    ("neutral", "card"),  # other circles, usual contacts, arrows
    ("muted", "card"),  # hats in other circles
    ("neutral", "track"),  # bars of other roles
    ("mix-0", "page"),  # the mix bar; the background shows between its segments
    ("mix-1", "page"),
    ("mix-2", "page"),
    ("mix-0", "card"),  # the same on the page for a conversation
    ("mix-1", "card"),
    ("mix-2", "card"),
]
#: Colours of the screen only: buttons, coloured links and errors are not printed.
ON_SCREEN = {"accent-strong", "error", "error-background", "highlight"}


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


def low_contrasts(scheme: str, pairs: list[tuple[str, str]], minimum: float) -> dict[str, float]:
    """The pairs of a colour scheme whose contrast is below `minimum`, each with its contrast."""
    colours = SCHEMES[scheme]
    ignored = ON_SCREEN if scheme.startswith("print") else set()
    contrasts = {}
    for foreground, background in pairs:
        if not ignored & {foreground, background}:
            value = round(contrast(colours[foreground], colours[background]), 2)
            contrasts[f"{foreground} on {background}"] = value
    return {pair: value for pair, value in contrasts.items() if value < minimum}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_has_a_contrast_of_at_least_4_5(scheme):
    assert low_contrasts(scheme, TEXT, 4.5) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_borders_and_parts_of_charts_have_a_contrast_of_at_least_3(scheme):
    assert low_contrasts(scheme, PARTS, 3) == {}


def test_every_colour_of_the_style_is_a_token_and_is_checked():
    checked = {name for pair in TEXT + PARTS for name in pair}
    assert set(LIGHT) - checked == {"divider"}  # dividers only decorate
    assert set(DARK) == set(LIGHT) >= set(PRINT)
    outside_tokens = re.sub(r":root \{.*?\}", "", STYLE, flags=re.S)
    # A QR code has a white background in every colour scheme.
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", outside_tokens)) == {"#fff"}
