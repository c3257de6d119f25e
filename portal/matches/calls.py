"""The call list: whom coordinators ring up, what for, and what was answered.

The coordination room shows the list and notes each call in its contact log.
"""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict
from portal.extensions import db
from portal.ideas.models import Idea
from portal.matches import introductions
from portal.matches.models import Call, Introduction, IntroductionSide
from portal.matches.outcomes import answers_after, note_outcome, outcome_of_call
from portal.matches.subjects import Subject
from portal.teams.models import Opening

NOT_REACHED = "nicht_erreicht"
NOT_REACHED_NAME = _l("nicht erreicht")
_ASK = {"ja": _l("Ja"), "nein": _l("Nein")}
_TOLD = {"gesagt": _l("Bescheid gesagt")}
PURPOSES = {
    "ask": _l("Fragen: Möchtet ihr euch kennenlernen?"),
    "introduced": _l("Sagen: Beide haben Ja gesagt."),
    "ended": _l("Sagen: Diesmal hat es leider nicht geklappt."),
    "outcome_14": _l("Fragen: Habt ihr euch getroffen?"),
    "outcome_60": _l("Fragen: Seid ihr noch zusammen dabei?"),
}


class AlreadyCalled(Conflict):
    """A colleague was faster, or the answer came another way."""

    message = _l("Diesen Anruf hat inzwischen schon jemand gemacht, oder er ist nicht mehr nötig.")


@dataclass(frozen=True, slots=True)
class Planned:
    """One call with what a coordinator needs for it."""

    call: Call
    name: str
    phone: str

    @property
    def own(self) -> Subject:
        """What the person who is called speaks for."""
        return self.call.side.kind, self.call.side.subject_id

    @property
    def other(self) -> Subject:
        """The other side of the introduction."""
        side = other_side(self.call.side)
        return side.kind, side.subject_id


def planned_calls(limit: int, skip: int = 0) -> tuple[list[Planned], int]:
    """Return calls that are due, longest waiting first, and how many there are in all."""
    rows = db.session.execute(
        select(Call, func.coalesce(User.phone, Idea.contact_phone), User.name, func.count().over())
        .join(Call.side)
        .outerjoin(User, User.id == IntroductionSide.user_id)
        .outerjoin(
            Idea, and_(Idea.id == IntroductionSide.subject_id, IntroductionSide.kind == "idea")
        )
        .where(Call.done_at.is_(None), Call.due_at <= clock.now())
        .options(_whole())
        .order_by(Call.created_at, Call.id)
        .limit(limit)
        .offset(skip)
    ).all()
    planned = [
        Planned(call, name or _("Ideengeber:in ohne Konto"), phone or "")
        for call, phone, name, _number in rows
    ]
    return planned, rows[0][3] if rows else 0


def call_to_make(call_id: int) -> Call | None:
    """Return a call with its side, introduction and suggestion."""
    return db.session.scalar(select(Call).where(Call.id == call_id).options(_whole()))


def answers_of(call: Call) -> dict[str, object]:
    """Return what a call can end with, as buttons."""
    if call.purpose == "ask":
        return {**_ASK, NOT_REACHED: NOT_REACHED_NAME}
    if call.purpose.startswith("outcome_"):
        return {**answers_after(int(call.purpose[-2:])), NOT_REACHED: NOT_REACHED_NAME}
    return answers_to_news()


def answers_to_news() -> dict[str, object]:
    """Return what a call ends with that only tells something."""
    return {**_TOLD, NOT_REACHED: NOT_REACHED_NAME}


def note_call(call: Call, answer: str, seen: int) -> None:
    """Note how a call went; `seen` is how many attempts the page showed.

    Not reached: it comes back the next day at the same time.
    """
    if answer not in answers_of(call):
        raise ValueError(f"unknown answer {answer!r}")
    now = clock.now()
    values: dict[str, object] = {"attempts": seen + 1, "done_at": now}
    if answer == NOT_REACHED:
        values |= {"done_at": None, "due_at": clock.shifted(now, days=1)}
    noted = db.session.execute(
        update(Call)
        .where(Call.id == call.id, Call.done_at.is_(None), Call.attempts == seen)
        .values(**values)
    )
    if not noted.rowcount:  # type: ignore[attr-defined]
        raise AlreadyCalled
    if answer == NOT_REACHED:
        return
    if call.purpose == "ask":
        introductions.answer(call.side, answer == "ja")
    elif call.purpose.startswith("outcome_"):
        note_outcome(outcome_of_call(call.side_id, call.purpose), answer)


def record_of(call: Call) -> Subject:
    """Return whose record the call is noted in: an opening's is its team's."""
    side = call.side
    if side.kind == "opening":
        return "team", db.session.get_one(Opening, side.subject_id).team_id
    return side.kind, side.subject_id


def other_side(side: IntroductionSide) -> IntroductionSide:
    """Return the side this one is introduced to."""
    return next(each for each in side.introduction.sides if each.id != side.id)


def _whole() -> ORMOption:
    introduction = joinedload(Call.side).joinedload(IntroductionSide.introduction)
    return introduction.options(
        joinedload(Introduction.suggestion), selectinload(Introduction.sides)
    )
