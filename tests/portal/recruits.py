"""What the tests of the recruiting room share: requests, and the mails and news of a person."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.messages.models import Notification, OutboxMail
from portal.recruiting import actions
from portal.recruiting.models import JoinRequest
from portal.recruiting.queries import request_page, room_of
from portal.teams.models import Team

MESSAGE = "Ich gieße gern und habe samstags Zeit."


def room(team: Team):
    found = room_of(team.id)
    assert found is not None
    return found


def ask(team: Team, user: User, **given: object) -> JoinRequest:
    told = {"message": MESSAGE, "answer_by": clock.today() + timedelta(days=14), **given}
    asked = actions.ask_to_join(room(team), user, **told)
    db.session.commit()
    return asked


def again(asked: JoinRequest) -> JoinRequest:
    """Read a request anew, as another process would."""
    db.session.rollback()
    found = request_page(asked.id)
    assert found is not None
    return found


def join_form(**given: object) -> dict[str, object]:
    until = (clock.today() + timedelta(days=10)).isoformat()
    return {"opening": "", "message": MESSAGE, "hours_a_week": "2", "answer_by": until, **given}


def news_of(user: User) -> list[Notification]:
    own = select(Notification).where(Notification.user_id == user.id)
    return list(db.session.scalars(own.order_by(Notification.id)))


def mails_to(user: User) -> list[OutboxMail]:
    own = select(OutboxMail).where(OutboxMail.to_address == user.email)
    return list(db.session.scalars(own.order_by(OutboxMail.id)))
