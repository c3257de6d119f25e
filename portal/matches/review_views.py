"""The coordinators' review of suggestions that concern people."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.matches import actions, introductions, queries, rules
from portal.matches.actions import DECLINE_REASONS
from portal.matches.blueprint import bp
from portal.matches.cards import Card, card, details_of
from portal.matches.fairness import fill_queue, loads_of, sides_of
from portal.matches.forms import SNOOZES, DecisionForm, UndoForm
from portal.matches.models import Introduction, Suggestion

PAGE = 20


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of the last days, and whether this coordinator can still take it back."""

    card: Card
    introduction: Introduction | None
    may_undo: bool


@bp.get("/koordination/vorschlaege")
@coordinator_required
def queue() -> Response:
    """Suggestions waiting for a decision: wishes first, then strong and old ones."""
    page = min(max(1, request.args.get("seite", 1, type=int)), 10_000)
    found, waiting = queries.waiting_suggestions(PAGE, skip=(page - 1) * PAGE)
    if page > 1 and not found:  # the last one of the last page was decided
        page = max(1, -(-queries.count_waiting() // PAGE))
        found, waiting = queries.waiting_suggestions(PAGE, skip=(page - 1) * PAGE)
    last = queries.last_decision_of(current_user.id, clock.now() - actions.UNDO_TIME)
    shown = cards_of([*found, *([last] if last else [])])
    cards = [one for one in shown if one.suggestion is not last]
    sides = {side for one in cards for side in sides_of(one.suggestion)}
    return render_page(
        "matches/queue.html",
        fragments={"review-queue"},
        announcement=ngettext(
            "Noch %(num)d Vorschlag zu prüfen", "Noch %(num)d Vorschläge zu prüfen", waiting
        ),
        cards=cards,
        last=next((one for one in shown if one.suggestion is last), None),
        loads=loads_of(sides),
        waiting=waiting,
        page=page,
        next_url=url_for("matches.queue", seite=page + 1) if page * PAGE < waiting else None,
        first_url=url_for("matches.queue") if page > 1 else None,
        decline_reasons=DECLINE_REASONS,
        snoozes=SNOOZES,
        first_day=clock.today(),
        undo_minutes=int(actions.UNDO_TIME.total_seconds() // 60),
        decidable=decidable(cards),
    )


@bp.post("/koordination/vorschlaege/<int:suggestion_id>")
@coordinator_required
def decide(suggestion_id: int) -> Response:
    """Approve, decline with a reason, or put aside until a day."""
    suggestion = _suggestion_to_decide(suggestion_id)
    form = DecisionForm()
    queue_url = url_for("matches.queue", seite=form.seite.data)
    if not form.validate_on_submit() or (form.decision.data == "decline" and not form.reason.data):
        no_reason = _("Wähle bitte einen Grund, warum es nicht passt.")
        flash(str(next(iter(form.until.errors), no_reason)))
        return redirect(queue_url, 303)
    version = form.version.data
    if form.decision.data == "approve":
        actions.approve(suggestion, current_user, version)
        notice = _("Zugestimmt. Beide Seiten werden in zehn Minuten gefragt.")
    elif form.decision.data == "decline":
        actions.decline(suggestion, current_user, version, form.reason.data)
        notice = _("Abgelehnt. Dieses Paar wird nicht mehr vorgeschlagen.")
    else:
        actions.snooze(suggestion, current_user, version, form.back_on())
        day = format_date(form.back_on(), "long")
        notice = _("Zurückgelegt. Der Vorschlag kommt am %(day)s wieder.", day=day)
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
    cards = cards_of(suggestions)
    free = decidable(cards)
    entries = []
    for one in cards:
        introduction = found.get(one.suggestion.id)
        asked = introduction is not None and introduction.asked_at is not None
        may_undo = not asked and one.suggestion.id in free
        entries.append(Decided(one, introduction, may_undo))
    return render_page(
        "matches/decided.html",
        fragments={"decided"},
        entries=entries,
        decline_reasons=DECLINE_REASONS,
        approved_lately=sum(_may_undo_with_all(entry) for entry in entries),
    )


@bp.post("/koordination/vorschlaege/<int:suggestion_id>/zurueck")
@coordinator_required
def undo(suggestion_id: int) -> Response:
    """Take a decision back while nobody has been asked."""
    suggestion = _suggestion_to_decide(suggestion_id)
    form = UndoForm()
    if not form.validate_on_submit():
        abort(400)
    actions.undo(suggestion, form.version.data)
    db.session.commit()
    flash(_("Zurückgenommen. Der Vorschlag steht wieder in der Liste."))
    if form.seite.data:
        return redirect(url_for("matches.queue", seite=form.seite.data), 303)
    return redirect(url_for("matches.decided"), 303)


@bp.post("/koordination/vorschlaege/<int:suggestion_id>/jetzt")
@coordinator_required
def ask_now(suggestion_id: int) -> Response:
    """Ask both sides at once instead of in ten minutes."""
    introductions.ask_at_once(_suggestion_to_decide(suggestion_id))
    db.session.commit()
    flash(_("Beide Seiten sind gefragt."))
    return redirect(url_for("matches.decided"), 303)


def cards_of(suggestions: Sequence[Suggestion]) -> list[Card]:
    """Return both sides of each suggestion for the signed-in coordinator."""
    sources = [(row.source_kind, row.source_id) for row in suggestions]
    targets = [(row.target_kind, row.target_id) for row in suggestions]
    details = details_of([*sources, *targets], current_user)
    return [
        card(row, source, details[target], own=details[source])
        for row, source, target in zip(suggestions, sources, targets, strict=True)
        if source in details and target in details
    ]


def decidable(cards: list[Card]) -> set[int]:
    """Return the suggestions the signed-in coordinator may decide: none about themselves."""
    return {
        one.suggestion.id
        for one in cards
        if one.own and rules.may_decide(current_user, one.own.owners | one.other.owners)
    }


def _may_undo_with_all(entry: Decided) -> bool:
    row = entry.card.suggestion
    is_mine = row.state == "approved" and row.decided_by_id == current_user.id
    return entry.may_undo and is_mine and row.changed_at >= clock.now() - actions.UNDO_TIME


def _suggestion_to_decide(suggestion_id: int) -> Suggestion:
    """Return what this coordinator may decide about: nobody does about themselves (four eyes)."""
    suggestion = db.get_or_404(Suggestion, suggestion_id)
    if suggestion.id not in decidable(cards_of([suggestion])):
        abort(403)
    return suggestion
