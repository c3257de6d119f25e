"""Who may read what of a profile. Pure functions: no queries, no request."""

from collections.abc import Collection

from portal.accounts.models import User
from portal.profiles.models import COORDINATORS, FIELDS, PUBLIC, SIGNED_IN, Profile


def levels_open_to(viewer: User) -> frozenset[str]:
    """Return the visibilities `viewer` may read in the profiles of others."""
    if not viewer.is_authenticated:
        return frozenset({PUBLIC})
    if viewer.is_coordinator:
        return frozenset({PUBLIC, SIGNED_IN, COORDINATORS})
    return frozenset({PUBLIC, SIGNED_IN})


def readable_fields(viewer: User, profile: Profile, owner: User) -> tuple[str, ...]:
    """Return the fields of `profile` that `viewer` may read; none of somebody under 16."""
    if viewer.is_authenticated and (viewer.is_coordinator or viewer.id == owner.id):
        return FIELDS
    if owner.under_16 or not owner.active:
        return ()
    levels = levels_open_to(viewer)
    return tuple(field for field in FIELDS if profile.visibility_of(field) in levels)


def opened_to(viewer: User, openness: str | None, owner: User) -> bool:
    """Whether `owner` may be named to `viewer`: they opened something to such people."""
    if viewer.is_authenticated and (viewer.is_coordinator or viewer.id == owner.id):
        return True
    return owner.active and not owner.under_16 and openness in levels_open_to(viewer)


def may_list_all(viewer: User) -> bool:
    """Whether `viewer` sees the profiles nobody opened: coordinators do."""
    return viewer.is_authenticated and viewer.is_coordinator


def widest(visibilities: Collection[str]) -> str:
    """Return the most open of `visibilities`; nothing given means coordinators only."""
    order = (COORDINATORS, SIGNED_IN, PUBLIC)
    return max(visibilities, key=order.index, default=COORDINATORS)


def first_name(user: User) -> str:
    """Return what others may read of a name, should somebody have typed the last one, too."""
    return (user.name or "").strip().partition(" ")[0]
