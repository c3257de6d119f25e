"""Why something is suggested, told to whoever may know, and how to say no."""

import pytest

from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches.actions import DecidedByThemselves, decline, undo
from portal.profiles.models import PUBLIC
from tests.portal.pairs import BIKES, follow_up, log_of, profile_of, suggestion_between, why_of

QUEUE = "/koordination/vorschlaege"


def test_every_card_leads_to_a_page_that_says_why(as_user, ada, workshop):
    profile_of(ada)
    browser = as_user(ada)
    cards = browser.visit("/profil/passend").select("article.card")
    assert cards
    for card in cards:
        url = card.select_one("a[href*='/warum']")["href"]
        page = browser.visit(url)
        assert page.h1.text == "Warum sehe ich das?"
        assert page.select_one(".reasons li")


def test_the_page_shows_both_texts_their_words_and_how_strong_each_reason_is(
    as_user, ada, proposal
):
    page = as_user(ada).visit(why_of(proposal))
    own, other = page.select(".columns section")
    assert "Ich repariere gern" in own.text
    assert "Hilf uns beim Reparieren" in other.text
    assert "Fahrräder" in {mark.text for mark in own.select("mark")}
    assert "Fahrräder" in {mark.text for mark in other.select("mark")}
    strengths = [badge.text for badge in page.select(".reasons .badge")]
    assert strengths
    assert set(strengths) <= {"stark", "mittel", "etwas"}
    assert "die Zeiten passen" in page.text
    assert "Was die Maschine nicht ansieht" in page.text
    assert "%" not in page.select_one("main").text


def test_a_pair_of_public_things_is_explained_to_everybody(visitor, workshop):
    idea = submit_idea(
        problem="Viele Fahrräder sind kaputt.", wish="Fahrräder reparieren.", publish=True
    ).idea
    db.session.commit()
    follow_up()
    row = suggestion_between(f"idea:{idea.id}", f"team:{workshop[0].id}")
    card = visitor.visit(f"/ideen/{idea.id}/passend").select_one(f"a[href='{why_of(row)}']")
    assert card
    page = visitor.visit(why_of(row))
    assert not page.select("main form")


def test_an_age_both_texts_name_is_a_reason(visitor, workshop):
    workshop[0].challenge += " Wir reparieren mit Kindern von 6 bis 10 Jahren."
    idea = submit_idea(
        problem="Das Fahrrad unserer Achtjährigen ist kaputt.",
        wish="Fahrräder reparieren.",
        publish=True,
    ).idea
    db.session.commit()
    follow_up()
    row = suggestion_between(f"idea:{idea.id}", f"team:{workshop[0].id}")
    assert "das Alter passt" in visitor.visit(why_of(row)).text


def test_a_waiting_idea_is_explained_only_by_its_token(visitor, as_user, ada, cem, workshop):
    idea = submit_idea(problem="Viele Fahrräder sind kaputt.", wish="Fahrräder reparieren.").idea
    db.session.commit()
    follow_up()
    row = suggestion_between(f"idea:{idea.id}", f"team:{workshop[0].id}")
    token = idea.progress_token
    visitor.visit(why_of(row), status=404)
    visitor.visit(why_of(row) + "?t=wrong", status=404)
    as_user(ada).visit(why_of(row), status=404)
    as_user(cem).visit(why_of(row))
    link = visitor.visit(f"/ideen/{idea.id}/passend?t={token}").select_one("a[href*='/warum']")
    assert "kaputt" in visitor.visit(link["href"]).text


def test_strangers_and_other_residents_do_not_learn_who_fits(
    visitor, as_user, ben, dora, eve, proposal
):
    visitor.visit(why_of(proposal), status=404)
    as_user(dora).visit(why_of(proposal))
    as_user(ben).visit(why_of(proposal), status=404)  # leads the team, but Ada opened nothing


def test_a_lead_sees_only_what_the_person_opened(as_user, ada, ben, workshop):
    profile_of(
        ada, times=["wochenende_tag"], cares="Fahrräder für Kinder", visibility={"can": PUBLIC}
    )
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    page = as_user(ben).visit(why_of(row))
    assert "Transporter" in page.text
    assert "für Kinder" not in page.text
    assert "die Zeiten passen" not in page.text
    assert "nur, was dort für dich geöffnet ist" in page.text
    assert not page.select("main form")


def test_an_age_in_a_field_that_is_not_opened_is_not_told(as_user, ada, ben, workshop):
    workshop[1].text += " Für unsere Achtjährigen."
    profile_of(ada, cares="Fahrräder für Kinder ab 8 Jahren", visibility={"can": PUBLIC})
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    assert "das Alter passt" in as_user(ada).visit(why_of(row)).text
    assert "das Alter passt" not in as_user(ben).visit(why_of(row)).text


def test_what_was_declined_is_not_explained_to_residents(as_user, ada, cem, proposal):
    decline(proposal, cem, proposal.version, "zeit")
    db.session.commit()
    as_user(ada).visit(why_of(proposal), status=404)
    as_user(cem).visit(why_of(proposal))


def test_not_for_me_hides_it_for_good_and_takes_it_out_of_the_queue(as_user, ada, cem, proposal):
    browser = as_user(ada)
    page = browser.submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="ort")
    assert "nicht mehr vor" in page.select_one("#notices").text
    assert not page.select(f"a[href='{why_of(proposal)}']")
    assert "Alles geprüft" in as_user(cem).visit(QUEUE).text
    profile_of(ada, can=BIKES + " Auch Lastenräder.")
    assert proposal.state == "declined"
    assert [event.decision for event in log_of(proposal)][-1] == "not_for_me"
    assert log_of(proposal)[-1].reason == "ort"


def test_coordinators_neither_see_nor_undo_what_somebody_sorted_out(as_user, ada, cem, proposal):
    as_user(ada).submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="thema")
    assert "Radwerkstatt" not in as_user(cem).visit(f"{QUEUE}/entschieden").text
    with pytest.raises(DecidedByThemselves):
        undo(proposal, proposal.version)


def test_who_sorted_it_out_may_still_wish_for_it(as_user, ada, proposal):
    browser = as_user(ada)
    browser.submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="zeit")
    opening_id = proposal.source_id if proposal.source_kind == "opening" else proposal.target_id
    browser.submit(f"/wunsch/opening/{opening_id}")
    assert (proposal.state, proposal.wished_by_id) == ("open", ada.id)


def test_only_the_person_can_say_not_for_me(as_user, ben, cem, proposal):
    for user in (ben, cem):
        as_user(user).submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="ort", status=404)
    assert proposal.state == "open"


def test_not_for_me_needs_one_of_the_reasons(as_user, ada, proposal):
    path = f"/vorschlaege/{proposal.id}/passt-nicht"
    as_user(ada).submit(path, reason="<b>", status=400)
    as_user(ada).submit(path, status=400)
    as_user(ada).submit(path, reason="ort")
    as_user(ada).submit(path, reason="ort")  # the same button twice
    assert [event.decision for event in log_of(proposal)].count("not_for_me") == 1
