"""Pages of the teams room."""

from flask import Blueprint

from portal.teams import models  # noqa: F401

bp = Blueprint("teams", __name__)
