"""What hand-overs say about who is responsible, where the body is an office of the directory."""

from datetime import datetime, time

from sqlalchemy import func, select

from portal.extensions import db
from portal.matches.routings import LIKELY, SURE, WRONG, Routing, tells_routings
from portal.offices.models import Office
from portal.referrals.models import Handover

_SURENESS = {None: LIKELY, "in_arbeit": SURE, "angenommen": SURE, "abgelehnt": WRONG}


@tells_routings
def routings() -> list[Routing]:
    """Return the ideas that were passed on to an office under its name in the directory."""
    rows = db.session.execute(
        select(Handover.idea_id, Office.id, Handover.answer, Handover.passed_on)
        .join(Office, func.lower(Office.name) == func.lower(Handover.to_name))
        .order_by(Handover.passed_on, Handover.id)
    )
    return [
        Routing(idea_id, office_id, _SURENESS[answer], datetime.combine(passed_on, time()))
        for idea_id, office_id, answer, passed_on in rows
    ]
