"""What of joining and leaving goes into the audit log; no word anybody wrote is in it."""

from flask_babel import lazy_gettext as _l

from portal.moderation.watch import Values, Watched, watch
from portal.recruiting.models import JoinRequest
from portal.recruiting.wording import ALL_DECLINE_REASONS
from portal.recruiting.wording import STATES as REQUEST_STATES
from portal.teams.models import Membership


def watch_recruiting() -> None:
    """Say what is kept of memberships and of requests to join."""
    watch(Membership, _MEMBERSHIP)
    watch(JoinRequest, _JOIN_REQUEST)


def _membership(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "membership.began" if after else None
    if after["left_at"] and not before["left_at"]:
        return "membership.ended"
    return "membership.lead" if before["is_lead"] != after["is_lead"] else None


def _join_request(before: Values, after: Values) -> str | None:
    if not before or not after:
        return None  # asking is the person's own doing
    if before["state"] != after["state"]:
        return f"join_request.{after['state']}"
    if after["cleared_at"] and not before["cleared_at"]:
        return "join_request.cleared"
    for name in ("nudged", "asked_back"):
        if before[f"{name}_at"] != after[f"{name}_at"]:
            return f"join_request.{name}"
    return None


_MEMBERSHIP = Watched(
    kind="membership",
    columns={"team_id": _l("Team Nr."), "is_lead": _l("Teamleitung"), "left_at": _l("bis")},
    actions={
        "membership.began": _l("In ein Team aufgenommen"),
        "membership.ended": _l("Mitgliedschaft beendet"),
        "membership.lead": _l("Teamleitung geändert"),
    },
    name_of=_membership,
)
_JOIN_REQUEST = Watched(
    kind="join_request",
    columns={
        "team_id": _l("Team Nr."),
        "state": _l("Stand"),
        "reason": _l("Grund"),
        "cleared_at": _l("freigegeben am"),
        "nudged_at": _l("erinnert am"),
        "asked_back_at": _l("zurückgefragt am"),
    },
    words={"state": REQUEST_STATES, "reason": ALL_DECLINE_REASONS},
    actions={
        "join_request.accepted": _l("Beitrittsanfrage angenommen"),
        "join_request.declined": _l("Beitrittsanfrage abgelehnt"),
        "join_request.withdrawn": _l("Beitrittsanfrage zurückgezogen"),
        "join_request.cleared": _l("Beitrittsanfrage freigegeben"),
        "join_request.nudged": _l("Teamleitung erinnert"),
        "join_request.asked_back": _l("Bei einer Beitrittsanfrage zurückgefragt"),
    },
    name_of=_join_request,
)
