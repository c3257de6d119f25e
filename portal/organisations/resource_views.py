"""Pages of what organisations lend: offer, ask, answer."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.organisations import actions, queries, rules, wording
from portal.organisations.blueprint import ORGANISATION, RESOURCE, bp
from portal.organisations.forms import AnswerForm, BookingForm, ResourceForm
from portal.organisations.models import Booking, Organisation, Resource
from portal.profiles.rules import first_name
from portal.routing import row_number

BOOKING = "/akteure/anfragen/<int:booking_id>"


@bp.get(RESOURCE)
def resource(resource_id: int) -> Response:
    """Show one thing to lend, when it is taken, and the form to ask for it."""
    found = _readable(resource_id)
    return _show(found, BookingForm(found, formdata=None))


@bp.post(RESOURCE)
@login_required
@limiter.limit("20 per hour")
def ask(resource_id: int) -> Response:
    """Ask for it; a conversation with the organisation begins."""
    found = _readable(resource_id)
    if not rules.may_ask_for(current_user, found, found.organisation.member_ids):
        abort(403)
    form = BookingForm(found)
    if not form.validate_on_submit():
        return _show(found, form, 422)
    first_day, last_day = form.days()
    booking = actions.ask_for(
        found,
        by=current_user,
        purpose=form.purpose.data,
        first_day=first_day,
        last_day=last_day,
    )
    db.session.commit()
    flash(_("Deine Anfrage ist unterwegs. Hier könnt ihr euch schreiben."), "good")
    return redirect(url_for("messages.thread", thread_id=booking.thread_id), 303)


@bp.route(f"{ORGANISATION}/angebote/neu", methods=["GET", "POST"])
@login_required
def offer(organisation_id: int) -> Response:
    """Put something on the organisation's list."""
    organisation = queries.organisation_page(organisation_id) or abort(404)
    if not rules.may_edit(current_user, organisation.member_ids):
        abort(403)
    form = ResourceForm()
    if form.validate_on_submit():
        added = actions.offer_resource(organisation, by=current_user, **_texts(form))
        db.session.commit()
        flash(_("Das Angebot steht jetzt auf eurer Seite."), "good")
        return redirect(url_for(".resource", resource_id=added.id), 303)
    form_url = url_for(".offer", organisation_id=organisation.id)
    return _form_page(form, organisation, None, form_url)


@bp.route(f"{RESOURCE}/bearbeiten", methods=["GET", "POST"])
@login_required
def edit_resource(resource_id: int) -> Response:
    """Change what is said about it."""
    found = _own(resource_id)
    form = ResourceForm(
        data={"kind": found.kind, "title": found.title, "text": found.text, "terms": found.terms}
    )
    if form.validate_on_submit():
        actions.change_resource(found, by=current_user, **_texts(form))
        db.session.commit()
        flash(_("Das Angebot ist gespeichert."), "good")
        return redirect(url_for(".resource", resource_id=found.id), 303)
    form_url = url_for(".edit_resource", resource_id=found.id)
    return _form_page(form, found.organisation, found, form_url)


@bp.post(f"{RESOURCE}/schliessen")
@login_required
def close_resource(resource_id: int) -> Response:
    """Lend it no longer."""
    found = _own(resource_id)
    actions.close_resource(found, by=current_user)
    db.session.commit()
    flash(_("Das Angebot ist geschlossen. Du kannst es jederzeit wieder öffnen."))
    return redirect(url_for(".resource", resource_id=found.id), 303)


@bp.post(f"{RESOURCE}/oeffnen")
@login_required
def reopen_resource(resource_id: int) -> Response:
    """Lend it again."""
    found = _own(resource_id)
    actions.reopen_resource(found, by=current_user)
    db.session.commit()
    flash(_("Das Angebot ist wieder offen."), "good")
    return redirect(url_for(".resource", resource_id=found.id), 303)


@bp.get("/akteure/anfragen")
@login_required
def bookings() -> Response:
    """What the person asked for, and what their organisations were asked for."""
    found, older = queries.bookings_for(current_user.id, row_number("vor"))
    return render_page(
        "organisations/bookings.html",
        entries=[
            {
                "booking": each,
                "days": actions.days_in_words(each),
                "is_own": each.user_id == current_user.id,
                "asker": first_name(each.user),
            }
            for each in found
        ],
        older=older,
    )


@bp.post(f"{BOOKING}/antwort")
@login_required
def answer_booking(booking_id: int) -> Response:
    """Say yes or no in the organisation's name."""
    booking = queries.booking_page(booking_id) or abort(404)
    member_ids = booking.resource.organisation.member_ids
    if not rules.may_answer(current_user, booking, member_ids):
        abort(404 if booking.user_id != current_user.id else 403)
    form = AnswerForm()
    if not form.validate_on_submit():
        abort(400)
    actions.answer(booking, form.answer.data == "ja")
    db.session.commit()
    flash(_("Deine Antwort ist unterwegs."), "good")
    return redirect(url_for(".bookings"), 303)


@bp.post(f"{BOOKING}/zurueckziehen")
@login_required
def cancel_booking(booking_id: int) -> Response:
    """Take one's own request back."""
    booking = db.get_or_404(Booking, booking_id)
    if booking.user_id != current_user.id:
        abort(404)
    actions.cancel(booking)
    db.session.commit()
    flash(_("Deine Anfrage ist zurückgezogen. Wir haben Bescheid gesagt."))
    return redirect(url_for(".bookings"), 303)


def _readable(resource_id: int) -> Resource:
    found = queries.resource_page(resource_id) or abort(404)
    if not rules.may_read(current_user, found.organisation, found.organisation.member_ids):
        abort(404)
    return found


def _own(resource_id: int) -> Resource:
    found = queries.resource_page(resource_id) or abort(404)
    if not rules.may_edit(current_user, found.organisation.member_ids):
        abort(403)
    return found


def _texts(form: ResourceForm) -> dict[str, str]:
    return {name: form[name].data for name in ("kind", "title", "text", "terms")}


def _show(found: Resource, form: BookingForm, status: int = 200) -> Response:
    organisation = found.organisation
    member_ids = organisation.member_ids
    return render_page(
        "organisations/resource.html",
        fragments={"booking-form"},
        status=status,
        form=form,
        resource=found,
        organisation=organisation,
        kind=wording.RESOURCE_KINDS[found.kind],
        taken=[actions.days_in_words(each) for each in queries.taken_days(found.id)],
        may_ask=rules.may_ask_for(current_user, found, member_ids),
        may_edit=rules.may_edit(current_user, member_ids),
        has_people=bool(member_ids or organisation.mailbox),
    )


def _form_page(
    form: ResourceForm, organisation: Organisation, found: Resource | None, form_url: str
) -> Response:
    return render_page(
        "organisations/resource_form.html",
        fragments={"resource-form"},
        status=422 if form.errors else 200,
        form=form,
        organisation=organisation,
        resource=found,
        form_url=form_url,
    )
