"""Taking over a paused team, and saying yes or no to an invitation."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.messages.keys import find_key, use_up
from portal.messages.models import MailKey
from portal.teams import adoptions, foundings, queries, rules, wording
from portal.teams.blueprint import TEAM, bp
from portal.teams.models import Adoption, Invitation
from portal.teams.room_forms import AdoptionForm, AnswerForm

ADOPTION = "/uebernahmen/<int:adoption_id>"
INVITATION = "/teams/einladung/<token>"


@bp.route(f"{TEAM}/uebernehmen", methods=["GET", "POST"])
@login_required
@limiter.limit(
    "10 per hour", methods=["POST"], deduct_when=lambda response: response.status_code == 303
)
def adopt(team_id: int) -> Response:
    """Offer to take over a paused team."""
    team = queries.team_page(team_id) or abort(404)
    if not rules.is_adoptable(team):
        raise adoptions.NotPaused(team.id)
    if not rules.may_adopt(current_user, team, queries.lead_ids_of(team)):
        abort(403)
    form = AdoptionForm()
    if form.validate_on_submit():
        adoption = adoptions.offer_adoption(
            team, current_user, message=form.message.data, brings=form.brings.data
        )
        db.session.commit()
        flash(_("Danke! Wir melden uns, sobald jemand geantwortet hat."), "good")
        return redirect(url_for(".adoption", adoption_id=adoption.id), 303)
    return render_page(
        "teams/adopt.html",
        fragments={"adoption-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
    )


@bp.get(ADOPTION)
@login_required
def adoption(adoption_id: int) -> Response:
    """Show an offer to whoever made it and whoever answers."""
    return _adoption_page(_readable(adoption_id), AnswerForm(formdata=None))


@bp.post(f"{ADOPTION}/antwort")
@login_required
def answer_adoption(adoption_id: int) -> Response:
    """Say yes or no; the first answer counts."""
    offer = _readable(adoption_id)
    if not rules.may_answer_adoption(current_user, offer, queries.lead_ids_of(offer.team)):
        abort(403)
    form, yes = AnswerForm(), request.form.get("antwort") == "ja"
    if form.validate_on_submit() and not yes and not form.reply.data:
        form.reply.errors = [str(adoptions.ReplyMissing.message)]
    if form.errors:
        return _adoption_page(offer, form, 422)
    if yes:
        adoptions.accept_adoption(offer, by=current_user, reply=form.reply.data)
        flash(_("Das Team läuft wieder."), "good")
    else:
        adoptions.refuse_adoption(offer, by=current_user, reply=form.reply.data)
        flash(_("Deine Antwort ist unterwegs. Das Team bleibt für andere offen."))
    db.session.commit()
    return redirect(url_for(".show", team_id=offer.team_id), 303)


@bp.post(f"{ADOPTION}/zurueckziehen")
@login_required
def take_back_adoption(adoption_id: int) -> Response:
    """Withdraw one's own offer."""
    offer = _readable(adoption_id)
    if offer.user_id != current_user.id:
        abort(403)
    adoptions.take_back_adoption(offer)
    db.session.commit()
    flash(_("Dein Angebot ist zurückgezogen."))
    return redirect(url_for(".show", team_id=offer.team_id), 303)


@bp.get(INVITATION)
def invitation(token: str) -> Response:
    """Ask whether somebody is in; the link in the mail is the key."""
    found = _invitation(token)
    if found is None:
        return render_page("teams/key_is_over.html", status=410)
    response = render_page(
        "teams/invitation.html",
        invitation=found[1],
        team=found[1].team,
        answer_url=url_for(".answer_invitation", token=token),
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.post(INVITATION)
def answer_invitation(token: str) -> Response:
    """Join, or not."""
    found = _invitation(token)
    if found is None or not use_up(found[0]):
        return render_page("teams/key_is_over.html", status=410)
    yes = request.form.get("antwort") == "ja"
    foundings.answer_invitation(found[1], yes)
    db.session.commit()
    if yes:
        flash(_("Schön, dass du dabei bist!"), "good")
    else:
        flash(_("Danke für deine Antwort. Es bleibt dabei: Du bist nicht im Team."))
    return redirect(url_for(".show", team_id=found[1].team_id), 303)


def _readable(adoption_id: int) -> Adoption:
    offer = adoptions.adoption_page(adoption_id) or abort(404)
    if not rules.may_read_adoption(current_user, offer, queries.lead_ids_of(offer.team)):
        abort(404)
    return offer


def _adoption_page(offer: Adoption, form: AnswerForm, status: int = 200) -> Response:
    lead_ids = queries.lead_ids_of(offer.team)
    may_answer = offer.is_open and rules.may_answer_adoption(current_user, offer, lead_ids)
    return render_page(
        "teams/adoption.html",
        fragments={"adoption-answer"},
        status=status,
        form=form,
        offer=offer,
        team=offer.team,
        name=adoptions.name_of(offer),
        may_answer=may_answer,
        is_own=offer.user_id == current_user.id,
        states=wording.STATES,
        state_codes=wording.state_codes,
    )


def _invitation(token: str) -> tuple[MailKey, Invitation] | None:
    key = find_key(token, foundings.INVITATION)
    invitation = foundings.invitation_page(key.subject_id) if key else None
    return (key, invitation) if key and invitation else None
