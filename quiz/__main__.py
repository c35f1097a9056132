"""Runs the command line: `python -m quiz` does the same as `quiz`."""

from quiz.cli import main

main(prog_name="quiz")
