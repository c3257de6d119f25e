"""Pages everybody sees: the list, one gathering, calendar files."""

from collections.abc import Sequence

from flask import abort, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.choices import LANGUAGES
from portal.gatherings import (
    guest_views,  # noqa: F401 - importing it adds its pages
    host_views,  # noqa: F401 - importing it adds its pages
    letters,
    personal_data,  # noqa: F401 - importing it registers what is exported and forgotten
    queries,
    rules,
    wording,
)
from portal.gatherings.blueprint import GATHERING, bp
from portal.gatherings.calendar_files import MIME, calendar_of
from portal.gatherings.guest_views import show_gathering
from portal.gatherings.models import KINDS
from portal.htmx import render_page
from portal.links import public_address
from portal.paging import Cursor
from portal.places.models import Borough
from portal.places.queries import all_districts
from portal.routing import row_number


@bp.get("/termine/")
def index() -> Response:
    """List what comes, or what was, narrowed down by place, kind, language and barriers."""
    boroughs = all_districts()
    wanted = _wanted(boroughs)
    listed, following = queries.gatherings(wanted, Cursor.parse(request.args.get("nach", "")))
    led = queries.led_teams(current_user)
    place = wanted.district or wanted.borough or None
    feed_url = url_for(".feed", ort=place, team=wanted.team_id)
    return render_page(
        "gatherings/index.html",
        fragments={"gathering-list"},
        announcement=ngettext("%(num)d Termin", "%(num)d Termine", len(listed)),
        listed=listed,
        wanted=wanted,
        place=place,
        is_filtered=wanted != queries.Wanted(past=wanted.past),
        boroughs=boroughs,
        kinds=wording.KINDS,
        when=letters.when,
        may_create=bool(rules.kinds_for(current_user, led)),
        feed_url=feed_url,
        feed_address=public_address(feed_url),
        next_url=_url(wanted, str(following)) if following else None,
        first_url=_url(wanted) if "nach" in request.args else None,
    )


@bp.get(GATHERING)
def show(gathering_id: int) -> Response:
    """Show one gathering; who comes stays a number."""
    return show_gathering(queries.gathering_page(gathering_id) or abort(404))


@bp.get("/termine/kalender.ics")
def feed() -> Response:
    """Give calendars something to subscribe to: everything, of one team, or of one place."""
    rows = queries.for_calendar(_wanted(all_districts()))
    return _file(calendar_of(rows, _("Termine – Wir im Quartier")))


@bp.get(f"{GATHERING}/kalender.ics")
def calendar_file(gathering_id: int) -> Response:
    """Give one gathering to put into a calendar."""
    gathering = queries.gathering_page(gathering_id) or abort(404)
    return _file(calendar_of([gathering], gathering.title))


def _file(content: bytes) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = MIME
    response.add_etag()
    return response.make_conditional(request)


def _wanted(boroughs: Sequence[Borough]) -> queries.Wanted:
    """Read the filters of the address; what means nothing is left out."""
    asked = request.args
    kind, language, place = asked.get("art", ""), asked.get("sprache", ""), asked.get("ort", "")
    own = current_user.is_authenticated and asked.get("meine") == "1"
    return queries.Wanted(
        past=asked.get("zeit") == "vorbei",
        kind=kind if kind in KINDS else "",
        language=language if language in LANGUAGES else "",
        barrier_free=asked.get("barrierefrei") == "1",
        borough=place if any(place == each.code for each in boroughs) else "",
        district=place if any(place == d.code for each in boroughs for d in each.districts) else "",
        team_id=row_number("team"),
        user_id=current_user.id if own else None,
    )


def _url(wanted: queries.Wanted, after: str | None = None) -> str:
    return url_for(
        ".index",
        zeit="vorbei" if wanted.past else None,
        ort=wanted.district or wanted.borough or None,
        art=wanted.kind or None,
        sprache=wanted.language or None,
        barrierefrei="1" if wanted.barrier_free else None,
        team=wanted.team_id,
        meine="1" if wanted.user_id else None,
        nach=after,
    )
