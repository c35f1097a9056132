"""What a person may take along: everything that is kept about them."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify
from werkzeug.wrappers import Response

from quiz import export
from quiz.app import current
from quiz.views.owner import owner_pages, response, result

pages = owner_pages("along", prefix="/r")


@pages.get("/<link:link>.json")
def as_json() -> Response:
    """Everything that is kept about this person, and their result."""
    kept = asdict(response())
    kept.pop("id")
    kept["earlier"] = kept["earlier"] is not None
    scored = export.scored("", result().match)
    scored.pop("id")
    answer = jsonify({**kept, "result": scored})
    answer.headers["Content-Disposition"] = "attachment; filename=many-hats.json"
    return answer


@pages.get("/<link:link>.csv")
def as_csv() -> Response:
    """The answers, such as `quiz score` reads again."""
    kept = response()
    rows = export.own_sheet(current().bank, kept.answers, contacts=kept.contacts, title=kept.title, words=kept.words)
    answer = Response(export.to_csv(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=many-hats.csv"
    return answer
