"""The coordinators' page about how good the suggestions are, and what was learned from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import flash, redirect, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from matching.feedback import Parameters
from matching.floors import Floors
from portal import clock
from portal.accounts.guards import administrator_required, coordinator_required
from portal.choices import LANGUAGES
from portal.extensions import db
from portal.htmx import render_page
from portal.matches import learning, quality, refitting
from portal.matches.actions import DECLINE_REASONS, OWN_REASONS
from portal.matches.blueprint import bp
from portal.matches.forms import RollBackForm
from portal.matches.index import replica
from portal.matches.outcomes import ANSWERS
from portal.matches.quality import Decisions, Share
from portal.matches.reasons import FACT_WORDS, LABEL_WORDS

PERIOD = timedelta(days=365)
LATEST = 10  # versions of the parameters that are listed


@dataclass(frozen=True, slots=True)
class Group:
    """One table: what its shares are about, and its rows with the names people read."""

    id: str
    title: str
    definition: str
    heading: str
    rows: list[tuple[object, Share]]


@bp.get("/koordination/qualitaet", endpoint="quality")
@coordinator_required
def quality_page() -> Response:
    """Numbers with their definitions, from the log of decisions of one year."""
    since = clock.now() - PERIOD
    decisions = quality.decisions_since(since)
    matcher = replica().matcher
    active = learning.active()
    router = learning.router_of(active, matcher)
    return render_page(
        "matches/quality.html",
        since=since,
        first_places=decisions.first_places(),
        accepted=decisions.accepted(),
        introduced=quality.introduced_since(since),
        sorted_out=len(decisions.own),
        groups=[*_approvals(decisions), *_reasons(decisions), *_outcomes(since)],
        exposures=[
            (_("Menschen"), quality.exposure(("person",))),
            (_("Teams und Gesuche"), quality.exposure(("team", "opening"))),
        ],
        encoders=matcher.encoders_,
        missing=matcher.missing_encoders,
        matcher_version=learning.version_name(matcher.version, active),
        without_vector=quality.count_without_vector(matcher.encoder_version_),
        pending=quality.count_pending(),
        least=quality.LEAST,
        active=active,
        versions=learning.latest(LATEST) if current_user.is_administrator else [],
        weights=_weights(learning.parameters_of(active)),
        floors=_floors(learning.floors_of(active)),
        routed=len(active.routed or ()) if active and router else 0,
        router_share=router.share if router else 0.0,
    )


@bp.post("/koordination/qualitaet/zurueck")
@administrator_required
def roll_back() -> Response:
    """Return to the parameters that were in use before."""
    form = RollBackForm()
    if form.validate_on_submit():
        refitting.roll_back(form.version.data)
        db.session.commit()
        flash(_("Zurückgenommen. Alle Texte werden jetzt neu verglichen."))
    return redirect(url_for("matches.quality"), 303)


def _weights(parameters: Parameters) -> list[tuple[object, float]]:
    """Return what each feature adds, under the names people read."""
    names = {"words": _("gleiche Wörter"), "meaning": _("ähnliche Bedeutung")}
    names["same language"] = _("beide Texte in einer Sprache")
    names |= {f"fact {code}": str(word) for code, word in FACT_WORDS.items()}
    return [(names.get(name, name), weight) for name, weight in parameters.weights.items()]


def _floors(floors: Floors) -> list[tuple[object, dict[object, float]]]:
    """Return for each kind decisions were about where its labels begin."""
    names = {"person": _("Menschen"), "team": _("Teams"), "opening": _("Gesuche")}
    names |= {"idea": _("Ideen"), "resource": _("Leihbares"), "office": _("Stellen")}
    return [
        (names.get(kind, kind), {LABEL_WORDS[label]: at for label, at in floors.of(kind).items()})
        for kind in floors.curves
        if kind
    ]


def _approvals(decisions: Decisions) -> list[Group]:
    definition = _("Anteil der geprüften Vorschläge, denen zugestimmt wurde.")
    kinds = (
        (
            "language",
            _("Nach Sprache"),
            _("Sprache des Textes, für den gesucht wurde."),
            _("Sprache"),
            _named(decisions.by(quality.language_of), LANGUAGES),
        ),
        (
            "place",
            _("Nach Ortsteil"),
            _("Ortsteil des Textes, für den gesucht wurde."),
            _("Ortsteil"),
            _named(decisions.by(quality.place_of), {}),
        ),
        (
            "month",
            _("Nach Monat"),
            _("Monat der Entscheidung."),
            _("Monat"),
            _named_months(decisions.by(quality.month_of)),
        ),
        (
            "version",
            _("Nach Fassung"),
            _("Fassung der Maschine, die den Vorschlag gemacht hat; p steht für Gelerntes."),
            _("Fassung"),
            _named(decisions.by(quality.version_of), {}),
        ),
    )
    return [
        Group(name, title, f"{definition} {what}", heading, rows)
        for name, title, what, heading, rows in kinds
    ]


def _outcomes(since: datetime) -> list[Group]:
    return [
        Group(
            f"outcomes-{days}",
            _("Was aus Vermittlungen wurde, nach %(days)d Tagen", days=days),
            _("Anteil an allen Antworten auf die Frage, wie es weitergegangen ist."),
            _("Antwort"),
            [(ANSWERS.get(share.name, share.name), share) for share in shares],
        )
        for days, shares in quality.outcomes_since(since).items()
    ]


def _reasons(decisions: Decisions) -> list[Group]:
    return [
        Group(
            "declined",
            _("Warum abgelehnt wurde"),
            _("Anteil an allen Ablehnungen durch das Unterstützungsteam."),
            _("Grund"),
            _named(decisions.reasons(), DECLINE_REASONS),
        ),
        Group(
            "own",
            _("Warum es Menschen für sich nicht passte"),
            _("Anteil an allem, was Menschen für sich selbst aussortiert haben."),
            _("Grund"),
            _named(decisions.own_reasons(), OWN_REASONS),
        ),
    ]


def _named(shares: Sequence[Share], names: Mapping[str, object]) -> list[tuple[object, Share]]:
    return [(names.get(share.name, share.name) or _("ohne Angabe"), share) for share in shares]


def _named_months(shares: Sequence[Share]) -> list[tuple[object, Share]]:
    return [
        (format_date(date.fromisoformat(f"{share.name}-01"), "MMMM y"), share) for share in shares
    ]
