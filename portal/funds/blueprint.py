"""The room's blueprint, apart from the views so that several files of them can share it."""

from flask import Blueprint

bp = Blueprint("funds", __name__)
