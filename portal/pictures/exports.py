"""What the pictures room adds to a person's copy of their data: what they vouched for."""

from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.pictures import queries


@exports("pictures")
def pictures_vouched_for(user: User) -> object:
    """Return the pictures whose rights the person ticked; they belong to the team."""
    return [
        {
            "picture": picture.id,
            "shows": picture.alt,
            "credit": picture.credit,
            "agreed_to": picture.rights_wording,
            "agreed_at": picture.rights_at,
        }
        for picture in queries.pictures_vouched_for_by(user)
    ]
