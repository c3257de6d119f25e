"""Records: everything coordinators know, noted and promised about one idea, person, team, office.

An idea's record is its case: it also shows the text, the history, what fits, the introductions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.coordination import actions, queries, rules, wording
from portal.coordination.blueprint import bp
from portal.coordination.forms import ContactForm, RecordForm, ResultForm, StepForm, SupportForm
from portal.coordination.models import SupportRequest
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.queries import idea_in_full
from portal.ideas.topics import topic_names
from portal.ideas.wording import STATE_MEANINGS, STATE_NAMES
from portal.matches.cards import Detail, details_of
from portal.matches.models import Introduction

PATHS = {"idee": "idea", "person": "person", "team": "team", "ansprechstelle": "office"}
_PATH_OF = {kind: path for path, kind in PATHS.items()}
RECORD = "/koordination/akte/<kind>/<int:subject_id>"


@dataclass(frozen=True, slots=True)
class Met:
    """An introduction of this idea with the other side, as coordinators see it."""

    introduction: Introduction
    other: Detail | None


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a record; `failed` was sent with an error and is shown open."""

    contact: ContactForm
    step: StepForm
    support: SupportForm
    results: dict[int, ResultForm]
    failed: RecordForm | None = None


@dataclass(slots=True)
class Case:
    """What only an idea's record has."""

    idea: Idea
    met: list[Met] = field(default_factory=list)


def record_url(kind: str, subject_id: int) -> str:
    """Return the page on which something is worked on."""
    if kind == "idea":
        return url_for("coordination.case", idea_id=subject_id)
    return url_for("coordination.record", kind=_PATH_OF[kind], subject_id=subject_id)


@bp.get("/koordination/ideen/<int:idea_id>")
@coordinator_required
def case(idea_id: int) -> Response:
    """Show everything about one idea."""
    return _page(_about("idea", idea_id))


@bp.get(RECORD)
@coordinator_required
def record(kind: str, subject_id: int) -> Response:
    """Show what is noted about a person, a team or an office."""
    about = _about(PATHS.get(kind, ""), subject_id)
    if about.kind == "idea":
        return redirect(record_url("idea", subject_id))
    return _page(about)


@bp.post(f"{RECORD}/kontakt")
@coordinator_required
def log_contact(kind: str, subject_id: int) -> Response:
    """Note a call, mail, meeting or thought."""
    about = _about_to_work_on(kind, subject_id)
    form = ContactForm()
    if not form.validate():
        return _page(about, form)
    actions.log_contact(
        (about.kind, about.id),
        channel=form.channel.data or "",
        text=form.text.data or "",
        follow_up_on=form.follow_up_on.data,
        by=current_user,
    )
    return _done(about, _("Vermerkt: %(what)s.", what=wording.CHANNELS[form.channel.data or ""]))


@bp.post(f"{RECORD}/schritt")
@coordinator_required
def add_step(kind: str, subject_id: int) -> Response:
    """Promise what happens next."""
    about = _about_to_work_on(kind, subject_id)
    form = StepForm(queries.colleagues(about.owners), current_user)
    if not form.validate():
        return _page(about, form)
    actions.add_step(
        (about.kind, about.id),
        text=form.text.data or "",
        owner=form.chosen_owner(),
        due_on=form.due_on.data or clock.today(),
        by=current_user,
    )
    return _done(about, _("Der nächste Schritt ist eingetragen."))


@bp.post(f"{RECORD}/unterstuetzung")
@coordinator_required
def request_support(kind: str, subject_id: int) -> Response:
    """Note what help is needed."""
    about = _about_to_work_on(kind, subject_id)
    form = SupportForm(queries.colleagues(about.owners), current_user)
    if not form.validate():
        return _page(about, form)
    actions.request_support(
        (about.kind, about.id),
        type=form.type.data or "",
        text=form.text.data or "",
        owner=form.chosen_owner(),
        due_on=form.due_on.data or clock.today(),
        by=current_user,
    )
    return _done(about, _("Die Unterstützungsanfrage ist eingetragen."))


@bp.post("/koordination/unterstuetzung/<int:request_id>/erledigt")
@coordinator_required
def finish_request(request_id: int) -> Response:
    """Close a support request with its result."""
    request = db.get_or_404(SupportRequest, request_id)
    about = _about_to_work_on(_PATH_OF[request.subject_kind], request.subject_id)
    form = ResultForm()
    if not form.validate():
        return _page(about, form, request_id)
    actions.finish_request(request, form.result.data or "")
    return _done(about, _("Die Unterstützungsanfrage ist erledigt."))


def _about(kind: str, subject_id: int) -> queries.About:
    return queries.about(kind, subject_id) or abort(404)


def _about_to_work_on(kind: str, subject_id: int) -> queries.About:
    about = _about(PATHS.get(kind, ""), subject_id)
    if not rules.may_work_on(current_user, about.owners):
        abort(403)
    return about


def _done(about: queries.About, notice: str) -> Response:
    db.session.commit()
    flash(notice, "good")
    return redirect(record_url(about.kind, about.id), 303)


def _page(
    about: queries.About, failed: RecordForm | None = None, request_id: int | None = None
) -> Response:
    """Render the record, after an error with the form that failed, filled and open."""
    may_work = rules.may_work_on(current_user, about.owners)
    what = (about.kind, about.id)
    requests = queries.requests_about(*what) if may_work else []
    return render_page(
        "coordination/record.html",
        fragments={"record-work"},
        status=422 if failed else 200,
        form=failed,
        about=about,
        kind_path=_PATH_OF[about.kind],
        case=_case(about.id) if about.kind == "idea" else None,
        may_work=may_work,
        forms=_forms(about, requests, failed, request_id) if may_work else None,
        steps=queries.steps_about(*what) if may_work else [],
        requests=requests,
        log=queries.contact_log(*what) if may_work else [],
        today=clock.today(),
        kind_names=wording.KINDS,
        channel_names=wording.CHANNELS,
        type_names=wording.SUPPORT_TYPES,
        state_names=STATE_NAMES,
        meanings=STATE_MEANINGS,
        topic_names=topic_names(),
    )


def _forms(
    about: queries.About,
    requests: Sequence[SupportRequest],
    failed: RecordForm | None,
    request_id: int | None,
) -> Forms:
    people = queries.colleagues(about.owners)
    contact = failed if isinstance(failed, ContactForm) else ContactForm(formdata=None)
    step = failed if isinstance(failed, StepForm) else None
    support = failed if isinstance(failed, SupportForm) else None
    forms = Forms(
        contact=contact,
        step=step or StepForm(people, current_user, is_sent=False),
        support=support or SupportForm(people, current_user, is_sent=False),
        results={each.id: ResultForm(formdata=None) for each in requests if not each.done_at},
        failed=failed,
    )
    if isinstance(failed, ResultForm) and request_id:
        forms.results[request_id] = failed
    for form in (forms.contact, forms.step, forms.support):
        form.number()
    for number, result in forms.results.items():
        result.number(number)
    return forms


def _case(idea_id: int) -> Case:
    idea = idea_in_full(Idea.id == idea_id) or abort(404)
    introductions = queries.introductions_about("idea", idea_id)
    others = [_other_side(each, idea_id) for each in introductions]
    details = details_of(others, current_user)
    met = [
        Met(introduction, details.get(other))
        for introduction, other in zip(introductions, others, strict=True)
    ]
    return Case(idea, met)


def _other_side(introduction: Introduction, idea_id: int) -> tuple[str, int]:
    suggestion = introduction.suggestion
    source = (suggestion.source_kind, suggestion.source_id)
    return (suggestion.target_kind, suggestion.target_id) if source == ("idea", idea_id) else source
