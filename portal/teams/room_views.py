"""A team's room: writing to it, a member's own setting, what the team has learned."""

from flask import abort, flash, redirect, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.messages.actions import thread_url
from portal.messages.keys import find_key, use_up
from portal.messages.models import MailKey
from portal.teams import actions, letters, queries, rules, wording
from portal.teams.blueprint import TEAM, bp, own_team
from portal.teams.models import Enquiry, Team
from portal.teams.room_forms import LessonsForm, LetterForm, MemberForm

CONFIRM = "/teams/nachricht/<token>"


@bp.route(f"{TEAM}/schreiben", methods=["GET", "POST"])
@limiter.limit(
    "10 per hour", methods=["POST"], deduct_when=lambda response: response.status_code == 303
)
def write(team_id: int) -> Response:
    """Write to a team; nobody learns an address, and nobody needs an account."""
    team = queries.team_page(team_id) or abort(404)
    if not rules.may_write_to(current_user, team, queries.lead_ids_of(team)):
        abort(403)
    form = LetterForm(has_account=current_user.is_authenticated)
    if form.validate_on_submit():
        return _sent(team, form)
    return render_page(
        "teams/write.html",
        fragments={"letter-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
    )


@bp.get(CONFIRM)
def letter(token: str) -> Response:
    """Ask somebody without account whether they wrote this letter."""
    found = _letter(token)
    if found is None:
        return _key_is_over()
    _key, enquiry = found
    response = render_page(
        "teams/confirm_letter.html",
        enquiry=enquiry,
        team=db.session.get_one(Team, enquiry.team_id),
        send_url=url_for(".send_letter", token=token),
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.post(CONFIRM)
def send_letter(token: str) -> Response:
    """Deliver the letter and lead to the conversation."""
    found = _letter(token)
    if found is None or not use_up(found[0]):
        return _key_is_over()
    writer = letters.deliver(found[1])
    url = thread_url(writer)
    db.session.commit()
    flash(_("Deine Nachricht ist beim Team. Die Antwort kommt per Mail."), "good")
    return redirect(url, 303)


@bp.route(f"{TEAM}/mein-platz", methods=["GET", "POST"])
@login_required
def my_part(team_id: int) -> Response:
    """Let a member say how they appear on the public page."""
    team = queries.team_page(team_id) or abort(404)
    membership = queries.membership_of(team, current_user.id) or abort(403)
    form = MemberForm(data={"is_named": membership.is_named, "role": membership.role})
    if form.validate_on_submit():
        actions.show_member(membership, is_named=form.is_named.data, role=form.role.data)
        db.session.commit()
        flash(_("Gespeichert."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/my_part.html",
        fragments={"member-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
    )


@bp.route(f"{TEAM}/gelernt", methods=["GET", "POST"])
@login_required
def lessons(team_id: int) -> Response:
    """Write down what the team has learned."""
    team = own_team(team_id)
    known = team.lessons
    form = LessonsForm(
        data={name: getattr(known, name) if known else "" for name in wording.LESSONS}
    )
    if form.validate_on_submit():
        actions.write_lessons(team, **{name: form[name].data for name in wording.LESSONS})
        db.session.commit()
        flash(_("Danke! Das hilft denen, die nach euch kommen."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/lessons.html",
        fragments={"lessons-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
    )


def _sent(team: Team, form: LetterForm) -> Response:
    if current_user.is_authenticated:
        thread = letters.write_as_user(team, current_user, form.text.data)
        db.session.commit()
        flash(_("Deine Nachricht ist beim Team."), "good")
        return redirect(url_for("messages.thread", thread_id=thread.id), 303)
    letters.keep_letter(
        team,
        name=form.name.data,
        email=form.email.data,
        text=form.text.data,
        locale=str(get_locale()),
    )
    db.session.commit()
    flash(_("Fast fertig: Schau in deine Mails. Mit dem Link darin schickst du sie ab."))
    return redirect(url_for(".show", team_id=team.id), 303)


def _letter(token: str) -> tuple[MailKey, Enquiry] | None:
    key = find_key(token, letters.CONFIRMATION)
    enquiry = db.session.get(Enquiry, key.subject_id) if key else None
    return (key, enquiry) if key and enquiry else None


def _key_is_over() -> Response:
    return render_page("teams/key_is_over.html", status=410)
