"""Every endpoint says who may use it; one without a line here fails.

PUBLIC pages may still answer 404 for things that are not public or not this person's; those object
checks are tested in the rooms.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.accounts.models import User
from portal.extensions import db
from portal.routing import RowId

PUBLIC, SIGNED_IN, COORDINATOR, ADMINISTRATOR = range(4)

ACCESS = {
    "healthz": PUBLIC,
    "static": PUBLIC,
    "accounts.account": SIGNED_IN,
    "accounts.agree": SIGNED_IN,
    "accounts.ask_to_be_called": SIGNED_IN,
    "accounts.arrive": SIGNED_IN,
    "accounts.ask_for_link": PUBLIC,
    "accounts.confirm_deletion": SIGNED_IN,
    "accounts.delete": SIGNED_IN,
    "accounts.export": SIGNED_IN,
    "accounts.link_is_sent": PUBLIC,
    "accounts.look_into_mail": PUBLIC,
    "accounts.open_link": PUBLIC,
    "accounts.rename": SIGNED_IN,
    "accounts.send_link": PUBLIC,
    "accounts.sign_out_everywhere": SIGNED_IN,
    "accounts.subscribe": SIGNED_IN,  # not below 16
    "accounts.use_link": PUBLIC,
    "accounts.withdraw": SIGNED_IN,
    "coordination.add_step": COORDINATOR,
    "coordination.calls": COORDINATOR,
    "coordination.case": COORDINATOR,
    "coordination.finish_request": COORDINATOR,
    "coordination.finish_step": COORDINATOR,
    "coordination.hand_over": COORDINATOR,
    "coordination.hand_over_letter": COORDINATOR,
    "coordination.log_contact": COORDINATOR,
    "coordination.note_call": COORDINATOR,
    "coordination.note_idea_call": COORDINATOR,
    "coordination.record": COORDINATOR,
    "coordination.request_support": COORDINATOR,
    "coordination.workbench": COORDINATOR,
    "coordination.worklist": COORDINATOR,
    "gatherings.accept_offer": PUBLIC,  # by token; an initiator with an account must be signed in
    "gatherings.add_item": SIGNED_IN,  # hosts
    "gatherings.attendance_list": SIGNED_IN,  # hosts
    "gatherings.bring": PUBLIC,  # by token
    "gatherings.calendar_file": PUBLIC,
    "gatherings.cancel": SIGNED_IN,  # hosts
    "gatherings.confirm": PUBLIC,  # by token
    "gatherings.create": SIGNED_IN,  # coordinators, outreach, leads
    "gatherings.edit": SIGNED_IN,  # hosts
    "gatherings.feed": PUBLIC,
    "gatherings.hint": PUBLIC,  # accounts, and who signed up, by token
    "gatherings.index": PUBLIC,
    "gatherings.look_into_mail": PUBLIC,
    "gatherings.minutes": SIGNED_IN,  # hosts
    "gatherings.own_calendar_file": PUBLIC,  # by token
    "gatherings.own_sign_up": PUBLIC,  # by token
    "gatherings.read_hint": PUBLIC,  # by token
    "gatherings.remove_item": SIGNED_IN,  # hosts
    "gatherings.show": PUBLIC,
    "gatherings.sign_off": PUBLIC,  # by token
    "gatherings.sign_up": PUBLIC,
    "funds.confirm": COORDINATOR,
    "funds.create": COORDINATOR,
    "funds.edit": COORDINATOR,
    "funds.for_idea": PUBLIC,  # whoever may read the idea
    "funds.for_team": PUBLIC,
    "funds.index": PUBLIC,
    "funds.mark": SIGNED_IN,
    "funds.show": PUBLIC,
    "funds.text_of_idea": PUBLIC,  # whoever may read the idea
    "funds.text_of_team": PUBLIC,
    "funds.to_check": COORDINATOR,
    "ideas.claim": PUBLIC,
    "ideas.create": PUBLIC,
    "ideas.edit": PUBLIC,  # initiator by account or token
    "ideas.hide": COORDINATOR,
    "ideas.index": PUBLIC,
    "ideas.mine": SIGNED_IN,
    "ideas.move": COORDINATOR,
    "ideas.progress": PUBLIC,  # by token
    "ideas.publish": COORDINATOR,
    "ideas.renew_code": PUBLIC,  # by token
    "ideas.restore": PUBLIC,  # initiator by account or token
    "ideas.review": COORDINATOR,
    "ideas.show": PUBLIC,
    "ideas.withdraw": PUBLIC,  # initiator by account or token
    "letters.accept": COORDINATOR,
    "letters.close": COORDINATOR,
    "letters.create": COORDINATOR,
    "letters.discard": COORDINATOR,
    "letters.discard_reply": COORDINATOR,
    "letters.edit": COORDINATOR,
    "letters.for_idea": PUBLIC,
    "letters.index": COORDINATOR,
    "letters.place": COORDINATOR,
    "letters.post_by_hand": COORDINATOR,
    "letters.print_page": COORDINATOR,
    "letters.record_reply": COORDINATOR,
    "letters.refuse": COORDINATOR,
    "letters.reopen": COORDINATOR,
    "letters.send": COORDINATOR,
    "letters.show": COORDINATOR,
    "letters.unplaced": COORDINATOR,
    "knowhow.edit_offices": SIGNED_IN,  # leads and coordinators
    "knowhow.for_idea": PUBLIC,  # as far as the idea may be read
    "knowhow.guide": PUBLIC,
    "knowhow.index": PUBLIC,
    "knowhow.offices_of_team": PUBLIC,
    "knowhow.teams_of_office": PUBLIC,
    "matches.answer": PUBLIC,  # by token; a side with an account must be signed in
    "matches.approve_batch": COORDINATOR,
    "matches.ask_now": COORDINATOR,
    "matches.batch": COORDINATOR,
    "matches.by_hand_pair": COORDINATOR,
    "matches.confirm_facts": SIGNED_IN,
    "matches.call_instead": COORDINATOR,
    "matches.decide": COORDINATOR,
    "matches.decided": COORDINATOR,
    "matches.facts_read": SIGNED_IN,
    "matches.for_idea": PUBLIC,
    "matches.for_opening": PUBLIC,
    "matches.for_profile": SIGNED_IN,
    "matches.for_team": PUBLIC,
    "matches.introduction": PUBLIC,  # by token; a side with an account must be signed in
    "matches.introduction_record": COORDINATOR,
    "matches.introduction_records": COORDINATOR,
    "matches.introductions": SIGNED_IN,
    "matches.join": PUBLIC,
    "matches.neighbours": PUBLIC,
    "matches.not_for_me": SIGNED_IN,  # the person the suggestion is for
    "matches.paused_for": COORDINATOR,
    "matches.outcome": PUBLIC,  # by the key of a mail, once
    "matches.propose_meeting": COORDINATOR,
    "matches.quality": COORDINATOR,
    "matches.queue": COORDINATOR,
    "matches.roll_back": ADMINISTRATOR,
    "matches.search": PUBLIC,
    "matches.similar": PUBLIC,
    "matches.tell_outcome": PUBLIC,  # by the key of a mail, once
    "matches.undo": COORDINATOR,
    "matches.undo_all": COORDINATOR,
    "matches.why": PUBLIC,  # as far as both sides are public; else the people it concerns
    "matches.wish": SIGNED_IN,
    "messages.choose_channels": SIGNED_IN,
    "messages.close": SIGNED_IN,
    "messages.close_by_token": PUBLIC,
    "messages.inbox": SIGNED_IN,
    "messages.notification_settings": SIGNED_IN,
    "messages.notifications": SIGNED_IN,
    "messages.outbox": ADMINISTRATOR,
    "messages.read": SIGNED_IN,
    "messages.read_by_token": PUBLIC,
    "messages.read_notifications": SIGNED_IN,
    "messages.reply": SIGNED_IN,
    "messages.reply_by_token": PUBLIC,
    "messages.resume_mails": PUBLIC,  # by signed token
    "messages.retry": ADMINISTRATOR,
    "messages.stop_mails": PUBLIC,  # by signed token
    "messages.thread": SIGNED_IN,
    "messages.thread_by_token": PUBLIC,
    "messages.unsubscribe": PUBLIC,  # by signed token
    "moderation.log": ADMINISTRATOR,
    "news.feed": PUBLIC,
    "news.index": PUBLIC,
    "news.newsletter_addresses": COORDINATOR,
    "news.newsletter_file": COORDINATOR,
    "news.newsletter_page": COORDINATOR,
    "news.press_file": PUBLIC,
    "news.press_kit": PUBLIC,
    "offices.confirm": COORDINATOR,
    "offices.edit": COORDINATOR,
    "offices.index": PUBLIC,
    "offices.show": PUBLIC,
    "organisations.add_member": COORDINATOR,
    "organisations.answer_booking": SIGNED_IN,  # its members and coordinators
    "organisations.ask": SIGNED_IN,
    "organisations.bookings": SIGNED_IN,
    "organisations.cancel_booking": SIGNED_IN,  # who asked
    "organisations.close_resource": SIGNED_IN,  # its members and coordinators
    "organisations.create": SIGNED_IN,
    "organisations.edit": SIGNED_IN,  # its members and coordinators
    "organisations.edit_resource": SIGNED_IN,  # its members and coordinators
    "organisations.index": PUBLIC,
    "organisations.offer": SIGNED_IN,  # its members and coordinators
    "organisations.publish": COORDINATOR,
    "organisations.remove_member": SIGNED_IN,  # oneself, or a coordinator
    "organisations.reopen_resource": SIGNED_IN,  # its members and coordinators
    "organisations.resource": PUBLIC,
    "organisations.show": PUBLIC,
    "outreach.capture": SIGNED_IN,  # outreach workers and coordinators
    "outreach.correct": SIGNED_IN,  # whoever captured it
    "outreach.renew_slip": SIGNED_IN,  # whoever captured it, on that day
    "outreach.show": SIGNED_IN,  # whoever captured it, and coordinators
    "organisations.unpublish": COORDINATOR,
    "pages.accessibility": PUBLIC,
    "pages.home": PUBLIC,
    "pages.imprint": PUBLIC,
    "pages.privacy": PUBLIC,
    "pictures.add": SIGNED_IN,  # who may change the owner
    "pictures.edit": SIGNED_IN,  # who may change the owner
    "pictures.file": PUBLIC,  # while the owner is public
    "pictures.manage": SIGNED_IN,  # who may change the owner
    "pictures.remove": SIGNED_IN,  # who may change the owner
    "pictures.show_first": SIGNED_IN,  # who may change the owner
    "profiles.all_people": COORDINATOR,
    "profiles.delete": SIGNED_IN,
    "profiles.edit": SIGNED_IN,
    "profiles.people": PUBLIC,
    "profiles.person": PUBLIC,
    "profiles.show": SIGNED_IN,
    "referrals.answer": PUBLIC,  # by the body's token
    "referrals.change_referrer": COORDINATOR,
    "referrals.create": PUBLIC,
    "referrals.hand_in": PUBLIC,  # by the body's token
    "referrals.inbox": COORDINATOR,
    "referrals.index": PUBLIC,
    "referrals.note_answer": COORDINATOR,
    "referrals.pack": COORDINATOR,
    "referrals.pass_on": COORDINATOR,
    "referrals.referrers": COORDINATOR,
    "referrals.standing": PUBLIC,  # whoever may read the idea
    "referrals.status": PUBLIC,  # by the body's token
    "referrals.want_mail": PUBLIC,  # by the body's token
    "security.change_password": SIGNED_IN,
    "security.confirm_email": PUBLIC,
    "security.forgot_password": PUBLIC,
    "security.login": PUBLIC,
    "security.logout": PUBLIC,
    "security.register": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.send_confirmation": PUBLIC,
    "steering.decide": COORDINATOR,
    "steering.edit_item": COORDINATOR,
    "steering.index": SIGNED_IN,  # steering members and coordinators
    "steering.invite": COORDINATOR,
    "steering.item": SIGNED_IN,  # steering members of the area and coordinators
    "steering.meeting": SIGNED_IN,  # steering members of the area and coordinators
    "steering.members": ADMINISTRATOR,
    "steering.minutes": PUBLIC,  # once they are published
    "steering.plan": COORDINATOR,
    "steering.published": PUBLIC,
    "steering.put_on": COORDINATOR,
    "steering.seat": ADMINISTRATOR,
    "steering.shift": COORDINATOR,
    "steering.take_off": COORDINATOR,
    "steering.vote": SIGNED_IN,  # steering members of the area
    "steering.write_minutes": COORDINATOR,
    "recruiting.answer": SIGNED_IN,  # leads and coordinators, never who asked
    "recruiting.answer_lead": SIGNED_IN,  # the member it is offered to
    "recruiting.ask": SIGNED_IN,
    "recruiting.clear": COORDINATOR,
    "recruiting.lead_by_key": PUBLIC,  # by the key in a mail
    "recruiting.lead_offer": SIGNED_IN,  # the member it is offered to
    "recruiting.leave": SIGNED_IN,  # members
    "recruiting.members": SIGNED_IN,  # members and coordinators
    "recruiting.mine": SIGNED_IN,
    "recruiting.nudge": COORDINATOR,
    "recruiting.offer_lead": SIGNED_IN,  # leads and coordinators
    "recruiting.opening_by_key": PUBLIC,  # by the key in a mail
    "recruiting.remove": SIGNED_IN,  # leads and coordinators
    "recruiting.show": SIGNED_IN,  # who asked, leads, coordinators
    "recruiting.team_requests": SIGNED_IN,  # leads and coordinators
    "recruiting.thank": SIGNED_IN,  # leads and coordinators
    "recruiting.withdraw": SIGNED_IN,  # who asked
    "recruiting.withdraw_lead": SIGNED_IN,  # leads and coordinators
    "teams.add_status": SIGNED_IN,  # leads and coordinators
    "teams.adopt": SIGNED_IN,
    "teams.adoption": SIGNED_IN,  # whoever offered, leads and coordinators
    "teams.answer_adoption": SIGNED_IN,  # leads and coordinators, never their own
    "teams.answer_invitation": PUBLIC,  # by the key of the mail
    "teams.change_state": SIGNED_IN,  # leads and coordinators
    "teams.choose_partners": SIGNED_IN,  # leads and coordinators
    "teams.close_opening": SIGNED_IN,  # leads and coordinators
    "teams.create": COORDINATOR,
    "teams.create_opening": SIGNED_IN,  # leads and coordinators
    "teams.edit": SIGNED_IN,  # leads and coordinators
    "teams.edit_opening": SIGNED_IN,  # leads and coordinators
    "teams.end_partnership": SIGNED_IN,  # who speaks for the organisation, and coordinators
    "teams.index": PUBLIC,
    "teams.invitation": PUBLIC,  # by the key of the mail
    "teams.lessons": SIGNED_IN,  # leads and coordinators
    "teams.letter": PUBLIC,  # by the key of the mail
    "teams.my_part": SIGNED_IN,  # members
    "teams.of_organisation": PUBLIC,  # as far as the organisation may be read
    "teams.of_idea": PUBLIC,  # as far as the idea may be read
    "teams.opening": PUBLIC,
    "teams.openings": PUBLIC,
    "teams.renew_opening": SIGNED_IN,  # leads and coordinators
    "teams.reopen_opening": SIGNED_IN,  # leads and coordinators
    "teams.send_letter": PUBLIC,  # by the key of the mail
    "teams.show": PUBLIC,
    "teams.take_back_adoption": SIGNED_IN,  # whoever offered
    "teams.take_up": COORDINATOR,
    "teams.write": PUBLIC,
}


def calls(app: Flask, least: int, most: int) -> Iterator[tuple[str, str]]:
    """Every method and path of the endpoints whose access lies between `least` and `most`."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and least <= ACCESS[rule.endpoint] <= most:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, path_of(rule)


def path_of(rule: Rule) -> str:
    values = {
        name: 1 if isinstance(rule._converters[name], RowId) else "some" for name in rule.arguments
    }
    return rule.build(values)[1]


def test_every_endpoint_is_listed(app):
    assert set(ACCESS) == set(app.view_functions)


def test_strangers_are_sent_to_sign_in(app, visitor):
    for method, path in calls(app, SIGNED_IN, ADMINISTRATOR):
        answer = visitor.open(path, method=method)
        assert answer.location.startswith("/anmelden"), f"{method} {path}: {answer.status}"


def test_residents_are_kept_out_of_coordination(app, as_user, ada):
    browser = as_user(ada)
    for method, path in calls(app, COORDINATOR, ADMINISTRATOR):
        assert browser.open(path, method=method).status_code == 403, f"{method} {path}"


def test_coordinators_are_kept_out_of_administration(app, as_user, cem):
    browser = as_user(cem)
    for method, path in calls(app, ADMINISTRATOR, ADMINISTRATOR):
        assert browser.open(path, method=method).status_code == 403, f"{method} {path}"


def test_no_page_breaks_on_things_that_do_not_exist(app, visitor, as_user, eve):
    for browser in (visitor, as_user(eve)):
        for method, path in calls(app, PUBLIC, ADMINISTRATOR):
            if path != "/healthz":
                assert browser.open(path, method=method).status_code < 500, f"{method} {path}"


def test_get_never_writes(app, as_user, eve, count_queries):
    browser = as_user(eve)
    for method, path in calls(app, PUBLIC, ADMINISTRATOR):
        if method == "GET":
            count_queries.clear()
            browser.get(path)
            writes = [each for each in count_queries if each.split()[0] not in ("SELECT", "WITH")]
            assert not writes, f"GET {path} writes: {writes}"


@pytest.mark.parametrize("path", ["/", "/ideen/", "/nirgends", "/static/css/base.css", "/anmelden"])
def test_every_answer_carries_the_strict_policy(visitor, path):
    with visitor.get(path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_signed_in_pages_are_not_kept_by_caches(as_user, ada):
    assert as_user(ada).get("/profil").headers["Cache-Control"] == "no-store"


def test_an_account_that_was_closed_is_out_at_once(app, as_user, ada):
    browser = as_user(ada)
    browser.visit("/konto")
    user = db.session.get(User, ada.id)
    user.active = False
    db.session.commit()
    assert browser.get("/konto").location.startswith("/anmelden")
