"""The demo's organisations, what they lend, and who asked for it."""

from datetime import timedelta

from sqlalchemy import select

from portal.extensions import db
from portal.organisations import queries
from portal.organisations.actions import (
    add_member,
    answer,
    ask_for,
    create_organisation,
    offer_resource,
    publish,
)
from portal.organisations.models import Organisation, Resource
from portal.seeds.demo.past import Calendar, Row, district, plain, rows
from portal.seeds.demo.people import People, coordinator
from portal.teams.models import Team
from portal.teams.partners import choose_partners


def add_organisations(when: Calendar, people: People) -> None:
    """Add all organisations with what they lend, then a few requests."""
    for number, row in enumerate(rows("organisations", "organisation")):
        by = coordinator(people, number)
        organisation = _introduce(when, row, people)
        if not row.get("waiting"):
            with when.at(row["days_ago"] - 1, row["name"]):
                publish(organisation)
        named_by = select(Team).where(Team.name.in_(row.get("teams", []))).order_by(Team.id)
        with when.at(2, row["name"]):
            for team in db.session.scalars(named_by):
                choose_partners(team, [organisation.id])
        for offered in row.get("resource", []):
            with when.at(row["days_ago"], offered["title"]):
                offer_resource(
                    organisation,
                    by=by,
                    kind=offered["kind"],
                    title=offered["title"],
                    text=plain(offered.get("text", "")),
                    terms=plain(offered.get("terms", "")),
                )
    db.session.flush()
    _ask(when, people)


def _introduce(when: Calendar, row: Row, people: People) -> Organisation:
    with when.at(row["days_ago"], row["name"]):
        speakers = [people[key] for key in row.get("speaks", [])]
        organisation = create_organisation(
            by=speakers[0] if speakers else coordinator(people, 0),
            name=row["name"],
            kind=row["kind"],
            about=plain(row["about"]),
            district=district(row["district"]),
            languages=row["languages"],
            mailbox=row.get("mailbox"),
            speaks_for_it=bool(speakers),
        )
        for speaker in speakers[1:]:
            add_member(organisation, speaker)
    return organisation


def _ask(when: Calendar, people: People) -> None:
    """One promised, one that waits."""
    with when.at(6, "lastenrad"):
        promised = ask_for(
            _page_of("Lastenrad mit großer Kiste"),
            by=people["hilde"],
            purpose="Wir holen Erde und Setzlinge für die Baumscheiben vor unserem Haus.",
            first_day=when.today + timedelta(9),
            last_day=when.today + timedelta(9),
        )
    with when.at(5, "lastenrad"):
        db.session.flush()
        booking = queries.booking_page(promised.id)
        if booking is not None:
            answer(booking, agrees=True)
    with when.at(1, "raum"):
        ask_for(
            _page_of("Veranstaltungsraum mit Küche für 40 Menschen"),
            by=people["theresa"],
            purpose="Für ein erstes Treffen aller, die bei der Tauschkiste mitmachen wollen.",
            first_day=when.today + timedelta(16),
            last_day=when.today + timedelta(16),
        )


def _page_of(title: str) -> Resource:
    row_id = db.session.scalars(select(Resource.id).where(Resource.title == title)).one()
    found = queries.resource_page(row_id)
    assert found is not None
    return found
