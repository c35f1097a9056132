"""Templates and style sheet agree, and templates can be read."""

from __future__ import annotations

import re

import pytest

from quiz.web.stylesheet import read_stylesheet
from tests.factories import ROOT

TEMPLATES = {
    path.relative_to(ROOT / "templates").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.*"))
}
MARKUP = "\n".join(TEMPLATES.values())
MAX_LINE_LENGTH = 160


def selectors() -> str:
    """The style sheet without comments and without declarations."""
    without_comments = re.sub(r"/\*.*?\*/", "", read_stylesheet(), flags=re.S)
    return re.sub(r"\{[^{}]*\}", "{}", without_comments)


def test_every_id_in_the_style_sheet_is_in_a_template():
    ids = set(re.findall(r"#([a-z][\w-]*)", selectors()))
    assert ids
    assert {id for id in ids if f'id="{id}"' not in MARKUP} == set()


def test_every_class_in_the_style_sheet_is_in_a_template():
    classes = set(re.findall(r"\.([a-z][\w-]*)", selectors()))
    # The classes of roles end in a number, which `role_colour` adds.
    generated = {name for name in classes if re.fullmatch(r"role-\d", name)}
    assert "role_colour(" in MARKUP
    assert {name for name in classes - generated if not re.search(rf"(?<![\w-]){name}(?![\w-])", MARKUP)} == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_line_of_a_template_is_too_long(name):
    assert [line for line in TEMPLATES[name].splitlines() if len(line) > MAX_LINE_LENGTH] == []
