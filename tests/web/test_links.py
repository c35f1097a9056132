"""Links: unguessable, one right each, and only their fingerprints are kept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.web import links

KEY = b"k" * 32
texts = st.text(max_size=30)
keys = st.binary(min_size=32, max_size=64)


def test_a_link_holds_128_bits_and_looks_like_one():
    made = {links.new_link() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(links.LINK_PATTERN, link) for link in made)
    # Every one of the 64 signs turns up: no part of a link is the same in all.
    assert len(set("".join(made))) == 64


@settings(deadline=None)
@given(keys, texts, texts)
def test_a_derived_link_looks_like_any_other_and_is_always_the_same(key, purpose, seed):
    link = links.derive_link(key, purpose, seed)
    assert re.fullmatch(links.LINK_PATTERN, link)
    assert links.derive_link(key, purpose, seed) == link


def test_another_key_purpose_or_seed_gives_another_link():
    seeds = [links.new_link() for _ in range(50)]
    made = {
        links.derive_link(key, purpose, seed)
        for key in (KEY, b"K" * 32)
        for purpose in ("owner", "share", "join", "lead")
        for seed in seeds
    }
    assert len(made) == 2 * 4 * 50
    assert not made & set(seeds)


def test_a_derived_link_is_the_same_tomorrow():
    """Shown links are made anew from their seeds: another way of making them would break every one."""
    assert links.derive_link(KEY, "owner", "A" * 22) == "auRoqS8W8OGf-BLv1ZjE3g"


def test_a_seed_is_taken_as_it_was_made():
    seed = links.new_link()
    assert links.valid_seed(seed) == seed
    assert links.valid_seed("-_aZ09" + "A" * 16) == "-_aZ09" + "A" * 16


@pytest.mark.parametrize(
    "seed",
    ["", "A" * 21, "A" * 23, "A" * 22 + "\n", "A" * 21 + "=", "A" * 21 + "/", "A" * 21 + ".", "A" * 21 + " ", "é" * 22],
    ids=["empty", "short", "long", "newline", "equals sign", "slash", "dot", "space", "accent"],
)
def test_nothing_else_is_taken_for_a_seed(seed):
    assert links.valid_seed(seed) is None


@settings(deadline=None)
@given(texts, texts)
def test_a_fingerprint_tells_links_apart_and_holds_nothing_of_them(one, other):
    assert re.fullmatch("[0-9a-f]{64}", links.hash_link(one))
    assert (links.hash_link(one) == links.hash_link(other)) == (one == other)


def test_a_fingerprint_is_plain_sha_256():
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # "abc", from the standard itself
    assert links.hash_link("abc") == known
