"""Coordinators: what came in from bodies, and the bodies' links."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.wording import STATE_NAMES
from portal.links import portal_url
from portal.referrals import actions, queries
from portal.referrals.blueprint import bp, keep_private
from portal.referrals.forms import ReferrerForm
from portal.referrals.models import Referrer
from portal.referrals.wording import KINDS
from portal.routing import row_number

REFERRER = "/weitergaben/stellen/<int:referrer_id>"


@bp.get("/weitergaben/eingang")
@coordinator_required
def inbox() -> Response:
    """List what bodies handed in: what nobody has taken up, or everything."""
    waiting = request.args.get("liste") != "alle"
    found = queries.handed_in(waiting, current_user, row_number("vor"))
    last = found[queries.PAGE - 1] if len(found) > queries.PAGE else None
    chosen = None if waiting else "alle"
    return render_page(
        "referrals/inbox.html",
        waiting=waiting,
        referrals=found[: queries.PAGE],
        next_url=url_for(".inbox", liste=chosen, vor=last.id) if last else None,
        state_names=STATE_NAMES,
    )


@bp.route("/weitergaben/stellen", methods=["GET", "POST"])
@coordinator_required
def referrers() -> Response:
    """List the bodies with their links, and add one."""
    form = ReferrerForm()
    if form.validate_on_submit():
        actions.add_referrer(
            form.name.data,
            form.kind.data,
            email=form.email.data,
            wants_mail=bool(form.wants_mail.data),
            confirmed=True,
        )
        db.session.commit()
        flash(_("Der Link ist fertig. Schick ihn nur an diese Stelle."), "good")
        return redirect(url_for(".referrers"), 303)
    return keep_private(
        render_page(
            "referrals/referrers.html",
            status=422 if form.errors else 200,
            form=form,
            referrers=queries.all_referrers(),
            link_of=lambda each: portal_url("referrals.status", token=each.token),
            kind_names=KINDS,
        )
    )


@bp.post(f"{REFERRER}/<was>")
@coordinator_required
def change_referrer(referrer_id: int, was: str) -> Response:
    """Confirm a body, revoke its link, or make another."""
    referrer = db.get_or_404(Referrer, referrer_id)
    change = _CHANGES.get(was) or abort(404)
    change(referrer)
    db.session.commit()
    flash(_("Gespeichert."), "good")
    return redirect(url_for(".referrers"), 303)


_CHANGES = {
    "bestaetigen": actions.confirm,
    "widerrufen": actions.revoke,
    "neuer-link": actions.renew_link,
}
