"""Who may open what of the coordinators' day: every role and object, one table.

tests/test_access.py says which pages need which role; here it is about the thing behind the page.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.actions import create_user
from portal.coordination import actions as coordination
from portal.extensions import db
from portal.funds.models import Fund
from portal.ideas.actions import move_idea, submit_idea
from portal.letters.actions import draft_letter
from portal.matches.actions import approve
from portal.matches.introductions import ask_at_once
from portal.matches.models import Introduction
from portal.referrals import actions as referrals
from portal.steering import actions as steering
from portal.teams.actions import add_member
from tests.portal.letter_cast import make_office

SIGN_IN = 302  # to the form, and back
ROLES = (
    "visitor", "resident", "initiator", "member", "lead", "outreach", "west", "ost",
    "coordinator", "administrator",
)  # fmt: skip
OFFICE_ONLY = (SIGN_IN, 403, 403, 403, 403, 403, 403, 403, 200, 200)
OF_THE_AREA = (SIGN_IN, 403, 403, 403, 403, 403, 403, 200, 200, 200)
EVERYBODY = (200,) * len(ROLES)
OF_THE_TEAM = (SIGN_IN, 403, 403, 200, 200, 403, 403, 403, 200, 200)
ADMINISTRATION = (SIGN_IN, 403, 403, 403, 403, 403, 403, 403, 403, 200)
NOT_EVEN_THERE = (404,) * len(ROLES)

MATRIX = {
    "/koordination/ideen/{idea}": OFFICE_ONLY,
    "/koordination/akte/team/{team}": OFFICE_ONLY,
    "/koordination/akte/person/{person}": OFFICE_ONLY,
    "/koordination/akte/ansprechstelle/{office}": OFFICE_ONLY,
    "/koordination/uebergabe?schritt={step}": OFFICE_ONLY,
    "/koordination/anrufe": OFFICE_ONLY,
    "/koordination/briefe/": OFFICE_ONLY,
    "/koordination/briefe/?idee={idea}": OFFICE_ONLY,
    "/koordination/briefe/{letter}": OFFICE_ONLY,
    "/koordination/briefe/{letter}/bearbeiten": OFFICE_ONLY,
    "/koordination/briefe/{letter}/drucken": OFFICE_ONLY,
    "/koordination/briefe/{letter}/uebergabe": OFFICE_ONLY,
    "/ideen/{idea}/anfragen": EVERYBODY,
    "/koordination/vermittlungen/": OFFICE_ONLY,
    "/koordination/vermittlungen/{introduction}": OFFICE_ONLY,
    "/koordination/vorschlaege": OFFICE_ONLY,
    "/steuerungsteam/sitzungen/{meeting}": OF_THE_AREA,
    "/steuerungsteam/punkte/{item}": OF_THE_AREA,
    "/steuerungsteam/punkte/{item}/bearbeiten": OFFICE_ONLY,
    "/steuerungsteam/protokolle/{meeting}": NOT_EVEN_THERE,  # nobody has published them
    "/steuerungsteam/protokolle/{published}": EVERYBODY,
    "/steuerungsteam/mitglieder": ADMINISTRATION,
    "/weitergaben/bei/{token}": EVERYBODY,  # who has the link
    "/weitergaben/bei/wrong": NOT_EVEN_THERE,
    "/weitergaben/stellen": OFFICE_ONLY,  # where the links are
    "/weitergaben/eingang": OFFICE_ONLY,
    "/weitergaben/idee/{idea}": OFFICE_ONLY,
    "/weitergaben/paket/{handover}": OFFICE_ONLY,
    "/foerdertoepfe/{fund}": EVERYBODY,
    "/foerdertoepfe/{fund}/bearbeiten": OFFICE_ONLY,
    "/teams/{team}/mitglieder": OF_THE_TEAM,
    "/koordination/protokoll": ADMINISTRATION,
}


@pytest.fixture
def cast(app, ada, ben, cem, eve, workshop) -> dict:
    """One person for each role; only the initiator and the team have to do with the objects."""

    def person(name: str, role: str = "resident", area: str = "") -> object:
        user = create_user(
            email=f"{name}@example.org", name=name.title(), password=None, roles=[role]
        )
        user.confirmed_at = clock.now()
        if area:
            steering.seat(user, area)
        return user

    people = {
        "visitor": None, "resident": person("rosa"), "initiator": ada, "member": person("mia"),
        "lead": ben, "outreach": person("otto", "outreach"),
        "west": person("willi", "steering", "west"), "ost": person("olga", "steering", "ost"),
        "coordinator": cem, "administrator": eve,
    }  # fmt: skip
    add_member(workshop[0], people["member"])
    db.session.commit()
    return people


@pytest.fixture
def things(app, ada, cast, dora, proposal, workshop) -> dict[str, object]:
    """What Dora has made of Ada's idea, and an introduction to the team."""
    approve(proposal, dora, proposal.version)
    ask_at_once(proposal)
    idea = submit_idea(problem="Eine Bank fehlt.", wish="Eine Bank.", initiator=ada).idea
    idea.published_at = clock.now()
    office = make_office()
    letter = draft_letter(idea, office, template="bank", subject="Bank", body="Bank?", by=dora)
    step = coordination.add_step(
        ("idea", idea.id), text="Anrufen", owner=dora, due_on=clock.today(), by=dora
    )
    move_idea(idea, "vorbereitet", "Besprochen.", dora)
    meeting = steering.plan_meeting("ost", clock.today() + timedelta(days=7))
    published = steering.plan_meeting("ost", clock.today() - timedelta(days=7))
    steering.write_minutes(published, "Kurz.", publish=True)
    item = steering.put_on_agenda(idea, meeting, asked="Wird das ein Team?", by=dora)
    handover = referrals.pass_on(
        idea, to_name="Grünamt", referrer=None, passed_on=clock.today(), note="",
        contact_agreed=False, by=dora,
    )  # fmt: skip
    body = referrals.add_referrer("SBB", "beirat", email=None, wants_mail=False, confirmed=True)
    fund = Fund(
        slug="topf", name="Topf", amount="500 Euro", who="Alle", deadline="Jederzeit",
        source_url="https://example.org/", checked_on=clock.today(),
    )  # fmt: skip
    db.session.add(fund)
    db.session.commit()
    return {
        "idea": idea.id, "team": workshop[0].id, "person": ada.id, "office": office.id,
        "step": step.id, "letter": letter.id, "meeting": meeting.id, "published": published.id,
        "item": item.id, "token": body.token, "handover": handover.id, "fund": fund.slug,
        "introduction": db.session.scalars(select(Introduction.id)).one(),
    }  # fmt: skip


def test_every_role_opens_what_is_theirs_and_nothing_else(as_user, visitor, cast, things):
    wrong = {}
    for number, (role, user) in enumerate(cast.items()):
        browser = as_user(user) if user else visitor
        for path, expected in MATRIX.items():
            answer = browser.get(path.format(**things))
            if answer.status_code != expected[number]:
                wrong[role, path] = (answer.status_code, expected[number])
            if answer.status_code == SIGN_IN:
                assert answer.location.startswith("/anmelden"), path
    assert wrong == {}
    assert tuple(cast) == ROLES
