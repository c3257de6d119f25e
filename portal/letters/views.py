"""Writing letters: the list, choosing an office, the draft, the letter with what came back."""

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.accounts.models import User
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.queries import idea_in_full
from portal.letters import (
    actions,
    addresses,
    drafts,
    incoming_views,  # noqa: F401 - importing them adds their pages
    outgoing_views,  # noqa: F401
    personal_data,  # noqa: F401
    public_views,  # noqa: F401
    queries,
    routings,  # noqa: F401
    rules,
    wording,
)
from portal.letters.audited import watch_letters
from portal.letters.blueprint import bp
from portal.letters.forms import LetterForm
from portal.letters.models import Letter
from portal.letters.pages import letter_or_404, letter_page, listed, seen_moment
from portal.matches.cards import Card, cards_for
from portal.matches.queries import suggestions_about
from portal.offices.models import Office
from portal.offices.queries import traps_for
from portal.routing import row_number

watch_letters()
SUGGESTED, TRAPS = 5, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the draft's page names."""

    idea: Idea
    office: Office | None
    follows: Letter | None
    template: drafts.Template


@bp.get("/koordination/briefe/")
@coordinator_required
def index() -> Response:
    """List letters newest first, or those about one idea."""
    if idea_id := row_number("idee"):
        return _letters_about(idea_id)
    state = request.args.get("stand", "")
    state = state if state in wording.STATES else ""
    found = queries.newest_letters(current_user, state, clock.now(), row_number("vor"))
    shown = found[: queries.PAGE]
    more = shown[-1].id if len(found) > queries.PAGE else None
    return render_page(
        "letters/index.html",
        fragments={"letter-list"},
        announcement=ngettext("%(num)d Brief", "%(num)d Briefe", len(shown)),
        letters=listed(shown),
        state=state,
        state_names=wording.STATES,
        tones=wording.TONES,
        idea=None,
        new_url=None,
        next_url=url_for(".index", stand=state or None, vor=more) if more else None,
        unplaced=queries.count_replies_without_letter(),
        mailbox=queries.reply_mailbox(),
        receives=bool(addresses.token_pattern()),
    )


@bp.route("/koordination/briefe/neu", methods=["GET", "POST"])
@coordinator_required
def create() -> Response:
    """Choose an office, then write; nothing typed is lost to an error."""
    asked = _asked()
    if asked.office is None:
        return _choose_office(asked)
    form = LetterForm(
        name=_name_of(asked.idea),
        allowed=actions.known_addresses(asked.office),
        attach=asked.template.attach,
        draft=drafts.draft(asked.idea, asked.office, asked.template, asked.follows),
    )
    if form.validate_on_submit():
        letter = actions.draft_letter(
            asked.idea,
            asked.office,
            template=asked.template.code,
            subject=form.subject.data or "",
            body=form.body.data or "",
            enclosures=form.enclosures.data or (),
            initiator_agreed=form.initiator_agreed.data,
            by=current_user,
            follows=asked.follows,
        )
        db.session.commit()
        flash(_("Der Entwurf ist gespeichert. Abgeschickt ist er noch nicht."), "good")
        return redirect(url_for(".show", letter_id=letter.id), 303)
    return _form_page(form, asked.idea, asked.office, asked.template, asked.follows)


@bp.get("/koordination/briefe/<int:letter_id>")
@coordinator_required
def show(letter_id: int) -> Response:
    """Show a letter, its dates, what came back, and what can be done now."""
    return letter_page(letter_or_404(letter_id))


@bp.route("/koordination/briefe/<int:letter_id>/bearbeiten", methods=["GET", "POST"])
@coordinator_required
def edit(letter_id: int) -> Response:
    """Change the text of a draft."""
    letter = letter_or_404(letter_id)
    if letter.is_sent:
        raise actions.LetterChanged
    template = drafts.template_named(letter.template, letter.idea)
    form = LetterForm(
        name=_name_of(letter.idea),
        allowed=actions.known_addresses(letter.office),
        attach=template.attach,
        letter=letter,
    )
    if form.validate_on_submit() and _saved(letter, form):
        flash(_("Der Entwurf ist gespeichert. Abgeschickt ist er noch nicht."), "good")
        return redirect(url_for(".show", letter_id=letter_id), 303)
    return _form_page(form, letter.idea, letter.office, template, None, letter)


@bp.post("/koordination/briefe/<int:letter_id>/verwerfen")
@coordinator_required
def discard(letter_id: int) -> Response:
    """Throw a draft away."""
    letter = letter_or_404(letter_id)
    idea_id = letter.idea_id
    actions.discard_letter(letter)
    db.session.commit()
    flash(_("Der Entwurf ist gelöscht."))
    return redirect(url_for(".index", idee=idea_id), 303)


def _letters_about(idea_id: int) -> Response:
    idea = db.get_or_404(Idea, idea_id)
    may_write = rules.may_write(current_user, idea)
    return render_page(
        "letters/index.html",
        fragments={"letter-list"},
        letters=listed(queries.letters_about(idea_id) if may_write else []),
        state="",
        state_names=wording.STATES,
        tones=wording.TONES,
        idea=idea,
        new_url=url_for(".create", idee=idea_id) if may_write else None,
        next_url=None,
        unplaced=0,
        mailbox=None,
        receives=True,
    )


def _asked() -> Asked:
    """Read idea, office, template and the letter before from the address."""
    idea = idea_in_full(Idea.id == (row_number("idee") or abort(404))) or abort(404)
    if not rules.may_write(current_user, idea):
        abort(403)
    office = None
    if slug := request.args.get("stelle", ""):
        office = queries.office_by_slug(slug) or abort(404)
    elif number := row_number("stelle_nr"):
        office = db.get_or_404(Office, number)
    follows = None
    if number := row_number("nach"):
        follows = queries.letter_in_full(number)
        if follows is None or follows.idea_id != idea.id or not follows.is_sent:
            abort(404)
    template = drafts.template_named(request.args.get("vorlage"), idea)
    return Asked(idea, office, follows, template)


def _choose_office(asked: Asked) -> Response:
    text = f"{asked.idea.problem} {asked.idea.wish}"
    return render_page(
        "letters/choose.html",
        fragments={"office-choice"},
        idea=asked.idea,
        follows=asked.follows,
        offices=queries.all_offices(),
        suggested=_suggested(asked.idea),
        traps=traps_for(text)[:TRAPS],
        templates=drafts.templates(),
        kind=asked.template,
    )


def _suggested(idea: Idea) -> list[Card]:
    cards = cards_for(("idea", idea.id), suggestions_about(("idea", idea.id)), current_user)
    return [card for card in cards if card.other.subject[0] == "office"][:SUGGESTED]


def _form_page(
    form: LetterForm,
    idea: Idea,
    office: Office,
    template: drafts.Template,
    follows: Letter | None,
    letter: Letter | None = None,
) -> Response:
    if letter:
        form_url = url_for(".edit", letter_id=letter.id)
        back_url = url_for(".show", letter_id=letter.id)
    else:
        nach = follows.id if follows else None
        values = {"idee": idea.id, "stelle": office.slug, "vorlage": template.code, "nach": nach}
        form_url = url_for(".create", **values)  # type: ignore[arg-type]
        back_url = url_for(".create", idee=idea.id, nach=nach)
    return render_page(
        "letters/form.html",
        fragments={"letter-form"},
        status=422 if form.errors else 200,
        form=form,
        form_url=form_url,
        back_url=back_url,
        idea=idea,
        office=office,
        kind=template,
        letter=letter,
    )


def _name_of(idea: Idea) -> str | None:
    user = db.session.get(User, idea.initiator_id) if idea.initiator_id else None
    return user.name if user else None


def _saved(letter: Letter, form: LetterForm) -> bool:
    """Save the draft; if a colleague was faster, that is said in the form, so nothing is lost."""
    try:
        actions.change_letter(
            letter,
            seen_at=seen_moment(form.seen.data),
            subject=form.subject.data or "",
            body=form.body.data or "",
            enclosures=form.enclosures.data or (),
            initiator_agreed=form.initiator_agreed.data,
        )
    except actions.LetterChanged as error:
        form.form_errors.append(str(error))
        return False
    db.session.commit()
    return True
