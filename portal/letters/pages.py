"""What several views of the room share: one letter's page, and letters with their state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import abort
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.htmx import render_page
from portal.letters import addresses, drafts, queries, rules, wording
from portal.letters.forms import PostedForm, ReplyForm
from portal.letters.models import Letter


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter with the state it is in now."""

    letter: Letter
    state: str


def listed(letters: Iterable[Letter]) -> list[Listed]:
    """Return the letters with their states."""
    now = clock.now()
    return [Listed(letter, rules.state_of(letter, now)) for letter in letters]


def letter_or_404(letter_id: int) -> Letter:
    """Return a letter the signed-in coordinator may work on."""
    letter = queries.letter_in_full(letter_id) or abort(404)
    if not rules.may_write(current_user, letter.idea):
        abort(403)
    return letter


def seen_moment(text: str | None) -> datetime:
    """Read the moment of the last change a form was made from."""
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        abort(400)


def letter_page(
    letter: Letter, *, posted: PostedForm | None = None, reply: ReplyForm | None = None
) -> Response:
    """Render the letter; a form that failed is shown open, with what was typed."""
    failed = posted or reply
    today = {"posted_on": clock.today(), "received_on": clock.today()}
    chain = listed(each for each in queries.letters_about(letter.idea_id) if each.is_sent)
    return render_page(
        "letters/show.html",
        fragments={"letter-work"},
        status=422 if failed else 200,
        form=failed,
        letter=letter,
        state=rules.state_of(letter, clock.now()),
        state_names=wording.STATES,
        tones=wording.TONES,
        channel_names=wording.CHANNELS,
        kind_names=wording.REPLY_KINDS,
        kind=drafts.template_named(letter.template, letter.idea),
        replies=queries.replies_to(letter.id),
        chain=chain if letter.is_sent or letter.follows_id else [],
        posted=posted or PostedForm(formdata=None, data=today),
        reply=reply or ReplyForm(formdata=None, data=today),
        receives=bool(addresses.token_pattern()),
        may_mail=bool(letter.office.mailbox) and not letter.office.mailbox_bounced_at,
        seen=letter.changed_at.isoformat(),
    )
