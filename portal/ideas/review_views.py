"""The coordinators' page: glance at what came in, publish, hide with a reason, move on."""

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas import actions, queries, rules
from portal.ideas.blueprint import ID, bp
from portal.ideas.forms import HideForm, MoveForm, number
from portal.ideas.models import Idea
from portal.ideas.topics import topic_names
from portal.ideas.wording import STATE_NAMES
from portal.paging import Cursor
from portal.routing import row_number

LIST_NAMES = {
    "wartet": _l("Neu"),
    "erfasst": _l("Erfasst"),
    "laufend": _l("In Arbeit"),
    "beendet": _l("Abgeschlossen"),
    "verborgen": _l("Verborgen"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """An idea with what this coordinator may do; `is_open` names the form with an error."""

    idea: Idea
    hide_form: HideForm | None
    move_form: MoveForm | None
    may_publish: bool
    may_found_team: bool
    is_own: bool
    is_own_capture: bool
    is_open: str = ""


@bp.get("/koordination/ideen")
@coordinator_required
def review() -> Response:
    """List the ideas of one kind, longest waiting first, or a single one."""
    return _work_page()


@bp.post(f"/koordination/ideen/{ID}/veroeffentlichen")
@coordinator_required
def publish(idea_id: int) -> Response:
    """Show the idea to everybody."""
    idea = _idea_to_decide(idea_id)
    try:
        actions.publish_idea(idea, current_user)
    except actions.AlreadyDecided as late:
        return _too_late(late, idea_id)
    db.session.commit()
    return _done(idea_id, _("Die Idee ist jetzt öffentlich."))


@bp.post(f"/koordination/ideen/{ID}/verbergen")
@coordinator_required
def hide(idea_id: int) -> Response:
    """Take the idea from the public pages, with a reason."""
    idea = _idea_to_decide(idea_id)
    form = HideForm()
    if not form.validate():
        return _work_page(idea, hide_form=form)
    try:
        actions.hide_idea(idea, current_user, form.reason.data or "")
    except actions.AlreadyDecided as late:
        return _too_late(late, idea_id)
    db.session.commit()
    return _done(
        idea_id, _("Die Idee ist nicht mehr öffentlich. Der Grund steht beim Fortschritt.")
    )


@bp.post(f"/koordination/ideen/{ID}/stand")
@coordinator_required
def move(idea_id: int) -> Response:
    """Bring the idea to another state."""
    idea = _idea_to_decide(idea_id)
    form = MoveForm(idea)
    if not form.validate():
        return _work_page(idea, move_form=form)
    try:
        actions.move_idea(idea, form.state.data, form.message(), current_user)
    except actions.AlreadyDecided as late:
        return _too_late(late, idea_id)
    db.session.commit()
    return _done(idea_id, _("Neuer Stand: %(state)s.", state=STATE_NAMES[idea.state]))


def _idea_to_decide(idea_id: int) -> Idea:
    idea = queries.idea_to_decide(idea_id)
    if idea is None:
        abort(404)
    if rules.is_from(current_user, idea) or rules.needs_other_eyes(current_user, idea):
        abort(403)
    return idea


def _done(idea_id: int, notice: str) -> Response:
    flash(notice, "good")
    return redirect(_list_url(idea_id), 303)


def _too_late(late: actions.AlreadyDecided, idea_id: int) -> Response:
    db.session.rollback()
    flash(str(late), "warn")
    return redirect(_list_url(idea_id), 303)


def _list_url(idea_id: int) -> str:
    """Return to the page the button stood on; `fertig` moves the focus to the list."""
    if request.form.get("einzeln"):
        return url_for(".review", idee=idea_id, fertig=1)
    return url_for(".review", liste=_kind(), fertig=1)


def _kind() -> str:
    kind = request.values.get("liste", "")
    return kind if kind in LIST_NAMES else "wartet"


def _work_page(
    failed: Idea | None = None,
    *,
    hide_form: HideForm | None = None,
    move_form: MoveForm | None = None,
) -> Response:
    """Render the list; after an error with the form that failed, filled and open."""
    kind = _kind()
    asked_for = row_number("idee")
    # After an error only the idea it is about: the rest of the list is one click away.
    single = failed.id if failed else asked_for
    if single:
        found = queries.idea_in_full(Idea.id == single)
        page = queries.Page([found] if found else [], None)
    else:
        page = queries.ideas_to_review(kind, Cursor.parse(request.args.get("nach", "")))
    return render_page(
        "ideas/review.html",
        fragments={"idea-queue"},
        status=422 if failed else 200,
        form=hide_form or move_form,
        works=[_work(idea, hide_form, move_form) for idea in page.ideas],
        kind=kind,
        is_single=bool(asked_for or request.form.get("einzeln")),
        has_finished="fertig" in request.args,
        next_url=url_for(".review", liste=kind, nach=str(page.next)) if page.next else None,
        list_names=LIST_NAMES,
        state_names=STATE_NAMES,
        topic_names=topic_names(),
    )


def _work(idea: Idea, hide_form: HideForm | None, move_form: MoveForm | None) -> Work:
    may_hide, may_move = rules.may_hide(current_user, idea), rules.may_move(current_user, idea)
    hide_form = hide_form or (HideForm(formdata=None) if may_hide else None)
    move_form = move_form or (MoveForm(idea, is_sent=False) if may_move else None)
    is_open = "hide" if hide_form and hide_form.errors else ""
    return Work(
        idea=idea,
        hide_form=number(hide_form, idea.id) if hide_form else None,
        move_form=number(move_form, idea.id) if move_form else None,
        may_publish=rules.may_publish(current_user, idea),
        may_found_team=idea.is_public and rules.may_found_team(current_user, idea),
        is_own=rules.is_from(current_user, idea),
        is_own_capture=rules.needs_other_eyes(current_user, idea),
        is_open="move" if move_form and move_form.errors else is_open,
    )
