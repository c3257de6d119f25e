"""What of the matches room goes into the audit log: decisions, calls, what was learned."""

from flask_babel import lazy_gettext as _l

from portal.matches.actions import DECLINE_REASONS, OWN_NO
from portal.matches.models import (
    Call,
    Introduction,
    IntroductionSide,
    MatcherParameters,
    Suggestion,
)
from portal.moderation.watch import Values, Watched, watch

SUGGESTION_STATES = {
    "shown": _l("angezeigt"),
    "open": _l("offen"),
    "approved": _l("zugestimmt"),
    "declined": _l("abgelehnt"),
    "snoozed": _l("zurückgelegt"),
    "stale": _l("überholt"),
}


def watch_matches() -> None:
    """Say what is kept of the matches room's tables."""
    watch(Suggestion, _SUGGESTION)
    watch(Introduction, _INTRODUCTION)
    watch(IntroductionSide, _SIDE)
    watch(Call, _CALL)
    watch(MatcherParameters, _PARAMETERS)


def _suggestion(before: Values, after: Values) -> str | None:
    """Name a decision; what the matcher itself does to a suggestion is none."""
    if after and after["added_by_id"] and after["added_by_id"] != before.get("added_by_id"):
        return "suggestion.added"
    if not before or not after or OWN_NO in (before["decline_reason"], after["decline_reason"]):
        return None
    if after["state"] == "open":
        decided = before["state"] in ("approved", "declined", "snoozed")
        return "suggestion.undone" if decided else None
    if after["state"] in ("approved", "declined", "snoozed"):
        return f"suggestion.{after['state']}"
    return None


def _introduction(before: Values, after: Values) -> str | None:
    if not before or not after:
        return None
    if any(before[name] != after[name] for name in ("meeting_place", "meeting_at")):
        return "introduction.proposed"
    return "introduction.asked" if before["asked_at"] != after["asked_at"] else None


def _side(before: Values, after: Values) -> str | None:
    """Name a call instead of a mail; what people answer is theirs, also a coordinator's own."""
    return "side.to_be_called" if before and after and before["channel"] else None


def _call(before: Values, after: Values) -> str | None:
    """Name a call that was made; one nobody needs any more was not."""
    made = before and after and before["attempts"] != after["attempts"]
    return "call.noted" if made else None


def _parameters(before: Values, after: Values) -> str | None:
    """Name a roll-back; what a refit swaps is measured, not decided."""
    rolled_back = before and after and not before["retired_at"] and after["retired_at"]
    return "parameters.rolled_back" if rolled_back else None


_SUGGESTION = Watched(
    kind="suggestion",
    columns={
        "state": _l("Stand"),
        "decline_reason": _l("Grund"),
        "snoozed_until": _l("wieder am"),
        "added_by_id": _l("hinzugefügt von, Konto Nr."),
    },
    words={"state": SUGGESTION_STATES, "decline_reason": DECLINE_REASONS},
    actions={
        "suggestion.approved": _l("Vorschlag zugestimmt"),
        "suggestion.declined": _l("Vorschlag abgelehnt"),
        "suggestion.snoozed": _l("Vorschlag zurückgelegt"),
        "suggestion.added": _l("Vorschlag von Hand hinzugefügt"),
        "suggestion.undone": _l("Entscheidung zurückgenommen"),
    },
    name_of=_suggestion,
)
_INTRODUCTION = Watched(
    kind="introduction",
    columns={
        "asked_at": _l("gefragt am"),
        "meeting_place": _l("Ort"),
        "meeting_at": _l("Treffen am"),
    },
    actions={
        "introduction.asked": _l("Beide Seiten sofort gefragt"),
        "introduction.proposed": _l("Treffen vorgeschlagen"),
    },
    name_of=_introduction,
)
_SIDE = Watched(
    kind="side",
    columns={"channel": _l("gefragt per")},
    actions={"side.to_be_called": _l("Auf die Anrufliste gesetzt")},
    name_of=_side,
)
_CALL = Watched(
    kind="call",
    columns={"attempts": _l("Anrufe"), "done_at": _l("am")},
    actions={"call.noted": _l("Anruf vermerkt")},
    name_of=_call,
)
_PARAMETERS = Watched(
    kind="parameters",
    columns={"retired_at": _l("in Gebrauch bis")},
    actions={"parameters.rolled_back": _l("Gelerntes zurückgenommen")},
    name_of=_parameters,
)
