"""Joining a team, and what a member sees of it."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz import storage
from quiz.teams import Team, anonymous, round_pages
from quiz.web import links, rate_limits
from quiz.web.app import current
from quiz.web.views.lead import by_name
from quiz.web.views.link_pages import link_pages
from quiz.web.views.owner_pages import current_response, owner_pages

pages = link_pages("join", "/j/<link:link>", lambda joining: current().storage.load_team_by_join_link(joining))
member = owner_pages("member")


def _page(form: Any, errors: list[tuple[str, str]]) -> str:
    app, team = current(), g.record
    return render_template(
        "member/join.html",
        team=team,
        form=form,
        errors=errors,
        standing=round_pages.standing(team, app.storage.load_round_members(team.id)),
        example=round_pages.example(app.bank, app.scoring_model) if team.kind == "anonymous" else None,
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
    owner = links.hash_link(link)
    app.storage.create_response(owner, bank=app.bank.version, day=app.today())
    app.storage.join_team(g.link_hash, owner, name=form.name.data or "", shares_wishes=form.shares_wishes.data)
    return redirect(url_for("take.questions", link=link, number=1), 303)


@pages.post("/bring")
def bring() -> Response | tuple[str, int]:
    """Bring a response that no round has counted yet."""
    app = current()
    form = app.forms.join[g.record.kind](request.form)
    valid = form.validate()
    found = re.search(rf"(?:^|/r/)({links.LINK_PATTERN})(?:[/?#.]|$)", form.link.data or "")
    owner = links.hash_link(found[1]) if found else ""
    kept = app.storage.load_response(owner) if found else None
    if found and kept is None:
        rate_limits.report_wrong_link()
    if kept is None or found is None:
        return _page(form, [*_errors(form), ("link", "This is no private link of this quiz. Paste all of it.")]), 422
    if not valid:
        return _page(form, _errors(form)), 422
    known = app.storage.load_membership(owner)
    if g.record.kind == "anonymous" and known is not None and known.team.id == g.record.id and known.counted:
        return redirect(url_for("member.page", link=found[1]), 303)  # which says how to be in the next round
    if refusal := _refusal(owner, kept):
        return _page(form, [("link", refusal)]), 422
    if not app.storage.join_team(g.link_hash, owner, name=form.name.data or "", shares_wishes=form.shares_wishes.data):
        return _page(form, [("link", "This response is in another team; leave that one first.")]), 422
    return redirect(url_for("member.page", link=found[1]), 303)


def _errors(form: Any) -> list[tuple[str, str]]:
    return [(name, messages[0]) for name, messages in form.errors.items()]


def _refusal(owner: str, kept: storage.Response) -> str | None:
    """Why a response cannot count in this team's round, if it cannot; open teams take any."""
    team: Team = g.record
    if team.kind == "open" or not kept.finished:
        return None
    known = current().storage.load_membership(owner)
    counted = current().storage.is_counted(owner)
    elsewhere = known is not None and known.team.id != team.id
    if anonymous.eligible(kept.finished, counted=counted, elsewhere=elsewhere, last_closed=team.last_closed):
        return None
    if elsewhere:
        return "This response is in another team; leave that one first."
    return "This response was finished before the last round closed, or a round has counted it: take the quiz again."


@member.get("/team", endpoint="page")
def page_of_member() -> str:
    """The team as its members see it."""
    app = current()
    found = app.storage.load_membership(g.link_hash) or abort(404)
    common = {"team": found.team, "membership": found, "bank": app.bank, "finished": current_response().finished}
    if found.team.kind == "open":
        return render_template("teams/open.html", **common, **by_name(found.team), lead=False)
    return render_template("member/page.html", **common, rounds=round_pages.shown(found.team), seed=links.new_link())


@member.get("/team/rounds/<int:number>")
def round(number: int) -> str:
    """What a closed round published, exactly as the lead sees it."""
    app = current()
    found = app.storage.load_membership(g.link_hash) or abort(404)
    shown = round_pages.shown(found.team) if found.team.kind == "anonymous" else ()
    result = next((one.result for one in shown if one.number == number), None) or abort(404)
    return render_template(
        "teams/round.html",
        team=found.team,
        number=number,
        page=round_pages.page(app.bank, result),
        rounds=(),
        bank=app.bank,
    )


@member.post("/team/leave")
def leave() -> Response:
    """Leave the team."""
    current().storage.leave_team(g.link_hash)
    return redirect(url_for("result.show", left=1), 303)
