"""Hosts: who may make and change what, the form, series, the list, minutes, the audit log."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal import clock
from portal.accounts.actions import role_named
from portal.extensions import db
from portal.gatherings import actions, rules, times
from portal.gatherings.models import KINDS, BringItem, Gathering, SignUp
from portal.ideas.actions import submit_idea
from portal.messages.models import Notification, OutboxMail
from portal.moderation.models import AuditEntry
from portal.teams.actions import add_member, create_team
from tests.browser import form_fields
from tests.portal.gatherings import after, details, form_of, joins, new_gathering, slot, writes

NEW = "/termine/neu"


@pytest.fixture
def garden(cem, ada):
    """Ada's team."""
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof.")
    add_member(team, ada, is_lead=True)
    db.session.commit()
    return team


@pytest.fixture
def ida(ben):
    """Ben, who drives the Ideenmobil today."""
    ben.roles.append(role_named("outreach"))
    db.session.commit()
    return ben


def only_one() -> Gathering:
    return db.session.scalars(select(Gathering)).one()


def test_each_role_makes_its_own_kinds(app, cem, ada, ida, garden):
    assert rules.kinds_for(cem, {}) == KINDS
    assert rules.kinds_for(ada, {garden.id: "Hofgarten"}) == ("teamtreffen",)
    assert rules.kinds_for(ada, {}) == ()
    assert rules.kinds_for(ida, {}) == ("ideenmobil",)


def test_residents_make_nothing_and_forms_cannot_be_bent(as_user, visitor, ada, ben, garden):
    as_user(ben).visit(NEW, status=403)
    as_user(ben).submit(NEW, status=403, **form_of())
    lead = as_user(ada)
    lead.submit(NEW, status=422, **form_of(kind="gesamttreffen"))
    other = create_team(by=ada, name="Fremde", challenge="Nicht Adas Team.")
    db.session.commit()
    lead.submit(NEW, status=422, **form_of(kind="teamtreffen", team=other.id))
    lead.submit(NEW, status=422, **form_of(kind="teamtreffen"))
    assert db.session.scalar(select(func.count(Gathering.id))) == 0
    page = lead.submit(NEW, **form_of(kind="teamtreffen", team=garden.id))
    assert "Gesamttreffen im Frühling" in page.h1.text
    assert only_one().host_id == ada.id


def test_only_hosts_see_and_change_what_is_theirs(as_user, visitor, cem, ada, ben, garden):
    team_meeting = new_gathering(ada, kind="teamtreffen", team_id=garden.id)
    city_wide = new_gathering(cem)
    item = actions.add_item(team_meeting, "Kuchen")
    db.session.commit()
    for path in ("bearbeiten", "absagen", "liste", "sachen", "sachen/entfernen", "protokoll"):
        url = f"/termine/{team_meeting.id}/{path}"
        as_user(ben).submit(url, status=403, sache=item.id)
        as_user(ada).submit(f"/termine/{city_wide.id}/{path}", status=403, sache=item.id)
        assert visitor.post(url).location.startswith("/anmelden")
    assert db.session.get(BringItem, item.id)
    assert as_user(ada).visit(f"/termine/{team_meeting.id}/liste")
    assert as_user(cem).visit(f"/termine/{team_meeting.id}/liste")
    assert as_user(ada).visit(f"/termine/{team_meeting.id}").select_one("a[href$='/absagen']")
    assert not as_user(ben).visit(f"/termine/{team_meeting.id}").select_one("a[href$='/absagen']")


def test_the_ideenmobil_keeps_its_stops_and_nothing_else(as_user, cem, ida, garden):
    stop = new_gathering(cem, kind="ideenmobil")
    as_user(ida).visit(f"/termine/{stop.id}/bearbeiten")
    as_user(ida).visit(f"/termine/{new_gathering(cem).id}/bearbeiten", status=403)
    page = as_user(ida).visit(NEW)
    assert [each["value"] for each in page.select("[name=kind]")] == ["ideenmobil"]


def test_languages_and_barriers_are_asked_of_everybody(as_user, cem):
    empty = dict.fromkeys(
        ("languages", "steps", "toilet", "hearing", "words", "barrier_note", "place", "kind"), ""
    )
    sent = {k: v for k, v in form_of().items() if k not in empty}
    errors = as_user(cem).submit(NEW, status=422, **sent).select_one(".error-summary").text
    for words in ("Sprache", "Stufen", "Toilette", "Hören", "Verstehen", "Hinweis zu den Barrieren",
                  "Ort oder einen Link", "was für ein Termin"):  # fmt: skip
        assert words in errors
    assert db.session.scalar(select(func.count(Gathering.id))) == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day": "2001-01-01"}, "ab heute"),
        ({"day": "2999-01-01"}, "ab heute"),
        ({"day": "31.02."}, ""),
        ({"begin": "18:00", "end": "18:00"}, "gleich dem Beginn"),
        ({"capacity": "0"}, "1 bis 5000"),
        ({"online_url": "javascript:alert(1)"}, "https://"),
        ({"rhythm": "weekly"}, "bis wann"),
        ({"rhythm": "weekly", "until": str(date.today())}, "nur einen Termin"),
        ({"rhythm": "stündlich"}, "aus der Liste"),
        ({"ideas": "quatsch"}, "weder Link noch Nummer"),
        ({"ideas": "77"}, "Idee Nr. 77"),
        ({"items": "Kuchen\n" * 31}, "höchstens 30"),
        ({"title": "x" * 100_000}, "höchstens 120"),
        ({"text": "a\x00b"}, "Steuerzeichen"),
        ({"languages": "klingonisch"}, "aus der Liste"),
        ({"district": "abc"}, "aus der Liste"),
    ],
)
def test_mistakes_are_named_and_nothing_is_made(as_user, cem, changed, words):
    page = as_user(cem).submit(NEW, status=422, **form_of(**changed))
    assert words in page.select_one(".error-summary").text
    assert db.session.scalar(select(func.count(Gathering.id))) == 0


def test_the_skipped_hour_in_march_is_refused(as_user, cem):
    with time_machine.travel(date(2027, 3, 1), tick=False):
        sent = form_of(day="2027-03-28", begin="02:30", end="04:00")
        page = as_user(cem).submit(NEW, status=422, **sent)
    assert "Diese Zeit gibt es nicht" in page.select_one(".error-summary").text


def test_a_monthly_series_over_the_clock_change_keeps_its_hour(as_user, cem):
    with time_machine.travel(date(2026, 9, 1), tick=False):
        as_user(cem).submit(
            NEW, **form_of(day="2026-09-08", rhythm="monthly", until="2026-12-31", items="Kuchen")
        )
        rows = db.session.scalars(select(Gathering).order_by(Gathering.starts_at)).all()
    shown = [times.local(row.starts_at) for row in rows]
    assert [each.strftime("%d.%m. %H:%M") for each in shown] == [
        "08.09. 18:00", "13.10. 18:00", "10.11. 18:00", "08.12. 18:00",
    ]  # fmt: skip
    assert db.session.scalar(select(func.count(BringItem.id))) == 4


def test_the_edit_form_shows_what_is_there_and_moves_following_dates(as_user, cem, ada):
    made = actions.create_gatherings(
        details(capacity=7), slot(), host=cem, rhythm="weekly", until=clock.today() + timedelta(31)
    )
    joins(made[1], ada)
    browser, url = as_user(cem), f"/termine/{made[1].id}/bearbeiten"
    page = browser.visit(url)
    fields = dict(form_fields(page, "#gathering-form"))
    assert fields["begin"] == "18:00"
    assert fields["capacity"] == "7"
    sent = form_of(day=made[1].starts_at.date(), begin="19:00", end="21:00", following="y")
    assert "3 Termine sind geändert." in browser.submit(url, **sent).text
    hours = [times.local(each.starts_at).hour for each in made]
    assert hours == [18, 19, 19, 19]
    told = select(Notification.subject).where(Notification.user_id == ada.id)
    assert "Geändert: Gesamttreffen im Frühling" in set(db.session.scalars(told))


def test_presented_ideas_can_be_changed(as_user, cem, ada):
    first, second = (
        submit_idea(problem=text, wish="Beete im Hof.", initiator=ada, publish=True).idea
        for text in ("Der Hof ist kahl.", "Der Platz ist heiß.")
    )
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[first])[0]
    db.session.commit()
    url = f"/termine/{gathering.id}"
    assert as_user(cem).visit(f"{url}/bearbeiten").select_one("[name=ideas]").text.strip() == "1"
    as_user(cem).submit(f"{url}/bearbeiten", **form_of(ideas=f"/ideen/{second.id}"))
    page = as_user(cem).visit(url)
    assert page.select_one(f"a[href='/ideen/{second.id}']")
    assert page.select_one(f"a[href='/ideen/{first.id}']") is None


def test_calling_off_this_and_following_needs_a_reason(as_user, cem):
    made = actions.create_gatherings(
        details(), slot(), host=cem, rhythm="fortnightly", until=clock.today() + timedelta(40)
    )
    db.session.commit()
    url = f"/termine/{made[1].id}/absagen"
    browser = as_user(cem)
    browser.submit(url, status=422, reason="")
    page = browser.submit(url, reason="Der Saal ist gesperrt.", following="y")
    assert "2 Termine sind abgesagt." in page.text
    assert [each.is_cancelled for each in made] == [False, True, True]
    browser.submit(url, status=400, reason="Noch einmal.")
    browser.visit(f"/termine/{made[1].id}/bearbeiten", status=400)


def test_the_list_shows_needs_and_photo_consent_but_no_address(as_user, cem, ada):
    gathering = new_gathering(cem, capacity=4)
    joins(gathering, ada, children=1, photos_ok=True)
    writes(gathering, "Bo", interpretation="ar", wheelchair=True, note="Bitte vorne", consents=True)
    writes(gathering, "Mo", children=1)
    writes(gathering, "Li", confirms=False)
    page = as_user(cem).visit(f"/termine/{gathering.id}/liste")
    needs = page.select_one(".callout").get_text(" ", strip=True)
    assert "Bo" in needs
    assert "Übersetzung auf Arabisch" in needs
    assert "Bitte vorne" in needs
    assert "1 von 2 Anmeldungen" in page.text
    assert "Mo" in page.select_one("[aria-labelledby=waiting-title]").text
    assert "Li" not in page.main.get_text(" ").split()
    assert "example.org" not in str(page.main)


def test_afterwards_the_host_notes_who_came(as_user, cem, ada):
    gathering = new_gathering(cem)
    came, stayed_away = joins(gathering, ada), writes(gathering, "Bo")
    strange = writes(new_gathering(cem), "Mo")
    url = f"/termine/{gathering.id}/liste"
    assert as_user(cem).visit(url).select_one("[name=kam]") is None
    with time_machine.travel(after(gathering, minutes=1), tick=False):
        browser = as_user(cem)
        assert len(browser.visit(url).select("[name=kam]")) == 2
        browser.submit(url, status=422, walk_ins="-1")
        browser.submit(url, kam=[came.id, strange.id, "x"], walk_ins="3")
    kept = {row.id: row.came for row in db.session.scalars(select(SignUp))}
    assert kept == {came.id: True, stayed_away.id: False, strange.id: None}
    assert db.session.get(Gathering, gathering.id).walk_ins == 3
    with time_machine.travel(after(gathering, minutes=1), tick=False):
        facts = as_user(cem).visit(f"/termine/{gathering.id}").select_one(".facts").text
    assert "Dabei waren4" in facts.replace("\n", "")


def test_hosts_keep_the_list_of_things(as_user, cem):
    gathering, other = new_gathering(cem), new_gathering(cem)
    browser, url = as_user(cem), f"/termine/{gathering.id}/sachen"
    browser.submit(url, status=422, title="")
    assert "Kuchen" in browser.submit(url, title="Kuchen").text
    item = db.session.scalars(select(BringItem)).one()
    browser.submit(f"/termine/{other.id}/sachen/entfernen", status=404, sache=item.id)
    browser.submit(f"{url}/entfernen", sache=item.id)
    assert db.session.scalar(select(func.count(BringItem.id))) == 0


def test_minutes_link_to_ideas_and_teams_and_are_told_once(as_user, visitor, cem, ada, garden):
    idea = submit_idea(
        problem="Der Hof ist kahl.", wish="Beete im Hof.", initiator=ada, publish=True
    ).idea
    gathering = new_gathering(cem)
    joins(gathering, ada)
    writes(gathering, "Bo")
    url = f"/termine/{gathering.id}/protokoll"
    as_user(cem).visit(url, status=400)  # nothing was said yet
    with time_machine.travel(after(gathering, hours=2), tick=False):
        browser = as_user(cem)
        browser.submit(url, status=422, text="Es ging um Beete.", teams="999")
        sent = {
            "text": "Es ging um Beete.",
            "decisions": "Ada fragt beim Amt nach.",
            "ideas": f"http://localhost/ideen/{idea.id}",
            "teams": f"/teams/{garden.id}/",
        }
        for _time in range(2):
            browser.submit(url, **sent)
        page = visitor.visit(f"/termine/{gathering.id}")
        assert "mit Protokoll" in visitor.visit("/termine/?zeit=vorbei").text
        assert browser.visit(f"/termine/{gathering.id}").select_one(
            f"a[href='/koordination/team/{garden.id}'], a[href*='akte'], a[href*='koordination']"
        )
    assert "Ada fragt beim Amt nach." in page.text
    assert page.select_one(f"a[href='/ideen/{idea.id}']")
    assert page.select_one(f"a[href='/teams/{garden.id}']")
    subject = "Das Protokoll ist da: Gesamttreffen im Frühling"
    told = select(func.count(Notification.id)).where(Notification.subject == subject)
    mailed = select(func.count(OutboxMail.id)).where(OutboxMail.subject == subject)
    assert db.session.scalar(told) == 1
    assert db.session.scalar(mailed) == 1


def test_what_coordinators_do_with_gatherings_is_logged(as_user, cem, ada, garden):
    browser = as_user(cem)
    browser.submit(NEW, **form_of())
    gathering = only_one()
    url = f"/termine/{gathering.id}"
    browser.submit(f"{url}/bearbeiten", **form_of(place="Im Park"))
    browser.submit(f"{url}/absagen", reason="Der Saal ist gesperrt.")
    as_user(ada).submit(NEW, **form_of(kind="teamtreffen", team=garden.id))  # her own team's
    rows = select(AuditEntry).where(AuditEntry.subject_kind == "gathering").order_by(AuditEntry.id)
    entries = db.session.scalars(rows).all()
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("gathering.made", cem.id),
        ("gathering.changed", cem.id),
        ("gathering.cancelled", cem.id),
    ]
    assert entries[1].after["place"] == "Im Park"
