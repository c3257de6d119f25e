"""The workbench; the other files of pages are loaded here."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.coordination.audited import watch_rooms
from portal.coordination.blueprint import bp
from portal.htmx import render_page
from portal.matches import queries as matches

watch_rooms()


@bp.get("/koordination/")
@coordinator_required
def workbench() -> Response:
    """What waits, each number with the list behind it."""
    tiles = [
        (_("Vorschläge prüfen"), matches.count_waiting(), url_for("matches.queue")),
        (_("Ideen ansehen"), matches.count_waiting_ideas(), url_for("ideas.review")),
        (
            _("Vermittlungen warten auf Antwort"),
            matches.count_open_introductions(),
            url_for("matches.decided"),
        ),
    ]
    links = [
        (_("Letzte Entscheidungen ansehen oder zurücknehmen"), url_for("matches.decided")),
        (_("Alle Profile"), url_for("profiles.all_people")),
        (_("Team gründen"), url_for("teams.create")),
    ]
    if current_user.is_administrator:
        links.append((_("Postausgang"), url_for("messages.outbox")))
        links.append((_("Protokoll"), url_for("moderation.log")))
    return render_page("coordination/workbench.html", tiles=tiles, links=links)
