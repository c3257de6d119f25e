"""The room's blueprint and what its files of pages share."""

from flask import Blueprint, abort
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.gatherings import queries, rules
from portal.gatherings.models import Gathering

bp = Blueprint("gatherings", __name__)

GATHERING = "/termine/<int:gathering_id>"


def own_gathering(gathering_id: int) -> Gathering:
    """Return the gathering, or end the request for whoever may not change it."""
    gathering = queries.gathering_page(gathering_id) or abort(404)
    if not rules.may_host(current_user, gathering, queries.led_teams(current_user)):
        abort(403)
    return gathering


def keep_private(response: Response) -> Response:
    """Keep a page whose address is a key, or that names people, out of caches and search."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
