"""The browser that the tests use."""

from __future__ import annotations

import os
import shutil

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)


NO_CHROMIUM = "browser tests need chromium: apt-get install chromium, or set CHROMIUM to its path"
