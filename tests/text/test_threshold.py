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
KNOWN_EXCEPTIONS = {"later-software-engineer": 0.0313, "later-devops-sre": 0.0395}
STRONGEST_OTHER_WORK = ("none-product-manager", 0.0444)
WEAKEST_RECOGNISED = ("later-data-architect", 0.0508)


@pytest.fixture(scope="module")
def strengths(bank) -> dict[bool, list[tuple[float, str]]]:
    """Strength and id of each persona's text, weakest first: True for those about a role, False for other work."""
    people = personas.people()
    matches = matcher_for(bank).match_all([person.week for person in people])
    return {
        about_a_role: personas.by_strength(people, matches, with_roles=about_a_role) for about_a_role in (True, False)
    }


def test_no_text_about_other_work_reaches_the_threshold(strengths):
    strength, id = strengths[False][-1]
    assert strength < MIN_STRENGTH, id
    assert (id, round(strength, 4)) == STRONGEST_OTHER_WORK


def test_every_text_about_a_role_except_the_known_exceptions_reaches_the_threshold(strengths):
    weak = {id: round(strength, 4) for strength, id in strengths[True] if strength < MIN_STRENGTH}
    assert weak == KNOWN_EXCEPTIONS
    strength, id = strengths[True][len(weak)]
    assert (id, round(strength, 4)) == WEAKEST_RECOGNISED


def test_strength_alone_decides_about_the_personas(bank):
    for match in matcher_for(bank).match_all([person.week for person in personas.people()]):
        assert match.recognised == (match.strength >= MIN_STRENGTH)
