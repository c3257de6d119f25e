"""Who may do what with organisations, resources and bookings. No queries, no request."""

from collections.abc import Collection

from portal.accounts.models import User
from portal.organisations.models import Booking, Organisation, Resource


def may_speak_for(user: User, member_ids: Collection[int]) -> bool:
    """Whether `user` is one of the people behind an organisation."""
    return user.is_authenticated and user.id in member_ids


def may_edit(user: User, member_ids: Collection[int]) -> bool:
    """Whether `user` may change an organisation's pages: its members and coordinators."""
    return user.is_authenticated and (user.is_coordinator or user.id in member_ids)


def may_read(user: User, organisation: Organisation, member_ids: Collection[int]) -> bool:
    """Whether `user` may see the organisation: everybody once it is public."""
    return organisation.is_public or may_edit(user, member_ids)


def may_publish(user: User, member_ids: Collection[int]) -> bool:
    """Whether `user` may make it public: a coordinator, but not one who belongs to it."""
    return user.is_authenticated and user.is_coordinator and user.id not in member_ids


def may_ask_for(user: User, resource: Resource, member_ids: Collection[int]) -> bool:
    """Whether `user` may ask for the resource: grown-ups from outside, while it is offered."""
    return (
        user.is_authenticated
        and not user.under_16
        and resource.is_open
        and user.id not in member_ids
    )


def may_answer(user: User, booking: Booking, member_ids: Collection[int]) -> bool:
    """Whether `user` may say yes or no: members, and coordinators in their name."""
    return booking.user_id != user.id and may_edit(user, member_ids)
