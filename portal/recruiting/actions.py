"""Asking to join and answering. An action changes rows; the caller commits.

Whoever ends a request does it by compare-and-set: of two answers at once one counts, and the other
person is told that somebody was faster.
"""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.messages.actions import Contact, open_thread, post_message
from portal.messages.models import Thread
from portal.messages.queries import participant_for
from portal.profiles.rules import first_name
from portal.recruiting import letters, rules
from portal.recruiting.models import ACCEPTED, DECLINED, OPEN, WITHDRAWN, JoinRequest
from portal.recruiting.queries import Room, last_request
from portal.recruiting.wording import ALL_DECLINE_REASONS, FINISHED
from portal.teams.actions import TeamIsFinished, add_member
from portal.teams.models import Opening


class CannotAsk(PortalError):
    """The team cannot be asked: it pauses, is only an example, or the person belongs to it."""

    message = _l("Bei diesem Team kannst du gerade nicht anfragen.")


class AlreadyAsked(Conflict):
    """The person has an open request to the team."""

    message = _l("Du hast bei diesem Team schon eine offene Anfrage.")


class AskedTooSoon(PortalError):
    """The team said no a short while ago."""

    message = _l("Das Team hat dir vor Kurzem geantwortet. Frag bitte etwas später noch einmal.")


class AlreadyAnswered(Conflict):
    """Somebody else answered, or the person withdrew, a moment earlier."""

    message = _l("Diese Anfrage ist schon beantwortet oder zurückgezogen.")


class NotClearedYet(PortalError):
    """A coordinator has to look first."""

    message = _l("Diese Anfrage muss zuerst das Unterstützungsteam freigeben.")


def ask_to_join(
    room: Room,
    user: User,
    *,
    message: str,
    answer_by: date,
    hours_a_week: int | None = None,
    opening: Opening | None = None,
) -> JoinRequest:
    """Ask the team of `room`; under 16, or where nobody leads, a coordinator reads it first."""
    if not room.team.takes_people:
        raise TeamIsFinished
    if rules.obstacle(user, room.team, room.member_ids):
        raise CannotAsk
    last = last_request(room.team.id, user.id)
    if last is not None and last.is_open:
        raise AlreadyAsked
    if rules.asks_again_from(last):
        raise AskedTooSoon
    now = clock.now()
    request = JoinRequest(
        team=room.team,
        user=user,
        opening=opening,
        message=message,
        hours_a_week=hours_a_week,
        answer_by=answer_by,
        cleared_at=None if user.under_16 else now,
        created_at=now,
        waiting_since=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError as error:  # the same button in another window, a moment earlier
        raise AlreadyAsked from error
    if request.cleared_at is not None:
        letters.tell_asked(request, room.leads)
    letters.tell_arrived(request, user)
    if request.cleared_at is None or not room.leads:
        escalate(request)
    db.session.flush()
    return request


def clear(request: JoinRequest, room: Room, by: User) -> None:
    """Let the team read what somebody under 16 wrote; the coordinator stays in the conversation."""
    if request.cleared_at is not None:
        return
    now = clock.now()
    _change(
        request,
        cleared_at=now,
        cleared_by_id=by.id,
        waiting_since=now,
        escalated_at=None if room.leads else now,
    )
    letters.tell_asked(request, room.leads)


def accept(request: JoinRequest, room: Room, by: User, note: str = "") -> Thread:
    """Say yes: the person belongs to the team, and both can write to each other."""
    if not room.team.takes_people:
        raise TeamIsFinished
    _end(request, room, by, state=ACCEPTED, note=note)
    add_member(room.team, request.user)
    thread = _conversation(request, room, by)
    letters.tell_accepted(request, request.user)
    db.session.flush()
    return thread


def decline(request: JoinRequest, room: Room, by: User, *, reason: str, note: str = "") -> None:
    """Say no with a kind reason."""
    if reason not in ALL_DECLINE_REASONS:
        raise ValueError(f"unknown reason {reason!r}")
    _end(request, room, by, state=DECLINED, reason=reason, note=note)
    letters.tell_declined(request, request.user)


def decline_of_finished_team(request: JoinRequest) -> None:
    """Tell somebody who still waits that the team has finished."""
    now = clock.now()
    _change(request, state=DECLINED, ended_at=now, reason=FINISHED, escalated_at=None)
    letters.tell_declined(request, request.user)


def note_membership(request: JoinRequest) -> None:
    """End the request of somebody who joined another way; there is nothing left to say."""
    _change(request, state=ACCEPTED, ended_at=clock.now(), escalated_at=None)


def ask_back(request: JoinRequest, room: Room, by: User, text: str) -> Thread:
    """Write to the person before deciding; the lead's days begin anew."""
    if request.cleared_at is None:
        raise NotClearedYet
    now = clock.now()
    _change(request, asked_back_at=now, waiting_since=now, reminders=0, escalated_at=None)
    thread = _conversation(request, room, by)
    post_message(thread, participant_for(by.id, thread.id), text)
    return thread


def withdraw(request: JoinRequest, room: Room) -> None:
    """Take one's own request back."""
    _change(request, state=WITHDRAWN, ended_at=clock.now(), escalated_at=None)
    if request.cleared_at is not None:
        letters.tell_done(request, room.leads)


def nudge(request: JoinRequest, room: Room) -> None:
    """Remind the leads once more, in the coordinators' name; once a day is enough."""
    now = clock.now()
    if request.cleared_at is None:
        raise NotClearedYet
    _change(request, nudged_at=now)
    letters.remind_leads(request, room.leads, f"nudge:{clock.today()}")


def escalate(request: JoinRequest) -> None:
    """Put a request on the coordinators' list."""
    request.escalated_at = clock.now()
    db.session.flush()
    letters.tell_escalated(request, request.user)


def _end(request: JoinRequest, room: Room, by: User, **values: object) -> None:
    """End a request and tell the other leads; a coordinator's answer also clears it."""
    now = clock.now()
    cleared_by = request.cleared_by_id if request.cleared_at else by.id
    told = room.leads if request.cleared_at else []
    _change(
        request,
        ended_at=now,
        answered_by_id=by.id,
        cleared_at=request.cleared_at or now,
        cleared_by_id=cleared_by,
        escalated_at=None,
        **values,
    )
    letters.tell_done(request, [lead for lead in told if lead.id != by.id])


def _change(request: JoinRequest, **values: object) -> None:
    """Compare and set: only an open request changes."""
    done = db.session.execute(
        update(JoinRequest)
        .where(JoinRequest.id == request.id, JoinRequest.state == OPEN)
        .values(**values)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise AlreadyAnswered
    db.session.refresh(request, list(values))


def _conversation(request: JoinRequest, room: Room, by: User) -> Thread:
    """Return the relay's thread of the person, the leads and whoever writes; made at first need.

    `_change` holds the request's row already: a thread made a moment earlier is seen here.
    """
    db.session.refresh(request, ["thread_id"])
    if request.thread_id is not None and participant_for(by.id, request.thread_id):
        return db.session.get_one(Thread, request.thread_id)
    people = {user.id: user for user in (request.user, *_our_side(request, room, by))}
    thread = open_thread(
        subject=_("Beitrittsanfrage: %(team)s", team=room.team.name),
        people=[Contact(first_name(user), user=user) for user in people.values()],
    )
    request.thread_id = thread.id
    db.session.flush()
    return thread


def _our_side(request: JoinRequest, room: Room, by: User) -> Sequence[User]:
    """Return the leads, who answers for them, and for a child the coordinator who cleared it."""
    people = room.leads if by.id in room.lead_ids else [*room.leads, by]
    if request.user.under_16 and request.cleared_by_id:
        people = [*people, db.session.get_one(User, request.cleared_by_id)]
    return people
