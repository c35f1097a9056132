"""How pages are used: on a phone and on a desktop, with scripts and without."""

from __future__ import annotations

import pytest

#: The quick two have each width and each kind of browser once; `--slow` adds the other two.
each_way = pytest.mark.parametrize(
    ("width", "script"),
    [
        pytest.param(390, True, id="phone"),
        pytest.param(1280, False, id="desktop without scripts"),
        pytest.param(390, False, id="phone without scripts", marks=pytest.mark.slow),
        pytest.param(1280, True, id="desktop", marks=pytest.mark.slow),
    ],
)
