"""Pages of the places room."""

from flask import Blueprint

from portal.places import models  # noqa: F401

bp = Blueprint("places", __name__)
