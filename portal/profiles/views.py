"""Pages of the profiles room."""

from flask import Blueprint

from portal.profiles import models  # noqa: F401

bp = Blueprint("profiles", __name__)
