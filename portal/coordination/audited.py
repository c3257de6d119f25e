"""What of the other rooms goes into the audit log, and what each kind of change is called.

Columns are chosen so that no private text is kept: states, days and decisions of everything, full
texts only of what is public anyway (offices, teams, openings).
"""

from flask_babel import lazy_gettext as _l

from portal.accounts.models import User
from portal.coordination.audited_matches import watch_matches
from portal.coordination.audited_recruiting import watch_recruiting
from portal.coordination.models import ContactEntry, NextStep, SupportRequest
from portal.coordination.wording import CHANNELS, KINDS, SUPPORT_TYPES
from portal.gatherings.models import Gathering
from portal.gatherings.wording import KINDS as GATHERING_KINDS
from portal.ideas.models import Idea
from portal.ideas.wording import STATE_NAMES as IDEA_STATES
from portal.messages.models import OutboxMail
from portal.moderation.watch import Values, Watched, watch
from portal.offices.models import Office
from portal.pictures.models import Picture
from portal.teams.models import Adoption, Opening, Team
from portal.teams.wording import OPENING_KINDS
from portal.teams.wording import STATES as TEAM_STATES

ROLE_NAMES = {
    "resident": _l("Bewohner:in"),
    "coordinator": _l("Unterstützungsteam"),
    "steering": _l("Steuerungsteam"),
    "outreach": _l("Ideenmobil"),
    "administrator": _l("Verwaltung des Portals"),
}


def watch_rooms() -> None:
    """Say what is kept of each room's tables."""
    watch(Idea, _IDEA)
    watch(Office, _OFFICE)
    watch(Team, _TEAM)
    watch(Opening, _OPENING)
    watch(Gathering, _GATHERING)
    watch(Picture, _PICTURE)
    watch_recruiting()
    watch_matches()
    watch(Adoption, _ADOPTION)
    watch(User, _USER)
    watch(OutboxMail, _MAIL)
    watch(ContactEntry, _CONTACT)
    watch(NextStep, _STEP)
    watch(SupportRequest, _SUPPORT)


def _idea(before: Values, after: Values) -> str | None:
    if not after or before.get("withdrawn_at") != after["withdrawn_at"]:
        return None  # the initiator's own doing
    if before and before["state"] != after["state"]:
        return "idea.moved"
    if after["hidden_at"] and not before.get("hidden_at"):
        return "idea.hidden"
    was_public = before.get("published_at") and not before.get("hidden_at")
    if before and after["published_at"] and not after["hidden_at"] and not was_public:
        return "idea.published"
    return None


def _office(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "office.added" if after else "office.removed"
    only_checked = all(before[name] == after[name] for name in after if name != "checked_on")
    return "office.confirmed" if only_checked else "office.changed"


def _team(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "team.founded" if after else "team.removed"
    moved = any(before[name] != after[name] for name in ("state", "self_supporting"))
    return "team.moved" if moved else "team.changed"


def _opening(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "opening.opened" if after else "opening.removed"
    if bool(before["closed_at"]) != bool(after["closed_at"]):
        return "opening.closed" if after["closed_at"] else "opening.reopened"
    return "opening.changed"


def _gathering(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "gathering.made" if after else "gathering.removed"
    if after["cancelled_at"] and not before["cancelled_at"]:
        return "gathering.cancelled"
    if after["minutes_at"] and not before["minutes_at"]:
        return "gathering.minutes"
    return "gathering.changed"


def _picture(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "picture.added" if after else "picture.removed"
    return "picture.changed"


def _adoption(before: Values, after: Values) -> str | None:
    answered = before and after and before["answer"] is None and after["answer"] is not None
    return "adoption.answered" if answered else None


def _user(before: Values, after: Values) -> str | None:
    if not before and after["roles"] in ([], ["resident"]):
        return None  # an ordinary account
    return "user.roles"


def _mail(before: Values, after: Values) -> str | None:
    retried = before and after and before["failed_at"] and not after["failed_at"]
    return "mail.retried" if retried else None


def _contact(before: Values, after: Values) -> str | None:
    return None if before else "contact.logged"


def _step(before: Values, after: Values) -> str | None:
    return _work("step", before, after)


def _support(before: Values, after: Values) -> str | None:
    return _work("support", before, after)


def _work(kind: str, before: Values, after: Values) -> str | None:
    if not before or not after:
        return f"{kind}.added" if after else None
    if after["done_at"] and not before["done_at"]:
        return f"{kind}.done"
    return f"{kind}.handed_over" if before["owner_id"] != after["owner_id"] else None


_IDEA = Watched(
    kind="idea",
    columns={
        "state": _l("Stand"),
        "published_at": _l("öffentlich seit"),
        "hidden_at": _l("verborgen seit"),
        "withdrawn_at": _l("zurückgezogen am"),
    },
    words={"state": IDEA_STATES},
    actions={
        "idea.published": _l("Idee veröffentlicht"),
        "idea.hidden": _l("Idee verborgen"),
        "idea.moved": _l("Stand einer Idee geändert"),
    },
    name_of=_idea,
)
_OFFICE = Watched(
    kind="office",
    columns={
        "name": _l("Name"),
        "short_name": _l("Kurzname"),
        "kind": _l("Art"),
        "duties": _l("Zuständigkeit"),
        "everyday": _l("Alltagswörter"),
        "area": _l("Gebiet"),
        "first_question": _l("Erste Frage"),
        "bring": _l("Mitbringen"),
        "website": _l("Webseite"),
        "mailbox": _l("Postfach"),
        "source_url": _l("Quelle"),
        "evidence": _l("Beleg"),
        "checked_on": _l("geprüft am"),
    },
    actions={
        "office.added": _l("Ansprechstelle angelegt"),
        "office.changed": _l("Ansprechstelle geändert"),
        "office.confirmed": _l("Ansprechstelle geprüft"),
        "office.removed": _l("Ansprechstelle gelöscht"),
    },
    name_of=_office,
)
_TEAM = Watched(
    kind="team",
    columns={
        "name": _l("Name"),
        "challenge": _l("Herausforderung"),
        "focus": _l("Themen"),
        "state": _l("Status"),
        "self_supporting": _l("selbsttragend"),
        "state_since": _l("seit"),
        "languages": _l("Sprachen"),
    },
    words={"state": TEAM_STATES},
    actions={
        "team.founded": _l("Team gegründet"),
        "team.changed": _l("Team geändert"),
        "team.moved": _l("Status eines Teams geändert"),
        "team.removed": _l("Team gelöscht"),
    },
    name_of=_team,
)
_OPENING = Watched(
    kind="opening",
    columns={
        "kind": _l("Art"),
        "title": _l("Titel"),
        "text": _l("Text"),
        "times": _l("Zeiten"),
        "languages": _l("Sprachen"),
        "closed_at": _l("beendet am"),
        "wanted_until": _l("gesucht bis"),
    },
    words={"kind": OPENING_KINDS},
    actions={
        "opening.opened": _l("Gesuch veröffentlicht"),
        "opening.changed": _l("Gesuch geändert"),
        "opening.closed": _l("Gesuch beendet"),
        "opening.reopened": _l("Gesuch wieder geöffnet"),
        "opening.removed": _l("Gesuch gelöscht"),
    },
    name_of=_opening,
)
_GATHERING = Watched(
    kind="gathering",
    columns={
        "kind": _l("Art"),
        "title": _l("Titel"),
        "starts_at": _l("Beginn"),
        "ends_at": _l("Ende"),
        "place": _l("Ort"),
        "capacity": _l("Plätze"),
        "cancelled_at": _l("abgesagt am"),
        "minutes_at": _l("Protokoll vom"),
        "walk_ins": _l("Gäste ohne Anmeldung"),
    },
    words={"kind": GATHERING_KINDS},
    actions={
        "gathering.made": _l("Termin angelegt"),
        "gathering.changed": _l("Termin geändert"),
        "gathering.cancelled": _l("Termin abgesagt"),
        "gathering.minutes": _l("Protokoll veröffentlicht"),
        "gathering.removed": _l("Termin gelöscht"),
    },
    name_of=_gathering,
)
_PICTURE = Watched(
    kind="picture",
    columns={
        "owner_kind": _l("gehört zu"),
        "owner_id": _l("Nr."),
        "alt": _l("Beschreibung"),
        "credit": _l("Bild von"),
        "for_press": _l("für die Presse"),
        "digest": _l("Datei"),
    },
    words={"owner_kind": {"team": _l("Team")}},
    actions={
        "picture.added": _l("Bild veröffentlicht"),
        "picture.changed": _l("Bild geändert"),
        "picture.removed": _l("Bild entfernt"),
    },
    name_of=_picture,
)
_ADOPTION = Watched(
    kind="adoption",
    columns={"team_id": _l("Team Nr."), "answer": _l("Antwort"), "closed_at": _l("beendet am")},
    actions={"adoption.answered": _l("Übernahme eines Teams beantwortet")},
    name_of=_adoption,
)
_USER = Watched(
    kind="user",
    columns={"roles": _l("Rollen")},
    words={"roles": ROLE_NAMES},
    actions={"user.roles": _l("Rollen geändert")},
    name_of=_user,
    outside_too=True,
)
_MAIL = Watched(
    kind="mail",
    columns={"failed_at": _l("gescheitert am")},
    actions={"mail.retried": _l("Mail noch einmal verschickt")},
    name_of=_mail,
)
_ABOUT = {"subject_kind": _l("betrifft"), "subject_id": _l("Nr.")}
_OWNED = {
    **_ABOUT,
    "owner_id": _l("zuständig, Konto Nr."),
    "due_on": _l("bis"),
    "done_at": _l("am"),
}
_CONTACT = Watched(
    kind="contact",
    columns={**_ABOUT, "channel": _l("Art")},
    words={"subject_kind": KINDS, "channel": CHANNELS},
    actions={"contact.logged": _l("Kontakt oder Notiz vermerkt")},
    name_of=_contact,
)
_STEP = Watched(
    kind="step",
    columns=_OWNED,
    words={"subject_kind": KINDS},
    actions={
        "step.added": _l("Nächster Schritt eingetragen"),
        "step.done": _l("Schritt erledigt"),
        "step.handed_over": _l("Schritt übergeben"),
    },
    name_of=_step,
)
_SUPPORT = Watched(
    kind="support",
    columns={**_OWNED, "type": _l("Art")},
    words={"subject_kind": KINDS, "type": SUPPORT_TYPES},
    actions={
        "support.added": _l("Unterstützungsanfrage eingetragen"),
        "support.done": _l("Unterstützungsanfrage erledigt"),
        "support.handed_over": _l("Unterstützungsanfrage übergeben"),
    },
    name_of=_support,
)
