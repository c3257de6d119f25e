"""„Ich kenne jemanden“: find the person, team, opening or office, say why, add the pair."""

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.forms import clean_query
from portal.htmx import render_page
from portal.matches import by_hand, queries
from portal.matches.actions import PairWasDeclined
from portal.matches.blueprint import bp
from portal.matches.cards import Detail, details_of
from portal.matches.forms import ByHandForm
from portal.matches.index import Known, Replica, replica
from portal.matches.subjects import Subject

FOUND = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody or something that was found; `why_not` says in words what stands against it."""

    detail: Detail
    value: str
    why_not: object = ""


@bp.route("/koordination/vorschlaege/von-hand/<kind>/<int:subject_id>", methods=["GET", "POST"])
@coordinator_required
def by_hand_pair(kind: str, subject_id: int) -> Response:
    """Search for a candidate, choose it and say why it fits."""
    asking: Subject = (kind, subject_id)
    if kind not in by_hand.ASKING:
        abort(404)
    detail = details_of([asking], current_user).get(asking) or abort(404)
    index = replica()
    form = ByHandForm()
    if form.validate_on_submit():
        return _add(index, asking, form)
    query = clean_query(request.values.get("q", ""))
    return render_page(
        "matches/by_hand.html",
        fragments={"candidates"},
        status=422 if form.errors else 200,
        form=form,
        asking=detail,
        query=query,
        candidates=_candidates(index, asking, query) if query else [],
    )


def _add(index: Replica, asking: Subject, form: ByHandForm) -> Response:
    candidate = form.subject()
    kinds = set(by_hand.CANDIDATES[asking[0]])
    found = dict(index.matches_of(asking, kinds, 200, exclude=frozenset()))
    by_hand.add_by_hand(
        asking,
        candidate,
        note=form.note.data or "",
        by=current_user,
        match=found.get(candidate),
        version=index.matcher.version,
    )
    db.session.commit()
    if candidate[0] == "office":
        flash(_("Danke! Die Stelle steht jetzt bei der Idee."), "good")
    else:
        flash(_("Danke! Der Vorschlag steht jetzt vorn in der Liste."), "good")
    return redirect(url_for("matches.queue"), 303)


def _candidates(index: Replica, asking: Subject, query: str) -> list[Candidate]:
    """Return who is called so or says so, then what fits by meaning, best first."""
    kinds = by_hand.CANDIDATES[asking[0]]
    wanted = query.casefold()

    def says_so(known: Known) -> bool:
        return wanted in f"{known.title}\n{known.text}".casefold()

    named = [known for known in list(index.known.values()) if known.subject[0] in kinds]
    called = sorted(filter(says_so, named), key=lambda each: wanted not in each.title.casefold())
    alike = [known for known, _match in index.search(query, kinds, FOUND, lambda known: True)]
    subjects = list(dict.fromkeys(known.subject for known in [*called, *alike]))[:FOUND]
    details = details_of(subjects, current_user)
    taken = queries.states_of_pairs(asking, subjects)
    ours = index.known.get(asking)
    return [
        Candidate(
            details[each],
            f"{each[0]}-{each[1]}",
            _why_not(ours, index.known.get(each), taken.get(each)),
        )
        for each in subjects
        if each in details
    ]


def _why_not(asking: Known | None, candidate: Known | None, state: str | None) -> object:
    if state == "declined":
        return PairWasDeclined.message
    if state == "approved":
        return _("Die beiden fragen wir schon.")
    code = by_hand.why_not(asking, candidate)
    return by_hand.CannotBePaired(code).message if code else ""
