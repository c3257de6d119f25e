"""Pages of the matches room."""

from flask import Blueprint

from portal.matches import models  # noqa: F401

bp = Blueprint("matches", __name__, cli_group="match")


@bp.get("/suche")
def search() -> str:
    return ""


@bp.route("/mitmachen", methods=["GET", "POST"])
def join() -> str:
    return ""


@bp.post("/ideen/aehnlich")
def similar() -> str:
    return ""


@bp.get("/ideen/<int:idea_id>/passend")
def for_idea(idea_id: int) -> str:
    return ""


@bp.get("/profil/passend")
def for_profile() -> str:
    return ""


@bp.get("/teams/<int:team_id>/passend")
def for_team(team_id: int) -> str:
    return ""


@bp.get("/gesuche/<int:opening_id>/passend")
def for_opening(opening_id: int) -> str:
    return ""


@bp.get("/koordination/")
def workbench() -> str:
    return ""


@bp.get("/koordination/vorschlaege")
def queue() -> str:
    return ""


@bp.get("/vermittlungen/")
def introductions() -> str:
    return ""
