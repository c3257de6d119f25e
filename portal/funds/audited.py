"""What of this room goes into the audit log: entries are public, so their texts are kept."""

from flask_babel import lazy_gettext as _l

from portal.funds.models import Fund
from portal.moderation.watch import Values, Watched, watch


def watch_room() -> None:
    """Say what is kept of this room's tables."""
    watch(Fund, _FUND)


def _fund(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "fund.added" if after else "fund.removed"
    only_checked = all(before[name] == after[name] for name in after if name not in _CHECKED)
    return "fund.confirmed" if only_checked else "fund.changed"


_CHECKED = ("checked_on", "changed_at")
_FUND = Watched(
    kind="fund",
    columns={
        "name": _l("Name"),
        "amount": _l("Betrag"),
        "area": _l("Gebiet"),
        "who": _l("Wer"),
        "topics": _l("Themen"),
        "words": _l("Alltagswörter"),
        "deadline": _l("Frist"),
        "closes": _l("Fristende"),
        "source_url": _l("Quelle"),
        "checked_on": _l("geprüft am"),
        "ended_on": _l("beendet am"),
        "changed_at": _l("geändert am"),
    },
    actions={
        "fund.added": _l("Fördertopf angelegt"),
        "fund.changed": _l("Fördertopf geändert"),
        "fund.confirmed": _l("Fördertopf geprüft"),
        "fund.removed": _l("Fördertopf gelöscht"),
    },
    name_of=_fund,
)
