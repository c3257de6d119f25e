"""Pages of the accounts room."""

from flask import Blueprint

from portal.accounts import models  # noqa: F401

bp = Blueprint("accounts", __name__)
