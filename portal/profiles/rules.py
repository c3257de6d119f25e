"""Who may read what of a profile. Pure functions: no queries, no request."""

from collections.abc import Collection

from portal.accounts.models import User
from portal.profiles.models import COORDINATORS, FIELDS, PUBLIC, SIGNED_IN, Profile


def neighbour_levels(viewer: User) -> frozenset[str]:
    """Return the visibilities opened to people like `viewer`, whatever office they hold."""
    return frozenset({PUBLIC, SIGNED_IN} if viewer.is_authenticated else {PUBLIC})


def opened_fields(levels: Collection[str], profile: Profile, owner: User) -> tuple[str, ...]:
    """Return the fields of `profile` opened to one of `levels`; none of somebody under 16."""
    if owner.under_16 or not owner.active:
        return ()
    return tuple(field for field in FIELDS if profile.visibility_of(field) in levels)


def readable_fields(viewer: User, profile: Profile, owner: User) -> tuple[str, ...]:
    """Return the fields of `profile` that `viewer` may read: coordinators and the owner all."""
    if viewer.is_authenticated and (viewer.is_coordinator or viewer.id == owner.id):
        return FIELDS
    return opened_fields(neighbour_levels(viewer), profile, owner)


def opened_to(viewer: User, openness: str | None, owner: User) -> bool:
    """Whether `owner` may be named to `viewer`: they opened something to such people."""
    if viewer.is_authenticated and (viewer.is_coordinator or viewer.id == owner.id):
        return True
    return owner.active and not owner.under_16 and openness in neighbour_levels(viewer)


def widest(visibilities: Collection[str]) -> str:
    """Return the most open of `visibilities`; nothing given means coordinators only."""
    order = (COORDINATORS, SIGNED_IN, PUBLIC)
    return max(visibilities, key=order.index, default=COORDINATORS)


def first_name(user: User) -> str:
    """Return what others may read of a name, should somebody have typed the last one, too."""
    return (user.name or "").strip().partition(" ")[0]
