"""Calendar files: written by icalendar, read here by vobject, another library."""

from datetime import UTC, datetime, time, timedelta

import pytest
import vobject

from portal import clock
from portal.extensions import db
from portal.gatherings import actions, calendar_files
from portal.gatherings.actions import Slot
from portal.places.models import Borough, District
from portal.teams.actions import create_team
from tests.portal.gatherings import details, joins, new_gathering, slot


def read(browser, path: str):
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    content = answer.get_data()
    assert content.replace(b"\r\n", b"").count(b"\n") == 0, "lines end in CRLF"
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "lines are folded"
    return vobject.readOne(content.decode())


def events(calendar) -> dict[str, object]:
    return {event.summary.value: event for event in getattr(calendar, "vevent_list", [])}


def test_one_gathering_comes_with_its_zone_place_and_barriers(visitor, cem):
    gathering = new_gathering(
        cem, title="Fest; Essen, Trinken\\Reden", text="Erste Zeile\nZweite Zeile " + "ü" * 90
    )
    calendar = read(visitor, f"/termine/{gathering.id}/kalender.ics")
    (event,) = calendar.vevent_list
    assert event.summary.value == "Fest; Essen, Trinken\\Reden"
    assert "Erste Zeile\nZweite Zeile" in event.description.value
    assert "Der Eingang ist ebenerdig" in event.description.value
    assert event.location.value == "Bibliothek, großer Saal"
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/Berlin"]
    assert event.dtstart.value.astimezone(UTC).replace(tzinfo=None) == gathering.starts_at
    assert event.status.value == "CONFIRMED"
    assert event.url.value.endswith(f"/termine/{gathering.id}")
    assert calendar.vtimezone.tzid.value == "Europe/Berlin"


@pytest.mark.parametrize("month", [1, 7])
def test_a_calendar_that_knows_only_the_file_shows_the_right_hour(visitor, cem, month):
    gathering = new_gathering(cem)
    gathering.starts_at = datetime(2029, month, 15, 12)
    gathering.ends_at = datetime(2029, month, 15, 14)
    db.session.commit()
    calendar = read(visitor, f"/termine/{gathering.id}/kalender.ics")
    shown = calendar.vevent.dtstart.value
    assert shown.hour == (13 if month == 1 else 14)
    # vobject builds the zone from the VTIMEZONE in the file.
    assert shown.utcoffset() == timedelta(hours=1 if month == 1 else 2)


@pytest.mark.parametrize(
    ("moment", "offset"),
    [
        (datetime(2026, 3, 29, 1, 59), 1),
        (datetime(2026, 3, 29, 3, 0), 2),
        (datetime(2026, 10, 25, 1, 59), 2),
        (datetime(2026, 10, 25, 3, 0), 1),
        (datetime(2040, 10, 28, 3, 0), 1),
    ],
)
def test_the_zone_in_the_file_changes_at_the_right_hour(app, moment, offset):
    with app.test_request_context():
        content = calendar_files.calendar_of([], "leer").decode()
    zone = vobject.readOne(content).vtimezone.gettzinfo()
    assert moment.replace(tzinfo=zone).utcoffset() == timedelta(hours=offset)


def test_the_same_event_keeps_its_uid_and_counts_its_changes(visitor, cem):
    gathering = new_gathering(cem)
    path = f"/termine/{gathering.id}/kalender.ics"
    first = read(visitor, path).vevent
    actions.change_gathering(gathering, details(place="Im Park"), slot())
    db.session.commit()
    second = read(visitor, path).vevent
    actions.cancel_gathering(gathering, "Sturm")
    db.session.commit()
    third = read(visitor, path).vevent
    assert first.uid.value == second.uid.value == third.uid.value
    assert [each.sequence.value for each in (first, second, third)] == ["0", "1", "2"]
    assert third.status.value == "CANCELLED"
    assert "Sturm" in third.description.value


def test_the_feed_holds_all_or_one_team_or_place(visitor, cem):
    borough = Borough(code="2", name="Ost")
    here = District(code="25", name="Reudnitz-Thonberg", area="ost", borough=borough)
    db.session.add(here)
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof.")
    db.session.flush()
    new_gathering(cem, title="Alle")
    new_gathering(cem, title="Hier", district_id=here.id)
    new_gathering(cem, title="Team", kind="teamtreffen", team_id=team.id)
    feed = "/termine/kalender.ics"
    assert set(events(read(visitor, feed))) == {"Alle", "Hier", "Team"}
    assert set(events(read(visitor, f"{feed}?team={team.id}"))) == {"Team"}
    assert set(events(read(visitor, f"{feed}?ort=25"))) == {"Hier"}
    assert set(events(read(visitor, f"{feed}?ort=2"))) == {"Hier"}
    assert events(read(visitor, f"{feed}?team=999")) == {}
    answer = visitor.get(feed)
    again = visitor.get(feed, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_public_files_hold_no_link_and_no_names(visitor, as_user, cem, ada):
    gathering = new_gathering(cem, online_url="https://treffen.example/geheim", place="")
    row = joins(gathering, ada)
    for path in (f"/termine/{gathering.id}/kalender.ics", "/termine/kalender.ics"):
        text = visitor.get(path).text
        assert "geheim" not in text
        assert "Ada" not in text
        assert "@" not in text
    own = read(visitor, f"/termine/anmeldung/{row.token}/kalender.ics").vevent
    assert "https://treffen.example/geheim" in own.description.value


def test_a_series_is_many_events_with_uids_of_their_own(visitor, cem):
    first = clock.today() + timedelta(3)
    actions.create_gatherings(
        details(), Slot(first, time(18), time(20)), host=cem, rhythm="weekly",
        until=first + timedelta(21),
    )  # fmt: skip
    db.session.commit()
    listed = read(visitor, "/termine/kalender.ics").vevent_list
    assert len({event.uid.value for event in listed}) == 4
    assert {event.dtstart.value.hour for event in listed} == {18}
