"""An idea, two offices, and letters between them, for the tests of the letters room."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.ideas.models import Idea
from portal.letters import actions
from portal.letters.models import Letter, LetterReply
from portal.offices.models import Office

MAILBOX = "stadtgruen@office.example"


def make_idea(initiator, **texts) -> Idea:
    known = {"problem": "Vor dem Treff fehlt eine Bank.", "wish": "Eine Bank im Schatten."}
    idea = submit_idea(**known | texts, initiator=initiator, publish=initiator is not None).idea
    db.session.commit()
    return idea


def make_office(slug: str = "gruen", name: str = "Grünamt", **fields) -> Office:
    known = {
        "kind": "amt", "duties": "Pflegt Bäume und jede Bank im Schatten.", "evidence": "full",
        "everyday": ["Bank fehlt vor dem Treff"], "source_url": "https://example.org/",
        "checked_on": clock.today() - timedelta(days=3), "search_key": name.casefold(),
        "mailbox": MAILBOX, "first_question": "Park oder Gehweg?", "bring": "Ein Foto.",
    }  # fmt: skip
    office = Office(slug=slug, name=name, **known | fields)
    db.session.add(office)
    db.session.commit()
    return office


def drafted(idea: Idea, office: Office, by, **fields) -> Letter:
    known = {"template": "bank", "subject": "Anfrage zu einer Bank", "body": "Ist das möglich?"}
    letter = actions.draft_letter(idea, office, by=by, **known | fields)
    db.session.commit()
    return letter


def sent(idea: Idea, office: Office, by, days_ago: int = 0, **fields) -> Letter:
    """A letter mailed that many days ago."""
    with clock.at(clock.shifted(clock.now(), days=-days_ago)):
        letter = drafted(idea, office, by, **fields)
        actions.send_by_mail(letter, seen_at=letter.changed_at, by=by)
    db.session.commit()
    return letter


def letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def replies() -> list[LetterReply]:
    return list(db.session.scalars(select(LetterReply).order_by(LetterReply.id)))
