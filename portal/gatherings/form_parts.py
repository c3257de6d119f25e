"""Fields that the room's forms share, and reading links to ideas and teams."""

import re
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from portal.forms import HasWords, NotLonger, Storable, select_choices, tidy
from portal.gatherings import queries
from portal.ideas.models import Idea
from portal.routing import LARGEST

WRONG_CHOICE = _l("Wähl bitte eine der Möglichkeiten aus der Liste.")
MOST_LINKS = 50
_NUMBER = re.compile(r"(?:.*/)?(\d{1,10})/?(?:[?#].*)?")


def line(label: str, limit: int, hint: str = "", *required: DataRequired) -> StringField:
    """Return a field for one line of words."""
    return StringField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*required, Storable(), NotLonger(limit), HasWords()],
    )


def text_area(label: str, limit: int, hint: str = "", *required: DataRequired) -> TextAreaField:
    """Return a field for a longer text."""
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*required, Storable(), NotLonger(limit), HasWords()],
    )


def one_of(label: str, names: Mapping[str, object], missing: str) -> RadioField:
    """Return a choice that has to be made."""
    return RadioField(
        label,
        choices=select_choices(names),
        validators=[DataRequired(missing)],
        invalid_choice_message=WRONG_CHOICE,
    )


def optional_number(value: str | None) -> int | None:
    """Read a select's value: a row's number, or nothing."""
    return int(value) if value else None


def row_choice(label: str, *required: DataRequired) -> SelectField:
    """Return a choice among rows, by their numbers, or none of them."""
    return SelectField(
        label,
        validators=list(required),
        coerce=optional_number,
        invalid_value_message=WRONG_CHOICE,
        invalid_choice_message=WRONG_CHOICE,
    )


def linked(label: str, hint: str) -> TextAreaField:
    """Return a field for links or numbers, one a line."""
    return TextAreaField(label, description=hint, filters=[tidy], validators=[Storable()])


def numbers_in(field: Field) -> list[int]:
    """Read numbers or links, one a line; what is neither is an error with its words."""
    found = []
    for entry in filter(None, map(str.strip, (field.data or "").splitlines())):
        match = _NUMBER.fullmatch(entry)
        if match is None or not 0 < int(match[1]) <= LARGEST:
            raise ValidationError(_("„%(line)s“ ist weder Link noch Nummer.", line=entry[:60]))
        found.append(int(match[1]))
    if len(found) > MOST_LINKS:
        raise ValidationError(_("Bitte höchstens %(most)d Zeilen.", most=MOST_LINKS))
    return found


def ideas_in(field: Field) -> Sequence[Idea]:
    """Return the public ideas a field names; others are an error."""
    numbers = numbers_in(field)
    ideas = queries.public_ideas(numbers) if numbers else []
    if missing := set(numbers) - {idea.id for idea in ideas}:
        raise ValidationError(_("Idee Nr. %(id)d gibt es öffentlich nicht.", id=min(missing)))
    return ideas
