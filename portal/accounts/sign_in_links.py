"""Signing in by a link from a mail: signed, good for half an hour, once, and never by a mere GET.

Mail scanners open every link. Opening shows a button; only pressing it uses the link up, by
counting `User.link_serial` on. Flask-Security signs the link; its own view would sign in on GET.
"""

from datetime import timedelta

from flask_security.confirmable import send_confirmation_instructions
from flask_security.utils import check_and_get_token_status
from sqlalchemy import update

from portal.accounts import setup, texts
from portal.accounts.models import User
from portal.extensions import db

GOOD_FOR = timedelta(minutes=30)


def send_link(user: User, next_path: str) -> None:
    """Mail the link; whoever has not confirmed the address yet gets that mail instead."""
    if user.confirmed_at is None:
        send_confirmation_instructions(user)
        return
    token = setup.extension().login_serializer.dumps([user.fs_uniquifier, user.link_serial])
    setup.send_mail(
        texts.SIGN_IN_LINK_SUBJECT, user, "sign_in_link", token=token, next_path=next_path or None
    )


def user_of(token: str) -> User | None:
    """Return whose link this is while it is good."""
    expired, invalid, data = check_and_get_token_status(token, "login", GOOD_FOR)
    if expired or invalid or not isinstance(data, list) or len(data) != 2:
        return None
    user = setup.datastore.find_user(fs_uniquifier=data[0])
    if user is None or not user.active or user.link_serial != data[1]:
        return None
    return user


def use_up(user: User) -> bool:
    """Count the serial on; False when the link was used a moment earlier elsewhere."""
    serial = user.link_serial
    used = db.session.execute(
        update(User)
        .where(User.id == user.id, User.link_serial == serial)
        .values(link_serial=serial + 1)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]
