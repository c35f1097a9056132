"""The command line: `quiz` and `python -m quiz`.

Each command imports what it needs when it runs, so that `quiz --help` starts fast.
"""

from __future__ import annotations

import io
import sys

import click

from quiz.cli import files, serving, stored
from quiz.cli.messages import Group


@click.group(cls=Group)
@click.version_option(package_name="many-hats")
def main() -> None:
    """Many Hats: which data roles does a person's daily work combine?

    Example: quiz serve
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a character that the terminal's encoding does not have


for command in (
    *(serving.serve, serving.demo, serving.doctor, serving.accept_key),
    *(files.check, files.score, files.read),
    *(stored.backup, stored.restore, stored.export, stored.teams, stored.erase),
):
    main.add_command(command)
