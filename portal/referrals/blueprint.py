"""The room's blueprint, apart from the views so that several files of them can share it."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("referrals", __name__)


def keep_private(response: Response) -> Response:
    """Keep a page whose address is a key, or that shows a contact, out of caches and search."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
