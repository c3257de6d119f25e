"""The coordinators' review of suggestions that concern people."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.matches import actions, introductions, queries, rules
from portal.matches.actions import DECLINE_REASONS
from portal.matches.blueprint import bp
from portal.matches.cards import Card, card, details_of
from portal.matches.fairness import fill_queue, sides_of
from portal.matches.forms import DecisionForm, UndoForm
from portal.matches.models import Introduction, Suggestion

PAGE = 20


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of the last days and whether it can still be taken back."""

    card: Card
    introduction: Introduction | None
    may_undo: bool


@bp.get("/koordination/vorschlaege")
@coordinator_required
def queue() -> Response:
    """Suggestions waiting for a decision: wishes first, then strong and old ones."""
    waiting = queries.count_waiting()
    pages = max(1, -(-waiting // PAGE))
    page = min(max(1, request.args.get("seite", 1, type=int)), pages)
    cards = _cards(queries.waiting_suggestions(PAGE, skip=(page - 1) * PAGE))
    return render_page(
        "matches/queue.html",
        fragments={"review-queue"},
        announcement=ngettext(
            "Noch %(num)d Vorschlag zu prüfen", "Noch %(num)d Vorschläge zu prüfen", waiting
        ),
        cards=cards,
        waiting=waiting,
        page=page,
        next_url=url_for("matches.queue", seite=page + 1) if page < pages else None,
        first_url=url_for("matches.queue") if page > 1 else None,
        decline_reasons=DECLINE_REASONS,
        undo_minutes=int(actions.UNDO_TIME.total_seconds() // 60),
        decidable=_decidable(cards),
    )


@bp.post("/koordination/vorschlaege/<int:suggestion_id>")
@coordinator_required
def decide(suggestion_id: int) -> Response:
    """Approve, decline with a reason, or put aside."""
    suggestion = db.get_or_404(Suggestion, suggestion_id)
    form = DecisionForm()
    queue_url = url_for("matches.queue", seite=form.seite.data)
    if not form.validate_on_submit() or (form.decision.data == "decline" and not form.reason.data):
        flash(_("Wähle bitte einen Grund, warum es nicht passt."))
        return redirect(queue_url, 303)
    if suggestion.id not in _decidable(_cards([suggestion])):
        abort(403)
    version = form.version.data
    if form.decision.data == "approve":
        actions.approve(suggestion, current_user, version)
        notice = _("Zugestimmt. Beide Seiten werden in zehn Minuten gefragt.")
    elif form.decision.data == "decline":
        actions.decline(suggestion, current_user, version, form.reason.data)
        notice = _("Abgelehnt. Dieses Paar wird nicht mehr vorgeschlagen.")
    else:
        actions.snooze(suggestion, version)
        notice = _("Zurückgelegt. Der Vorschlag kommt in einer Woche wieder.")
    fill_queue(sides_of(suggestion))
    db.session.commit()
    flash(notice)
    return redirect(queue_url, 303)


@bp.get("/koordination/vorschlaege/entschieden")
@coordinator_required
def decided() -> Response:
    """The latest decisions: take back, or ask at once."""
    suggestions = queries.decided_suggestions()
    found = queries.introductions_by_suggestion([row.id for row in suggestions])
    entries = []
    for one in _cards(suggestions):
        introduction = found.get(one.suggestion.id)
        asked = introduction is not None and introduction.asked_at is not None
        entries.append(Decided(one, introduction, may_undo=not asked))
    return render_page(
        "matches/decided.html",
        fragments={"decided"},
        entries=entries,
        decline_reasons=DECLINE_REASONS,
    )


@bp.post("/koordination/vorschlaege/<int:suggestion_id>/zurueck")
@coordinator_required
def undo(suggestion_id: int) -> Response:
    """Take a decision back while nobody has been asked."""
    suggestion = db.get_or_404(Suggestion, suggestion_id)
    form = UndoForm()
    if not form.validate_on_submit():
        abort(400)
    actions.undo(suggestion, form.version.data)
    db.session.commit()
    flash(_("Zurückgenommen. Der Vorschlag steht wieder in der Liste."))
    return redirect(url_for("matches.decided"), 303)


@bp.post("/koordination/vorschlaege/<int:suggestion_id>/jetzt")
@coordinator_required
def ask_now(suggestion_id: int) -> Response:
    """Ask both sides at once instead of in ten minutes."""
    introductions.ask_at_once(db.get_or_404(Suggestion, suggestion_id))
    db.session.commit()
    flash(_("Beide Seiten sind gefragt."))
    return redirect(url_for("matches.decided"), 303)


def _cards(suggestions: Sequence[Suggestion]) -> list[Card]:
    """Return both sides of each suggestion for the signed-in coordinator."""
    sources = [(row.source_kind, row.source_id) for row in suggestions]
    targets = [(row.target_kind, row.target_id) for row in suggestions]
    details = details_of([*sources, *targets], current_user)
    return [
        card(row, source, details[target], own=details[source])
        for row, source, target in zip(suggestions, sources, targets, strict=True)
        if source in details and target in details
    ]


def _decidable(cards: list[Card]) -> set[int]:
    """Return the suggestions the signed-in coordinator may decide: none about themselves."""
    return {
        one.suggestion.id
        for one in cards
        if one.own and rules.may_decide(current_user, one.own.owners | one.other.owners)
    }
