"""The room's blueprint, apart from the views so that several files of them can share it."""

from flask import Blueprint

from portal.accounts.guards import role_required

bp = Blueprint("steering", __name__)
steering_required = role_required("steering", "coordinator")
