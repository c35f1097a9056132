"""Links: random, derived from a seed, and their hashes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.web import links

KEY = b"k" * 32
texts = st.text(max_size=30)
keys = st.binary(min_size=32, max_size=64)


def test_new_links_are_unique_and_match_the_pattern():
    unique = {links.new_link() for _ in range(1000)}
    assert len(unique) == 1000
    assert all(re.fullmatch(links.LINK_PATTERN, link) for link in unique)
    # All 64 characters occur, so no part of a link is constant.
    assert len(set("".join(unique))) == 64


@settings(deadline=None)
@given(keys, texts, texts)
def test_a_derived_link_matches_the_pattern_and_is_always_the_same(key, purpose, seed):
    link = links.derive_link(key, purpose, seed)
    assert re.fullmatch(links.LINK_PATTERN, link)
    assert links.derive_link(key, purpose, seed) == link


def test_another_key_purpose_or_seed_gives_another_link():
    seeds = [links.new_link() for _ in range(50)]
    unique = {
        links.derive_link(key, purpose, seed)
        for key in (KEY, b"K" * 32)
        for purpose in ("owner", "share", "join", "lead")
        for seed in seeds
    }
    assert len(unique) == 2 * 4 * 50
    assert not unique & set(seeds)


def test_the_derivation_of_links_does_not_change():
    """Links are derived again from their seeds each time they are shown. Another derivation would break them all."""
    assert links.derive_link(KEY, "owner", "A" * 22) == "auRoqS8W8OGf-BLv1ZjE3g"


def test_a_valid_seed_is_returned_unchanged():
    seed = links.new_link()
    assert links.valid_seed(seed) == seed
    assert links.valid_seed("-_aZ09" + "A" * 16) == "-_aZ09" + "A" * 16


@pytest.mark.parametrize(
    "seed",
    ["", "A" * 21, "A" * 23, "A" * 22 + "\n", "A" * 21 + "=", "A" * 21 + "/", "A" * 21 + ".", "A" * 21 + " ", "é" * 22],
    ids=["empty", "short", "long", "newline", "equals sign", "slash", "dot", "space", "accent"],
)
def test_anything_else_is_not_a_seed(seed):
    assert links.valid_seed(seed) is None


@settings(deadline=None)
@given(texts, texts)
def test_different_links_have_different_hashes(one, other):
    assert re.fullmatch("[0-9a-f]{64}", links.hash_link(one))
    assert (links.hash_link(one) == links.hash_link(other)) == (one == other)


def test_a_hash_is_sha_256():
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # the example "abc" of FIPS 180-4
    assert links.hash_link("abc") == expected


@given(st.text(alphabet="aÉ٣²_-.)/", max_size=20))
def test_a_clean_path_ends_with_a_letter_or_a_digit(path):
    assert links.clean_path(path) == re.sub(r"[\W_]+\Z", "", path)
