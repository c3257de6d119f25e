"""What of this room coordinators' audit log keeps; nothing about who asked whom for what."""

from flask_babel import lazy_gettext as _l

from portal.moderation.watch import Values, Watched, watch
from portal.organisations.models import Organisation, OrganisationMember, Resource
from portal.organisations.wording import KINDS, RESOURCE_KINDS


def watch_organisations() -> None:
    """Keep a log of what coordinators change here."""
    watch(Organisation, _ORGANISATION)
    watch(OrganisationMember, _MEMBER)
    watch(Resource, _RESOURCE)


def _organisation(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "organisation.added" if after else "organisation.removed"
    if bool(before["published_at"]) != bool(after["published_at"]):
        return "organisation.published" if after["published_at"] else "organisation.unpublished"
    return "organisation.changed"


def _member(before: Values, after: Values) -> str | None:
    return "organisation.member_removed" if before else "organisation.member_added"


def _resource(before: Values, after: Values) -> str | None:
    return "resource.changed" if before and after else "resource.offered" if after else None


_ORGANISATION = Watched(
    kind="organisation",
    columns={
        "name": _l("Name"),
        "kind": _l("Art"),
        "about": _l("Über den Akteur"),
        "website": _l("Webseite"),
        "published_at": _l("öffentlich seit"),
    },
    words={"kind": KINDS},
    actions={
        "organisation.added": _l("Akteur eingetragen"),
        "organisation.changed": _l("Akteur geändert"),
        "organisation.published": _l("Akteur veröffentlicht"),
        "organisation.unpublished": _l("Akteur nicht mehr gezeigt"),
        "organisation.removed": _l("Akteur gelöscht"),
    },
    name_of=_organisation,
)
_MEMBER = Watched(
    kind="organisation_member",
    columns={"organisation_id": _l("Akteur Nr."), "user_id": _l("Konto Nr.")},
    actions={
        "organisation.member_added": _l("Jemand spricht für einen Akteur"),
        "organisation.member_removed": _l("Jemand spricht nicht mehr für einen Akteur"),
    },
    name_of=_member,
)
_RESOURCE = Watched(
    kind="resource",
    columns={"kind": _l("Art"), "title": _l("Titel"), "closed_at": _l("beendet am")},
    words={"kind": RESOURCE_KINDS},
    actions={
        "resource.offered": _l("Angebot eines Akteurs eingetragen"),
        "resource.changed": _l("Angebot eines Akteurs geändert"),
    },
    name_of=_resource,
)
