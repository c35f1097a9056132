"""Contrast of the colour tokens with their backgrounds, in light, in dark and on paper (WCAG 2.2: 1.4.3 and 1.4.11).

axe checks text, but neither the borders of controls nor the parts of charts. Each pair of colours in use is listed.
"""

from __future__ import annotations

import math
import re
from itertools import combinations

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
    ("error", "card"),  # the way to delete everything
    ("error", "error-background"),  # the error summary
    *(("on-role", f"role-{number}") for number in range(7)),  # shares on the shelf
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
    ("neutral", "page"),  # empty squares and circles, dials of nothing and of what is not known
    ("neutral", "card"),  # other circles, usual contacts, arrows
    ("muted", "card"),  # hats in other circles
    ("muted", "page"),  # filled circles of a band
    ("text", "page"),  # filled circles of the lowest band
    ("neutral", "track"),  # bars of other roles, dials of other roles
    # Bars, rings and dials of roles.
    *((f"role-{number}", ground) for number in range(7) for ground in ("page", "card", "track")),
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


# Colours of roles


#: Linear RGB as it is seen without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
SIGHT = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def linear_rgb(colour: str) -> tuple[float, ...]:
    values = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return tuple(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)


def oklab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    """Linear RGB as OKLab, in which equal distances look about equally different (Ottosson 2020)."""
    red, green, blue = rgb
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def seen(colour: str, sight: str) -> tuple[float, float, float]:
    rgb = linear_rgb(colour)
    rows = SIGHT[sight]
    return oklab(tuple(max(0.0, sum(weight * value for weight, value in zip(row, rgb, strict=True))) for row in rows))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_any_two_role_colours_can_be_told_apart(scheme, sight):
    colours = [SCHEMES[scheme][f"role-{number}"] for number in range(7)]
    distances = {(a, b): math.dist(seen(a, sight), seen(b, sight)) for a, b in combinations(colours, 2)}
    assert min(distances.values()) > 0.07, min(distances, key=lambda pair: distances[pair])
