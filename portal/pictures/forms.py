"""Forms of the pictures room, and the way of a form's file into the store.

Other rooms need none of this: they register as owners (owners.py) and link to `pictures.manage`.
"""

import os

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, Form, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from portal.extensions import db
from portal.forms import HasWords, NotLonger, PortalForm, Storable, tidy
from portal.pictures import store
from portal.pictures.actions import RIGHTS_WORDING
from portal.pictures.imaging import MOST_BYTES, BrokenPicture, Prepared, prepare

ACCEPT = "image/jpeg,image/png,image/webp"  # iPhones turn their HEIC into JPEG when they read this
NEEDS_RIGHTS = _l("Ohne dein Häkchen dürfen wir das Bild nicht zeigen.")
FILE_HINT = _l(
    "JPEG, PNG oder WebP, höchstens 15 MB. Aufnahmeort und andere versteckte Angaben entfernen wir."
)
MEGABYTE = 1024 * 1024


def _file_field(label: str, *validators: object) -> FileField:
    return FileField(label, description=FILE_HINT, validators=[*validators, not_too_large])


def not_too_large(_form: Form, field: Field) -> None:
    """Validator: at most as many bytes as a phone's picture has, and at least one."""
    if not field.data:
        return
    size = field.data.stream.seek(0, os.SEEK_END)
    field.data.stream.seek(0)
    if not size:
        raise ValidationError(_("Die Datei ist leer. Wähl bitte ein Bild aus."))
    if size > MOST_BYTES:
        raise ValidationError(
            _(
                "Das Bild hat %(size)d MB, mehr als %(most)d MB gehen nicht. Verkleinere es bitte.",
                size=-(-size // MEGABYTE),
                most=MOST_BYTES // MEGABYTE,
            )
        )


def _words_fields() -> tuple[TextAreaField, StringField]:
    alt = TextAreaField(
        _l("Was ist zu sehen?"),
        description=_l("Ein oder zwei Sätze für alle, die das Bild nicht sehen können."),
        filters=[tidy],
        validators=[
            DataRequired(_l("Beschreib bitte, was zu sehen ist.")),
            Storable(),
            HasWords(),
            NotLonger(300),
        ],
    )
    credit = StringField(
        _l("Wer hat das Bild gemacht?"),
        description=_l("So steht es unter dem Bild. Ein Vorname oder euer Team genügt."),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib bitte, wer das Bild gemacht hat.")),
            Storable(),
            HasWords(2),
            NotLonger(100),
        ],
    )
    return alt, credit


def _press_field() -> BooleanField:
    return BooleanField(
        _l("Zeitungen und andere dürfen das Bild mit Bildnachweis kostenlos abdrucken."),
        description=_l("Freiwillig. Dann liegt es auch in der Pressemappe."),
    )


class PictureForm(PortalForm):
    """A new picture."""

    file = _file_field(_l("Bild"), FileRequired(_l("Wähl bitte ein Bild aus.")))
    alt, credit = _words_fields()
    rights = BooleanField(RIGHTS_WORDING, validators=[DataRequired(NEEDS_RIGHTS)])
    for_press = _press_field()


class PictureChangeForm(PortalForm):
    """Other words, perhaps another file, which needs the tick again."""

    file = _file_field(_l("Anderes Bild"))
    alt, credit = _words_fields()
    rights = BooleanField(RIGHTS_WORDING)
    for_press = _press_field()

    def validate_rights(self, field: BooleanField) -> None:
        """Somebody vouches for each file."""
        if self.file.data and not field.data:
            raise ValidationError(NEEDS_RIGHTS)


def take_picture(form: PictureForm | PictureChangeForm) -> Prepared | None:
    """Re-encode and store the form's file; what is wrong with it goes into the form.

    Call it before anything is changed: it ends the transaction, so that nobody waits for the
    database while pixels are worked on.
    """
    db.session.rollback()
    try:
        prepared = prepare(form.file.data.stream)
        store.keep(prepared)
    except (BrokenPicture, store.NoRoom) as error:
        form.file.errors = [*form.file.errors, str(error)]
        form.no_room = isinstance(error, store.NoRoom)
        return None
    return prepared


def refused_status(form: PortalForm) -> int:
    """Return the status of the page that shows a refused form again."""
    return 507 if getattr(form, "no_room", False) else 422
