"""What the machine proposes, to whom, and what rules it out."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.ideas.actions import hide_idea, publish_idea, submit_idea
from portal.matches import jobs
from portal.matches.index import replica
from portal.matches.models import IndexEntry, Suggestion
from portal.offices.models import Office
from portal.places.models import Borough, District
from portal.profiles.models import PUBLIC
from portal.teams.actions import add_member, change_state, create_team, open_opening
from tests.portal.pairs import BIKES, follow_up, profile_of


@pytest.fixture
def districts(app) -> dict[str, District]:
    """Two districts of one borough and one of another."""
    east, south = Borough(code="2", name="Ost"), Borough(code="4", name="Süd")
    rows = {
        "Volkmarsdorf": District(code="21", name="Volkmarsdorf", area="ost", borough=east),
        "Paunsdorf": District(code="24", name="Paunsdorf", area=None, borough=east),
        "Connewitz": District(code="41", name="Connewitz", area=None, borough=south),
    }
    db.session.add_all(rows.values())
    db.session.commit()
    return rows


@pytest.fixture
def workshop(app, ben):
    """A team around bicycles, led by Ben, with an opening."""
    team = create_team(
        by=ben,
        name="Radwerkstatt im Hof",
        challenge="Wir reparieren Fahrräder mit Nachbarn und suchen Leute, die gern schrauben.",
    )
    add_member(team, ben, is_lead=True)
    opening = open_opening(
        team,
        by=ben,
        kind="skill",
        title="Fahrräder reparieren",
        text="Du reparierst samstags Fahrräder mit uns.",
        times=["wochenende_tag"],
        languages=[],
        district=None,
    )
    db.session.commit()
    follow_up()
    return team, opening


def pairs(kind: str | None = None) -> set[str]:
    rows = db.session.scalars(select(Suggestion).where(Suggestion.state.in_(("shown", "open"))))
    return {row.pair_key for row in rows if kind is None or kind in row.pair_key}


def test_a_profile_finds_the_fitting_team_and_opening_at_once(as_user, ada, workshop):
    team, opening = workshop
    profile_of(ada)
    page = as_user(ada).visit("/profil/passend")
    titles = [card.get_text(strip=True) for card in page.select(".card__title")]
    assert "Radwerkstatt im Hof" in titles
    assert any(title.startswith("Fahrräder reparieren") for title in titles)


def test_every_card_says_why(as_user, ada, workshop):
    profile_of(ada)
    page = as_user(ada).visit("/profil/passend")
    for card in page.select("article.card"):
        assert card.select_one(".reasons li"), card.text
    assert "Fahrräder" in {mark.text for mark in page.select("mark")}


def test_suggestions_keep_score_label_reasons_and_version(ada, workshop):
    profile_of(ada)
    row = db.session.scalars(select(Suggestion).order_by(Suggestion.id)).first()
    assert 0 < row.score <= 1
    assert row.label
    assert row.reasons[0]["terms"]
    assert row.matcher_version == replica().matcher.version


def test_nothing_fitting_is_said_with_next_steps(as_user, ada, workshop):
    profile_of(ada, "Zahnmedizinische Abrechnung nach Gebührenordnung")
    page = as_user(ada).visit("/profil/passend")
    assert "Gerade passt noch nichts" in page.text
    assert page.select_one(".empty a[href='/suche']")


def test_a_finished_team_takes_nobody(ada, ben, workshop):
    team, _opening = workshop
    profile_of(ada)
    change_state(team, state="abgeschlossen", self_supporting=False, by=ben)
    db.session.commit()
    follow_up()
    assert not pairs("person")


def test_a_finished_team_still_is_know_how_for_an_idea(ada, ben, workshop):
    team, _opening = workshop
    change_state(team, state="abgeschlossen", self_supporting=False, by=ben)
    idea = submit_idea(
        problem="Viele Fahrräder sind kaputt.", wish="Fahrräder gemeinsam reparieren.", publish=True
    ).idea
    db.session.commit()
    follow_up()
    row = db.session.scalars(
        select(Suggestion).where(Suggestion.pair_key == f"idea:{idea.id}|team:{team.id}")
    ).one()
    assert row.facts == ["know_how"]


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"times": ["wochenende_tag", "werktag_abend"]}, True),
        ({"times": ["werktag_vormittag"]}, False),
        ({"rules_out": "nichts mit Fahrrädern"}, False),
        ({"rules_out": "keine Büroarbeit"}, True),
    ],
)
def test_times_and_exclusions_decide(ada, workshop, fields, fits):
    _team, opening = workshop
    profile_of(ada, **fields)
    assert (f"opening:{opening.id}|person:{ada.id}" in pairs()) is fits


def test_who_stays_in_the_district_is_not_sent_across_town(ada, ben, districts):
    team = create_team(
        by=ben,
        name="Fahrradküche",
        challenge="Wir reparieren Fahrräder.",
        district=districts["Connewitz"],
    )
    db.session.commit()
    profile_of(ada, district=districts["Volkmarsdorf"], reach="stadtbezirk")
    assert f"person:{ada.id}|team:{team.id}" not in pairs()
    profile_of(ada, district=districts["Volkmarsdorf"], reach="stadt")
    assert f"person:{ada.id}|team:{team.id}" in pairs()


def test_own_teams_and_ideas_are_not_suggested(ben, workshop):
    team, _opening = workshop
    profile_of(ben)
    assert not pairs("person")


def test_an_idea_gets_its_office_with_a_reason_before_it_is_public(visitor, app):
    db.session.add(
        Office(
            slug="gruen",
            name="Amt für Stadtgrün",
            kind="amt",
            duties="Parks, Bäume und Bänke in Grünanlagen.",
            everyday=["Bank im Park kaputt", "Baum gießen"],
            source_url="https://example.org/",
            checked_on=date(2026, 11, 1),
            evidence="full",
            search_key="",
        )
    )
    db.session.commit()
    follow_up()
    idea = submit_idea(problem="Im Park fehlt eine Bank.", wish="Eine Bank im Park.").idea
    db.session.commit()
    follow_up()
    visitor.visit(f"/ideen/{idea.id}/passend", status=404)
    page = visitor.visit(f"/ideen/{idea.id}/passend?t={idea.progress_token}")
    assert page.select_one("a[href='/ansprechstellen/gruen']")
    assert page.select_one(".reasons li")


def test_the_question_that_decides_names_the_office_the_ranking_missed(leipzig, visitor, cem):
    idea = submit_idea(
        problem="Vor unserem Haus fehlt eine Bank, auf der ältere Leute ausruhen können.", wish=""
    ).idea
    publish_idea(idea, cem)
    db.session.commit()
    page = visitor.visit(f"/ideen/{idea.id}/passend")
    question = page.select_one(".callout")
    assert "Soll die Bank auf dem Gehweg" in question.h2.text
    pavement = question.select_one("a[href='/ansprechstellen/tiefbau']").find_parent("li")
    assert "Sondernutzungserlaubnis" in pavement.text
    assert "Gerade passt noch nichts" not in page.text


def test_a_stranger_does_not_see_what_fits_an_unpublished_idea(visitor, app):
    idea = submit_idea(problem="Im Park fehlt eine Bank.", wish="Eine Bank im Park.").idea
    db.session.commit()
    visitor.visit(f"/ideen/{idea.id}/passend", status=404)
    visitor.visit(f"/ideen/{idea.id}/passend?t=wrong", status=404)


def test_people_are_found_for_an_idea_only_once_it_is_public_and_can_be_answered(ada, ben, cem):
    profile_of(ada)
    text = {"problem": "Fahrräder im Hof sind kaputt.", "wish": "Jemand, der Fahrräder repariert."}
    silent = submit_idea(**text, publish=True).idea
    asked = submit_idea(**text, contact_email="idee@example.org").idea
    db.session.commit()
    follow_up()
    assert not pairs(f"person:{ada.id}")
    publish_idea(asked, cem)
    db.session.commit()
    follow_up()
    assert pairs(f"person:{ada.id}") == {f"idea:{asked.id}|person:{ada.id}"}
    assert silent.is_public


def test_hidden_ideas_disappear_from_index_and_suggestions(ada, cem, workshop):
    idea = submit_idea(
        problem="Fahrräder im Hof sind kaputt.", wish="Fahrräder reparieren.", publish=True
    ).idea
    db.session.commit()
    follow_up()
    assert pairs("idea")
    hide_idea(idea, cem, "Werbung")
    db.session.commit()
    follow_up()
    entry = db.session.scalars(select(IndexEntry).where(IndexEntry.kind == "idea")).one()
    assert (entry.title, entry.text, entry.vector) == ("", "", None)
    assert not pairs("idea")


def test_a_changed_text_gets_new_suggestions(ada, workshop):
    profile_of(ada, "Zahnmedizinische Abrechnung")
    assert not pairs("person")
    profile_of(ada)
    assert pairs("person")


def test_leads_see_only_people_who_opened_themselves(as_user, ada, ben, workshop):
    _team, opening = workshop
    profile_of(ada)
    page = as_user(ben).visit(f"/gesuche/{opening.id}/passend")
    assert "Ada" not in page.text
    assert "Transporter" not in page.text
    assert "einen Menschen, der passen könnte" in page.text
    profile_of(ada, visibility={"can": PUBLIC})
    page = as_user(ben).visit(f"/gesuche/{opening.id}/passend")
    assert "Ada" in page.text


def test_strangers_see_no_people_on_an_opening(visitor, ada, workshop):
    _team, opening = workshop
    profile_of(ada, visibility={"can": PUBLIC})
    page = visitor.visit(f"/gesuche/{opening.id}/passend")
    assert "Ada" not in page.text


def test_somebody_under_16_is_never_matched_by_machine(ada, workshop):
    ada.under_16 = True
    profile_of(ada)
    assert not pairs("person")
    entries = select(IndexEntry).where(IndexEntry.kind == "person")
    assert db.session.scalars(entries).first() is None


def test_who_wants_to_learn_finds_teams_but_is_not_offered_as_a_helper(ada, ben, workshop):
    team, opening = workshop
    profile_of(ada, can="", learn="Fahrräder reparieren")
    assert f"person:{ada.id}|team:{team.id}" in pairs()
    assert f"opening:{opening.id}|person:{ada.id}" not in pairs()
    idea = submit_idea(
        problem="Mein Fahrrad ist kaputt.",
        wish="Jemand soll Fahrräder reparieren.",
        contact_email="idee@example.org",
        publish=True,
    ).idea
    db.session.commit()
    follow_up()
    row = db.session.scalar(
        select(Suggestion).where(Suggestion.pair_key == f"idea:{idea.id}|person:{ada.id}")
    )
    assert row is None or row.source_kind == "person"


def test_withdrawing_consent_takes_somebody_out_of_all_suggestions(as_user, ada, workshop):
    profile_of(ada)
    assert pairs("person")
    as_user(ada).submit("/konto/einwilligung/matching/zuruecknehmen")
    assert not pairs("person")
    entry = db.session.scalars(select(IndexEntry).where(IndexEntry.kind == "person")).one()
    assert entry.text == ""


def test_the_same_texts_give_the_same_suggestions(ada, workshop):
    profile_of(ada)
    before = [(row.pair_key, row.score) for row in db.session.scalars(select(Suggestion))]
    jobs.refresh([("person", ada.id)])
    after = [(row.pair_key, row.score) for row in db.session.scalars(select(Suggestion))]
    assert before == after


def test_a_request_follows_up_by_itself(as_user, ada, workshop):
    as_user(ada).submit("/profil/bearbeiten", can=BIKES, reach="stadt", consent="y")
    page = as_user(ada).visit("/profil/passend")
    assert "Radwerkstatt im Hof" in page.text
