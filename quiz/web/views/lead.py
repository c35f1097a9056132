"""Creating a team, and what its lead sees and does."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.exchange import export
from quiz.storage import TeamLinks
from quiz.teams import Team, anonymous, round_changes, round_pages, rounds
from quiz.web import links, seeds
from quiz.web.app import current
from quiz.web.link_blueprint import link_blueprint
from quiz.web.qr_code import qr_code
from quiz.web.views.open_team import open_team_page

new_team = Blueprint("new_team", __name__)
pages = link_blueprint("lead", "/t/<link:link>", lambda lead_hash: _load_team(lead_hash))


@new_team.route("/teams", methods=["GET", "POST"])
def create() -> str | Response | tuple[str, int]:
    """Create a team with its name, kind and minimum. The same form sent twice creates one team."""
    app = current()
    form = app.forms.team(request.form if request.method == "POST" else None)
    if request.method != "POST":
        return render_template("lead/create.html", form=form, seed=links.new_link(), errors=[])
    if not form.validate():
        errors = [(name, messages[0]) for name, messages in form.errors.items()]
        return render_template("lead/create.html", form=form, seed=request.form.get("seed"), errors=errors), 422
    name, kind, minimum = form.name.data, form.kind.data, form.minimum.data
    lead_links = seeds.candidate_links("lead", name, kind, minimum)
    join_hashes = {hash: links.hash_link(join_link(link, 1)) for hash, link in lead_links.items()}
    first = next(iter(join_hashes))
    lead_hash = app.storage.create_team(
        first,
        join_hashes[first],
        number=1,
        name=name,
        kind=kind,
        minimum=int(minimum),
        day=app.today(),
        same_form=join_hashes,
    )
    assert lead_hash is not None, "the last candidate is random"
    return redirect(url_for("lead.page", link=lead_links[lead_hash]), 303)


def join_link(lead_link: str, number: int) -> str:
    """The join link with this number. It can be derived only with the lead link; only its hash is stored."""
    return current().derive_link("join", f"{lead_link}:{number}")


def _load_team(lead_hash: str) -> Team | None:
    """The team of a lead link. A form that has replaced the lead link leads to the new one if it is sent twice."""
    team = current().storage.load_team(lead_hash)
    if team is None and request.endpoint == "lead.replace_links" and links.valid_seed(request.form.get("seed", "")):
        return current().storage.load_team_of_new_links(list(_new_links()))
    return team


def _new_links() -> dict[TeamLinks, str]:
    """The pairs of links that the form for replacing links may use, each with the lead link."""
    both = "both" in request.form
    numbers = seeds.candidate_numbers(g.link_hash, both)
    lead_links = list(seeds.candidate_links("lead", g.link_hash).values()) if both else [g.link] * len(numbers)
    pairs = {}
    for lead_link, number in zip(lead_links, numbers, strict=True):
        join_hash = links.hash_link(join_link(lead_link, number))
        pairs[TeamLinks(links.hash_link(lead_link), join_hash, number)] = lead_link
    return pairs


def _team() -> Team:
    team: Team = g.record
    return team


def _anonymous() -> Team:
    """The team; 404 if it is open, because only anonymous teams have rounds and a minimum."""
    if _team().kind != "anonymous":
        abort(404)
    return _team()


@pages.get("")
def page() -> str:
    """The team: its links, whether the open round can be closed, and what was published."""
    app, team = current(), _team()
    common = {
        "team": team,
        "join_address": app.absolute_url("join.page", link=join_link(g.link, team.number)),
        "lead_address": app.absolute_url("lead.page"),
        "seed": links.new_link(),
    }
    if team.kind == "open":
        return render_template(
            "open_team/page.html",
            **common,
            **open_team_page(team, is_lead=True),
            was_removed="removed" in request.args,
            were_needs_saved="needs" in request.args,
            bank=app.bank,
        )
    return render_template(
        "lead/page.html",
        **common,
        minimum_reached=_is_minimum_reached(team),
        rounds=rounds.closed_rounds(team),
        higher_minimums=_higher_minimums(team),
        too_few="few" in request.args,
        not_raised="kept" in request.args,
    )


def _is_minimum_reached(team: Team) -> bool:
    return rounds.is_minimum_reached(team, current().storage.load_round_members(team.id))


def _higher_minimums(team: Team) -> list[Any]:
    """The choices of the form that raises the minimum of `team`."""
    field = current().forms.team().minimum
    return [choice for choice in field.iter_choices() if int(choice.value) > team.minimum]


@pages.get("/join.svg")
def join_qr() -> Response:
    """The join link as a QR code, for a screen in the room."""
    return qr_code(current().absolute_url("join.page", link=join_link(g.link, _team().number)))


@pages.route("/close", methods=["GET", "POST"])
def close() -> str | Response:
    """Ask once, then close the open round and publish it. With too few finished it stays open."""
    app, team = current(), _anonymous()
    if request.method != "POST":
        if not _is_minimum_reached(team):
            return redirect(url_for("lead.page"), 303)
        return render_template("lead/close.html", team=team)
    # The form names its round, so that an old form does not close the next round.
    number = request.form.get("round", type=int)
    publish = rounds.publisher(app.bank, app.scoring_model)
    app.storage.close_round(g.link_hash, publish, day=app.today(), number=number)
    team_after = app.storage.load_team(g.link_hash) or abort(404)
    if team_after.open_round is not None and number in (None, team_after.open_round.number):
        return redirect(url_for("lead.page", few="few"), 303)
    # A second click gets here too, and sees the round that the first click closed.
    return redirect(url_for("lead.round", number=number or len(team_after.rounds)), 303)


@pages.post("/next")
def next_round() -> Response:
    """Open the next round."""
    _anonymous()
    current().storage.open_round(g.link_hash, day=current().today())
    return redirect(url_for("lead.page"), 303)


@pages.post("/minimum")
def minimum() -> Response:
    """Raise the minimum; it never goes down.

    While the open round has reached the minimum, it stays as it is: whether the round also reaches a higher one would
    show more about how many people have finished.
    """
    team = _anonymous()
    new_minimum = request.form.get("minimum", type=int)
    if new_minimum not in anonymous.MINIMUMS:
        abort(400)
    if _is_minimum_reached(team):
        return redirect(url_for("lead.page", kept="kept"), 303)
    current().storage.raise_minimum(g.link_hash, new_minimum)
    return redirect(url_for("lead.page"), 303)


@pages.route("/remove", methods=["GET", "POST"])
def remove() -> str | Response:
    """Ask once, then remove a member from an open team. Nothing happens if they are no longer in it."""
    app, team = current(), _team()
    if team.kind != "open":
        abort(404)
    response_id = request.values.get("member", type=int)
    members = {member.response: member for member in app.storage.load_open_members(team.id)}
    if response_id not in members:
        return redirect(url_for("lead.page"), 303)
    if request.method != "POST":
        return render_template("lead/remove.html", team=team, member=members[response_id])
    app.storage.remove_member(g.link_hash, response_id, day=app.today())
    return redirect(url_for("lead.page", removed=1), 303)


@pages.post("/links")
def replace_links() -> Response:
    """Replace the join link, or both links. The old ones stop working at once."""
    app, new_links = current(), _new_links()
    lead_hash = app.storage.replace_links(g.link_hash, list(new_links), day=app.today())
    lead_link = next((link for pair, link in new_links.items() if pair.lead_hash == lead_hash), None)
    return redirect(url_for("lead.page", link=lead_link or abort(404)), 303)


@pages.route("/delete", methods=["GET", "POST"])
def delete() -> str | Response:
    """Ask once, then delete the team with all its rounds."""
    if request.method != "POST":
        return render_template("lead/delete.html", team=_team())
    current().storage.delete_team(g.link_hash, day=current().today())
    return redirect(url_for("start.deleted", team=1), 303)


def _published(number: int) -> anonymous.Published:
    """What a round published; all pages and files of a round come from here. 404 if there is nothing."""
    return rounds.published_round(_anonymous(), number) or abort(404)


@pages.get("/rounds/<int:number>")
def round(number: int) -> str:
    """What a closed round published."""
    app, team, published = current(), _team(), _published(number)
    closed = rounds.closed_rounds(team)
    return render_template(
        "teams/round.html",
        team=team,
        number=number,
        page=round_pages.round_page(app.bank, published),
        changes=round_changes.round_changes(app.bank, number, closed),
        comparison=round_pages.compare_rounds(app.bank, published, closed),
        is_lead=True,
        bank=app.bank,
    )


@pages.get("/rounds/<int:number>.json")
def round_json(number: int) -> Response:
    """The facts of a round as JSON."""
    facts = anonymous.facts(_published(number), current().bank)
    return jsonify({"team": _team().name, "round": number, "facts": [fact._asdict() for fact in facts]})


@pages.get("/rounds/<int:number>.csv")
def round_csv(number: int) -> Response:
    """The facts of a round as CSV."""
    rows = [anonymous.Fact._fields, *anonymous.facts(_published(number), current().bank)]
    answer = Response(export.csv_file(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=many-hats-round.csv"
    return answer
