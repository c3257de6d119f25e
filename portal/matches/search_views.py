"""Search over everything public, the quick match, and what is similar while an idea is typed."""

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.extensions import db, limiter
from portal.forms import clean_query
from portal.htmx import render_page
from portal.matches.blueprint import bp
from portal.matches.cards import KIND_WORDS, details_of, result_of
from portal.matches.facts import Side, exclusion
from portal.matches.forms import JoinForm
from portal.matches.index import Known, replica
from portal.places.forms import district_choices
from portal.places.models import District
from portal.places.queries import all_districts

SEARCHED = ("idea", "team", "opening", "resource", "office")
RESULTS = 30
SIMILAR_FROM = 15  # characters; below that nearly everything is similar


@bp.get("/suche")
@limiter.limit("120/minute")
def search() -> Response:
    """One box over ideas, teams, openings, what is lent, and offices."""
    query = clean_query(request.args.get("q", ""))
    kind = request.args.get("art", "")
    kinds = (kind,) if kind in SEARCHED else SEARCHED
    results = _results(query, kinds, RESULTS) if query else []
    return render_page(
        "matches/search.html",
        fragments={"results"},
        announcement=ngettext("%(num)d Treffer", "%(num)d Treffer", len(results)) if query else "",
        query=query,
        kind=kind if kind in SEARCHED else "",
        kinds={name: KIND_WORDS[name] for name in SEARCHED},
        results=results,
    )


@bp.route("/mitmachen", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=["POST"])
def join() -> Response:
    """Quick match without an account: what somebody can do finds teams at once."""
    form = JoinForm()
    form.district.choices = district_choices(all_districts(), _("egal oder keine Angabe"))
    results: list[dict[str, object]] = []
    asked = form.validate_on_submit()
    if asked:
        facts = _typed_facts(form)
        results = _results(form.text.data, ("opening", "team", "idea"), 12, facts)
    return render_page(
        "matches/join.html",
        fragments={"quick-match"},
        status=422 if form.errors else 200,
        announcement=ngettext("%(num)d Treffer", "%(num)d Treffer", len(results)) if asked else "",
        form=form,
        asked=asked,
        results=results,
    )


@bp.post("/ideen/aehnlich")
@limiter.limit("120/minute")
def similar() -> Response:
    """Similar public ideas and teams beside the idea form; it stores nothing and blocks nothing."""
    fields = {
        name: request.form.get(name, "")
        for name in request.form
        if name not in ("csrf_token", "decision")
    }
    text = clean_query(
        "\n".join(fields.get(name, "") for name in ("problem", "wish", "contribution")), 4000
    )
    results = _results(text, ("idea", "team"), 5) if len(text) >= SIMILAR_FROM else []
    return render_page(
        "matches/similar.html",
        fragments={"similar-ideas"},
        announcement=ngettext(
            "%(num)d ähnlicher Eintrag", "%(num)d ähnliche Einträge", len(results)
        ),
        results=results,
        fields=fields,
        is_short=len(text) < SIMILAR_FROM,
    )


def _results(
    text: str, kinds: tuple[str, ...], k: int, facts: dict[str, object] | None = None
) -> list[dict[str, object]]:
    """Return cards for a typed text: public entries only, never the reader's own ideas."""
    reader_id = current_user.id if current_user.is_authenticated else 0
    side: Side = ("person", reader_id, facts or {}, text)

    def keep(known: Known) -> bool:
        if not known.is_public:
            return False
        if known.subject[0] == "idea" and reader_id in known.facts.get("owners", ()):  # type: ignore[operator]
            return False
        if facts is None:
            return True
        there: Side = (*known.subject, known.facts, known.text)
        return exclusion(side, there) in (None, "no_contact")

    found = replica().search(text, kinds, k, keep)
    details = details_of([known.subject for known, _match in found], current_user)
    return [
        result_of(details[known.subject], match)
        for known, match in found
        if known.subject in details
    ]


def _typed_facts(form: JoinForm) -> dict[str, object]:
    facts: dict[str, object] = {"times": form.times.data}
    district = db.session.get(District, form.district.data) if form.district.data else None
    if district:
        facts |= {"district_id": district.id, "borough_id": district.borough_id}
    return facts
