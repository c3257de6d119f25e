"""What Flask-Security says, in our words. Nothing here tells a stranger who has an account."""

from flask_babel import lazy_gettext as _l

# The sentence behind the tick at sign-up; it is stored with each consent.
MATCHING_WORDING = _l(
    "Das Portal darf meine Angaben mit Ideen, Teams und anderen Menschen vergleichen und mich "
    "dem Unterstützungsteam vorschlagen. Bevor jemand von mir erfährt, werde ich gefragt."
)
NEWSLETTER_WORDING = _l(
    "Ihr dürft mir den Newsletter von „Wir im Quartier“ an meine Adresse schicken. Ich kann ihn "
    "jederzeit hier abbestellen."
)
PURPOSES = {
    "matching": _l("Vorschläge, die zu mir passen"),
    "publication": _l("Veröffentlichung"),
    "newsletter": _l("Neuigkeiten per Mail"),
}

_LOOK_INTO_MAIL = _l("Wenn es zu dieser Adresse ein Konto gibt, ist jetzt eine Mail unterwegs.")
_LINK_DEAD = _l("Dieser Link gilt nicht mehr. Fordere hier einfach einen neuen an.")

# The keys are the library's; the second part is the kind of notice.
MESSAGES = {
    "GENERIC_AUTHN_FAILED": (
        _l(
            "Das passt nicht zusammen. Prüfe Adresse und Passwort. Ist deine Adresse schon "
            "bestätigt? Sonst lass dir einen Link per Mail schicken."
        ),
        "error",
    ),
    "GENERIC_RECOVERY": (_LOOK_INTO_MAIL, "info"),
    "PASSWORD_RESET_REQUEST": (_LOOK_INTO_MAIL, "info"),
    "CONFIRMATION_REQUEST": (_LOOK_INTO_MAIL, "info"),
    "CONFIRM_REGISTRATION": (_l("Wir haben dir eine Mail geschickt."), "success"),
    "UNAUTHORIZED": (_l("Das ist nicht für dich freigegeben."), "error"),
    "UNAUTHENTICATED": (_l("Melde dich bitte an, dann geht es hier weiter."), "info"),
    "EMAIL_CONFIRMED": (
        _l("Deine Adresse ist bestätigt. Jetzt kannst du dich anmelden."),
        "success",
    ),
    "ALREADY_CONFIRMED": (_l("Deine Adresse ist schon bestätigt. Melde dich einfach an."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (_LINK_DEAD, "error"),
    "CONFIRMATION_EXPIRED": (_LINK_DEAD, "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (_LINK_DEAD, "error"),
    "PASSWORD_RESET_EXPIRED": (_LINK_DEAD, "error"),
    "PASSWORD_RESET_NO_LOGIN": (
        _l("Dein neues Passwort gilt. Melde dich jetzt damit an."),
        "success",
    ),
    "PASSWORD_CHANGE": (
        _l("Dein neues Passwort gilt. Auf anderen Geräten bist du abgemeldet."),
        "success",
    ),
    "PASSWORD_MISMATCH": (_l("Die beiden Passwörter sind verschieden."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_l("Die beiden Passwörter sind verschieden."), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("Gib bitte dein Passwort ein."), "error"),
    "PASSWORD_INVALID_LENGTH": (
        _l("Ein Passwort braucht mindestens %(length)s Zeichen. Ein kurzer Satz ist gut."),
        "error",
    ),
    "PASSWORD_TOO_SIMPLE": (_l("Dieses Passwort ist zu leicht zu erraten."), "error"),
    "PASSWORD_IS_THE_SAME": (_l("Das neue Passwort muss ein anderes sein."), "error"),
    "INVALID_PASSWORD": (_l("Das Passwort stimmt nicht."), "error"),
    "EMAIL_NOT_PROVIDED": (_l("Gib bitte deine E-Mail-Adresse ein."), "error"),
    "INVALID_EMAIL_ADDRESS": (
        _l("Das ist keine E-Mail-Adresse. Sie sieht so aus: name@beispiel.de"),
        "error",
    ),
    "INVALID_REDIRECT": (_l("Dieses Ziel liegt nicht auf unseren Seiten."), "error"),
    "ANONYMOUS_USER_REQUIRED": (_l("Du bist schon angemeldet."), "info"),
    "USER_DOES_NOT_EXIST": (_l("Adresse oder Passwort stimmen nicht."), "error"),
    "DISABLED_ACCOUNT": (_l("Adresse oder Passwort stimmen nicht."), "error"),
    "CONFIRMATION_REQUIRED": (_l("Bestätige bitte zuerst deine Adresse."), "error"),
    "INVALID_INPUT": (_l("Diese Angabe passt hier nicht."), "error"),
}

SUBJECTS = {
    "REGISTER": _l("Willkommen bei Wir im Quartier: bestätige deine Adresse"),
    "CONFIRM": _l("Bestätige deine Adresse"),
    "PASSWORD_RESET": _l("Neues Passwort festlegen"),
    "PASSWORD_NOTICE": _l("Dein Passwort wurde geändert"),
    "PASSWORD_CHANGE_NOTICE": _l("Dein Passwort wurde geändert"),
}
SIGN_IN_LINK_SUBJECT = _l("Dein Link zum Anmelden")
