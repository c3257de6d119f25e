"""Who may do what with an idea. Pure: a person (anonymous or None without account) and an idea.

`token` is what somebody brought along from a progress link: for a person without account the link
is the key. Nobody decides about their own idea (four eyes).
"""

import hmac
from datetime import datetime, timedelta
from typing import TypeGuard

from portal.accounts.models import User
from portal.ideas.models import STATES, Idea

# So long a withdrawn idea can be brought back by the initiator.
UNDO_TIME = timedelta(days=14)
ENDED = frozenset({"team_gegruendet", "weitergegeben", "nicht_bei_wiq"})
# States that are no use to the initiator without a word: the question, the place, the reason.
EXPLAINED = frozenset({"rueckfrage", "weitergegeben", "nicht_bei_wiq"})
_PATH = (
    "eingegangen",
    "im_gespraech",
    "vorbereitet",
    "im_steuerungsteam",
    "angenommen",
    "team_gegruendet",
)


def is_initiator(user: User | None, idea: Idea) -> bool:
    """Whether this account posted the idea."""
    return _has_account(user) and idea.initiator_id == user.id


def is_from(user: User | None, idea: Idea) -> bool:
    """Whether the idea is this person's, also when they posted it without signing in.

    Such an idea opens to its link only; but whoever left this very address decides nothing.
    """
    if is_initiator(user, idea):
        return True
    address = (idea.contact_email or "").casefold()
    return _has_account(user) and bool(address) and address == user.email.casefold()


def needs_other_eyes(user: User | None, idea: Idea) -> bool:
    """Whether this person wrote the idea down: somebody else says whether it becomes public."""
    return _has_account(user) and idea.captured_by_id == user.id and not idea.is_public


def holds_token(idea: Idea, token: str) -> bool:
    """Whether `token` is the one of the idea's progress link."""
    return hmac.compare_digest(token.encode("utf-8", "replace"), idea.progress_token.encode())


def is_own(user: User | None, idea: Idea, token: str = "") -> bool:
    """Whether the idea belongs to this account or to whoever brought this token."""
    return is_initiator(user, idea) or holds_token(idea, token)


def is_public_at_once(user: User | None, *, under_16: bool, setting: bool) -> bool:
    """Whether a new text of this person needs no coordinator's glance before others read it."""
    if not _has_account(user) or under_16 or user.under_16:
        return False
    return setting and user.confirmed_at is not None


def may_read(user: User | None, idea: Idea, token: str = "") -> bool:
    """Everybody reads public ideas; others only the initiator and coordinators."""
    return idea.is_public or is_own(user, idea, token) or may_review(user)


def may_edit(user: User | None, idea: Idea, token: str = "") -> bool:
    """The initiator changes the text, as long as no team works by it and it is not withdrawn."""
    return may_withdraw(user, idea, token) and not idea.became_a_team


def may_withdraw(user: User | None, idea: Idea, token: str = "") -> bool:
    """The initiator takes it back at any time; withdrawn it is brought back first."""
    return is_own(user, idea, token) and not idea.is_withdrawn


def may_restore(user: User | None, idea: Idea, token: str = "", *, now: datetime) -> bool:
    """The initiator undoes a withdrawal for two weeks, never a coordinator's decision."""
    if not is_own(user, idea, token) or idea.withdrawn_at is None:
        return False
    return now - idea.withdrawn_at <= UNDO_TIME


def may_review(user: User | None) -> bool:
    """Whether this person works on the ideas that came in."""
    return _has_account(user) and user.is_coordinator


def may_decide(user: User | None, idea: Idea) -> bool:
    """A coordinator decides, but never about their own or a withdrawn idea."""
    if is_from(user, idea) or needs_other_eyes(user, idea):
        return False
    return may_review(user) and not idea.is_withdrawn


def may_publish(user: User | None, idea: Idea) -> bool:
    """Only what is not public yet can be published."""
    return may_decide(user, idea) and not idea.is_public


def may_hide(user: User | None, idea: Idea) -> bool:
    """Waiting and public ideas can be hidden."""
    return may_decide(user, idea) and idea.hidden_at is None


def may_move(user: User | None, idea: Idea) -> bool:
    """A hidden idea stays where it is until it is shown again, one with a team for good."""
    return may_decide(user, idea) and idea.hidden_at is None and not idea.became_a_team


def may_found_team(user: User | None, idea: Idea) -> bool:
    """A team can grow from an idea that is open and can still move there."""
    return may_move(user, idea) and "team_gegruendet" in next_states(idea.state)


def next_states(state: str) -> tuple[str, ...]:
    """Return the states a coordinator can choose; an ended idea can only be taken up again."""
    if state in ENDED:
        return ("im_gespraech",)
    return tuple(other for other in STATES if other not in (state, "eingegangen"))


def steps_ahead(state: str) -> tuple[str, ...]:
    """Return what usually still follows, for the step list; nothing once it has ended."""
    if state in ENDED:
        return ()
    here = _PATH.index("im_steuerungsteam" if state == "rueckfrage" else state)
    return _PATH[here + 1 :]


def _has_account(user: User | None) -> TypeGuard[User]:
    return user is not None and user.is_authenticated
