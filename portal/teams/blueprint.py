"""The room's blueprint and what its files of pages share."""

from collections.abc import Mapping
from typing import TypedDict

from flask import Blueprint, abort
from flask_login import current_user

from portal.extensions import db
from portal.places.models import District
from portal.teams import queries, rules
from portal.teams.forms import TeamForm
from portal.teams.models import Team

bp = Blueprint("teams", __name__)

TEAM = "/teams/<int:team_id>"


def own_team(team_id: int) -> Team:
    """Return the team, or end the request for whoever may not edit it."""
    team = queries.team_page(team_id) or abort(404)
    if not rules.may_edit(current_user, team, queries.lead_ids_of(team)):
        abort(403)
    return team


def district_chosen(district_id: int | None) -> District | None:
    """Return the district a form chose."""
    return db.session.get(District, district_id) if district_id else None


def names_of(codes: list[str], names: Mapping[str, str]) -> str:
    """Return the names of `codes` as one line."""
    return ", ".join(str(names[code]) for code in codes)


class TeamTexts(TypedDict):
    """What the team form says, as the actions want it."""

    name: str
    challenge: str
    focus: list[str]
    district: District | None
    languages: list[str]
    sectors: dict[str, int]
    partners: list[str]


def team_texts(form: TeamForm) -> TeamTexts:
    """Return what the team form says."""
    return {
        "name": form.name.data,
        "challenge": form.challenge.data,
        "focus": form.focus.data,
        "district": district_chosen(form.district.data),
        "languages": form.languages.data,
        "sectors": form.sectors(),
        "partners": form.partner_names(),
    }
