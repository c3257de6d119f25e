"""From the file somebody sends to the files we keep: only pixels survive.

Whatever is not a whole JPEG, PNG or WebP picture of a sane size is refused before it is decoded;
what is decoded is written anew, upright, in sRGB and without metadata. One picture at a time: eight
threads with fifty megapixels each would not fit into a small server.
"""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from threading import Lock
from typing import IO

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageCms, ImageOps

from portal.errors import PortalError
from portal.pictures.models import SIZES, scaled

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000}  # of the others half: they decode to more
LEAST_SIDE = 32
# The small ones for pages; the largest for press and mail programs, which want JPEG.
ENCODINGS = {"klein": ("WEBP", 78), "mittel": ("WEBP", 78), "gross": ("JPEG", 86)}
SUFFIXES = {"WEBP": "webp", "JPEG": "jpg"}
# Starts of other languages that no picture needs, long enough not to come about by chance.
_OTHER_TONGUES = re.compile(rb"<(script[ >/]|html[ >]|svg xmlns|!doctype|\?php )", re.IGNORECASE)
_HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1")
_DECODING = Lock()


class BrokenPicture(PortalError):
    """The file cannot be read as a picture."""

    message = _l("Diese Datei ist kein Bild, oder sie ist beschädigt. Nimm bitte ein anderes.")


class UnknownFormat(BrokenPicture):
    """Some phones write a format that browsers cannot show."""

    message = _l(
        "Dieses Bild ist im Format HEIC. Speichere es bitte als JPEG: im Telefon unter „Teilen“ "
        "oder in den Einstellungen der Kamera unter „Maximale Kompatibilität“."
    )


class TwoFilesInOne(BrokenPicture):
    """The file is a picture and something else at once."""

    message = _l(
        "In dieser Datei steckt mehr als ein Bild. Öffne sie in einem Bildprogramm, speichere sie "
        "neu als JPEG und nimm diese Datei."
    )


class TooManyPixels(BrokenPicture):
    """Decoding it would take more memory than one picture may have."""

    message = _l("Dieses Bild hat zu viele Bildpunkte. Verkleinere es bitte vorher.")


class TooSmall(BrokenPicture):
    """Nobody could recognise anything."""

    message = _l("Dieses Bild ist winzig. Nimm bitte ein größeres.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as it will be stored."""

    digest: str
    width: int
    height: int
    files: dict[str, bytes]  # by file name


def file_name(digest: str, size: str) -> str:
    """Return how the file of a size is called."""
    return f"{digest}-{size}.{SUFFIXES[ENCODINGS[size][0]]}"


def mime_type(size: str) -> str:
    """Return the type a size is served as."""
    return f"image/{ENCODINGS[size][0].lower()}"


def prepare(file: IO[bytes]) -> Prepared:
    """Decode what somebody sent and encode it anew in our sizes; raise what to tell them."""
    _refuse_other_files(file)
    with _DECODING:
        try:
            image = _open(file)
            pixels = _upright_pixels(image)
        except BrokenPicture:
            raise
        except Image.DecompressionBombError as error:
            raise TooManyPixels from error
        except Exception as error:  # a decoder fed with garbage raises almost anything
            raise BrokenPicture from error
        return _encode(pixels)


def _refuse_other_files(file: IO[bytes]) -> None:
    file.seek(0)
    start = file.read(1024)
    if any(brand in start[:16] for brand in _HEIC):
        raise UnknownFormat
    file.seek(0)
    if b"%PDF-" in start or zipfile.is_zipfile(file):
        raise TwoFilesInOne
    file.seek(0)
    if _OTHER_TONGUES.search(file.read()):
        raise TwoFilesInOne
    file.seek(0)


def _open(file: IO[bytes]) -> Image.Image:
    image = Image.open(file, formats=FORMATS)  # reads the header only
    width, height = image.size
    if width * height > MOST_PIXELS.get(image.format or "", 25_000_000):
        raise TooManyPixels
    if min(width, height) < LEAST_SIDE:
        raise TooSmall
    return image


def _upright_pixels(image: Image.Image) -> Image.Image:
    """Return the pixels as people see them: turned, in sRGB, on white, no larger than we keep."""
    longest = max(SIZES.values())
    image.draft(None, (longest, longest))  # a JPEG decodes to little more than that
    profile = image.info.get("icc_profile")
    image.load()
    turned = ImageOps.exif_transpose(image)
    small = turned.resize(scaled(*turned.size, longest), Image.Resampling.LANCZOS, reducing_gap=2)
    if small.mode in ("P", "PA", "LA", "RGBa") or "transparency" in small.info:
        small = small.convert("RGBA")
    if small.mode == "RGBA":
        small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small)
    elif profile:
        small = _to_srgb(small, profile)
    return small.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Phones take pictures in wider colours; without their profile those would look pale."""
    try:
        converted = ImageCms.profileToProfile(
            image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile for other pixels than these
    return converted or image


def _encode(pixels: Image.Image) -> Prepared:
    encoded: dict[str, bytes] = {}
    for size, longest in SIZES.items():
        kind, quality = ENCODINGS[size]
        fitting = pixels.resize(scaled(*pixels.size, longest), Image.Resampling.LANCZOS)
        fitting.info.clear()  # comments, profiles, EXIF: a new file gets none of them
        written = io.BytesIO()
        fitting.save(written, kind, quality=quality, optimize=True, progressive=True, method=4)
        encoded[size] = written.getvalue()
    digest = hashlib.sha256(encoded["gross"]).hexdigest()
    files = {file_name(digest, size): content for size, content in encoded.items()}
    return Prepared(digest, *pixels.size, files)
