"""Learn weights, floors and routings anew, use what is not worse, roll back.

`portal match refit` does it at once, the worker at night when enough was decided.

Three parts are learned and judged apart: the weights of what a match is made of and the floors of
its labels from decisions, the router to offices from where ideas went. A part that is worse on what
it has not seen is left as it was; routings that do not bear out go back to the directory alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from matching import feedback
from matching.feedback import LEAST_EXAMPLES, Example, Parameters
from matching.floors import Floors, closeness, refit_floors, replay_floors_unseen
from matching.routing import LEAST_ROUTINGS
from portal import clock
from portal.extensions import db
from portal.matches import routings
from portal.matches.index import replica
from portal.matches.learning import SHOWN, active, examples, floors_of, parameters_of
from portal.matches.models import IndexEntry, MatcherParameters, SuggestionEvent

WEIGHTS, FLOORS, ROUTER = "weights", "floors", "router"
# What each part is judged by.
PARTS = {
    WEIGHTS: ("decisions", "frozen"),
    FLOORS: ("floors",),
    ROUTER: ("routings", "directory"),
}

Metrics = dict[str, dict[str, float | int | None]]


@dataclass(frozen=True, slots=True)
class Refit:
    """What `refit` made of decisions and routings, and whether it is in use now."""

    row: MatcherParameters
    metrics: Metrics
    worse: tuple[str, ...]  # parts that did worse, so that they were not taken
    is_used: bool


class TooFewDecisions(Exception):
    """There is not enough to learn from yet."""


class NothingNew(Exception):
    """Nobody has decided or sent anything since the last time."""


@dataclass(frozen=True, slots=True)
class _State:
    """What scores, labels and offices go by."""

    parameters: Parameters
    floors: Floors
    router: bytes | None


def is_due() -> bool:
    """Tell whether so much was decided or sent since the last refit that another one may pay.

    After a roll-back as well: what was taken back does not return the next night.
    """
    last = _last()
    decided = select(func.count()).where(SuggestionEvent.decision != SHOWN)
    if last is not None:
        decided = decided.where(SuggestionEvent.at > last.created_at)
    if (db.session.scalar(decided) or 0) >= LEAST_EXAMPLES:
        return True
    routed = len(routings.record_of(routings.all_routings(replica())))
    return routed - len((last and last.routed) or ()) >= LEAST_ROUTINGS


def refit() -> Refit:
    """Learn from all decisions and routings; use each part that is not worse. The caller commits.

    Judged are unseen decisions (cross-validated by the asking text), the kept-back requests of the
    matcher's own collection, later routings by earlier ones, and the directory's own texts. What is
    in use has seen the decisions it is compared on: a small advantage for leaving things as they
    are. Routings are compared with the directory alone. No transaction is open while it computes.

    What was learned from ideas that are gone goes first, and is committed whatever comes next.

    Raises
    ------
    TooFewDecisions
        If there are fewer than twenty or only one kind of answer, and fewer than twenty routings.
    NothingNew
        If nothing was decided or sent since the last refit: all texts would be matched again for
        nothing.
    """
    index = replica()
    routed = routings.all_routings(index)
    record = routings.record_of(routed)
    _forget_gone(record)
    db.session.commit()
    past, before = examples(), active()
    is_new = _has_news(record)
    before_id, current = before.id if before else None, _state_of(before)
    db.session.rollback()
    if not is_new:
        raise NothingNew
    metrics: Metrics = {}
    learned = _from_decisions(past, current, index.matcher.encoders, metrics)
    trained = routings.learn(index, routed)
    if learned is None and trained is None and current.router is None:
        raise TooFewDecisions
    metrics |= trained.metrics if trained else {}
    parameters, floors = learned or (current.parameters, current.floors)
    router = trained.router.to_bytes(index.matcher.features_version) if trained else None
    row = MatcherParameters(routed=record, trained_on=len(past), metrics=metrics)
    return _swap(row, _State(parameters, floors, router), current, before_id)


def _swap(row: MatcherParameters, new: _State, current: _State, before_id: int | None) -> Refit:
    """Store what was learned, and use what of it is not worse unless somebody changed something."""
    worse = tuple(part for part, judged in PARTS.items() if _is_worse(row.metrics, *judged))
    after = _State(
        current.parameters if WEIGHTS in worse else new.parameters,
        current.floors if FLOORS in worse else new.floors,
        None if ROUTER in worse else new.router,
    )
    before = active()
    is_unchanged = (before.id if before else None) == before_id  # nobody rolled back meanwhile
    is_used = is_unchanged and after != current
    kept = after if is_used else new
    row.parameters, row.floors = kept.parameters.as_json(), kept.floors.as_json()
    row.router = after.router if is_used else None
    _forget_records()
    db.session.add(row)
    db.session.flush()
    if is_used:
        _activate(row, replaces=before)
    return Refit(row, row.metrics, worse, is_used)


def roll_back(version: int) -> None:
    """Take the version in use back, as long as it still is `version`. The caller commits."""
    row = active()
    if row is None or row.id != version:
        return  # somebody was faster, or the button was pressed twice
    row.slot, row.retired_at = None, clock.now()
    db.session.flush()
    if row.replaced_id is not None:
        previous = db.session.get_one(MatcherParameters, row.replaced_id)
        previous.slot, previous.retired_at = 1, None
    _match_again()


def _state_of(row: MatcherParameters | None) -> _State:
    return _State(parameters_of(row), floors_of(row), row.router if row else None)


def _from_decisions(
    past: Sequence[Example], current: _State, encoders: str, metrics: Metrics
) -> tuple[Parameters, Floors] | None:
    """Return weights and floors learned from decisions and add how good they are to `metrics`."""
    if not feedback.can_learn(past):
        return None
    learned = feedback.refit(past)
    frozen = feedback.frozen_candidates(encoders)
    metrics["decisions"] = {
        "n": len(past),
        "fitting": sum(one.fits for one in past),
        "before": feedback.replay_in_folds(past, current.parameters)["right"],
        "after": feedback.replay_unseen(past)["right"],
    }
    metrics["frozen"] = {
        "n": len(frozen),
        "before": feedback.mean_reciprocal_rank(frozen, current.parameters),
        "after": feedback.mean_reciprocal_rank(frozen, learned),
    }
    shown_with = current.parameters if _is_worse(metrics, *PARTS[WEIGHTS]) else learned
    metrics["floors"] = {
        "n": len(past),
        "before": closeness(past, shown_with, current.floors),
        "after": replay_floors_unseen(past, shown_with),
    }
    return learned, refit_floors(past, shown_with)


def _forget_gone(record: Sequence[Sequence[float]]) -> None:
    """Take out every router that learned from an idea that is gone, also where it was rolled back.

    Without it, offices are found by the directory alone until the next one is learned.
    """
    known = {ids[0] for ids in record}
    rows = select(MatcherParameters).where(MatcherParameters.router.is_not(None))
    for row in db.session.scalars(rows.order_by(MatcherParameters.id)):
        if {ids[0] for ids in row.routed or ()} - known:
            row.router, row.routed = None, None
            if row.slot:
                _match_again()


def _forget_records() -> None:
    """Leave no record of routings with versions that have no router; the next one has them all."""
    without = MatcherParameters.router.is_(None)
    db.session.execute(update(MatcherParameters).where(without).values(routed=None))


def _has_news(record: Sequence[Sequence[float]]) -> bool:
    """Whether anything was decided or sent since the last refit."""
    decided = select(func.max(SuggestionEvent.at)).where(SuggestionEvent.decision != SHOWN)
    last_decision = db.session.scalar(decided)
    last = _last()
    if last is None:
        return True
    return (last_decision is not None and last_decision > last.created_at) or list(record) != list(
        last.routed or ()
    )


def _last() -> MatcherParameters | None:
    """Return the newest version, in use or not."""
    newest = select(MatcherParameters).order_by(MatcherParameters.id.desc()).limit(1)
    return db.session.scalar(newest)


def _activate(row: MatcherParameters, replaces: MatcherParameters | None) -> None:
    """Swap in one transaction; the table allows one row in use."""
    if replaces is not None:
        replaces.slot, replaces.retired_at = None, clock.now()
        db.session.flush()
    row.active_from, row.slot = clock.now(), 1
    row.replaced_id = replaces.id if replaces else None
    _match_again()


def _match_again() -> None:
    """Let the worker score every text anew."""
    db.session.flush()
    db.session.execute(
        update(IndexEntry).where(IndexEntry.removed_at.is_(None)).values(is_pending=True)
    )


def _is_worse(metrics: Mapping[str, Mapping[str, float | int | None]], *parts: str) -> bool:
    for part in parts:
        found = metrics.get(part, {})
        before, after = found.get("before"), found.get("after")
        if before is not None and after is not None and after < before:
            return True
    return False
