"""The same thing in two windows at the same moment: it happens once, nobody meets an error."""

import io
import shutil
import threading
from datetime import timedelta

from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import User
from portal.database import writing
from portal.extensions import db
from portal.funds.models import Fund
from portal.ideas.actions import move_idea, submit_idea
from portal.ideas.models import ProgressEntry
from portal.knowhow.models import TeamOffice
from portal.offices.models import Office
from portal.pictures import store
from portal.pictures.actions import MOST_PICTURES, EnoughPictures, add_picture
from portal.pictures.imaging import prepare
from portal.pictures.models import Picture
from portal.steering import actions as steering
from portal.steering.models import AgendaItem
from portal.teams.actions import add_member, create_team
from tests.portal.at_once import all_at_once
from tests.portal.photos import hang_picture, photo

FUND = {
    "name": "Topf für Bänke", "amount": "bis 500 €", "who": "Alle, die hier wohnen.",
    "deadline": "Jedes Jahr", "source_url": "https://example.org/",
}  # fmt: skip


def agenda_of(cem, count: int):
    """Return two meetings and items of as many ideas, all on the first one."""
    day = clock.today() + timedelta(days=7)
    first, second = (steering.plan_meeting("ost", day + timedelta(days=n)) for n in (0, 7))
    items = []
    for number in range(count):
        idea = submit_idea(problem=f"Bank Nummer {number} fehlt.", wish="Eine Bank.").idea
        idea.published_at = clock.now()
        move_idea(idea, "vorbereitet", "", cem)
        items.append(steering.put_on_agenda(idea, first, asked="Ja oder nein?", by=cem))
    db.session.commit()
    return first, second, items


def states() -> list[str]:
    entries = select(ProgressEntry.state).order_by(ProgressEntry.id)
    return list(db.session.scalars(entries))


def test_a_fund_is_added_once(post, cem, dora):
    sent = (post(user, "/foerdertoepfe/neu", FUND) for user in (cem, dora, cem, dora))
    assert all_at_once(*sent) == [303, 422, 422, 422]
    assert db.session.scalars(select(Fund.name)).all() == [FUND["name"]]


def test_of_two_funds_that_take_one_name_one_keeps_its_own(post, cem, dora):
    seen = clock.now()
    made = [
        Fund(**FUND | {"name": name}, slug=name, checked_on=clock.today(), changed_at=seen)
        for name in ("eins", "zwei")
    ]
    db.session.add_all(made)
    db.session.commit()
    fields = FUND | {"seen_at": seen.isoformat()}
    found = all_at_once(
        *(
            post(user, f"/foerdertoepfe/{name}/bearbeiten", fields)
            for user, name in ((cem, "eins"), (dora, "zwei"))
        )
    )
    assert found == [303, 422]


def test_two_who_save_one_fund_do_not_overwrite_each_other(post, cem, dora):
    seen = clock.now()
    db.session.add(Fund(**FUND, slug="topf", checked_on=clock.today(), changed_at=seen))
    db.session.commit()
    found = all_at_once(
        *(
            post(
                user,
                "/foerdertoepfe/topf/bearbeiten",
                FUND | {"seen_at": seen.isoformat(), "amount": f"bis {amount} €"},
            )
            for user, amount in ((cem, 600), (dora, 700))
        )
    )
    assert found == [303, 422]


def test_ideas_postponed_at_once_stand_behind_each_other(post, cem, dora):
    _first, second, items = agenda_of(cem, 4)
    found = all_at_once(
        *(
            post(
                (cem, dora)[number % 2],
                f"/steuerungsteam/punkte/{item.id}/bearbeiten",
                {"meeting": second.id, "asked": "Ja oder nein?"},
            )
            for number, item in enumerate(items)
        )
    )
    assert found == [303] * 4
    positions = select(AgendaItem.position).where(AgendaItem.meeting_id == second.id)
    assert sorted(db.session.scalars(positions)) == [1, 2, 3, 4]


def test_one_idea_on_two_agendas_is_postponed_to_a_third_once(post, cem, dora):
    first, second, (item,) = agenda_of(cem, 1)
    idea_id, day = item.idea_id, second.held_on + timedelta(days=7)
    db.session.add(
        AgendaItem(meeting_id=second.id, idea_id=idea_id, position=1, asked="Ja oder nein?")
    )
    third = steering.plan_meeting("ost", day)
    db.session.commit()
    own = select(AgendaItem.id).where(AgendaItem.idea_id == idea_id)
    fields = {"meeting": third.id, "asked": "Ja oder nein?"}
    ids = zip((cem, dora), db.session.scalars(own).all(), strict=True)
    found = all_at_once(
        *(post(user, f"/steuerungsteam/punkte/{one}/bearbeiten", fields) for user, one in ids)
    )
    assert found == [303, 409]


def test_an_idea_is_taken_off_and_its_initiator_told_once(post, cem, dora):
    _first, _second, (item,) = agenda_of(cem, 1)
    url = f"/steuerungsteam/punkte/{item.id}/entfernen"
    found = all_at_once(*(post(user, url, {}) for user in (cem, dora)))
    assert found[0] == 303
    assert found[1] in (404, 409)
    assert states()[1:] == ["vorbereitet", "im_steuerungsteam", "vorbereitet"]


def test_an_idea_put_on_two_agendas_moves_once(post, cem, dora):
    first, second, (item,) = agenda_of(cem, 1)
    idea_id, url = item.idea_id, f"/steuerungsteam/punkte/{item.id}/entfernen"
    assert post(cem, url, {})() == 303
    sent = (
        post(
            user,
            f"/steuerungsteam/ideen/{idea_id}",
            {"meeting": meeting.id, "asked": "Ja oder nein?"},
        )
        for user, meeting in ((cem, first), (dora, second))
    )
    all_at_once(*sent)
    assert states()[4:] == ["im_steuerungsteam"]


def test_two_leads_choose_the_same_offices(leipzig, post, cem, ada, ben):
    team = create_team(by=cem, name="Sitzpause", challenge="Eine Bank vor dem Treff.")
    add_member(team, ada, is_lead=True)
    add_member(team, ben, is_lead=True)
    db.session.commit()
    chosen = db.session.scalars(select(Office.id).order_by(Office.id).limit(5)).all()
    url = f"/teams/{team.id}/stellen/bearbeiten"
    found = all_at_once(*(post(who, url, {"offices": chosen}) for who in (ada, ben, ada, ben)))
    assert found == [303] * 4
    assert db.session.scalar(select(func.count()).select_from(TeamOffice)) == len(chosen)


def test_the_last_place_for_a_picture_is_given_once(app, cem, ada):
    shutil.rmtree(store.folder(), ignore_errors=True)
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    for _number in range(MOST_PICTURES - 1):
        hang_picture(team, ada)
    prepared, team_id, user_id = prepare(io.BytesIO(photo())), team.id, ada.id
    start = threading.Barrier(4)

    def hang() -> int:
        start.wait()
        with app.app_context(), writing():
            by = db.session.get_one(User, user_id)
            try:
                add_picture("team", team_id, prepared, alt="Beet", credit="Ada", by=by)
            except EnoughPictures:
                return 0
            db.session.commit()
            return 1

    assert all_at_once(*[hang] * 4) == [0, 0, 0, 1]
    assert db.session.scalar(select(func.count(Picture.id))) == MOST_PICTURES
