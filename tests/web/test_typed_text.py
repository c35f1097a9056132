"""Text that people type, as it is stored."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.web.typed_text import clean_line, clean_text, has_visible_character

texts = st.text(st.characters(codec="utf-8"), max_size=60)
DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206f"


@pytest.mark.parametrize("name", ["Ada", "李", "ש", "👩‍💻", "7", "?", "নাম", "می‌خواهم"])
def test_real_names_and_emoji_are_visible(name):
    assert has_visible_character(name)


@pytest.mark.parametrize(
    "name", ["", " ", "\u200d\u200c", "\u0301", "\u3164", "\u2800\u115f", "\ufe0f", "\u00ad\u2060"]
)
def test_a_name_without_a_visible_character_is_recognised(name):
    assert not has_visible_character(name)


@pytest.mark.parametrize("character", [*DIRECTION, *map(chr, range(9)), "\x0b", "\x1b", "\x7f", "\x85", "\x9b"])
def test_control_and_direction_characters_are_removed(character):
    assert clean_text(f"a{character}b\nc{character}") == "ab\nc"
    assert clean_line(f"{character}Ada{character}") == "Ada"


@pytest.mark.parametrize("text", ["👩🏽\u200d💻", "می\u200cخواهم", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301", "שלום", "❤\ufe0f"])
def test_joiners_and_whatever_real_names_and_emoji_need_stay(text):
    assert clean_text(text) == clean_line(text) == text


def test_line_ends_and_blanks():
    assert clean_text(" a\r\nb\u2028c\td \n") == "a\nb\nc\td"
    assert clean_line(" a\r\nb\u2029c\t d \n") == "a b c d"
    assert clean_text(None) == clean_line(None) == ""


@given(texts)
def test_a_cleaned_text_is_safe_and_stays_the_same_when_it_is_cleaned_again(text):
    for clean in (clean_text, clean_line):
        cleaned = clean(text)
        assert clean(cleaned) == cleaned
        assert not cleaned or has_visible_character(cleaned)
        assert not set(cleaned) & set(DIRECTION)
        assert {character for character in cleaned if unicodedata.category(character) in ("Cc", "Zl", "Zp")} <= {
            "\n",
            "\t",
        }
    assert not {"\n", "\t"} & set(clean_line(text))


@given(texts)
def test_no_visible_character_is_lost(text):
    def visible(text: str) -> list[str]:
        return [character for character in text if unicodedata.category(character)[0] in "LNPS"]

    assert visible(clean_text(text)) == (visible(text) if has_visible_character(text) else [])
