"""Pictures as phones take them, drawn by tests."""

import io

from PIL import Image, ImageDraw

from portal.extensions import db
from portal.pictures import actions, store
from portal.pictures.imaging import prepare
from portal.pictures.models import Picture

WORDS = {"alt": "Drei Hochbeete in einem Hof", "credit": "Ada", "rights": "y"}
GPS = {1: "N", 2: (51.0, 20.0, 24.0), 3: "E", 4: (12.0, 24.0, 36.0)}
ORIENTATION, MAKER, GPS_BLOCK = 0x0112, 0x010F, 0x8825


def photo(width=640, height=480, kind="JPEG", *, turned=1, mode="RGB", **saved) -> bytes:
    """Return a red picture with a blue left half; `turned` is EXIF's orientation."""
    image = Image.new(mode, (width, height), "red" if mode != "L" else 90)
    if mode == "RGB":
        ImageDraw.Draw(image).rectangle((0, 0, width // 2, height), fill="blue")
    if kind in ("JPEG", "WEBP"):
        exif = image.getexif()
        exif[MAKER] = "Handymarke"
        exif[ORIENTATION] = turned
        exif[GPS_BLOCK] = GPS
        saved["exif"] = exif.tobytes()
    written = io.BytesIO()
    image.save(written, kind, **saved)
    return written.getvalue()


def as_file(content: bytes, name: str = "bild.jpg") -> tuple[io.BytesIO, str]:
    """Return what a form field sends for a file."""
    return io.BytesIO(content), name


def hang_picture(team, by, content: bytes | None = None, **words) -> Picture:
    """Give a team a picture without a browser."""
    prepared = prepare(io.BytesIO(content or photo()))
    store.keep(prepared)
    texts = {"alt": WORDS["alt"], "credit": WORDS["credit"], "for_press": True} | words
    picture = actions.add_picture("team", team.id, prepared, by=by, **texts)
    db.session.commit()
    return picture
