"""The sentence that is read aloud before an idea is saved; it is stored with each capture."""

from flask_babel import lazy_gettext as _l

CONSENT = _l(
    "Wir schreiben deine Idee auf und zeigen sie im Portal, ohne deinen Namen. Deine Adresse oder "
    "Nummer, wenn du sie uns gibst, sieht nur das Unterstützungsteam. Mit dem Zettel kannst du "
    "alles ändern und zurückziehen. Bist du einverstanden?"
)
