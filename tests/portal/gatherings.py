"""What tests of the gatherings room share: a gathering to come, and people who sign up."""

from datetime import UTC, date, datetime, time, timedelta

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.gatherings import actions, attendance
from portal.gatherings.actions import Details, Slot
from portal.gatherings.attendance import Wishes
from portal.gatherings.models import Gathering, SignUp

DETAILS = {
    "kind": "gesamttreffen",
    "title": "Gesamttreffen im Frühling",
    "text": "Alle Teams erzählen, was sie vorhaben.",
    "district_id": None,
    "place": "Bibliothek, großer Saal",
    "online_url": None,
    "languages": ["de", "ar"],
    "steps": "step_free",
    "toilet": "accessible",
    "hearing": "amplified",
    "words": "plain",
    "barrier_note": "Der Eingang ist ebenerdig, die Tür ist breit.",
    "bring": "",
    "capacity": None,
    "team_id": None,
}


def details(**changed: object) -> Details:
    return Details(**(DETAILS | changed))  # type: ignore[arg-type]


def slot(days: int = 10, begin: time = time(18), end: time = time(20)) -> Slot:
    return Slot(clock.today() + timedelta(days), begin, end)


def new_gathering(host: User, *, days: int = 10, **changed: object) -> Gathering:
    gathering = actions.create_gatherings(details(**changed), slot(days), host=host)[0]
    db.session.commit()
    return gathering


def new_series(host: User, *, first: date, until: date, rhythm: str = "weekly") -> list[Gathering]:
    made = actions.create_gatherings(
        details(), Slot(first, time(18), time(20)), host=host, rhythm=rhythm, until=until
    )
    db.session.commit()
    return made


def joins(gathering: Gathering, user: User, **wishes: object) -> SignUp:
    row = attendance.sign_up(gathering, Wishes(**wishes), user=user)  # type: ignore[arg-type]
    db.session.commit()
    return row


def writes(gathering: Gathering, name: str, *, confirms: bool = True, **wishes: object) -> SignUp:
    """Sign somebody without account up, and confirm by the mail's link."""
    row = attendance.sign_up(
        gathering,
        Wishes(**wishes),
        name=name,
        email=f"{name.lower()}@example.org",  # type: ignore[arg-type]
    )
    if confirms:
        attendance.confirm(row)
    db.session.commit()
    return row


def after(gathering: Gathering, **more: float) -> datetime:
    """Return a moment behind the end, with its zone, to travel to."""
    return gathering.ends_at.replace(tzinfo=UTC) + timedelta(**more)


def form_of(**changed: object) -> dict[str, object]:
    """Return what somebody sends who makes a gathering."""
    day = clock.today() + timedelta(10)
    sent = {
        name: value for name, value in DETAILS.items() if value is not None and name[-3:] != "_id"
    }
    return sent | {"day": day, "begin": "18:00", "end": "20:00"} | changed
