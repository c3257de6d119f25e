"""What happens to referrals and hand-overs. Actions change rows; the caller commits."""

import secrets
from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.models import User
from portal.coordination.actions import add_step
from portal.errors import Conflict
from portal.extensions import db
from portal.ideas.actions import move_idea, note_progress
from portal.ideas.models import Idea, ProgressEntry
from portal.ideas.rules import is_from
from portal.messages.notifications import in_language_of, notify
from portal.referrals import queries, rules
from portal.referrals.models import Handover, Referral, Referrer
from portal.referrals.wording import ANSWERS

ASK_AGAIN_AFTER = timedelta(days=14)


class CannotPassOn(Conflict):
    """The idea is hidden, ended or somebody's own."""

    message = _l("Diese Idee kann gerade nicht weitergegeben werden.")


def add_referrer(
    name: str, kind: str, *, email: str | None, wants_mail: bool, confirmed: bool
) -> Referrer:
    """Add a body with a link of its own; only a coordinator's knowledge confirms it."""
    now = clock.now()
    referrer = Referrer(
        name=name,
        kind=kind,
        token=secrets.token_urlsafe(24),
        email=email or None,
        wants_mail=bool(email) and wants_mail,
        confirmed_at=now if confirmed else None,
        created_at=now,
    )
    db.session.add(referrer)
    db.session.flush()
    return referrer


def confirm(referrer: Referrer) -> None:
    """Note that it is really this body."""
    referrer.confirmed_at = referrer.confirmed_at or clock.now()
    db.session.flush()


def revoke(referrer: Referrer) -> None:
    """Make the body's link useless; what it handed in stays."""
    referrer.revoked_at = referrer.revoked_at or clock.now()
    db.session.flush()


def renew_link(referrer: Referrer) -> None:
    """Give the body another link; the one before is void."""
    referrer.token, referrer.revoked_at = secrets.token_urlsafe(24), None
    referrer.renewed_at = clock.now()
    db.session.flush()


def want_mail(referrer: Referrer, wants_mail: bool) -> None:
    """Mail the body about its ideas, or no longer; from now on, not about the past."""
    referrer.wants_mail = wants_mail and referrer.email is not None
    db.session.flush()


def refer(referrer: Referrer, idea: Idea, *, note: str, consent: str | None) -> Referral:
    """Note that a body handed this idea in."""
    referral = Referral(
        referrer_id=referrer.id,
        idea_id=idea.id,
        note=note,
        consent=consent,
        told_entry_id=_newest_step(idea),
        created_at=clock.now(),
    )
    db.session.add(referral)
    db.session.flush()
    return referral


def pass_on(
    idea: Idea,
    *,
    to_name: str,
    referrer: Referrer | None,
    passed_on: date,
    note: str,
    contact_agreed: bool,
    by: User,
) -> Handover:
    """Pass an idea on to a body; who had it reads where it is and since when."""
    if not rules.may_pass_on(by, idea):
        raise CannotPassOn(idea.id)
    handover = Handover(
        idea_id=idea.id,
        idea=idea,
        to_name=referrer.name if referrer else to_name,
        referrer_id=referrer.id if referrer else None,
        passed_on=passed_on,
        note=note,
        contact_agreed_at=clock.now() if contact_agreed else None,
        by_id=by.id,
        owner_id=by.id,
        created_at=clock.now(),
    )
    db.session.add(handover)
    text = _(
        "Deine Idee liegt seit dem %(day)s hier: %(body)s.",
        day=format_date(passed_on, "long"),
        body=handover.to_name,
    )
    if idea.state == rules.PASSED_ON:
        note_progress(idea, text, by)
    else:
        move_idea(idea, rules.PASSED_ON, text, by)
    return handover


def hand_over_all(by: User, to: User) -> int:
    """Let a colleague hear what comes of all ideas `by` passed on, but for the colleague's own."""
    done = db.session.execute(
        update(Handover)
        .where(*queries.minded_by(by.id), Handover.idea_id.not_in(queries.ideas_of(to)))
        .values(owner_id=to.id)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def answer(handover: Handover, idea: Idea, *, code: str, text: str, by: User | None) -> None:
    """Note what the body says; who had the idea reads it, a no comes back to the coordinators."""
    handover.answer, handover.answer_text, handover.answered_at = code, text, clock.now()
    if idea.hidden_at is None and idea.state == rules.PASSED_ON:
        words = _("%(body)s %(answer)s.", body=handover.to_name, answer=ANSWERS[code])
        note_progress(idea, f"{words}\n\n{text}".strip(), by)
    owner = by or (db.session.get(User, handover.owner_id) if handover.owner_id else None)
    if owner is None or not owner.is_coordinator or is_from(owner, idea):
        return
    if code == "abgelehnt":
        step = _("%(body)s macht es nicht. Wer hilft stattdessen?", body=handover.to_name)
        due_on = clock.today() + ASK_AGAIN_AFTER
        add_step(("idea", idea.id), text=step, owner=owner, due_on=due_on, by=owner)
    if by is None:
        _tell(owner, handover, idea)


def _tell(owner: User, handover: Handover, idea: Idea) -> None:
    with in_language_of(owner):
        notify(
            owner,
            category="coordination",
            key=f"handover:{handover.id}:{handover.answer}:{handover.answered_at}",
            subject=_("Antwort: %(body)s", body=handover.to_name),
            body=_("zu einer weitergegebenen Idee ist eine Antwort da."),
            path=f"/weitergaben/idee/{idea.id}",
        )


def _newest_step(idea: Idea) -> int:
    newest = select(func.max(ProgressEntry.id)).where(ProgressEntry.idea_id == idea.id)
    return db.session.scalar(newest) or 0
