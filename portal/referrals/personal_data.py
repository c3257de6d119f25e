"""What this room knows about a person's ideas: told to them in their copy."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.referrals.models import Handover, Referral


@exports("referrals")
def ideas_passed_on(user: User) -> object:
    """Return who handed the person's ideas in and to whom they were passed on."""
    own = select(Idea.id).where(Idea.initiator_id == user.id)
    referrals = select(Referral).where(Referral.idea_id.in_(own)).order_by(Referral.id)
    handovers = select(Handover).where(Handover.idea_id.in_(own)).order_by(Handover.id)
    return {
        "handed_in_by": [
            {
                "idea": row.idea_id,
                "body": row.referrer.name,
                "note": row.note,
                "consent": row.consent,
            }
            for row in db.session.scalars(referrals.options(joinedload(Referral.referrer)))
        ],
        "passed_on_to": [
            {
                "idea": row.idea_id,
                "body": row.to_name,
                "on": row.passed_on,
                "with_contact_since": row.contact_agreed_at,
                "answer": row.answer_text,
            }
            for row in db.session.scalars(handovers)
        ],
    }
