"""Profiles and the suggestions they get, for the tests of the matches room."""

from sqlalchemy import select

from portal.extensions import db
from portal.matches import jobs
from portal.matches.models import Suggestion, SuggestionEvent
from portal.profiles.actions import agree_to_matching, save_profile

BIKES = "Ich repariere gern Fahrräder und habe einen Transporter."


def follow_up() -> None:
    while jobs.refresh_pending():
        pass


def profile_of(user, can: str = BIKES, **fields) -> None:
    known = {
        "can": can, "learn": "", "cares": "", "rules_out": "", "times": [], "languages": [],
        "district": None, "reach": "stadt", "visibility": {},
    }  # fmt: skip
    save_profile(user, **(known | fields))
    agree_to_matching(user, "Ja")
    db.session.commit()
    follow_up()


def suggestion_between(one: str, other: str) -> Suggestion:
    key = "|".join(sorted((one, other)))
    return db.session.scalars(select(Suggestion).where(Suggestion.pair_key == key)).one()


def why_of(row: Suggestion) -> str:
    return f"/vorschlaege/{row.id}/warum"


def log_of(row: Suggestion) -> list[SuggestionEvent]:
    events = select(SuggestionEvent).where(SuggestionEvent.suggestion_id == row.id)
    return list(db.session.scalars(events.order_by(SuggestionEvent.id)))
