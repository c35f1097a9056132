"""Error pages in the same hand as all others, and for programs the same as problem documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from quiz.exchange.score_request import Fault
from quiz.storage import UnavailableError
from quiz.web.security import send_again

RETRY_SECONDS = 5
PROBLEM = "application/problem+json"
#: What a program is told, beside the name of the status.
_DETAIL = {
    400: "The request cannot be read.",
    403: "Requests from other sites' pages are refused.",
    404: "There is nothing at this address.",
    405: "This address takes the methods that the header Allow names.",
    413: "The body is larger than this address takes.",
    415: "Send the body as application/json.",
    422: "The body was read, but it cannot be used as it is.",
    429: "Many requests in a short time: wait for as many seconds as the header Retry-After says.",
    500: "Something broke on this side; it has been noted.",
    503: "The database does not answer; try again in a few seconds.",
}


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a page."""

    @app.errorhandler(HTTPException)
    def error(error: HTTPException) -> BaseResponse:
        answer = error.get_response()
        if answer.status_code < 400:
            return answer
        # Only the body is ours: the headers of a 405, for one, name the methods that an address takes.
        if _for_programs():
            answer.set_data(_document(answer.status_code))
            answer.content_type = PROBLEM
        else:
            answer.set_data(render_template("errors/error.html", code=answer.status_code))
        return answer

    @app.errorhandler(SecurityError)
    def strange_host(error: SecurityError) -> Response:
        if _for_programs():
            return problem(400)
        # No page: a page holds addresses, and this server does not know its own under that name.
        text = "This server does not go by that name. Whoever runs it can add the name with --url.\n"
        return Response(text, 400, mimetype="text/plain")

    @app.errorhandler(UnavailableError)
    def unavailable(error: UnavailableError) -> tuple[str | Response, int, dict[str, str]]:
        app.logger.error("storage unavailable: %s", error)
        if _for_programs():
            return problem(503), 503, {"Retry-After": str(RETRY_SECONDS)}
        page = send_again("unavailable") if request.method == "POST" else render_template("errors/error.html", code=503)
        return page, 503, {"Retry-After": str(RETRY_SECONDS)}

    # Registered apart, or Flask would hand the page the exception itself.
    @app.errorhandler(InternalServerError)
    def broken(error: InternalServerError) -> tuple[str, int] | Response:
        return problem(500) if _for_programs() else (render_template("errors/error.html", code=500), 500)


def problem(code: int, faults: Sequence[Fault] = ()) -> Response:
    """A problem document (RFC 9457): the status, what it means here, and what is wrong, field by field."""
    return Response(_document(code, faults), code, content_type=PROBLEM)


def _document(code: int, faults: Sequence[Fault] = ()) -> str:
    told = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": _DETAIL.get(code, "The request cannot be answered as it is."),
        "errors": [fault._asdict() for fault in faults],
    }
    return json.dumps(told) + "\n"


def _for_programs() -> bool:
    """Whether this address is one that programs ask rather than people."""
    return request.path.startswith("/api/") or request.path.endswith(".json") or request.path == "/health"
