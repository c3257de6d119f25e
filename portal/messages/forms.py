"""Forms of the messages room."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired

from portal.forms import Between, NotLonger, PortalForm, Storable, select_choices, tidy
from portal.messages.wording import CATEGORY_NAMES, CHANNEL_NAMES
from portal.routing import LARGEST

LONGEST_MESSAGE = 4000


class ReplyForm(PortalForm):
    """One text to the others in the conversation."""

    text = TextAreaField(
        _l("Deine Nachricht"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib etwas, bevor du die Nachricht abschickst.")),
            Storable(),
            NotLonger(LONGEST_MESSAGE),
        ],
    )


class ReadForm(PortalForm):
    """The newest notification the page showed."""

    up_to = IntegerField(validators=[DataRequired(), Between(1, LARGEST)])


class ChannelsForm(PortalForm):
    """When each category is mailed: one field a category, named like it."""


for _category, _name in CATEGORY_NAMES.items():
    setattr(
        ChannelsForm,
        _category,
        SelectField(_name, choices=select_choices(CHANNEL_NAMES), validators=[DataRequired()]),
    )
