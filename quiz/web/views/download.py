"""The download of everything that is stored about a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import g, jsonify
from werkzeug.wrappers import Response

from quiz.bank import AGREED_COLUMNS
from quiz.exchange import export, personal_data
from quiz.web.app import current
from quiz.web.owner_blueprint import current_response, owner_blueprint

pages = owner_blueprint("download", prefix="/r")


@pages.get("/<link:link>.json")
def as_json() -> Response:
    """Everything that is stored about this person, and their result."""
    data = asdict(current_response())
    data.pop("id")
    data.pop("details_sent")  # where the quiz goes on, which says nothing about the person
    data["follow_ups"] = personal_data.follow_up_answers_object(current_response().follow_ups)
    data["earlier_agreed_actions"] = _earlier_agreed_actions()
    data["earlier"] = data["earlier"] is not None  # the id means nothing outside the database
    data["team"] = _team_data()
    data["removed_from_team"] = _removal_data()
    data["second_view"] = _second_view_data()
    data["result"] = _result_data()
    data["result"].pop("id")
    return _attachment(jsonify(data), "many-hats.json")


@pages.get("/<link:link>.csv")
def as_csv() -> Response:
    """The answers in the columns that `quiz score` reads, what was agreed, and the result in those that it writes."""
    response = current_response()
    bank = current().bank
    header = [*personal_data.csv_columns(bank), *AGREED_COLUMNS, *export.result_columns(bank.role)]
    row = [
        *personal_data.csv_cells(bank, response),
        *personal_data.agreed_cells(response),
        *export.result_cells(_result_data()),
    ]
    return _attachment(Response(export.csv_file([header, row]), mimetype="text/csv"), "many-hats.csv")


def _earlier_agreed_actions() -> list[dict[str, Any]]:
    """What was agreed after the earlier response, with its outcomes: this person says them with this response."""
    earlier = current().storage.load_earlier_response(g.link_hash)
    return [asdict(action) for action in earlier.agreed_actions] if earlier else []


def _removal_data() -> dict[str, str] | None:
    """From which team the lead removed this person, and on which day; None if there is nothing to read about it."""
    removal = current().storage.load_removal(g.link_hash)
    return {"name": removal.team_name, "day": removal.day} if removal else None


def _result_data() -> dict[str, Any]:
    """The result, with the similarity of the free text if there is one."""
    from quiz.scoring import match  # imports numpy: see quiz.web.owner_blueprint.current_result
    from quiz.text.matcher import matcher_for

    app, response = current(), current_response()
    similarity = matcher_for(app.bank).match(response.text).roles if response.text else None
    return export.match_object(None, match(app.scoring_model, response.answers, response.follow_ups), similarity)


def _team_data() -> dict[str, Any] | None:
    """What is stored about the team of this person, None if they are in no team and no round has counted them."""
    membership = current().storage.load_membership(g.link_hash)
    is_counted = current().storage.is_counted(g.link_hash)
    if membership is None:
        return {"counted_in_round": True} if is_counted else None
    return {
        "name": membership.team.name,
        "kind": membership.team.kind,
        "display_name": membership.name,
        "shares_wishes": membership.shares_wishes,
        "counted_in_round": is_counted,
        "needs": current().storage.load_needs(membership.team.id),
    }


def _second_view_data() -> dict[str, Any] | None:
    """The second view of this person, None without one. What was answered is in it once it is opened."""
    second_view = current().storage.load_second_view(g.link_hash)
    if second_view is None:
        return None
    data = asdict(second_view)
    # How far the viewer is says something about them before they send it.
    for name in ("has_begun", "has_sent_priorities"):
        data.pop(name)
    if second_view.opened is None:
        for name in ("viewer_answers", "owner_answers", "priorities"):
            data.pop(name)
    return data


def _attachment(response: Response, file_name: str) -> Response:
    response.headers["Content-Disposition"] = f"attachment; filename={file_name}"
    return response
