"""What can happen to a capture. Actions change rows and flush; the caller commits."""

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict
from portal.extensions import db
from portal.gatherings.models import Gathering
from portal.ideas.actions import Submission, change_idea, renew_claim_code, submit_idea
from portal.outreach import rules
from portal.outreach.models import Capture
from portal.places.models import District


class LookedAt(Conflict):
    """A coordinator was faster than the correction, or the initiator has changed the text."""

    message = _l("Diese Idee hat inzwischen jemand angesehen oder geändert.")


def capture_idea(
    *,
    problem: str,
    wish: str,
    contribution: str,
    district: District | None,
    topic: str | None,
    by: User,
    stop: Gathering | None,
    language: str,
    consent: str,
    contact_email: str | None = None,
    contact_phone: str | None = None,
    under_16: bool = False,
    submission_key: str | None = None,
) -> Submission:
    """Take in somebody's idea; without a district of its own it belongs to the stop's."""
    submission = submit_idea(
        problem=problem,
        wish=wish,
        contribution=contribution,
        district=district or (stop.district if stop else None),
        topic=topic,
        captured_by=by,
        contact_email=contact_email,
        contact_phone=contact_phone,
        under_16=under_16,
        submission_key=submission_key,
    )
    if submission.claim_code:
        idea = submission.idea
        capture = Capture(
            idea_id=idea.id,
            gathering_id=stop.id if stop else None,
            language=language,
            consent=consent,
            written_at=idea.changed_at,
            slip_at=idea.created_at,
            created_at=idea.created_at,
        )
        db.session.add(capture)
        db.session.flush()
    return submission


def correct_capture(
    capture: Capture,
    *,
    problem: str,
    wish: str,
    contribution: str,
    district: District | None,
    topic: str | None,
    by: User,
    contact_email: str | None,
    contact_phone: str | None,
) -> None:
    """Replace what was misheard or mistyped."""
    if not rules.may_correct(by, capture):
        raise LookedAt(capture.id)
    idea = capture.idea
    change_idea(
        idea,
        problem=problem,
        wish=wish,
        contribution=contribution,
        district=district,
        topic=topic,
        contact_email=contact_email,
        contact_phone=contact_phone,
        publish=False,
    )
    capture.written_at = idea.changed_at
    db.session.flush()


def renew_slip(capture: Capture) -> str:
    """Return a fresh claim code for another slip; the one before is void."""
    capture.slip_at = clock.now()
    return renew_claim_code(capture.idea)
