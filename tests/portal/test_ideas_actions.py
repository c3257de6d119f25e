"""What can happen to an idea, whoever asks for it: once, dated, with four eyes and a letter."""

import pytest
from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.ideas import actions, codes, letters, rules
from portal.ideas.models import STATES, Idea, ProgressEntry
from portal.ideas.wording import STATE_MEANINGS, STATE_NAMES
from portal.messages.models import OutboxMail

BENCH = {"problem": "Vor unserem Haus fehlt eine Bank.", "wish": "Eine Bank für alle."}


def submit(**changes) -> Idea:
    idea = actions.submit_idea(**(BENCH | changes)).idea
    db.session.commit()
    return idea


def mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def test_a_submitted_idea_waits_and_has_its_first_step(app):
    idea = submit()
    assert idea.is_waiting
    assert not idea.is_public
    entry = db.session.scalars(select(ProgressEntry)).one()
    assert (entry.idea_id, entry.state) == (idea.id, "eingegangen")


def test_an_idea_of_somebody_under_16_is_never_public_at_once(app, ada):
    assert submit(publish=True).is_public
    assert submit(publish=True, under_16=True).is_waiting
    assert rules.is_public_at_once(ada, under_16=False, setting=True)
    assert not rules.is_public_at_once(ada, under_16=True, setting=True)
    assert not rules.is_public_at_once(ada, under_16=False, setting=False)
    assert not rules.is_public_at_once(None, under_16=False, setting=True)
    ada.under_16 = True
    assert not rules.is_public_at_once(ada, under_16=False, setting=True)


def test_an_unconfirmed_resident_waits_for_a_glance(app, ada):
    ada.confirmed_at = None
    assert not rules.is_public_at_once(ada, under_16=False, setting=True)


def test_the_same_form_sent_twice_makes_one_idea_and_no_second_code(app):
    first = actions.submit_idea(**BENCH, submission_key="k" * 20)
    again = actions.submit_idea(**BENCH, submission_key="k" * 20)
    assert again.idea is first.idea
    assert first.claim_code
    assert again.claim_code is None
    assert db.session.scalar(select(func.count()).select_from(Idea)) == 1


def test_claim_codes_are_stored_as_a_hash_and_read_as_people_type_them(app):
    submission = actions.submit_idea(**BENCH)
    code = submission.claim_code
    assert len(code.replace("-", "")) == 8
    assert set(code) <= set(codes.ALPHABET + "-")
    assert not set("AEIOU01lI5S8B2Z") & set(codes.ALPHABET)
    assert code not in submission.idea.claim_code_hash
    for typed in (code.lower(), code.replace("-", " "), f"  {code.replace('-', '–')} "):
        assert codes.hash_of(typed) == submission.idea.claim_code_hash
    assert codes.hash_of("") != submission.idea.claim_code_hash


def test_a_new_claim_code_makes_the_old_one_void(app):
    submission = actions.submit_idea(**BENCH)
    fresh = actions.renew_claim_code(submission.idea)
    assert submission.idea.claim_code_hash == codes.hash_of(fresh)
    assert submission.idea.claim_code_hash != codes.hash_of(submission.claim_code)


def test_nobody_decides_about_their_own_idea(app, cem, dora):
    idea = submit(initiator=cem)
    with pytest.raises(actions.OwnIdea):
        actions.publish_idea(idea, cem)
    with pytest.raises(actions.OwnIdea):
        actions.hide_idea(idea, cem, "Grund")
    with pytest.raises(actions.OwnIdea):
        actions.move_idea(idea, "im_gespraech", "", cem)
    assert not any(may(cem, idea) for may in (rules.may_publish, rules.may_hide, rules.may_move))
    assert all(may(dora, idea) for may in (rules.may_publish, rules.may_hide, rules.may_move))
    actions.publish_idea(idea, dora)
    assert idea.is_public


def test_residents_decide_about_no_idea(app, ada, ben):
    idea = submit(initiator=ada)
    for person in (ada, ben, None):
        assert not rules.may_review(person)
        assert not rules.may_publish(person, idea)
        assert not rules.may_move(person, idea)


def test_two_coordinators_at_once_one_wins_and_the_other_hears_of_it(app, cem, dora):
    idea = submit()
    actions.publish_idea(idea, cem)
    with pytest.raises(actions.AlreadyDecided):
        actions.publish_idea(idea, dora)
    actions.hide_idea(idea, dora, "Bitte ohne den Namen der Nachbarin.")
    with pytest.raises(actions.AlreadyDecided):
        actions.hide_idea(idea, cem, "Noch einmal")
    with pytest.raises(actions.AlreadyDecided):
        actions.move_idea(idea, "im_gespraech", "", cem)


def test_hiding_and_a_no_need_a_reason(app, cem):
    idea = submit()
    with pytest.raises(actions.ReasonMissing):
        actions.hide_idea(idea, cem, "  ")
    for state in ("nicht_bei_wiq", "weitergegeben", "rueckfrage"):
        with pytest.raises(actions.ReasonMissing):
            actions.move_idea(idea, state, " ", cem)
    assert idea.state == "eingegangen"


def test_the_database_refuses_hiding_without_reason_and_unknown_states(app):
    idea = submit()
    idea.hidden_at = idea.created_at
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    idea = db.session.get(Idea, idea.id)
    idea.state = "verschollen"
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_each_state_has_words_and_a_way_on(app):
    for state in STATES:
        with app.test_request_context():
            assert str(STATE_NAMES[state])
            assert str(STATE_MEANINGS[state])
        assert state not in rules.next_states(state)
        assert state not in rules.steps_ahead(state)
    assert rules.steps_ahead("rueckfrage") == ("angenommen", "team_gegruendet")
    assert rules.steps_ahead("nicht_bei_wiq") == ()
    assert rules.next_states("nicht_bei_wiq") == ("im_gespraech",)


def test_the_initiator_hears_by_mail_of_every_step_once(app, ada, cem):
    idea = submit(initiator=ada)
    assert not mails(), "with an account the page itself says that the idea has arrived"
    actions.publish_idea(idea, cem)
    actions.move_idea(idea, "im_gespraech", "Wir fragen beim Stadtbüro nach.", cem)
    actions.move_idea(idea, "nicht_bei_wiq", "Die Bank steht schon im Plan der Stadt.", cem)
    actions.hide_idea(idea, cem, "Bitte ohne Hausnummer.")
    sent = mails()
    assert len(sent) == 4
    assert {mail.to_address for mail in sent} == {ada.email}
    assert "Wir fragen beim Stadtbüro nach." in sent[1].body
    assert "steht schon im Plan" in sent[2].body
    assert "ohne Hausnummer" in sent[3].body
    assert "Mängelmelder" in sent[3].body
    for mail in sent:
        assert f"/fortschritt/{idea.progress_token}" in mail.body
        assert idea.problem not in mail.body


def test_without_account_the_link_goes_to_the_contact_address(app, cem):
    idea = submit(contact_email="mira@example.org")
    actions.move_idea(idea, "im_gespraech", "", cem)
    assert [mail.to_address for mail in mails()] == ["mira@example.org"] * 2
    assert all(idea.progress_token in mail.body for mail in mails())


def test_without_any_contact_nothing_is_mailed(app, cem):
    idea = submit()
    actions.publish_idea(idea, cem)
    actions.move_idea(idea, "im_gespraech", "", cem)
    assert not mails()


def test_the_address_in_mails_is_the_one_the_page_has(app):
    idea = submit()
    with app.test_request_context():
        path = url_for("ideas.progress", token=idea.progress_token)
    assert letters.progress_url(idea) == app.config["PUBLIC_URL"] + path


def change(idea: Idea, *, publish: bool = False, **texts: str) -> None:
    said = {"problem": idea.problem, "wish": idea.wish, "contribution": idea.contribution}
    actions.change_idea(
        idea,
        **(said | texts),
        district=None,
        topic=None,
        contact_phone=None,
        contact_email=idea.contact_email,
        publish=publish,
    )


def test_a_changed_text_gets_a_new_title_and_waits_for_a_glance(app):
    idea = submit(publish=True)
    before = idea.changed_at
    change(idea)
    assert idea.is_public, "nothing was changed"
    change(idea, wish="Zwei Bänke vor dem Haus. Bitte bald!")
    assert idea.title == "Zwei Bänke vor dem Haus"
    assert idea.changed_at > before
    assert idea.is_waiting


def test_a_confirmed_resident_changes_a_public_idea_without_waiting(app, ada):
    idea = submit(publish=True, initiator=ada)
    change(idea, publish=True, problem="Vor dem Haus fehlen jetzt zwei Bänke.")
    assert idea.is_public


def test_changing_a_hidden_idea_brings_it_back_to_the_coordinators(app, ada, cem):
    idea = submit(publish=True, initiator=ada)
    actions.hide_idea(idea, cem, "Bitte ohne Namen.")
    change(idea, publish=True, problem="Vor dem Haus fehlt immer noch eine Bank.")
    assert idea.is_waiting


def test_a_withdrawn_idea_can_be_brought_back_as_it_was(app, ada):
    idea = submit(publish=True, initiator=ada)
    actions.withdraw_idea(idea)
    assert not idea.is_public
    assert idea.hidden_reason == actions.WITHDRAWN
    actions.restore_idea(idea)
    assert idea.is_public


def test_withdrawing_is_no_way_around_a_coordinators_decision(app, ada, cem):
    idea = submit(publish=True, initiator=ada)
    actions.hide_idea(idea, cem, "Bitte ohne Namen.")
    actions.withdraw_idea(idea)
    actions.restore_idea(idea)
    assert not idea.is_public
    assert idea.hidden_reason == "Bitte ohne Namen."


def test_only_the_initiator_undoes_a_withdrawal_and_not_for_ever(app, ada, ben, cem):
    idea = submit(initiator=ada)
    actions.withdraw_idea(idea)
    now = idea.withdrawn_at
    assert rules.may_restore(ada, idea, now=now)
    assert rules.may_restore(None, idea, idea.progress_token, now=now)
    assert not rules.may_restore(ben, idea, now=now)
    assert not rules.may_restore(cem, idea, now=now)
    assert not rules.may_restore(ada, idea, now=now + 2 * rules.UNDO_TIME)
    assert not rules.may_publish(cem, idea)


def test_who_may_read_which_idea(app, ada, ben, cem):
    waiting = submit(initiator=ada)
    assert rules.may_read(ada, waiting)
    assert rules.may_read(cem, waiting)
    assert rules.may_read(None, waiting, waiting.progress_token)
    assert not rules.may_read(ben, waiting)
    assert not rules.may_read(None, waiting)
    assert not rules.may_read(None, waiting, "falsch-ö")
    assert rules.may_read(None, submit(publish=True))
    assert rules.may_edit(ada, waiting)
    assert not rules.may_edit(cem, waiting)
    assert not rules.may_edit(ben, waiting)
