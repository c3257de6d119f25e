"""What this room knows when a team is founded: whom an idea brought together."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from portal.extensions import db
from portal.ideas.models import Idea
from portal.matches.models import Introduction, IntroductionSide, Suggestion
from portal.teams.foundings import PEOPLE


def people_introduced_to(idea: Idea) -> Sequence[int]:
    """Return the accounts of people who said yes to `idea`, and it to them, in that order."""
    is_side = or_(
        and_(Suggestion.source_kind == "idea", Suggestion.source_id == idea.id),
        and_(Suggestion.target_kind == "idea", Suggestion.target_id == idea.id),
    )
    found = db.session.scalars(
        select(IntroductionSide.user_id)
        .join(IntroductionSide.introduction)
        .join(Introduction.suggestion)
        .where(
            is_side,
            IntroductionSide.kind == "person",
            IntroductionSide.user_id.is_not(None),
            Introduction.introduced_at.is_not(None),
        )
        .order_by(Introduction.introduced_at, IntroductionSide.id)
    )
    return [user_id for user_id in found if user_id]


PEOPLE.append(people_introduced_to)
