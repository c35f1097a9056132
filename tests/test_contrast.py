"""Contrast of the colour tokens, on whatever they stand on, in light, in dark and on paper (WCAG 2.2: 1.4.3, 1.4.11)."""

from __future__ import annotations

import re

import pytest

from quiz import paths

STYLE = (paths.shipped("quiz").parent / "quiz" / "static" / "style.css").read_text(encoding="utf-8")
