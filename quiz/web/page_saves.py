"""How a form is saved that the script of its page also sends after each change: by a button, or by the script.

The field `go_to` names the button. The main button, which leads on, has none; the script sends `stay`.
"""

from __future__ import annotations

import re

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from quiz.storage import PageSave

_OTHER_BUTTONS = ("back", "later", "privacy", "stay")


def is_saved_by_script() -> bool:
    """Whether the script of the page sent this form to save it. The page stays open, so the response has no page."""
    return request.form.get("go_to") == "stay"


def is_main_button() -> bool:
    """Whether the person is done with the page: False while it is being filled in, or was left."""
    return request.form.get("go_to") not in _OTHER_BUTTONS


def other_button(previous_url: str | None, *, later: str = "take.later") -> Response | None:
    """The response to a button that does not lead on to the next page; None for the main button.

    `previous_url` is the page before, for “Back”; `later` is the endpoint of the page for people who stop before the
    end.
    """
    if is_saved_by_script():
        return Response(status=204)
    urls = {"back": previous_url, "later": url_for(later), "privacy": url_for("start.privacy")}
    url = urls.get(request.form.get("go_to", ""))
    return redirect(url, 303) if url else None


def saved_page(endpoint: str, *, anchor: str) -> Response:
    """The response after a form was saved on a page that stays: the page again, which says so at `anchor`."""
    if is_saved_by_script():
        return Response(status=204)
    return redirect(url_for(endpoint, saved=1, _anchor=anchor), 303)


def script_refusal(message: str) -> Response | None:
    """The response to a form that the script sent and that cannot be saved; None for a form that a person sent.

    The script shows `message` on the open page. A person gets a page instead.
    """
    if not is_saved_by_script():
        return None
    return Response(message, 422, mimetype="text/plain")


def sent_page_save() -> PageSave | None:
    """Which save of an open page this form is; None if the page has no script, or if it sends anything else."""
    page_id, number = request.form.get("page_id", ""), request.form.get("save_number", "")
    if not re.fullmatch("[a-z0-9]{1,20}", page_id) or not re.fullmatch("[0-9]{1,9}", number):
        return None
    return PageSave(page_id, int(number))
