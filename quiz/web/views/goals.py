"""What a person wants: a wish for each responsibility, goal roles, and a job as a goal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField

from quiz.bank import JobGoal, Responsibility
from quiz.bank.answer_sheet import SheetRow, answer_sheet
from quiz.web.app import current
from quiz.web.forms.goals import WISH_PREFIX, GoalsForm
from quiz.web.owner_blueprint import abort_if_deleted, current_response, owner_blueprint, require_finished
from quiz.web.page_saves import saved_page, script_refusal, sent_page_save

if TYPE_CHECKING:
    from quiz.results.goals import JobGoalDistance

pages = owner_blueprint("goals")

#: The wishes for work that a person does not do now; all others are for work that they do.
_WISHES_FOR_OTHER_WORK = ("", "start")


class WishRow(NamedTuple):
    """One responsibility with the field for a wish. `phrase` says how often it is done now, empty if unanswered."""

    responsibility: Responsibility
    phrase: str
    field: SelectField
    choices: list[Any]


@pages.route("/goals", methods=["GET", "POST"])
def page() -> str | Response | tuple[str, int]:
    """The form with wishes and goals, and the distance to each goal. A script sends it after every change."""
    require_finished()
    app, response = current(), current_response()
    if request.method != "POST":
        saved_values = {f"{WISH_PREFIX}{id}": wish for id, wish in response.wishes.items()}
        return _render(app.forms.goals(data={**saved_values, "goals": response.goals}))
    form = app.forms.goals(request.form)
    if not form.validate():
        return script_refusal(next(iter(form.errors.values()))[0]) or (_render(form), 422)
    was_saved = app.storage.save_goals(
        g.link_hash,
        wishes=form.wishes,
        goals=form.goals.data or [],
        day=app.today(),
        page_save=sent_page_save(),
    )
    abort_if_deleted(was_saved)
    return saved_page("goals.page", anchor="saved")


@pages.post("/job-goal")
def save_job_goal() -> Response | tuple[str, int]:
    """Save the job that the person has as a goal. It replaces the one before."""
    require_finished()
    app = current()
    form = app.forms.job_goal(request.form)
    if not form.validate():
        if form.responsibilities.errors:
            abort(400)  # the page of an advert sends them, so nobody can correct them in the form
        asked = [app.bank.responsibility[id] for id in form.responsibilities.data or ()]
        return render_template("goals/job_goal.html", form=form, responsibilities=asked), 422
    job_goal = JobGoal(form.name.data or "", tuple(form.responsibilities.data or ()))
    abort_if_deleted(app.storage.save_job_goal(g.link_hash, job_goal, day=app.today()))
    return redirect(url_for("goals.page", _anchor="job-goal"), 303)


@pages.post("/job-goal/delete")
def delete_job_goal() -> Response:
    """Remove the job that the person has as a goal. If there is none, nothing changes."""
    app = current()
    if current_response().job_goal:
        abort_if_deleted(app.storage.save_job_goal(g.link_hash, None, day=app.today()))
    return redirect(url_for("goals.page", _anchor="goals"), 303)


def _render(form: GoalsForm) -> str:
    # Imports numpy: see quiz.web.owner_blueprint.current_result.
    from quiz.results.goals import goal_distances

    app, response = current(), current_response()
    current_rows: list[SheetRow] = []
    other_rows: list[SheetRow] = []
    for row in answer_sheet(app.bank, response.answers).rows:
        is_current = row.answer is not None and bool(row.answer.level)
        (current_rows if is_current else other_rows).append(row)
    current_rows.sort(key=lambda row: -((row.answer and row.answer.level) or 0))

    current_work = [_wish_row(form, row, is_current=True) for row in current_rows]
    other_work = [_wish_row(form, row, is_current=False) for row in other_rows]
    other_work_has_wish = any(row.responsibility.id in form.wishes for row in other_work)
    return render_template(
        "goals/page.html",
        form=form,
        errors=_error_links(form),
        current_work=current_work,
        other_work=other_work,
        opens_other_work=not current_work or other_work_has_wish,
        was_saved="saved" in request.args and not form.errors,
        distances=goal_distances(
            app.bank,
            app.scoring_model,
            response.answers,
            response.goals,
            response.contacts,
            follow_ups=response.follow_ups,
            wishes=response.wishes,
        ),
        job_distance=_job_distance(),
    )


def _job_distance() -> JobGoalDistance | None:
    """How far the job that the person has as a goal is; None without one."""
    from quiz.results.goals import job_goal_distance  # imports numpy: see quiz.web.owner_blueprint.current_result

    response = current_response()
    if response.job_goal is None:
        return None
    return job_goal_distance(current().bank, response.answers, response.job_goal, response.wishes)


def _wish_row(form: GoalsForm, row: SheetRow, *, is_current: bool) -> WishRow:
    field = form[WISH_PREFIX + row.responsibility.id]
    choices = []
    for choice in field.iter_choices():
        suits = choice.value != "start" if is_current else choice.value in _WISHES_FOR_OTHER_WORK
        # A saved wish stays on the page when the answer has changed and no longer suits it.
        if suits or choice.selected:
            choices.append(choice)
    return WishRow(row.responsibility, row.answer.phrase if row.answer else "", field, choices)


def _error_links(form: GoalsForm) -> Iterable[tuple[str, str]]:
    """For each wrong field the id of its first input and its message."""
    for name, messages in form.errors.items():
        yield ("goals-first" if name == "goals" else str(name)), messages[0]
