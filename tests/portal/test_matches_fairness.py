"""All get their turn: nobody collects all proposals, and who waits longer comes first."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.extensions import db
from portal.matches.fairness import OPEN_PROPOSALS, Candidate, admit, fill_queue, gain_of_waiting
from portal.matches.models import Suggestion
from portal.matches.queries import waiting_suggestions
from tests.portal.pairs import profile_of, suggestion_between

QUEUE = "/koordination/vorschlaege"


def test_jointly_assigned_nobody_gets_all_while_others_get_nothing():
    star, plain = ("person", 1), ("person", 2)
    wanted = [("opening", number) for number in (1, 2)]
    candidates = [
        Candidate(1, star, wanted[0], 0.90), Candidate(2, star, wanted[1], 0.95),
        Candidate(3, plain, wanted[0], 0.80), Candidate(4, plain, wanted[1], 0.50),
    ]  # fmt: skip
    admitted = admit(candidates, dict.fromkeys((star, plain, *wanted), 1))
    assert set(admitted) == {2, 3}


def test_room_is_kept_on_both_sides_and_used_up():
    people = [("person", number) for number in range(12)]
    opening = ("opening", 1)
    candidates = [Candidate(n, person, opening, 0.5 + n / 100) for n, person in enumerate(people)]
    admitted = admit(candidates, dict.fromkeys(people, 6) | {opening: 5})
    assert sorted(admitted) == [7, 8, 9, 10, 11]
    assert admit(candidates, dict.fromkeys(people, 6) | {opening: 0}) == []


def test_pairs_of_people_are_capped_too():
    people = [("person", number) for number in range(4)]
    candidates = [
        Candidate(10 * a + b, people[a], people[b], 0.5) for a in range(4) for b in range(a)
    ]
    admitted = admit(candidates, dict.fromkeys(people, 1))
    taken = Counter(digit for number in admitted for digit in divmod(number, 10))
    assert max(taken.values()) == 1


def test_waiting_counts_but_only_so_much():
    now = datetime(2026, 11, 23)
    assert gain_of_waiting(now, now) == 0
    assert gain_of_waiting(now - timedelta(weeks=1), now) == pytest.approx(0.1)
    assert gain_of_waiting(now - timedelta(weeks=99), now) == pytest.approx(0.3)


def waiting(person: int, opening: int, score: float) -> Suggestion:
    row = Suggestion(
        source_kind="person", source_id=person, target_kind="opening", target_id=opening,
        pair_key=f"{person} {opening}", score=score, label="gut", reasons=[], facts=[],
        matcher_version="1", state="shown", needs_review=True,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_nobody_collects_all_proposals_of_the_queue(app):
    for person in range(1, 4):
        for opening in range(1, 11):
            waiting(person, opening, 0.9 if person == 1 else 0.6)
    fill_queue([("person", 1), ("person", 2), ("person", 3)])
    rows = db.session.scalars(select(Suggestion).where(Suggestion.state == "open")).all()
    per_person = Counter(row.source_id for row in rows)
    assert per_person == {1: 6, 2: 6, 3: 6}
    assert {row.target_id for row in rows} == set(range(1, 11))


def test_no_opening_collects_everybody(app):
    for person in range(1, 13):
        waiting(person, 1, 0.9)
        waiting(person, 2, 0.5)
    fill_queue([("opening", 1)])
    rows = db.session.scalars(select(Suggestion).where(Suggestion.state == "open")).all()
    per_opening = Counter(row.target_id for row in rows)
    assert per_opening == dict.fromkeys((1, 2), OPEN_PROPOSALS["opening"])
    assert len({row.source_id for row in rows}) == 10


def test_a_decision_makes_room_for_the_next(as_user, ada, cem, workshop):
    profile_of(ada)
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    row.state, row.needs_review = "open", True
    others = [waiting(ada.id, 5000 + number, 0.6) for number in range(6)]
    fill_queue([("person", ada.id)])
    db.session.commit()
    assert [each.state for each in others].count("open") == OPEN_PROPOSALS["person"] - 1
    as_user(cem).submit(f"{QUEUE}/{row.id}", decision="later", version=row.version)
    assert [each.state for each in others].count("open") == OPEN_PROPOSALS["person"]


def test_wishes_take_no_place_from_proposals(app, ada):
    for number in range(8):
        wished = waiting(ada.id, 100 + number, 0.9)
        wished.state, wished.wished_by_id = "open", ada.id
    row = waiting(ada.id, 1, 0.6)
    fill_queue([("person", ada.id)])
    assert row.state == "open"


def test_who_waits_rises_in_the_queue(app):
    old = waiting(1, 1, 0.6)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8), tick=False):
        strong = waiting(2, 2, 0.9)
        strong.label = "sehr gut"
        fresh = waiting(3, 3, 0.6)
        for row in (old, strong, fresh):
            row.state = "open"
        db.session.flush()
        assert waiting_suggestions()[0] == [old, strong, fresh]
