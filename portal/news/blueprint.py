"""The room's blueprint, which its files of pages share."""

from flask import Blueprint

bp = Blueprint("news", __name__)
