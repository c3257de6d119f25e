"""What everybody may know: which offices were asked about an idea, when, and who instead."""

from flask import abort, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.rules import holds_token, may_read
from portal.letters import queries
from portal.letters.blueprint import bp
from portal.letters.pages import listed


@bp.get("/ideen/<int:idea_id>/anfragen")
def for_idea(idea_id: int) -> Response:
    """Tell the dates in neutral words; no text of a letter or an answer is passed on."""
    idea = db.get_or_404(Idea, idea_id)
    token = request.args.get("t", "")
    if not may_read(current_user, idea, token):
        abort(404)
    sent = [each for each in listed(queries.letters_about(idea_id)) if each.letter.is_sent]
    return render_page(
        "letters/for_idea.html",
        fragments={"office-requests"},
        idea=idea,
        sent=sent,
        earlier={each.letter.id: each.letter for each in sent},
        back_url=url_for("ideas.progress", token=token)
        if holds_token(idea, token)
        else url_for("ideas.show", idea_id=idea_id),
    )
