"""How connections behave: SQLite pragmas and who takes the write lock when.

A plain BEGIN on SQLite fails with "database is locked" as soon as two readers want to become
writers; BEGIN IMMEDIATE waits instead (DESIGN section 5). Requests that may write and code inside
`writing()` therefore begin immediately; everything else reads without a lock.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import has_request_context, request
from sqlalchemy import Connection, Engine, event

_writing: ContextVar[bool] = ContextVar("writing", default=False)
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@contextmanager
def writing() -> Iterator[None]:
    """Let transactions that start inside take the write lock at once (commands, jobs)."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Let transactions that start inside take no write lock, although they stand in `writing()`."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def prepare_engine(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set pragmas and transaction starts on a SQLite `engine`; others are left alone."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _may_write() else "BEGIN")


def _may_write() -> bool:
    if has_request_context():
        return request.method not in READING_METHODS
    return _writing.get()
