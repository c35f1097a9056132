"""Error pages for people, and problem documents (RFC 9457) for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from quiz.exchange.score_request import InputProblem
from quiz.storage import UnavailableError
from quiz.web.app import HEALTH_PATH
from quiz.web.rate_limits import TooManyStartsError
from quiz.web.security import resend_page

RETRY_SECONDS = 5
PROBLEM_TYPE = "application/problem+json"
#: What a problem document says about each status.
_DETAIL = {
    400: "The request cannot be read.",
    403: "Requests from other sites' pages are refused.",
    404: "There is nothing at this address.",
    405: "This address accepts only the methods in the header Allow.",
    413: "The body is larger than this address accepts.",
    415: "Send the body as application/json.",
    422: "The body was read, but it cannot be used as it is.",
    429: "Too many requests in a short time: wait for the number of seconds in the header Retry-After.",
    500: "The server has an error; it has been logged.",
    503: "The database does not answer; try again in a few seconds.",
}

#: The title and the text of an error page, by status.
_PAGE_TEXTS = {
    400: ("The request cannot be read", "Something in it is missing or malformed. Go back and try again."),
    403: (
        "The form came from another site",
        "This site accepts forms only from its own pages. Open the page here and try again.",
    ),
    404: (
        "Page not found",
        "The address has a typing error, or its page was deleted, has expired, or has a new link."
        " Check that the link is complete: if it was broken into two lines, put them together."
        " If somebody gave you the link, ask that person for the new one.",
    ),
    405: ("This request is not possible", "This address does not accept this kind of request."),
    413: (
        "The form is too large",
        "What you sent is larger than this form allows. Shorten your text and send it again. Earlier pages are saved.",
    ),
    429: (
        "Page not found",
        "The address has a typing error, or its page was deleted, has expired, or has a new link."
        " Many wrong links were opened from your network in the last minute, but you do not need to wait."
        " Check that your link is complete, and open it again: a correct link works at once.",
    ),
    500: (
        "There is an error on the server",
        "It was logged. What was shown to you as saved is saved. Try again in a moment.",
    ),
    503: (
        "Not available at the moment",
        "The database does not answer. Nothing that was saved is lost. Try again in a few seconds.",
    ),
}
_OTHER_PAGE_TEXT = ("The request failed", "Go back and try again.")


class HeaderProblem(NamedTuple):
    """One problem in the headers of a request, which no JSON pointer can point to."""

    header: str
    detail: str
    hint: str


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a page or a problem document."""

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> BaseResponse:
        response = error.get_response()
        if response.status_code < 400:
            return response
        # Only the body is replaced: the headers are needed, such as `Allow` for a 405.
        if _is_for_programs():
            response.set_data(_problem_document(response.status_code))
            response.content_type = PROBLEM_TYPE
        elif isinstance(error, TooManyStartsError):
            response.set_data(resend_page("limited", seconds=error.seconds, form_page=error.form_page))
        else:
            response.set_data(_error_page(response.status_code))
        return response

    @app.errorhandler(SecurityError)
    def handle_untrusted_host(error: SecurityError) -> Response:
        if _is_for_programs():
            return problem_response(400)
        # Plain text: a page contains addresses, and those cannot be built for an untrusted host.
        text = (
            "This server does not accept the host name in this request.\n"
            "For the operator: add the name to TRUSTED_HOSTS, or set PUBLIC_URL to the address that people use.\n"
        )
        return Response(text, 400, mimetype="text/plain")

    @app.errorhandler(UnavailableError)
    def handle_unavailable_storage(error: UnavailableError) -> tuple[str | Response, int, dict[str, str]]:
        app.logger.error("storage unavailable: %s", error)
        headers = {"Retry-After": str(RETRY_SECONDS)}
        if _is_for_programs():
            return problem_response(503), 503, headers
        if request.method == "POST":
            return resend_page("unavailable"), 503, headers
        return _error_page(503), 503, headers

    # A handler of its own: `handle_http_error` would get the original exception, which has no response.
    @app.errorhandler(InternalServerError)
    def handle_internal_error(error: InternalServerError) -> tuple[str, int] | Response:
        return problem_response(500) if _is_for_programs() else (_error_page(500), 500)


def _error_page(status: int) -> str:
    title, text = _PAGE_TEXTS.get(status, _OTHER_PAGE_TEXT)
    return render_template("errors/error.html", status=status, title=title, text=text)


def problem_response(status: int, problems: Sequence[InputProblem | HeaderProblem] = ()) -> Response:
    """A problem document (RFC 9457) with what the status means and each problem of the request."""
    return Response(_problem_document(status, problems), status, content_type=PROBLEM_TYPE)


def _problem_document(status: int, problems: Sequence[InputProblem | HeaderProblem] = ()) -> str:
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _DETAIL.get(status, "The request cannot be answered."),
        "errors": [problem._asdict() for problem in problems],
    }
    return json.dumps(document) + "\n"


def _is_for_programs() -> bool:
    """Whether this address is for programs, not for people."""
    return request.path.startswith("/api/") or request.path.endswith(".json") or request.path == HEALTH_PATH
