"""Pages of the messages room."""

from flask import Blueprint

from portal.messages import models  # noqa: F401

bp = Blueprint("messages", __name__)
