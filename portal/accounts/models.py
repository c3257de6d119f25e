"""Tables of the accounts room. Flask-Security reads User and Role; it adds no column of its own."""

from datetime import datetime

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Table, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import db

ROLES = ("resident", "coordinator", "steering", "outreach", "administrator")

user_roles = Table(
    "user_role",
    db.metadata,
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(db.Model, RoleMixin):
    """What somebody may do beyond their own things; the names are in ROLES."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    permissions: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))


class User(db.Model, UserMixin):
    """A person with an account. `name` is the first name others may see, nothing more."""

    __tablename__ = "user_account"  # "user" is a reserved word in PostgreSQL

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    # Part of every session and remember cookie: a new value signs out everywhere.
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    # Counts the sign-in links that were used: a link names the number it was made for.
    link_serial: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    locale: Mapped[str | None]
    under_16: Mapped[bool] = mapped_column(default=False)
    # Set by whoever prefers a call to a mail when they are asked something; coordinators only.
    phone: Mapped[str | None]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=user_roles, lazy="selectin"
    )

    @property
    def is_coordinator(self) -> bool:
        """Whether this person works in the Unterstützungsteam (administrators do as well)."""
        return self.has_role("coordinator") or self.is_administrator

    @property
    def is_administrator(self) -> bool:
        """Whether this person runs the portal."""
        return self.has_role("administrator")


class Consent(db.Model):
    """One purpose somebody agreed to, with the day and the wording's version."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str]  # matching | publication | newsletter
    wording: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
