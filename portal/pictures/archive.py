"""The pictures' files beside a backup of the database: one tar file, read back with suspicion."""

import tarfile
from pathlib import Path

from portal.pictures import store


def pack(file: Path) -> int:
    """Write all files of pictures into `file`; without any, write nothing. Return how many."""
    found = sorted(path for path in store.folder().glob("*/*") if store.FILE_NAME.match(path.name))
    if found:
        with tarfile.open(file, "x") as archive:
            for path in found:
                archive.add(path, path.name, recursive=False)
        file.chmod(0o600)
    return len(found)


def unpack(file: Path) -> int:
    """Put the files of pictures back in their place; whatever else is in `file` stays there."""
    number = 0
    with tarfile.open(file) as archive:
        for member in archive:
            if not member.isreg() or not store.FILE_NAME.fullmatch(member.name):
                continue
            content = archive.extractfile(member)
            if content:
                store.write({member.name: content.read()})
                number += 1
    return number
