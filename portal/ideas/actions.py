"""What can happen to an idea. Actions change rows and flush; the caller commits."""

import secrets
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.ideas import codes, letters, rules
from portal.ideas.models import Idea, ProgressEntry
from portal.ideas.titles import title_of
from portal.places.models import District

WITHDRAWN = "zurückgezogen"


class OwnIdea(PortalError):
    """Somebody wanted to decide about their own idea."""

    message = _l("Über deine eigene Idee entscheidet jemand anderes aus dem Unterstützungsteam.")


class OwnCapture(PortalError):
    """Somebody wanted to approve what they wrote down themselves."""

    message = _l("Diese Idee hast du erfasst. Ansehen muss sie jemand anderes.")


class ReasonMissing(PortalError):
    """A no, a question or a handing-over without a word to the initiator."""

    message = _l("Schreib bitte dazu, warum und was stattdessen hilft.")


class AlreadyDecided(Conflict):
    """Another coordinator was faster, or the initiator took the idea back meanwhile."""

    message = _l("Diese Idee hat inzwischen einen anderen Stand. Sieh sie dir noch einmal an.")


@dataclass(frozen=True, slots=True)
class Submission:
    """The idea, and its claim code, which exists in plain only now.

    Without a code the form was sent before: the idea is the one it made then.
    """

    idea: Idea
    claim_code: str | None


def submit_idea(
    *,
    problem: str,
    wish: str,
    contribution: str = "",
    district: District | None = None,
    topic: str | None = None,
    initiator: User | None = None,
    contact_email: str | None = None,
    contact_phone: str | None = None,
    captured_by: User | None = None,
    under_16: bool = False,
    submission_key: str | None = None,
    publish: bool = False,
) -> Submission:
    """Take in an idea; the same `submission_key` never makes a second one.

    With `publish` it is public at once, except for somebody under 16 and for what was written down
    on somebody's behalf.
    """
    if submission_key and (first := _idea_by_key(submission_key)):
        return Submission(first, None)
    now = clock.now()
    claim_code = codes.new_code()
    idea = Idea(
        problem=problem,
        wish=wish,
        contribution=contribution,
        title=title_of(problem, wish),
        topic=topic,
        district_id=district.id if district else None,
        initiator_id=initiator.id if initiator else None,
        contact_email=None if initiator else contact_email,
        contact_phone=None if initiator else contact_phone,
        captured_by_id=captured_by.id if captured_by else None,
        under_16=under_16,
        progress_token=secrets.token_urlsafe(24),
        claim_code_hash=codes.hash_of(claim_code),
        submission_key=submission_key,
        created_at=now,
        changed_at=now,
        published_at=now if publish and not (under_16 or captured_by) else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(idea)
    except IntegrityError:  # the same form in another process, a moment earlier
        found = _idea_by_key(submission_key) if submission_key else None
        if found is None:
            raise
        return Submission(found, None)
    db.session.add(ProgressEntry(idea_id=idea.id, state=idea.state, created_at=now))
    letters.tell_received(idea)
    db.session.flush()
    return Submission(idea, claim_code)


def change_idea(
    idea: Idea,
    *,
    problem: str,
    wish: str,
    contribution: str,
    district: District | None,
    topic: str | None,
    contact_email: str | None,
    contact_phone: str | None,
    publish: bool,
) -> None:
    """Replace what the initiator wrote.

    Without `publish` a changed text waits for a coordinator's glance again; so does one that was
    hidden: changing it is the initiator's answer to the reason.
    """
    said_before = (idea.problem, idea.wish, idea.contribution)
    idea.problem, idea.wish, idea.contribution = problem, wish, contribution
    idea.district_id = district.id if district else None
    idea.topic = topic
    idea.contact_email = None if idea.initiator_id else contact_email
    idea.contact_phone = None if idea.initiator_id else contact_phone
    if (problem, wish, contribution) != said_before:
        idea.title = title_of(problem, wish)
        idea.changed_at = clock.now()
        if idea.hidden_at:
            idea.published_at = idea.hidden_at = idea.hidden_reason = None
        elif idea.under_16 or not publish:
            idea.published_at = None
    db.session.flush()


def publish_idea(idea: Idea, by: User) -> None:
    """Show the idea to everybody, also one that was hidden before."""
    _refuse_own(idea, by)
    if not rules.may_publish(by, idea):
        raise AlreadyDecided(idea.id)
    idea.published_at = clock.now()
    idea.hidden_at = idea.hidden_reason = None
    letters.tell_published(idea)
    db.session.flush()


def hide_idea(idea: Idea, by: User, reason: str) -> None:
    """Take the idea from the public pages; the initiator reads the reason."""
    _refuse_own(idea, by)
    if not reason.strip():
        raise ReasonMissing
    if not rules.may_hide(by, idea):
        raise AlreadyDecided(idea.id)
    idea.hidden_at = clock.now()
    idea.hidden_reason = reason
    letters.tell_hidden(idea)
    db.session.flush()


def move_idea(idea: Idea, state: str, note: str, by: User) -> ProgressEntry:
    """Bring the idea to another state, with a note to the initiator."""
    _refuse_own(idea, by)
    if state in rules.EXPLAINED and not note.strip():
        raise ReasonMissing
    if not rules.may_move(by, idea) or state not in rules.next_states(idea.state):
        raise AlreadyDecided(idea.id)
    idea.state = state
    entry = ProgressEntry(
        idea_id=idea.id, state=state, note=note, by_id=by.id, created_at=clock.now()
    )
    db.session.add(entry)
    db.session.flush()
    letters.tell_moved(idea, entry)
    return entry


def note_progress(idea: Idea, note: str, by: User | None) -> ProgressEntry:
    """Tell the initiator something new about an idea that stays in its state.

    `by` is None where a body without account answers.
    """
    if by is not None:
        _refuse_own(idea, by)
    entry = ProgressEntry(
        idea_id=idea.id,
        state=idea.state,
        note=note,
        by_id=by.id if by else None,
        created_at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()
    letters.tell_moved(idea, entry)
    return entry


def withdraw_idea(idea: Idea) -> None:
    """The initiator takes the idea back; nobody else sees it from now on."""
    now = clock.now()
    # A coordinator's reason stays: taking the idea back must not be a way around it.
    if idea.hidden_at is None:
        idea.hidden_at, idea.hidden_reason = now, WITHDRAWN
    idea.withdrawn_at = now
    db.session.flush()


def restore_idea(idea: Idea) -> None:
    """Undo a withdrawal: the idea is again what it was before."""
    was_hidden_by_it = idea.hidden_at == idea.withdrawn_at
    idea.withdrawn_at = None
    if was_hidden_by_it:
        idea.hidden_at = idea.hidden_reason = None
    db.session.flush()


def renew_claim_code(idea: Idea) -> str:
    """Return a fresh claim code; the one before is void."""
    code = codes.new_code()
    idea.claim_code_hash = codes.hash_of(code)
    db.session.flush()
    return code


def _refuse_own(idea: Idea, by: User) -> None:
    if rules.is_from(by, idea):
        raise OwnIdea(idea.id)
    if rules.needs_other_eyes(by, idea):
        raise OwnCapture(idea.id)


def _idea_by_key(key: str) -> Idea | None:
    return db.session.scalar(select(Idea).where(Idea.submission_key == key))
