"""The room's blueprint; its pages are spread over the views files."""

from flask import Blueprint

from portal.messages import watch

bp = Blueprint("messages", __name__)
bp.record_once(lambda _state: watch.init_session())
