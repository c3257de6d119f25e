"""Pages of the pages room: the start page and what the law wants to be found."""

from flask import Blueprint, current_app, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.config import DEMO
from portal.htmx import render_page
from portal.pages import for_you, queries

bp = Blueprint("pages", __name__)


@bp.get("/")
def home() -> Response:
    """Show the three doors and what is new behind them; people with an account, what is theirs."""
    if current_user.is_authenticated and "alles" not in request.args:
        return render_page(
            "pages/for_you.html",
            steps=for_you.steps_for(current_user),
            fitting=for_you.fitting_cards(current_user),
            gatherings=for_you.gatherings_near(current_user),
        )
    counts = queries.public_counts()
    return render_page(
        "pages/home.html",
        ideas=queries.newest_ideas(),
        openings=queries.newest_openings(),
        gatherings=queries.next_gatherings(),
        counts=[
            (_("Ideen aus der Nachbarschaft"), counts.ideas),
            (_("Teams, die etwas bewegen"), counts.teams),
            (_("Ansprechstellen im Verzeichnis"), counts.offices),
        ],
    )


@bp.get("/impressum")
def imprint() -> Response:
    """Say who runs the portal."""
    return render_page("pages/imprint.html", is_demo=_is_demo())


@bp.get("/datenschutz")
def privacy() -> Response:
    """Say what is stored about people and why."""
    return render_page("pages/privacy.html", is_demo=_is_demo())


@bp.get("/barrierefreiheit")
def accessibility() -> Response:
    """Say how far everybody can use the portal, and where to report a barrier."""
    return render_page("pages/accessibility.html", is_demo=_is_demo())


def _is_demo() -> bool:
    return current_app.config["ENVIRONMENT"] == DEMO
