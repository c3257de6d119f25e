"""What of this room goes into the audit log: decisions, agendas and seats, no text."""

from flask_babel import lazy_gettext as _l

from portal.moderation.watch import Values, Watched, watch
from portal.steering.models import AgendaItem, Meeting, SteeringMember
from portal.steering.wording import AREA_NAMES, OUTCOME_NAMES


def watch_room() -> None:
    """Say what is kept of this room's tables."""
    watch(SteeringMember, _MEMBER)
    watch(Meeting, _MEETING)
    watch(AgendaItem, _ITEM)


def _member(_before: Values, _after: Values) -> str:
    return "steering.seated"


def _meeting(before: Values, after: Values) -> str | None:
    if not before:
        return "steering.planned"
    if not after:
        return None
    if before["invited_at"] != after["invited_at"]:
        return "steering.invited"
    if before["published_at"] == after["published_at"]:
        return "steering.minutes" if before["minutes_at"] != after["minutes_at"] else None
    return "steering.published" if after["published_at"] else "steering.unpublished"


def _item(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "steering.put_on" if after else "steering.taken_off"
    if before["outcome"] != after["outcome"]:
        return "steering.decided"
    moved = before["meeting_id"] != after["meeting_id"]
    return "steering.postponed" if moved else "steering.reworded"


_MEMBER = Watched(
    kind="steering_member",
    columns={"user_id": _l("Konto Nr."), "area": _l("Gebiet")},
    words={"area": AREA_NAMES},
    actions={"steering.seated": _l("Sitz im Steuerungsteam geändert")},
    name_of=_member,
)
_MEETING = Watched(
    kind="steering_meeting",
    columns={
        "area": _l("Gebiet"),
        "held_on": _l("Sitzung am"),
        "invited_at": _l("eingeladen am"),
        "minutes_at": _l("Protokoll vom"),
        "published_at": _l("veröffentlicht am"),
    },
    words={"area": AREA_NAMES},
    actions={
        "steering.planned": _l("Sitzung angelegt"),
        "steering.invited": _l("Mitglieder zur Sitzung eingeladen"),
        "steering.minutes": _l("Protokoll geschrieben"),
        "steering.published": _l("Protokoll veröffentlicht"),
        "steering.unpublished": _l("Protokoll zurückgezogen"),
    },
    name_of=_meeting,
)
_ITEM = Watched(
    kind="agenda_item",
    columns={
        "meeting_id": _l("Sitzung Nr."),
        "idea_id": _l("Idee Nr."),
        "outcome": _l("Entscheidung"),
        "decided_at": _l("entschieden am"),
        "changed_at": _l("geändert am"),
    },
    words={"outcome": OUTCOME_NAMES},
    actions={
        "steering.put_on": _l("Idee auf die Tagesordnung gesetzt"),
        "steering.taken_off": _l("Idee von der Tagesordnung genommen"),
        "steering.postponed": _l("Idee in eine andere Sitzung verschoben"),
        "steering.reworded": _l("Punkt der Tagesordnung geändert"),
        "steering.decided": _l("Entscheidung des Steuerungsteams notiert"),
    },
    name_of=_item,
)
