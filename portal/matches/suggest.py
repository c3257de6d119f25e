"""Make suggestions for a subject and store them; what people decided is never overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update

from matching import LABELS, MAYBE, Match
from matching.feedback import Parameters, match_features, rescored
from portal import clock
from portal.extensions import db
from portal.matches import learning
from portal.matches.facts import Side, agreements, exclusion
from portal.matches.fairness import fill_queue
from portal.matches.index import Known, Replica, replica
from portal.matches.models import IndexEntry, Suggestion
from portal.matches.reasons import as_json
from portal.matches.subjects import Subject

# What is looked for on behalf of each kind, and how many at most.
WANTED: dict[str, dict[str, int]] = {
    "idea": {"office": 4, "team": 5, "person": 5, "idea": 4, "resource": 3},
    "person": {"team": 6, "opening": 6, "idea": 5, "person": 3},
    "team": {"person": 5, "idea": 4, "team": 3, "resource": 3},
    "opening": {"person": 6, "resource": 4},
    "office": {},
    "resource": {"idea": 5, "opening": 5, "team": 4},
}
CONSIDERED = 2  # times as many candidates as wanted are ordered anew by what was learned
UNDECIDED = ("shown", "open", "snoozed", "stale")


@dataclass(frozen=True, slots=True)
class Found:
    """One result on its way into the table."""

    source: Subject
    target: Subject
    match: Match
    facts: tuple[str, ...]
    score: float  # the matcher's own, before what was learned from decisions
    position: int  # among what was found of this kind, from 1


def pair_key(one: Subject, other: Subject) -> str:
    """Return the same key for both directions of a pair."""
    return "|".join(sorted(f"{kind}:{subject_id}" for kind, subject_id in (one, other)))


def suggest_for(subjects: Iterable[Subject]) -> int:
    """Find and store suggestions for `subjects`; return how many are new."""
    index = replica()
    learned = learning.active()
    version = learning.version_name(index.matcher.version, learned)
    parameters = learning.parameters_of(learned)
    new = 0
    for subject in subjects:
        new += _store(index, subject, find_for(index, subject, parameters), version)
        db.session.execute(
            update(IndexEntry)
            .where(IndexEntry.kind == subject[0], IndexEntry.subject_id == subject[1])
            .values(is_pending=False)
        )
        fill_queue([subject])
    return new


def find_for(index: Replica, subject: Subject, parameters: Parameters | None = None) -> list[Found]:
    """Return what fits `subject` by text and is not ruled out by a fact, best first per kind."""
    known = index.known.get(subject)
    if known is None:
        return []
    parameters = parameters or Parameters()
    found = []
    for kind, k in WANTED[subject[0]].items():
        excluded = {
            other.subject
            for other in list(index.known.values())
            if other.subject[0] == kind and not _may_meet(known, other)
        }
        wide = k if parameters.is_identity else k * CONSIDERED
        pairs = index.matches_of(subject, {kind}, wide, excluded)
        found += _ranked(index, known, pairs, parameters)[:k]
    return found


def _ranked(
    index: Replica, known: Known, pairs: list[tuple[Subject, Match]], parameters: Parameters
) -> list[Found]:
    """Order matches by what was learned from decisions; without it they stay as they come.

    Decisions are about people, so offices stay as they come in any case.
    """
    rows = []
    for target, match in pairs:
        other = index.known[target]
        shared = tuple(agreements(_side(known), _side(other)))
        logged = {
            "reasons": match_features(match),
            "facts": list(shared),
            "languages": [known.language, other.language],
        }
        usable = Parameters() if target[0] == "office" else parameters
        better = rescored(match, usable, learning.numbers(logged))
        if better is not None:
            rows.append((other.subject, better, shared, match.score))
    rows.sort(key=lambda row: -row[1].score)
    return [
        Found(known.subject, target, match, shared, score, position)
        for position, (target, match, shared, score) in enumerate(rows, start=1)
    ]


def _side(known: Known) -> Side:
    return (*known.subject, known.facts, known.text)


def _may_meet(source: Known, target: Known) -> bool:
    if target.subject[0] != "person" and not target.is_public:
        return False
    if source.subject[0] == "idea" and target.subject[0] == "person" and not source.is_public:
        return False  # a coordinator looks at the idea first
    return exclusion(_side(source), _side(target)) is None


def _store(index: Replica, subject: Subject, found: list[Found], version: str) -> int:
    existing = {row.pair_key: row for row in _rows_about(subject)}
    seen, new = set(), 0
    news: list[tuple[Suggestion, Found]] = []
    for item in found:
        key = pair_key(item.source, item.target)
        seen.add(key)
        row = existing.get(key)
        if row is None:
            row = Suggestion(pair_key=key, state="stale")
            row.source_kind, row.source_id = item.source
            row.target_kind, row.target_id = item.target
            db.session.add(row)
            new += 1
        if row.state not in UNDECIDED:
            continue
        is_own = row.source_kind == subject[0] and row.source_id == subject[1]
        if row.state == "stale" or (is_own and row.matcher_version != version):
            news.append((row, item))
        if is_own:
            _fill(row, item, version)
        if row.state == "stale":
            row.state, row.needs_review = "shown", _needs_review(index, item)
    for key, row in existing.items():
        if key not in seen and row.state in UNDECIDED and _is_outdated(index, row, subject):
            row.state, row.needs_review, row.changed_at = "stale", False, clock.now()
    db.session.flush()
    _log(index, news)
    return new


def _log(index: Replica, news: list[tuple[Suggestion, Found]]) -> None:
    for row, item in news:
        sides = [index.known[subject] for subject in (item.source, item.target)]
        ends = [(known.language, known.facts) for known in sides]
        learning.note_shown(row, item.position, learning.features_of(row, item.score, ends))


def _fill(row: Suggestion, item: Found, version: str) -> None:
    row.score, row.label = item.match.score, item.match.label
    row.reasons = [as_json(reason) for reason in item.match.reasons]
    row.facts = list(item.facts)
    row.matcher_version = version
    row.changed_at = clock.now()


def _needs_review(index: Replica, item: Found) -> bool:
    """Whether a coordinator decides: a person is involved and the texts fit well.

    A team with openings is asked through the opening that fits, not a second time as a team.
    """
    pair = (item.source, item.target)
    if "person" not in (kind for kind, _id in pair):
        return False
    facts = {subject[0]: index.known[subject].facts for subject in pair}
    if any(found.get("has_openings") for found in facts.values()):
        return False
    if any(kind in ("team", "opening") and not found["leads"] for kind, found in facts.items()):
        return False  # nobody could be asked; the team's page is public anyway
    return LABELS.index(item.match.label) < LABELS.index(MAYBE)


def _is_outdated(index: Replica, row: Suggestion, subject: Subject) -> bool:
    """Whether a pair that was not found this time has to go.

    It goes if the changed text itself had asked for it, unless somebody wished for it or a
    coordinator added it; and if one side is gone or a fact now forbids it, in any case.
    """
    source = index.known.get((row.source_kind, row.source_id))
    target = index.known.get((row.target_kind, row.target_id))
    if source is None or target is None or not _may_meet(source, target):
        return True
    return source.subject == subject and row.wished_by_id is None and not row.is_by_hand


def _rows_about(subject: Subject) -> list[Suggestion]:
    kind, subject_id = subject
    as_source = (Suggestion.source_kind == kind) & (Suggestion.source_id == subject_id)
    as_target = (Suggestion.target_kind == kind) & (Suggestion.target_id == subject_id)
    rows = select(Suggestion).where(as_source | as_target).order_by(Suggestion.id)
    return list(db.session.scalars(rows))
