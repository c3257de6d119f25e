"""The demo as a whole: seeded once for this file, through the rooms' own actions."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from flask import Flask
from flask_security import verify_password
from sqlalchemy import delete, func, select, update

from portal import clock
from portal.accounts.demo import DEMO_PASSWORD, DEMO_SIGN_INS
from portal.accounts.models import User
from portal.config import ConfigError
from portal.extensions import db
from portal.gatherings.models import KINDS, Gathering, Hint, SignUp
from portal.ideas.models import Idea, ProgressEntry
from portal.matches.models import IndexEntry, Introduction, IntroductionSide, Suggestion
from portal.messages.actions import send_due_mails
from portal.messages.models import Message, OutboxMail, Thread
from portal.offices.loading import load_offices
from portal.places.loading import load_places
from portal.profiles.models import PUBLIC, Profile
from portal.seeds.demo import seed_demo
from portal.seeds.demo.past import Calendar, rows
from portal.teams.models import Membership, Opening, StatusEntry, Team

pytestmark = pytest.mark.xdist_group("seeds")  # one process fills the portal for all of them
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def seeded(built_app: Flask) -> dict[str, int]:
    """What one `portal seed` added to an empty portal."""
    with built_app.app_context():
        db.session.remove()
        db.drop_all()
        db.create_all()
        load_places()
        load_offices()
        db.session.commit()
        return seed_demo(TODAY)


@pytest.fixture(autouse=True)
def _context(built_app: Flask, seeded: dict[str, int]) -> Iterator[None]:
    with built_app.app_context():
        yield
        db.session.remove()


def number_of(table: type) -> int:
    return db.session.scalar(select(func.count(table.id))) or 0


def test_everything_in_the_files_is_in_the_portal(seeded: dict[str, int]):
    assert number_of(Team) == len(rows("teams", "team")) == seeded["teams"]
    assert number_of(Opening) == sum(len(team.get("opening", [])) for team in rows("teams", "team"))
    assert number_of(Profile) == len(rows("residents", "resident"))
    assert number_of(Idea) == len(rows("ideas", "idea")) + len(rows("captures", "capture"))
    assert number_of(StatusEntry) == sum(len(team["log"]) for team in rows("teams", "team"))
    assert number_of(Introduction) == len(rows("story", "introduction"))


def test_seeding_again_changes_nothing_and_says_so():
    before = [number_of(table) for table in (User, Team, Idea, Suggestion, OutboxMail)]
    said = seed_demo(TODAY)
    assert list(said.values()) == [0]
    assert "already" in next(iter(said))
    assert before == [number_of(table) for table in (User, Team, Idea, Suggestion, OutboxMail)]


def test_production_refuses_the_demo(built_app: Flask):
    built_app.config["ENVIRONMENT"] = "production"
    try:
        with pytest.raises(ConfigError):
            seed_demo()
    finally:
        built_app.config["ENVIRONMENT"] = "demo"


def test_all_demo_sign_ins_work():
    for address, role in DEMO_SIGN_INS.items():
        user = db.session.scalars(select(User).where(User.email == address)).one()
        assert user.confirmed_at
        assert user.has_role(role)
        assert verify_password(DEMO_PASSWORD, user.password)


def test_ideas_stand_where_the_files_say():
    of_the_files = Idea.captured_by_id.is_(None)
    states = Counter(db.session.scalars(select(Idea.state).where(of_the_files)))
    assert states == Counter(row["state"] for row in rows("ideas", "idea"))
    hidden = db.session.scalars(select(Idea).where(Idea.hidden_at.is_not(None))).all()
    assert [idea.hidden_reason for idea in hidden] == ["Werbung, keine Idee für das Viertel"]
    waiting = select(func.count(Idea.id)).where(Idea.published_at.is_(None))
    assert db.session.scalar(waiting.where(of_the_files)) == 4
    captured = waiting.where(Idea.captured_by_id.is_not(None))
    assert db.session.scalar(captured) == len(rows("captures", "capture")) == 5


def test_teams_stand_where_the_files_say():
    for row in rows("teams", "team"):
        team = db.session.scalars(select(Team).where(Team.name == row["name"])).one()
        assert (team.state, team.self_supporting) == (row["state"], row["self_supporting"])
        assert team.is_example == row.get("example", False)
        assert team.source_url == row.get("source")


def test_a_team_that_grew_from_an_idea_remembers_it():
    grown = db.session.scalars(select(Idea).where(Idea.team_id.is_not(None))).all()
    assert len(grown) == 4
    assert {idea.state for idea in grown} == {"team_gegruendet"}


def test_introductions_are_in_every_state_of_the_story():
    states = Counter()
    for introduction in db.session.scalars(select(Introduction)):
        answers = db.session.scalars(
            select(IntroductionSide.answer).where(
                IntroductionSide.introduction_id == introduction.id
            )
        ).all()
        assert introduction.asked_at
        if introduction.introduced_at:
            thread = db.session.get_one(Thread, introduction.thread_id)
            states["met" if thread.closed_at else "introduced"] += 1
        elif introduction.closed_at:
            assert False in answers
            states["declined"] += 1
        else:
            states["one_yes" if True in answers else "asked"] += 1
    assert states == Counter(row["state"] for row in rows("story", "introduction"))


def test_people_who_were_introduced_have_written_to_each_other():
    written = sum(len(row.get("messages", [])) for row in rows("story", "introduction"))
    introduced = select(Introduction.thread_id).where(Introduction.thread_id.is_not(None))
    by_people = select(func.count(Message.id)).where(
        Message.author_id.is_not(None), Message.thread_id.in_(introduced)
    )
    assert db.session.scalar(by_people) == written


def test_declined_pairs_keep_the_coordinators_reason():
    declined = db.session.scalars(select(Suggestion).where(Suggestion.state == "declined")).all()
    assert len(declined) == len(rows("story", "declined"))
    assert all(suggestion.decline_reason for suggestion in declined)


def test_the_review_queue_has_work_in_it(seeded: dict[str, int]):
    assert seeded["suggestions waiting for review"] >= 10


def test_the_demo_team_lead_has_a_question_to_answer():
    lead = select(User.id).where(User.email == "teamleitung@demo.example").scalar_subquery()
    waiting = select(func.count(IntroductionSide.id)).where(
        IntroductionSide.user_id == lead, IntroductionSide.answer.is_(None)
    )
    assert db.session.scalar(waiting) >= 1


def test_the_demo_resident_has_a_question_to_answer():
    resident = select(User.id).where(User.email == "bewohnerin@demo.example").scalar_subquery()
    waiting = select(func.count(IntroductionSide.id)).where(
        IntroductionSide.user_id == resident, IntroductionSide.answer.is_(None)
    )
    assert db.session.scalar(waiting) >= 1


def test_nothing_happens_in_the_future_or_before_somebody_was_there():
    end_of_today = datetime(2026, 11, 20, 23, 59)
    for column in (
        User.created_at,
        Idea.changed_at,
        ProgressEntry.created_at,
        Team.changed_at,
        Opening.created_at,
        Suggestion.created_at,
        Suggestion.decided_at,
        IntroductionSide.answered_at,
        Message.created_at,
    ):
        assert db.session.scalar(select(func.max(column))) <= end_of_today, column
    too_early = select(Membership).join(User).where(Membership.joined_at < User.created_at)
    assert not db.session.scalars(too_early).all()
    own_ideas = select(Idea).join(Idea.initiator).where(Idea.created_at < User.created_at)
    assert not db.session.scalars(own_ideas).all()


def test_no_mail_of_the_demos_past_goes_out_on_the_first_start():
    assert number_of(OutboxMail) > 0
    assert send_due_mails() == 0


def test_some_residents_opened_themselves():
    opened = select(func.count(Profile.id)).where(Profile.openness == PUBLIC)
    assert db.session.scalar(opened) >= 5


def test_a_visitor_finds_the_demo_on_the_pages(built_app: Flask):
    visitor = built_app.test_client()
    assert "Samstags sauber" in visitor.visit("/teams/").get_text()
    assert "Volkmarsdorf" in visitor.visit("/ideen/").get_text()
    team = db.session.scalars(select(Team.id).where(Team.name == "Sitzpause Volkmarsdorf")).one()
    assert "Bank Nummer drei" in visitor.visit(f"/teams/{team}").get_text()


def test_the_calendar_gives_the_same_moment_for_the_same_day():
    one, other = Calendar(TODAY), Calendar(TODAY)
    assert one.moment(3, "mira") == other.moment(3, "mira") == datetime(2026, 11, 17, *_time(one))
    with one.at(-400, "mira") as moment:
        assert moment <= datetime.now(UTC).replace(tzinfo=None)
        assert clock.now() == moment


def _time(calendar: Calendar) -> tuple[int, int]:
    moment = calendar.moment(0, "mira")
    return moment.hour, moment.minute


def test_gatherings_come_in_all_kinds_one_is_full_and_one_has_minutes():
    coming = select(Gathering).where(Gathering.ends_at > datetime.combine(TODAY, time()))
    found = db.session.scalars(coming).all()
    assert {gathering.kind for gathering in found} == set(KINDS)
    assert len({gathering.title for gathering in found}) >= 10
    waiting = select(SignUp.gathering_id).where(
        SignUp.turn.is_not(None), SignUp.seated_at.is_(None), SignUp.cancelled_at.is_(None)
    )
    assert len(set(db.session.scalars(waiting))) == 1
    assert sum(gathering.is_cancelled for gathering in found) == 1
    assert sum(gathering.minutes_at is not None for gathering in found) == 0
    told = db.session.scalars(select(Gathering).where(Gathering.minutes_at.is_not(None))).one()
    assert told.walk_ins
    assert number_of(Hint) == len(rows("gatherings", "hint"))


def test_every_file_of_the_demo_is_read():
    folder = Path(__file__).parents[2] / "portal" / "seeds" / "demo"
    names = {file.stem for file in folder.glob("*.toml")}
    assert names == {
        "accounts", "captures", "gatherings", "ideas", "letters", "money", "organisations",
        "recruiting", "referrals", "residents", "rooms", "steering", "story", "teams",
    }  # fmt: skip
    for name in names:
        assert tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))


def test_a_first_try_that_was_cut_off_is_finished_the_next_time(built_app: Flask):
    db.session.execute(delete(IntroductionSide))
    db.session.execute(delete(Introduction))
    db.session.execute(delete(Suggestion))
    db.session.execute(update(IndexEntry).values(is_pending=True))
    db.session.commit()
    people = number_of(User)
    seed_demo(TODAY)
    assert number_of(Introduction) == len(rows("story", "introduction"))
    assert number_of(User) == people
