"""What of this room goes into the audit log: that something was captured, never the words."""

from flask_babel import lazy_gettext as _l

from portal.choices import LANGUAGES
from portal.moderation.watch import Values, Watched, watch
from portal.outreach.models import Capture


def watch_room() -> None:
    """Say what is kept of this room's table."""
    watch(Capture, _CAPTURE)


def _capture(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "capture.made" if after else None
    if before["slip_at"] != after["slip_at"]:
        return "capture.slip"
    return "capture.corrected" if before["written_at"] != after["written_at"] else None


_CAPTURE = Watched(
    kind="capture",
    columns={
        "idea_id": _l("Idee Nr."),
        "gathering_id": _l("Halt, Termin Nr."),
        "language": _l("Sprache des Gesprächs"),
        "written_at": _l("aufgeschrieben am"),
        "slip_at": _l("Zettel vom"),
    },
    words={"language": LANGUAGES},
    actions={
        "capture.made": _l("Idee für jemanden erfasst"),
        "capture.corrected": _l("Erfassung korrigiert"),
        "capture.slip": _l("Neuer Zettel zu einer Erfassung"),
    },
    name_of=_capture,
)
