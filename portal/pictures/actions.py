"""What can happen to pictures. An action changes rows; the caller commits."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.pictures.imaging import Prepared
from portal.pictures.models import Picture
from portal.pictures.owners import hold_owner

MOST_PICTURES = 12
RIGHTS_WORDING = _l(
    "Ich darf dieses Bild veröffentlichen, abgebildete Menschen sind einverstanden."
)


class EnoughPictures(PortalError):
    """A page full of pictures helps nobody."""

    message = _l("Mehr als zwölf Bilder passen nicht. Entferne bitte zuerst eines.")


def add_picture(
    kind: str,
    owner_id: int,
    prepared: Prepared,
    *,
    alt: str,
    credit: str,
    by: User,
    for_press: bool = False,
) -> Picture:
    """Give the owner one more picture, shown last; `by` vouches for the right to publish it."""
    hold_owner(kind, owner_id)
    own = (Picture.owner_kind == kind, Picture.owner_id == owner_id)
    number, last = db.session.execute(
        select(func.count(Picture.id), func.max(Picture.position)).where(*own)
    ).one()
    if number >= MOST_PICTURES:
        raise EnoughPictures
    picture = Picture(
        owner_kind=kind,
        owner_id=owner_id,
        position=0 if last is None else last + 1,
        alt=alt,
        credit=credit,
        for_press=for_press,
    )
    _show(picture, prepared, by)
    db.session.add(picture)
    db.session.flush()
    return picture


def describe_picture(picture: Picture, *, alt: str, credit: str, for_press: bool = False) -> None:
    """Change the words beside a picture, and whether others may print it."""
    picture.alt, picture.credit, picture.for_press = alt, credit, for_press
    db.session.flush()


def replace_picture(picture: Picture, prepared: Prepared, *, by: User) -> None:
    """Show other pixels in the same place; `by` vouches anew."""
    _show(picture, prepared, by)
    db.session.flush()


def show_first(picture: Picture) -> None:
    """Move a picture in front of the owner's others."""
    first = db.session.scalar(
        select(func.min(Picture.position)).where(
            Picture.owner_kind == picture.owner_kind,
            Picture.owner_id == picture.owner_id,
            Picture.id != picture.id,
        )
    )
    if first is not None and first <= picture.position:
        picture.position = first - 1
        db.session.flush()


def remove_picture(picture: Picture) -> None:
    """Delete a picture; its files follow within the hour (store.sweep)."""
    db.session.delete(picture)
    db.session.flush()


def _show(picture: Picture, prepared: Prepared, by: User) -> None:
    picture.digest, picture.width, picture.height = (
        prepared.digest,
        prepared.width,
        prepared.height,
    )
    picture.rights_wording = str(RIGHTS_WORDING)
    picture.rights_at, picture.rights_by_id = clock.now(), by.id
