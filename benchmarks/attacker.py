"""How well an attacker guesses members' answers, compared with blind guesses: `python -m benchmarks.attacker [TEAMS]`.

TEAMS is the number of made-up teams whose members are guessed, 20,000 by default; the attacker learns from twice as
many. The rows under "known limits" are attacks that no rule prevents; the join page tells people about them.
"""

from __future__ import annotations

import sys

from quiz import bank
from quiz.config import paths
from tests.teams.anonymous.attacker import GENERALISTS, KNOWN_LIMITS, SPECIALISTS, STORIES, Attacker, Story


def main(teams: int = 20_000) -> None:
    """Print one row for each story: right guesses in percent, and the difference from a blind guess in points."""
    shipped = bank.load(paths.project_folder("questions"))
    attacker = Attacker(shipped)
    teams_per_story = -(-teams // len(STORIES))
    print(f"{teams_per_story} teams a story\n{'':34}answers: blind  guessed  points   contacts: blind  guessed  points")
    for story in STORIES:
        print_row(attacker, story, teams_per_story)
    print("known limits:")
    for story in KNOWN_LIMITS:
        print_row(attacker, story, teams_per_story)
    for title, habits in (("specialists", SPECIALISTS), ("generalists", GENERALISTS)):
        print(f"among {title}:")
        population = Attacker(shipped, habits=habits)
        for story in (story for story in STORIES if len(story.rounds) == 1):
            print_row(population, story, teams_per_story)


def print_row(attacker: Attacker, story: Story, teams: int) -> None:
    """Attack one story and print the outcome."""
    outcome = attacker.attack(story, teams=teams)
    print(
        f"{story.name:34}{outcome.answers_blind:14.1%}{outcome.answers:9.1%}{outcome.gain:+8.1f}"
        f"{outcome.contacts_blind:18.1%}{outcome.contacts:9.1%}{outcome.contacts_gain:+8.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
