"""Introductions: an approved pair is asked, both say yes, the relay connects them.

Nobody learns an address or, before both said yes, a name that was not public. A no ends it
quietly: the other side hears only that it did not work out, if they had said yes, in the same words
as after two weeks of silence.
"""

import secrets
from datetime import datetime
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.ideas.models import Idea
from portal.matches import learning, meeting, rules, telling
from portal.matches.models import Call, IndexEntry, Introduction, IntroductionSide, Suggestion
from portal.matches.subjects import Subject
from portal.messages.actions import Contact, open_thread, post_message
from portal.profiles.rules import first_name
from portal.teams.models import Membership, Opening, Team


class NobodyToAsk(PortalError):
    """One side has no account and no address."""

    message = _l("Eine Seite hat keinen Kontakt hinterlassen und kann nicht gefragt werden.")


class AlreadyClosed(PortalError):
    """The introduction ended before the answer came."""

    message = _l("Diese Vermittlung ist inzwischen beendet. Danke, dass du geantwortet hast.")


def prepare_introduction(suggestion: Suggestion, asks_from: datetime) -> Introduction:
    """Make the introduction with both sides; they are asked from `asks_from` on."""
    pairs = (
        (suggestion.source_kind, suggestion.source_id),
        (suggestion.target_kind, suggestion.target_id),
    )
    sides = [_side(subject) for subject in pairs]
    introduction = Introduction(suggestion_id=suggestion.id, asks_from=asks_from, sides=sides)
    db.session.add(introduction)
    db.session.flush()
    return introduction


def cancel_introduction(introduction: Introduction) -> None:
    """Remove an introduction nobody has heard of yet."""
    sides = select(IntroductionSide).where(IntroductionSide.introduction_id == introduction.id)
    for side in db.session.scalars(sides).all():
        db.session.delete(side)
    db.session.flush()
    db.session.delete(introduction)
    db.session.flush()


def ask_due() -> int:
    """Ask both sides of each introduction whose undo time is over; return how many.

    Where a side has gone meanwhile it ends quietly: one lost pair must not hold up the others.
    """
    due = (Introduction.asked_at.is_(None), Introduction.closed_at.is_(None))
    introductions = db.session.scalars(
        _complete().where(*due, Introduction.asks_from <= clock.now())
    ).all()
    for introduction in introductions:
        if _can_be_asked(introduction):
            ask(introduction)
        else:
            introduction.closed_at = clock.now()
    db.session.flush()
    return len(introductions)


def ask_at_once(suggestion: Suggestion) -> None:
    """Ask without waiting for the end of the undo time; asking twice changes nothing."""
    introduction = db.session.scalar(_complete().where(Introduction.suggestion_id == suggestion.id))
    if introduction is not None and introduction.asked_at is None:
        if not _can_be_asked(introduction):
            raise NobodyToAsk
        ask(introduction)


def ask(introduction: Introduction) -> None:
    """Ask both sides now, each as they want, and put the question on their page."""
    introduction.asked_at = clock.now()
    for side in introduction.sides:
        side.channel = telling.channel_of(side)
        if introduction.suggestion.wished_by_id and (
            side.user_id == introduction.suggestion.wished_by_id
        ):
            side.answer, side.answered_at = True, clock.now()  # the wish was the yes
            continue
        telling.tell(side, "ask", partial(telling.question, side), call="ask", urgent=True)
    db.session.flush()


def answer(side: IntroductionSide, yes: bool) -> None:
    """Note one side's answer; the second yes introduces, a no closes."""
    introduction = db.session.scalars(
        _complete().where(Introduction.id == side.introduction_id).with_for_update(of=Introduction)
    ).one()
    if introduction.closed_at is not None or introduction.introduced_at is not None:
        if side.answer == yes:
            return  # the same button twice
        raise AlreadyClosed
    side.answer, side.answered_at = yes, clock.now()
    learning.note(introduction.suggestion, learning.ACCEPTED if yes else learning.REFUSED)
    forget_calls(side, "ask")
    if not yes:
        end(introduction)
    elif all(each.answer for each in introduction.sides):
        _introduce(introduction)
    db.session.flush()


def propose(introduction: Introduction, *, line: str, place: str, at: datetime | None) -> None:
    """Write what stands first between the two, and where and when they could meet."""
    if introduction.introduced_at is not None or introduction.closed_at is not None:
        raise AlreadyClosed
    introduction.opening_line, introduction.meeting_place = line or None, place or None
    introduction.meeting_at = at
    db.session.flush()


def call_instead(introduction: Introduction, side: IntroductionSide) -> None:
    """Ask a side by telephone that was asked by mail and has not answered."""
    if not rules.may_be_called(introduction, side) or not telling.phone_of(side):
        raise AlreadyClosed
    side.channel = telling.TELEPHONE
    telling.owe_call(side, "ask")
    db.session.flush()


def end(introduction: Introduction) -> None:
    """Close an introduction that came to nothing; whoever said yes hears it in kind words."""
    introduction.closed_at = clock.now()
    for side in introduction.sides:
        forget_calls(side, "ask")
        if side.answer:
            telling.tell(side, "ended", partial(telling.did_not_work_out, side), call="ended")


def forget_calls(side: IntroductionSide, *purposes: str) -> None:
    """Take calls off the list that nobody needs to make any more."""
    db.session.execute(
        update(Call)
        .where(Call.side_id == side.id, Call.purpose.in_(purposes), Call.done_at.is_(None))
        .values(done_at=clock.now())
    )


def _can_be_asked(introduction: Introduction) -> bool:
    """Whether both sides are still there: the text stands and somebody can be written to."""
    for side in introduction.sides:
        if side.user is None:  # an idea without account: its contact may be forgotten by now
            idea = db.session.get_one(Idea, side.subject_id)
            if not idea.can_be_asked:
                return False
            side.email = idea.contact_email
        elif not side.user.active:
            return False
        stands = select(IndexEntry.id).where(
            IndexEntry.kind == side.kind,
            IndexEntry.subject_id == side.subject_id,
            IndexEntry.removed_at.is_(None),
        )
        if db.session.scalars(stands.order_by(IndexEntry.id).limit(1)).first() is None:
            return False
    return True


def name_of(subject: Subject) -> str:
    """Return how a side is called once both said yes: team, or first name."""
    kind, subject_id = subject
    if kind == "team":
        return db.session.get_one(Team, subject_id).name
    if kind == "opening":
        team_id = db.session.get_one(Opening, subject_id).team_id
        return db.session.get_one(Team, team_id).name
    if kind == "person":
        return first_name(db.session.get_one(User, subject_id))
    user_id = db.session.get_one(Idea, subject_id).initiator_id
    return first_name(db.session.get_one(User, user_id)) if user_id else _("Ideengeber:in")


def _complete() -> Select[Introduction]:
    """Select introductions with all that asking and introducing need."""
    return (
        select(Introduction)
        .options(
            selectinload(Introduction.sides).joinedload(IntroductionSide.user),
            joinedload(Introduction.suggestion),
        )
        .order_by(Introduction.id)
    )


def _introduce(introduction: Introduction) -> None:
    introduction.introduced_at = clock.now()
    contacts = [
        Contact(
            display_name=name_of((side.kind, side.subject_id)), user=side.user, email=side.email
        )
        for side in introduction.sides
        if side.user or side.email
    ]
    if len(contacts) < len(introduction.sides):
        _introduce_by_telephone(introduction)
        return
    names = _(" und ").join(contact.display_name for contact in contacts)
    thread = open_thread(
        subject=_("%(names)s: ihr habt beide Ja gesagt", names=names), people=contacts
    )
    introduction.thread_id = thread.id
    # The portal speaks first: so both hear by mail that the other one said yes, too.
    post_message(thread, None, meeting.opening_text(introduction))
    for side in introduction.sides:
        if side.channel == telling.TELEPHONE:
            telling.owe_call(side, "introduced")


def _introduce_by_telephone(introduction: Introduction) -> None:
    """Connect two of whom one has neither account nor address: coordinators carry the words."""
    proposed = meeting.proposal(introduction)
    for side in introduction.sides:
        letter = partial(telling.introduced_without_thread, side, proposed)
        telling.tell(side, "introduced", letter, call="introduced", urgent=True)


def _side(subject: Subject) -> IntroductionSide:
    kind, subject_id = subject
    side = IntroductionSide(kind=kind, subject_id=subject_id, token=secrets.token_urlsafe(24))
    if kind == "person":
        side.user_id = subject_id
    elif kind in ("team", "opening"):
        side.user_id = _lead_of(subject)
    else:
        idea = db.session.get_one(Idea, subject_id)
        if not idea.can_be_asked:
            raise NobodyToAsk
        side.user_id = idea.initiator_id
        side.email = None if idea.initiator_id else idea.contact_email
        return side
    if side.user_id is None:
        raise NobodyToAsk
    return side


def _lead_of(subject: Subject) -> int | None:
    kind, subject_id = subject
    team_id = subject_id
    if kind == "opening":
        team_id = db.session.get_one(Opening, subject_id).team_id
    return db.session.scalar(
        select(Membership.user_id)
        .where(Membership.team_id == team_id, Membership.is_lead, Membership.left_at.is_(None))
        .order_by(Membership.id)
        .limit(1)
    )
