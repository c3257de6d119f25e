"""One click from a mail, without signing in: an opening's "noch aktuell?", an offer to lead.

Mail scanners open links, so reading shows buttons only; pressing one uses the key up.
"""

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.accounts.models import User
from portal.extensions import db
from portal.htmx import render_page
from portal.messages.keys import find_key, use_up
from portal.recruiting import queries
from portal.recruiting.blueprint import bp
from portal.recruiting.lead_views import answer_lead_offer, lead_offer_page
from portal.recruiting.letters import LEAD, RENEWAL
from portal.teams.actions import close_opening, renew_opening
from portal.teams.queries import lead_ids_of, opening_page

OPENING_KEY = "/gesuche/antwort/<token>"
LEAD_KEY = "/leitung/antwort/<token>"


@bp.route(OPENING_KEY, methods=["GET", "POST"])
def opening_by_key(token: str) -> Response:
    """Ask whether an opening still holds; then go on looking, or stop."""
    key = find_key(_clean(token), RENEWAL)
    if key is None:
        return _used(token, RENEWAL)
    opening = opening_page(key.subject_id) or abort(404)
    if key.user_id not in lead_ids_of(opening.team):
        abort(403)
    if request.method == "GET":
        return _private(render_page("recruiting/opening_key.html", opening=opening))
    answer = request.form.get("answer")
    if answer not in ("current", "done"):
        abort(400)
    if not use_up(key):
        return _used(token, RENEWAL)
    by = db.session.get_one(User, key.user_id)
    if answer == "current":
        renew_opening(opening.team, opening, by=by)
        told = _("Danke! Euer Gesuch steht jetzt sechs Wochen länger in den Listen.")
    else:
        close_opening(opening, by=by)
        told = _("Danke! Das Gesuch ist geschlossen. Schön, dass es sich erledigt hat.")
    db.session.commit()
    return _done(told, [(_("Zum Gesuch"), url_for("teams.opening", opening_id=opening.id))])


@bp.route(LEAD_KEY, methods=["GET", "POST"])
def lead_by_key(token: str) -> Response:
    """Show an offer to lead to whoever has the mail, and take the answer."""
    key = find_key(_clean(token), LEAD)
    if key is None:
        return _used(token, LEAD)
    offer = queries.lead_offer_page(key.subject_id) or abort(404)
    if request.method == "GET" or not offer.is_open:
        return _private(lead_offer_page(offer, url_for(".lead_by_key", token=token)))
    answer = request.form.get("answer")
    if answer not in ("yes", "no"):
        abort(400)
    if not use_up(key):
        return _used(token, LEAD)
    answer_lead_offer(offer, yes=answer == "yes")
    db.session.commit()
    if answer == "yes":
        told = _("Danke! Du leitest jetzt das Team „%(team)s“.", team=offer.team.name)
    else:
        told = _("Danke für deine Antwort. Wir sagen Bescheid.")
    return _done(told, [(_("Zum Team"), url_for("teams.show", team_id=offer.team_id))])


def _clean(token: str) -> str:
    return token if token.isascii() and len(token) <= 64 else ""


def _used(token: str, purpose: str) -> Response:
    """Say what a link does that was used or is too old; whoever made one up gets a 404."""
    key = queries.key_of(_clean(token), purpose) or abort(404)
    if purpose == RENEWAL:
        way = (_("Zum Gesuch"), url_for("teams.opening", opening_id=key.subject_id))
    else:
        way = (_("Zum Angebot"), url_for(".lead_offer", offer_id=key.subject_id))
    told = _("Dieser Link wurde schon benutzt oder ist abgelaufen.")
    return _done(told, [way], status=410)


def _done(told: str, ways: list[tuple[str, str]], status: int = 200) -> Response:
    page = render_page("recruiting/key_done.html", status=status, told=told, ways=ways)
    return _private(page)


def _private(page: Response) -> Response:
    page.headers["X-Robots-Tag"] = "noindex"
    page.headers["Cache-Control"] = "no-store"
    return page
