"""The command line: `quiz` and `python -m quiz`.

Each command imports what it needs when it runs, so that `quiz --help` starts fast.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quiz.terminal import escape_controls

if TYPE_CHECKING:
    from quiz.web.app import App


class _Group(click.Group):
    """Commands whose error messages are safe on a terminal: they quote arguments, file names and cells of files."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _escape_messages():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        with _escape_messages():
            return super().invoke(context)


@contextlib.contextmanager
def _escape_messages() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        error.message = escape_controls(error.message)  # type: ignore[misc]  # final, but read only when it is shown
        raise


@click.group(cls=_Group)
@click.version_option(package_name="many-hats")
def main() -> None:
    """Many Hats: which data roles does a person's daily work combine?

    Example: quiz serve
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a character that the terminal's encoding does not have


def _create_app(**config: Any) -> App:
    """The app, or an error of one line that says why it cannot start."""
    from quiz import bank, create_app
    from quiz.config import secret_key, settings

    with _exit_on(bank.BankError, secret_key.SecretKeyError, settings.SettingError), _exit_if_unavailable():
        return create_app(config)


def _open_app() -> App:
    """The app of an instance that has been started before, until the command ends; or an error of one line."""
    address, _ = _load_settings()
    if isinstance(address, Path) and not address.exists():
        raise click.ClickException(f"{address} does not exist; check MANY_HATS_INSTANCE")
    app = _create_app()
    click.get_current_context().call_on_close(app.storage.close)
    return app


def _instance_folder() -> Path:
    """The folder of the instance. It may not exist."""
    from flask import Flask

    folder = os.environ.get("MANY_HATS_INSTANCE")
    return Path(Flask("quiz", instance_path=str(Path(folder).resolve()) if folder else None).instance_path)


def _load_settings() -> tuple[Path | str, dict[str, Any]]:
    """Where the database of the instance is, and the settings. Creates nothing; an SQLite file may not exist."""
    from quiz.config import settings

    folder = _instance_folder()
    with _exit_on(settings.SettingError), _exit_if_unavailable():
        config = settings.read(folder / "config.py")
    return settings.database_address(folder, config), config


@contextlib.contextmanager
def _exit_on(*errors: type[Exception]) -> Iterator[None]:
    """Turn these errors into an error message and exit status 1."""
    try:
        yield
    except errors as error:
        raise click.ClickException(str(error)) from error


@contextlib.contextmanager
def _exit_if_unavailable() -> Iterator[None]:
    """Turn an error of the disk or the database into an error message that names the folder and a way out."""
    from quiz import storage

    try:
        yield
    except storage.UnavailableError as error:
        problem = str(error)
    except BrokenPipeError:
        raise  # click handles it
    except OSError as error:
        problem = f"{error.filename or _instance_folder()}: {error.strerror or error}"
        problem += "; use the user that serves the quiz, or set MANY_HATS_INSTANCE to another folder"
    else:
        return
    raise click.ClickException(_instance_problem() or problem)


def _instance_problem() -> str | None:
    """What `quiz doctor` says about the instance folder, if it cannot be used."""
    from quiz.admin import doctor

    checks = doctor.run_checks(_instance_folder(), today=_today())
    instance = next(check for check in checks if check.subject == "instance")
    return None if instance.ok else instance.detail


def _clean_up_on_signals() -> None:
    """Exit normally when the command or its terminal is closed, so that drafts are removed: they hold personal data."""
    import signal

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # `nohup` ignores SIGHUP
            signal.signal(number, lambda number, _: sys.exit(128 + number))


def _print(text: str) -> None:
    """Print to standard output, control characters escaped. A closed pipe ends the command quietly.

    A full disk is an error message.
    """
    try:
        click.echo(escape_controls(text))
    except BrokenPipeError:
        raise  # click handles it
    except OSError as error:
        raise click.ClickException(f"standard output: {error.strerror or error}") from error


def _count_responses(number: int) -> str:
    return f"{number} response{'' if number == 1 else 's'}"


def _describe_totals(address: Path | str) -> str:
    """The number of all rows of a database and their checksum, which a copy with the same rows has too."""
    from quiz.storage import open_engine
    from quiz.storage.rows import count_rows

    with contextlib.closing(open_engine(address)) as engine:
        totals = count_rows(engine)
    return f"Rows: {totals.rows}, checksum: {totals.checksum}."


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def _parse_url(context: click.Context, option: click.Parameter, text: str) -> str:
    from quiz.config import settings

    try:
        return settings.check_url(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@main.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 by default.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--lan", is_flag=True, help="Serve the local network too, so that a phone can take the quiz.")
@click.option(
    "--url", default="", callback=_parse_url, help="The address people use, if it differs; links begin with it."
)
def serve(host: str | None, port: int, lan: bool, url: str) -> None:
    """Serve the quiz on a production server, and print its address.

    The first start creates the instance folder with its key and its database.

    Example: quiz serve --lan
    """
    from quiz.admin import server
    from quiz.config import settings
    from quiz.text.vocabulary import vocabulary_warning

    if lan and host:
        raise click.UsageError("--lan listens on every address of this machine; leave out --host or --lan")
    host = (host or "127.0.0.1").removeprefix("[").removesuffix("]")
    address = server.http_address(host, port)
    if lan:
        lan_address = server.lan_address()
        if lan_address is None:
            raise click.ClickException("this machine is in no local network; leave out --lan or connect it")
        host = "::" if ":" in lan_address else "0.0.0.0"  # noqa: S104 - every address: what --lan asks for
        address = server.http_address(lan_address, port)
    if problem := server.listen_problem(host, port):
        raise click.ClickException(f"cannot listen on {host} port {port}: {problem}; choose with --host and --port")
    app = _create_app(**({"PUBLIC_URL": url} if url else {}))
    if warning := vocabulary_warning(app.bank):
        click.echo(escape_controls(f"Note: {warning}. `quiz check` says where."), err=True)
    app.config["TRUSTED_HOSTS"] += settings.hosts_of(address)
    if lan:  # otherwise links would start with the address that the reader used, such as 127.0.0.1
        app.config["PUBLIC_URL"] = app.config["PUBLIC_URL"] or address
    server.serve(
        app,
        host=host,
        port=port,
        greeting=f"Many Hats is at {app.config['PUBLIC_URL'] or address}  (stop it with Ctrl+C)",
    )


@main.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Validate the question bank in FOLDER (by default the one that comes with the quiz).

    Every problem is one line, `file:line: what is wrong; hint`. Exit status 1 if there is any.

    Example: quiz check questions
    """
    from quiz.admin import bank_lint
    from quiz.config import paths

    problems = bank_lint.problems(folder or paths.project_folder("questions"))
    for problem in problems:
        _print(str(problem))
    if problems:
        sys.exit(1)
    _print("The bank has no problems.")


@main.command()
@click.argument("source", metavar="FILE", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--format", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output."
)
@click.option("--skip-columns", is_flag=True, help="Leave out unknown columns, and name them.")
@click.option("--skip-bad", is_flag=True, help="Leave out rows that cannot be read, and say how many.")
@click.option("--template", is_flag=True, help="Write an empty CSV with the bank's columns instead.")
@click.option(
    "--bank",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Score against this bank, not the shipped one.",
)
def score(source: str | None, template: bool, out: Path | None, folder: Path | None, **options: Any) -> None:
    """Score many people from the CSV in FILE ("-" for standard input), one result a row.

    Columns: id, one per question (its id or its text), text. Cells: never rarely monthly weekly daily skip, the labels
    that people see, or 0 to 4.

    Example: quiz score people.csv --format jsonl -o results.jsonl
    """
    from quiz.exchange import csv_scoring

    if template == (source is not None):
        raise click.UsageError("use either FILE or --template")
    _clean_up_on_signals()
    if source is None:
        csv_scoring.write_template(out=out, folder=folder)
    else:
        csv_scoring.score_file(source, out=out, folder=folder, **options)


@main.command()
@click.argument(
    "sources", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option(
    "--bank",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read with the words of this bank, not the shipped one.",
)
def read(sources: tuple[str, ...], folder: Path | None) -> None:
    """Read job adverts or descriptions from text files ("-" for standard input): what each asks for, as JSON lines.

    A file has up to 100,000 characters of English text in UTF-8, with or without HTML. Exit status 1 if one cannot be
    read; those before it have been printed.

    Example: quiz read advert.txt
    """
    import json

    from quiz import bank
    from quiz.config import paths
    from quiz.exchange import advert_reading

    with _exit_on(bank.BankError, advert_reading.UnreadableFileError):
        loaded = bank.load(folder or paths.project_folder("questions"))
        for line in advert_reading.read_files(loaded, sources):
            _print(json.dumps(line))


@main.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port that you will serve on: links name it.",
)
def demo(port: int) -> None:
    """Fill a new instance with made-up people and teams, and print their links.

    Refuses an instance that holds responses.

    Example: MANY_HATS_INSTANCE=/tmp/demo quiz demo && MANY_HATS_INSTANCE=/tmp/demo quiz serve
    """
    from quiz.admin import demo

    app = _create_app()
    base = app.config["PUBLIC_URL"].rstrip("/") or f"http://127.0.0.1:{port}"
    with _exit_on(demo.InstanceNotEmptyError):
        pages = demo.fill(app)
    _print("\n".join(f"{base}{path}  {description}" for path, description in pages))


@main.command()
@click.argument("copy", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def backup(copy: Path, force: bool) -> None:
    """Copy the database to FILE, also while the quiz is being served.

    The copy has one state of the database, is checked, and is readable by its owner only. It is an SQLite file, also of
    a PostgreSQL database. It does not contain the secret key: back that up separately.

    Example: quiz backup many-hats-monday.db --force
    """
    from quiz.storage.backup import BackupError, back_up

    address, _ = _load_settings()
    _clean_up_on_signals()
    with _exit_on(BackupError), _exit_if_unavailable():
        result = back_up(address, copy, day=_today(), replace=force)
        totals = _describe_totals(copy)
    _print(f"{copy}: {_count_responses(result.responses)}, {result.size_bytes / 1e6:.1f} MB.")
    _print(totals)


@main.command()
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

    address, config = _load_settings()
    _clean_up_on_signals()
    options = {"day": _today(), "tombstone_days": config["BACKUP_DAYS"], "replace": force}
    with _exit_on(RestoreError), _exit_if_unavailable():
        result = restore(copy, address, folder=_instance_folder(), **options)
        name, totals = open_engine(address).name, _describe_totals(address)
    for warning in result.warnings:
        click.echo(escape_controls(f"Note: {warning}."), err=True)
    _print(f"{name}: {_count_responses(result.responses)} restored; {result.deleted} left out (deleted since).")
    _print(totals)


@main.command()
def doctor() -> None:
    """Check Python, SQLite, the instance, the settings, the bank and the database; one line each.

    Changes nothing. Each line begins with ok, warning or trouble. Exit status 1 if there is trouble.

    Example: quiz doctor
    """
    from quiz.admin import doctor

    checks = list(doctor.run_checks(_instance_folder(), today=_today()))
    for check in checks:
        _print(f"{check.state:8} {check.subject:11} {check.detail}")
    if not all(check.ok for check in checks):
        sys.exit(1)


@main.command()
def accept_key() -> None:
    """Accept the present secret key after the old one is lost or was changed on purpose.

    Share links and join links that people have still work. The pages show other ones, which do not work until the
    share links are deleted and created again, and leads have replaced the join links.

    Example: quiz accept-key
    """
    app = _open_app()
    with _exit_if_unavailable():
        is_same = app.storage.is_same_key(app.key_fingerprint)
        app.storage.accept_key(app.key_fingerprint)
    _print(
        "The key is the same as before." if is_same else "The key is accepted. Create share links and join links again."
    )


@main.command()
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
    “Does this fit?”, by role, and how often two takings within two weeks agree; shares have a 95 % interval.

    Example: quiz export --all --format jsonl -o everybody.jsonl

    Example: quiz export --feedback -o feedback.csv
    """
    if [is_all, is_feedback, team is not None].count(True) != 1:
        raise click.UsageError("use one of --all, --feedback and --team LINK-OR-ID")
    app = _open_app()
    _clean_up_on_signals()
    from quiz.admin import export_all, feedback_counts, link_or_id

    with _exit_on(link_or_id.NotFoundError, export_all.OpenTeamError), _exit_if_unavailable():
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


@main.command()
def teams() -> None:
    """List the teams of this instance: id, kind, people, rounds, name. No links.

    For an anonymous team, people is what its last round published: who has answered in an open round is not shown.

    Example: quiz teams
    """
    from quiz.admin import team_list

    app = _open_app()
    with _exit_if_unavailable():
        lines = list(team_list.team_lines(app.storage))
    _print("\n".join(lines) if len(lines) > 1 else "There are no teams.")


@main.command(context_settings={"ignore_unknown_options": True})  # a link may begin with a hyphen
@click.argument("link_or_id", metavar="LINK-OR-ID")
@click.option("--yes", is_flag=True, help="Delete without asking.")
def erase(link_or_id: str, yes: bool) -> None:
    """Delete a response by its owner link, or a team by its lead link or its id.

    It does what the person with that link can do. LINK may be a whole address. `quiz teams` lists the ids.

    Example: quiz erase https://hats.example.org/r/AbCdEfGhIjKlMnOpQrStUv
    """
    from quiz.admin import erasure
    from quiz.admin.link_or_id import NotFoundError, find

    app = _open_app()
    with _exit_on(NotFoundError), _exit_if_unavailable():
        found = find(app.storage, link_or_id)
    _print(erasure.describe(found))
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("cannot ask for confirmation, because standard input is not a terminal; add --yes")
        if not click.confirm("Delete it?"):
            _print("Nothing was deleted.")
            sys.exit(1)
    with _exit_if_unavailable():
        is_deleted = erasure.erase(app.storage, found, day=app.today())
        is_purged = app.storage.purge_deleted()
    _print("Deleted." if is_deleted else "It was already deleted.")
    if not is_purged:
        note = "another program is reading the database, whose log keeps the content until the next deletion"
        click.echo(f"Note: {note}.", err=True)


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
