"""What came of introductions: asked after two weeks and two months, answered with one click."""

from collections.abc import Sequence
from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict
from portal.extensions import db
from portal.matches import learning, telling
from portal.matches.introductions import forget_calls, name_of
from portal.matches.models import Introduction, IntroductionSide, Outcome
from portal.messages.keys import find_key, make_key, use_up
from portal.messages.models import MailKey

DAYS = (14, 60)
PURPOSE = "introduction-outcome"
KEY_DAYS = 30
ANSWERS = {
    "zusammen": _l("Ja, und wir machen zusammen weiter"),
    "getroffen": _l("Ja, aber es ist nichts weiter daraus geworden"),
    "verabredet": _l("Noch nicht, aber wir haben etwas ausgemacht"),
    "keine_zeit": _l("Nein, uns hat die Zeit gefehlt"),
    "keine_antwort": _l("Nein, es kam keine Antwort mehr"),
    "passt_nicht": _l("Nein, es hat nicht gepasst"),
}
# After these nobody asks again: it is over.
ENDED = ("getroffen", "passt_nicht")
_WORKED = ("zusammen", "verabredet")


class AlreadyTold(Conflict):
    """The link was used, or somebody wrote the answer down meanwhile."""

    message = _l("Diese Frage ist schon beantwortet. Danke!")


def answers_after(days: int) -> dict[str, object]:
    """Return what can be answered; after two months nobody is still about to meet."""
    return {
        code: words for code, words in ANSWERS.items() if days == DAYS[0] or code != "verabredet"
    }


def ask_how_it_went(introduction: Introduction, days: int) -> None:
    """Ask both sides that are still there; each is asked once for these `days`."""
    sides = introduction.sides
    for side, other in zip(sides, reversed(sides), strict=True):
        outcome = Outcome(side_id=side.id, days=days)
        db.session.add(outcome)
        db.session.flush()
        if side.user and not side.user.active:
            continue
        key = make_key(PURPOSE, outcome.id, days=KEY_DAYS, user_id=side.user_id)
        name = name_of((other.kind, other.subject_id))
        letter = partial(telling.how_did_it_go, key, name, days)
        call = f"outcome_{days}"
        telling.tell(side, f"outcome:{days}", letter, call=call, urgent=True, about=_named(other))


def _named(side: IntroductionSide) -> User | None:
    """Return the account `name_of` calls by its first name, if it is not a team."""
    return side.user if side.kind in ("person", "idea") else None


def outcome_by_token(token: str) -> tuple[MailKey, Outcome] | None:
    """Return the key and what it is about while it is good."""
    key = find_key(token, PURPOSE)
    outcome = db.session.scalar(_complete().where(Outcome.id == key.subject_id)) if key else None
    return (key, outcome) if key and outcome else None


def answer_by_key(key: MailKey, outcome: Outcome, answer: str) -> None:
    """Note an answer and use its link up."""
    if not use_up(key):
        raise AlreadyTold
    note_outcome(outcome, answer)


def note_outcome(outcome: Outcome, answer: str) -> None:
    """Note an answer, by link or by telephone: the first one counts."""
    if answer not in answers_after(outcome.days):
        raise ValueError(f"unknown answer {answer!r}")
    noted = db.session.execute(
        update(Outcome)
        .where(Outcome.id == outcome.id, Outcome.answer.is_(None))
        .values(answer=answer, answered_at=clock.now())
    )
    if not noted.rowcount:  # type: ignore[attr-defined]
        raise AlreadyTold
    forget_calls(outcome.side, f"outcome_{outcome.days}")
    suggestion = outcome.side.introduction.suggestion
    worked = answer in _WORKED
    learning.note(suggestion, learning.WORKED if worked else learning.FAILED, answer)


def outcomes_of(introduction_ids: Sequence[int]) -> Sequence[Outcome]:
    """Return what was asked and told about these introductions, oldest first."""
    return db.session.scalars(
        _complete().where(IntroductionSide.introduction_id.in_(introduction_ids))
    ).all()


def outcome_of_call(side_id: int, purpose: str) -> Outcome:
    """Return what a call about an outcome is about."""
    days = int(purpose.removeprefix("outcome_"))
    return db.session.scalars(
        _complete().where(Outcome.side_id == side_id, Outcome.days == days)
    ).one()


def _complete() -> Select[Outcome]:
    """Select outcomes with their side, introduction and suggestion."""
    introduction = joinedload(Outcome.side).joinedload(IntroductionSide.introduction)
    return (
        select(Outcome)
        .join(Outcome.side)
        .options(
            introduction.options(
                joinedload(Introduction.suggestion), selectinload(Introduction.sides)
            )
        )
        .order_by(Outcome.id)
    )
