import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.text.plain_text import blank_markup


@given(st.text(alphabet="<>/!-&;#xbscriptyle a\n\0•·é", max_size=60) | st.text(max_size=60))
def test_the_result_is_as_long_as_the_text(text):
    assert len(blank_markup(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>Build <b>data</b> pipelines</p>", ["Build", "data", "pipelines"]),
        ('<a href="https://kafka.example">Apply</a>', ["Apply"]),
        ("<script>kubernetes()</script>Test", ["Test"]),
        ("<STYLE>p { color: red }</STYLE>Test", ["Test"]),
        ("<!-- <b>terraform</b> -->Test", ["Test"]),
        ("<!-- a -- > b --> c", ["c"]),
        ("R&amp;D &#8211; &nbsp;team&hellip;", ["R&", "D", "–", "team…"]),
        ("5 < 6 and 7 > 3", ["5", "<", "6", "and", "7", ">", "3"]),
        ("fewer <than", ["fewer", "<than"]),
        ("a\0b\x1bc\x7fd", ["a", "b", "c", "d"]),
        ("· one ▪ two", ["•", "one", "•", "two"]),
    ],
)
def test_only_words_remain(text, words):
    assert blank_markup(text).split() == words


def test_a_position_in_the_result_is_the_same_in_the_text():
    text = "<ul><li>Run&nbsp;<b>Kafka</b></li></ul>"
    start = blank_markup(text).index("Kafka")
    assert text[start : start + 5] == "Kafka"


def test_the_beginning_of_a_block_is_a_line_end_and_that_of_a_word_is_not():
    assert [
        line.strip() for line in blank_markup("<h2>Your <i>role</i></h2><p>Test</p>").split("\n") if line.strip()
    ] == [
        "Your    role",
        "Test",
    ]


def test_after_a_script_that_never_ends_nothing_is_text():
    assert blank_markup("one <script> two <b>three</b>").split() == ["one"]
