"""The comparison with an earlier response."""

from __future__ import annotations

from flask import abort, g, render_template

from quiz.web.app import current
from quiz.web.owner_blueprint import current_response, owner_blueprint, require_finished

pages = owner_blueprint("changes")


@pages.get("/changes")
def page() -> str:
    """The response compared with the earlier response."""
    from quiz.results.changes import compare_results  # imports numpy: see quiz.web.owner_blueprint.current_result
    from quiz.results.result import build_result

    require_finished()
    app, response = current(), current_response()
    earlier = app.storage.load_earlier_response(g.link_hash) or abort(404)
    comparison = compare_results(
        app.bank,
        app.scoring_model,
        earlier.answers,
        response.answers,
        follow_ups_before=earlier.follow_ups,
        follow_ups_after=response.follow_ups,
    )
    follow_ups_before = earlier.follow_ups if comparison.counts_follow_ups else None
    follow_ups_after = response.follow_ups if comparison.counts_follow_ups else None
    return render_template(
        "changes/page.html",
        comparison=comparison,
        result_before=build_result(app.bank, app.scoring_model, earlier.answers, follow_ups=follow_ups_before),
        result_after=build_result(app.bank, app.scoring_model, response.answers, follow_ups=follow_ups_after),
        day_before=earlier.finished or earlier.changed,
        day_after=response.finished,
        questions_reworded=earlier.bank != response.bank,
    )
