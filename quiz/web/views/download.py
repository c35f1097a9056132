"""What a person may take along: everything that is kept about them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import g, jsonify
from werkzeug.wrappers import Response

from quiz.exchange import export
from quiz.web.app import current
from quiz.web.views.owner_pages import current_response, current_result, owner_pages

pages = owner_pages("download", prefix="/r")


@pages.get("/<link:link>.json")
def as_json() -> Response:
    """Everything that is kept about this person, and their result."""
    kept = asdict(current_response())
    kept.pop("id")
    kept["earlier"] = kept["earlier"] is not None
    kept["team"] = _team()
    scored = export.match_object("", current_result().match)
    scored.pop("id")
    answer = jsonify({**kept, "result": scored})
    answer.headers["Content-Disposition"] = "attachment; filename=many-hats.json"
    return answer


def _team() -> dict[str, Any] | None:
    """What is kept about being in a team: which, under which name, and whether a round has counted the response."""
    found = current().storage.load_membership(g.link_hash)
    counted = current().storage.is_counted(g.link_hash)
    if found is None:
        return {"counted_in_round": True} if counted else None
    return {
        "name": found.team.name,
        "kind": found.team.kind,
        "display_name": found.name,
        "shares_wishes": found.shares_wishes,
        "counted_in_round": counted,
    }


@pages.get("/<link:link>.csv")
def as_csv() -> Response:
    """The answers, such as `quiz score` reads again."""
    kept = current_response()
    rows = export.personal_csv_rows(
        current().bank, kept.answers, contacts=kept.contacts, title=kept.title, text=kept.text
    )
    answer = Response(export.to_csv(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=many-hats.csv"
    return answer
