"""Joining a team, and what a member sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.teams import Membership, open_team, round_changes, round_pages, rounds
from quiz.teams.joining import MAX_OPEN_MEMBERS, JoinDecision
from quiz.web import links, rate_limits, seeds
from quiz.web.app import current
from quiz.web.link_blueprint import link_blueprint
from quiz.web.owner_blueprint import current_response, owner_blueprint
from quiz.web.views.open_team import open_team_page

pages = link_blueprint("join", "/j/<link:link>", lambda join_hash: current().storage.load_team_by_join_link(join_hash))
member = owner_blueprint("member")

#: What the page says about a response that cannot join, with the field that it says it at.
_REFUSALS = {
    None: ("link", "This is not a private link of this quiz. Paste the whole link."),
    JoinDecision.IN_OTHER_TEAM: ("link", "These answers are in another team. Leave that team first."),
    JoinDecision.NOT_ELIGIBLE: (
        "link",
        "These answers were finished before the last round was closed, or a round counted them. Take the quiz again.",
    ),
    JoinDecision.NAME_TAKEN: (
        "name",
        "Another member of this team has this name. Add something to yours, such as your last name.",
    ),
    JoinDecision.TEAM_IS_FULL: (
        "name",
        f"This team has {MAX_OPEN_MEMBERS} members, which is the maximum. Ask the lead of the team.",
    ),
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
        # Of a person who took the quiz again, the team may have two responses.
        member_count=len(open_team.members_by_name(app.storage.load_open_members(team.id))),
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
    name, shares_wishes = form.name.data or "", form.shares_wishes.data
    owner_links = seeds.candidate_links("owner", g.link_hash, name, shares_wishes)
    first, *same_form = owner_links
    started = app.storage.start_in_team(
        g.link_hash,
        first,
        bank=app.bank.version,
        day=app.today(),
        name=name,
        shares_wishes=shares_wishes,
        same_form=same_form,
    )
    if started is None:
        abort(404)  # the team was deleted during this request
    decision, owner_hash = started
    if decision in _REFUSALS:
        return _page(form, [_REFUSALS[decision]]), 422
    link = owner_links[owner_hash]
    return redirect(url_for("take.questions", link=link, number=1), 303)


@pages.post("/bring")
def bring() -> Response | tuple[str, int]:
    """Join with a response that exists already, if no round has counted it yet."""
    app = current()
    form = app.forms.join[g.record.kind](request.form)
    errors = [] if form.validate() else _errors(form)
    link = _owner_link(form.link.data or "")
    if link is None:
        return _page(form, [*errors, _REFUSALS[None]]), 422
    if errors:
        return _page(form, errors), 422
    decision = app.storage.join_team(
        g.link_hash,
        links.hash_link(link),
        name=form.name.data or "",
        shares_wishes=form.shares_wishes.data,
        day=app.today(),
    )
    if decision in _REFUSALS:
        return _page(form, [_REFUSALS[decision]]), 422
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
    membership = app.storage.load_membership(g.link_hash)
    if membership is None:
        return removed_page() or abort(404)
    team = membership.team
    common = {"team": team, "membership": membership, "bank": app.bank, "finished": current_response().finished}
    if team.kind == "open":
        return _open_page(membership)
    return render_template(
        "member/page.html",
        **common,
        minimum_reached=rounds.is_minimum_reached(team, app.storage.load_round_members(team.id)),
        rounds=rounds.closed_rounds(team),
        seed=links.new_link(),
    )


def _open_page(membership: Membership, form: Any = None, errors: Sequence[tuple[str, str]] = ()) -> str:
    """The page of an open team for a member. Only members who have finished see the others."""
    app = current()
    common = {
        "team": membership.team,
        "form": form or app.forms.rename(data={"name": membership.name}),
        "errors": errors,
        "was_renamed": "renamed" in request.args,
    }
    if not current_response().finished:
        return render_template("member/before_finishing.html", **common)
    return render_template(
        "open_team/page.html", **common, **open_team_page(membership.team, is_lead=False), bank=app.bank
    )


def removed_page() -> str | None:
    """The page that tells a person that the lead removed them from a team; None if there is nothing to tell."""
    removal = current().storage.load_removal(g.link_hash)
    return render_template("member/removed.html", removal=removal) if removal else None


@member.post("/team/name")
def rename() -> str | Response | tuple[str, int]:
    """Change the name under which an open team shows a member."""
    app = current()
    membership = app.storage.load_membership(g.link_hash) or abort(404)
    if membership.team.kind != "open":
        abort(404)
    form = app.forms.rename(request.form)
    if not form.validate():
        return _open_page(membership, form, _errors(form)), 422
    decision = app.storage.rename_member(g.link_hash, form.name.data)
    if decision in _REFUSALS:
        return _open_page(membership, form, [_REFUSALS[decision]]), 422
    return redirect(url_for("member.page", renamed=1, _anchor="rename"), 303)


@member.post("/team/removal/read")
def read_removal() -> Response:
    """Stop telling a person that they were removed from a team: they have read it."""
    current().storage.delete_removal(g.link_hash)
    return redirect(url_for("result.show"), 303)


@member.get("/team/rounds/<int:number>")
def round(number: int) -> str:
    """What a closed round published, exactly as the lead sees it."""
    app = current()
    team = (app.storage.load_membership(g.link_hash) or abort(404)).team
    published = rounds.published_round(team, number) if team.kind == "anonymous" else None
    closed = rounds.closed_rounds(team)
    return render_template(
        "teams/round.html",
        team=team,
        number=number,
        page=round_pages.round_page(app.bank, published or abort(404)),
        changes=round_changes.round_changes(app.bank, number, closed),
        comparison=round_pages.compare_rounds(app.bank, published, closed) if published else None,
        is_lead=False,
        bank=app.bank,
    )


@member.post("/team/leave")
def leave() -> Response:
    """Leave the team that the form names: the response may have joined another one since the page was shown."""
    current().storage.leave_team(g.link_hash, day=current().today(), team=request.form.get("team", type=int))
    return redirect(url_for("result.show", left=1), 303)
