"""Fixtures every test may use: the app on the chosen database, a fixed cast, their browsers."""

import os
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from portal import clock, create_app
from portal.accounts.actions import create_user
from portal.accounts.models import User
from portal.extensions import db
from tests.browser import Browser
from tests.postgres import private_postgres
from tests.tables import empty_tables


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run only what touches the database; the rest would prove the same again."""
    if config.getoption("--database") == "postgresql":
        same = [item for item in items if "database_url" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=same)
        items[:] = [item for item in items if item not in same]


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The database the suite runs on: a file, or a private PostgreSQL."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'portal.sqlite'}"
    else:
        with private_postgres() as url:
            yield url


@pytest.fixture(scope="session")
def built_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for the whole run: rooms and templates are built once."""
    os.environ["PORTAL_INSTANCE"] = str(tmp_path_factory.mktemp("instance"))
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "only-for-tests-only-for-tests-only",
            "SQLALCHEMY_DATABASE_URI": database_url,
            "SQLITE_SYNCHRONOUS": "OFF",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
            "ENCODERS": "none",
            "SERVER_NAME": "localhost",
        }
    )
    app.test_client_class = Browser
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(built_app: Flask) -> Iterator[Flask]:
    """The app with empty tables."""
    with built_app.app_context():
        empty_tables()
        yield built_app
        db.session.remove()


@pytest.fixture
def ada(app: Flask) -> User:
    """A resident; most tests look through her eyes."""
    return _person("ada@example.org", "Ada")


@pytest.fixture
def ben(app: Flask) -> User:
    """Another resident, who must not touch what is Ada's."""
    return _person("ben@example.org", "Ben")


@pytest.fixture
def cem(app: Flask) -> User:
    """A coordinator of the Unterstützungsteam."""
    return _person("cem@example.org", "Cem", "coordinator")


@pytest.fixture
def dora(app: Flask) -> User:
    """A second coordinator, for whatever two of them do at once."""
    return _person("dora@example.org", "Dora", "coordinator")


@pytest.fixture
def eve(app: Flask) -> User:
    """The administrator."""
    return _person("eve@example.org", "Eve", "administrator")


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser nobody signed in with."""
    return app.test_client()


@pytest.fixture
def as_user(app: Flask) -> Callable[[User], Browser]:
    """Return a browser signed in as the given person."""

    def sign_in(user: User) -> Browser:
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["identity.id"] = user.fs_uniquifier
        return browser

    return sign_in


@pytest.fixture
def count_queries(app: Flask) -> Iterator[list[str]]:
    """The statements sent since the list was last cleared, without BEGIN and COMMIT."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def _person(email: str, name: str, *roles: str) -> User:
    user = create_user(email=email, name=name, password=None, roles=roles or ("resident",))
    user.confirmed_at = clock.now()
    db.session.commit()
    return user
