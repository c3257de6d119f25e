"""What can happen to a team and its openings. An action changes rows; the caller commits."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.choices import LANGUAGES, TIMES
from portal.errors import PortalError
from portal.extensions import db
from portal.ideas.actions import move_idea
from portal.ideas.models import Idea
from portal.places.models import District
from portal.teams.models import (
    OPENING_KINDS,
    OPERATING_STATES,
    SECTORS,
    WANTED_FOR,
    Lessons,
    Membership,
    Opening,
    StatusEntry,
    Team,
    six_weeks_on,
)

ASKED_BEFORE = timedelta(days=7)  # before the last day of an opening its leads are asked


class TeamNameTaken(PortalError):
    """Two teams cannot have the same name."""

    message = _l("Ein Team mit diesem Namen gibt es schon. Nimm bitte einen anderen Namen.")


class TeamIsFinished(PortalError):
    """A finished team looks for nobody any more."""

    message = _l("Das Team ist abgeschlossen und sucht nichts mehr.")


def create_team(
    *,
    by: User,
    name: str,
    challenge: str,
    focus: Iterable[str] = (),
    state: str = "laeuft",
    self_supporting: bool = False,
    district: District | None = None,
    languages: Iterable[str] = ("de",),
    sectors: Mapping[str, int] | None = None,
    partners: Iterable[str] = (),
    is_example: bool = False,
    source_url: str | None = None,
    idea: Idea | None = None,
) -> Team:
    """Add a team; it has no members yet. An idea it grew from moves to "Team gegründet"."""
    if state not in OPERATING_STATES:
        raise ValueError(f"unknown state {state!r}")
    team = Team(
        state=state,
        self_supporting=self_supporting,
        is_example=is_example,
        source_url=source_url,
    )
    _fill_team(team, name, challenge, focus, district, languages, sectors, partners)
    try:
        with db.session.begin_nested():
            db.session.add(team)
    except IntegrityError as error:
        raise TeamNameTaken from error
    if idea is not None:
        give_idea(team, idea, by=by)
    return team


def give_idea(team: Team, idea: Idea, *, by: User) -> None:
    """Let `team` carry `idea` out; the second of two coordinators is refused."""
    move_idea(idea, "team_gegruendet", note="", by=by)
    idea.team_id = team.id
    db.session.flush()


def change_team(
    team: Team,
    *,
    name: str,
    challenge: str,
    focus: Iterable[str] = (),
    district: District | None = None,
    languages: Iterable[str] = ("de",),
    sectors: Mapping[str, int] | None = None,
    partners: Iterable[str] = (),
) -> None:
    """Replace what the public page says about `team`."""
    try:
        with db.session.begin_nested():
            _fill_team(team, name, challenge, focus, district, languages, sectors, partners)
            team.changed_at = clock.now()
    except IntegrityError as error:
        raise TeamNameTaken from error


def change_state(
    team: Team, *, state: str, self_supporting: bool, by: User, note: str = ""
) -> StatusEntry | None:
    """Move `team` to another state, dated today, and log it; a finished team closes its openings.

    Nothing happens when the state is the same already.
    """
    if state not in OPERATING_STATES:
        raise ValueError(f"unknown state {state!r}")
    if (team.state, team.self_supporting) == (state, self_supporting):
        return None
    team.state, team.self_supporting = state, self_supporting
    team.state_since, team.changed_at = clock.today(), clock.now()
    entry = StatusEntry(
        team_id=team.id,
        day=team.state_since,
        text=note,
        state=state,
        self_supporting=self_supporting,
        by_id=by.id,
    )
    db.session.add(entry)
    if not team.takes_people:
        for opening in db.session.scalars(
            select(Opening).where(Opening.team_id == team.id, Opening.closed_at.is_(None))
        ):
            close_opening(opening, by=by)
    db.session.flush()
    return entry


def add_status(team: Team, *, text: str, by: User, day: date | None = None) -> StatusEntry:
    """Add a dated Stand to the log of `team`."""
    entry = StatusEntry(team_id=team.id, day=day or clock.today(), text=text, by_id=by.id)
    team.changed_at = clock.now()
    db.session.add(entry)
    db.session.flush()
    return entry


def add_member(team: Team, user: User, *, is_lead: bool = False) -> Membership:
    """Make `user` a member of `team`; a member already there at most becomes lead."""
    membership = _current_membership(team, user)
    if membership is None:
        try:
            with db.session.begin_nested():
                membership = Membership(team_id=team.id, user_id=user.id, is_lead=is_lead)
                db.session.add(membership)
        except IntegrityError:  # somebody else added them at the same moment
            membership = _current_membership(team, user)
            assert membership is not None
    membership.is_lead = membership.is_lead or is_lead
    db.session.flush()
    return membership


def end_membership(team: Team, user: User) -> None:
    """Let `user` leave `team`; the row stays and says until when they belonged to it."""
    membership = _current_membership(team, user)
    if membership is not None:
        membership.left_at = clock.now()
        db.session.flush()


def show_member(membership: Membership, *, is_named: bool, role: str) -> None:
    """Let a member decide whether the public page says their first name and what they do."""
    membership.is_named, membership.role = is_named, role
    db.session.flush()


def write_lessons(
    team: Team, *, worked: str, otherwise: str, costs: str, duration: str, permits: str
) -> Lessons | None:
    """Replace what `team` has learned; nothing written is nothing kept."""
    lessons = db.session.get(Lessons, team.id)
    texts = (worked, otherwise, costs, duration, permits)
    if not any(texts):
        if lessons is not None:
            db.session.delete(lessons)
            db.session.flush()
        return None
    if lessons is None:
        lessons = Lessons(team_id=team.id)
        db.session.add(lessons)
    lessons.worked, lessons.otherwise, lessons.costs, lessons.duration, lessons.permits = texts
    lessons.changed_at = team.changed_at = clock.now()
    db.session.flush()
    return lessons


def open_opening(
    team: Team,
    *,
    by: User,
    kind: str,
    title: str,
    text: str = "",
    times: Iterable[str] = (),
    languages: Iterable[str] = (),
    district: District | None = None,
    hours_a_week: int | None = None,
    wanted_until: date | None = None,
) -> Opening:
    """Publish what `team` looks for."""
    if not team.takes_people:
        raise TeamIsFinished
    opening = Opening(team_id=team.id, created_at=clock.now())
    db.session.add(opening)
    change_opening(
        opening,
        by=by,
        kind=kind,
        title=title,
        text=text,
        times=times,
        languages=languages,
        district=district,
        hours_a_week=hours_a_week,
        wanted_until=wanted_until or six_weeks_on(),
    )
    team.changed_at = clock.now()
    db.session.flush()
    return opening


def change_opening(
    opening: Opening,
    *,
    by: User,
    kind: str,
    title: str,
    text: str = "",
    times: Iterable[str] = (),
    languages: Iterable[str] = (),
    district: District | None = None,
    hours_a_week: int | None = None,
    wanted_until: date | None = None,
) -> None:
    """Replace what `opening` asks for; without a last day the old one stays."""
    if kind not in OPENING_KINDS:
        raise ValueError(f"unknown kind {kind!r}")
    opening.kind, opening.title, opening.text = kind, title, text
    opening.times = _in_order("times", times, TIMES)
    opening.languages = _in_order("languages", languages, LANGUAGES)
    opening.district_id = district.id if district else None
    opening.hours_a_week = hours_a_week
    if wanted_until is not None and wanted_until != opening.wanted_until:
        _look_until(opening, wanted_until)
    opening.changed_at, opening.changed_by_id = clock.now(), by.id
    db.session.flush()


def close_opening(opening: Opening, *, by: User | None) -> None:
    """Stop looking; closing twice keeps the first day. Nobody closes it when its time is over."""
    if opening.closed_at is None:
        opening.closed_at = opening.changed_at = clock.now()
        opening.changed_by_id = by.id if by else opening.changed_by_id
        db.session.flush()


def reopen_opening(team: Team, opening: Opening, *, by: User) -> None:
    """Look for the same again; a last day that is over becomes one to come."""
    if not team.takes_people:
        raise TeamIsFinished
    if opening.wanted_until < clock.today():
        _look_until(opening, six_weeks_on())
    opening.closed_at, opening.changed_at = None, clock.now()
    opening.changed_by_id = by.id
    db.session.flush()


def renew_opening(team: Team, opening: Opening, *, by: User) -> None:
    """Go on looking for some more weeks, whether the time is nearly over or was already."""
    _look_until(opening, max(opening.wanted_until, clock.today()) + WANTED_FOR)
    reopen_opening(team, opening, by=by)


def _fill_team(
    team: Team,
    name: str,
    challenge: str,
    focus: Iterable[str],
    district: District | None,
    languages: Iterable[str],
    sectors: Mapping[str, int] | None,
    partners: Iterable[str],
) -> None:
    counts = dict(sectors or {})
    if unknown := set(counts) - set(SECTORS):
        raise ValueError(f"unknown sectors: {sorted(unknown)}")
    team.name, team.challenge = name, challenge
    team.focus = list(dict.fromkeys(focus))
    team.partners = list(dict.fromkeys(partners))
    team.district_id = district.id if district else None
    team.languages = _in_order("languages", languages, LANGUAGES)
    team.sectors = {sector: counts[sector] for sector in SECTORS if counts.get(sector)}


def _look_until(opening: Opening, day: date) -> None:
    """Set the last day; with less than a week to go nobody is asked beforehand."""
    opening.wanted_until = day
    is_near = day - clock.today() <= ASKED_BEFORE
    opening.reminded_of = day if is_near else None


def _current_membership(team: Team, user: User) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.team_id == team.id,
            Membership.user_id == user.id,
            Membership.left_at.is_(None),
        )
    )


def _in_order(name: str, chosen: Iterable[str], known: Mapping[str, object]) -> list[str]:
    chosen = set(chosen)
    if unknown := chosen - set(known):
        raise ValueError(f"unknown {name}: {sorted(unknown)}")
    return [code for code in known if code in chosen]
