"""Pages about organisations that take part in a team."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.htmx import render_page
from portal.organisations.queries import organisation_page
from portal.organisations.rules import may_edit as may_edit_organisation
from portal.organisations.rules import may_read
from portal.teams import partners, wording
from portal.teams.blueprint import TEAM, bp, own_team
from portal.teams.room_forms import PartnersForm

OF_ORGANISATION = "/akteure/<int:organisation_id>/teams"


@bp.route(f"{TEAM}/akteure", methods=["GET", "POST"])
@login_required
def choose_partners(team_id: int) -> Response:
    """Let leads and coordinators say which organisations take part."""
    team = own_team(team_id)
    form = PartnersForm(partners.possible_partners(), [each.id for each in team.organisations])
    if form.validate_on_submit():
        partners.choose_partners(team, form.partners.data or [])
        db.session.commit()
        flash(_("Die Akteure sind gespeichert."), "good")
        return redirect(url_for(".show", team_id=team_id), 303)
    return render_page(
        "teams/choose_partners.html", status=422 if form.errors else 200, form=form, team=team
    )


@bp.get(OF_ORGANISATION)
def of_organisation(organisation_id: int) -> Response:
    """Show in which teams an organisation takes part; its page loads this."""
    organisation = organisation_page(organisation_id) or abort(404)
    if not may_read(current_user, organisation, organisation.member_ids):
        abort(404)
    return render_page(
        "teams/of_organisation.html",
        fragments={"organisation-teams"},
        organisation=organisation,
        teams=partners.teams_with(organisation_id),
        states=wording.STATES,
        state_codes=wording.state_codes,
        may_end=may_edit_organisation(current_user, organisation.member_ids),
    )


@bp.post(f"{OF_ORGANISATION}/<int:team_id>/beenden")
@login_required
def end_partnership(organisation_id: int, team_id: int) -> Response:
    """Let whoever speaks for an organisation take its name from a team's page."""
    organisation = organisation_page(organisation_id) or abort(404)
    if not may_edit_organisation(current_user, organisation.member_ids):
        abort(403)
    partners.end_partnership(team_id, organisation_id)
    db.session.commit()
    flash(_("Das Team nennt euch nicht mehr als Partner."))
    return redirect(url_for(".of_organisation", organisation_id=organisation_id), 303)
