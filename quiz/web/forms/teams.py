"""Creating a team and joining it."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice

from quiz.teams.anonymous import MINIMUMS
from quiz.web.forms.base import Form, line_field, name_field, required
from quiz.web.typed_text import clean_text

_MEMBER_NAME_MISSING = "Enter a name that your team knows."


class TeamForm(Form):
    """A new team."""

    name = name_field("Give the team a name.")
    kind = RadioField(
        choices=[SelectChoice("anonymous", "Anonymous rounds"), SelectChoice("open", "Open, by name")],
        validators=[required("Choose one of the two kinds.")],
    )
    minimum = SelectField(choices=[SelectChoice(str(n), f"{n} people") for n in MINIMUMS], default=str(MINIMUMS[0]))


class JoinForm(Form):
    """Joining an anonymous team. `link` is the owner link of a response that already exists."""

    link = StringField(filters=[clean_text])
    name = line_field()
    shares_wishes = BooleanField()


class OpenJoinForm(JoinForm):
    """Joining an open team, under a name."""

    name = name_field(_MEMBER_NAME_MISSING)


class RenameForm(Form):
    """A member of an open team changes the name to show."""

    name = name_field(_MEMBER_NAME_MISSING)
