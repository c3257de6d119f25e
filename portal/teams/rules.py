"""Who may do what with a team. Pure functions: no queries, no request."""

from collections.abc import Collection, Mapping

from portal.accounts.models import User
from portal.teams.models import SECTORS, Adoption, Invitation, Opening, Team

FEW = 3  # fewer people of a sector are not counted in public: somebody might be recognised


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


def takes_requests(team: Team) -> bool:
    """Whether people can ask to join: a paused team is taken over, a retold one is not here."""
    return team.takes_people and team.state != "pausiert" and not team.is_example


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


def may_write_to(user: User, team: Team, lead_ids: Collection[int]) -> bool:
    """Whether this reader, with or without account, may write to `team`: not to themselves.

    An example is only retold here; nobody of it would read the letter.
    """
    return not team.is_example and not (user.is_authenticated and user.id in lead_ids)


def may_be_named_to(
    viewer: User, member: User, is_named: bool, member_ids: Collection[int]
) -> bool:
    """Whether the page says a member's first name: to the team and coordinators, else as wished."""
    if viewer.is_authenticated and (viewer.is_coordinator or viewer.id in member_ids):
        return True
    return is_named and member.active and not member.under_16


def may_adopt(user: User, team: Team, lead_ids: Collection[int]) -> bool:
    """Whether `user` may offer to take over: a paused team that they do not lead already."""
    return (
        user.is_authenticated
        and not user.under_16
        and is_adoptable(team)
        and user.id not in lead_ids
    )


def is_adoptable(team: Team) -> bool:
    """Whether others can take `team` over."""
    return team.state == "pausiert" and not team.is_example


def may_answer_adoption(user: User, adoption: Adoption, lead_ids: Collection[int]) -> bool:
    """Leads and coordinators answer, nobody their own offer (four eyes)."""
    if not user.is_authenticated or user.id == adoption.user_id:
        return False
    return user.is_coordinator or user.id in lead_ids


def may_read_adoption(user: User, adoption: Adoption, lead_ids: Collection[int]) -> bool:
    """Whoever offered it and whoever may answer."""
    own = user.is_authenticated and user.id == adoption.user_id
    return own or may_answer_adoption(user, adoption, lead_ids)


def may_answer_invitation(user: User, invitation: Invitation) -> bool:
    """The person who was invited, signed in; the link in the mail needs no account."""
    return user.is_authenticated and user.id == invitation.user_id


def shown_sectors(counts: Mapping[str, int]) -> list[tuple[str, int | None]]:
    """Return which sectors the public page names, with a number only where it hides everybody."""
    return [
        (sector, counts[sector] if counts[sector] >= FEW else None)
        for sector in SECTORS
        if counts.get(sector)
    ]
