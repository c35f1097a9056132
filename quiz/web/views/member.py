"""Joining a team, and what a member sees of it."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.teams import round_pages, rounds
from quiz.teams.joining import JoinDecision
from quiz.web import links, rate_limits
from quiz.web.app import current
from quiz.web.link_blueprint import link_blueprint
from quiz.web.owner_blueprint import current_response, owner_blueprint
from quiz.web.views.lead import open_team_page

pages = link_blueprint("join", "/j/<link:link>", lambda join_hash: current().storage.load_team_by_join_link(join_hash))
member = owner_blueprint("member")

#: What the page says about a response that cannot join.
_REFUSALS = {
    None: "This is no private link of this quiz. Paste all of it.",
    JoinDecision.IN_OTHER_TEAM: "This response is in another team; leave that one first.",
    JoinDecision.NOT_ELIGIBLE: "This response was finished before the last round closed, or a round has counted it: "
    "take the quiz again.",
}


def _page(form: Any, errors: list[tuple[str, str]]) -> str:
    app, team = current(), g.record
    members = app.storage.load_round_members(team.id)
    return render_template(
        "member/join.html",
        team=team,
        form=form,
        errors=errors,
        minimum_reached=rounds.is_minimum_reached(team, members),
        member_count=len(members) if team.kind == "open" else None,
        example=app.example_round_page if team.kind == "anonymous" else None,
        bank=app.bank,
        seed=request.form.get("seed") or links.new_link(),
    )


@pages.get("")
def page() -> str:
    """What joining means, before anybody joins."""
    return _page(current().forms.join[g.record.kind](), [])


@pages.post("/start")
def start() -> Response | tuple[str, int]:
    """Take the quiz for this team."""
    app = current()
    form = app.forms.join[g.record.kind](request.form)
    if not form.validate():
        return _page(form, _errors(form)), 422
    link = app.derive_link("owner", links.valid_seed(request.form.get("seed", "")) or abort(400))
    owner_hash = links.hash_link(link)
    app.storage.create_response(owner_hash, bank=app.bank.version, day=app.today())
    app.storage.join_team(g.link_hash, owner_hash, name=form.name.data or "", shares_wishes=form.shares_wishes.data)
    return redirect(url_for("take.questions", link=link, number=1), 303)


@pages.post("/bring")
def bring() -> Response | tuple[str, int]:
    """Join with a response that exists already, if no round has counted it yet."""
    app = current()
    form = app.forms.join[g.record.kind](request.form)
    errors = [] if form.validate() else _errors(form)
    link = _owner_link(form.link.data or "")
    if link is None:
        return _page(form, [*errors, ("link", _REFUSALS[None])]), 422
    if errors:
        return _page(form, errors), 422
    decision = app.storage.bring_response(
        g.link_hash, links.hash_link(link), name=form.name.data or "", shares_wishes=form.shares_wishes.data
    )
    if decision in _REFUSALS:
        return _page(form, [("link", _REFUSALS[decision])]), 422
    # If a round counted the response already, that page says how to be in the next round.
    return redirect(url_for("member.page", link=link), 303)


def _owner_link(text: str) -> str | None:
    """The owner link in the pasted `text`; None if there is none, or if it leads to no response."""
    link = links.find_link(text, "r")
    if link is None:
        return None
    if current().storage.load_response(links.hash_link(link)) is None:
        rate_limits.report_wrong_link()
        return None
    return link


def _errors(form: Any) -> list[tuple[str, str]]:
    return [(name, messages[0]) for name, messages in form.errors.items()]


@member.get("/team", endpoint="page")
def page_of_member() -> str:
    """The team as its members see it."""
    app = current()
    membership = app.storage.load_membership(g.link_hash) or abort(404)
    team = membership.team
    common = {"team": team, "membership": membership, "bank": app.bank, "finished": current_response().finished}
    if team.kind == "open":
        return render_template("teams/open.html", **common, **open_team_page(team), is_lead=False)
    return render_template(
        "member/page.html",
        **common,
        minimum_reached=rounds.is_minimum_reached(team, app.storage.load_round_members(team.id)),
        rounds=rounds.closed_rounds(team),
        seed=links.new_link(),
    )


@member.get("/team/rounds/<int:number>")
def round(number: int) -> str:
    """What a closed round published, exactly as the lead sees it."""
    app = current()
    team = (app.storage.load_membership(g.link_hash) or abort(404)).team
    published = rounds.published_round(team, number) if team.kind == "anonymous" else None
    return render_template(
        "teams/round.html",
        team=team,
        number=number,
        page=round_pages.round_page(app.bank, published or abort(404)),
        comparison=None,
        is_lead=False,
        bank=app.bank,
    )


@member.post("/team/leave")
def leave() -> Response:
    """Leave the team that the form names: the response may have joined another one since the page was shown."""
    current().storage.leave_team(g.link_hash, day=current().today(), team=request.form.get("team", type=int))
    return redirect(url_for("result.show", left=1), 303)
