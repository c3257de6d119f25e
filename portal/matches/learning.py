"""What became of suggestions is kept, so that the matcher can learn and people can check it.

Every suggestion leaves an event when it is stored (nobody's reading is followed) and one for each
decision about it. `refitting.py` learns from them; an administrator can roll that back.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, or_, select

from matching import Matcher
from matching.feedback import Example, Parameters
from matching.floors import Floors
from matching.routing import Router
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


def floors_of(row: MatcherParameters | None) -> Floors:
    """Return where a row's labels begin, what is shipped for None."""
    return Floors.from_json(row.floors if row else None)


def router_of(row: MatcherParameters | None, matcher: Matcher) -> Router | None:
    """Return a row's router to offices; None if there is none for this matcher."""
    stored = row.router if row else None
    return Router.from_bytes(stored, matcher.features_version) if stored else None


def version_name(matcher_version: str, row: MatcherParameters | None) -> str:
    """Return the version suggestions are marked with: the matcher's and what was learned."""
    return f"{matcher_version} p{row.id}" if row else matcher_version


def examples() -> list[Example]:
    """Return every suggestion whose last decision says whether the texts fit, oldest first."""
    rows = db.session.execute(
        select(
            SuggestionEvent,
            Suggestion.source_kind,
            Suggestion.source_id,
            Suggestion.target_kind,
        )
        .join(Suggestion, Suggestion.id == SuggestionEvent.suggestion_id)
        .where(SuggestionEvent.decision != SHOWN)
        .order_by(SuggestionEvent.id)
    )
    last: dict[int, Example] = {}
    for event, kind, subject_id, found in rows:
        if event.decision == SNOOZED or event.reason in _OUTCOME_SAYS_NOTHING:
            continue
        last.pop(event.suggestion_id, None)
        fits = _FITS.get(event.decision)
        if fits is None or _says_nothing(event):
            continue
        score = float(str(event.features.get("score", 0.0)))
        if score:  # a wish the machine had not found teaches nothing about its scores
            last[event.suggestion_id] = Example(
                score, numbers(event.features), fits, f"{kind}:{subject_id}", found
            )
    return list(last.values())


def _says_nothing(event: SuggestionEvent) -> bool:
    """Whether the reason of a no is about something the matcher does not weigh."""
    facts = event.features.get("facts")
    agreeing = set(facts) if isinstance(facts, list) else set()
    reason = event.reason or ""
    return reason in _SAYS_NOTHING or bool(_ABOUT_FACTS.get(reason, frozenset()) & agreeing)


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
