"""How much better than blind a lead guesses members' answers: `python -m benchmarks.attacker [TEAMS]`.

TEAMS made-up teams, 20,000 unless said otherwise, are guessed in all; twice as many are learned from. The rows apart
are what no rule of ours ends: they are known limits, and people are told of them before they join.
"""

from __future__ import annotations

import sys

from quiz import bank
from quiz.config import paths
from tests.teams.anonymous.attacker import APART, GENERALISTS, SPECIALISTS, STORIES, Attacker, Story


def main(teams: int = 20_000) -> None:
    """Print one row a story: right guesses in percent, and points above a blind guess."""
    shipped = bank.load(paths.project_folder("questions"))
    attacker = Attacker(shipped)
    each = -(-teams // len(STORIES))
    print(f"{each} teams a story\n{'':34}answers: blind  guessed  points   contacts: blind  guessed  points")
    for story in STORIES:
        row(attacker, story, each)
    print("apart, known limits:")
    for story in APART:
        row(attacker, story, each)
    for title, habits in (("specialists", SPECIALISTS), ("generalists", GENERALISTS)):
        print(f"apart, among {title}:")
        other = Attacker(shipped, habits=habits)
        for story in (story for story in STORIES if len(story.rounds) == 1):
            row(other, story, each)


def row(attacker: Attacker, story: Story, teams: int) -> None:
    """Attack one story and print what came of it."""
    found = attacker.attack(story, teams=teams)
    print(
        f"{story.name:34}{found.answers_blind:14.1%}{found.answers:9.1%}{found.gain:+8.1f}"
        f"{found.contacts_blind:18.1%}{found.contacts:9.1%}{found.contacts_gain:+8.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
