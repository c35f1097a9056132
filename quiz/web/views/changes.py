"""The comparison with an earlier response, and what became of what was agreed then."""

from __future__ import annotations

from flask import abort, g, render_template, request
from werkzeug.wrappers import Response

from quiz.storage import Response as StoredResponse
from quiz.web.app import current
from quiz.web.forms.agreement import OUTCOME_PREFIX, OutcomesForm, outcomes_form
from quiz.web.owner_blueprint import (
    abort_if_deleted,
    current_response,
    earlier_response,
    owner_blueprint,
    require_finished,
    taking,
)
from quiz.web.page_saves import saved_page, script_refusal, sent_page_save

pages = owner_blueprint("changes")


@pages.route("/changes", methods=["GET", "POST"])
def page() -> str | Response | tuple[str, int]:
    """The response compared with the earlier response. The form says what became of what was agreed then."""
    require_finished()
    app = current()
    earlier = earlier_response() or abort(404)
    form_class = outcomes_form(earlier.agreed_actions)
    if request.method != "POST":
        stored = {f"{OUTCOME_PREFIX}{action.number}": action.outcome for action in earlier.agreed_actions}
        return _render(earlier, form_class(data=stored))
    form = form_class(request.form)
    if not form.validate():
        return script_refusal(next(iter(form.errors.values()))[0]) or (_render(earlier, form), 422)
    was_saved = app.storage.save_outcomes(g.link_hash, form.outcomes, day=app.today(), page_save=sent_page_save())
    abort_if_deleted(was_saved)
    return saved_page("changes.page", anchor="agreed")


def _render(earlier: StoredResponse, form: OutcomesForm) -> str:
    from quiz.results.result import build_result  # imports numpy: see quiz.web.owner_blueprint.current_result
    from quiz.results.since_last_time import compare_takings

    app, response = current(), current_response()
    since = compare_takings(app.bank, app.scoring_model, taking(earlier), taking(response))
    counts_follow_ups = since.comparison.counts_follow_ups
    follow_ups_before = earlier.follow_ups if counts_follow_ups else None
    follow_ups_after = response.follow_ups if counts_follow_ups else None
    return render_template(
        "changes/page.html",
        since=since,
        comparison=since.comparison,
        result_before=build_result(app.bank, app.scoring_model, earlier.answers, follow_ups=follow_ups_before),
        result_after=build_result(app.bank, app.scoring_model, response.answers, follow_ups=follow_ups_after),
        day_before=earlier.finished or earlier.changed,
        day_after=response.finished,
        questions_reworded=earlier.bank != response.bank,
        form=form,
        errors=[(name, messages[0]) for name, messages in form.errors.items()],
        outcome_fields=list(zip(since.actions, form, strict=True)),
        was_saved="saved" in request.args and not form.errors,
    )
