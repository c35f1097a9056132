"""Whether this server works, for monitoring."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version

from flask import Blueprint, Response

from quiz.web.app import HEALTH_PATH, current

pages = Blueprint("health", __name__)


@pages.get(HEALTH_PATH)
def show() -> Response:
    """200 while answers can be saved, else 503 with the problems."""
    app = current()
    problems = app.storage.engine.availability_problems()
    content = {
        "status": "failing" if problems else "ok",
        "problems": problems,
        "version": _version(),
        "bank": app.bank.version,
    } | app.storage.engine.version
    status = 503 if problems else 200
    return Response(json.dumps(content) + "\n", status, mimetype="application/json")


@cache
def _version() -> str:
    return version("many-hats")
