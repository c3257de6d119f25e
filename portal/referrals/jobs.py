"""Mails to bodies about the ideas they handed in. May run twice or be cut off anywhere."""

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.extensions import db
from portal.ideas.wording import STATE_NAMES
from portal.links import portal_url
from portal.messages.mails import queue_mail
from portal.referrals import queries
from portal.referrals.models import Referrer

A_BATCH = 50


def remind_due() -> int:
    """Tell bodies of new steps; return how many mails were written. Commits each batch.

    The mail and the note that it was written are one transaction.
    """
    written = 0
    while found := queries.steps_to_tell(A_BATCH):
        for referral, entry in found:
            if referral.referrer.wants_mail and referral.referrer.is_open:
                _mail(referral.referrer, f"referral:{referral.id}:{entry.id}", entry.state)
                written += 1
            referral.told_entry_id = entry.id
        db.session.commit()
    return written


def _mail(referrer: Referrer, key: str, state: str) -> None:
    """Say that there is something new; neither text nor title of the idea travels by mail."""
    with force_locale("de"):
        body = _(
            "Guten Tag,\n\nbei einer Idee, die Sie an „Wir im Quartier“ weitergegeben haben, gibt "
            "es etwas Neues. Stand: %(state)s.\n\nAlle Ihre Ideen mit ihrem Stand:\n%(url)s\n\n"
            "Dort können Sie diese Mails auch abstellen.\n\n"
            "Mit freundlichen Grüßen\nWir im Quartier",
            state=STATE_NAMES[state],
            url=portal_url("referrals.status", token=referrer.token),
        )
        queue_mail(
            key=key,
            to=str(referrer.email),
            subject=_("Neues zu Ihrer weitergegebenen Idee"),
            body=body,
        )
