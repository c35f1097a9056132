"""Whether this server can do its work, for whatever watches over it."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version

from flask import Blueprint, Response

from quiz import storage
from quiz.storage import health
from quiz.web.app import current

pages = Blueprint("health", __name__)


@pages.get("/health")
def show() -> Response:
    """200 while answers can be kept, else 503 with what is wrong."""
    app = current()
    wrong = health.availability_problems(app.storage)
    told = {
        "status": "failing" if wrong else "ok",
        "wrong": wrong,
        "version": _version(),
        "bank": app.bank.version,
        "sqlite": health.SQLITE_VERSION,
        "journal": storage.safe_journal_mode(),
    }
    return Response(json.dumps(told) + "\n", 503 if wrong else 200, mimetype="application/json")


@cache
def _version() -> str:
    return version("many-hats")
