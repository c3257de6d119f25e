"""Asks the person whether what was read from their profile is right."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.htmx import render_page
from portal.matches import understood
from portal.matches.blueprint import bp
from portal.profiles.queries import profile_of


@bp.get("/profil/verstanden")
@login_required
def facts_read() -> Response:
    """Show the facts read from the person's texts, if there are any to confirm."""
    profile = profile_of(current_user)
    found = understood.understood(profile) if profile else understood.Understood()
    return render_page(
        "matches/understood.html",
        fragments={"understood"},
        choices=understood.in_words(found),
        is_anything=bool(found),
    )


@bp.post("/profil/verstanden")
@login_required
def confirm_facts() -> Response:
    """Take over what was ticked."""
    profile = profile_of(current_user) or abort(404)
    understood.confirm(profile, request.form.getlist("times"), request.form.getlist("rules_out"))
    db.session.commit()
    flash(_("Danke, so passen die Vorschläge besser."), "good")
    return redirect(url_for("profiles.show"), 303)
