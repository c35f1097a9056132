"""Pages under an unguessable link. A link that does not exist gets the same 404 as any other unknown address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g

from quiz.web import links, rate_limits


def link_blueprint(name: str, prefix: str, load: Callable[[str], object | None]) -> Blueprint:
    """A blueprint whose addresses contain a link.

    `load` gets the hash of the link and returns the record behind it (a response or a team), or None for a 404.
    Views find the link in `g.link`, its hash in `g.link_hash` and the record in `g.record`. `url_for` fills in the link
    for every address built on these pages.
    """
    pages = Blueprint(name, __name__, url_prefix=prefix)

    @pages.url_value_preprocessor
    def read_link(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.link = (values or {}).pop("link")
        g.link_hash = links.hash_link(g.link)

    # Runs after the security checks of the app, so that a forged or too large request causes no lookup.
    @pages.before_request
    def load_record() -> None:
        g.record = load(g.link_hash)
        if g.record is None:
            abort(404)
        rate_limits.check_start()

    @pages.url_defaults
    def add_link(endpoint: str, values: dict[str, Any]) -> None:
        if "link" in g:
            values.setdefault("link", g.link)

    return pages
