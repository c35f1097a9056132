"""What a person does with a result: says whether it fits, and shares it."""

from __future__ import annotations

from wtforms import BooleanField, StringField
from wtforms.validators import AnyOf

from quiz.results.feedback import FITS
from quiz.web.forms.base import Form, line_field


class FeedbackForm(Form):
    """Whether a result fits, in the person's view."""

    fits = StringField(validators=[AnyOf(FITS)])


class ShareForm(Form):
    """A new share link: who it is for, and what it shows."""

    label = line_field()
    shares_text = BooleanField()
    shares_wishes = BooleanField()
