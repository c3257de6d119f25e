"""What people who signed up and hosts are told, each event once, with the change that causes it.

Accounts are told by `notify`, others by mail. The link in it opens the sign-up without signing in.
Texts are lazy: they speak the language of who reads them, not of who acts.
"""

from collections.abc import Iterable

from flask_babel import force_locale, format_datetime, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.gatherings import times
from portal.gatherings.models import Gathering, SignUp
from portal.links import public_address
from portal.messages.mails import queue_mail
from portal.messages.notifications import in_language_of, notify

CATEGORY = "gatherings"


def path_of(row: SignUp) -> str:
    """Return the address of the page of one sign-up; its token is the key."""
    return f"/termine/anmeldung/{row.token}"


def ask_to_confirm(row: SignUp) -> None:
    """Ask somebody without account whether they meant it; again after an hour at the earliest."""
    _tell(
        row,
        f"confirm:{clock.now():%Y%m%d%H}",
        _l("Bitte bestätige deine Anmeldung"),
        _l(
            "du möchtest kommen, wie schön! Bestätige das bitte über den Link unten. Erst dann ist "
            "dein Platz sicher.\n\n"
            "Du hast dich gar nicht angemeldet? Dann lösch diese Mail einfach."
        ),
    )


def tell_again(row: SignUp) -> None:
    """Answer an address that signed up a second time; the page itself says nothing about it."""
    _tell(
        row,
        f"again:{clock.now():%Y%m%d%H}",
        _l("Du bist schon angemeldet"),
        _l(
            "du hast dich noch einmal angemeldet. Das war nicht nötig: Du stehst schon auf der "
            "Liste."
        ),
    )


def tell_signed_up(row: SignUp) -> None:
    """Say whether it is a place or the waiting list, and how to sign off."""
    if row.is_seated:
        subject, text = _l("Du bist dabei"), _l(
            "dein Platz ist sicher. Kannst du doch nicht kommen? Dann melde dich über den Link ab, "
            "ein Klick genügt. So rückt jemand anderes nach."
        )  # fmt: skip
    else:
        subject, text = _l("Du stehst auf der Warteliste"), _l(
            "gerade sind alle Plätze vergeben, du stehst auf der Warteliste. Wird ein Platz frei, "
            "rückst du nach und wir sagen dir gleich Bescheid."
        )  # fmt: skip
    _tell(row, "signed-up", subject, text, urgent=False)


def tell_moved_up(row: SignUp) -> None:
    """Say that the waiting is over."""
    _tell(
        row,
        "moved-up",
        _l("Du bist nachgerückt"),
        _l(
            "ein Platz ist frei geworden, und du bist jetzt dabei. Passt es doch nicht mehr? Dann "
            "melde dich bitte über den Link ab."
        ),
    )


def tell_changed(gathering: Gathering, rows: Iterable[SignUp], changes: list[LazyString]) -> None:
    """Say what is different now about when and where."""
    for row in rows:
        _tell(
            row,
            f"changed:{gathering.sequence}",
            _l("Geändert: %(title)s", title=gathering.title),
            _l("bei diesem Termin hat sich etwas geändert:"),
            details=changes,
        )


def tell_cancelled(gathering: Gathering, rows: Iterable[SignUp]) -> None:
    """Say that it does not take place, and why."""
    for row in rows:
        _tell(
            row,
            f"cancelled:{gathering.sequence}",
            _l("Abgesagt: %(title)s", title=gathering.title),
            _l(
                "dieser Termin fällt leider aus. Der Grund: %(reason)s",
                reason=gathering.cancel_reason,
            ),
        )


def remind(gathering: Gathering, rows: Iterable[SignUp]) -> None:
    """Remind those who have a place, the day before."""
    for row in rows:
        _tell(
            row,
            f"reminder:{gathering.starts_at:%Y%m%d%H%M}",
            _soon(gathering),
            _l(
                "bald ist es so weit. Ort, Link und was du mitbringen kannst, stehen auf deiner "
                "Seite. Kannst du doch nicht kommen? Melde dich dort bitte ab."
            ),
        )


def tell_minutes(gathering: Gathering, rows: Iterable[SignUp]) -> None:
    """Say that there is something to read about it."""
    for row in rows:
        _tell(
            row,
            "minutes",
            _l("Das Protokoll ist da: %(title)s", title=gathering.title),
            _l("was besprochen wurde, kannst du jetzt nachlesen."),
            urgent=False,
            path=f"/termine/{gathering.id}",
        )


def prepare_host(gathering: Gathering, people: int, needs: int) -> None:
    """Tell the host the day before how many come, also when nobody does."""
    host = db.session.get(User, gathering.host_id) if gathering.host_id else None
    if host is None:
        return
    with in_language_of(host):
        if people:
            text = ngettext(
                "Angemeldet ist %(num)d Mensch.", "Angemeldet sind %(num)d Menschen.", people
            )
        else:
            text = _(
                "Bis jetzt hat sich niemand angemeldet. Vielleicht sagst du es noch einmal weiter, "
                "oder du sagst den Termin ab."
            )
        if needs:
            text += " " + ngettext(
                "Eine Anmeldung sagt dir, was gebraucht wird.",
                "%(num)d Anmeldungen sagen dir, was gebraucht wird.",
                needs,
            )
        notify(
            host,
            category=CATEGORY,
            key=f"gathering:{gathering.id}:host:{gathering.starts_at:%Y%m%d%H%M}",
            subject=str(_soon(gathering)),
            body=f"{text}\n\n{_about(gathering)}",
            path=f"/termine/{gathering.id}/liste",
            urgent=True,
        )


def _tell(
    row: SignUp,
    event: str,
    subject: LazyString,
    text: LazyString,
    *,
    details: Iterable[LazyString] = (),
    urgent: bool = True,
    path: str = "",
) -> None:
    gathering = db.session.get_one(Gathering, row.gathering_id)
    key, path = f"gathering:{gathering.id}:{event}:{row.id}", path or path_of(row)
    user = db.session.get(User, row.user_id) if row.user_id else None
    if user is not None:
        with in_language_of(user):
            body = "\n\n".join([_capital(str(text)), *map(str, details), _about(gathering)])
            notify(
                user,
                category=CATEGORY,
                key=key,
                subject=str(subject),
                body=body,
                path=path,
                urgent=urgent,
            )
    elif row.email:
        with force_locale("de"):
            body = _(
                "Hallo%(name)s,\n\n%(text)s\n\n%(about)s\n\n%(link)s\n\n"
                "Viele Grüße\nWir im Quartier",
                # Whoever typed the address may not be its owner: nothing of theirs is sent there.
                name=f" {row.name}" if row.confirmed_at else "",
                text="\n\n".join(map(str, (text, *details))),
                about=_about(gathering),
                link=public_address(path),
            )
            queue_mail(key=key, to=row.email, subject=str(subject), body=body)


def when(gathering: Gathering) -> str:
    """Return day and time as people say it, in Leipzig's time."""
    return _(
        "%(day)s, %(begin)s bis %(end)s Uhr",
        day=format_datetime(gathering.starts_at, _("EEEE, d. MMMM y")),
        begin=format_datetime(gathering.starts_at, "HH:mm"),
        end=format_datetime(gathering.ends_at, "HH:mm"),
    )


def _soon(gathering: Gathering) -> LazyString:
    if times.local(gathering.starts_at).date() == clock.today():
        return _l("Heute: %(title)s", title=gathering.title)
    return _l("Morgen: %(title)s", title=gathering.title)


def _about(gathering: Gathering) -> str:
    return "\n".join(filter(None, (gathering.title, when(gathering), gathering.place)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
