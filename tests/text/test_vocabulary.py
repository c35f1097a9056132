"""Whether free text can be compared with the words of a bank; banks without such words are served all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quiz.bank import Bank
from quiz.text.matcher import TextMatcher
from quiz.text.vocabulary import roles_without_own_words, vocabulary_warning


def with_vocabulary(bank: Bank, *, only_role: str = "", words: tuple[str, ...]) -> Bank:
    """`bank` in which each responsibility of each role, or of `only_role`, has this vocabulary."""
    roles = []
    for role in bank.roles:
        items = role.responsibilities
        if only_role in ("", role.id):
            items = tuple(replace(item, vocabulary=words, role_vocabulary=()) for item in items)
        roles.append(replace(role, responsibilities=items))
    return replace(bank, roles=tuple(roles), other_work=())


def test_the_shipped_bank_has_words_for_every_role(bank):
    assert roles_without_own_words(bank) == ()
    assert vocabulary_warning(bank) is None


@pytest.mark.parametrize("words", [("the", "of it"), ("work", "team"), ("…",), ("oven",)])
def test_a_bank_without_words_of_its_roles_has_a_warning_about_all_roles(bank, words):
    changed = with_vocabulary(bank, words=words)
    assert roles_without_own_words(changed) == changed.roles
    assert vocabulary_warning(changed) == (
        "no free text can be compared with the roles of this bank: their vocabularies have no words of their own"
    )


def test_a_role_without_words_is_named_in_the_warning(bank):
    changed = with_vocabulary(bank, only_role="ml-engineer", words=("the",))
    assert vocabulary_warning(changed) == (
        "no free text can be recognised as ML engineer: the vocabulary has only words that other roles have too"
    )


def test_a_bank_with_one_role_needs_words_but_none_that_others_lack(bank):
    one_role = replace(bank, roles=bank.roles[:1])
    assert vocabulary_warning(one_role) is None
    assert vocabulary_warning(with_vocabulary(one_role, words=("the",))) is not None


@pytest.mark.parametrize("text", ["", "dashboards and reports in Power BI for the sales team", "\0", "the work"])
def test_no_text_is_recognised_by_a_bank_without_words(bank, text):
    text_matcher = TextMatcher(with_vocabulary(bank, words=("the", "work")))
    match = text_matcher.match(text)
    assert not match.recognised and match.other_work == ()
    assert set(match.roles.values()) == {0.0}
    assert text_matcher.highlights(text) == ()
