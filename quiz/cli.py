"""The command line: `quiz` and `python -m quiz`.

Every command imports what it needs when it runs, so that `quiz --help` costs little more than Python itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from quiz.web.app import App


@click.group()
@click.version_option(package_name="many-hats")
def main() -> None:
    """Many Hats: which data roles does somebody's daily work combine?

    Example: quiz serve
    """


def _app(**config: Any) -> App:
    """The app, or one clear line on why there is none."""
    from quiz import bank, create_app, storage
    from quiz.config import secret_key, settings

    try:
        return create_app(config)
    except (bank.BankError, secret_key.SecretKeyError, settings.SettingError, storage.UnavailableError) as error:
        raise click.ClickException(click.format_filename(str(error))) from error
    except OSError as error:
        raise click.ClickException(_trouble(error)) from error


def _instance() -> Path:
    """The folder of the instance, which need not be there."""
    from flask import Flask

    place = os.environ.get("MANY_HATS_INSTANCE")
    return Path(Flask("quiz", instance_path=str(Path(place).resolve()) if place else None).instance_path)


def _kept() -> tuple[Path, dict[str, Any]]:
    """The database of the instance and the settings. Nothing is made for it; the database need not be there."""
    from quiz.config import settings

    folder = _instance()
    try:
        config = settings.read(folder / "config.py")
    except settings.SettingError as error:
        raise click.ClickException(click.format_filename(str(error))) from error
    except OSError as error:
        raise click.ClickException(_trouble(error)) from error
    return folder / config["DATABASE"], config


def _trouble(error: OSError) -> str:
    """What keeps the instance from being used: in the words of `quiz doctor` where it is the folder itself."""
    from quiz.admin import doctor

    folder = _instance()
    place = next(check for check in doctor.checks(folder, today=_today()) if check.what == "instance")
    if not place.sound:
        return place.said
    what = f"{error.filename or folder}: {error.strerror or error}"
    return f"{what}; use the user that serves the quiz, or set MANY_HATS_INSTANCE to another folder"


def _tidy() -> None:
    """Told to end, leave nothing behind: a half-made file holds what people gave."""
    import signal

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def _say(text: str) -> None:
    """Print; whoever reads us may have seen enough, which click ends quietly, but a full disk is said."""
    try:
        click.echo(click.format_filename(text))  # a path in it need not be text
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"standard output: {error.strerror or error}") from error


def _responses(number: int) -> str:
    return f"{number} response{'' if number == 1 else 's'}"


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def _web_address(context: click.Context, option: click.Parameter, text: str) -> str:
    from quiz.config import settings

    try:
        return settings.web_address(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@main.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 by default.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default as many as cores, but at least 2.")
@click.option("--lan", is_flag=True, help="Serve the local network too, so that a phone can take the quiz.")
@click.option(
    "--url", default="", callback=_web_address, help="The address people use, where it differs; links are made with it."
)
def serve(host: str | None, port: int, workers: int | None, lan: bool, url: str) -> None:
    """Serve the quiz on a production server, and print its address.

    The first start makes the instance folder with its key and its database.

    Example: quiz serve --lan
    """
    from quiz.admin import server
    from quiz.config import settings

    if lan and host:
        raise click.UsageError("--lan listens on every address of this machine; leave out --host or --lan")
    host = host or "127.0.0.1"
    own = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if lan:
        address = server.lan_address()
        if address is None:
            raise click.ClickException("this machine is in no local network; leave out --lan or connect it")
        host, own = "0.0.0.0", f"http://{address}:{port}"  # noqa: S104 - what --lan asks for
    if why := server.refusal(host, port):
        raise click.ClickException(f"cannot listen on {host} port {port}: {why}; choose with --host and --port")
    app = _app(**({"PUBLIC_URL": url} if url else {}))
    app.config["TRUSTED_HOSTS"] += settings.hosts_of(own)
    if lan:  # else a link would begin with whatever address its reader came by, such as 127.0.0.1
        app.config["PUBLIC_URL"] = app.config["PUBLIC_URL"] or own
    server.serve(
        app,
        binds=[f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
        workers=workers or max(2, os.cpu_count() or 2),
        greeting=f"Many Hats is at {app.config['PUBLIC_URL'] or own}  (Ctrl+C ends it)",
    )


@main.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Validate the question bank in FOLDER (the shipped one where none is named).

    Every problem is one line, `file:line: what is wrong; how to mend it`. Exit status 1 if there is any.

    Example: quiz check questions
    """
    from quiz.admin import bank_lint
    from quiz.config import paths

    problems = bank_lint.problems(folder or paths.project_folder("questions"))
    for problem in problems:
        _say(str(problem))
    if problems:
        sys.exit(1)
    _say("The bank is sound.")


@main.command()
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--format", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output."
)
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
    from quiz.exchange import csv_scoring

    csv_scoring.score_file(source, **options)


@main.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port that you will serve on: links name it.",
)
def demo(port: int) -> None:
    """Fill a fresh instance with made-up people and teams, and print their links.

    Refuses an instance that holds responses.

    Example: MANY_HATS_INSTANCE=/tmp/demo quiz demo && MANY_HATS_INSTANCE=/tmp/demo quiz serve
    """
    from quiz.admin import demo

    app = _app()
    base = app.config["PUBLIC_URL"].rstrip("/") or f"http://127.0.0.1:{port}"
    try:
        made = demo.fill(app)
    except demo.InstanceNotEmptyError as error:
        raise click.ClickException(click.format_filename(str(error))) from error
    _say("\n".join(f"{base}{path}  {about}" for path, about in made))


@main.command()
@click.argument("copy", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
def backup(copy: Path, force: bool) -> None:
    """Copy the database to FILE, also while the quiz is being served.

    The copy is of one moment, checked, and for its owner alone. The secret key is not in it: keep that apart.

    Example: quiz backup many-hats-monday.db --force
    """
    from quiz import storage
    from quiz.storage.backup import BackupError, back_up

    file, _ = _kept()
    _tidy()
    try:
        made = back_up(file, copy, day=_today(), replace=force)
    except (BackupError, storage.UnavailableError) as error:
        raise click.ClickException(click.format_filename(str(error))) from error
    _say(f"{copy}: {_responses(made.responses)}, {made.size_bytes / 1e6:.1f} MB.")


@main.command()
@click.argument("copy", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the data that is there, or put back a backup that is too old.")
def restore(copy: Path, force: bool) -> None:
    """Put the backup in FILE back, after checking it. Stop the server first.

    What was deleted since the backup was made is deleted from it again.

    Example: quiz restore many-hats-monday.db --force
    """
    from quiz import storage
    from quiz.storage.restore import RestoreError, restore

    file, config = _kept()
    _tidy()
    try:
        put = restore(copy, file, day=_today(), tombstone_days=config["BACKUP_DAYS"], replace=force)
    except (RestoreError, storage.UnavailableError) as error:
        raise click.ClickException(click.format_filename(str(error))) from error
    for warning in put.warnings:
        click.echo(click.format_filename(f"Note: {warning}."), err=True)
    _say(f"{file}: {_responses(put.responses)} put back; {put.deleted} left out, deleted since.")


@main.command()
def doctor() -> None:
    """Check Python, SQLite, the instance, the settings, the bank and the database; one line each.

    Nothing is made or changed. Exit status 1 where something is to be mended.

    Example: quiz doctor
    """
    from quiz.admin import doctor

    found = list(doctor.checks(_instance(), today=_today()))
    for what, sound, said in found:
        _say(f"{'ok' if sound else 'trouble':8} {what:11} {said}")
    if not all(check.sound for check in found):
        sys.exit(1)


@main.command()
@click.option("--team", metavar="LINK-OR-ID", help="What this anonymous team published; LINK is its lead link.")
@click.option("--all", "everybody", is_flag=True, help="All responses: your own full copy, which is personal data.")
@click.option("--format", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output."
)
def export(team: str | None, everybody: bool, format: str, out: Path | None) -> None:
    """Take out all responses, or what an anonymous team published.

    As csv, --all gives what `quiz score` reads; as jsonl also days, wishes, and answers to questions that are gone.

    Example: quiz export --all --format jsonl -o everybody.jsonl
    """
    if everybody == (team is not None):
        raise click.UsageError("say either --all or --team LINK-OR-ID")
    file, _ = _kept()
    if not file.exists():
        raise click.ClickException(f"{file} is not there; is MANY_HATS_INSTANCE right?")
    app = _app()
    _tidy()
    from quiz import storage
    from quiz.admin import export_all

    try:
        if team is None:
            click.echo("This is personal data of everybody who took the quiz: keep it safe, delete it soon.", err=True)
            pieces = export_all.everything(app.bank, app.storage, format=format)
        else:
            pieces = export_all.published(app.bank, export_all.team(app.storage, team), format=format)
        if out is None:
            for piece in pieces:
                click.echo(piece.encode(), nl=False)  # UTF-8 whatever the terminal speaks
        else:
            export_all.write(pieces, out, private=everybody)
    except (export_all.UnknownTeamError, storage.UnavailableError) as error:
        raise click.ClickException(click.format_filename(str(error))) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # whoever reads us has seen enough; click ends quietly
            raise
        raise click.ClickException(f"{out or 'standard output'}: {error.strerror or error}") from error


def _hushed() -> None:
    """Keep the requests out of what Flask's server prints: addresses hold private links."""
    from werkzeug.serving import WSGIRequestHandler

    WSGIRequestHandler.log = lambda *_: None  # type: ignore[method-assign]


def _flasks_own(name: str, summary: str) -> Callable[..., None]:
    """One of Flask's own commands; Flask is imported only when it is called."""

    @main.command(
        name,
        help=f"{summary}\n\nExample: quiz {name}",
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )
    @click.argument("args", nargs=-1, type=click.UNPROCESSED)
    def command(args: tuple[str, ...]) -> None:
        from flask.cli import FlaskGroup

        group = FlaskGroup(create_app=_app, load_dotenv=False)
        _hushed()
        group.commands[name].epilog = f"Example: quiz {name}"
        group.main([name, *args], prog_name="quiz")

    return command


_flasks_own("run", "Run Flask's development server.")
_flasks_own("routes", "List every address that the app answers.")
_flasks_own("shell", "Open a Python shell inside the app.")
