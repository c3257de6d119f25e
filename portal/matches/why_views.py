"""„Warum sehe ich das?“: both texts, every reason with its strength, and how to say no."""

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.rules import may_read
from portal.matches import actions, reasons, rules
from portal.matches.blueprint import bp
from portal.matches.cards import WHOLE_TEXT, Card, Detail, card, details_of
from portal.matches.fairness import fill_queue, sides_of
from portal.matches.forms import NotForMeForm
from portal.matches.index import replica
from portal.matches.models import Suggestion
from portal.matches.subjects import Subject

VISIBLE = ("shown", "open", "snoozed", "approved")
WISHES = ("team", "opening", "idea")


@dataclass(frozen=True, slots=True)
class Sight:
    """A suggestion as one reader may see it, from `subject`'s side."""

    subject: Subject
    card: Card
    is_own: bool  # the reader is the person it is for


@bp.get("/vorschlaege/<int:suggestion_id>/warum")
def why(suggestion_id: int) -> Response:
    """Why two things were put together, for everybody who may see that they were."""
    suggestion = db.get_or_404(Suggestion, suggestion_id)
    sight = _sight(suggestion, request.args.get("t", "")) or abort(404)
    turned = sight.subject != (suggestion.source_kind, suggestion.source_id)
    other = sight.card.other
    return render_page(
        "matches/why.html",
        card=sight.card,
        weighed=reasons.weighed(
            suggestion.reasons, turned=turned, hide_other=not other.is_complete
        ),
        is_own=sight.is_own,
        may_decline=sight.is_own and suggestion.state != "approved",
        may_wish=sight.is_own and suggestion.state != "approved" and other.subject[0] in WISHES,
        may_review=current_user.is_authenticated
        and current_user.is_coordinator
        and suggestion.needs_review
        and suggestion.state == "open",
        own_reasons=actions.OWN_REASONS,
        back=url_for("matches.for_profile") if sight.is_own else "",
    )


@bp.post("/vorschlaege/<int:suggestion_id>/passt-nicht")
@login_required
def not_for_me(suggestion_id: int) -> Response:
    """Sort a suggestion out for oneself, with a reason the matcher can learn from."""
    suggestion = db.get_or_404(Suggestion, suggestion_id)
    if ("person", current_user.id) not in sides_of(suggestion):
        abort(404)
    form = NotForMeForm()
    if not form.validate_on_submit():
        abort(400)
    actions.say_not_for_me(suggestion, current_user, form.reason.data)
    fill_queue(sides_of(suggestion))
    db.session.commit()
    flash(_("Danke! Das schlagen wir dir nicht mehr vor. Niemand sonst erfährt davon."))
    return redirect(url_for("matches.for_profile"), 303)


def _sight(suggestion: Suggestion, token: str) -> Sight | None:
    """Return what the reader may see of a suggestion, None if they may not even know of it."""
    pair = (
        (suggestion.source_kind, suggestion.source_id),
        (suggestion.target_kind, suggestion.target_id),
    )
    is_coordinator = current_user.is_authenticated and current_user.is_coordinator
    if suggestion.state not in VISIBLE and not is_coordinator:
        return None
    own_id = current_user.id if current_user.is_authenticated else 0
    readable = [side for side in pair if _is_readable(side, token)]
    details = details_of(readable, current_user, opened=readable)
    if any(side not in details for side in pair):
        return None
    subject = _standpoint(pair, details, own_id, is_coordinator)
    if subject is None:
        return None
    other = pair[1] if subject == pair[0] else pair[0]
    shown = card(suggestion, subject, details[other], own=details[subject], limit=WHOLE_TEXT)
    return Sight(subject, shown, is_own=subject == ("person", own_id))


def _standpoint(
    pair: tuple[Subject, Subject],
    details: dict[Subject, Detail],
    own_id: int,
    is_coordinator: bool,
) -> Subject | None:
    """Return the side the reader stands on: their own, their team's, else the one that asked."""
    if ("person", own_id) in pair:
        return "person", own_id
    if is_coordinator or all(kind != "person" for kind, _id in pair):
        return pair[0]
    for side, other in (pair, pair[::-1]):
        leads = _leads(side)
        if leads and rules.may_see_people_of(current_user, leads) and details[other].url:
            return side
    return None


def _leads(side: Subject) -> list[int]:
    known = replica().known.get(side) if side[0] in ("team", "opening") else None
    leads = known.facts.get("leads") if known else None
    return list(leads) if isinstance(leads, list) else []


def _is_readable(side: Subject, token: str) -> bool:
    """Whether a thing that may not be public yet is open to the reader; people: see cards."""
    if side[0] != "idea":
        return True
    reader = current_user if current_user.is_authenticated else None
    idea = db.session.get(Idea, side[1])
    return idea is not None and may_read(reader, idea, token)
