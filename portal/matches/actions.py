"""What people do with suggestions. An action changes rows; the caller commits."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from matching import Match
from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.matches import learning
from portal.matches.introductions import (
    NobodyToAsk,
    cancel_introduction,
    prepare_introduction,
)
from portal.matches.models import Introduction, Suggestion
from portal.matches.subjects import Subject
from portal.matches.suggest import pair_key

UNDO_TIME = timedelta(minutes=10)  # nothing leaves the portal before
SNOOZE_DAYS = 7
DECLINE_REASONS = {
    "thema": _l("anderes Thema"),
    "zeit": _l("Zeit passt nicht"),
    "ort": _l("zu weit weg"),
    "sprache": _l("Sprache passt nicht"),
    "person": _l("für diese Person nicht das Richtige"),
    "team": _l("das Team braucht gerade niemanden"),
    "bekannt": _l("kennen sich schon"),
    "sonst": _l("anderer Grund"),
}
# What a person may say about a suggestion for themselves; it stays between them and the matcher.
OWN_REASONS = {
    "thema": _l("Das Thema interessiert mich nicht"),
    "zeit": _l("Die Zeit passt mir nicht"),
    "ort": _l("Das ist mir zu weit weg"),
    "sprache": _l("Die Sprache passt nicht"),
    "sonst": _l("Das möchte ich nicht sagen"),
}
OWN_NO = "nicht_fuer_mich"  # decline reason of a pair somebody sorted out for themselves


class AlreadyDecided(Conflict):
    """Another coordinator was faster."""

    message = _l("Über diesen Vorschlag hat gerade schon jemand entschieden.")


class TooLateToUndo(PortalError):
    """The people have been asked already."""

    message = _l("Beide Seiten sind schon gefragt worden. Das lässt sich nicht mehr zurücknehmen.")


class DecidedByThemselves(PortalError):
    """The person sorted the suggestion out; nobody else takes that back."""

    message = _l("Das hat die Person für sich selbst entschieden.")


class PairWasDeclined(PortalError):
    """The pair was looked at before and did not fit."""

    message = _l("Das haben wir schon einmal geprüft, und es hat leider nicht gepasst.")


def approve(suggestion: Suggestion, by: User, version: int) -> Introduction:
    """Decide that both sides shall be asked, once the undo time is over."""
    _decide(suggestion, by, version, state="approved")
    learning.note(suggestion, learning.APPROVED)
    return prepare_introduction(suggestion, asks_from=clock.now() + UNDO_TIME)


def decline(suggestion: Suggestion, by: User, version: int, reason: str) -> None:
    """Decide that the pair does not fit; it never comes back, in either direction."""
    if reason not in DECLINE_REASONS:
        raise ValueError(f"unknown reason {reason!r}")
    _decide(suggestion, by, version, state="declined", decline_reason=reason)
    learning.note(suggestion, learning.DECLINED, reason)


def say_not_for_me(suggestion: Suggestion, user: User, reason: str) -> None:
    """Sort a suggestion out for oneself: the machine never proposes the pair again."""
    if reason not in OWN_REASONS:
        raise ValueError(f"unknown reason {reason!r}")
    if suggestion.decline_reason == OWN_NO and suggestion.decided_by_id == user.id:
        return  # the same button twice
    values = {"decided_at": clock.now(), "decided_by_id": user.id, "decline_reason": OWN_NO}
    states = ("shown", "open", "snoozed")
    _change(
        suggestion,
        suggestion.version,
        states,
        state="declined",
        needs_review=False,
        wished_by_id=None,
        **values,
    )
    learning.note(suggestion, learning.NOT_FOR_ME, reason)


def snooze(suggestion: Suggestion, by: User, version: int, until: date | None = None) -> None:
    """Put the suggestion aside until the morning of a day; without one for a week."""
    back = clock.start_of(until) if until else clock.shifted(clock.now(), days=SNOOZE_DAYS)
    values = {"snoozed_until": back, "decided_by_id": by.id}
    _change(suggestion, version, ("open", "snoozed"), state="snoozed", **values)
    learning.note(suggestion, learning.SNOOZED)


def undo(suggestion: Suggestion, version: int) -> None:
    """Take a decision back, as long as nobody has been asked."""
    if suggestion.decline_reason == OWN_NO:
        raise DecidedByThemselves
    introduction = db.session.scalar(
        select(Introduction).where(Introduction.suggestion_id == suggestion.id)
    )
    if introduction is not None and introduction.asked_at is not None:
        raise TooLateToUndo
    if introduction is not None:
        cancel_introduction(introduction)
    _change(
        suggestion,
        version,
        ("approved", "declined", "snoozed"),
        state="open",
        needs_review=True,
        decided_at=None,
        decided_by_id=None,
        decline_reason=None,
        snoozed_until=None,
    )
    learning.note(suggestion, learning.UNDONE)


def approve_many(chosen: Mapping[Suggestion, int], by: User) -> list[Suggestion]:
    """Approve each with the version that was seen; return those that were still there to decide."""
    approved = []
    for suggestion, version in chosen.items():
        try:
            with db.session.begin_nested():
                approve(suggestion, by, version)
        except (AlreadyDecided, NobodyToAsk):
            continue
        approved.append(suggestion)
    return approved


def wish(user: User, target: Subject, match: Match | None, version: str) -> Suggestion:
    """Note that `user` wants to be introduced; a coordinator sees it first in the queue."""
    source = ("person", user.id)
    key = pair_key(source, target)
    suggestion = db.session.scalar(select(Suggestion).where(Suggestion.pair_key == key))
    if suggestion is None:
        suggestion = Suggestion(
            source_kind="person",
            source_id=user.id,
            target_kind=target[0],
            target_id=target[1],
            pair_key=key,
            score=match.score if match else 0.0,
            label=match.label if match else "",
            matcher_version=version,
        )
        suggestion = stored_once(suggestion)
    if suggestion.state == "declined":
        if suggestion.decline_reason != OWN_NO or suggestion.decided_by_id != user.id:
            raise PairWasDeclined
        suggestion.decided_at = suggestion.decided_by_id = suggestion.decline_reason = None
    is_new = suggestion.wished_by_id != user.id
    if suggestion.state != "approved":
        suggestion.state, suggestion.needs_review = "open", True
        suggestion.wished_by_id = user.id
        if is_new:
            learning.note(suggestion, learning.WISHED)
    db.session.flush()
    return suggestion


def stored_once(suggestion: Suggestion) -> Suggestion:
    """Store a new suggestion, or return the one that the same button made a moment earlier."""
    try:
        with db.session.begin_nested():
            db.session.add(suggestion)
    except IntegrityError:
        same = select(Suggestion).where(Suggestion.pair_key == suggestion.pair_key)
        return db.session.scalars(same).one()
    return suggestion


def _decide(suggestion: Suggestion, by: User, version: int, **values: object) -> None:
    values |= {"decided_at": clock.now(), "decided_by_id": by.id}
    _change(suggestion, version, ("open", "snoozed"), **values)


def _change(
    suggestion: Suggestion, version: int, states: tuple[str, ...], **values: object
) -> None:
    """Compare and set: of two people who decide at once, one wins and the other is told."""
    done = db.session.execute(
        update(Suggestion)
        .where(
            Suggestion.id == suggestion.id,
            Suggestion.version == version,
            Suggestion.state.in_(states),
        )
        .values(version=version + 1, changed_at=clock.now(), **values)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise AlreadyDecided
    db.session.refresh(suggestion)
