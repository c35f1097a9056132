"""A job advert to read."""

from __future__ import annotations

from wtforms import TextAreaField

from quiz.web.forms.base import Form, max_length, required
from quiz.web.typed_text import clean_text

MAX_ADVERT_LENGTH = 100_000


def optional_advert_field() -> TextAreaField:
    """A field for the text of an advert in a form that can be sent without one."""
    return TextAreaField(filters=[clean_text], validators=[max_length(MAX_ADVERT_LENGTH)])


class AdvertForm(Form):
    """A job advert to read. It is not stored."""

    text = TextAreaField(
        filters=[clean_text],
        validators=[required("Paste the text of an advert first."), max_length(MAX_ADVERT_LENGTH)],
    )
