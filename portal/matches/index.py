"""Each process's read replica of the index: built from the database, caught up before every use.

The database is the truth. `replica()` asks for the counter (one statement); only when it moved does
it fetch the entries above the revision it knows. So a text committed by any process is found by
every other one at its next search, on SQLite as on PostgreSQL, without a refit in a request.
"""

import threading
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import undefer

from matching import Document, Match, Matcher
from portal.extensions import db
from portal.matches.models import IndexCounter, IndexEntry
from portal.matches.subjects import Subject


@dataclass(frozen=True, slots=True)
class Known:
    """What the replica remembers of an entry beside the matcher's own structures."""

    subject: Subject
    title: str
    text: str
    language: str | None
    is_public: bool
    facts: dict[str, object]


@dataclass(slots=True)
class Replica:
    """A matcher with the entries it was built from; `lock` guards both."""

    matcher: Matcher
    epoch: str = ""
    revision: int = 0
    known: dict[Subject, Known] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def matches_of(
        self, subject: Subject, kinds: Collection[str], k: int, exclude: Collection[Hashable]
    ) -> list[Match]:
        """Return what fits an indexed subject; nothing if it is not in the index."""
        with self.lock:
            if subject not in self.known:
                return []
            return self.matcher.search_document(subject, kinds=set(kinds), k=k, exclude=exclude)

    def search(
        self, text: str, kinds: Collection[str], k: int, keep: Callable[[Known], bool]
    ) -> list[tuple[Known, Match]]:
        """Return the best `k` entries for a typed text among those `keep` lets through."""
        with self.lock:
            hidden = {
                subject
                for subject, known in self.known.items()
                if subject[0] in kinds and not keep(known)
            }
            found = self.matcher.search(text, kinds=set(kinds), k=k, exclude=hidden)
            return [(self.known[match.id], match) for match in found]  # type: ignore[index]


_replicas: dict[int, Replica] = {}
_building = threading.Lock()


def replica() -> Replica:
    """Return this process's replica of the current app's index, up to date."""
    counter = db.session.execute(select(IndexCounter.epoch, IndexCounter.revision)).first()
    epoch, revision = counter or ("", 0)
    key = id(current_app._get_current_object())  # type: ignore[attr-defined]
    with _building:
        known = _replicas.get(key)
        if known is None or known.epoch != epoch or known.revision > revision:
            known = _replicas[key] = _build(epoch, revision, known.matcher if known else None)
        elif known.revision < revision:
            _catch_up(known, revision)
    return known


def _build(epoch: str, revision: int, matcher: Matcher | None) -> Replica:
    made = Replica(matcher or Matcher(encoders=current_app.config["ENCODERS"]), epoch, revision)
    entries = select(IndexEntry).where(IndexEntry.removed_at.is_(None)).order_by(IndexEntry.id)
    documents = []
    for entry in db.session.scalars(entries.options(undefer(IndexEntry.vector))):
        known = _known(entry)
        made.known[known.subject] = known
        documents.append(_document(entry))
        made.revision = max(made.revision, entry.revision)
    made.matcher.fit(documents)
    return made


def _catch_up(known: Replica, revision: int) -> None:
    entries = (
        select(IndexEntry)
        .where(IndexEntry.revision > known.revision)
        .order_by(IndexEntry.revision)
        .options(undefer(IndexEntry.vector))
    )
    with known.lock:
        for entry in db.session.scalars(entries):
            subject = (entry.kind, entry.subject_id)
            if entry.removed_at is not None:
                known.known.pop(subject, None)
                known.matcher.remove(subject)
            else:
                known.known[subject] = _known(entry)
                known.matcher.add(_document(entry))
        known.revision = revision


def _known(entry: IndexEntry) -> Known:
    return Known(
        (entry.kind, entry.subject_id),
        entry.title,
        entry.text,
        entry.language,
        entry.is_public,
        entry.facts,
    )


def _document(entry: IndexEntry) -> Document:
    return Document(
        id=(entry.kind, entry.subject_id),
        kind=entry.kind,
        # A person's first name says nothing about what they can do.
        title="" if entry.kind == "person" else entry.title,
        text=entry.text,
        language=entry.language,
        vector=entry.vector or b"",  # not encoded yet: found by its words until then
    )
