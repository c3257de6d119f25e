"""Each process's read replica of the index: built from the database, caught up before every use.

The database is the truth. `replica()` asks for the counter (one statement); only when it moved does
it fetch the entries above the revision it knows. So a text committed by any process is found by
every other one at its next search, on SQLite as on PostgreSQL, without a refit in a request.
"""

import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import cast

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import undefer

from matching import GOOD, MAYBE, VERY_GOOD, Document, Match, Matcher
from portal.extensions import db
from portal.matches import snapshot
from portal.matches.facts import Side
from portal.matches.models import IndexCounter, IndexEntry
from portal.matches.subjects import Subject

# A document of the matcher is one passage: (kind, subject's id, part).
PassageId = tuple[str, int, int]
# Passages of one subject may fill the first places; so many are fetched for each one wanted.
PASSAGES_PER_SUBJECT = 3
# Kinds that need what a person can do: only the first passage of a profile speaks for it. What
# somebody wants to learn finds teams.
ASKS_FOR_OFFERS = frozenset({"opening", "person", "idea"})
# Scores of the first office over our directory, both encoders, fusion f11. Of 120 judged requests
# 95 in 100 lie above .50; first ones are right in 9 of 10 above .80, in 8 of 10 above .65. Below
# .50 no office is named and a person looks for one, though elsewhere labels begin at .40 already:
# the best of an office's many passages flatters it.
OFFICE_FLOORS = ((0.80, VERY_GOOD), (0.65, GOOD), (0.50, MAYBE))


@dataclass(frozen=True, slots=True)
class Known:
    """What the replica remembers of a subject beside the matcher's own structures."""

    subject: Subject
    passages: dict[int, str]
    title: str
    language: str | None
    is_public: bool
    facts: dict[str, object]

    @property
    def text(self) -> str:
        """All passages, one below the other."""
        return "\n".join(self.passages[part] for part in sorted(self.passages))

    @property
    def told(self) -> Side:
        """What it says, title and text, for `facts.agreements`."""
        return (*self.subject, self.facts, f"{self.title}\n{self.text}")


@dataclass(slots=True)
class Replica:
    """A matcher with the subjects it was built from; `lock` guards both."""

    matcher: Matcher
    epoch: str = ""
    revision: int = 0
    known: dict[Subject, Known] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def matches_of(
        self,
        subject: Subject,
        kinds: Set[str],
        k: int,
        exclude: Collection[Subject],
        gains: Mapping[PassageId, float] | None = None,
    ) -> list[tuple[Subject, Match]]:
        """Return what fits an indexed subject, best first; nothing if it is not in the index.

        `gains` is what was learned about passages, see `routings.py`.
        """
        with self.lock:
            known = self.known.get(subject)
            if known is None:
                return []
            unwanted = self._passages(exclude)
            found: list[Match] = []
            for part in sorted(known.passages):
                # Who wants to learn something is no answer to who looks for it.
                if part and kinds <= ASKS_FOR_OFFERS:
                    continue
                found += self.matcher.search_document(
                    (*subject, part),
                    set(kinds),
                    k * PASSAGES_PER_SUBJECT,
                    exclude=unwanted,
                    gains=cast("Mapping[Hashable, float] | None", gains),
                )
            return _best(found, k)

    def search(
        self, text: str, kinds: Collection[str], k: int, keep: Callable[[Known], bool]
    ) -> list[tuple[Known, Match]]:
        """Return the best `k` subjects for a typed text among those `keep` lets through."""
        with self.lock:
            hidden = [
                subject
                for subject, known in self.known.items()
                if subject[0] in kinds and not keep(known)
            ]
            found = self.matcher.search(
                text, set(kinds), k * PASSAGES_PER_SUBJECT, exclude=self._passages(hidden)
            )
            return [(self.known[subject], match) for subject, match in _best(found, k)]

    def put(self, entry: IndexEntry) -> None:
        """Take a new or changed entry in."""
        subject = (entry.kind, entry.subject_id)
        before = self.known.get(subject)
        passages = dict(before.passages if before else {}) | {entry.part: entry.text}
        if before is None or entry.part == 0:
            self.known[subject] = Known(
                subject, passages, entry.title, entry.language, entry.is_public, entry.facts
            )
        else:
            self.known[subject] = replace(before, passages=passages)

    def drop(self, entry: IndexEntry) -> None:
        """Forget a removed entry, and its subject with the last one."""
        subject = (entry.kind, entry.subject_id)
        known = self.known.get(subject)
        if known is not None:
            known.passages.pop(entry.part, None)
            if not known.passages:
                del self.known[subject]
        self.matcher.remove(_id(entry))

    def _passages(self, subjects: Iterable[Subject]) -> set[PassageId]:
        return {
            (*subject, part)
            for subject in subjects
            if subject in self.known
            for part in self.known[subject].passages
        }


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
    """Load the kept matcher and catch up, or fit a new one and keep it."""
    encoders = current_app.config["ENCODERS"]
    kept = snapshot.load(epoch, encoders)
    made = Replica(kept[0] if kept else matcher or Matcher(encoders=encoders), epoch, revision)
    entries = select(IndexEntry).where(IndexEntry.removed_at.is_(None)).order_by(IndexEntry.id)
    if kept:
        made.revision = kept[1]
        for entry in db.session.scalars(entries):
            made.put(entry)
        _catch_up(made, revision)
        return made
    documents = []
    for entry in db.session.scalars(entries.options(undefer(IndexEntry.vector))):
        made.put(entry)
        documents.append(_document(entry))
        made.revision = max(made.revision, entry.revision)
    made.matcher.fit(documents)
    snapshot.keep(made.matcher, epoch, made.revision)
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
            if entry.removed_at is not None:
                known.drop(entry)
                snapshot.throw_away()
            else:
                known.put(entry)
                known.matcher.add(_document(entry))
        known.revision = revision


def _best(found: list[Match], k: int) -> list[tuple[Subject, Match]]:
    """Return the best passage of each subject, best first; ties keep their order."""
    best: dict[Subject, Match] = {}
    for match in sorted(found, key=lambda each: -each.score):
        label = _label(match)
        if label:
            best.setdefault(_subject(match), replace(match, label=label))
    return list(best.items())[:k]


def _label(match: Match) -> str:
    """Return how well it fits; the best of an office's many short passages flatters it."""
    if match.kind != "office":
        return match.label
    return next((label for floor, label in OFFICE_FLOORS if match.score >= floor), "")


def _subject(match: Match) -> Subject:
    kind, subject_id, _part = cast(PassageId, match.id)
    return kind, subject_id


def _id(entry: IndexEntry) -> PassageId:
    return entry.kind, entry.subject_id, entry.part


def _document(entry: IndexEntry) -> Document:
    return Document(
        id=_id(entry),
        # What only asks gets a kind nobody searches for.
        kind=entry.kind if entry.is_offer else f"{entry.kind} asks",
        title=entry.heading,
        text=entry.text,
        language=entry.language,
        vector=entry.vector or b"",  # not encoded yet: found by its words until then
    )
