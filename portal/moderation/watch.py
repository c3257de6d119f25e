"""Write the audit log: whatever a coordinator changes in a watched column leaves an entry.

Session events write the entry in the transaction of the change, so no view and no action has to
remember the log and none can forget it. Rooms say what is watched (`watch`); this one knows none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import Result, event, insert, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session

from portal import clock
from portal.extensions import db
from portal.moderation.models import AuditEntry

Values = Mapping[str, object]
_PENDING = "moderation_pending"


@dataclass(frozen=True, slots=True)
class Watched:
    """What is kept of a table, and how its changes are called.

    `name_of` gets the watched columns before ({} for a new row) and after ({} for a deleted one)
    and returns one of `actions`, or None for what is no decision. With `outside_too` also changes
    by commands are kept.
    """

    kind: str
    columns: Mapping[str, object]
    actions: Mapping[str, object]
    name_of: Callable[[Values, Values], str | None]
    words: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    outside_too: bool = False


_watched: dict[type, Watched] = {}


def watch(model: type, watched: Watched) -> None:
    """Keep a log of changes to `model` from now on."""
    _watched[model] = watched


def watched_kinds() -> dict[str, Watched]:
    """Return what is watched by the kind's name."""
    return {watched.kind: watched for watched in _watched.values()}


def action_names() -> dict[str, object]:
    """Return every action that can stand in the log with its German name."""
    return {code: name for watched in _watched.values() for code, name in watched.actions.items()}


def init_session() -> None:
    """Listen to the app's sessions; calling it twice listens once."""
    for name, listener in (
        ("before_flush", _note_changes),
        ("after_flush", _write_entries),
        ("do_orm_execute", _note_statement),
    ):
        if not event.contains(db.session, name, listener):
            event.listen(db.session, name, listener)


def _note_changes(session: Session, _context: object, _instances: object) -> None:
    """Remember the values before: after the flush they are gone."""
    pending = session.info.setdefault(_PENDING, [])
    pending.clear()
    for row in (*session.new, *session.dirty, *session.deleted):
        watched = _watched.get(type(row))
        if watched and _is_kept(watched):
            before = {} if row in session.new else _before(session, row, watched.columns)
            pending.append((row, watched, before))


def _write_entries(session: Session, _context: object) -> None:
    entries = []
    for row, watched, before in session.info.pop(_PENDING, ()):
        gone = row in session.deleted
        after = {} if gone else {name: _plain(getattr(row, name)) for name in watched.columns}
        entries.append(_entry(watched, row.id, before, after))
    _insert(session, entries)


def _note_statement(state: ORMExecuteState) -> Result[object] | None:
    """Do the same for an UPDATE that bypasses the session's rows (compare and set)."""
    mapper = state.bind_mapper
    watched = _watched.get(mapper.class_) if state.is_update and mapper else None
    if mapper is None or watched is None or not _is_kept(watched):
        return None
    model, session = mapper.class_, state.session
    columns = [getattr(model, name) for name in watched.columns]
    read = select(model.id, *columns).order_by(model.id)
    old = session.execute(read.where(state.statement.whereclause)).all()  # type: ignore[attr-defined]
    result = state.invoke_statement()
    new = session.execute(read.where(model.id.in_([row.id for row in old]))).all()
    entries = [
        _entry(watched, before.id, _values(before, watched), _values(after, watched))
        for before, after in zip(old, new, strict=True)
    ]
    _insert(session, entries)
    return result


def _is_kept(watched: Watched) -> bool:
    return _actor_id() is not None or (watched.outside_too and not has_request_context())


def _actor_id() -> int | None:
    """Return who acts, if it is somebody whose actions are kept."""
    if not has_request_context() or not current_user.is_authenticated:
        return None
    return int(current_user.id) if current_user.is_coordinator else None


def _before(session: Session, row: object, columns: Iterable[str]) -> dict[str, object]:
    state = inspect(row)
    before: dict[str, object] = {}
    for name in columns:
        history = state.attrs[name].load_history()
        if isinstance(getattr(row, name), list) and name in state.mapper.relationships:
            before[name] = _plain([*history.unchanged, *history.deleted])
        elif history.deleted or history.unchanged:
            before[name] = _plain((history.deleted or history.unchanged)[0])
        else:  # overwritten without having been read
            model = state.mapper.class_
            column = select(getattr(model, name)).where(model.id == state.identity[0])
            before[name] = _plain(session.scalar(column))
    return before


def _entry(watched: Watched, subject_id: int, before: Values, after: Values) -> Values | None:
    """Return an entry's values with only what changed, or None if it is nothing to keep."""
    changed = [name for name in watched.columns if before.get(name) != after.get(name)]
    action = watched.name_of(before, after) if changed else None
    if action is None:
        return None
    actor_id = _actor_id()
    return {
        "at": clock.now(),
        "actor_id": actor_id,
        "by_command": actor_id is None,
        "action": action,
        "subject_kind": watched.kind,
        "subject_id": subject_id,
        "before": {name: before[name] for name in changed if before},
        "after": {name: after[name] for name in changed if after},
    }


def _insert(session: Session, entries: Iterable[Values | None]) -> None:
    kept = [entry for entry in entries if entry]
    if kept:
        session.execute(insert(AuditEntry), kept)


def _values(row: object, watched: Watched) -> dict[str, object]:
    return {name: _plain(getattr(row, name)) for name in watched.columns}


def _plain(value: object) -> object:
    """Return `value` as JSON can keep it; rows of a relationship by their names."""
    if isinstance(value, date):  # a datetime is one as well
        return value.isoformat()
    if isinstance(value, list):
        return sorted(str(getattr(each, "name", each)) for each in value)
    return value
