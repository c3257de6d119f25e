"""Keep the index true: whatever changes in another room changes its index entry with it.

A session event writes the entries in the same transaction as the change, so no room has to
remember the index and none can forget it. What changed is then encoded and matched right after
the answer's transaction (`take_changed`), or by the worker.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from matching import guess_language
from portal import clock
from portal.accounts.models import Consent, User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.matches.models import IndexCounter, IndexEntry
from portal.matches.subjects import Description, Passage, Subject, describe
from portal.offices.models import Office
from portal.organisations.models import Organisation, Resource
from portal.profiles.models import Profile
from portal.teams.models import Membership, Opening, Team

_CHANGED, _COMMITTED = "matches_changed", "matches_committed"


def init_session() -> None:
    """Listen to the app's sessions; calling it twice listens once."""
    for name, listener in (
        ("before_flush", _guess_languages),
        ("after_flush", _note_changes),
        ("before_commit", _write_entries),
        ("after_rollback", _forget),
    ):
        if not event.contains(db.session, name, listener):
            event.listen(db.session, name, listener)


def take_changed(session: Session) -> list[Subject]:
    """Return the subjects committed since the last call, each once, in order."""
    return list(dict.fromkeys(session.info.pop(_COMMITTED, ())))


def touch(subjects: Iterable[Subject]) -> None:
    """Write the entries of `subjects` now, as if their rows had changed."""
    for subject in dict.fromkeys(subjects):
        _write_entry(subject)


def next_revision() -> int:
    """Count up and return the index's revision; the row's lock keeps revisions in order."""
    counted = db.session.execute(
        update(IndexCounter).values(revision=IndexCounter.revision + 1)
    ).rowcount  # type: ignore[attr-defined]
    if not counted:
        db.session.add(IndexCounter(epoch=secrets.token_hex(8), revision=1))
        db.session.flush()
    return db.session.scalars(select(IndexCounter.revision)).one()


def _guess_languages(session: Session, _context: object, _instances: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Idea):
            row.language = guess_language(f"{row.problem}\n{row.wish}\n{row.contribution or ''}")
        elif isinstance(row, Profile):
            row.language = guess_language(f"{row.can}\n{row.cares}\n{row.learn}")


def _note_changes(session: Session, _context: object) -> None:
    changed = session.info.setdefault(_CHANGED, [])
    for row in (*session.new, *session.dirty, *session.deleted):
        changed.extend(_subjects_of(row))


# What a change of a row concerns. "… of" names all subjects of a team or an organisation.
_CONCERNED: dict[type, Callable[[Any], list[Subject]]] = {
    Idea: lambda row: [("idea", row.id)],
    Profile: lambda row: [("person", row.user_id)],
    User: lambda row: [("person", row.id)],
    Consent: lambda row: [("person", row.user_id)],
    Team: lambda row: [("team", row.id), ("openings of", row.id)],
    Opening: lambda row: [("opening", row.id), ("team", row.team_id)],
    Membership: lambda row: [("team", row.team_id), ("openings of", row.team_id)],
    Office: lambda row: [("office", row.id)],
    Organisation: lambda row: [("resources of", row.id)],
    Resource: lambda row: [("resource", row.id)],
}
_GROUPS = {
    "openings of": ("opening", Opening.id, Opening.team_id),
    "resources of": ("resource", Resource.id, Resource.organisation_id),
}


def _subjects_of(row: object) -> list[Subject]:
    concerned = _CONCERNED.get(type(row))
    return concerned(row) if concerned else []


def _write_entries(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint; the real commit follows
    session.flush()
    subjects = dict.fromkeys(_without_groups(session.info.pop(_CHANGED, [])))
    written = [subject for subject in subjects if _write_entry(subject)]
    session.flush()
    session.info.pop(_CHANGED, None)
    session.info.setdefault(_COMMITTED, []).extend(written)


def _without_groups(subjects: Iterable[Subject]) -> Iterator[Subject]:
    for kind, subject_id in subjects:
        if kind in _GROUPS:
            member_kind, row_id, owner_id = _GROUPS[kind]
            ids = select(row_id).where(owner_id == subject_id).order_by(row_id)
            yield from ((member_kind, found) for found in db.session.scalars(ids))
        else:
            yield kind, subject_id


def _write_entry(subject: Subject) -> bool:
    """Bring one entry up to date; return whether anything about it changed."""
    kind, subject_id = subject
    described = describe(subject)
    entries = {
        entry.part: entry
        for entry in db.session.scalars(
            select(IndexEntry)
            .where(IndexEntry.kind == kind, IndexEntry.subject_id == subject_id)
            .order_by(IndexEntry.part)
        )
    }
    passages = described.passages if described else ()
    gone = [entry for part, entry in entries.items() if part >= len(passages)]
    changed = [_remove(entry) for entry in gone]
    if described is not None:
        for part, passage in enumerate(passages):
            entry = entries.get(part) or IndexEntry(kind=kind, subject_id=subject_id, part=part)
            changed.append(_fill(entry, passage, described))
    return any(changed)


def _fill(entry: IndexEntry, passage: Passage, described: Description) -> bool:
    said = (entry.title, entry.text)
    known = (*said, entry.language, entry.is_offer, entry.is_public, entry.facts)
    new = (passage.title, passage.text, passage.language, passage.is_offer)
    if entry.removed_at is None and known == (*new, described.is_public, described.facts):
        return False
    entry.revision = next_revision()
    if said != (passage.title, passage.text):
        entry.vector, entry.encoder_version = None, None
    entry.title, entry.text, entry.language, entry.is_offer = new
    entry.is_public, entry.facts = described.is_public, described.facts
    entry.removed_at, entry.is_pending = None, True
    db.session.add(entry)
    return True


def _remove(entry: IndexEntry) -> bool:
    """Forget what the entry said; the name stays, so that replicas hear of it."""
    if entry.removed_at is not None:
        return False
    entry.title = entry.text = ""
    entry.facts, entry.vector, entry.encoder_version = {}, None, None
    entry.is_public, entry.is_pending = False, True  # its suggestions have to go
    entry.removed_at = clock.now()
    entry.revision = next_revision()
    return True


def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)
