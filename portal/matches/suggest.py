"""Make suggestions for a subject and store them; what people decided is never overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import select, update

from matching import LABELS, MAYBE, Match, Reason
from matching.feedback import Parameters, match_features, rescored
from matching.floors import Floors
from matching.routing import Router
from portal import clock
from portal.extensions import db
from portal.matches import learning, routings
from portal.matches.facts import Side, agreements, exclusion
from portal.matches.fairness import fill_queue
from portal.matches.index import Known, Replica, replica
from portal.matches.models import IndexEntry, MatcherParameters, Suggestion
from portal.matches.reasons import ROUTED, as_json
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
TELLING = 0.1  # log odds learned from routings that are worth a word on the card
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


@dataclass(frozen=True, slots=True)
class Learned:
    """What decisions and routings taught; the default is what is shipped."""

    parameters: Parameters = field(default_factory=Parameters)
    floors: Floors = field(default_factory=Floors)
    router: Router | None = None

    @classmethod
    def of(
        cls, row: MatcherParameters | None, index: Replica, subjects: Iterable[Subject]
    ) -> "Learned":
        """Return what a version learned about `subjects`, as far as this index can use it."""
        seeks = any(routings.OFFICE in WANTED[kind] for kind, _id in subjects)
        router = learning.router_of(row, index.matcher) if seeks else None
        return cls(learning.parameters_of(row), learning.floors_of(row), router)


def pair_key(one: Subject, other: Subject) -> str:
    """Return the same key for both directions of a pair."""
    return "|".join(sorted(f"{kind}:{subject_id}" for kind, subject_id in (one, other)))


def suggest_for(subjects: Iterable[Subject]) -> int:
    """Find and store suggestions for `subjects`; return how many are new."""
    index = replica()
    row, subjects = learning.active(), list(subjects)
    version = learning.version_name(index.matcher.version, row)
    learned = Learned.of(row, index, subjects)
    new = 0
    for subject in subjects:
        new += _store(index, subject, find_for(index, subject, learned), version)
        db.session.execute(
            update(IndexEntry)
            .where(IndexEntry.kind == subject[0], IndexEntry.subject_id == subject[1])
            .values(is_pending=False)
        )
        fill_queue([subject])
    return new


def find_for(index: Replica, subject: Subject, learned: Learned | None = None) -> list[Found]:
    """Return what fits `subject` by text and is not ruled out by a fact, best first per kind."""
    known = index.known.get(subject)
    if known is None:
        return []
    learned = learned or Learned()
    found = []
    for kind, k in WANTED[subject[0]].items():
        excluded = {
            other.subject
            for other in list(index.known.values())
            if other.subject[0] == kind and not _may_meet(known, other)
        }
        if kind == routings.OFFICE:
            found += _offices(index, known, excluded, learned)[:k]
            continue
        wide = k if learned.parameters.is_identity else k * CONSIDERED
        pairs = index.matches_of(subject, {kind}, wide, excluded)
        found += _ranked(index, known, pairs, learned)[:k]
    return found


def _offices(index: Replica, known: Known, excluded: set[Subject], learned: Learned) -> list[Found]:
    """Return the offices for an idea, by the directory and by where ideas like it went.

    Decisions are about people, so nothing else that was learned touches offices.
    """
    k, gains = WANTED[known.subject[0]][routings.OFFICE], {}
    if learned.router:
        gains = routings.gains(index, known.subject[1], learned.router)
    pairs = index.matches_of(known.subject, {routings.OFFICE}, k, excluded, gains)
    told = [(office, _with_routed(match, gains.get((*office, 0), 0.0))) for office, match in pairs]
    return _ranked(index, known, told, Learned())


def _with_routed(match: Match, gain: float) -> Match:
    """Say on the card that ideas like this one went there, where that made a difference."""
    if gain < TELLING:
        return match
    return replace(match, reasons=(*match.reasons, Reason(ROUTED, (), (), gain, "", "")))


def _ranked(
    index: Replica, known: Known, pairs: list[tuple[Subject, Match]], learned: Learned
) -> list[Found]:
    """Order matches by what was learned from decisions; without it they stay as they come."""
    rows, ours = [], known.told
    for target, match in pairs:
        other = index.known[target]
        shared = tuple(agreements(ours, other.told))
        logged = {
            "reasons": match_features(match),
            "facts": list(shared),
            "languages": [known.language, other.language],
        }
        better = rescored(match, learned.parameters, learning.numbers(logged))
        if better is not None and learned.floors.curves:
            label = learned.floors.label(target[0], better.score)
            better = replace(better, label=label) if label else None
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
