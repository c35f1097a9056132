"""The pages: one blueprint an area. A view reads the request, makes one call and renders one template."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from werkzeug.routing import BaseConverter

from quiz import links
from quiz.app import current


class LinkConverter(BaseConverter):
    """A link inside an address. What does not look like one is not found, just like a wrong one."""

    regex = links.PATTERN


def init_app(app: Flask) -> None:
    """Put every area's pages into `app`."""
    from quiz.views import ahead, along, api, errors, health, join, result, shared, start, take, teams, yours

    app.url_map.converters["link"] = LinkConverter
    errors.init_app(app)
    app.register_blueprint(start.pages)
    app.register_blueprint(take.pages)
    app.register_blueprint(result.pages)
    app.register_blueprint(ahead.pages)
    app.register_blueprint(yours.pages)
    app.register_blueprint(along.pages)
    app.register_blueprint(shared.pages)
    app.register_blueprint(teams.making)
    app.register_blueprint(teams.pages)
    app.register_blueprint(join.pages)
    app.register_blueprint(join.membership)
    app.register_blueprint(api.pages)
    app.register_blueprint(health.pages)
    app.add_template_filter(_lookup, "lookup")
    app.add_template_filter(lambda text: text[:1].upper() + text[1:], "capitalize_first")
    app.context_processor(lambda: {"static": _static, "whole_address": current().address})


def _lookup(key: str, names: Mapping[str, str], quoted: bool = False) -> str:
    """The name that stands for an id, in quotes where it is the name of a task."""
    return f"“{names[key]}”" if quoted else names[key]


@cache
def _version(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def _static(name: str) -> str:
    """Address of a static file that changes when its content does, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=_version(Path(current().static_folder or "", name)))
