"""What the teams room forgets when somebody deletes their account; the database does the rest."""

from sqlalchemy import delete, func

from portal.accounts.erasure import forgets
from portal.accounts.models import User
from portal.extensions import db
from portal.teams.models import Enquiry


@forgets
def forget_letters(user: User) -> None:
    """Delete letters that somebody wrote with this address and did not confirm."""
    db.session.execute(
        delete(Enquiry)
        .where(func.lower(Enquiry.email) == user.email.lower())
        .execution_options(synchronize_session=False)
    )
