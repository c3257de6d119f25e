"""Where ideas were sent: the record the router to offices learns from.

Letters and hand-overs belong to rooms above this one; they register what they know of.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matching.routing import LEAST_ROUTINGS, Router, log_odds, replay_in_order
from portal.matches.index import PassageId, Replica

SURE, LIKELY, WRONG = 1.0, 0.5, 0.0  # answered, no answer yet, refused or sent elsewhere
OFFICE, IDEA = "office", "idea"
_ASKING_PASSAGES = 2  # of an office: its duties and German everyday phrases


@dataclass(frozen=True, slots=True)
class Routing:
    """An idea that went to an office, and how sure it is that this was the right one."""

    idea_id: int
    office_id: int
    sureness: float
    at: datetime


Teller = Callable[[], Iterable[Routing]]
TELLERS: list[Teller] = []


def tells_routings(teller: Teller) -> Teller:
    """Register a room that knows where ideas went."""
    TELLERS.append(teller)
    return teller


def all_routings(index: Replica) -> list[Routing]:
    """Return what is known of ideas and offices in the index, oldest first, one for each pair.

    An idea that was erased, hidden or taken back is not in the index any more. Where two rooms
    tell of one pair, what was told last counts.
    """
    told = sorted(
        (routing for teller in TELLERS for routing in teller()),
        key=lambda one: (one.at, one.idea_id, one.office_id),
    )
    latest = {(one.idea_id, one.office_id): one for one in told}
    return [
        one
        for one in latest.values()
        if (IDEA, one.idea_id) in index.known and (OFFICE, one.office_id) in index.known
    ]


def record_of(routings: Iterable[Routing]) -> list[list[float]]:
    """Return the routings as plain data, to see later whether something changed or is gone."""
    return sorted([one.idea_id, one.office_id, one.sureness] for one in routings)


@dataclass(frozen=True, slots=True)
class Trained:
    """A router, and how it does on past routings and on the directory's own passages."""

    router: Router
    metrics: dict[str, dict[str, float | int | None]]


@dataclass(frozen=True, slots=True)
class _Needs:
    """Needs as the router sees them."""

    X: NDArray[np.float64]
    scores: NDArray[np.float64]
    office_ids: list[int]


def learn(index: Replica, routings: Iterable[Routing]) -> Trained | None:
    """Return a router learned from `routings`, None while there are too few of them."""
    useful = [one for one in routings if one.sureness]
    with index.lock:
        needs, kept = _needs(index, [(IDEA, one.idea_id, 0) for one in useful])
        useful = [useful[at] for at in kept]
        if len(useful) < LEAST_ROUTINGS:
            return None
        went, sureness = [one.office_id for one in useful], [one.sureness for one in useful]
        sample = (needs.X, went, needs.scores, needs.office_ids, sureness)
        router, found = Router().fit(*sample), replay_in_order(*sample)
        routed = {"n": found.n, "before": found.before, "after": found.after}
        return Trained(router, {"routings": routed, "directory": _directory(index, router)})


def gains(index: Replica, idea_id: int, router: Router) -> dict[PassageId, float]:
    """Return what the router adds to each passage of each office for an idea."""
    with index.lock:
        is_known = (IDEA, idea_id) in index.known
        features = index.matcher.document_features((IDEA, idea_id, 0)) if is_known else None
        if features is None:
            return {}
        (found,) = router.contributions([features])
        return {
            (OFFICE, int(office_id), part): gain
            for office_id, gain in found.items()
            if (OFFICE, int(office_id)) in index.known
            for part in index.known[OFFICE, int(office_id)].passages
        }


def _directory(index: Replica, router: Router) -> dict[str, float | int | None]:
    """Ask with every office's own texts for it: what was learned must not lead away from them."""
    asking = [
        (*subject, part)
        for subject, known in index.known.items()
        if subject[0] == OFFICE and len(known.passages) > 1
        for part in sorted(known.passages)[:_ASKING_PASSAGES]
    ]
    needs, kept = _needs(index, asking)
    column = {office_id: at for at, office_id in enumerate(needs.office_ids)}
    if not kept:
        return {"n": 0, "before": None, "after": None}
    before, after = [], []
    gained = router.contributions(needs.X)
    for at, scores, found in zip(kept, needs.scores, gained, strict=True):
        own, mixed = column[asking[at][1]], scores.copy()
        for office_id, gain in found.items():
            mixed[column[int(office_id)]] += gain
        before.append(_reciprocal_rank(scores, own))
        after.append(_reciprocal_rank(mixed, own))
    return {"n": len(kept), "before": float(np.mean(before)), "after": float(np.mean(after))}


def _needs(index: Replica, passages: list[PassageId]) -> tuple[_Needs, list[int]]:
    """Return the needs of `passages`, and which of them have their vectors already."""
    office_ids = sorted(number for kind, number in index.known if kind == OFFICE)
    column = {office_id: at for at, office_id in enumerate(office_ids)}
    rows, odds, kept = [], [], []
    for at, passage in enumerate(passages):
        features = index.matcher.document_features(passage)
        if features is None:
            continue
        best = np.zeros(len(office_ids))
        for document, score in index.matcher.rank_document(passage, {OFFICE}):
            _kind, office_id, _part = document  # type: ignore[misc]
            best[column[office_id]] = max(best[column[office_id]], score)  # type: ignore[has-type]
        rows.append(features)
        odds.append(log_odds(best))
        kept.append(at)
    return _Needs(np.array(rows, float), np.array(odds, float), office_ids), kept


def _reciprocal_rank(scores: NDArray[np.float64], own: int) -> float:
    ties = int((scores == scores[own]).sum()) - 1
    return 1.0 / (1.0 + int((scores > scores[own]).sum()) + ties / 2.0)
