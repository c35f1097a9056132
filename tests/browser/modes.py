"""The modes in which tests use pages: phone or desktop width, with or without scripts."""

from __future__ import annotations

import pytest

#: The first two have each width and each script setting once; `--slow` adds the other combinations.
for_each_mode = pytest.mark.parametrize(
    ("width", "script"),
    [
        pytest.param(390, True, id="phone"),
        pytest.param(1280, False, id="desktop without scripts"),
        pytest.param(390, False, id="phone without scripts", marks=pytest.mark.slow),
        pytest.param(1280, True, id="desktop", marks=pytest.mark.slow),
    ],
)
