"""Commands that serve the quiz and look after an instance: `serve`, `demo`, `doctor`, `accept-key`."""

from __future__ import annotations

import sys

import click

from quiz.cli.instance import create_instance_app, exit_if_unavailable, instance_folder, open_app, today
from quiz.cli.messages import exit_on, print_text
from quiz.terminal import escape_controls


def _parse_url(context: click.Context, option: click.Parameter, text: str) -> str:
    from quiz.config import settings

    try:
        return settings.check_url(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
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
    app = create_instance_app(**({"PUBLIC_URL": url} if url else {}))
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


@click.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port that you will serve on; the printed links contain it.",
)
def demo(port: int) -> None:
    """Fill a new instance with made-up people and teams, and print their links.

    Refuses an instance that holds responses.

    Example: MANY_HATS_INSTANCE=/tmp/demo quiz demo && MANY_HATS_INSTANCE=/tmp/demo quiz serve
    """
    from quiz.admin import demo

    app = create_instance_app()
    base = app.config["PUBLIC_URL"].rstrip("/") or f"http://127.0.0.1:{port}"
    with exit_on(demo.InstanceNotEmptyError):
        pages = demo.fill(app)
    print_text("\n".join(f"{base}{path}  {description}" for path, description in pages))


@click.command()
def doctor() -> None:
    """Check Python, SQLite, the instance, the settings, the bank and the database; one line each.

    Changes nothing. Each line begins with ok, warning or trouble. Exit status 1 if there is trouble.

    Example: quiz doctor
    """
    from quiz.admin import doctor

    checks = list(doctor.run_checks(instance_folder(), today=today()))
    for check in checks:
        print_text(f"{check.state:8} {check.subject:11} {check.detail}")
    if not all(check.ok for check in checks):
        sys.exit(1)


@click.command()
def accept_key() -> None:
    """Accept the present secret key after the old one was lost or changed on purpose.

    Share links and join links that people have still work. But the pages now show other addresses for them, which do
    not work. So people delete their share links and create new ones, and leads replace the join links.

    Example: quiz accept-key
    """
    app = open_app()
    with exit_if_unavailable():
        is_same = app.storage.is_same_key(app.key_fingerprint)
        app.storage.accept_key(app.key_fingerprint)
    print_text(
        "The key is the same as before." if is_same else "The key is accepted. Create share links and join links again."
    )
