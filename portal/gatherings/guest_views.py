"""What guests do: sign up, confirm, take something on, sign off, give a hint to an idea.

A sign-up and a hint have an address of their own whose token is the key: so it works from a mail,
without an account. Opening it changes nothing; only its buttons do.
"""

from flask import abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.choices import LANGUAGES
from portal.extensions import db, limiter
from portal.forms import clean_query
from portal.gatherings import attendance, letters, queries, rules, wichteln, wording
from portal.gatherings.blueprint import GATHERING, bp, keep_private
from portal.gatherings.calendar_files import MIME, calendar_of
from portal.gatherings.guest_forms import HintForm, SignUpForm
from portal.gatherings.models import BringItem, Gathering, Hint, SignUp
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.routing import row_number

SIGN_UP = "/termine/anmeldung/<token>"
HINT = "/termine/hinweise/<token>"
_NEW_ONES = limiter.limit(
    "60 per hour", methods=["POST"], deduct_when=lambda response: response.status_code == 303
)


@bp.post(f"{GATHERING}/anmelden")
@_NEW_ONES
def sign_up(gathering_id: int) -> Response:
    """Sign up; without account the mail's link makes it count."""
    gathering = queries.gathering_page(gathering_id) or abort(404)
    has_account = current_user.is_authenticated
    form = SignUpForm(has_account=has_account)
    if not form.validate_on_submit():
        return show_gathering(gathering, form=form)
    wishes = attendance.Wishes(
        children=form.children.data or 0,
        interpretation=form.interpretation.data or None,
        wheelchair=form.wheelchair.data,
        note=form.note.data,
        consents=form.consents.data,
        photos_ok=form.photos_ok.data,
    )
    if has_account:
        row = attendance.sign_up(gathering, wishes, user=current_user)
        db.session.commit()
        flash(_said(row), "good")
        return redirect(url_for(".show", gathering_id=gathering_id), 303)
    attendance.sign_up(gathering, wishes, name=form.name.data, email=form.email.data)
    db.session.commit()
    return redirect(url_for(".look_into_mail", gathering_id=gathering_id), 303)


@bp.get(f"{GATHERING}/angemeldet")
def look_into_mail(gathering_id: int) -> Response:
    """Say that a mail is on its way; the same for every address, known or new."""
    gathering = queries.gathering_page(gathering_id) or abort(404)
    return render_page(
        "gatherings/look_into_mail.html", gathering=gathering, when=letters.when(gathering)
    )


@bp.get(SIGN_UP)
def own_sign_up(token: str) -> Response:
    """Show somebody their sign-up: confirm, sign off, take something on."""
    row = _own(token)
    gathering = row.gathering
    items = queries.items_of(gathering) if row.turn is not None else []
    return keep_private(
        render_page(
            "gatherings/sign_up.html",
            row=row,
            gathering=gathering,
            when=letters.when(gathering),
            turn=queries.places_before(row) + 1 if row.is_waiting else None,
            items=[(item, item.taken_by_id == row.id) for item in items],
            needs=wording.needs_of(row),
            online_url=gathering.online_url if rules.may_join_online(row) else None,
            ideas=[idea for idea in gathering.ideas if idea.is_public],
        )
    )


@bp.post(f"{SIGN_UP}/bestaetigen")
def confirm(token: str) -> Response:
    """Make a sign-up by mail count."""
    row = _own(token)
    attendance.confirm(row)
    db.session.commit()
    flash(_said(row), "good")
    return redirect(url_for(".own_sign_up", token=token), 303)


@bp.post(f"{SIGN_UP}/abmelden")
def sign_off(token: str) -> Response:
    """Give the place back."""
    row = _own(token)
    attendance.sign_off(row)
    db.session.commit()
    flash(_("Du bist abgemeldet. Danke, dass du Bescheid sagst!"))
    return redirect(url_for(".own_sign_up", token=token), 303)


@bp.post(f"{SIGN_UP}/mitbringen")
def bring(token: str) -> Response:
    """Take something of the list on, or put it back."""
    row = _own(token)
    item = db.session.get(BringItem, row_number("sache", request.form) or 0)
    if item is None or item.gathering_id != row.gathering_id:
        abort(404)
    if item.taken_by_id == row.id:
        attendance.release_item(item, row)
    else:
        attendance.claim_item(item, row)
    db.session.commit()
    return redirect(url_for(".own_sign_up", token=token) + "#mitbringen", 303)


@bp.get(f"{SIGN_UP}/kalender.ics")
def own_calendar_file(token: str) -> Response:
    """Give the gathering for one's calendar, with the link for joining if there is a place."""
    row = _own(token)
    content = calendar_of(
        [row.gathering], row.gathering.title, with_link=rules.may_join_online(row)
    )
    response = make_response(content)
    response.headers["Content-Type"] = MIME
    return keep_private(response)


@bp.route(f"{GATHERING}/hinweis", methods=["GET", "POST"])
@_NEW_ONES
def hint(gathering_id: int) -> Response:
    """Wichteln: give an idea that is presented a hint, or offer help."""
    gathering = queries.gathering_page(gathering_id) or abort(404)
    token = clean_query(request.values.get("anmeldung", ""), 64)
    row = queries.sign_up_by_token(token) if token else queries.sign_up_of(current_user, gathering)
    row = row if row and row.gathering_id == gathering.id else None
    ideas = [idea for idea in gathering.ideas if idea.is_public]
    if not ideas:
        abort(404)
    if not rules.may_give_hint(current_user, row):
        abort(403)
    form = HintForm(ideas=ideas, token=token, chosen=row_number("idee"))
    if form.validate_on_submit():
        wichteln.give_hint(
            gathering,
            next(idea for idea in ideas if idea.id == form.idea.data),
            kind=form.kind.data,
            text=form.text.data,
            user=current_user if current_user.is_authenticated else None,
            sign_up=row,
        )
        db.session.commit()
        flash(_("Danke! Dein Hinweis ist unterwegs."), "good")
        return redirect(url_for(".show", gathering_id=gathering.id), 303)
    return keep_private(
        render_page(
            "gatherings/hint_form.html",
            fragments={"hint-form"},
            status=422 if form.errors else 200,
            form=form,
            gathering=gathering,
        )
    )


@bp.get(HINT)
def read_hint(token: str) -> Response:
    """Show a hint to whoever brought the idea in."""
    found = _hint(token)
    return keep_private(
        render_page(
            "gatherings/hint.html",
            hint=found,
            idea=found.idea,
            names=wording.HINT_NAMES,
            may_accept=wichteln.may_be_answered(found, found.idea) and _brought_it_in(found.idea),
        )
    )


@bp.post(f"{HINT}/annehmen")
def accept_offer(token: str) -> Response:
    """Say yes to an offer: a conversation opens."""
    found = _hint(token)
    if not _brought_it_in(found.idea):
        abort(403)
    if not wichteln.may_be_answered(found, found.idea):
        raise wichteln.AlreadyAccepted
    wichteln.accept_offer(found, found.idea)
    db.session.commit()
    flash(_("Ihr könnt euch jetzt schreiben. Den Link bekommt ihr beide."), "good")
    return redirect(url_for(".read_hint", token=token), 303)


def show_gathering(gathering: Gathering, form: SignUpForm | None = None) -> Response:
    """Show the public page, with the form as far as it was filled in."""
    row = queries.sign_up_of(current_user, gathering)
    counts = queries.counts_of(gathering)
    has_account = current_user.is_authenticated
    may_host = rules.may_host(current_user, gathering, queries.led_teams(current_user))
    page = render_page(
        "gatherings/show.html",
        fragments={"sign-up-form"},
        status=422 if form else 200,
        form=form,
        sign_up_form=form or SignUpForm(has_account=has_account, is_sent=False),
        gathering=gathering,
        row=row,
        counts=counts,
        is_full=gathering.capacity is not None
        and (counts.taken >= gathering.capacity or counts.waiting > 0),
        when=letters.when,
        names=wording,
        spoken=", ".join(str(LANGUAGES[code]) for code in gathering.languages),
        items=queries.items_of(gathering),
        ideas=[idea for idea in gathering.ideas if idea.is_public],
        hint_counts=queries.hint_counts(gathering) if gathering.ideas else {},
        later=queries.later_dates(gathering),
        online_url=gathering.online_url if rules.may_join_online(row) else None,
        may_host=may_host,
        may_hint=rules.may_give_hint(current_user, row),
        notes_steps=has_account and current_user.is_coordinator,
    )
    return keep_private(page) if row or may_host else page


def _own(token: str) -> SignUp:
    return queries.sign_up_by_token(clean_query(token, 64)) or abort(404)


def _hint(token: str) -> Hint:
    return queries.hint_by_token(clean_query(token, 64)) or abort(404)


def _brought_it_in(idea: Idea) -> bool:
    """Whether it is for this person to say yes: the initiator; the link went to nobody else."""
    if idea.initiator_id is None:
        return True
    return current_user.is_authenticated and current_user.id == idea.initiator_id


def _said(row: SignUp) -> str:
    if row.is_seated:
        return _("Du bist dabei. Schön!")
    return _("Du stehst auf der Warteliste. Wird ein Platz frei, sagen wir dir Bescheid.")
