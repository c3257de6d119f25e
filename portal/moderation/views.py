"""The administrators' page of the audit log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, request, url_for
from flask_babel import format_date, format_datetime, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.accounts.guards import administrator_required
from portal.htmx import render_page
from portal.moderation import queries, watch
from portal.moderation.models import AuditEntry
from portal.routing import row_number

bp = Blueprint("moderation", __name__)
bp.record_once(lambda _state: watch.init_session())
# Pages of the things the log speaks about; the other rooms' addresses, not their code.
_PAGES: dict[str, Callable[[int], str]] = {
    "idea": lambda row_id: url_for("coordination.case", idea_id=row_id),
    "team": lambda row_id: url_for("teams.show", team_id=row_id),
    "gathering": lambda row_id: url_for("gatherings.show", gathering_id=row_id),
    "opening": lambda row_id: url_for("teams.opening", opening_id=row_id),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in words."""

    entry: AuditEntry
    action: object
    actor: object
    url: str | None
    changes: list[tuple[object, object, object]]  # label, before, after
    is_new: bool  # there was nothing before


@bp.get("/koordination/protokoll")
@administrator_required
def log() -> Response:
    """Show what coordinators and administrators did, newest first."""
    names = watch.action_names()
    asked = request.args.get("aktion", "")
    wanted = queries.Wanted(
        actor_id=row_number("person"),
        action=asked if asked in names else None,
        day=_day(request.args.get("tag", "")),
    )
    entries, following = queries.audit_entries(wanted, before=row_number("vor"))
    chosen = {
        "person": wanted.actor_id,
        "aktion": wanted.action,
        "tag": wanted.day.isoformat() if wanted.day else None,
    }
    return render_page(
        "moderation/log.html",
        fragments={"audit-log"},
        announcement=ngettext("%(num)d Eintrag", "%(num)d Einträge", len(entries)),
        listed=[_listed(entry) for entry in entries],
        chosen=chosen,
        is_filtered=any(chosen.values()),
        actors=queries.possible_actors(),
        actions=names,
        next_url=_url(wanted, following) if following else None,
        first_url=_url(wanted) if "vor" in request.args else None,
    )


def _url(wanted: queries.Wanted, before: int | None = None) -> str:
    return url_for(".log", person=wanted.actor_id, aktion=wanted.action, tag=wanted.day, vor=before)


def _listed(entry: AuditEntry) -> Listed:
    watched = watch.watched_kinds().get(entry.subject_kind)
    columns = watched.columns if watched else {}
    changes = [
        (label, _in_words(entry, name, entry.before), _in_words(entry, name, entry.after))
        for name, label in columns.items()
        if name in entry.before or name in entry.after
    ]
    page = _PAGES.get(entry.subject_kind)
    return Listed(
        entry=entry,
        action=watch.action_names().get(entry.action, entry.action),
        actor=_actor(entry),
        url=page(entry.subject_id) if page else None,
        changes=changes,
        is_new=not entry.before,
    )


def _actor(entry: AuditEntry) -> str:
    if entry.actor:
        return entry.actor.name
    return _("Befehl auf dem Server") if entry.by_command else _("gelöschtes Konto")


def _in_words(entry: AuditEntry, column: str, values: watch.Values) -> object:
    value = values.get(column)
    watched = watch.watched_kinds().get(entry.subject_kind)
    words = watched.words.get(column, {}) if watched else {}
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return _("ja") if value else _("nein")
        case list():
            return ", ".join(str(words.get(each, each)) for each in value)
        case str():
            return words.get(value) or _moment_in_words(column, value)
    return value


def _moment_in_words(column: str, value: str) -> str:
    if column.endswith("_at"):
        return str(format_datetime(datetime.fromisoformat(value), "short"))
    if column.endswith("_on"):
        return str(format_date(date.fromisoformat(value), "long"))
    return value


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
