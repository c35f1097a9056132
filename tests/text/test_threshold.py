"""The threshold between recognised texts and others separates the texts of tests/personas, with a known margin.

If a test here fails, the vocabularies, the word lists or the personas have changed. Run `python -m benchmarks.personas`
to see which texts are closest to the threshold.

- Every text is still on the right side: update the figures here and in the comment next to MIN_STRENGTH.
- A text about other work is recognised: this is never acceptable, the result page would name a wrong role. Change the
  vocabulary that causes it.
- One more text about a role is not recognised: the result page only lacks a remark. Improve the vocabulary, or add the
  text to KNOWN_EXCEPTIONS.
"""

import pytest

from benchmarks import personas
from quiz.text.matcher import MIN_STRENGTH, matcher_for

#: Texts about a role that are too weak to be recognised, with their strength.
KNOWN_EXCEPTIONS: dict[str, float] = {}
STRONGEST_OTHER_WORK = ("later-none-marketing-manager", 0.0411)
WEAKEST_RECOGNISED = ("later-devops-sre", 0.0446)
#: A text about other work that is strong enough, but mostly about work for which the bank has words.
RECOGNISED_AS_OTHER_WORK = "none-product-manager"


@pytest.fixture(scope="module")
def strengths(bank) -> dict[bool, list[tuple[float, str]]]:
    """Strength and id of each persona's text, weakest first: True for those about a role, False for other work."""
    people = personas.people()
    matches = matcher_for(bank).match_all([person.week for person in people])
    return {
        about_a_role: personas.by_strength(people, matches, with_roles=about_a_role) for about_a_role in (True, False)
    }


def test_no_text_about_other_work_reaches_the_threshold(strengths):
    others = [pair for pair in strengths[False] if pair[1] != RECOGNISED_AS_OTHER_WORK]
    strength, id = others[-1]
    assert strength < MIN_STRENGTH, id
    assert (id, round(strength, 4)) == STRONGEST_OTHER_WORK


def test_every_text_about_a_role_except_the_known_exceptions_reaches_the_threshold(strengths):
    weak = {id: round(strength, 4) for strength, id in strengths[True] if strength < MIN_STRENGTH}
    assert weak == KNOWN_EXCEPTIONS
    strength, id = strengths[True][len(weak)]
    assert (id, round(strength, 4)) == WEAKEST_RECOGNISED


def test_strength_alone_decides_about_the_personas_except_one(bank):
    people = personas.people()
    for person, match in zip(people, matcher_for(bank).match_all([person.week for person in people]), strict=True):
        is_other_work = person.id == RECOGNISED_AS_OTHER_WORK
        assert match.recognised == (match.strength >= MIN_STRENGTH and not is_other_work)
        if is_other_work:
            assert match.other_work
