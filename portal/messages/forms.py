"""Forms of the messages room."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from portal.forms import NotLonger, PortalForm, Storable, tidy

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
