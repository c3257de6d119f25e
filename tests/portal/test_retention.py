"""What the portal keeps of people without account is gone when nobody needs it any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.extensions import db
from portal.ideas.actions import move_idea, submit_idea, withdraw_idea
from portal.ideas.jobs import remind_due as forget_contacts
from portal.ideas.models import Idea
from portal.letters.rules import personal_words
from portal.matches import jobs
from portal.matches.models import Introduction, IntroductionSide, Suggestion
from portal.messages.actions import Contact, forget_old_mails, open_thread, post_message, queue_mail
from portal.messages.jobs import remind_due
from portal.messages.models import Message, Notification, OutboxMail, Participant, Thread
from portal.messages.notifications import count_unread, mark_read, notify
from portal.recruiting import departures
from portal.teams.actions import add_member, create_team
from tests.portal.recruits import ask

PHONE = "0341 123456"


@contextmanager
def days_later(days: int) -> Iterator[None]:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False):
        yield


def left_an_address(**more: object) -> Idea:
    values = {
        "problem": "Die Bank ist kaputt.", "wish": "Eine neue Bank.",
        "contact_email": "zoe@example.org", "contact_phone": PHONE,
    }  # fmt: skip
    idea = submit_idea(**values | more).idea
    db.session.commit()
    return idea


def contact_of(idea: Idea) -> tuple[str | None, str | None]:
    db.session.expire_all()
    found = db.session.get_one(Idea, idea.id)
    return found.contact_email, found.contact_phone


def talk(user, address: str = "zoe@example.org") -> Thread:
    thread = open_thread(
        subject="Bank", people=[Contact("Ada", user), Contact("Zoe", None, address)]
    )
    post_message(thread, thread.participants[1], "Ich helfe gern.")
    db.session.commit()
    return thread


def without_account() -> list[Participant]:
    found = select(Participant).where(Participant.user_id.is_(None)).order_by(Participant.id)
    return list(db.session.scalars(found))


def test_the_contact_of_an_idea_goes_a_year_after_its_end(app, cem):
    ended, open_one = left_an_address(), left_an_address(problem="Es fehlt ein Baum.")
    also_ended = left_an_address(problem="Der Brunnen ist trocken.", contact_email=None)
    for idea in (ended, also_ended):
        move_idea(idea, "nicht_bei_wiq", "Das macht schon jemand.", cem)
    db.session.commit()
    with days_later(360):
        assert forget_contacts() == 0
    with days_later(370):
        assert forget_contacts() == 2
        assert forget_contacts() == 0
    assert contact_of(ended) == contact_of(also_ended) == (None, None)
    assert contact_of(open_one) == ("zoe@example.org", PHONE)


def test_the_contact_of_an_idea_that_was_taken_back_goes_with_the_time_to_undo_it(app):
    idea = left_an_address()
    withdraw_idea(idea)
    db.session.commit()
    with days_later(13):
        assert forget_contacts() == 0
    with days_later(15):
        assert forget_contacts() == 1
    assert contact_of(idea) == (None, None)


def test_an_address_in_a_conversation_goes_a_year_after_the_last_word(app, ada):
    threads = [talk(ada), talk(ada, "yuri@example.org")]
    links = [side.token for side in without_account()]
    with days_later(200):
        post_message(threads[1], without_account()[1], "Wie geht es der Bank?")
        db.session.commit()
    with days_later(370):
        remind_due()
    db.session.expire_all()
    first, second = without_account()
    assert (first.email, second.email) == ("", "yuri@example.org")
    assert first.token != links[0]
    assert second.token == links[1]
    assert first.thread_id == threads[0].id
    assert db.session.get_one(Thread, first.thread_id).closed_at
    assert db.session.get_one(Thread, second.thread_id).closed_at is None
    assert db.session.scalar(select(Message).where(Message.author_id == first.id))


def test_who_deletes_their_account_also_goes_from_conversations_by_address(app, ada, ben):
    talk(ada, "Ben@Example.org")
    talk(ada)
    delete_user(ben)
    db.session.commit()
    assert [side.email for side in without_account()] == ["zoe@example.org"]
    assert len(db.session.scalars(select(Message)).all()) == 1
    closed = [thread.closed_at is not None for thread in db.session.scalars(select(Thread))]
    assert sorted(closed) == [False, True]


def test_an_introduction_that_is_over_keeps_no_address(app, proposal):
    row = db.session.get_one(Suggestion, proposal.id)
    sides = [
        IntroductionSide(kind="idea", subject_id=n, email=f"{n}@example.org", token=f"t{n}")
        for n in (1, 2)
    ]
    introduction = Introduction(suggestion_id=row.id, asks_from=clock.now(), sides=sides)
    introduction.asked_at = clock.now()
    db.session.add(introduction)
    db.session.commit()
    emails = select(IntroductionSide.email).order_by(IntroductionSide.id)
    jobs.remind_due()
    assert db.session.scalars(emails).all() == ["1@example.org", "2@example.org"]
    db.session.get_one(Introduction, introduction.id).closed_at = clock.now()
    db.session.commit()
    jobs.remind_due()
    assert db.session.scalars(emails).all() == [None, None]


def test_a_mail_that_could_not_be_sent_is_forgotten_as_well(app):
    mail = queue_mail(key="x:1", to="zoe@example.org", subject="Hallo", body="Ein Link.")
    mail.failed_at = clock.now()
    db.session.commit()
    with days_later(20):
        forget_old_mails()
    assert db.session.scalars(select(OutboxMail.to_address)).one() == "zoe@example.org"
    with days_later(31):
        forget_old_mails()
    db.session.expire_all()
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.to_address, mail.body) == ("", "")


@pytest.mark.parametrize("text", ["Ada hat die Idee.", "Frau Lovelace", "Ada Lovelace"])
def test_a_letter_names_neither_first_nor_last_name_unasked(text):
    assert personal_words(text, "Ada Lovelace")
    assert not personal_words("Der Hof ist grau.", "Ada Lovelace")


def test_the_copy_of_ones_data_holds_no_key_of_a_mail(app, ada):
    notify(ada, category="teams", key="k", subject="s", body="b", path="/leitung/antwort/geheim")
    db.session.commit()
    assert "geheim" not in str(everything_about(ada))


def news_of(user) -> list[Notification]:
    own = select(Notification).where(Notification.user_id == user.id)
    return list(db.session.scalars(own.order_by(Notification.id)))


def test_old_notifications_say_nothing_any_more_and_are_not_told_twice(as_user, ada):
    def tell(key: str) -> None:
        notify(ada, category="teams", key=key, subject=f"Von {key}", body="Hallo.", path="/teams/")
        db.session.commit()

    for key in ("seen", "unseen"):
        tell(key)
    mark_read(ada.id, news_of(ada)[0].id)
    db.session.commit()
    kept = [(170, ["Von seen", "Von unseen"]), (190, ["", "Von unseen"]), (370, ["", ""])]
    for days, subjects in kept:
        with days_later(days):
            remind_due()
            tell("seen")
        db.session.expire_all()
        assert [each.subject for each in news_of(ada)] == subjects
    assert [each.path for each in news_of(ada)] == ["/", "/"]
    assert count_unread(ada.id) == 0
    assert "Noch nichts Neues" in as_user(ada).visit("/mitteilungen/").text


def test_others_do_not_read_the_name_of_a_deleted_account(app, cem, ada, ben, dora):
    team = create_team(by=cem, name="Hof", challenge="Beete anlegen.")
    for member in (ada, ben):
        add_member(team, member, is_lead=True)
    ask(team, dora)
    departures.leave(team, ben, farewell="Euer Ben")
    db.session.commit()
    assert all(name in str([told.subject for told in news_of(ada)]) for name in ("Dora", "Ben"))
    for gone in (dora, ben):
        delete_user(gone)
    db.session.commit()
    said = [f"{told.subject} {told.body}" for told in news_of(ada)]
    said += db.session.scalars(select(OutboxMail.body)).all()
    said += db.session.scalars(select(OutboxMail.subject)).all()
    assert not any(name in text for text in said for name in ("Dora", "Ben"))
    assert [told.path for told in news_of(ada)][-1] == f"/teams/{team.id}/mitglieder"


def test_a_conversation_does_not_name_a_deleted_account(app, ada, ben):
    thread = open_thread(
        subject="Ada und Adalbert: ihr habt beide Ja gesagt",
        people=[Contact("Ada", ada), Contact("Adalbert", ben)],
    )
    post_message(thread, None, "Schön!")
    db.session.commit()
    delete_user(ada)
    db.session.commit()
    assert thread.subject == "Jemand und Adalbert: ihr habt beide Ja gesagt"
    assert [thread.subject in told.body for told in news_of(ben)] == [True]
    assert not db.session.scalars(select(OutboxMail)).all()
