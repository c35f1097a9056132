"""Commands about what is stored: `backup`, `restore`, `export`, `teams`, `erase`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from quiz.cli.instance import exit_if_unavailable, instance_folder, load_settings, open_app, today
from quiz.cli.messages import clean_up_on_signals, exit_on, print_text
from quiz.terminal import escape_controls


@click.command()
@click.argument("copy", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def backup(copy: Path, force: bool) -> None:
    """Copy the database to FILE, also while the quiz is being served.

    The copy has one state of the database, is checked, and is readable by its owner only. It is an SQLite file, also of
    a PostgreSQL database. It does not contain the secret key: back that up separately.

    Example: quiz backup many-hats-monday.db --force
    """
    from quiz.storage.backup import BackupError, back_up

    address, _ = load_settings()
    clean_up_on_signals()
    with exit_on(BackupError), exit_if_unavailable():
        result = back_up(address, copy, day=today(), replace=force)
        totals = _describe_totals(copy)
    print_text(f"{copy}: {_count_responses(result.responses)}, {result.size_bytes / 1e6:.1f} MB.")
    print_text(totals)


@click.command()
@click.argument("copy", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace existing data, or restore a backup that is too old.")
def restore(copy: Path, force: bool) -> None:
    """Restore the backup in FILE, after checking it. Stop the server first.

    What was deleted since the backup was made is left out. The backup of a PostgreSQL database can be restored into an
    SQLite file, and the other way round.

    Example: quiz restore many-hats-monday.db --force
    """
    from quiz.storage import open_engine
    from quiz.storage.restore import RestoreError, restore

    address, config = load_settings()
    clean_up_on_signals()
    options = {"day": today(), "tombstone_days": config["BACKUP_DAYS"], "replace": force}
    with exit_on(RestoreError), exit_if_unavailable():
        result = restore(copy, address, folder=instance_folder(), **options)
        name, totals = open_engine(address).name, _describe_totals(address)
    for warning in result.warnings:
        click.echo(escape_controls(f"Note: {warning}."), err=True)
    print_text(f"{name}: {_count_responses(result.responses)} restored; {result.deleted} left out (deleted since).")
    print_text(totals)


def _count_responses(number: int) -> str:
    return f"{number} response{'' if number == 1 else 's'}"


def _describe_totals(address: Path | str) -> str:
    """The number of all rows of a database and their checksum, which a copy with the same rows has too."""
    from quiz.storage import open_engine
    from quiz.storage.rows import count_rows

    with contextlib.closing(open_engine(address)) as engine:
        totals = count_rows(engine)
    return f"Rows: {totals.rows}, checksum: {totals.checksum}."


@click.command()
@click.option("--team", metavar="LINK-OR-ID", help="What this anonymous team published; LINK is its lead link.")
@click.option("--all", "is_all", is_flag=True, help="All responses: your own full copy, which is personal data.")
@click.option("--feedback", "is_feedback", is_flag=True, help="How often results fit, as counts: for a pilot.")
@click.option("--format", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output."
)
def export(team: str | None, is_all: bool, is_feedback: bool, format: str, out: Path | None) -> None:
    """Export all responses, what an anonymous team published, or how often results fit.

    As csv, --all writes what `quiz score` reads. As jsonl it adds days, wishes, and answers to questions that the bank
    no longer has. What two people agreed in a conversation is in neither. --feedback counts what people answered to
    “Does this fit?”, by role, and how often two results of one person within two weeks agree; shares have a 95 %
    interval.

    Example: quiz export --all --format jsonl -o everybody.jsonl

    Example: quiz export --feedback -o feedback.csv
    """
    if [is_all, is_feedback, team is not None].count(True) != 1:
        raise click.UsageError("use one of --all, --feedback and --team LINK-OR-ID")
    app = open_app()
    clean_up_on_signals()
    from quiz.admin import export_all, feedback_counts, link_or_id

    with exit_on(link_or_id.NotFoundError, export_all.OpenTeamError), exit_if_unavailable():
        if is_all:
            click.echo("This is personal data of all respondents: store it safely and delete it soon.", err=True)
            chunks = export_all.all_responses(app.bank, app.storage, format=format)
        elif team is None:
            click.echo("A count of a few people can tell who said what: publish no count of fewer than five.", err=True)
            counts = feedback_counts.feedback_counts(app.bank, app.scoring_model, app.storage)
            chunks = feedback_counts.lines(counts, format=format)
        else:
            chunks = export_all.published_rounds(app.bank, link_or_id.find_team(app.storage, team), format=format)
        _write_export(chunks, out, is_private=team is None)


def _write_export(chunks: Iterable[str], out: Path | None, *, is_private: bool) -> None:
    """Write to the file `out`, or to standard output."""
    from quiz.files import open_output

    try:
        with open_output(out, is_private=is_private, is_streamed=True) as target:
            target.writelines(chunks)
    except BrokenPipeError:
        raise  # click handles it
    except OSError as error:
        raise click.ClickException(f"{out or 'standard output'}: {error.strerror or error}") from error


@click.command()
def teams() -> None:
    """List the teams of this instance: id, kind, people, rounds, name. No links.

    For an anonymous team, `people` is the number that its last round published: who has answered in an open round is
    not shown.

    Example: quiz teams
    """
    from quiz.admin import team_list

    app = open_app()
    with exit_if_unavailable():
        lines = list(team_list.team_lines(app.storage))
    print_text("\n".join(lines) if len(lines) > 1 else "There are no teams.")


@click.command(context_settings={"ignore_unknown_options": True})  # a link may begin with a hyphen
@click.argument("link_or_id", metavar="LINK-OR-ID")
@click.option("--yes", is_flag=True, help="Delete without asking.")
def erase(link_or_id: str, yes: bool) -> None:
    """Delete a response by its owner link, or a team by its lead link or its id.

    It does what the person with that link can do. LINK may be a whole address. `quiz teams` lists the ids.

    Example: quiz erase https://hats.example.org/r/AbCdEfGhIjKlMnOpQrStUv
    """
    from quiz.admin import erasure
    from quiz.admin.link_or_id import NotFoundError, find

    app = open_app()
    with exit_on(NotFoundError), exit_if_unavailable():
        found = find(app.storage, link_or_id)
    print_text(erasure.describe(found))
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("cannot ask for confirmation, because standard input is not a terminal; add --yes")
        if not click.confirm("Delete it?"):
            print_text("Nothing was deleted.")
            sys.exit(1)
    with exit_if_unavailable():
        is_deleted = erasure.erase(app.storage, found, day=app.today())
        is_purged = app.storage.purge_deleted()
    print_text("Deleted." if is_deleted else "It was already deleted.")
    if not is_purged:
        note = "another program is reading the database, whose log keeps the content until the next deletion"
        click.echo(f"Note: {note}.", err=True)
