"""Pages of the offices room."""

from flask import Blueprint

from portal.offices import models  # noqa: F401

bp = Blueprint("offices", __name__)
