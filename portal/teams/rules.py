"""Who may do what with a team. Pure functions: no queries, no request."""

from collections.abc import Collection

from portal.accounts.models import User
from portal.teams.models import Opening, Team


def may_create(user: User) -> bool:
    """Whether `user` may found a team: coordinators, once an idea is ready for it."""
    return user.is_authenticated and user.is_coordinator


def may_edit(user: User, team: Team, lead_ids: Collection[int]) -> bool:
    """Whether `user` may change the texts, the state and the log of `team`."""
    if not user.is_authenticated:
        return False
    return user.is_coordinator or (team.id is not None and user.id in lead_ids)


def may_open_opening(user: User, team: Team, lead_ids: Collection[int]) -> bool:
    """Whether `user` may look for somebody or something in the name of `team`."""
    return team.takes_people and may_edit(user, team, lead_ids)


def may_wish(
    user: User,
    team: Team,
    opening: Opening,
    member_ids: Collection[int],
    lead_ids: Collection[int],
) -> bool:
    """Whether `user` may say that they are interested: not in their own team's opening.

    Without a lead nobody could be asked.
    """
    return (
        user.is_authenticated
        and bool(lead_ids)
        and opening.is_open
        and team.takes_people
        and user.id not in member_ids
    )
