"""The pages: one blueprint an area. A view reads the request, makes one call and renders one template."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from pathlib import Path

from flask import request, url_for
from werkzeug.routing import BaseConverter

from quiz.web import links
from quiz.web.app import App, current


class LinkConverter(BaseConverter):
    """A link inside an address. What does not look like one is not found, just like a wrong one."""

    regex = links.PATTERN


def init_app(app: App) -> None:
    """Put every area's pages into `app`."""
    from quiz.web.views import (
        api,
        changes,
        conversation,
        download,
        errors,
        goals,
        health,
        lead,
        manage,
        member,
        result,
        shared,
        start,
        take,
    )

    app.url_map.converters["link"] = LinkConverter
    errors.init_app(app)
    app.register_blueprint(start.pages)
    app.register_blueprint(take.pages)
    app.register_blueprint(result.pages)
    app.register_blueprint(goals.pages)
    app.register_blueprint(changes.pages)
    app.register_blueprint(conversation.pages)
    app.register_blueprint(manage.pages)
    app.register_blueprint(download.pages)
    app.register_blueprint(shared.pages)
    app.register_blueprint(lead.new_team)
    app.register_blueprint(lead.pages)
    app.register_blueprint(member.pages)
    app.register_blueprint(member.member)
    app.register_blueprint(api.pages)
    app.register_blueprint(health.pages)
    app.add_template_filter(_lookup, "lookup")
    app.add_template_filter(lambda text: text[:1].upper() + text[1:], "capitalize_first")
    app.jinja_env.globals["bank"] = app.bank  # for macros, which are imported without the page's own values
    app.add_template_global(_static, "static")
    app.add_template_global(lambda endpoint, **values: current().address(endpoint, **values), "whole_address")
    app.add_template_global(lru_cache(1024)(_made), "once")


def _made(macro: Callable[..., str], *words: Hashable) -> str:
    """What a macro makes of these words of the bank. Templates call it `once`: asked again, it is at hand already.

    Only for what is the same for everybody: nothing that a person wrote or answered may be named but by its id.
    """
    return macro(*words)


def _lookup(key: str, names: Mapping[str, str], quoted: bool = False) -> str:
    """The name that stands for an id, in quotes where it is the name of a task."""
    return f"“{names[key]}”" if quoted else names[key]


@lru_cache(64)  # bounded: with a proxy's header, visitors may choose the root
def _address(folder: str, name: str, root: str) -> str:
    # `root` is part of what url_for makes of it, and so of what must not be mixed up.
    version = hashlib.sha256(Path(folder, name).read_bytes()).hexdigest()[:8]
    return url_for("static", filename=name, v=version)


def _static(name: str) -> str:
    """Address of a static file that changes when its content does, so that browsers may keep it for a year."""
    return _address(current().static_folder or "", name, request.script_root)
