"""Pages of the offices room: the directory, one entry with its trap questions, editing."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.forms import clean_query
from portal.htmx import render_page
from portal.offices import actions, labels, queries, rules
from portal.offices.forms import OfficeForm
from portal.offices.models import Office
from portal.places.queries import all_districts

bp = Blueprint("offices", __name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the list, with the everyday phrases a search found it by."""

    office: Office
    heard_as: list[tuple[str, str]]  # language, phrase
    is_old: bool


@bp.get("/ansprechstellen/")
def index() -> Response:
    """List the offices; search by everyday words, narrow by borough and kind."""
    text = clean_query(request.args.get("q", ""))
    boroughs = all_districts()
    code, kind = request.args.get("bezirk", ""), request.args.get("art", "")
    borough = next((borough for borough in boroughs if borough.code == code), None)
    kind = kind if kind in labels.KINDS else ""
    found = queries.find_offices(text, borough=borough, kind=kind)
    words = rules.search_words(text)
    return render_page(
        "offices/index.html",
        fragments={"office-list"},
        text=text,
        boroughs=boroughs,
        borough=borough,
        kind=kind,
        kind_names=labels.KINDS,
        listed=[_listed(office, words) for office in found],
        traps=queries.traps_for(text),
        list_url=url_for(".index"),
        announcement=ngettext("%(num)d Ansprechstelle", "%(num)d Ansprechstellen", len(found)),
    )


@bp.get("/ansprechstellen/<slug>")
def show(slug: str) -> Response:
    """Show what an office is for, how to write to it, and what it is mistaken for."""
    office = _office_or_404(slug)
    return render_page(
        "offices/show.html",
        fragments={"office-check"},
        office=office,
        traps=queries.traps_of(office),
        kind_names=labels.KINDS,
        evidence_names=labels.EVIDENCE,
        source_host=urlsplit(office.source_url).hostname,
        website_host=urlsplit(office.website or "").hostname,
        is_old=rules.needs_check(office, clock.today()),
        may_edit=rules.may_edit(current_user),
    )


@bp.route("/ansprechstellen/<slug>/bearbeiten", methods=["GET", "POST"])
@coordinator_required
def edit(slug: str) -> Response:
    """Let coordinators correct an entry; saving counts as checking it."""
    office = _office_or_404(slug)
    boroughs = all_districts()
    form = OfficeForm(boroughs=boroughs, office=office)
    if form.validate_on_submit() and _saved(office, form):
        flash(_("Der Eintrag ist gespeichert und gilt als heute geprüft."), "good")
        return redirect(url_for(".show", slug=slug), 303)
    return render_page(
        "offices/edit.html",
        fragments={"office-form"},
        status=422 if form.errors else 200,
        form=form,
        office=office,
    )


@bp.post("/ansprechstellen/<slug>/geprueft")
@coordinator_required
def confirm(slug: str) -> Response:
    """Note that the entry was compared with its source today."""
    office = _office_or_404(slug)
    actions.confirm_office(office)
    db.session.commit()
    flash(_("Danke. Als heute geprüft vermerkt."), "good")
    return redirect(url_for(".show", slug=slug), 303)


def _saved(office: Office, form: OfficeForm) -> bool:
    """Save the form; what stands in the way is said in the form, so nothing typed is lost."""
    try:
        actions.change_office(office, seen_at=_moment(form.seen_at.data), **form.content())
    except actions.OfficeNameTaken as error:
        form.name.errors = [str(error)]
    except actions.OfficeChangedMeanwhile as error:
        form.form_errors.append(str(error))
    else:
        db.session.commit()
        return True
    return False


def _listed(office: Office, words: list[str]) -> Listed:
    language_of = {
        phrase: code for code, phrases in office.everyday_other.items() for phrase in phrases
    }
    phrases = rules.phrases_found(office.everyday, words) if words else []
    return Listed(
        office,
        heard_as=[(language_of.get(phrase, "de"), phrase) for phrase in phrases],
        is_old=rules.needs_check(office, clock.today()),
    )


def _moment(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        abort(400)


def _office_or_404(slug: str) -> Office:
    office = db.session.scalar(select(Office).where(Office.slug == slug))
    return office or abort(404)
