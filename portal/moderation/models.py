"""Tables of the moderation room: the audit log, which the database itself keeps append-only."""

from datetime import datetime

from sqlalchemy import DDL, JSON, CheckConstraint, ForeignKey, Index, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db


class AuditEntry(db.Model):
    """One thing a coordinator or administrator did, with the values before and after.

    Only columns that were named for it are kept, never what residents wrote. An entry cannot be
    changed or deleted (TRIGGERS); only its actor is forgotten when the account is deleted.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    actor: Mapped[User | None] = relationship(lazy="raise_on_sql")
    by_command: Mapped[bool] = mapped_column(default=False)  # outside the web: nobody signed in
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    before: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        CheckConstraint("NOT by_command OR actor_id IS NULL", name="a_command_has_no_actor"),
        Index("ix_audit_entry_actor", "actor_id", "id"),
        Index("ix_audit_entry_action", "action", "id"),
        Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
    )


# The migration that makes the table executes the same statements.
_FINAL = "id, at, by_command, action, subject_kind, subject_id, before, after"
TRIGGERS = {
    "sqlite": (
        f"""CREATE TRIGGER audit_entry_is_final BEFORE UPDATE OF {_FINAL} ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
        """CREATE TRIGGER audit_entry_forgets_only BEFORE UPDATE OF actor_id ON audit_entry
        WHEN NEW.actor_id IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
        """CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit entries are append-only'
            USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        f"""CREATE TRIGGER audit_entry_is_final BEFORE UPDATE OF {_FINAL} ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()""",
        """CREATE TRIGGER audit_entry_forgets_only BEFORE UPDATE OF actor_id ON audit_entry
        FOR EACH ROW WHEN (NEW.actor_id IS NOT NULL) EXECUTE FUNCTION refuse_audit_change()""",
        """CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()""",
        """CREATE TRIGGER audit_entry_stays_whole BEFORE TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
    ),
}
for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        event.listen(
            AuditEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect)
        )
