"""Error pages, in the same hand as all others."""

from __future__ import annotations

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from quiz.guard import send_again
from quiz.storage import Unavailable

RETRY_SECONDS = 5


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a page."""

    @app.errorhandler(HTTPException)
    def error(error: HTTPException) -> BaseResponse:
        answer = error.get_response()
        if answer.status_code >= 400:
            # Only the body is ours: the headers of a 405, for one, name the methods that an address takes.
            answer.set_data(render_template("errors/error.html", code=answer.status_code))
        return answer

    @app.errorhandler(SecurityError)
    def strange_host(error: SecurityError) -> Response:
        # No page: a page holds addresses, and this server does not know its own under that name.
        text = "This server does not go by that name. Whoever runs it can add the name with --url.\n"
        return Response(text, 400, mimetype="text/plain")

    @app.errorhandler(Unavailable)
    def unavailable(error: Unavailable) -> tuple[str, int, dict[str, str]]:
        app.logger.error("storage unavailable: %s", error)
        page = send_again("unavailable") if request.method == "POST" else render_template("errors/error.html", code=503)
        return page, 503, {"Retry-After": str(RETRY_SECONDS)}

    # Registered apart, or Flask would hand the page the exception itself.
    @app.errorhandler(InternalServerError)
    def broken(error: InternalServerError) -> tuple[str, int]:
        return render_template("errors/error.html", code=500), 500
