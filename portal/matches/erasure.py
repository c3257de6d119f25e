"""What the matches room forgets when somebody deletes their account."""

from sqlalchemy import delete, or_, select

from portal.accounts.erasure import forgets
from portal.accounts.models import User
from portal.extensions import db
from portal.matches.models import Introduction, IntroductionSide, Outcome, Suggestion
from portal.matches.outcomes import PURPOSE
from portal.messages.models import MailKey


@forgets
def forget_suggestions(user: User) -> None:
    """Delete what was suggested about the person, and introductions in which they were asked.

    A number of an account may be given again: nothing may be left that the next one inherits. The
    other side is told nothing, as after a no.
    """
    asked = (
        select(Introduction.suggestion_id)
        .join(Introduction.sides)
        .where(IntroductionSide.user_id == user.id)
    )
    about = or_(
        (Suggestion.source_kind == "person") & (Suggestion.source_id == user.id),
        (Suggestion.target_kind == "person") & (Suggestion.target_id == user.id),
        Suggestion.id.in_(asked),
    )
    # Both sides' links to a question that is gone with it.
    questions = select(Outcome.id).join(Outcome.side).join(IntroductionSide.introduction)
    gone = questions.where(Introduction.suggestion_id.in_(select(Suggestion.id).where(about)))
    keys = delete(MailKey).where(MailKey.purpose == PURPOSE, MailKey.subject_id.in_(gone))
    db.session.execute(keys.execution_options(synchronize_session=False))
    db.session.execute(delete(Suggestion).where(about).execution_options(synchronize_session=False))
