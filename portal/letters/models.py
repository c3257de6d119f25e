"""Tables of the letters room. Only coordinators read letters and replies; everybody reads dates."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.offices.models import Office

CHANNELS = ("mail", "post")
REPLY_KINDS = ("answer", "auto", "bounce")


class Letter(db.Model):
    """One letter to one office about one idea. Its state follows from its dates (`rules.state_of`).

    A letter is sent once. Asking again, elsewhere or at a corrected mailbox is another letter that
    `follows` this one, so the chain tells who was asked when and who instead.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    idea: Mapped[Idea] = relationship(lazy="raise_on_sql")
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    office: Mapped[Office] = relationship(lazy="raise_on_sql")
    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("letter.id", ondelete="SET NULL"), index=True
    )
    template: Mapped[str]  # code of the text it began as
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    enclosures: Mapped[list[str]] = mapped_column(JSON, default=list)  # with a printed letter
    # The initiator said that the letter may name them; without it, it does not.
    initiator_agreed_at: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    owner: Mapped[User | None] = relationship(lazy="raise_on_sql")
    handover_note: Mapped[str] = mapped_column(Text, default="")
    reply_token: Mapped[str] = mapped_column(unique=True)  # in the address an answer goes to
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    to_address: Mapped[str | None]  # the office's mailbox on that day
    message_id: Mapped[str | None] = mapped_column(index=True)
    mail_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbox_mail.id", ondelete="SET NULL"), index=True
    )
    bounced_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # of its silence, the last time
    closed_at: Mapped[datetime | None]  # nothing more to do about this letter

    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'post')", name="known_channel"),
        CheckConstraint("(sent_at IS NULL) = (channel IS NULL)", name="sent_somehow"),
        CheckConstraint("channel <> 'mail' OR to_address IS NOT NULL", name="mailed_somewhere"),
        CheckConstraint(
            "sent_at IS NOT NULL OR (bounced_at IS NULL AND answered_at IS NULL"
            " AND refused_at IS NULL AND closed_at IS NULL)",
            name="only_what_was_sent_comes_back",
        ),
        CheckConstraint("refused_at IS NULL OR answered_at IS NOT NULL", name="a_no_is_an_answer"),
        Index("ix_letter_open", "closed_at", "sent_at", "id"),
    )

    @property
    def reference(self) -> str:
        """The file number ("Unser Zeichen") by which an answer on paper or by mail is found."""
        return f"WiQ-{self.id}-{self.reply_token[:6]}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.closed_at is None

    @property
    def is_sent(self) -> bool:
        """Whether it has left; from then on its text stays as it is."""
        return self.sent_at is not None


class LetterReply(db.Model):
    """What came back: parsed from the mailbox, or pasted in by a coordinator.

    Without a letter it waits for a coordinator who says where it belongs.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int | None] = mapped_column(
        ForeignKey("letter.id", ondelete="CASCADE"), index=True
    )
    message_key: Mapped[str | None] = mapped_column(index=True)  # None: pasted in
    kind: Mapped[str]
    sender: Mapped[str] = mapped_column(default="")  # a name and a domain, no address
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text, default="")
    attachments: Mapped[list[str]] = mapped_column(JSON, default=list)  # their names only
    received_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )

    __table_args__ = (
        CheckConstraint("kind IN ('answer', 'auto', 'bounce')", name="known_kind"),
        UniqueConstraint("message_key", "letter_id", name="taken_in_once"),
    )


class ReplyMailbox(db.Model):
    """How far the mailbox of answers has been read; one row.

    The position is written in the transaction of the reply it stands for, so a killed worker
    neither loses a mail nor takes it in twice.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger, default=0)  # 32 bits without a sign
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    tried_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
