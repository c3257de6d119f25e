"""The pages everybody sees: list, one gathering, signing up with and without account, hints."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, insert, select

from portal import clock
from portal.extensions import db
from portal.gatherings import actions
from portal.gatherings.models import Gathering, Hint, SignUp
from portal.gatherings.queries import PAGE
from portal.ideas.actions import submit_idea
from portal.messages.models import Notification, OutboxMail, Participant, Thread
from portal.places.models import Borough, District
from portal.teams.actions import add_member, create_team
from tests.portal.gatherings import DETAILS, after, details, joins, new_gathering, slot, writes


@pytest.fixture
def reudnitz(app) -> District:
    borough = Borough(code="2", name="Ost")
    district = District(code="25", name="Reudnitz-Thonberg", area="ost", borough=borough)
    db.session.add(district)
    db.session.commit()
    return district


@pytest.fixture
def idea(ada):
    found = submit_idea(
        problem="Der Hof ist kahl und heiß.", wish="Beete im Hof.", initiator=ada, publish=True
    ).idea
    db.session.commit()
    return found


def titles(page) -> list[str]:
    return [each.text for each in page.select("#gathering-list h2")]


def test_the_list_shows_the_next_first_and_the_past_apart(visitor, cem):
    new_gathering(cem, days=20, title="Später")
    new_gathering(cem, days=5, title="Bald")
    gone = new_gathering(cem, days=2, title="Schnell vorbei")
    with time_machine.travel(after(gone, hours=1), tick=False):
        assert titles(visitor.visit("/termine/")) == ["Bald", "Später"]
        past = visitor.visit("/termine/?zeit=vorbei")
    assert titles(past) == ["Schnell vorbei"]
    assert past.h1.text == "Was war"


def test_the_list_is_narrowed_by_place_kind_language_barriers_and_team(visitor, cem, reudnitz):
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof.")
    new_gathering(cem, title="Überall")
    new_gathering(cem, title="Hier", district_id=reudnitz.id)
    new_gathering(cem, title="Gehen", kind="spaziergang", toilet="none")
    new_gathering(cem, title="Treppe", steps="stairs", languages=["vi"])
    new_gathering(cem, title="Team", kind="teamtreffen", team_id=team.id)

    def found(query: str) -> set[str]:
        return set(titles(visitor.visit(f"/termine/?{query}", target="gathering-list")))

    assert found("ort=25") == found("ort=2") == {"Hier"}
    assert found("art=spaziergang") == {"Gehen"}
    assert found("sprache=vi") == {"Treppe"}
    assert found("barrierefrei=1") == {"Überall", "Hier", "Team"}
    assert found(f"team={team.id}") == {"Team"}
    assert len(found("art=nichts&ort=x&sprache=zz&team=abc&nach=quatsch")) == 5
    empty = visitor.visit("/termine/?sprache=ro")
    assert "Dazu gibt es gerade keinen Termin" in empty.text


def test_an_empty_list_says_what_to_do_instead(visitor):
    assert visitor.visit("/termine/").select_one(".empty a[href='/ideen/neu']")
    assert "Noch ist nichts vorbei" in visitor.visit("/termine/?zeit=vorbei").text


def test_a_list_of_five_thousand_needs_six_statements_and_goes_on(as_user, ada, cem, count_queries):
    begin = clock.now() + timedelta(days=3)
    rows = [
        {k: v for k, v in DETAILS.items() if v is not None}
        | {"title": f"Nr. {n}", "starts_at": begin + timedelta(minutes=n), "uid": f"u{n}",
           "ends_at": begin + timedelta(minutes=n + 60), "host_id": cem.id}
        for n in range(5000)
    ]  # fmt: skip
    db.session.execute(insert(Gathering), rows)
    first = db.session.scalar(select(func.min(Gathering.id)))
    db.session.execute(
        insert(SignUp),
        [
            {"gathering_id": first + n // 10, "name": "Gast", "email": f"g{n}@example.org",
             "turn": n % 10 + 1, "confirmed_at": begin, "seated_at": begin, "token": f"t{n}"}
            for n in range(5000)
        ],
    )  # fmt: skip
    db.session.commit()
    browser = as_user(ada)
    count_queries.clear()
    page = browser.visit("/termine/")
    assert len(count_queries) <= 6
    assert len(titles(page)) == PAGE
    assert "10 Menschen angemeldet" in page.text
    rest = browser.visit(page.select_one("a[rel=next]")["href"])
    assert titles(rest)[0] == f"Nr. {PAGE}"
    count_queries.clear()
    assert browser.get("/termine/kalender.ics").status_code == 200
    assert len(count_queries) <= 6


def test_a_gathering_says_how_to_get_there_and_never_who_comes(visitor, cem, ada):
    gathering = new_gathering(cem, capacity=2, online_url="https://treffen.example/geheim")
    joins(gathering, ada, children=1)
    writes(gathering, "Mo")
    page = visitor.visit(f"/termine/{gathering.id}")
    for words in (
        "ohne Stufen",
        "rollstuhlgerechte Toilette",
        "Mikrofon",
        "einfacher Sprache",
        "Der Eingang ist ebenerdig",
        "Deutsch, Arabisch",
        "2 von 2 vergeben",
    ):
        assert words in page.text
    assert "Ada" not in page.main.text
    assert "Mo" not in page.main.get_text(" ").split()
    assert "geheim" not in str(page)
    assert "example.org" not in str(page)
    assert "Auf die Warteliste" in page.text


def test_the_link_is_for_those_with_a_place_only(visitor, as_user, cem, ada, ben):
    gathering = new_gathering(cem, capacity=1, online_url="https://treffen.example/geheim")
    seated, waiting = joins(gathering, ada), joins(gathering, ben)
    url = f"/termine/{gathering.id}"
    assert "geheim" in str(as_user(ada).visit(url))
    assert "geheim" not in str(as_user(ben).visit(url))
    assert "geheim" in str(visitor.visit(f"/termine/anmeldung/{seated.token}"))
    assert "geheim" not in str(visitor.visit(f"/termine/anmeldung/{waiting.token}"))
    unsure = writes(gathering, "Mo", confirms=False)
    assert "geheim" not in str(visitor.visit(f"/termine/anmeldung/{unsure.token}"))


def test_somebody_without_account_signs_up_by_mail_and_off_by_one_click(visitor, cem):
    gathering = new_gathering(cem)
    page = visitor.submit(
        f"/termine/{gathering.id}/anmelden", name="Bo", email="bo@example.org", children="2"
    )
    assert "Wir haben dir eine Mail geschickt" in page.text
    mail = db.session.scalars(select(OutboxMail)).one()
    path = re.search(r"/termine/anmeldung/\S+", mail.body).group()
    before = visitor.visit(path)
    assert "Noch nicht bestätigt" in before.text
    assert db.session.scalars(select(SignUp)).one().turn is None  # opening a link changes nothing
    assert "Du bist dabei" in visitor.submit(f"{path}/bestaetigen").text
    assert db.session.scalars(select(SignUp)).one().people == 3
    assert "Du bist abgemeldet" in visitor.submit(f"{path}/abmelden").text
    row = db.session.scalars(select(SignUp)).one()
    assert (row.name, row.email) == ("", None)
    visitor.visit("/termine/anmeldung/gibt-es-nicht", status=404)


def test_a_program_that_fills_in_everything_is_not_signed_up(visitor, as_user, cem, ada):
    gathering = new_gathering(cem)
    path = f"/termine/{gathering.id}"
    sent = {"name": "Bo", "email": "bo@example.org", "homepage": "https://example.org"}
    page = visitor.submit(f"{path}/anmelden", status=422, **sent)
    assert page.select_one("[name=email]")["value"] == "bo@example.org"
    assert not page.select_one("[name=homepage]").get("value")
    assert db.session.scalar(select(SignUp.id)) is None
    assert not as_user(ada).visit(path).select("[name=homepage]")


def test_the_page_answers_the_same_to_known_and_new_addresses(visitor, cem):
    gathering = new_gathering(cem)
    writes(gathering, "Mo")
    sent = {"name": "Mo", "email": "mo@example.org"}
    known = visitor.submit(f"/termine/{gathering.id}/anmelden", **sent)
    new = visitor.submit(f"/termine/{gathering.id}/anmelden", **(sent | {"email": "x@example.org"}))
    assert known.main == new.main


def test_a_form_with_mistakes_keeps_what_was_written_and_asks_for_consent(visitor, cem):
    gathering = new_gathering(cem)
    url = f"/termine/{gathering.id}/anmelden"
    page = visitor.submit(url, status=422, name="Bo", email="quatsch", note="Ich höre schlecht")
    errors = page.select_one(".error-summary").text
    assert "E-Mail-Adresse" in errors
    assert "Sag bitte Ja dazu" in errors
    assert page.select_one("[name=note]").text.strip() == "Ich höre schlecht"
    assert page.select_one("details[open]")
    for bad in ("x\x00y", "a\u202eb", "x" * 500_000):
        visitor.submit(url, status=422, name=bad, email="bo@example.org")
        visitor.submit(url, status=422, name="Bo", email="bo@example.org", note=bad)
    visitor.submit(url, status=422, name="Bo", email="bo@example.org", children="99999999999999")
    visitor.submit(url, status=422, name="Bo", email="bo@example.org", interpretation="klingonisch")
    assert db.session.scalar(select(func.count(SignUp.id))) == 0


def test_an_account_signs_up_with_one_button(as_user, ada, cem):
    gathering = new_gathering(cem)
    browser = as_user(ada)
    page = browser.submit(f"/termine/{gathering.id}/anmelden", photos_ok="y")
    assert "Du bist dabei" in page.text
    assert titles(browser.visit("/termine/?meine=1")) == [gathering.title]
    row = db.session.scalars(select(SignUp)).one()
    assert (row.user_id, row.photos_ok, row.email) == (ada.id, True, None)
    browser.submit(f"/termine/anmeldung/{row.token}/abmelden")
    assert "gerade keinen Termin" in browser.visit("/termine/?meine=1").text


def test_a_cancelled_gathering_stays_to_be_seen_and_takes_nobody(visitor, cem):
    gathering = new_gathering(cem)
    actions.cancel_gathering(gathering, "Der Saal ist gesperrt.")
    db.session.commit()
    assert "abgesagt" in visitor.visit("/termine/").select_one("article").text
    page = visitor.visit(f"/termine/{gathering.id}")
    assert "Der Saal ist gesperrt." in page.text
    assert page.select_one("form[action$='/anmelden']") is None
    sent = {"name": "Bo", "email": "bo@example.org"}
    visitor.submit(f"/termine/{gathering.id}/anmelden", status=400, **sent)


def test_who_signed_up_takes_something_on_by_link(visitor, cem):
    gathering = new_gathering(cem)
    cake, bread = actions.add_item(gathering, "Kuchen"), actions.add_item(gathering, "Brot")
    other = new_gathering(cem)
    strange = actions.add_item(other, "Zelt")
    bo, mo = writes(gathering, "Bo"), writes(gathering, "Mo")
    unsure = writes(gathering, "Li", confirms=False)
    db.session.commit()
    url = f"/termine/anmeldung/{bo.token}/mitbringen"
    assert "bringst du mit" in visitor.submit(url, sache=cake.id).text
    visitor.submit(f"/termine/anmeldung/{mo.token}/mitbringen", status=409, sache=cake.id)
    visitor.submit(url, status=404, sache=strange.id)
    visitor.submit(url, status=404, sache="x")
    visitor.submit(f"/termine/anmeldung/{unsure.token}/mitbringen", status=400, sache=bread.id)
    page = visitor.visit(f"/termine/{gathering.id}").select_one("[aria-labelledby=items-title]")
    assert "Kuchen ist versprochen" in page.get_text(" ", strip=True)
    assert "Brot noch frei" in page.get_text(" ", strip=True)
    assert "bringst du mit" not in visitor.submit(url, sache=cake.id).text  # put back


def test_a_hint_reaches_the_initiator_and_nobody_sees_an_address(as_user, visitor, cem, ada, idea):
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[idea])[0]
    bo = writes(gathering, "Bo")
    link = f"/termine/{gathering.id}/hinweis"
    visitor.visit(link, status=403)
    visitor.visit(f"{link}?anmeldung=falsch", status=403)
    page = visitor.visit(f"{link}?anmeldung={bo.token}")
    assert page.select_one("[name=anmeldung]")["value"] == bo.token
    visitor.submit(
        link, anmeldung=bo.token, idea=idea.id, kind="hint", text="Frag die Gärtnerei nebenan."
    )
    row = db.session.scalars(select(Notification).where(Notification.category == "ideas")).one()
    assert row.user_id == ada.id
    assert "Frag die Gärtnerei nebenan." in row.body
    shown = as_user(ada).visit(row.path)
    assert "Frag die Gärtnerei nebenan." in shown.text
    assert "example.org" not in str(shown) + row.body
    assert "1 Hinweis" in visitor.visit(f"/termine/{gathering.id}").text
    assert "Gärtnerei" not in visitor.visit(f"/termine/{gathering.id}").text


def test_an_offer_of_help_opens_a_conversation_after_the_initiators_yes(
    as_user, visitor, cem, ada, ben, idea
):
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[idea])[0]
    db.session.commit()
    as_user(ben).submit(
        f"/termine/{gathering.id}/hinweis", idea=idea.id, kind="help", text="Ich grabe gern um."
    )
    hint = db.session.scalars(select(Hint)).one()
    url = f"/termine/hinweise/{hint.token}"
    for stranger in (visitor, as_user(ben), as_user(cem)):
        assert stranger.visit(url).select_one("form[action$='/annehmen']") is None
        stranger.submit(f"{url}/annehmen", status=403)
    assert db.session.scalar(select(func.count(Thread.id))) == 0
    browser = as_user(ada)
    assert browser.visit(url).select_one("form[action$='/annehmen']")
    browser.submit(f"{url}/annehmen")
    browser.submit(f"{url}/annehmen", status=409)
    thread = db.session.scalars(select(Thread)).one()
    assert thread.subject == idea.title


def test_hints_to_ideas_without_account_go_by_mail_or_to_the_coordinators(as_user, cem, dora, ben):
    by_mail = submit_idea(
        problem="Es fehlt Schatten.", wish="Bäume.", contact_email="uli@example.org"
    ).idea
    silent = submit_idea(problem="Der Platz ist dunkel.", wish="Licht.").idea
    for each in (by_mail, silent):
        each.published_at = clock.now()
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[by_mail, silent])[0]
    db.session.commit()
    for each in (by_mail, silent):
        as_user(ben).submit(
            f"/termine/{gathering.id}/hinweis", idea=each.id, kind="help", text="Ich habe Lampen."
        )
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.key.startswith("hint:"))).one()
    assert mail.to_address == "uli@example.org"
    assert "ben@example.org" not in mail.body
    told = select(Notification.user_id).where(Notification.category == "coordination")
    assert set(db.session.scalars(told)) == {cem.id, dora.id}


def test_hints_are_refused_to_hidden_or_strange_ideas(as_user, cem, ben, idea):
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[idea])[0]
    db.session.commit()
    url = f"/termine/{gathering.id}/hinweis"
    as_user(ben).submit(url, status=422, idea="999", kind="hint", text="Ein Hinweis")
    as_user(ben).submit(url, status=422, idea=idea.id, kind="quatsch", text="x" * 5000)
    idea.hidden_at, idea.hidden_reason = clock.now(), "Bitte anonym."
    db.session.commit()
    as_user(ben).submit(url, status=404, idea=idea.id, kind="hint", text="Ein Hinweis")
    assert "Der Hof ist kahl" not in as_user(ben).visit(f"/termine/{gathering.id}").text


def test_texts_of_every_length_and_script_are_shown_as_text(visitor, cem):
    evil = "<script>alert(1)</script> " + "Donaudampfschifffahrtsgesellschaft" * 30
    gathering = new_gathering(cem, title=evil[:120], text=evil * 3, barrier_note=evil)
    page = visitor.visit(f"/termine/{gathering.id}")
    assert "<script>alert(1)" in page.main.text
    visitor.visit("/termine/")


def test_a_date_of_a_series_names_the_next_ones(visitor, cem):
    made = actions.create_gatherings(
        details(), slot(), host=cem, rhythm="weekly", until=clock.today() + timedelta(31)
    )
    db.session.commit()
    page = visitor.visit(f"/termine/{made[0].id}")
    listed = page.select("[aria-labelledby=later-title] a")
    assert [each["href"] for each in listed] == [f"/termine/{each.id}" for each in made[1:]]


def test_the_time_is_leipzigs_in_summer_and_winter(visitor, cem):
    gathering = new_gathering(cem)
    gathering.starts_at = datetime(2029, 7, 1, 16)
    gathering.ends_at = datetime(2029, 7, 1, 18, 30)
    db.session.commit()
    assert "1. Juli 2029, 18:00 bis 20:30 Uhr" in visitor.visit(f"/termine/{gathering.id}").text
    gathering.starts_at = datetime(2029, 1, 1, 17, tzinfo=UTC).replace(tzinfo=None)
    db.session.commit()
    assert "1. Januar 2029, 18:00" in visitor.visit(f"/termine/{gathering.id}").text


def test_members_find_their_teams_dates(visitor, cem, ada):
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof.")
    add_member(team, ada, is_lead=True)
    gathering = new_gathering(ada, kind="teamtreffen", team_id=team.id)
    page = visitor.visit(f"/termine/{gathering.id}")
    assert page.select_one(f"a[href='/teams/{team.id}']").text == "Hofgarten"


def test_who_signed_off_neither_brings_something_nor_gives_hints(visitor, cem, ada, idea):
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[idea])[0]
    item = actions.add_item(gathering, "Kuchen")
    bo = writes(gathering, "Bo")
    token = bo.token
    visitor.submit(f"/termine/anmeldung/{token}/abmelden")
    visitor.submit(f"/termine/anmeldung/{token}/mitbringen", status=400, sache=item.id)
    visitor.visit(f"/termine/{gathering.id}/hinweis?anmeldung={token}", status=403)


def test_people_see_what_they_said_they_need(visitor, cem):
    row = writes(new_gathering(cem), "Bo", interpretation="ar", wheelchair=True, consents=True)
    page = visitor.visit(f"/termine/anmeldung/{row.token}")
    assert "Übersetzung auf Arabisch; mit Rollstuhl" in page.text


def test_the_start_page_shows_the_next_ones(visitor, cem):
    for number in range(4):
        new_gathering(cem, days=5 + number, title=f"Treffen {number}")
    links = visitor.visit("/").select("[aria-labelledby=near-title] h3")
    assert [each.text for each in links] == ["Treffen 0", "Treffen 1", "Treffen 2"]


def test_a_last_name_somebody_typed_stays_out_of_the_conversation(as_user, cem, ada, ben, idea):
    ada.name, ben.name = "Ada Lovelace", "Ben Nachname"
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[idea])[0]
    db.session.commit()
    as_user(ben).submit(
        f"/termine/{gathering.id}/hinweis", idea=idea.id, kind="help", text="Ich grabe gern um."
    )
    hint = db.session.scalars(select(Hint)).one()
    as_user(ada).submit(f"/termine/hinweise/{hint.token}/annehmen")
    names = db.session.scalars(select(Participant.display_name).order_by(Participant.id)).all()
    assert sorted(names) == ["Ada", "Ben"]


@pytest.mark.parametrize("child", ["initiator", "helper"])
def test_between_a_child_and_a_stranger_the_coordinators_read_first(
    as_user, cem, ada, ben, idea, child
):
    idea.under_16, ben.under_16 = child == "initiator", child == "helper"
    gathering = actions.create_gatherings(details(), slot(), host=cem, ideas=[idea])[0]
    db.session.commit()
    as_user(ben).submit(
        f"/termine/{gathering.id}/hinweis", idea=idea.id, kind="help", text="Ich grabe gern um."
    )
    told = select(Notification.user_id).where(Notification.key.startswith("hint:"))
    assert db.session.scalars(told).all() == [cem.id]
    hint = db.session.scalars(select(Hint)).one()
    page = as_user(ada).visit(f"/termine/hinweise/{hint.token}")
    assert page.select_one("form[action$='/annehmen']") is None
    as_user(ada).submit(f"/termine/hinweise/{hint.token}/annehmen", status=409)
    assert db.session.scalar(select(func.count(Thread.id))) == 0
