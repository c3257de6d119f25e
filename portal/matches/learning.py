"""What became of suggestions is kept, so that the matcher can learn and people can check it.

Every suggestion leaves an event when it is stored (nobody's reading is followed) and one for each
decision about it. `refit` learns parameters from the decisions; they are used only if they are not
worse on decisions and requests they have not seen, and an administrator can roll them back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, update

from matching import feedback
from matching.feedback import Example, Parameters
from portal import clock
from portal.extensions import db
from portal.matches.models import IndexEntry, MatcherParameters, Suggestion, SuggestionEvent

SHOWN, APPROVED, DECLINED, SNOOZED = "shown", "approved", "declined", "snoozed"
UNDONE, WISHED, NOT_FOR_ME = "undone", "wished", "not_for_me"
ACCEPTED, REFUSED = "accepted", "refused"
ADDED = "added"  # by a coordinator who knows both
WORKED, FAILED = "worked", "failed"  # what the two told weeks after they were introduced

# What a decision says about the texts; others (put aside, taken back) say nothing.
_FITS = {
    APPROVED: True,
    WISHED: True,
    ADDED: True,
    WORKED: True,
    ACCEPTED: True,
    DECLINED: False,
    NOT_FOR_ME: False,
    REFUSED: False,
    FAILED: False,
}
# Declined for these reasons the texts may fit all the same.
_SAYS_NOTHING = frozenset({"bekannt", "team"})
# Introductions that came to nothing for these reasons leave the answers before as they are.
_OUTCOME_SAYS_NOTHING = frozenset({"getroffen", "keine_zeit", "keine_antwort"})
# These are about a fact, not about the texts: without the fact the pair teaches what it is worth;
# where the facts were logged as agreeing, the reason was another and the pair teaches nothing.
_ABOUT_FACTS = {
    "zeit": frozenset({"times"}),
    "ort": frozenset({"district", "borough"}),
    "sprache": frozenset({"languages"}),
}


@dataclass(frozen=True, slots=True)
class Refit:
    """What `refit` made of the decisions, and whether it is in use now."""

    row: MatcherParameters
    learned: Parameters
    metrics: Mapping[str, Mapping[str, float | int | None]]
    is_used: bool


class TooFewDecisions(Exception):
    """There is not enough to learn from yet."""


class NothingNew(Exception):
    """Nobody has decided anything since the last time."""


def features_of(
    suggestion: Suggestion, score: float, ends: Sequence[tuple[str | None, Mapping[str, object]]]
) -> dict[str, object]:
    """Return what is logged of a suggestion: the matcher's own `score` and what it was made of.

    `ends` are language and facts of the asking and of the found text.
    """
    (asked, place), (found, _place) = ends
    places = place.get("places")
    weights: dict[str, float] = {}
    for reason in suggestion.reasons or ():
        kind, weight = str(reason["kind"]), float(str(reason["weight"]))
        weights[kind] = round(weights.get(kind, 0.0) + weight, 4)
    return {
        "score": round(score, 4),
        "reasons": weights,
        "facts": list(suggestion.facts or ()),
        "kinds": f"{suggestion.source_kind}>{suggestion.target_kind}",
        "languages": [asked, found],
        "place": str(places[0]) if isinstance(places, list) and places else None,
    }


def numbers(features: Mapping[str, object]) -> dict[str, float]:
    """Return the logged features as the numbers the parameters weigh."""
    reasons, facts = features.get("reasons"), features.get("facts")
    found = {str(k): float(v) for k, v in reasons.items()} if isinstance(reasons, dict) else {}
    found |= {f"fact {code}": 1.0 for code in facts} if isinstance(facts, list) else {}
    languages = features.get("languages")
    if isinstance(languages, list) and len(set(languages)) == 1:
        found["same language"] = 1.0
    return found


def note(suggestion: Suggestion, decision: str, reason: str | None = None) -> None:
    """Add a decision to the log, with the features it was shown with."""
    db.session.flush()
    latest = db.session.scalar(
        select(SuggestionEvent)
        .where(SuggestionEvent.suggestion_id == suggestion.id)
        .order_by(SuggestionEvent.id.desc())
        .limit(1)
    )
    db.session.add(
        SuggestionEvent(
            suggestion_id=suggestion.id,
            decision=decision,
            reason=reason,
            position=latest.position if latest else None,
            matcher_version=suggestion.matcher_version,
            features=latest.features if latest else _features_now(suggestion),
        )
    )


def note_shown(suggestion: Suggestion, position: int, features: dict[str, object]) -> None:
    """Log that a suggestion, already flushed, was stored at `position`, counted from 1."""
    db.session.add(
        SuggestionEvent(
            suggestion_id=suggestion.id,
            decision=SHOWN,
            position=position,
            matcher_version=suggestion.matcher_version,
            features=features,
        )
    )


def active() -> MatcherParameters | None:
    """Return the parameters in use; None means that scores stay as the matcher makes them."""
    return db.session.scalar(select(MatcherParameters).where(MatcherParameters.slot == 1))


def latest(limit: int) -> Sequence[MatcherParameters]:
    """Return the latest versions of the parameters, newest first."""
    rows = select(MatcherParameters).order_by(MatcherParameters.id.desc()).limit(limit)
    return db.session.scalars(rows).all()


def parameters_of(row: MatcherParameters | None) -> Parameters:
    """Return a row's parameters, those that change nothing for None."""
    return Parameters.from_json(row.parameters) if row else Parameters()


def version_name(matcher_version: str, row: MatcherParameters | None) -> str:
    """Return the version suggestions are marked with: the matcher's and what was learned."""
    return f"{matcher_version} p{row.id}" if row else matcher_version


def examples() -> list[Example]:
    """Return every suggestion whose last decision says whether the texts fit, oldest first."""
    rows = db.session.execute(
        select(SuggestionEvent, Suggestion.source_kind, Suggestion.source_id)
        .join(Suggestion, Suggestion.id == SuggestionEvent.suggestion_id)
        .where(SuggestionEvent.decision != SHOWN)
        .order_by(SuggestionEvent.id)
    )
    last: dict[int, Example] = {}
    for event, kind, subject_id in rows:
        if event.decision == SNOOZED or event.reason in _OUTCOME_SAYS_NOTHING:
            continue
        last.pop(event.suggestion_id, None)
        fits = _FITS.get(event.decision)
        if fits is None or _says_nothing(event):
            continue
        score = float(str(event.features.get("score", 0.0)))
        if score:  # a wish the machine had not found teaches nothing about its scores
            last[event.suggestion_id] = Example(
                score, numbers(event.features), fits, f"{kind}:{subject_id}"
            )
    return list(last.values())


def _says_nothing(event: SuggestionEvent) -> bool:
    """Whether the reason of a no is about something the matcher does not weigh."""
    facts = event.features.get("facts")
    agreeing = set(facts) if isinstance(facts, list) else set()
    reason = event.reason or ""
    return reason in _SAYS_NOTHING or bool(_ABOUT_FACTS.get(reason, frozenset()) & agreeing)


def refit(encoders: str) -> Refit:
    """Learn from all decisions; use what was learned if it is not worse. The caller commits.

    Judged are unseen decisions (cross-validated by the asking text) and the kept-back requests of
    the matcher's own collection. The parameters in use have seen the decisions they are compared
    on: a small advantage for leaving things as they are. No transaction is open while it computes.

    Raises
    ------
    TooFewDecisions
        If there are fewer than twenty or only one kind of answer.
    NothingNew
        If there was no decision since the last refit: all texts would be matched again for nothing.
    """
    past, before, is_new = examples(), active(), _has_news()
    before_id, current = before.id if before else None, parameters_of(before)
    db.session.rollback()
    if not feedback.can_learn(past):
        raise TooFewDecisions
    if not is_new:
        raise NothingNew
    learned = feedback.refit(past)
    metrics = _metrics(past, current, learned, encoders)
    before = active()
    row = MatcherParameters(
        parameters=learned.as_json(), trained_on=len(past), metrics=dict(metrics)
    )
    db.session.add(row)
    db.session.flush()
    is_unchanged = (before.id if before else None) == before_id  # nobody rolled back meanwhile
    is_used = is_unchanged and not any(_is_worse(found) for found in metrics.values())
    if is_used:
        _activate(row, replaces=before)
    return Refit(row, learned, metrics, is_used)


def _has_news() -> bool:
    """Whether anything was decided since the last refit."""
    decided = select(func.max(SuggestionEvent.at)).where(SuggestionEvent.decision != SHOWN)
    last_decision = db.session.scalar(decided)
    last_refit = db.session.scalar(select(func.max(MatcherParameters.created_at)))
    return last_decision is not None and (last_refit is None or last_decision > last_refit)


def _metrics(
    past: Sequence[Example], current: Parameters, learned: Parameters, encoders: str
) -> dict[str, dict[str, float | int | None]]:
    frozen = feedback.frozen_candidates(encoders)
    return {
        "decisions": {
            "n": len(past),
            "fitting": sum(one.fits for one in past),
            "before": feedback.replay_in_folds(past, current)["right"],
            "after": feedback.replay_unseen(past)["right"],
        },
        "frozen": {
            "n": len(frozen),
            "before": feedback.mean_reciprocal_rank(frozen, current),
            "after": feedback.mean_reciprocal_rank(frozen, learned),
        },
    }


def roll_back(version: int) -> None:
    """Take the parameters in use back, as long as they still are `version`. The caller commits."""
    row = active()
    if row is None or row.id != version:
        return  # somebody was faster, or the button was pressed twice
    row.slot, row.retired_at = None, clock.now()
    db.session.flush()
    if row.replaced_id is not None:
        previous = db.session.get_one(MatcherParameters, row.replaced_id)
        previous.slot, previous.retired_at = 1, None
    _match_again()


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


def _is_worse(found: Mapping[str, float | int | None]) -> bool:
    before, after = found["before"], found["after"]
    return before is not None and after is not None and after < before


def _features_now(suggestion: Suggestion) -> dict[str, object]:
    """Return the features of a suggestion that was never logged, from the index of today."""
    pair = (
        (suggestion.source_kind, suggestion.source_id),
        (suggestion.target_kind, suggestion.target_id),
    )
    rows = db.session.scalars(
        select(IndexEntry)
        .where(
            IndexEntry.part == 0,
            or_(
                *(
                    and_(IndexEntry.kind == kind, IndexEntry.subject_id == subject_id)
                    for kind, subject_id in pair
                )
            ),
        )
        .order_by(IndexEntry.id)
    )
    known = {(row.kind, row.subject_id): (row.language, row.facts) for row in rows}
    return features_of(suggestion, suggestion.score, [known.get(one, (None, {})) for one in pair])
