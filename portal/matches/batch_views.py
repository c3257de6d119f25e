"""Approving many suggestions at once, after reading who will be asked; and taking them back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from matching import LABELS, VERY_GOOD
from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.matches import actions, queries
from portal.matches.blueprint import bp
from portal.matches.cards import Card, Detail
from portal.matches.fairness import Load, fill_queue, loads_of, sides_of
from portal.matches.forms import BatchForm
from portal.matches.models import Suggestion
from portal.matches.reasons import LABEL_WORDS
from portal.matches.review_views import cards_of, decidable
from portal.matches.subjects import Subject

MOST = 40  # pairs on one page: what somebody can still look over
QUESTIONS_AT_ONCE = 2  # nobody is asked about more pairs at the same time, unless it is ticked
STEPS = {label.replace(" ", "-"): label for label in LABELS[:-1]}  # in the address bar


@dataclass(frozen=True, slots=True)
class Choice:
    """One pair; it is ticked unless one of its sides would be asked too much."""

    card: Card
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who will be asked, and about how many pairs."""

    detail: Detail
    questions: int
    running: int


@bp.get("/koordination/vorschlaege/sammeln")
@coordinator_required
def batch() -> Response:
    """Everything that waits and fits at least so well, with who will be asked."""
    step = request.args.get("ab", "")
    step = step if step in STEPS else VERY_GOOD.replace(" ", "-")
    labels = LABELS[: LABELS.index(STEPS[step]) + 1]
    found, waiting = queries.waiting_suggestions(MOST, labels=labels)
    cards = cards_of(found)
    free = decidable(cards)
    cards = [one for one in cards if one.suggestion.id in free]
    loads = loads_of({side for one in cards for side in sides_of(one.suggestion)})
    choices = list(_ticked(cards, loads))
    return render_page(
        "matches/batch.html",
        step=step,
        steps={name: LABEL_WORDS[label] for name, label in STEPS.items()},
        choices=choices,
        asked=_asked([one.card for one in choices if one.is_ticked], loads),
        waiting=waiting,
        most=QUESTIONS_AT_ONCE,
        undo_minutes=int(actions.UNDO_TIME.total_seconds() // 60),
    )


@bp.post("/koordination/vorschlaege/sammeln")
@coordinator_required
def approve_batch() -> Response:
    """Approve what was ticked; what a colleague decided meanwhile stays as it is."""
    form = BatchForm()
    if not form.validate_on_submit():
        flash(_("Kreuze bitte an, welchen Vorschlägen du zustimmst."))
        return redirect(url_for("matches.batch"), 303)
    versions = form.versions()
    rows = queries.suggestions_by_id(versions)
    free = decidable(cards_of(rows))
    chosen = {row: versions[row.id] for row in rows if row.id in free}
    approved = actions.approve_many(chosen, current_user)
    fill_queue({side for row in approved for side in sides_of(row)})
    db.session.commit()
    flash(
        ngettext(
            "%(num)d Vorschlag zugestimmt. In zehn Minuten fragen wir beide Seiten.",
            "%(num)d Vorschlägen zugestimmt. In zehn Minuten fragen wir alle Beteiligten.",
            len(approved),
        ),
        "good",
    )
    if left := len(versions) - len(approved):
        flash(
            ngettext(
                "%(num)d ging nicht mehr: Da war jemand schneller, oder es betrifft dich selbst.",
                "%(num)d gingen nicht mehr: Da war jemand schneller, oder es betrifft dich selbst.",
                left,
            ),
            "warn",
        )
    return redirect(url_for("matches.decided"), 303)


@bp.post("/koordination/vorschlaege/alle-zurueck")
@coordinator_required
def undo_all() -> Response:
    """Take back what this coordinator approved in the last minutes and nobody was asked about."""
    rows = queries.approved_lately(current_user.id, clock.now() - actions.UNDO_TIME)
    for row in rows:
        actions.undo(row, row.version)
    db.session.commit()
    flash(
        ngettext(
            "%(num)d Zustimmung zurückgenommen.", "%(num)d Zustimmungen zurückgenommen.", len(rows)
        )
    )
    return redirect(url_for("matches.decided"), 303)


def _ticked(cards: list[Card], loads: Mapping[Subject, Load]) -> Iterator[Choice]:
    """Tick in order until a side has as many questions as are good for it."""
    questions = Counter(
        {_group(one, side): loads[side].asked for one in cards for side in sides_of(one.suggestion)}
    )
    for one in cards:
        groups = [_group(one, side) for side in sides_of(one.suggestion)]
        fits = all(questions[group] < QUESTIONS_AT_ONCE for group in groups)
        if fits:
            questions.update(groups)
        yield Choice(one, fits)


def _asked(cards: list[Card], loads: Mapping[Subject, Load]) -> list[Asked]:
    """Return who will be asked, most questions first; whoever wished for it has said yes."""
    details: dict[Subject, Detail] = {}
    questions: Counter[Subject] = Counter()
    running: dict[Subject, int] = {}
    for one in cards:
        for detail in (one.own, one.other):
            if detail is None or _has_wished(one.suggestion, detail):
                continue
            details.setdefault(detail.asked, detail)
            questions[detail.asked] += 1
            running[detail.asked] = loads[detail.subject].asked
    return [Asked(details[who], n, running[who]) for who, n in questions.most_common()]


def _has_wished(suggestion: Suggestion, detail: Detail) -> bool:
    wished_by = suggestion.wished_by_id
    return wished_by is not None and wished_by in detail.owners


def _group(one: Card, side: Subject) -> Subject:
    details = {detail.subject: detail for detail in (one.own, one.other) if detail}
    return details[side].asked
