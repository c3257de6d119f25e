"""Handing over the lead: the offer, and its answer on a page."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.htmx import render_page
from portal.profiles.rules import first_name
from portal.recruiting import departures, queries, rules
from portal.recruiting.blueprint import bp, own_room
from portal.recruiting.forms import LeadOfferForm
from portal.recruiting.member_views import MEMBER
from portal.recruiting.models import LeadOffer

OFFER = "/leitungsangebote/<int:offer_id>"


@bp.route(f"{MEMBER}/leitung", methods=["GET", "POST"])
@login_required
def offer_lead(team_id: int, membership_id: int) -> Response:
    """Offer a member to lead the team."""
    room = own_room(team_id)
    found = (each for each in room.memberships if each.id == membership_id)
    member = next(found, None) or abort(404)
    if not rules.may_lead(current_user, room.lead_ids) or member.user_id == current_user.id:
        abort(403)
    form = LeadOfferForm()
    if form.validate_on_submit():
        departures.offer_lead(
            room, member.user, by=current_user, together=form.together.data or not room.leads
        )
        db.session.commit()
        flash(_("%(name)s hat dein Angebot bekommen.", name=first_name(member.user)), "good")
        return redirect(url_for(".members", team_id=team_id), 303)
    return render_page(
        "recruiting/offer_lead.html",
        fragments={"lead-form"},
        status=422 if form.errors else 200,
        form=form,
        team=room.team,
        member=member,
        name=first_name(member.user),
        leads_it=current_user.id in room.lead_ids,
    )


@bp.get(OFFER)
@login_required
def lead_offer(offer_id: int) -> Response:
    """Show an offer to lead to the one it is for."""
    offer = _own_offer(offer_id)
    return lead_offer_page(offer, url_for(".answer_lead", offer_id=offer.id))


@bp.post(f"{OFFER}/antwort")
@login_required
def answer_lead(offer_id: int) -> Response:
    """Say yes or no to the lead."""
    offer = _own_offer(offer_id)
    answer_lead_offer(offer, yes=request.form.get("answer") == "yes")
    db.session.commit()
    flash(_("Danke für deine Antwort."), "good")
    return redirect(url_for(".members", team_id=offer.team_id), 303)


@bp.post(f"{OFFER}/zuruecknehmen")
@login_required
def withdraw_lead(offer_id: int) -> Response:
    """Take an offer back."""
    offer = queries.lead_offer_page(offer_id) or abort(404)
    room = own_room(offer.team_id)
    if not rules.may_lead(current_user, room.lead_ids):
        abort(403)
    departures.withdraw_lead(offer)
    db.session.commit()
    flash(_("Das Angebot ist zurückgenommen."))
    return redirect(url_for(".members", team_id=offer.team_id), 303)


def answer_lead_offer(offer: LeadOffer, *, yes: bool) -> None:
    """Accept or decline, by page or by the key in a mail."""
    if yes:
        departures.accept_lead(offer)
    else:
        departures.decline_lead(offer)


def lead_offer_page(offer: LeadOffer, answer_url: str) -> Response:
    """Show the offer with its two buttons, or what came of it."""
    page = render_page(
        "recruiting/lead_offer.html",
        offer=offer,
        team=offer.team,
        giver=first_name(offer.by),
        answer_url=answer_url,
        ends_on=rules.offer_ends_on(offer),
    )
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _own_offer(offer_id: int) -> LeadOffer:
    offer = queries.lead_offer_page(offer_id) or abort(404)
    return offer if offer.user_id == current_user.id else abort(404)
