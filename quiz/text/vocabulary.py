"""The words that a bank has for the work of its roles, and whether free text can be compared with them."""

from __future__ import annotations

from quiz.bank import Bank, Role
from quiz.text.tokenizer import features, stems


def responsibility_stems(bank: Bank) -> dict[str, list[str]]:
    """By responsibility id the stems of its vocabulary; if that is empty, of its name, question and hint."""
    return {
        item.id: stems("\n".join(item.vocabulary or (item.name, item.question, item.hint)))
        for item in bank.responsibility.values()
    }


def role_stems(bank: Bank) -> dict[str, list[str]]:
    """By responsibility id the stems with which it contributes to its role: those above, and of its role vocabulary."""
    own_stems = responsibility_stems(bank)
    return {
        item.id: [*own_stems[item.id], "", *stems("\n".join(item.role_vocabulary))]
        for item in bank.responsibility.values()
    }


def roles_without_own_words(bank: Bank) -> tuple[Role, ...]:
    """The roles that no free text can be recognised as.

    All their words are everyday words, or words that every other role has too.
    """
    documents = role_stems(bank)
    words: dict[str, set[str]] = {}
    for role in bank.roles:
        words[role.id] = {word for item in role.responsibilities for word in features(documents[item.id])}
    common_words = set.intersection(*words.values()) if len(words) > 1 else set()
    return tuple(role for role in bank.roles if not words[role.id] - common_words)


def vocabulary_warning(bank: Bank) -> str | None:
    """One sentence about the roles that no free text can be recognised as; None if there are none."""
    roles = roles_without_own_words(bank)
    if not roles:
        return None
    if len(roles) == len(bank.roles):
        return "no free text can be compared with the roles of this bank: their vocabularies have no words of their own"
    names = ", ".join(role.name for role in roles)
    return f"no free text can be recognised as {names}: the vocabulary has only words that other roles have too"
