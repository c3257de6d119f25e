"""The room's blueprint; its pages are spread over the views files."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)
ORGANISATION = "/akteure/<int:organisation_id>"
RESOURCE = "/angebote/<int:resource_id>"
