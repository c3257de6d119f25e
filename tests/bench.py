"""How fast pages are with 10,000 ideas: CPU, p50, p95 and statements. Run: make bench

Figures are of this machine and moment; quote ratios measured side by side. Wall times are of one
client in this process, without a network.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from portal import clock, create_app
from portal.accounts.actions import create_user
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.matches.index import replica
from portal.matches.models import IndexCounter, IndexEntry
from portal.offices.loading import load_offices
from portal.places.loading import load_places

VOCABULARY = (
    "Bank Baum Hof Kinder Fahrrad Straße Garten Nachbarn Müll Licht Spielplatz "
    "Treffen Musik Wasser Fest Sprache Schule Hilfe Laden Werkstatt Park Ampel Radweg "
    "Hitze Schatten Café Bücher Hund Abend Wochenende ältere Menschen gemeinsam "
    "reparieren pflanzen reden kochen lernen bauen "
)


def main() -> None:
    """Build a portal with many ideas, visit its pages, print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ideas", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app, user = build(Path(folder), given.ideas)
        rows = [measure(app, *page, given.rounds) for page in pages(app, user, given.ideas)]
    if given.json:
        print(json.dumps({"ideas": given.ideas, "pages": rows}))
        return
    print(f"{given.ideas} ideas, {given.rounds} rounds\n")
    print(f"{'page':34} {'CPU ms':>8} {'p50 ms':>8} {'p95 ms':>8} {'SQL':>4} {'KiB':>6}")
    for row in rows:
        print(
            f"{row['page']:34} {row['cpu_ms']:8.1f} {row['p50_ms']:8.1f} {row['p95_ms']:8.1f}"
            f" {row['statements']:4d} {row['kib']:6.1f}"
        )


def build(folder: Path, ideas: int) -> tuple[Flask, User]:
    """Return an app on a fresh SQLite file with places, offices and `ideas` public ideas."""
    os.environ["PORTAL_INSTANCE"] = str(folder)
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'bench.sqlite'}",
            "SERVER_NAME": "localhost",
            "RATELIMIT_ENABLED": False,
            "ENCODERS": "none",
            "SQLITE_SYNCHRONOUS": "OFF",
        }
    )
    with app.app_context():
        db.create_all()
        load_places()
        load_offices()
        user = create_user(email="bench@example.org", name="Bench", password=None)
        user.confirmed_at = clock.now()
        db.session.commit()
        _add_ideas(ideas)
        db.session.refresh(user)
        db.session.expunge(user)
    return app, user


def _add_ideas(number: int) -> None:
    """Insert ideas and their index entries in bulk; the session's events are not measured here."""
    chance = random.Random(7)
    start = clock.now()
    texts = [" ".join(chance.choices(VOCABULARY.split(), k=25)) for _ in range(number)]
    ideas = [
        {
            "problem": text, "wish": text[:80], "contribution": "", "title": text[:60],
            "language": "de", "district_id": 1 + i % 63, "under_16": False, "state": "eingegangen",
            "progress_token": f"token-{i}", "claim_code_hash": f"hash-{i}",
            "published_at": start - timedelta(minutes=i), "created_at": start, "changed_at": start,
        }
        for i, text in enumerate(texts)
    ]  # fmt: skip
    revision = db.session.get_one(IndexCounter, 1).revision
    entries = [
        {
            "kind": "idea", "subject_id": i + 1, "title": text[:60], "text": text,
            "language": "de", "facts": {}, "is_public": True, "revision": revision,
            "is_pending": False,
        }
        for i, text in enumerate(texts)
    ]  # fmt: skip
    db.session.execute(insert(Idea), ideas)
    db.session.execute(insert(IndexEntry), entries)
    db.session.commit()


def pages(app: Flask, user: User, ideas: int) -> list[tuple[str, Callable[[], FlaskClient], str]]:
    """Return what is measured: name, browser, path."""

    def signed_in() -> FlaskClient:
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = session["identity.id"] = user.fs_uniquifier
            session["_fresh"] = True
        return browser

    with app.app_context():
        started = time.perf_counter()
        replica()
        print(f"index of this process built in {time.perf_counter() - started:.2f} s\n")
    return [
        ("start page, visitor", app.test_client, "/"),
        ("ideas, signed in", signed_in, "/ideen/"),
        ("ideas, visitor", app.test_client, "/ideen/"),
        ("idea, visitor", app.test_client, f"/ideen/{ideas // 2}"),
        ("what fits an idea", app.test_client, f"/ideen/{ideas // 2}/passend"),
        ("search (words only)", app.test_client, "/suche?q=Bank+im+Park"),
        ("teams, visitor", app.test_client, "/teams/"),
        ("offices, visitor", app.test_client, "/ansprechstellen/"),
        ("sign-in form", app.test_client, "/anmelden"),
    ]


def measure(
    app: Flask, name: str, browser: Callable[[], FlaskClient], path: str, rounds: int
) -> dict[str, object]:
    """Visit `path` often and return median CPU, p50, p95 in ms, statements and size."""
    client, statements = browser(), []
    with app.app_context():
        engine = db.engine

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status}")
    event.listen(engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    cpu, wall = [], []
    for _round in range(rounds):
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        client.get(path)
        cpu.append((time.process_time() - cpu_start) * 1000)
        wall.append((time.perf_counter() - wall_start) * 1000)
    wall.sort()
    return {
        "page": name,
        "cpu_ms": round(statistics.median(cpu), 2),
        "p50_ms": round(statistics.median(wall), 2),
        "p95_ms": round(wall[int(len(wall) * 0.95) - 1], 2),
        "statements": len(statements),
        "kib": round(len(response.data) / 1024, 1),
    }


if __name__ == "__main__":
    main()
