"""The workbench: what waits, the lists behind it, ticking off and handing over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.coordination import (
    actions,
    call_views,  # noqa: F401
    letter_views,  # noqa: F401 - importing it adds its page
    personal_data,  # noqa: F401
    queries,
    rules,
    worklists,
)
from portal.coordination.audited import watch_rooms
from portal.coordination.blueprint import bp
from portal.coordination.forms import HandOverForm
from portal.coordination.models import NextStep, SupportRequest
from portal.coordination.record_views import record_url
from portal.coordination.tiles import WAITING
from portal.coordination.wording import SUPPORT_TYPES
from portal.extensions import db
from portal.htmx import render_page
from portal.matches import queries as matches
from portal.routing import row_number

watch_rooms()
Work = TypeVar("Work", NextStep, SupportRequest)


@dataclass(frozen=True, slots=True)
class Worklist:
    """A list in the address bar, in the counts, and in German."""

    code: str
    title: object
    empty: object
    find: Callable[..., worklists.Page]
    has_owners: bool = False


LISTS = {
    "ideen": Worklist(
        "ideas",
        _l("Ideen ohne Reaktion"),
        _l("Auf jede Idee hat in der ersten Woche jemand reagiert."),
        worklists.silent_ideas,
    ),
    "vermittlungen": Worklist(
        "introductions",
        _l("Vermittlungen warten auf Antwort"),
        _l("Alle, die wir gefragt haben, haben geantwortet."),
        worklists.open_introductions,
    ),
    "schritte": Worklist(
        "steps",
        _l("Fällige Schritte"),
        _l("Bis heute ist nichts mehr zu tun."),
        worklists.due_steps,
        has_owners=True,
    ),
    "unterstuetzung": Worklist(
        "support",
        _l("Unterstützungsanfragen"),
        _l("Gerade braucht niemand Unterstützung."),
        worklists.open_requests,
        has_owners=True,
    ),
    "beitrittsanfragen": Worklist(
        "joins",
        _l("Unbeantwortete Beitrittsanfragen"),
        _l("Alle Teams haben geantwortet."),
        worklists.join_requests,
    ),
    "leitung": Worklist(
        "leaderless",
        _l("Teams ohne Leitung"),
        _l("Jedes Team, das arbeitet, hat eine Leitung."),
        worklists.leaderless,
    ),
    "uebernahmen": Worklist(
        "adoptions",
        _l("Übernahmen pausierter Teams"),
        _l("Niemand wartet auf eine Antwort."),
        worklists.open_adoptions,
    ),
    "ansprechstellen": Worklist(
        "offices",
        _l("Ansprechstellen neu prüfen"),
        _l("Alle Einträge sind in den letzten 180 Tagen geprüft worden."),
        worklists.old_offices,
    ),
    "aemter-schweigen": Worklist(
        "silent_letters",
        _l("Ämter, die schweigen"),
        _l("Kein Amt lässt uns länger als 14 Tage warten."),
        worklists.silent_letters,
        has_owners=True,
    ),
    "unzustellbar": Worklist(
        "bounced_letters",
        _l("Briefe unzustellbar"),
        _l("Alle Briefe sind angekommen."),
        worklists.bounced_letters,
        has_owners=True,
    ),
    "aemter-antworten": Worklist(
        "answered_letters",
        _l("Antworten von Ämtern"),
        _l("Aus jeder Antwort ist etwas geworden."),
        worklists.answered_letters,
        has_owners=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on the workbench with the list behind it."""

    label: object
    number: int
    minutes: int
    url: str


@bp.get("/koordination/")
@coordinator_required
def workbench() -> Response:
    """What waits, each number with the list behind it and the minutes it may take."""
    mine = _wants_mine()
    found = worklists.counts(current_user, mine)
    waiting = matches.count_waiting()
    tiles = [
        _tile(_("Ideen ansehen"), "ideas", matches.count_waiting_ideas(), url_for("ideas.review")),
        _tile(_("Vorschläge prüfen"), "suggestions", waiting, url_for("matches.queue")),
    ]
    tiles += [
        _tile(one.title, one.code, found[one.code], _list_url(name, mine and one.has_owners))
        for name, one in LISTS.items()
    ]
    tiles += [
        Tile(one.label, found[code], found[code] * one.minutes, url_for(one.endpoint))
        for code, one in WAITING.items()
    ]
    captures_url = url_for("ideas.review", liste="erfasst")
    tiles.insert(1, _tile(_("Erfassungen prüfen"), "captures", found["captures"], captures_url))
    tiles.insert(3, _tile(_("Anrufe"), "calls", found["calls"], url_for(".calls")))
    links = [
        (_("Alle Vermittlungen und was daraus wurde"), url_for("matches.introduction_records")),
        (_("Letzte Entscheidungen ansehen oder zurücknehmen"), url_for("matches.decided")),
        (_("Wie gut sind die Vorschläge?"), url_for("matches.quality")),
        (_("Briefe an Ämter"), url_for("letters.index")),
        (_("Alle Profile"), url_for("profiles.all_people")),
        (_("Steuerungsteams"), url_for("steering.index")),
        (_("Fördertöpfe"), url_for("funds.index")),
        (_("Weitergaben von und an andere Stellen"), url_for("referrals.inbox")),
        (_("Ideen am Ideenmobil erfassen"), url_for("outreach.capture")),
        (_("Team gründen"), url_for("teams.create")),
        (_("Newsletter"), url_for("news.newsletter_page")),
        (_("Alles übergeben, zum Beispiel vor dem Urlaub"), url_for(".hand_over")),
    ]
    if current_user.is_administrator:
        links.append((_("Postausgang"), url_for("messages.outbox")))
        links.append((_("Protokoll"), url_for("moderation.log")))
    return render_page(
        "coordination/workbench.html",
        tiles=tiles,
        minutes=sum(tile.minutes for tile in tiles),
        mine=mine,
        links=links,
    )


@bp.get("/koordination/liste/<name>")
@coordinator_required
def worklist(name: str) -> Response:
    """Show one list, longest waiting first."""
    one = LISTS.get(name) or abort(404)
    mine = one.has_owners and _wants_mine()
    page = one.find(current_user, after=request.args.get("nach", ""), mine=mine)
    return render_page(
        "coordination/worklist.html",
        fragments={"worklist"},
        announcement=ngettext("%(num)d Eintrag", "%(num)d Einträge", len(page.items)),
        name=name,
        worklist=one,
        mine=mine,
        items=page.items,
        url_of=_url_of,
        today=clock.today(),
        type_names=SUPPORT_TYPES,
        next_url=_list_url(name, mine, page.next) if page.next else None,
    )


@bp.post("/koordination/schritte/<int:step_id>/erledigt")
@coordinator_required
def finish_step(step_id: int) -> Response:
    """Tick a step off, from its record or from the list."""
    step = _work_or_404(NextStep, step_id)
    actions.finish_step(step)
    db.session.commit()
    flash(_("Erledigt."), "good")
    return redirect(_way_back(step), 303)


@bp.route("/koordination/uebergabe", methods=["GET", "POST"])
@coordinator_required
def hand_over() -> Response:
    """Give one item, or everything, to a colleague with a note."""
    work = _work_asked_for()
    owner_id = work.owner_id if work else current_user.id
    concerned = queries.about(*work.subject) if work else None
    people = queries.colleagues([owner_id, *(concerned.owners if concerned else ())])
    form = HandOverForm(people, owner_id)
    if form.validate_on_submit():
        return _handed_over(work, form)
    form.number()
    return render_page(
        "coordination/hand_over.html",
        fragments={"hand-over"},
        status=422 if form.errors else 200,
        form=form,
        work=work,
        number=0 if work else queries.count_open_work_of(current_user.id),
        form_url=url_for(
            ".hand_over", schritt=row_number("schritt"), anfrage=row_number("anfrage")
        ),
        back_url=record_url(*work.subject) if work else url_for(".workbench"),
    )


def _handed_over(work: NextStep | SupportRequest | None, form: HandOverForm) -> Response:
    to, note = form.colleague(), form.note.data or ""
    if work:
        actions.hand_over(work, to=to, note=note)
        number, back = 1, _way_back(work)
    else:
        number = actions.hand_over_everything(to=to, note=note, by=current_user)
        back = url_for(".workbench")
    db.session.commit()
    left = 0 if work else queries.count_open_work_of(current_user.id)
    if left:
        flash(_("Was %(name)s selbst betrifft, bleibt bei dir.", name=to.name), "info")
    flash(
        ngettext(
            "%(num)d Eintrag liegt jetzt bei %(name)s.",
            "%(num)d Einträge liegen jetzt bei %(name)s.",
            number,
            name=to.name,
        ),
        "good",
    )
    return redirect(back, 303)


def _work_asked_for() -> NextStep | SupportRequest | None:
    if number := row_number("schritt"):
        return _work_or_404(NextStep, number)
    if number := row_number("anfrage"):
        return _work_or_404(SupportRequest, number)
    if "schritt" in request.args or "anfrage" in request.args:
        abort(404)
    return None


def _work_or_404(table: type[Work], row_id: int) -> Work:
    work = db.get_or_404(table, row_id)
    about = queries.about(*work.subject) or abort(404)
    if not rules.may_work_on(current_user, about.owners):
        abort(403)
    return work


def _tile(label: object, code: str, number: int, url: str) -> Tile:
    return Tile(label, number, number * rules.MINUTES[code], url)


def _wants_mine() -> bool:
    return request.args.get("wer") != "alle"


def _list_url(name: str, mine: bool, after: str | None = None) -> str:
    who = None if mine or not LISTS[name].has_owners else "alle"
    return url_for(".worklist", name=name, wer=who, nach=after)


def _way_back(work: NextStep | SupportRequest) -> str:
    """Return to the list the button stood on, else to the record."""
    name = request.form.get("liste", "")
    if name in LISTS:
        return _list_url(name, mine=request.form.get("wer") != "alle")
    return record_url(*work.subject)


def _url_of(named: worklists.Named) -> str:
    if named.kind == "letter":
        return url_for("letters.show", letter_id=named.id)
    if named.kind == "opening":
        return url_for("teams.opening", opening_id=named.id)
    if named.kind == "join":
        return url_for("recruiting.show", request_id=named.id)
    if named.kind == "members":
        return url_for("recruiting.members", team_id=named.id)
    if named.kind == "adoption":
        return url_for("teams.adoption", adoption_id=named.id)
    return record_url(named.kind, named.id)
