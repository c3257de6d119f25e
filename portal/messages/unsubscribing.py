"""Turning mails off by their own link: without signing in, at any time, as often as pressed.

The link is signed, not stored: it lies in old mails and must work there for years.
"""

from typing import NamedTuple

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.accounts.models import User
from portal.extensions import db
from portal.links import portal_url
from portal.messages.models import CATEGORIES

EVERYTHING = "all"  # the daily digest speaks of every category


class Subscription(NamedTuple):
    """What a link turns off: one category, or all of them."""

    user: User
    category: str

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories it stands for."""
        return CATEGORIES if self.category == EVERYTHING else (self.category,)


def url_for_category(user: User, category: str) -> str:
    """Return the address that turns mails about `category` off for `user`."""
    return portal_url("messages.unsubscribe", token=_serializer().dumps([user.id, category]))


def read_token(token: str) -> Subscription | None:
    """Return whose mails a token turns off; None when it is not ours or the account is gone."""
    try:
        user_id, category = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    user = db.session.get(User, user_id)
    return Subscription(user, category) if user else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="unsubscribe")
