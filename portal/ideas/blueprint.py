"""The room's blueprint, apart from the views so that two files of them can share it."""

from flask import Blueprint

bp = Blueprint("ideas", __name__)
# Beyond this an id fits no column; a longer number in the address is a page that does not exist.
ID = "<int:idea_id>"
