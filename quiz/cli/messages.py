"""What commands print, and how they end on an error: one line, safe on a terminal, never a traceback."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import click

from quiz.terminal import escape_controls


class Group(click.Group):
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


@contextlib.contextmanager
def exit_on(*errors: type[Exception]) -> Iterator[None]:
    """Turn these errors into an error message and exit status 1."""
    try:
        yield
    except errors as error:
        raise click.ClickException(str(error)) from error


def print_text(text: str) -> None:
    """Print to standard output, control characters escaped. A closed pipe ends the command quietly.

    A full disk is an error message.
    """
    try:
        click.echo(escape_controls(text))
    except BrokenPipeError:
        raise  # click handles it
    except OSError as error:
        raise click.ClickException(f"standard output: {error.strerror or error}") from error


def clean_up_on_signals() -> None:
    """Exit normally when the command or its terminal is closed, so that drafts are removed: they hold personal data."""
    import signal

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # `nohup` ignores SIGHUP
            signal.signal(number, lambda number, _: sys.exit(128 + number))
