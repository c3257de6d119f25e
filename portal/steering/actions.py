"""What happens in a steering team. Actions change rows; the caller commits.

A decision moves the idea in the same transaction, and the ideas room tells the initiator.
"""

from collections.abc import Collection
from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.coordination.actions import add_step
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.ideas.actions import move_idea
from portal.ideas.models import Idea
from portal.messages.notifications import in_language_of, notify
from portal.steering import rules
from portal.steering.models import AREAS, CONFLICTED, AgendaItem, Meeting, SteeringMember, Vote
from portal.steering.queries import members_of
from portal.steering.wording import AREA_NAMES

ANSWER_WITHIN = timedelta(days=14)  # so long a question may stay with the coordinators


class AlreadyPlanned(PortalError):
    """Two meetings of one team on one day."""

    message = _l("An diesem Tag gibt es schon eine Sitzung.")


class NotReady(Conflict):
    """The idea is not prepared, not public, or stands on this agenda already."""

    message = _l("Diese Idee kann gerade nicht auf diese Tagesordnung.")


class AlreadyDecided(Conflict):
    """The decision is written down, or the idea has moved on meanwhile."""

    message = _l("Darüber ist schon entschieden, oder die Idee hat inzwischen einen anderen Stand.")


def seat(user: User, area: str | None) -> None:
    """Let somebody sit in the steering team of `area`, or in none."""
    member = db.session.scalar(select(SteeringMember).where(SteeringMember.user_id == user.id))
    if area is None:
        if member:
            db.session.delete(member)
    elif area not in AREAS:
        raise ValueError(f"unknown area {area!r}")
    elif member:
        member.area = area
    else:
        db.session.add(SteeringMember(user_id=user.id, area=area))
    db.session.flush()


def plan_meeting(area: str, held_on: date) -> Meeting:
    """Add a meeting with an empty agenda."""
    meeting = Meeting(area=area, held_on=held_on, created_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(meeting)
    except IntegrityError as error:
        raise AlreadyPlanned from error
    return meeting


def put_on_agenda(
    idea: Idea, meeting: Meeting, *, asked: str, open_questions: str = "", by: User
) -> AgendaItem:
    """Add a prepared idea at the end of an agenda; its initiator reads the day."""
    if not rules.may_be_put_on(by, idea):
        raise NotReady(idea.id)
    _hold(meeting.id)
    item = AgendaItem(
        meeting_id=meeting.id,
        idea_id=idea.id,
        position=_next_position(meeting),
        asked=asked,
        open_questions=open_questions,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(item)
    except IntegrityError as error:
        raise NotReady(idea.id) from error
    if idea.state != "im_steuerungsteam":
        move_idea(idea, "im_steuerungsteam", _on_the_agenda(meeting), by)
    return item


def change_item(item: AgendaItem, meeting: Meeting, *, asked: str, open_questions: str) -> None:
    """Reword what is asked, or postpone the idea to another meeting."""
    _hold(meeting.id)
    db.session.refresh(item, ["outcome", "meeting_id"], with_for_update={"of": AgendaItem})
    if item.outcome is not None:
        raise AlreadyDecided(item.id)
    idea_id = item.idea_id
    try:
        with db.session.begin_nested():
            if item.meeting_id != meeting.id:
                item.meeting_id, item.position = meeting.id, _next_position(meeting)
            item.asked, item.open_questions = asked, open_questions
            item.changed_at = clock.now()
    except IntegrityError as error:  # the idea stands on that agenda already
        raise NotReady(idea_id) from error


def take_off_agenda(item: AgendaItem, idea: Idea, by: User) -> None:
    """Remove an undecided item; the idea is prepared again and comes later."""
    held = select(AgendaItem.outcome).where(AgendaItem.id == item.id).with_for_update()
    found = db.session.execute(held).one_or_none()
    if found is None or found.outcome is not None:  # by somebody else, a moment earlier
        raise AlreadyDecided(item.id)
    db.session.delete(item)
    db.session.flush()
    elsewhere = select(AgendaItem.id).where(
        AgendaItem.idea_id == idea.id, AgendaItem.outcome.is_(None)
    )
    waits = idea.state == "im_steuerungsteam" and idea.hidden_at is None
    if waits and db.session.scalar(elsewhere.limit(1)) is None:
        note = _("Deine Idee kommt in einer späteren Sitzung dran. Wir bereiten sie weiter vor.")
        move_idea(idea, "vorbereitet", note, by)


def shift(item: AgendaItem, steps: int) -> None:
    """Move an item up (-1) or down (1) on its agenda."""
    _hold(item.meeting_id)
    listed = select(AgendaItem).where(AgendaItem.meeting_id == item.meeting_id)
    items = list(db.session.scalars(listed.order_by(AgendaItem.position, AgendaItem.id)))
    here = items.index(item)
    there = min(max(here + steps, 0), len(items) - 1)
    items.insert(there, items.pop(here))
    for position, each in enumerate(items, start=1):
        each.position = position
    db.session.flush()


def cast_vote(item: AgendaItem, user: User, vote: str, comment: str = "") -> None:
    """Note what a member thinks beforehand; a second time replaces the first."""
    found = _vote_of(item, user)
    if found is None:
        found = Vote(item_id=item.id, user_id=user.id, vote=vote)
        try:
            with db.session.begin_nested():
                db.session.add(found)
        except IntegrityError:  # the same button in another window, a moment earlier
            found = _vote_of(item, user)
            if found is None:
                raise
    found.vote, found.comment, found.changed_at = vote, comment, clock.now()
    db.session.flush()


def record_decision(
    item: AgendaItem,
    idea: Idea,
    *,
    outcome: str,
    reason: str,
    instead: str,
    conflicted: Collection[User] = (),
    by: User,
) -> None:
    """Write down what the meeting decided; the idea moves on with it.

    A question comes back to the coordinator who wrote it down, as their next step.
    """
    if not rules.may_record(by, item):
        raise AlreadyDecided(item.id)
    done = db.session.execute(
        update(AgendaItem)
        .where(AgendaItem.id == item.id, AgendaItem.outcome.is_(None))
        .values(
            outcome=outcome,
            reason=reason,
            instead=instead if outcome == "nicht_bei_wiq" else "",
            decided_at=clock.now(),
            decided_by_id=by.id,
        )
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise AlreadyDecided(item.id)
    for member in conflicted:
        cast_vote(item, member, CONFLICTED)
    move_idea(idea, outcome, _letter(item.meeting, outcome, reason, instead), by)
    if outcome == "rueckfrage":
        due_on = clock.today() + ANSWER_WITHIN
        text = _("Rückfrage des Steuerungsteams klären: %(question)s", question=reason)
        add_step(("idea", idea.id), text=text, owner=by, due_on=due_on, by=by)
    db.session.refresh(item)


def invite(meeting: Meeting) -> int:
    """Tell the members that the agenda is ready; return how many. Once for each meeting."""
    members = members_of(meeting.area)
    for member in members:
        with in_language_of(member):
            notify(
                member,
                category="coordination",
                key=f"steering:{meeting.id}:agenda",
                subject=_("Tagesordnung für den %(day)s", day=_day_of(meeting)),
                body=_(
                    "die Tagesordnung für die Sitzung am %(day)s steht. Lies die Ideen in Ruhe "
                    "und schreib schon vorher deine Meinung dazu.",
                    day=_day_of(meeting),
                ),
                path=f"/steuerungsteam/sitzungen/{meeting.id}",
                urgent=True,
            )
    meeting.invited_at = clock.now()
    db.session.flush()
    return len(members)


def write_minutes(meeting: Meeting, minutes: str, *, publish: bool) -> None:
    """Keep the minutes; published ones stand on a public page with the decisions."""
    meeting.minutes, meeting.minutes_at = minutes, clock.now()
    if not publish:
        meeting.published_at = None
    elif meeting.published_at is None:
        meeting.published_at = clock.now()
    db.session.flush()


def _letter(meeting: Meeting, outcome: str, reason: str, instead: str) -> str:
    """Return what the initiator reads about a decision."""
    words = {
        "team": AREA_NAMES[meeting.area],
        "day": _day_of(meeting),
        "reason": reason,
        "instead": instead,
    }
    if outcome == "angenommen":
        text = _("Gute Nachricht: Das %(team)s hat am %(day)s Ja zu deiner Idee gesagt.", **words)
        return f"{text}\n\n{reason}".strip()
    if outcome == "rueckfrage":
        return _(
            "Das %(team)s hat am %(day)s über deine Idee gesprochen und möchte noch etwas "
            "wissen:\n\n%(reason)s\n\nDas Unterstützungsteam klärt das mit dir. Wenn du magst, "
            "ergänze deinen Text schon selbst.",
            **words,
        )
    return _(
        "Danke für deine Idee. Das %(team)s hat sie am %(day)s beraten. Bei „Wir im Quartier“ "
        "geht es damit nicht weiter, und das ist der Grund:\n\n%(reason)s\n\n"
        "Was stattdessen hilft: %(instead)s",
        **words,
    )


def _on_the_agenda(meeting: Meeting) -> str:
    return _(
        "Deine Idee steht am %(day)s auf der Tagesordnung: %(team)s.",
        day=_day_of(meeting),
        team=AREA_NAMES[meeting.area],
    )


def _day_of(meeting: Meeting) -> str:
    return str(format_date(meeting.held_on, "long"))


def _vote_of(item: AgendaItem, user: User) -> Vote | None:
    return db.session.scalar(select(Vote).where(Vote.item_id == item.id, Vote.user_id == user.id))


def _hold(meeting_id: int) -> None:
    """Keep a meeting's agenda to oneself until the commit: positions are counted."""
    db.session.execute(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())


def _next_position(meeting: Meeting) -> int:
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id)
    return (db.session.scalar(last) or 0) + 1
