"""The fitted index in a folder, so that a process with many texts starts in seconds.

The folder lies beside the database and is as private. It is thrown away as soon as a text is
removed, so nobody's words outlive them there; the next process that starts writes it anew.
"""

import json
import shutil
from pathlib import Path

from flask import current_app

from matching import Matcher
from matching.store import StoreError

# Below this fitting anew takes about a second (10 s at 10,000; `make bench`).
WORTH_KEEPING = 1000
_STAMP = "portal.json"


def load(epoch: str, encoders: str) -> tuple[Matcher, int] | None:
    """Return the kept matcher and the revision it stands for; None if there is no usable one."""
    try:
        stamp = json.loads((_folder() / _STAMP).read_text("utf-8"))
        if stamp["epoch"] != epoch:
            return None
        return Matcher.load(_folder() / "arrays", encoders), int(stamp["revision"])
    except (OSError, ValueError, KeyError, StoreError):
        return None


def keep(matcher: Matcher, epoch: str, revision: int) -> None:
    """Keep a fitted matcher for processes that start later."""
    if len(matcher) < WORTH_KEEPING:
        return
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _STAMP).unlink(missing_ok=True)  # half a snapshot has no stamp
    matcher.save(folder / "arrays")
    (folder / _STAMP).write_text(json.dumps({"epoch": epoch, "revision": revision}), "utf-8")


def throw_away() -> None:
    """Remove the folder with everything in it."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder() -> Path:
    return Path(current_app.instance_path) / "index"
