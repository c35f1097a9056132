"""The command line: `quiz` and `python -m quiz`.

Every command imports what it needs when it runs, so that `quiz --help` costs little more than Python itself.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

_FLASKS_OWN = {
    "run": "Run Flask's development server.",
    "routes": "List every address that the app answers.",
    "shell": "Open a Python shell inside the app.",
}


class _Commands(click.Group):
    """Our commands, and Flask's own behind them: Flask is imported only once one of its commands is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_FLASKS_OWN])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _FLASKS_OWN:
            return super().get_command(ctx, cmd_name)
        if cmd_name != ctx.protected_args_name if hasattr(ctx, "protected_args_name") else False:
            return None
        return click.Command(cmd_name, short_help=_FLASKS_OWN[cmd_name])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in _FLASKS_OWN:
            from flask.cli import FlaskGroup

            from quiz import create_app

            command = FlaskGroup(create_app=create_app).get_command(ctx, args[0])
            return args[0], command, args[1:]
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands)
@click.version_option(package_name="many-hats")
def main() -> None:
    """Many Hats: which data roles does somebody's daily work combine?

    Example: quiz serve
    """


@main.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Validate the question bank in FOLDER (the shipped one where none is named).

    Every problem is one line, `file:line: what is wrong; how to mend it`. Exit status 1 if there is any.

    Example: quiz check questions
    """
    from quiz import check, paths

    problems = check.problems(folder or paths.shipped("questions"))
    for problem in problems:
        click.echo(str(problem))
    if problems:
        sys.exit(1)
    click.echo("The bank is sound.")


@main.command()
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--format", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output.")
@click.option("--skip-bad", is_flag=True, help="Leave out rows that cannot be read, and say how many.")
@click.option(
    "--bank",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Score against this bank, not the shipped one.",
)
def score(source: str, **options: Any) -> None:
    """Score many people from the CSV in FILE ("-" for standard input), one result a row.

    Columns: id, one per question id, text. Cells: never rarely monthly weekly daily skip, or 0 to 4.

    Example: quiz score people.csv --format jsonl -o results.jsonl
    """
    from quiz import batch

    batch.run(source, **options)
