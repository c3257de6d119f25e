"""Pages of the funds room: the list, one fund, editing, marking."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.coordination.tiles import Waiting, show_on_workbench
from portal.extensions import db
from portal.funds import actions, audited, fitting_views, queries, rules  # noqa: F401
from portal.funds.blueprint import bp
from portal.funds.forms import FundForm
from portal.funds.models import Fund
from portal.funds.wording import WHO
from portal.htmx import render_page
from portal.ideas.topics import topic_names
from portal.letters.queries import office_by_slug
from portal.places.queries import all_districts

audited.watch_room()
show_on_workbench(
    Waiting("funds", _l("Fördertöpfe neu prüfen"), 5, "funds.to_check", queries.count_old_funds)
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A fund in the list with its next deadline."""

    fund: Fund
    is_marked: bool
    deadline: date | None
    days_left: int | None
    is_old: bool


@bp.get("/foerdertoepfe/")
def index() -> Response:
    """List the funds, narrowed by borough, topic and who applies; nearest deadline first."""
    boroughs = all_districts()
    asked = {name: request.args.get(name, "") for name in ("bezirk", "thema", "wer")}
    borough = next((each for each in boroughs if each.code == asked["bezirk"]), None)
    wanted = queries.Filter(
        borough=borough.name if borough else "",
        districts=frozenset(each.name for each in borough.districts) if borough else frozenset(),
        topic=asked["thema"] if asked["thema"] in topic_names() else "",
        who=asked["wer"] if asked["wer"] in WHO else "",
    )
    user_id = current_user.id if current_user.is_authenticated else None
    found = [_listed(fund, marked) for fund, marked in queries.funds(wanted, user_id)]
    found.sort(key=lambda one: (one.deadline or date.max, one.fund.name))
    start = request.args.get("ab", 0, type=int)
    start = start if 0 <= start < len(found) else 0
    following = start + queries.PAGE
    next_url = url_for(
        ".index", ab=following, bezirk=asked["bezirk"], thema=asked["thema"], wer=asked["wer"]
    )
    return render_page(
        "funds/index.html",
        fragments={"fund-list"},
        announcement=ngettext("%(num)d Fördertopf", "%(num)d Fördertöpfe", len(found)),
        listed=found[start:following],
        next_url=next_url if following < len(found) else None,
        boroughs=boroughs,
        borough=borough,
        wanted=wanted,
        who_names=WHO,
        topic_names=topic_names(),
        may_edit=rules.may_edit(current_user),
        list_url=url_for(".index"),
    )


@bp.get("/foerdertoepfe/pruefen")
@coordinator_required
def to_check() -> Response:
    """List the entries nobody checked for half a year, oldest first."""
    found = [_listed(fund, marked) for fund, marked in queries.funds(queries.Filter(), None)]
    old = sorted((one for one in found if one.is_old), key=lambda one: one.fund.checked_on)
    return render_page("funds/to_check.html", listed=old[: queries.PAGE])


@bp.get("/foerdertoepfe/<slug>")
def show(slug: str) -> Response:
    """Show what a fund pays for, until when, and where that is written."""
    fund = _fund(slug)
    today = clock.today()
    office = office_by_slug(fund.office_slug) if fund.office_slug else None
    return render_page(
        "funds/show.html",
        fragments={"fund-check"},
        fund=fund,
        office=office,
        entry=_listed(fund, queries.mark_of(fund, current_user) is not None),
        opens_on=rules.opens_on(fund, today),
        source_host=urlsplit(fund.source_url).hostname,
        website_host=urlsplit(fund.website or "").hostname,
        who_names=WHO,
        topic_names=topic_names(),
        may_edit=rules.may_edit(current_user),
    )


@bp.route("/foerdertoepfe/neu", methods=["GET", "POST"])
@coordinator_required
def create() -> Response:
    """Let coordinators add a fund."""
    return _form_page(None)


@bp.route("/foerdertoepfe/<slug>/bearbeiten", methods=["GET", "POST"])
@coordinator_required
def edit(slug: str) -> Response:
    """Let coordinators correct an entry; saving counts as checking it."""
    return _form_page(_fund(slug))


@bp.post("/foerdertoepfe/<slug>/geprueft")
@coordinator_required
def confirm(slug: str) -> Response:
    """Note that the entry was compared with its source today."""
    actions.confirm_fund(_fund(slug))
    db.session.commit()
    flash(_("Danke. Als heute geprüft vermerkt."), "good")
    return redirect(url_for(".show", slug=slug), 303)


@bp.post("/foerdertoepfe/<slug>/merken")
@login_required
def mark(slug: str) -> Response:
    """Remind this person of the fund's deadlines, or no longer."""
    fund = _fund(slug)
    if request.form.get("merken") == "nein":
        actions.unmark(fund, current_user)
        flash(_("Wir erinnern dich nicht mehr an diesen Fördertopf."))
    else:
        actions.mark(fund, current_user)
        flash(_("Gemerkt. Wir erinnern dich sechs und zwei Wochen vor der Frist."), "good")
    db.session.commit()
    return redirect(url_for(".show", slug=slug), 303)


def _listed(fund: Fund, is_marked: bool) -> Listed:
    today = clock.today()
    deadline = rules.next_deadline(fund, today)
    return Listed(
        fund,
        is_marked,
        deadline,
        (deadline - today).days if deadline else None,
        rules.needs_check(fund, today),
    )


def _form_page(fund: Fund | None) -> Response:
    form = FundForm(boroughs=all_districts(), topics=topic_names(), fund=fund)
    if form.validate_on_submit() and (saved := _saved(fund, form)):
        flash(_("Der Eintrag ist gespeichert und gilt als heute geprüft."), "good")
        return redirect(url_for(".show", slug=saved.slug), 303)
    return render_page(
        "funds/edit.html",
        status=422 if form.errors else 200,
        form=form,
        fund=fund,
    )


def _saved(fund: Fund | None, form: FundForm) -> Fund | None:
    """Save the form; what stands in the way is said in the form, so nothing typed is lost."""
    try:
        if fund is None:
            fund = actions.add_fund(**form.content())
        else:
            seen_at = _moment(form.seen_at.data)
            actions.change_fund(fund, seen_at=seen_at, **form.content())
    except actions.FundNameTaken as error:
        form.name.errors = [str(error)]
    except actions.FundChangedMeanwhile as error:
        form.form_errors.append(str(error))
    else:
        db.session.commit()
        return fund
    return None


def _moment(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        abort(400)


def _fund(slug: str) -> Fund:
    return queries.fund_by_slug(slug) or abort(404)
