"""Pages of the profiles room: the own profile, the people who opened theirs."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.choices import LANGUAGES, TIMES
from portal.extensions import db
from portal.forms import clean_query
from portal.htmx import render_page
from portal.places.models import District
from portal.places.queries import all_districts
from portal.profiles import actions, queries, rules, wording
from portal.profiles.forms import ProfileForm
from portal.profiles.models import FIELDS, VISIBILITIES, Profile
from portal.routing import row_number

bp = Blueprint("profiles", __name__)

PEOPLE_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Person:
    """What one viewer may see of somebody: first name and readable fields, nothing else."""

    id: int
    name: str
    told: dict[str, str]
    language: str | None
    openness: str
    under_16: bool


@bp.get("/profil")
@login_required
def show() -> Response:
    """Show the person their own profile and what fits it."""
    profile = queries.profile_of(current_user)
    return render_page(
        "profiles/show.html",
        profile=profile,
        told=_told(profile, FIELDS) if profile else {},
        consent=queries.matching_consent(current_user),
        field_names=wording.FIELDS,
        visibility_names=wording.VISIBILITIES,
    )


@bp.route("/profil/bearbeiten", methods=["GET", "POST"])
@login_required
def edit() -> Response:
    """Let the person tell what they bring along."""
    profile = queries.profile_of(current_user)
    form = ProfileForm(
        boroughs=all_districts(),
        may_open=not current_user.under_16,
        asks_consent=not current_user.under_16 and not queries.matching_consent(current_user),
        data=_form_data(profile) if profile else None,
    )
    if form.validate_on_submit():
        _save(form)
        db.session.commit()
        flash(_("Dein Profil ist gespeichert."), "good")
        return redirect(url_for(".show"), 303)
    return render_page(
        "profiles/edit.html",
        fragments={"profile-form"},
        status=422 if form.errors else 200,
        form=form,
        is_new=profile is None,
    )


@bp.route("/profil/loeschen", methods=["GET", "POST"])
@login_required
def delete() -> Response:
    """Ask once, then forget the profile."""
    if queries.profile_of(current_user) is None:
        return redirect(url_for(".show"), 303)
    if request.method == "POST":
        actions.delete_profile(current_user)
        db.session.commit()
        flash(_("Dein Profil ist gelöscht. Du kannst jederzeit ein neues anlegen."))
        return redirect(url_for(".show"), 303)
    return render_page("profiles/delete.html")


@bp.get("/leute/")
def people() -> Response:
    """List the people who opened themselves to the viewer."""
    return _list("profiles.people", rules.neighbour_levels(current_user), everybody=False)


@bp.get("/koordination/leute")
@coordinator_required
def all_people() -> Response:
    """List everybody with a profile, for coordinators."""
    return _list("profiles.all_people", frozenset(VISIBILITIES), everybody=True)


@bp.get("/leute/<int:user_id>")
def person(user_id: int) -> Response:
    """Show somebody who opened themselves to the viewer; nobody else exists here."""
    profile = queries.person(user_id)
    if profile is None or not rules.opened_to(current_user, profile.openness, profile.user):
        abort(404)
    fields = rules.readable_fields(current_user, profile, profile.user)
    return render_page(
        "profiles/person.html",
        person=_as_person(profile, fields),
        # Who may read what is for those who read everything.
        visibility=profile.visibility_of if fields == FIELDS else None,
        is_own=current_user.is_authenticated and current_user.id == user_id,
        keeps_notes=current_user.is_authenticated and current_user.is_coordinator,
        field_names=wording.FIELDS,
        visibility_names=wording.VISIBILITIES,
    )


def _list(endpoint: str, levels: frozenset[str], *, everybody: bool) -> Response:
    wanted = queries.Wanted(
        language=_known(request.args.get("sprache", ""), LANGUAGES),
        time=_known(request.args.get("zeit", ""), TIMES),
        district_id=row_number("ortsteil"),
        name=clean_query(request.args.get("name", ""), 80) if everybody else "",
    )
    before = row_number("vor")
    found = queries.people(levels, wanted, before=before, limit=PEOPLE_A_PAGE + 1)
    shown, more = found[:PEOPLE_A_PAGE], len(found) > PEOPLE_A_PAGE
    return render_page(
        "profiles/people.html",
        fragments={"people-list"},
        announcement=ngettext("%(num)d Person", "%(num)d Leute", len(shown)),
        people=[
            _as_person(
                profile,
                FIELDS if everybody else rules.opened_fields(levels, profile, profile.user),
            )
            for profile in shown
        ],
        everybody=everybody,
        wanted=wanted,
        is_filtered=wanted != queries.Wanted(),
        boroughs=all_districts(),
        field_names=wording.FIELDS,
        visibility_names=wording.VISIBILITIES,
        list_url=url_for(endpoint),
        next_url=_list_url(endpoint, wanted, shown[-1].id) if more else None,
        first_url=_list_url(endpoint, wanted, None) if before else None,
    )


def _list_url(endpoint: str, wanted: queries.Wanted, before: int | None) -> str:
    return url_for(
        endpoint,
        sprache=wanted.language or None,
        zeit=wanted.time or None,
        ortsteil=wanted.district_id,
        name=wanted.name or None,
        vor=before,
    )


def _as_person(profile: Profile, fields: tuple[str, ...]) -> Person:
    return Person(
        profile.user_id,
        rules.first_name(profile.user) or _("Jemand"),
        _told(profile, fields),
        profile.language,
        profile.openness,
        profile.user.under_16,
    )


def _told(profile: Profile, fields: tuple[str, ...]) -> dict[str, str]:
    """Return what `profile` says in `fields`, in words; what says nothing is left out."""
    place = [profile.district.name] if profile.district else []
    words = {
        "can": profile.can,
        "learn": profile.learn,
        "cares": profile.cares,
        "rules_out": profile.rules_out,
        "times": ", ".join(str(TIMES[time]) for time in profile.times),
        "district": ", ".join([*place, str(wording.REACH[profile.reach])]) if place else "",
        "languages": ", ".join(str(LANGUAGES[language]) for language in profile.languages),
    }
    return {field: words[field] for field in fields if words[field]}


def _form_data(profile: Profile) -> dict[str, object]:
    told: dict[str, object] = {
        "can": profile.can,
        "learn": profile.learn,
        "cares": profile.cares,
        "rules_out": profile.rules_out,
        "times": profile.times,
        "languages": profile.languages,
        "district": profile.district_id,
        "reach": profile.reach,
    }
    return told | {f"visibility_{field}": profile.visibility_of(field) for field in FIELDS}


def _save(form: ProfileForm) -> None:
    district_id = form.district.data
    actions.save_profile(
        current_user,
        can=form.can.data,
        learn=form.learn.data,
        cares=form.cares.data,
        rules_out=form.rules_out.data,
        times=form.times.data,
        languages=form.languages.data,
        district=db.session.get(District, district_id) if district_id else None,
        reach=form.reach.data,
        visibility=form.visibility(),
    )
    if form.consent and form.consent.data:
        actions.agree_to_matching(current_user, str(wording.MATCHING_CONSENT))


def _known(value: str, known: Collection[str]) -> str:
    return value if value in known else ""
