"""Pages everybody uses: posting an idea, following it, reading, changing, taking it back."""

from collections.abc import Sequence

from flask import abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal import clock
from portal.choices import LANGUAGES
from portal.extensions import db, limiter
from portal.forms import clean_query
from portal.htmx import render_page
from portal.ideas import (
    actions,
    codes,
    letters,
    queries,
    review_views,  # noqa: F401 - importing it adds its pages
    rules,
)
from portal.ideas.blueprint import ID, bp
from portal.ideas.forms import ClaimForm, EditForm, IdeaForm
from portal.ideas.models import STATES, Idea
from portal.ideas.topics import topic_names
from portal.ideas.wording import ANY_LANGUAGE, STATE_MEANINGS, STATE_NAMES
from portal.paging import Cursor
from portal.places.models import Borough, District
from portal.places.queries import all_districts, find_districts

# Claim codes that were made and not shown yet, in the browser's signed session, by idea.
FRESH_CODES = "fresh_claim_codes"


@bp.get("/ideen/")
def index() -> Response:
    """The public list, newest first."""
    boroughs = all_districts()
    chosen = _chosen(boroughs)
    page = queries.public_ideas(
        queries.Filter(**{name: value for name, value in chosen.items() if name != "place"}),
        Cursor.parse(request.args.get("nach", "")),
    )
    next_url = url_for(
        ".index",
        ort=chosen["place"],
        thema=chosen["topic"],
        stand=chosen["state"],
        sprache=chosen["language"],
        nach=str(page.next),
    )
    return render_page(
        "ideas/index.html",
        fragments={"idea-list", "idea-more"},
        announcement=ngettext("%(num)d Idee", "%(num)d Ideen", len(page.ideas)),
        ideas=page.ideas,
        next_url=next_url if page.next else None,
        goes_on="nach" in request.args,
        is_filtered=any(chosen.values()),
        chosen=chosen,
        boroughs=boroughs,
        topic_names=topic_names(),
        state_names=STATE_NAMES,
    )


@bp.route("/ideen/neu", methods=["GET", "POST"])
@limiter.limit(
    "300 per hour", methods=["POST"], deduct_when=lambda response: response.status_code == 303
)
def create() -> Response:
    """Take in an idea; nobody needs an account."""
    has_account = current_user.is_authenticated
    form = IdeaForm(
        boroughs=all_districts(),
        has_account=has_account,
        data={
            "problem": clean_query(request.args.get("problem", ""), 4000),
            "district": request.args.get("ort", ""),
            "under_16": has_account and current_user.under_16,
        },
    )
    form.key()
    # The page of similar ideas sends everything back: the person goes on writing.
    if "back" not in request.form and form.validate_on_submit():
        submission = _submit(form)
        if submission.claim_code or _says_the_same(submission.idea, form):
            return redirect(url_for(".progress", token=submission.idea.progress_token), 303)
        form.renew_key()
        form.form_errors.append(
            _(
                "Mit diesem Formular hast du schon eine Idee abgeschickt. Ist das hier eine "
                "zweite? Dann schick sie noch einmal ab."
            )
        )
    return render_page(
        "ideas/create.html",
        status=422 if form.errors else 200,
        form=form,
        any_language=ANY_LANGUAGE,
    )


@bp.get("/fortschritt/<token>")
def progress(token: str) -> Response:
    """Show the initiator how far the idea has come; the link is the key."""
    idea = queries.idea_in_full(Idea.progress_token == clean_query(token)) or abort(404)
    response = render_page(
        "ideas/progress.html",
        idea=idea,
        claim_code=_take_fresh_code(idea),
        address=letters.progress_url(idea),
        ahead=rules.steps_ahead(idea.state),
        may_edit=rules.may_edit(current_user, idea, token),
        may_restore=rules.may_restore(current_user, idea, token, now=clock.now()),
        topic_names=topic_names(),
        state_names=STATE_NAMES,
        meanings=STATE_MEANINGS,
    )
    return _keep_private(response)


@bp.post("/fortschritt/<token>/abholcode")
def renew_code(token: str) -> Response:
    """Make a new claim code for somebody who lost it; the old one is void."""
    idea = queries.idea_in_full(Idea.progress_token == clean_query(token)) or abort(404)
    _show_once(idea, actions.renew_claim_code(idea))
    db.session.commit()
    return redirect(url_for(".progress", token=token), 303)


@bp.route("/abholen", methods=["GET", "POST"])
@limiter.limit(
    "10 per minute; 60 per hour",
    methods=["POST"],
    deduct_when=lambda response: response.status_code == 422,
)
def claim() -> Response:
    """Lead from a claim code to the progress page."""
    form = ClaimForm()
    if form.validate_on_submit():
        wanted = Idea.claim_code_hash == codes.hash_of(form.code.data or "")
        if idea := queries.idea_in_full(wanted):
            return redirect(url_for(".progress", token=idea.progress_token), 303)
        form.code.errors = [
            _("Zu diesem Code finden wir keine Idee. Sieh bitte nach, ob du dich vertippt hast.")
        ]
    form.code.data = clean_query(form.code.data or "", 40)
    return _keep_private(
        render_page("ideas/claim.html", status=422 if form.errors else 200, form=form)
    )


@bp.get("/ideen/meine")
@login_required
def mine() -> Response:
    """What the signed-in person posted, whatever became of it."""
    return render_page(
        "ideas/mine.html",
        fragments={"my-ideas"},
        ideas=queries.ideas_of(current_user.id),
        state_names=STATE_NAMES,
    )


@bp.get(f"/ideen/{ID}")
def show(idea_id: int) -> Response:
    """One idea, for everybody once it is public."""
    token = request.args.get("t", "")
    idea = queries.idea_in_full(Idea.id == idea_id) or abort(404)
    if not rules.may_read(current_user, idea, token):
        abort(404)
    is_own = rules.is_own(current_user, idea, token)
    return render_page(
        "ideas/show.html",
        idea=idea,
        is_own=is_own,
        token=token if rules.holds_token(idea, token) else None,
        may_edit=rules.may_edit(current_user, idea, token),
        may_restore=rules.may_restore(current_user, idea, token, now=clock.now()),
        may_review=rules.may_review(current_user),
        ahead=rules.steps_ahead(idea.state),
        topic_names=topic_names(),
        state_names=STATE_NAMES,
        meanings=STATE_MEANINGS,
    )


@bp.route(f"/ideen/{ID}/bearbeiten", methods=["GET", "POST"])
def edit(idea_id: int) -> Response:
    """Let the initiator change the text."""
    token = request.args.get("t", "")
    idea = queries.idea_in_full(Idea.id == idea_id) or abort(404)
    if not rules.may_edit(current_user, idea, token):
        abort(403 if rules.may_read(current_user, idea, token) else 404)
    form = EditForm(idea=idea, boroughs=all_districts())
    at_once = rules.is_public_at_once(
        current_user, under_16=idea.under_16, setting=current_app.config["PUBLISH_AT_ONCE"]
    )
    if form.validate_on_submit():
        was_public = idea.is_public
        actions.change_idea(
            idea,
            **form.texts(),
            contact_email=form.contact(),
            contact_phone=form.phone(),
            publish=at_once,
        )
        db.session.commit()
        if was_public and not idea.is_public:
            flash(_("Gespeichert. Wir sehen den neuen Text kurz an, dann ist er öffentlich."))
        else:
            flash(_("Deine Änderung ist gespeichert."), "good")
        return redirect(_way_back(idea, token), 303)
    return _keep_private(
        render_page(
            "ideas/edit.html",
            status=422 if form.errors else 200,
            form=form,
            idea=idea,
            token=token or None,
            back_url=_way_back(idea, token),
            waits_again=idea.is_public and not at_once,
        )
    )


@bp.post(f"/ideen/{ID}/zurueckziehen")
def withdraw(idea_id: int) -> Response:
    """Let the initiator take the idea back."""
    token = request.args.get("t", "")
    idea = queries.idea_to_decide(idea_id) or abort(404)
    if not rules.may_withdraw(current_user, idea, token):
        abort(403 if rules.may_read(current_user, idea, token) else 404)
    actions.withdraw_idea(idea)
    db.session.commit()
    flash(_("Deine Idee ist zurückgezogen. Zwei Wochen lang kannst du sie wieder hervorholen."))
    return redirect(_way_back(idea, token), 303)


@bp.post(f"/ideen/{ID}/wiederherstellen")
def restore(idea_id: int) -> Response:
    """Let the initiator undo the withdrawal."""
    token = request.args.get("t", "")
    idea = queries.idea_to_decide(idea_id) or abort(404)
    if not rules.may_restore(current_user, idea, token, now=clock.now()):
        abort(403 if rules.may_read(current_user, idea, token) else 404)
    actions.restore_idea(idea)
    db.session.commit()
    flash(_("Schön, deine Idee ist wieder da."), "good")
    return redirect(_way_back(idea, token), 303)


def _submit(form: IdeaForm) -> actions.Submission:
    initiator = current_user if current_user.is_authenticated else None
    under_16 = bool(form.under_16.data)
    texts = form.texts()
    texts["district"] = texts["district"] or _only_place_named(
        f"{texts['problem']} {texts['wish']}"
    )
    submission = actions.submit_idea(
        **texts,
        initiator=initiator,
        contact_email=(form.contact_email.data or None) if "contact_email" in form else None,
        contact_phone=(form.contact_phone.data or None) if "contact_phone" in form else None,
        under_16=under_16 or (initiator is not None and initiator.under_16),
        submission_key=form.key(),
        publish=rules.is_public_at_once(
            initiator, under_16=under_16, setting=current_app.config["PUBLISH_AT_ONCE"]
        ),
    )
    db.session.commit()
    if submission.claim_code:
        _show_once(submission.idea, submission.claim_code)
        flash(_("Danke! Deine Idee ist angekommen."), "good")
    return submission


def _only_place_named(text: str) -> District | None:
    """Return the district an idea names by any of its names, if it names just one."""
    found = find_districts(text)
    return found[0] if len(found) == 1 else None


def _says_the_same(idea: Idea, form: IdeaForm) -> bool:
    return (idea.problem, idea.wish) == (form.problem.data, form.wish.data)


def _show_once(idea: Idea, code: str) -> None:
    session[FRESH_CODES] = {str(idea.id): code}


def _take_fresh_code(idea: Idea) -> str | None:
    if str(idea.id) not in session.get(FRESH_CODES, {}):
        return None
    return str(session.pop(FRESH_CODES)[str(idea.id)])


def _way_back(idea: Idea, token: str) -> str:
    if token:
        return url_for(".progress", token=token)
    return url_for(".show", idea_id=idea.id)


def _keep_private(response: Response) -> Response:
    """Keep pages that open with a secret out of caches and search engines."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _chosen(boroughs: Sequence[Borough]) -> dict[str, str | None]:
    """Read the filter from the address; what is not on the lists counts as not chosen."""
    borough_codes = {borough.code for borough in boroughs}
    district_codes = {district.code for borough in boroughs for district in borough.districts}
    asked = {name: request.args.get(name) for name in ("ort", "thema", "stand", "sprache")}
    place = asked["ort"] if asked["ort"] in borough_codes | district_codes else None
    return {
        "place": place,
        "borough": place if place in borough_codes else None,
        "district": place if place in district_codes else None,
        "topic": asked["thema"] if asked["thema"] in topic_names() else None,
        "state": asked["stand"] if asked["stand"] in STATES else None,
        "language": asked["sprache"] if asked["sprache"] in LANGUAGES else None,
    }
