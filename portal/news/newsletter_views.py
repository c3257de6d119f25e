"""The newsletter: coordinators choose news of a period and take texts and addresses along."""

from datetime import date, timedelta

from flask import Response, make_response, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.news import actions, contacts, newsletter, queries, sources, wording
from portal.news.blueprint import bp
from portal.news.models import LISTS

MOST_ENTRIES = 60
DAYS = 30
LAST_EXPORTS = 5


@bp.get("/koordination/newsletter")
@coordinator_required
def newsletter_page() -> Response:
    """Offer the news of a period; show the letter of the chosen ones."""
    first, last = _period()
    entries = sources.newest(_wanted(first, last), limit=MOST_ENTRIES)
    numbers = _numbers() if "e" in request.args else None
    chosen = [entry for entry in entries if numbers is None or entry.number in numbers]
    title = _title(first, last)
    written = numbers is not None and chosen
    return render_page(
        "news/newsletter.html",
        first=first,
        last=last,
        entries=entries,
        most=MOST_ENTRIES,
        chosen={entry.number for entry in chosen},
        headline=wording.headline,
        kinds=wording.KIND_NAMES,
        html=newsletter.as_html(title, chosen) if written else None,
        text=newsletter.as_text(title, chosen) if written else None,
        download=lambda kind: url_for(
            ".newsletter_file",
            kind=kind,
            von=first.isoformat(),
            bis=last.isoformat(),
            e=sorted(entry.number for entry in chosen),
        ),
        readers=len(queries.readers()),
        former=len(queries.former_readers()),
        exports=queries.exports(LAST_EXPORTS),
        lists=wording.LIST_NAMES,
    )


@bp.get("/koordination/newsletter/text.<kind>")
@coordinator_required
def newsletter_file(kind: str) -> Response:
    """Hand out the letter as a file."""
    first, last = _period()
    wanted = _wanted(first, last, tuple(sorted(_numbers())[:MOST_ENTRIES]))
    entries, title = sources.newest(wanted, limit=MOST_ENTRIES), _title(first, last)
    if kind == "html":
        return _file(newsletter.as_html(title, entries), "text/html", "newsletter.html")
    return _file(newsletter.as_text(title, entries), "text/plain", "newsletter.txt")


@bp.post("/koordination/newsletter/adressen/<kind>")
@coordinator_required
def newsletter_addresses(kind: str) -> Response:
    """Hand out addresses for CiviCRM; that it happened stays in the log."""
    kind = kind if kind in LISTS else LISTS[0]
    rows = queries.readers() if kind == LISTS[0] else queries.former_readers()
    written = contacts.write_contacts(rows, kind)
    actions.note_export(kind, len(rows), by=current_user)
    db.session.commit()
    return _file(written, "text/csv", f"newsletter-{kind}-{clock.today():%Y-%m-%d}.csv")


def _period() -> tuple[date, date]:
    """Return the first and last day asked for, the last thirty days otherwise."""
    today = clock.today()
    last = _day("bis") or today
    first = _day("von") or last - timedelta(days=DAYS)
    return min(first, last), max(first, last)


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _wanted(first: date, last: date, numbers: tuple[int, ...] | None = None) -> sources.Wanted:
    return sources.Wanted(
        since=clock.start_of(first),
        until=clock.start_of(last + timedelta(days=1)),
        numbers=numbers,
    )


def _numbers() -> set[int]:
    return {number for number in request.args.getlist("e", type=int) if 0 <= number < 2**31}


def _title(first: date, last: date) -> str:
    return _(
        "Neues aus dem Quartier, %(first)s bis %(last)s",
        first=format_date(first, "long"),
        last=format_date(last, "long"),
    )


def _file(content: str, kind: str, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = f"{kind}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
