"""Who may do what with a gathering. Pure functions: no queries, no request."""

from collections.abc import Collection

from portal.accounts.models import User
from portal.gatherings.models import KINDS, Gathering, SignUp


def kinds_for(user: User, led_team_ids: Collection[int]) -> tuple[str, ...]:
    """Return which kinds `user` may make: leads meet with their team, the Ideenmobil stops."""
    if not user.is_authenticated:
        return ()
    if user.is_coordinator:
        return KINDS
    allowed = {"ideenmobil"} if user.has_role("outreach") else set()
    return tuple(k for k in KINDS if k in allowed or (k == "teamtreffen" and led_team_ids))


def may_host(user: User, gathering: Gathering, led_team_ids: Collection[int]) -> bool:
    """Whether `user` may change it, call it off, read the list and write the minutes."""
    if not user.is_authenticated:
        return False
    if user.is_coordinator:
        return True
    if gathering.kind == "ideenmobil":
        return user.has_role("outreach")
    return gathering.kind == "teamtreffen" and gathering.team_id in led_team_ids


def may_join_online(sign_up: SignUp | None) -> bool:
    """Whether the link for joining is shown: to those who have a place."""
    return sign_up is not None and sign_up.is_seated


def may_give_hint(user: User, sign_up: SignUp | None) -> bool:
    """Whether somebody may wichteln: people with an account, and who signed up."""
    if user.is_authenticated:
        return True
    return sign_up is not None and (sign_up.is_seated or sign_up.is_waiting)
