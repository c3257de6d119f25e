"""The room's blueprint and what its files of pages share."""

from flask import Blueprint, abort
from flask_login import current_user

from portal.recruiting import queries
from portal.recruiting.queries import Room
from portal.recruiting.rules import may_see_members

bp = Blueprint("recruiting", __name__)

TEAM = "/teams/<int:team_id>"


def team_or_404(team_id: int) -> Room:
    """Return the team with its people."""
    return queries.room_of(team_id) or abort(404)


def own_room(team_id: int) -> Room:
    """Return the team with its people, or end the request for whoever has no part in it."""
    room = team_or_404(team_id)
    if not may_see_members(current_user, room.member_ids):
        abort(403)
    return room
