"""What hosts do: make, change and call off a gathering, read the list, write the minutes."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.gatherings import actions, letters, queries, rules, times, wording
from portal.gatherings.blueprint import GATHERING, bp, keep_private, own_gathering
from portal.gatherings.forms import (
    AttendanceForm,
    CancelForm,
    GatheringForm,
    ItemForm,
    MinutesForm,
)
from portal.gatherings.models import BringItem, Gathering
from portal.htmx import render_page
from portal.places.queries import all_districts
from portal.routing import row_number


@bp.route("/termine/neu", methods=["GET", "POST"])
@login_required
def create() -> Response:
    """Make a gathering, or a series of them."""
    teams = queries.led_teams(current_user)
    kinds = rules.kinds_for(current_user, teams)
    if not kinds:
        abort(403)
    form = GatheringForm(kinds=kinds, teams=teams, boroughs=all_districts(), data=_first(kinds))
    if form.validate_on_submit():
        made = actions.create_gatherings(
            form.details(),
            form.slot(),
            host=current_user,
            rhythm=form.rhythm.data,
            until=form.until.data,
            ideas=form.found_ideas,
            bring_items=form.item_lines(),
        )
        db.session.commit()
        flash(
            ngettext(
                "Der Termin steht im Kalender.", "%(num)d Termine stehen im Kalender.", len(made)
            ),
            "good",
        )
        return redirect(url_for(".show", gathering_id=made[0].id), 303)
    return _form_page(form, None, url_for(".create"))


@bp.route(f"{GATHERING}/bearbeiten", methods=["GET", "POST"])
@login_required
def edit(gathering_id: int) -> Response:
    """Change this date, or this and all following ones."""
    gathering = own_gathering(gathering_id)
    if gathering.is_cancelled or gathering.is_past:
        raise actions.GatheringOver
    teams = queries.led_teams(current_user)
    kinds = rules.kinds_for(current_user, teams)
    form = GatheringForm(
        kinds=kinds, teams=teams, boroughs=all_districts(), gathering=gathering,
        data=_data(gathering),
    )  # fmt: skip
    if form.validate_on_submit():
        changed = actions.change_gathering(
            gathering,
            form.details(),
            form.slot(),
            following="following" in form and form.following.data,
            ideas=form.found_ideas,
        )
        db.session.commit()
        flash(
            ngettext("Der Termin ist geändert.", "%(num)d Termine sind geändert.", changed), "good"
        )
        return redirect(url_for(".show", gathering_id=gathering_id), 303)
    return _form_page(form, gathering, url_for(".edit", gathering_id=gathering_id))


@bp.route(f"{GATHERING}/absagen", methods=["GET", "POST"])
@login_required
def cancel(gathering_id: int) -> Response:
    """Call it off, with a reason for those who wanted to come."""
    gathering = own_gathering(gathering_id)
    if gathering.is_cancelled or gathering.is_past:
        raise actions.GatheringOver
    form = CancelForm()
    if gathering.series_id is None:
        del form.following
    if form.validate_on_submit():
        following = "following" in form and form.following.data
        number = actions.cancel_gathering(gathering, form.reason.data, following=following)
        db.session.commit()
        flash(ngettext("Der Termin ist abgesagt.", "%(num)d Termine sind abgesagt.", number))
        return redirect(url_for(".show", gathering_id=gathering_id), 303)
    return render_page(
        "gatherings/cancel.html",
        fragments={"cancel-form"},
        status=422 if form.errors else 200,
        form=form,
        gathering=gathering,
        counts=queries.counts_of(gathering),
    )


@bp.route(f"{GATHERING}/liste", methods=["GET", "POST"])
@login_required
def attendance_list(gathering_id: int) -> Response:
    """Show the host who comes and what they need; afterwards, keep who came."""
    gathering = own_gathering(gathering_id)
    people = queries.attendees(gathering)
    form = AttendanceForm(data={"walk_ins": gathering.walk_ins})
    if form.validate_on_submit():
        seated = [each.row for each in people if each.row.is_seated]
        came = set(request.form.getlist("kam", type=int))
        actions.note_who_came(gathering, seated, came, form.walk_ins.data or 0)
        db.session.commit()
        flash(_("Gespeichert. Danke!"), "good")
        return redirect(url_for(".attendance_list", gathering_id=gathering_id), 303)
    return _list_page(gathering, people, form)


@bp.post(f"{GATHERING}/sachen")
@login_required
def add_item(gathering_id: int) -> Response:
    """Add something to the list "Wer bringt was"."""
    gathering = own_gathering(gathering_id)
    form = ItemForm()
    if not form.validate_on_submit():
        return _list_page(gathering, queries.attendees(gathering), None, form)
    actions.add_item(gathering, form.title.data)
    db.session.commit()
    return redirect(url_for(".attendance_list", gathering_id=gathering_id) + "#sachen", 303)


@bp.post(f"{GATHERING}/sachen/entfernen")
@login_required
def remove_item(gathering_id: int) -> Response:
    """Take something from the list."""
    gathering = own_gathering(gathering_id)
    item = db.session.get(BringItem, row_number("sache", request.form) or 0)
    if item is None or item.gathering_id != gathering.id:
        abort(404)
    actions.remove_item(item)
    db.session.commit()
    return redirect(url_for(".attendance_list", gathering_id=gathering_id) + "#sachen", 303)


@bp.route(f"{GATHERING}/protokoll", methods=["GET", "POST"])
@login_required
def minutes(gathering_id: int) -> Response:
    """Write what was said, for everybody to read."""
    gathering = own_gathering(gathering_id)
    if gathering.is_cancelled or gathering.takes_sign_ups:
        raise actions.NotYetOver
    form = MinutesForm(
        data={
            "text": gathering.minutes,
            "decisions": gathering.decisions,
            "ideas": "\n".join(str(idea.id) for idea in gathering.ideas if idea.is_public),
            "teams": "\n".join(str(team.id) for team in gathering.teams),
        }
    )
    if form.validate_on_submit():
        actions.write_minutes(
            gathering,
            text=form.text.data,
            decisions=form.decisions.data,
            ideas=form.found_ideas,
            teams=form.found_teams,
        )
        db.session.commit()
        flash(_("Das Protokoll ist veröffentlicht."), "good")
        return redirect(url_for(".show", gathering_id=gathering_id), 303)
    return render_page(
        "gatherings/minutes.html",
        fragments={"minutes-form"},
        status=422 if form.errors else 200,
        form=form,
        gathering=gathering,
    )


def _form_page(form: GatheringForm, gathering: Gathering | None, url: str) -> Response:
    return render_page(
        "gatherings/form.html",
        fragments={"gathering-form"},
        status=422 if form.errors else 200,
        form=form,
        gathering=gathering,
        form_url=url,
        meanings=wording.KIND_MEANINGS,
    )


def _list_page(
    gathering: Gathering,
    people: list[queries.Attendee],
    form: AttendanceForm | None,
    item_form: ItemForm | None = None,
) -> Response:
    shown = form or AttendanceForm(formdata=None, data={"walk_ins": gathering.walk_ins})
    seated = [each for each in people if each.row.is_seated]
    failed = item_form or (form if form and form.errors else None)
    return keep_private(
        render_page(
            "gatherings/list.html",
            status=422 if failed else 200,
            form=failed,
            attendance_form=shown,
            item_form=item_form or ItemForm(formdata=None),
            gathering=gathering,
            when=letters.when(gathering),
            seated=seated,
            waiting=[each for each in people if each.row.is_waiting],
            names={each.row.id: each.name for each in people},
            total=sum(each.row.people for each in seated),
            photos=sum(each.row.photos_ok for each in seated),
            needing=[each for each in people if each.row.has_needs],
            needs_of=wording.needs_of,
            items=queries.items_of(gathering),
            has_begun=not gathering.takes_sign_ups and not gathering.is_cancelled,
        )
    )


def _first(kinds: tuple[str, ...]) -> dict[str, object]:
    """Return what a new form starts with; a team's page brings its team along."""
    team_id = row_number("team")
    kind = "teamtreffen" if team_id and "teamtreffen" in kinds else None
    return {
        "kind": kind or (kinds[0] if len(kinds) == 1 else None),
        "team": team_id,
        "languages": ["de"],
    }


def _data(gathering: Gathering) -> dict[str, object]:
    begin, end = times.local(gathering.starts_at), times.local(gathering.ends_at)
    plain = (
        "kind", "title", "text", "place", "online_url", "languages", "steps", "toilet", "hearing",
        "words", "barrier_note", "bring", "capacity",
    )  # fmt: skip
    return {name: getattr(gathering, name) for name in plain} | {
        "day": begin.date(),
        "begin": begin.time(),
        "end": end.time(),
        "district": gathering.district_id,
        "team": gathering.team_id,
        "ideas": "\n".join(str(idea.id) for idea in gathering.ideas if idea.is_public),
    }
