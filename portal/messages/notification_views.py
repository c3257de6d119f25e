"""The notification centre: what is new for the signed-in person, and what is mailed."""

from flask import abort, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from portal.extensions import csrf, db, limiter
from portal.htmx import render_page
from portal.messages import notifications as notices
from portal.messages import queries, unsubscribing
from portal.messages.blueprint import bp
from portal.messages.forms import ChannelsForm, ReadForm
from portal.messages.wording import CATEGORY_NAMES
from portal.routing import row_number


@bp.app_context_processor
def unread_notifications() -> dict[str, object]:
    """Let the account menu ask how many are new; once a request, and only if it is drawn."""

    def count() -> int:
        if "unread_notifications" not in g:
            g.unread_notifications = notices.count_unread(current_user.id)
        return int(g.unread_notifications)

    return {"count_unread_notifications": count}


@bp.get("/mitteilungen/")
@login_required
def notifications() -> ResponseReturnValue:
    """List what the person was told, newest first."""
    entries, older = queries.notifications_of(current_user.id, row_number("vor"))
    return render_page(
        "messages/notifications.html",
        entries=entries,
        older=older,
        unread=[each.id for each in entries if each.read_at is None],
        category_names=CATEGORY_NAMES,
    )


@bp.post("/mitteilungen/gelesen")
@login_required
def read_notifications() -> ResponseReturnValue:
    """Mark what the page showed as read; the page sends this itself when it can."""
    form = ReadForm()
    if not form.validate_on_submit():
        abort(400)
    notices.mark_read(current_user.id, form.up_to.data or 0)
    db.session.commit()
    return redirect(url_for(".notifications"), 303)


@bp.get("/mitteilungen/einstellungen")
@login_required
def notification_settings() -> ResponseReturnValue:
    """Show when each category is mailed."""
    form = ChannelsForm(formdata=None, data=notices.channels_of(current_user.id))
    return render_page("messages/notification_settings.html", form=form)


@bp.post("/mitteilungen/einstellungen")
@login_required
def choose_channels() -> ResponseReturnValue:
    """Keep the person's choice."""
    form = ChannelsForm()
    if not form.validate_on_submit():
        return render_page("messages/notification_settings.html", form=form, status=422)
    notices.choose_channels(current_user.id, {name: form[name].data for name in CATEGORY_NAMES})
    db.session.commit()
    flash(_("Gespeichert. Wir halten uns daran."))
    return redirect(url_for(".notification_settings"), 303)


@bp.get("/mitteilungen/abbestellen/<token>")
@limiter.limit("60/minute")
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask whether these mails should stop; opening the link changes nothing."""
    subscription = unsubscribing.read_token(token) or abort(404)
    channels = notices.channels_of(subscription.user.id)
    page = render_page(
        "messages/unsubscribe.html",
        token=token,
        category_name=CATEGORY_NAMES.get(subscription.category),
        is_off=all(channels[name] == "portal" for name in subscription.categories),
    )
    page.headers["X-Robots-Tag"] = "noindex"
    return page


@bp.post("/mitteilungen/abbestellen/<token>")
@csrf.exempt  # mail programs post here themselves (RFC 8058); the signed token is the right to
@limiter.limit("60/minute")
def stop_mails(token: str) -> ResponseReturnValue:
    """Turn these mails off."""
    return _set_channel(token, "portal")


@bp.post("/mitteilungen/abbestellen/<token>/doch")
@limiter.limit("60/minute")
def resume_mails(token: str) -> ResponseReturnValue:
    """Turn them on again, for a press too much."""
    return _set_channel(token, "auto")


def _set_channel(token: str, channel: str) -> ResponseReturnValue:
    subscription = unsubscribing.read_token(token) or abort(404)
    notices.choose_channels(subscription.user.id, dict.fromkeys(subscription.categories, channel))
    db.session.commit()
    return redirect(url_for(".unsubscribe", token=token), 303)
