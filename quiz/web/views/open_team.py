"""The pages of an open team that its lead and its members share: if somebody is away, a hire, downloads; its needs.

Only the lead sets needs. Every other view is registered twice: under the lead link, and under the owner links of
members who have finished. Forms about an absence or a hire are answered with a page, and nothing of them is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.exchange import export, open_team_export
from quiz.teams import Team, open_team, what_if
from quiz.teams.needs import Needs, needs_of_heads, needs_with_asked
from quiz.web.app import current
from quiz.web.forms.open_team import NEED_PREFIX
from quiz.web.link_blueprint import link_blueprint
from quiz.web.owner_blueprint import owner_blueprint, require_finished

lead_pages = link_blueprint("lead_team", "/t/<link:link>", lambda lead_hash: current().storage.load_team(lead_hash))
member_pages = owner_blueprint("member_team", "/r/<link:link>/team")


def open_team_page(team: Team, *, is_lead: bool) -> dict[str, Any]:
    """What the page of an open team shows: of each member the latest finished response, and the needs."""
    app = current()
    members = app.storage.load_open_members(team.id)
    latest = open_team.latest_responses(members)
    needs = app.storage.load_needs(team.id)
    return {
        "open_team": open_team.open_team(app.bank, app.scoring_model, latest, needs),
        "unfinished": open_team.count_unfinished(members),
        "members": open_team.members_by_name(members),
        "is_lead": is_lead,
        "team_endpoint": "lead_team" if is_lead else "member_team",
    }


@lead_pages.before_request
def check_lead() -> None:
    """Answer 404 for an anonymous team."""
    _require_open(g.record)


@member_pages.before_request
def check_member() -> None:
    """Answer 404 unless the response is finished and in an open team."""
    require_finished()
    membership = current().storage.load_membership(g.link_hash) or abort(404)
    _require_open(membership.team)


def _require_open(team: Team) -> None:
    if team.kind != "open":
        abort(404)
    g.team = team


def _shared_route(path: str, name: str, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view for the lead and for members."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        for blueprint in (lead_pages, member_pages):
            blueprint.add_url_rule(path, name, view, methods=methods)
        return view

    return register


def _page() -> dict[str, Any]:
    """The values that all pages here have."""
    is_lead = request.blueprint == lead_pages.name
    page = open_team_page(g.team, is_lead=is_lead)
    team_url = url_for("lead.page") if is_lead else url_for("member.page")
    return {"team": g.team, "bank": current().bank, "team_url": team_url, **page}


@_shared_route("/away", "away", "GET", "POST")
def away() -> str | tuple[str, int]:
    """The form that asks who is away; after sending, what nobody or too few would do, and who is nearest."""
    page = _page()
    team: open_team.OpenTeam = page["open_team"]
    ticked = set(request.form.getlist("absent", type=int))
    absent = [place for place, person in enumerate(team.people) if person.response in ticked]
    page |= {"absent": absent, "error": request.method == "POST" and not absent}
    if not absent:
        return render_template("open_team/away.html", **page, away=None), 422 if page["error"] else 200
    return render_template("open_team/away.html", **page, away=what_if.away(team, absent))


@_shared_route("/hire", "hire", "GET", "POST")
def hire() -> str | tuple[str, int]:
    """The form for a hire, by roles or by an advert; after sending, which gaps the person fills and which remain."""
    app, page = current(), _page()
    form = app.forms.hire(request.form)
    by_role = what_if.hires_by_role(page["open_team"], app.bank.roles)
    page |= {"form": form, "by_role": by_role, "advert": None, "hire": None, "error": ""}
    if request.method != "POST":
        app.preload_text_matcher()
        return render_template("open_team/hire.html", **page)
    text, roles = form.text.data or "", [app.bank.role[id] for id in form.roles if id in app.bank.role]
    if not form.validate() or bool(text) == bool(roles):
        page["error"] = _hire_error(form, text)
        return render_template("open_team/hire.html", **page), 422
    responsibilities = what_if.work_of_roles(roles)
    if text:
        page["advert"] = _read_advert(text)
        responsibilities = page["advert"].asked
    if responsibilities:
        page["hire"] = what_if.hire(page["open_team"], responsibilities, roles)
    return render_template("open_team/hire.html", **page)


def _hire_error(form: Any, text: str) -> str:
    if form.errors:
        messages: list[str] = next(iter(form.errors.values()))
        return messages[0]
    return "Choose roles or paste an advert, not both." if text else "Choose a role, or paste an advert."


def _read_advert(text: str) -> Any:
    from quiz.results.advert import read_advert  # imports scikit-learn

    return read_advert(current().bank, text)


@lead_pages.route("/needs", methods=["GET", "POST"])
def needs() -> str | Response | tuple[str, int]:
    """How many people should do each responsibility: save it, or fill the form in from heads or from an advert."""
    app, page = current(), _page()
    form = app.forms.needs(request.form)
    page |= {"form": form, "advert": None, "filled": "", "error": ""}
    if request.method != "POST":
        app.preload_text_matcher()
        _fill_in(form, page["open_team"].needs)
        return render_template("open_team/needs.html", **page)
    if not form.validate():
        page["error"] = next(iter(form.errors.values()))[0]
        return render_template("open_team/needs.html", **page), 422
    if request.form.get("fill") == "heads":
        return _filled_needs(page, needs_of_heads(app.bank, form.heads), "heads")
    if request.form.get("fill") == "advert":
        return _needs_from_advert(page)
    if not app.storage.save_needs(g.link_hash, form.needs):
        abort(404)  # the team was deleted during this request
    return redirect(url_for("lead.page", needs="saved"), 303)


def _needs_from_advert(page: dict[str, Any]) -> str | tuple[str, int]:
    form = page["form"]
    if not form.text.data:
        page["error"] = "Paste the text of an advert first."
        return render_template("open_team/needs.html", **page), 422
    page["advert"] = _read_advert(form.text.data)
    filled = needs_with_asked(current().bank, form.needs, page["advert"].asked)
    return _filled_needs(page, filled, "advert" if page["advert"].asked else "")


def _filled_needs(page: dict[str, Any], filled: dict[str, int], source: str) -> str:
    """The form with `filled` in it. Nothing is saved yet."""
    _fill_in(page["form"], filled)
    return render_template("open_team/needs.html", **page | {"filled": source})


def _fill_in(form: Any, needs: Needs) -> None:
    for id in current().bank.responsibility:
        form[f"{NEED_PREFIX}{id}"].data = str(needs.get(id, 0))


@_shared_route("/table.json", "table_json", "GET")
def as_json() -> Response:
    """What the page of the team shows, as JSON."""
    return jsonify(open_team_export.team_object(g.team.name, _page()["open_team"]))


@_shared_route("/table.csv", "table_csv", "GET")
def as_csv() -> Response:
    """The tables of the page as CSV."""
    rows = open_team_export.team_rows(_page()["open_team"])
    answer = Response(export.csv_file(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=many-hats-team.csv"
    return answer
