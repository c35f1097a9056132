"""How large a form may be: computed from the bank, since its largest forms have a field for each responsibility."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from flask import request

from quiz.bank import Bank
from quiz.teams.joining import MAX_OPEN_MEMBERS
from quiz.web.forms.advert import MAX_ADVERT_LENGTH
from quiz.web.forms.base import MAX_TITLE_LENGTH
from quiz.web.forms.details import MAX_TEXT_LENGTH
from quiz.web.forms.goals import WISH_PREFIX

if TYPE_CHECKING:
    from quiz.web.app import App

#: Bytes of one character in a URL-encoded form: an emoji has 4 bytes in UTF-8, each written as `%F0`.
MAX_BYTES_PER_CHARACTER = 12
#: Bytes of a field besides its name and value: in a multipart form, the boundary and the headers of a part.
MAX_BYTES_PER_FIELD = 250
#: Fields and bytes for what every form has: token, seed, number, and short texts such as a name.
OTHER_FIELDS = 20
OTHER_BYTES = 8 * 1024


#: The pages whose form takes an advert.
ADVERT_ENDPOINTS = {"advert.page", "own_advert.compare", "lead_team.needs", "lead_team.hire", "member_team.hire"}
#: The pages with a checkbox for each member of an open team.
MEMBERS_ENDPOINTS = {"lead_team.away", "member_team.away"}
MAX_ADVERT_BYTES = OTHER_BYTES + MAX_BYTES_PER_CHARACTER * MAX_ADVERT_LENGTH


class FormLimits(NamedTuple):
    """The number of fields and of bytes that one form may have."""

    max_fields: int
    max_bytes: int


def compute_limits(bank: Bank) -> FormLimits:
    """The limits that the largest form of `bank` stays within: with every field sent and every text at its longest."""
    question_pages = [[(item.id, _longest(bank.option)) for item in page] for page in bank.pages]
    contacts = [("contacts", id) for id in bank.role]
    goals = [(WISH_PREFIX + id, _longest(bank.wish)) for id in bank.responsibility]
    goals += [("goals", id) for id in bank.role]

    priorities = [("priorities", id) for id in bank.responsibility]

    forms = [*question_pages, contacts, goals, priorities]
    max_fields = max(len(fields) for fields in forms)
    max_field_bytes = max(_encoded_size(fields) for fields in forms)
    max_text_bytes = MAX_BYTES_PER_CHARACTER * (MAX_TEXT_LENGTH + MAX_TITLE_LENGTH)
    return FormLimits(OTHER_FIELDS + max_fields, OTHER_BYTES + max_text_bytes + max_field_bytes)


def _longest(ids: Iterable[str]) -> str:
    return max(ids, key=len, default="")


def _encoded_size(fields: Iterable[tuple[str, str]]) -> int:
    """Bytes of these fields in a form. Ids need no encoding."""
    return sum(len(name) + len(value) + MAX_BYTES_PER_FIELD for name, value in fields)


def init_app(app: App) -> None:
    """Set Flask's limits for `app`, and a higher one where a form takes an advert. A larger request gets status 413."""
    limits = compute_limits(app.bank)
    app.config["MAX_FORM_PARTS"] = limits.max_fields
    app.config["MAX_FORM_MEMORY_SIZE"] = limits.max_bytes
    app.config["MAX_CONTENT_LENGTH"] = limits.max_bytes

    # Before the check of the CSRF token, which reads the form.
    @app.before_request
    def raise_limit_for_adverts() -> None:
        if request.endpoint in ADVERT_ENDPOINTS:
            request.max_content_length = MAX_ADVERT_BYTES
            request.max_form_memory_size = MAX_ADVERT_BYTES
        if request.endpoint == "lead_team.needs":  # it has all other fields too
            request.max_content_length = MAX_ADVERT_BYTES + limits.max_bytes
            request.max_form_memory_size = MAX_ADVERT_BYTES + limits.max_bytes

    @app.before_request
    def raise_limit_for_members() -> None:
        if request.endpoint in MEMBERS_ENDPOINTS:
            request.max_form_parts = max(limits.max_fields, OTHER_FIELDS + MAX_OPEN_MEMBERS)
