"""Pages of organisations: list, profile, who speaks for it."""

from collections.abc import Mapping
from typing import TypedDict

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.accounts.queries import user_by_email
from portal.choices import LANGUAGES
from portal.extensions import db
from portal.htmx import render_page
from portal.organisations import (
    actions,
    queries,
    resource_views,  # noqa: F401 - importing it adds its pages
    rules,
    wording,
)
from portal.organisations.audited import watch_organisations
from portal.organisations.blueprint import ORGANISATION, bp
from portal.organisations.forms import MemberForm, OrganisationForm
from portal.organisations.models import Organisation, OrganisationMember
from portal.places.models import District
from portal.places.queries import all_districts
from portal.profiles.rules import first_name
from portal.routing import row_number

watch_organisations()


class OrganisationTexts(TypedDict):
    """What the form says, as the actions want it."""

    name: str
    kind: str
    about: str
    district: District | None
    languages: list[str]
    website: str | None
    mailbox: str | None


@bp.get("/akteure/")
def index() -> Response:
    """List the organisations, narrowed down by what they lend and where they are."""
    offers = request.args.get("bietet", "")
    may_review = current_user.is_authenticated and current_user.is_coordinator
    wanted = queries.Wanted(
        offers=offers if offers in wording.RESOURCE_KINDS else "",
        district_id=row_number("ortsteil"),
        waiting=may_review and request.args.get("wartet") == "1",
    )
    chosen = {
        "bietet": wanted.offers or None,
        "ortsteil": wanted.district_id,
        "wartet": "1" if wanted.waiting else None,
    }
    after = request.args.get("nach", "")
    shown, cursor = queries.organisations(wanted, after)
    return render_page(
        "organisations/index.html",
        fragments={"organisation-list"},
        announcement=ngettext("%(num)d Akteur", "%(num)d Akteure", len(shown)),
        listed=shown,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        may_review=may_review,
        kinds=wording.KINDS,
        resource_kinds=wording.RESOURCE_KINDS,
        boroughs=all_districts(),
        next_url=_list_url(chosen, cursor) if cursor else None,
        first_url=_list_url(chosen, None) if after else None,
    )


@bp.get(ORGANISATION)
def show(organisation_id: int) -> Response:
    """Show an organisation and what it lends."""
    organisation = _readable(organisation_id)
    member_ids = organisation.member_ids
    may_edit = rules.may_edit(current_user, member_ids)
    keeps_members = current_user.is_authenticated and current_user.is_coordinator
    return _show(organisation, member_ids, may_edit, MemberForm() if keeps_members else None)


@bp.route("/akteure/neu", methods=["GET", "POST"])
@login_required
def create() -> Response:
    """Introduce an organisation; a coordinator looks at it before it is public."""
    form = OrganisationForm(organisation=None, boroughs=all_districts())
    if form.validate_on_submit():
        speaks = not current_user.is_coordinator
        organisation = actions.create_organisation(
            by=current_user, speaks_for_it=speaks, **_texts(form)
        )
        db.session.commit()
        if speaks:
            flash(_("Danke! Das Unterstützungsteam sieht sich euren Eintrag an."), "good")
        else:
            flash(_("Der Akteur ist veröffentlicht."), "good")
        return redirect(url_for(".show", organisation_id=organisation.id), 303)
    return _form_page(form, None)


@bp.route(f"{ORGANISATION}/bearbeiten", methods=["GET", "POST"])
@login_required
def edit(organisation_id: int) -> Response:
    """Change what the page says."""
    organisation = _editable(organisation_id)
    form = OrganisationForm(
        organisation=organisation,
        boroughs=all_districts(),
        data={
            "name": organisation.name,
            "kind": organisation.kind,
            "about": organisation.about,
            "district": organisation.district_id,
            "languages": organisation.languages,
            "website": organisation.website,
            "mailbox": organisation.mailbox,
        },
    )
    if form.validate_on_submit():
        actions.change_organisation(organisation, by=current_user, **_texts(form))
        db.session.commit()
        flash(_("Die Änderungen sind gespeichert."), "good")
        return redirect(url_for(".show", organisation_id=organisation.id), 303)
    return _form_page(form, organisation)


@bp.post(f"{ORGANISATION}/veroeffentlichen")
@coordinator_required
def publish(organisation_id: int) -> Response:
    """Let everybody see it, after a coordinator's glance."""
    organisation = _for_review(organisation_id)
    actions.publish(organisation)
    db.session.commit()
    flash(_("Der Akteur ist veröffentlicht."), "good")
    return redirect(url_for(".show", organisation_id=organisation.id), 303)


@bp.post(f"{ORGANISATION}/zuruecknehmen")
@coordinator_required
def unpublish(organisation_id: int) -> Response:
    """Take it off the public pages."""
    organisation = _for_review(organisation_id)
    actions.unpublish(organisation)
    db.session.commit()
    flash(_("Der Akteur ist nicht mehr öffentlich. Du kannst ihn jederzeit wieder zeigen."))
    return redirect(url_for(".show", organisation_id=organisation.id), 303)


@bp.post(f"{ORGANISATION}/menschen")
@coordinator_required
def add_member(organisation_id: int) -> Response:
    """Let somebody with an account speak for the organisation."""
    organisation = queries.organisation_page(organisation_id) or abort(404)
    form = MemberForm()
    user = user_by_email(form.email.data) if form.validate_on_submit() else None
    if user is None:
        if not form.errors:
            form.email.errors = [_("Zu dieser Adresse gibt es kein Konto.")]
        return _show(organisation, organisation.member_ids, True, form, status=422)
    actions.add_member(organisation, user)
    db.session.commit()
    flash(_("%(name)s kann jetzt für den Akteur sprechen.", name=first_name(user)), "good")
    return redirect(url_for(".show", organisation_id=organisation.id), 303)


@bp.post(f"{ORGANISATION}/menschen/<int:member_id>/entfernen")
@login_required
def remove_member(organisation_id: int, member_id: int) -> Response:
    """Let somebody go: themselves, or by a coordinator."""
    member = db.get_or_404(OrganisationMember, member_id)
    if member.organisation_id != organisation_id:
        abort(404)
    if member.user_id != current_user.id and not current_user.is_coordinator:
        abort(403)
    actions.remove_member(member)
    db.session.commit()
    flash(_("Erledigt."))
    return redirect(url_for(".index"), 303)


def _list_url(chosen: Mapping[str, str | int | None], after: str | None) -> str:
    return url_for(
        ".index",
        bietet=chosen["bietet"],
        ortsteil=chosen["ortsteil"],
        wartet=chosen["wartet"],
        nach=after,
    )


def _editable(organisation_id: int) -> Organisation:
    """Return the organisation, or end the request for whoever may not edit it."""
    organisation = queries.organisation_page(organisation_id) or abort(404)
    if not rules.may_edit(current_user, organisation.member_ids):
        abort(403)
    return organisation


def _readable(organisation_id: int) -> Organisation:
    organisation = queries.organisation_page(organisation_id) or abort(404)
    if not rules.may_read(current_user, organisation, organisation.member_ids):
        abort(404)
    return organisation


def _for_review(organisation_id: int) -> Organisation:
    organisation = queries.organisation_page(organisation_id) or abort(404)
    if not rules.may_publish(current_user, organisation.member_ids):
        abort(403)
    return organisation


def _texts(form: OrganisationForm) -> OrganisationTexts:
    district_id = form.district.data
    return {
        "name": form.name.data,
        "kind": form.kind.data,
        "about": form.about.data,
        "district": db.session.get(District, district_id) if district_id else None,
        "languages": form.languages.data,
        "website": form.website.data,
        "mailbox": form.mailbox.data,
    }


def _show(
    organisation: Organisation,
    member_ids: set[int],
    may_edit: bool,
    member_form: MemberForm | None,
    status: int = 200,
) -> Response:
    open_resources = [each for each in organisation.resources if each.is_open]
    return render_page(
        "organisations/show.html",
        status=status,
        form=member_form,
        organisation=organisation,
        resources=open_resources,
        closed=[each for each in organisation.resources if not each.is_open] if may_edit else [],
        kinds=wording.KINDS,
        resource_kinds=wording.RESOURCE_KINDS,
        spoken=", ".join(str(LANGUAGES[code]) for code in organisation.languages),
        may_edit=may_edit,
        may_publish=rules.may_publish(current_user, member_ids),
        # Who speaks for it is for those who keep the list, not for the public.
        people=[(member, first_name(member.user)) for member in organisation.members]
        if may_edit
        else [],
    )


def _form_page(form: OrganisationForm, organisation: Organisation | None) -> Response:
    form_url = (
        url_for(".edit", organisation_id=organisation.id) if organisation else url_for(".create")
    )
    return render_page(
        "organisations/form.html",
        fragments={"organisation-form"},
        status=422 if form.errors else 200,
        form=form,
        organisation=organisation,
        form_url=form_url,
    )
