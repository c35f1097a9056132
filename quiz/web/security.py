"""CSRF protection, security headers and cache headers, for every request."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, abort, render_template, request, session, url_for
from wtforms import Form
from wtforms.csrf.session import SessionCSRF

if TYPE_CHECKING:
    from quiz.web.app import App

UNSAFE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
CSRF_FIELD = "csrf_token"
#: The unsafe endpoints that need no token: they read no cookie and change nothing.
CSRF_EXEMPT_ENDPOINTS = {"api.score", "api.read"}
#: Endpoints whose address changes with their content, so that browsers may keep the answer.
CACHED_ENDPOINTS = {"static", "stylesheet"}

# Only this server's own files, and no inline script or style.
_CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",  # addresses contain links, which give rights
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


def init_app(app: App) -> None:
    """Check the CSRF token of every unsafe request to `app`, and set the headers of every response."""
    csrf_key = hmac.new(app.secret_key_bytes, b"csrf", hashlib.sha256).digest()

    class CsrfForm(Form):
        """A form with nothing but the token."""

        class Meta:
            csrf = True
            csrf_class = SessionCSRF
            csrf_secret = csrf_key
            csrf_field_name = CSRF_FIELD
            csrf_time_limit = timedelta(hours=12)  # a quiz may stay open over a working day
            locales = False

    def csrf_form(data: Any = None) -> Form:
        return CsrfForm(data, meta={"csrf_context": session})

    @app.before_request
    def check_csrf() -> tuple[str, int] | None:
        if request.method not in UNSAFE_METHODS or request.endpoint is None:
            return None
        same_origin = _is_same_origin(app.config["PUBLIC_URL"])
        if same_origin is False:
            abort(403)
        if request.endpoint in CSRF_EXEMPT_ENDPOINTS:
            return None
        # The resend page repeats each field with about thirty times as much markup.
        if sum(1 for _ in request.form.items(multi=True)) > (request.max_form_parts or 0):
            abort(413)
        has_cookie = "csrf" in session  # read first: making the form sets the cookie
        if has_cookie and csrf_form(request.form).validate():
            return None
        # If another site filled in a form, it must not be shown again with a valid token: one click would send it.
        # Requests from other sites carry no cookie.
        if not same_origin and not has_cookie:
            abort(403)
        return resend_page("stale"), 400

    @app.template_global("csrf_token")
    def csrf_token() -> str:
        return str(csrf_form()[CSRF_FIELD].current_token)

    @app.after_request
    def set_headers(response: Response) -> Response:
        # In one step: setting each header by itself takes longer than the rest of this function.
        present = {name.lower() for name, _ in response.headers}
        response.headers.extend((name, value) for name, value in _HEADERS.items() if name.lower() not in present)
        if request.endpoint not in CACHED_ENDPOINTS or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        if app.config["PUBLIC_URL"].startswith("https://"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def _is_same_origin(public_url: str) -> bool | None:
    """Whether the browser says that a page of this server sent the request; None if it does not say.

    A proxy may use another host name than `public_url`, the address people use, so both are accepted.
    """
    site = request.headers.get("Sec-Fetch-Site")  # sent only over HTTPS and to this machine's own names
    if site in {"cross-site", "same-site"}:
        return False
    if site == "same-origin":
        return True
    origin = request.headers.get("Origin", "null")
    if origin == "null":  # our own pages send this too, because of the referrer policy
        return None
    # The scheme is not compared: a proxy may not pass it on.
    own_hosts = {_host(request.host), _host(urlsplit(public_url).netloc)} - {""}
    return _host(origin.partition("://")[2]) in own_hosts


def _host(netloc: str) -> str:
    """A host and its port, without the ports that browsers leave out.

    >>> _host("Hats.example.org:443"), _host("[::1]:8000"), _host("192.0.2.2:80")
    ('hats.example.org', '[::1]:8000', '192.0.2.2')
    """
    return netloc.lower().removesuffix(":80").removesuffix(":443")


def resend_page(reason: str, *, seconds: int = 0, form_page: str = "") -> str:
    """A page with everything that was sent and a button that sends it again, so that no input is lost.

    `reason` is `stale` (the page was open for too long, or cookies are off), `unavailable` (it could not be saved) or
    `limited` (to be sent again after `seconds`; `form_page` is the endpoint of the page that the form is on).
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
    form_url = url_for(form_page) if form_page else ""
    return render_template("errors/resend.html", reason=reason, fields=fields, seconds=seconds, form_url=form_url)
