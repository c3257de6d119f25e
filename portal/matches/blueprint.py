"""The room's blueprint; its pages are spread over the views files."""

from flask import Blueprint

bp = Blueprint("matches", __name__, cli_group="match")
