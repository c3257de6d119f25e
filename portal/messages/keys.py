"""Keys in mails: one thing done by a link, without signing in, once, for a while.

Mail scanners open every link, so a page that reads a key only shows buttons; pressing one posts,
and the post uses the key up.
"""

import secrets

from sqlalchemy import delete, or_, select, update

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.messages.models import MailKey

KEPT_DAYS = 30  # after its end, so that a late click is told what happened


def make_key(purpose: str, subject_id: int, *, days: int = 14, user_id: int | None = None) -> str:
    """Return the token of a new key for `purpose`, for example "opening-renewal"."""
    key = MailKey(
        token=secrets.token_urlsafe(24),
        purpose=purpose,
        subject_id=subject_id,
        user_id=user_id,
        expires_at=clock.shifted(clock.now(), days=days),
    )
    db.session.add(key)
    db.session.flush()
    return key.token


def find_key(token: str, purpose: str) -> MailKey | None:
    """Return the key while it is good: made for this purpose, unused, not too old.

    Whose account is blocked does nothing by their old mails either.
    """
    return db.session.scalar(
        select(MailKey)
        .outerjoin(User, User.id == MailKey.user_id)
        .where(
            or_(MailKey.user_id.is_(None), User.active),
            MailKey.token == token,
            MailKey.purpose == purpose,
            MailKey.used_at.is_(None),
            MailKey.expires_at > clock.now(),
        )
    )


def use_up(key: MailKey) -> bool:
    """Mark the key as used; False when it was used a moment earlier elsewhere."""
    now = clock.now()
    used = db.session.execute(
        update(MailKey)
        .where(MailKey.id == key.id, MailKey.used_at.is_(None), MailKey.expires_at > now)
        .values(used_at=now)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def forget_old() -> None:
    """Delete keys that ended a month ago; the caller commits."""
    ended = clock.shifted(clock.now(), days=-KEPT_DAYS)
    db.session.execute(delete(MailKey).where(MailKey.expires_at < ended))
