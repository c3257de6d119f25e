"""Pages of the pictures room: the files themselves, and the pictures of one owner."""

import logging

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.accounts.models import User
from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.pictures import (
    actions,
    exports,  # noqa: F401 - importing it adds its part to the copy of one's data
    imaging,
    queries,
    store,
)
from portal.pictures.forms import (
    ACCEPT,
    PictureChangeForm,
    PictureForm,
    refused_status,
    take_picture,
)
from portal.pictures.models import SIZES, Picture
from portal.pictures.owners import Owner, find_owner

bp = Blueprint("pictures", __name__)
log = logging.getLogger(__name__)

UPLOADS_AN_HOUR = "60 per hour"
MONTH = 30 * 24 * 60 * 60
# Room for a file that is too large, so that the form can say so and keep what was typed.
MOST_IN_A_REQUEST = 2 * imaging.MOST_BYTES


@bp.url_value_preprocessor
def allow_pictures(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let this room's forms be larger than others; called before anything reads the form.

    Whoever is not signed in cannot send pictures and need not fill our disk.
    """
    if current_user.is_authenticated:
        request.max_content_length = MOST_IN_A_REQUEST


@bp.get("/bilder/<int:picture_id>/<size>")
@limiter.exempt
def file(picture_id: int, size: str) -> Response:
    """Serve one size: to everybody while the owner is public, else to who may change it."""
    picture = db.get_or_404(Picture, picture_id)
    owner = find_owner(picture.owner_kind, picture.owner_id)
    if size not in SIZES or owner is None or not owner.may_see(current_user):
        abort(404)
    path = store.path_of(picture.digest, size)
    if not path.is_file():
        log.error("the file of picture %d is missing", picture.id)
        abort(404)
    answer = send_file(
        path,
        mimetype=imaging.mime_type(size),
        etag=f"{picture.digest}-{size}",
        download_name=f"bild-{picture.id}-{path.name[-12:]}",
    )
    answer.cache_control.clear()
    answer.cache_control.private = True  # no proxy keeps what may be taken back
    if owner.is_public and request.args.get("v") == picture.version:
        answer.cache_control.max_age = MONTH
        answer.cache_control.immutable = True
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # feed readers, mails
    else:
        answer.cache_control.no_cache = True
    return answer


@bp.get("/bilder/fuer/<kind>/<int:owner_id>")
@login_required
def manage(kind: str, owner_id: int) -> Response:
    """List the owner's pictures and offer to add one."""
    return _manage(_own(kind, owner_id), PictureForm(formdata=None))


@bp.post("/bilder/fuer/<kind>/<int:owner_id>")
@login_required
@limiter.limit(UPLOADS_AN_HOUR)
def add(kind: str, owner_id: int) -> Response:
    """Add a picture."""
    owner = _own(kind, owner_id)
    form = PictureForm()
    if not form.validate_on_submit():
        return _manage(owner, form, 422)
    prepared = take_picture(form)
    owner = _own(kind, owner_id)
    if prepared is None:
        return _manage(owner, form, refused_status(form))
    actions.add_picture(
        kind,
        owner_id,
        prepared,
        alt=form.alt.data,
        credit=form.credit.data,
        for_press=form.for_press.data,
        by=_me(),
    )
    db.session.commit()
    flash(_("Das Bild ist veröffentlicht."), "good")
    return redirect(_manage_url(owner), 303)


@bp.route("/bilder/<int:picture_id>/bearbeiten", methods=["GET", "POST"])
@login_required
@limiter.limit(UPLOADS_AN_HOUR, methods=["POST"])
def edit(picture_id: int) -> Response:
    """Change the words beside a picture, or replace it."""
    picture, owner = _own_picture(picture_id)
    form = PictureChangeForm(
        data={name: getattr(picture, name) for name in ("alt", "credit", "for_press")}
    )
    if not form.validate_on_submit():
        return _edit(picture, owner, form, 422 if form.errors else 200)
    if form.file.data:
        prepared = take_picture(form)
        picture, owner = _own_picture(picture_id)
        if prepared is None:
            return _edit(picture, owner, form, refused_status(form))
        actions.replace_picture(picture, prepared, by=_me())
    actions.describe_picture(
        picture,
        alt=form.alt.data,
        credit=form.credit.data,
        for_press=form.for_press.data,
    )
    db.session.commit()
    flash(_("Die Änderungen sind gespeichert."), "good")
    return redirect(_manage_url(owner), 303)


@bp.post("/bilder/<int:picture_id>/zuerst")
@login_required
def show_first(picture_id: int) -> Response:
    """Show this picture in front of the owner's others."""
    picture, owner = _own_picture(picture_id)
    actions.show_first(picture)
    db.session.commit()
    flash(_("Dieses Bild steht jetzt oben."), "good")
    return redirect(_manage_url(owner), 303)


@bp.post("/bilder/<int:picture_id>/entfernen")
@login_required
def remove(picture_id: int) -> Response:
    """Remove a picture for good."""
    picture, owner = _own_picture(picture_id)
    actions.remove_picture(picture)
    db.session.commit()
    flash(_("Das Bild ist entfernt."), "good")
    return redirect(_manage_url(owner), 303)


def _own(kind: str, owner_id: int) -> Owner:
    """Return the owner, or end the request for whoever may not change its pictures."""
    owner = find_owner(kind, owner_id)
    if owner is None:
        abort(404)
    if not owner.may_change(current_user):
        abort(403 if owner.is_public else 404)
    return owner


def _own_picture(picture_id: int) -> tuple[Picture, Owner]:
    picture = db.get_or_404(Picture, picture_id)
    return picture, _own(picture.owner_kind, picture.owner_id)


def _manage_url(owner: Owner) -> str:
    return url_for(".manage", kind=owner.kind, owner_id=owner.id)


def _manage(owner: Owner, form: PictureForm, status: int = 200) -> Response:
    return render_page(
        "pictures/manage.html",
        status=status,
        form=form,
        owner=owner,
        pictures=queries.pictures_of(owner.kind, owner.id),
        most=actions.MOST_PICTURES,
        accept=ACCEPT,
    )


def _edit(picture: Picture, owner: Owner, form: PictureChangeForm, status: int) -> Response:
    return render_page(
        "pictures/edit.html",
        status=status,
        form=form,
        owner=owner,
        picture=picture,
        manage_url=_manage_url(owner),
        accept=ACCEPT,
    )


def _me() -> User:
    return current_user._get_current_object()
