"""What fits an idea or a team, and its text in pieces that can be copied into a form."""

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.funds import queries, rules
from portal.funds.blueprint import bp
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.rules import holds_token, may_read
from portal.ideas.topics import topic_names
from portal.places.models import District


@bp.get("/foerdertoepfe/idee/<int:idea_id>")
def for_idea(idea_id: int) -> Response:
    """Show the funds that may pay for an idea, with reasons."""
    idea, token = _idea(idea_id)
    wanted = _wanted(" ".join((idea.title, idea.problem, idea.wish)), idea.topic, idea.district)
    return _fitting(wanted, idea.title, _idea_url(idea, token), _text_url("idee", idea.id, token))


@bp.get("/foerdertoepfe/team/<int:team_id>")
def for_team(team_id: int) -> Response:
    """Show the funds that may pay for a team, with reasons."""
    team = queries.team_with_place(team_id) or abort(404)
    wanted = _wanted(" ".join((team.name, *team.focus, team.challenge)), None, team.district)
    back_url = url_for("teams.show", team_id=team.id)
    return _fitting(wanted, team.name, back_url, _text_url("team", team.id))


@bp.get("/foerdertoepfe/text/idee/<int:idea_id>")
def text_of_idea(idea_id: int) -> Response:
    """Show an idea's text in pieces for a form."""
    idea, token = _idea(idea_id)
    pieces = [
        (_("Titel"), idea.title),
        (_("Ausgangslage"), idea.problem),
        (_("Ziel"), idea.wish),
        (_("Eigenleistung"), idea.contribution),
        (_("Ort"), _place(idea.district)),
    ]
    return _text_page(idea.title, pieces, _idea_url(idea, token))


@bp.get("/foerdertoepfe/text/team/<int:team_id>")
def text_of_team(team_id: int) -> Response:
    """Show a team's text in pieces for a form."""
    team = queries.team_with_place(team_id) or abort(404)
    number = queries.count_members(team_id)
    people = ngettext(
        "%(num)d Person arbeitet ehrenamtlich mit.", "%(num)d Menschen arbeiten ehrenamtlich mit.",
        number,
    )  # fmt: skip
    pieces = [
        (_("Titel"), team.name),
        (_("Ausgangslage und Lösungsansatz"), team.challenge),
        (_("Themen"), ", ".join(team.focus)),
        (_("Eigenleistung"), people if number else ""),
        (_("Ort"), _place(team.district)),
    ]
    return _text_page(team.name, pieces, url_for("teams.show", team_id=team.id))


def _idea(idea_id: int) -> tuple[Idea, str]:
    idea = queries.idea_with_place(idea_id) or abort(404)
    token = request.args.get("t", "")
    if not may_read(current_user, idea, token):
        abort(404)
    return idea, token if holds_token(idea, token) else ""


def _wanted(text: str, topic: str | None, district: District | None) -> rules.Wanted:
    return rules.Wanted(
        text=text,
        topic=topic,
        district=district.name if district else None,
        borough=district.borough.name if district else None,
    )


def _fitting(wanted: rules.Wanted, title: str, back_url: str, text_url: str) -> Response:
    today = clock.today()
    fits = [
        (fit, rules.next_deadline(fit.fund, today), _reasons(fit))
        for fit in queries.fitting(wanted)
    ]
    return render_page(
        "funds/fitting.html",
        fragments={"fitting-funds"},
        title=title,
        fits=fits,
        back_url=back_url,
        text_url=text_url,
    )


def _reasons(fit: rules.Fit) -> list[str]:
    reasons = []
    if fit.topic:
        reasons.append(_("Thema: %(topic)s", topic=topic_names().get(fit.topic, fit.topic)))
    if fit.words:
        reasons.append(_("im Text: %(words)s", words=", ".join(fit.words)))
    if fit.place:
        reasons.append(_("für %(place)s", place=fit.place))
    elif not fit.fund.area:
        reasons.append(_("für die ganze Stadt"))
    if not fit.fund.topics:
        reasons.append(_("für jedes Thema"))
    return reasons


def _text_page(title: str, pieces: list[tuple[str, str]], back_url: str) -> Response:
    pieces = [(label, text) for label, text in pieces if text]
    whole = "\n\n".join(f"{label}:\n{text}" for label, text in pieces)
    return render_page(
        "funds/text.html",
        title=title,
        pieces=[*pieces, (_("Alles zusammen"), whole)],
        back_url=back_url,
    )


def _place(district: District | None) -> str:
    if district is None:
        return ""
    return f"{district.name} ({_('Stadtbezirk')} {district.borough.name})"


def _idea_url(idea: Idea, token: str) -> str:
    if token:
        return url_for("ideas.progress", token=token)
    return url_for("ideas.show", idea_id=idea.id)


def _text_url(kind: str, row_id: int, token: str = "") -> str:
    if kind == "team":
        return url_for(".text_of_team", team_id=row_id)
    return url_for(".text_of_idea", idea_id=row_id, t=token or None)
