"""News of ideas that are told by telephone, as nothing but a number was left.

The ideas room owes the calls; coordinators find them on their call list and note how they went.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from portal import clock
from portal.errors import Conflict
from portal.extensions import db
from portal.ideas.models import Idea, IdeaCall, ProgressEntry


class CallChanged(Conflict):
    """A colleague called, or there is more to tell than the page said."""

    message = _l(
        "Inzwischen hat schon jemand angerufen, oder es gibt noch etwas Neues zu sagen. Sieh dir "
        "die Anrufliste noch einmal an."
    )


@dataclass(frozen=True, slots=True)
class News:
    """A call to make, with the newest note to whoever had the idea."""

    call: IdeaCall
    note: str


def owe_call(idea: Idea) -> None:
    """Put the idea on the call list; a call that is owed already will tell this, too."""
    if _is_told_more(idea):
        return
    try:
        with db.session.begin_nested():
            db.session.add(IdeaCall(idea_id=idea.id))
    except IntegrityError:  # other news in another process, a moment earlier
        _is_told_more(idea)


def calls_to_make(limit: int) -> tuple[list[News], int]:
    """Return calls that are due, longest waiting first, and how many there are in all."""
    newest = (
        select(ProgressEntry.note)
        .where(ProgressEntry.idea_id == IdeaCall.idea_id)
        .order_by(ProgressEntry.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(IdeaCall, newest, func.count().over())
        .join(IdeaCall.idea)
        .where(*_due())
        .options(contains_eager(IdeaCall.idea))
        .order_by(IdeaCall.since, IdeaCall.idea_id)
        .limit(limit)
    ).all()
    return [News(call, note or "") for call, note, _number in rows], rows[0][2] if rows else 0


def call_about(idea_id: int) -> IdeaCall | None:
    """Return the call that is owed about an idea."""
    return db.session.scalar(
        select(IdeaCall)
        .join(IdeaCall.idea)
        .where(IdeaCall.idea_id == idea_id, *_reached_by_telephone_only())
        .options(contains_eager(IdeaCall.idea))
    )


def count_due() -> Select[int]:
    """Select how many calls are due."""
    return select(func.count(IdeaCall.idea_id)).join(IdeaCall.idea).where(*_due())


def note_call(call: IdeaCall, *, is_reached: bool, seen: int) -> None:
    """Note how a call went; `seen` is the version the page showed. Not reached: again tomorrow."""
    same = IdeaCall.idea_id == call.idea_id, IdeaCall.version == seen
    if is_reached:
        noted = db.session.execute(delete(IdeaCall).where(*same))
    else:
        noted = db.session.execute(
            update(IdeaCall)
            .where(*same)
            .values(
                attempts=IdeaCall.attempts + 1,
                version=IdeaCall.version + 1,
                due_at=clock.shifted(clock.now(), days=1),
            )
        )
    if not noted.rowcount:  # type: ignore[attr-defined]
        raise CallChanged


def forget_needless() -> None:
    """Drop calls nobody can make any more: the number is gone, or the idea was taken back."""
    reached = select(Idea.id).where(Idea.id == IdeaCall.idea_id, *_reached_by_telephone_only())
    db.session.execute(
        delete(IdeaCall).where(~reached.exists()).execution_options(synchronize_session=False)
    )


def _is_told_more(idea: Idea) -> bool:
    more = update(IdeaCall).where(IdeaCall.idea_id == idea.id)
    done = db.session.execute(more.values(version=IdeaCall.version + 1))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _due() -> Sequence[ColumnElement[bool]]:
    return IdeaCall.due_at <= clock.now(), *_reached_by_telephone_only()


def _reached_by_telephone_only() -> Sequence[ColumnElement[bool]]:
    return (
        Idea.contact_phone.is_not(None),
        Idea.contact_email.is_(None),
        Idea.initiator_id.is_(None),
        Idea.withdrawn_at.is_(None),
    )
