"""When two names are the same, and when they look alike."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.teams.names import look_alike_key, marks, name_key

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("one", "other"), [("Ada", "ADA"), ("Straße", "STRASSE"), ("Ａda", "ada"), ("ﬁn", "fin"), ("Jo  Li", " jo li")]
)
def test_names_are_equal_after_nfkc_and_case_folding(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Ada", "Adá"), ("Ada", "Аda"), ("Jo Li", "Joli")])
def test_names_that_only_look_alike_are_not_equal(one, other):
    assert name_key(one) != name_key(other)
    assert look_alike_key(one) == look_alike_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Αda", "Ada"), ("Bo", "В0"), ("A\u200dda", "Ada"), ("Al", "AI"), ("Chloé", "Chloe")]
)
def test_common_look_alikes_are_known(one, other):
    assert look_alike_key(one) == look_alike_key(other)


@pytest.mark.parametrize(("one", "other"), [("Ada", "Ida"), ("Bo", "Bob"), ("李", "林"), ("Ann", "Anne")])
def test_different_names_do_not_look_alike(one, other):
    assert look_alike_key(one) != look_alike_key(other)


@given(names)
def test_a_key_does_not_depend_on_case_width_or_normal_form(name):
    for variant in (unicodedata.normalize("NFKC", name), unicodedata.normalize("NFD", name), f"  {name} "):
        assert name_key(variant) == name_key(name)
    assert name_key(name_key(name)) == name_key(name)


@given(st.lists(names, max_size=6))
def test_a_mark_and_a_look_tell_any_two_names_apart(several):
    pairs = list(zip(map(look_alike_key, several), marks(several), strict=True))
    assert len(set(pairs)) == len(pairs)
    for name, mark in zip(several, marks(several), strict=True):
        alike = [other for other in several if look_alike_key(other) == look_alike_key(name)]
        assert (mark is None) == (len(alike) == 1)


@given(names)
def test_equal_names_look_alike(name):
    folded = name_key(name)
    assert marks([name, folded]) == [1, 2]
