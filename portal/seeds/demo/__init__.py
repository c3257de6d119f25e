"""A believable Leipzig East for trying things out: `seed_demo`.

The texts lie beside this file as TOML. They enter the portal through the rooms' own actions, each
at the moment in the past when it would have happened, so every rule of the portal holds for the
demo as well. The same day gives the same result.
"""

from datetime import date

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, select

from portal import clock
from portal.accounts.demo import DEMO_SIGN_INS
from portal.accounts.models import User
from portal.config import PRODUCTION, ConfigError
from portal.extensions import db
from portal.ideas.models import Idea
from portal.matches.models import Introduction, Suggestion
from portal.seeds.demo import past
from portal.seeds.demo.captures import add_captures
from portal.seeds.demo.lending import add_organisations
from portal.seeds.demo.letters import add_letters
from portal.seeds.demo.meeting import add_gatherings
from portal.seeds.demo.money import add_money
from portal.seeds.demo.people import add_people, known_people
from portal.seeds.demo.projects import add_ideas, add_teams, known_ideas, known_openings
from portal.seeds.demo.recruiting import add_requests
from portal.seeds.demo.referrals import add_referrals
from portal.seeds.demo.rooms import furnish_rooms
from portal.seeds.demo.steering import add_steering
from portal.seeds.demo.story import suggest_all, tell_story
from portal.teams.models import Opening, Team


def seed_demo(today: date | None = None) -> dict[str, int]:
    """Fill the portal with the demo and return what was added; nothing if it is there already.

    Places and offices must be loaded before. Commits, since encoding may not hold a transaction.
    """
    if current_app.config["ENVIRONMENT"] == PRODUCTION:
        raise ConfigError("the demo's invented people are not for production; nothing was added")
    if db.session.scalar(select(func.count(Introduction.id))):
        return {"demo rows added: everything is there already": 0}
    when = past.Calendar(today or clock.today())
    # What has no day of its own happens on the demo's last day: openings end by the clock.
    with force_locale("de"), when.at(0, "the demo's last day"):
        _write(when)
    return _count()


def _write(when: past.Calendar) -> None:
    """Go on where a first try was cut off: rows, suggestions, then what people made of them."""
    if not db.session.scalar(select(User.id).where(User.email.in_(DEMO_SIGN_INS)).limit(1)):
        add_people(when)
        add_ideas(when, known_people())
        add_teams(when, known_people(), known_ideas())
        furnish_rooms(when, known_people())
        add_steering(when, known_people(), known_ideas())
        add_money(when, known_people(), known_ideas())
        add_referrals(when, known_people(), known_ideas())
        add_organisations(when, known_people())
        add_gatherings(when, known_people(), known_ideas())
        add_captures(when, known_people())
        past.call_mails_sent()
        db.session.commit()
    suggest_all(when)
    tell_story(when, known_people(), {**known_openings(), **known_ideas()})
    add_requests(when, known_people(), known_openings())
    add_letters(when, known_people(), known_ideas())
    past.call_mails_sent()
    db.session.commit()


def _count() -> dict[str, int]:
    tables = (User, Team, Opening, Idea, Suggestion, Introduction)
    waiting = select(func.count(Suggestion.id)).where(
        Suggestion.state == "open", Suggestion.needs_review
    )
    return {
        f"{table.__name__.lower()}s": db.session.scalar(select(func.count(table.id))) or 0
        for table in tables
    } | {"suggestions waiting for review": db.session.scalar(waiting) or 0}
