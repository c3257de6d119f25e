"""Where the files of pictures lie: outside static, named by their content, written whole or not.

Rows come and go in transactions, files do not. A file is therefore written before its row is
committed, and only `sweep` deletes files: those that no row names and that are older than any
request that could still be about to commit one.
"""

import errno
import logging
import os
import re
import tempfile
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.errors import PortalError
from portal.pictures.imaging import Prepared, file_name
from portal.pictures.models import SIZES

log = logging.getLogger(__name__)

GRACE = timedelta(hours=1)
FILE_NAME = re.compile(r"([0-9a-f]{64})-[a-z]+\.(webp|jpg)")


class NoRoom(PortalError):
    """The server cannot store a file: full, or its folder cannot be written."""

    message = _l(
        "Auf dem Server ist gerade kein Platz für Bilder. Wir kümmern uns darum; versuche es bitte "
        "später noch einmal."
    )


def folder() -> Path:
    """Return where the files lie."""
    return Path(current_app.instance_path) / "pictures"


def path_of(digest: str, size: str) -> Path:
    """Return where the file of a size lies."""
    return folder() / digest[:2] / file_name(digest, size)


def keep(prepared: Prepared) -> None:
    """Write the files of a picture; what is there already becomes young again for `sweep`."""
    try:
        write(prepared.files)
    except OSError as error:
        kind = errno.errorcode.get(error.errno or 0, "?")
        log.error("a picture could not be stored: %s", kind)
        raise NoRoom from error


def is_whole(digest: str) -> bool:
    """Whether all files of a picture are there."""
    return all(path_of(digest, size).is_file() for size in SIZES)


def sweep(wanted: Callable[[], Collection[str]]) -> int:
    """Delete files that are not `wanted`, and what a killed process left behind.

    `wanted` is asked only when something is old enough, and after the folder was read.
    """
    oldest = clock.now() - GRACE
    old = [path for path in folder().glob("*/*") if _written_at(path) < oldest]
    kept = wanted() if old else ()
    superfluous = [path for path in old if _digest_in(path.name) not in kept]
    deleted = 0
    for path in superfluous:
        if _written_at(path) < oldest:  # else somebody has just sent the same picture again
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def _digest_in(name: str) -> str:
    found = FILE_NAME.fullmatch(name)
    return found[1] if found else ""


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
    except FileNotFoundError:  # another worker was faster
        return datetime.max


def write(files: Mapping[str, bytes]) -> None:
    """Write files by name, all of them or none, and each whole, even after a power cut."""
    unnamed: dict[Path, Path] = {}
    try:
        for name, content in files.items():
            place = folder() / name[:2]
            for each in (folder(), place):
                each.mkdir(mode=0o700, exist_ok=True)
            descriptor, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=place)
            unnamed[Path(part)] = place / name
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for part_path, path in unnamed.items():
            os.replace(part_path, path)
    finally:
        for part_path in unnamed:
            part_path.unlink(missing_ok=True)
    for place in {path.parent for path in unnamed.values()}:
        _sync_folder(place)


def _sync_folder(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
