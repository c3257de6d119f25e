"""The account page, signing in by mail link, and the stations around Flask-Security's pages."""

from flask import Blueprint, abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required
from flask_security import login_user, logout_user

from portal.accounts import (
    actions,
    erasure,
    exports,
    protection,
    queries,
    rules,
    setup,
    sign_in_links,
    texts,
)
from portal.accounts.cli import create_command, delete_command
from portal.accounts.forms import DeleteForm, NameForm, PhoneForm, SignInLinkForm
from portal.accounts.models import User
from portal.extensions import db
from portal.htmx import render_page

bp = Blueprint("accounts", __name__, cli_group="user")
bp.cli.add_command(create_command)
bp.cli.add_command(delete_command)


@bp.get("/registriert")
def look_into_mail() -> ResponseReturnValue:
    """Say what to do after sign-up; the same for everybody."""
    return render_page("accounts/look_into_mail.html")


@bp.get("/konto/start")
@login_required
def arrive() -> ResponseReturnValue:
    """Send who signed in to where their work is."""
    endpoint = "coordination.workbench" if current_user.is_coordinator else "profiles.show"
    return redirect(url_for(endpoint), 303)


@bp.get("/anmelden/link")
def ask_for_link() -> ResponseReturnValue:
    """Offer a link by mail to people who forgot or never liked their password."""
    form = SignInLinkForm(formdata=None, next=request.args.get("next", ""))
    return render_page("accounts/ask_for_link.html", form=form)


def _send_link() -> ResponseReturnValue:
    form = SignInLinkForm()
    if not form.validate_on_submit():
        return render_page("accounts/ask_for_link.html", form=form, status=422)
    user = setup.datastore.find_user(case_insensitive=True, email=form.email.data)
    if user and user.active:
        sign_in_links.send_link(user, form.next.data or "")
    db.session.commit()
    return redirect(url_for(".link_is_sent"), 303)


send_link = bp.post("/anmelden/link", endpoint="send_link")(
    protection.guard(_send_link, per_network="20 per hour", per_address="5 per hour")
)


@bp.get("/anmelden/link/unterwegs")
def link_is_sent() -> ResponseReturnValue:
    """Say that the mail is on its way, whether there is an account or not."""
    return render_page("accounts/link_is_sent.html")


@bp.get("/anmelden/link/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Show the button that signs in; opening the link alone changes nothing."""
    user = sign_in_links.user_of(token)
    return render_page(
        "accounts/open_link.html",
        status=200 if user else 410,
        token=token,
        is_good=user is not None,
        next_path=_next_path(),
    )


def _use_link(token: str) -> ResponseReturnValue:
    user = sign_in_links.user_of(token)
    if user is None or not sign_in_links.use_up(user):
        db.session.rollback()
        return render_page(
            "accounts/open_link.html", status=410, token=token, is_good=False, next_path=""
        )
    plugins = setup.extension().two_factor_plugins
    second = plugins.tf_enter(user, False, "email", next_loc=_next_path())
    if not second:
        login_user(user, authn_via=["email"])
    db.session.commit()
    return second or redirect(_next_path() or url_for(".arrive"), 303)


use_link = bp.post("/anmelden/link/<token>", endpoint="use_link")(
    protection.guard(_use_link, per_network="30 per 5 minutes")
)


@bp.get("/konto")
@login_required
def account() -> ResponseReturnValue:
    """Show what the portal knows about the person's account and what they can do about it."""
    return _account_page(NameForm(formdata=None, name=current_user.name))


@bp.post("/konto")
@login_required
def rename() -> ResponseReturnValue:
    """Change the name others see."""
    form = NameForm()
    if not form.validate_on_submit():
        return _account_page(form, 422)
    actions.rename(_me(), form.name.data or "")
    db.session.commit()
    flash(_("Dein Name ist geändert."), "success")
    return redirect(url_for(".account"), 303)


@bp.post("/konto/anrufen")
@login_required
def ask_to_be_called() -> ResponseReturnValue:
    """Note a telephone number for questions, or forget it."""
    form = PhoneForm()
    if not form.validate_on_submit():
        return _account_page(NameForm(formdata=None, name=current_user.name), 422, form)
    actions.ask_to_be_called(_me(), form.phone.data or "")
    db.session.commit()
    notice = _("Wir rufen dich an.") if form.phone.data else _("Wir schreiben dir.")
    flash(notice, "success")
    return redirect(url_for(".account"), 303)


@bp.post("/konto/ueberall-abmelden")
@login_required
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of this account but the one that asks."""
    user = _me()
    actions.sign_out_everywhere(user)
    db.session.commit()
    login_user(user, authn_via=["session"])
    flash(_("Auf allen anderen Geräten bist du jetzt abgemeldet."), "success")
    return redirect(url_for(".account"), 303)


@bp.post("/konto/einwilligung/<purpose>/zuruecknehmen")
@login_required
def withdraw(purpose: str) -> ResponseReturnValue:
    """Take back a consent."""
    actions.withdraw_consent(_me(), purpose)
    db.session.commit()
    flash(_("Deine Einwilligung ist zurückgenommen."), "success")
    return redirect(url_for(".account"), 303)


@bp.post("/konto/einwilligung/matching/geben")
@login_required
def agree() -> ResponseReturnValue:
    """Agree to being suggested."""
    actions.give_consent(_me(), "matching", str(texts.MATCHING_WORDING))
    db.session.commit()
    flash(_("Danke! Ab jetzt kann das Unterstützungsteam dich vorschlagen."), "success")
    return redirect(url_for(".account"), 303)


@bp.post("/konto/einwilligung/newsletter/geben")
@login_required
def subscribe() -> ResponseReturnValue:
    """Agree to the newsletter; the address was confirmed when the account was made."""
    if not rules.may_subscribe(_me()):
        abort(403)
    actions.give_consent(_me(), "newsletter", str(texts.NEWSLETTER_WORDING))
    db.session.commit()
    flash(_("Du bekommst ab jetzt den Newsletter."), "success")
    return redirect(url_for(".account"), 303)


@bp.get("/konto/daten.json")
@login_required
def export() -> ResponseReturnValue:
    """Hand out everything the portal knows about the person."""
    response = jsonify(exports.everything_about(_me()))
    response.headers["Content-Disposition"] = 'attachment; filename="wiq-daten.json"'
    return response


@bp.get("/konto/loeschen")
@login_required
def confirm_deletion() -> ResponseReturnValue:
    """Say what deleting the account means and ask for the address."""
    return render_page("accounts/delete.html", form=DeleteForm(formdata=None))


@bp.post("/konto/loeschen")
@login_required
def delete() -> ResponseReturnValue:
    """Delete the account and everything personal with it."""
    form = DeleteForm()
    if not form.validate_on_submit():
        return render_page("accounts/delete.html", form=form, status=422)
    user = _me()
    logout_user()
    erasure.delete_user(user)
    db.session.commit()
    flash(_("Dein Konto ist gelöscht. Danke, dass du dabei warst!"), "success")
    return redirect(url_for("pages.home"), 303)


def _account_page(
    form: NameForm, status: int = 200, phone_form: PhoneForm | None = None
) -> ResponseReturnValue:
    consents = queries.consents_of(_me())
    return render_page(
        "accounts/account.html",
        status=status,
        form=phone_form or form,
        name_form=form,
        phone_form=phone_form or PhoneForm(formdata=None, phone=_me().phone),
        user=_me(),
        consents=consents,
        purposes=texts.PURPOSES,
        matching_wording=texts.MATCHING_WORDING,
        agreed={c.purpose for c in consents if c.withdrawn_at is None},
        newsletter_wording=texts.NEWSLETTER_WORDING,
        may_subscribe=rules.may_subscribe(_me()),
    )


def _me() -> User:
    return current_user._get_current_object()


def _next_path() -> str:
    wanted = request.values.get("next", "")
    return wanted if rules.is_own_path(wanted) else ""
