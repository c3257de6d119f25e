"""The worker: sends and fetches mails, encodes texts, asks introductions, reminds. huey wakes it.

The tables hold the work: every run looks there for what is due, each minute and whenever a request
committed something. huey loses the running task when its process is killed (measured), so a lost or
doubled task may change nothing but the moment.
"""

import fcntl
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from flask import Flask, current_app
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.exceptions import HueyException

from portal.config import ConfigError
from portal.database import writing
from portal.extensions import db

log = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 25  # a delivery may finish; after that its lease sorts it out
A_BATCH = 50
# Rooms whose `jobs.remind_due()` is called: it does what is due and commits, and may run twice.
REMINDERS: tuple[str, ...] = (
    "teams",
    "recruiting",
    "messages",
    "ideas",
    "organisations",
    "gatherings",
    "pictures",
    "steering",
    "letters",
    "funds",
    "matches",
    "referrals",
)


def run_worker(app: Flask) -> None:
    """Work in the foreground until SIGTERM or Ctrl-C."""
    queue = queue_of(app)
    wake(app)
    queue.create_consumer(
        workers=len(TASKS | MINUTELY | NIGHTLY),  # mails do not wait for texts being encoded
        max_delay=0.5,
        graceful_signal="TERM",
        shutdown_timeout=SHUTDOWN_SECONDS,
    ).run()


def wake(app: Flask) -> None:
    """Tell the worker that there is something to do; without one this changes nothing."""
    try:
        queue = queue_of(app)
        # Nobody listens or they will come to it: that many waiting tasks are one of each kind.
        if queue.pending_count() < len(TASKS):
            for task in app.extensions["portal_tasks"]:
                task()
    except Exception as error:  # whatever is wrong with the queue, the request's work is committed
        log.warning("the worker could not be woken: %s", type(error).__name__)


def queue_of(app: Flask) -> Huey:
    """Return the app's task queue with its tasks, made at first use."""
    if "portal_queue" not in app.extensions:
        queue = _make_queue(app)
        every_minute, at_night = crontab(minute="*"), crontab(hour="1", minute="30")  # UTC
        tasks = {
            name: queue.periodic_task(when, name=name)(_in_app(app, name, work))
            for kinds, when in ((TASKS | MINUTELY, every_minute), (NIGHTLY, at_night))
            for name, work in kinds.items()
        }
        app.extensions["portal_tasks"] = [tasks[name] for name in TASKS]
        app.extensions["portal_queue"] = queue
    return app.extensions["portal_queue"]


def send_mails() -> None:
    """Deliver all mails that are due and forget the old ones."""
    # By name, as the app loads its rooms: this is core and imports none of them.
    messages = import_module("portal.messages.actions")
    while messages.send_due_mails(A_BATCH) == A_BATCH:
        pass
    messages.forget_old_mails()


def match() -> None:
    """Bring suggestions up to date and ask what coordinators approved."""
    jobs = import_module("portal.matches.jobs")
    while jobs.refresh_pending(A_BATCH) == A_BATCH:
        db.session.remove()
    jobs.ask_due()


def remind() -> None:
    """Let every room remind of what is due; what fails in one does not keep the others."""
    for room in REMINDERS:
        try:
            import_module(f"portal.{room}.jobs").remind_due()
        except Exception as error:  # its text may hold what somebody wrote
            if current_app.testing:
                raise
            log.error("reminders of %s failed: %s", room, type(error).__name__)
        finally:
            db.session.remove()


def fetch_replies() -> None:
    """Take in what offices answered; a slow mailbox holds up nothing else."""
    import_module("portal.letters.jobs").fetch_replies()


def learn() -> None:
    """Let the matcher learn from what was decided since it last did."""
    import_module("portal.matches.jobs").learn()


TASKS: dict[str, Callable[[], None]] = {"mails": send_mails, "matches": match, "reminders": remind}
# What no commit of ours brings about: each minute is enough, and no mail server is asked too often.
MINUTELY: dict[str, Callable[[], None]] = {"replies": fetch_replies}
# What takes long and may have all texts matched anew.
NIGHTLY: dict[str, Callable[[], None]] = {"learning": learn}


def _in_app(app: Flask, name: str, work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        with (
            _only_one(Path(app.instance_path) / f"worker-{name}.lock"),
            app.app_context(),
            writing(),
        ):
            work()

    run.__name__ = name
    return run


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Let one worker of this instance in at a time; the system frees the lock of a killed one."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_queue(app: Flask) -> Huey:
    url, path = str(app.config["QUEUE_URL"]), Path(app.instance_path) / "queue.sqlite"
    try:
        if not url:
            return _make_file_queue(path)
        if url.startswith(("redis://", "rediss://")):
            return RedisHuey("portal", url=url)
        if url.startswith(("postgres://", "postgresql://")):
            return PostgresHuey("portal", dsn=url)
    except HueyException as error:
        raise ConfigError(f"PORTAL_QUEUE_URL cannot be used: {error}") from None
    raise ConfigError("PORTAL_QUEUE_URL must start with redis:// or postgresql://")


def _make_file_queue(path: Path) -> Huey:
    """Open the queue's file; a broken one is replaced, for it only holds what is due anyway."""
    try:
        return SqliteHuey("portal", filename=str(path), fsync=False)
    except sqlite3.DatabaseError:
        log.warning("the queue's file was broken and is made anew")
        for part in path.parent.glob(f"{path.name}*"):
            part.unlink(missing_ok=True)
        return SqliteHuey("portal", filename=str(path), fsync=False)
