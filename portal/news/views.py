"""Pages of the news room: the list, narrowed down, and the same as a feed."""

from dataclasses import dataclass

from flask import make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal.htmx import render_page
from portal.news import (
    audited,
    feeds,
    newsletter_views,  # noqa: F401 - importing it adds its pages
    press_views,  # noqa: F401 - importing it adds its pages
    queries,
    sources,
    wording,
)
from portal.news.blueprint import bp
from portal.paging import Cursor
from portal.places.models import District
from portal.places.queries import all_districts
from portal.routing import row_number
from portal.teams.models import Team
from portal.teams.wording import FOCUS

ENTRIES_A_PAGE, ENTRIES_A_FEED = 20, 30
EXCERPT = 400

audited.watch_room()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for."""

    topic: str
    district: District | None
    team: Team | None

    @property
    def wanted(self) -> sources.Wanted:
        """The same as a filter."""
        return sources.Wanted(
            self.topic,
            self.district.id if self.district else None,
            self.team.id if self.team else None,
        )

    @property
    def parameters(self) -> dict[str, str | int]:
        """The same as parameters of an address."""
        found = {
            "thema": self.topic,
            "ortsteil": self.wanted.district_id,
            "team": self.wanted.team_id,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def title(self) -> str:
        """The same in words."""
        names = [each.name for each in (self.team, self.district) if each]
        names += [self.topic] if self.topic else []
        if not names:
            return _("Neues aus dem Quartier")
        return _("Neues aus dem Quartier: %(what)s", what=", ".join(names))

    def url(self, endpoint: str, before: str | None = None) -> str:
        """Return the address of a page that shows this."""
        wanted = self.wanted
        return url_for(
            endpoint,
            thema=self.topic or None,
            ortsteil=wanted.district_id,
            team=wanted.team_id,
            vor=before,
        )


@bp.get("/neues/")
def index() -> Response:
    """List the news, narrowed down by topic, district or team."""
    chosen, before = _chosen(), request.args.get("vor", "")
    found = sources.newest(chosen.wanted, before=Cursor.parse(before), limit=ENTRIES_A_PAGE + 1)
    shown, more = found[:ENTRIES_A_PAGE], len(found) > ENTRIES_A_PAGE
    following = str(Cursor(shown[-1].at, shown[-1].number)) if more else None
    return render_page(
        "news/index.html",
        fragments={"news-list"},
        announcement=ngettext("%(num)d Nachricht", "%(num)d Nachrichten", len(shown)),
        entries=shown,
        chosen=chosen.parameters,
        team_name=chosen.team.name if chosen.team else "",
        topics=FOCUS,
        boroughs=all_districts(),
        headline=wording.headline,
        shortened=lambda text: wording.shortened(text, EXCERPT),
        page_of_kind=feeds.PAGES,
        kinds=wording.KIND_NAMES,
        feed_title=chosen.title,
        feed_url=chosen.url(".feed"),
        next_url=chosen.url(".index", following) if following else None,
        first_url=chosen.url(".index") if before else None,
    )


@bp.get("/neues/feed.atom")
def feed() -> Response:
    """The same as an Atom feed; answers 304 to readers who have it already."""
    chosen = _chosen()
    answer = make_response(
        feeds.write_feed(
            sources.newest(chosen.wanted, limit=ENTRIES_A_FEED),
            title=chosen.title,
            author=chosen.team.name if chosen.team else _("Wir im Quartier"),
            chosen=chosen.parameters,
        )
    )
    answer.mimetype = feeds.TYPE
    answer.cache_control.private = answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)


def _chosen() -> Chosen:
    """Read the address; what does not exist narrows nothing down."""
    topic = request.args.get("thema", "")
    district_id, team_id = row_number("ortsteil"), row_number("team")
    return Chosen(
        topic if topic in FOCUS else "",
        queries.district_named(district_id) if district_id else None,
        queries.team_named(team_id) if team_id else None,
    )
