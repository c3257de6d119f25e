"""Labels begin where decisions say, and move gently."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import GOOD, LABELS, MAYBE, VERY_GOOD
from matching.feedback import Example, Parameters
from matching.floors import (
    FARTHEST,
    Floors,
    closeness,
    refit_floors,
    replay_floors_unseen,
)
from matching.fusion import floor_of, label_of

KINDS = ("team", "person")


def decisions(n: int, harder: float = 0.0, kinds: tuple[str, ...] = KINDS) -> list[Example]:
    """Decisions as the shipped floors promise them, or `harder` by so many log odds."""
    random, made = np.random.default_rng(4), []
    for number in range(n):
        kind, score = kinds[number % len(kinds)], random.uniform(0.3, 0.95)
        chance = Floors().chance(kind, score)
        odds = np.log(chance / (1 - chance)) - harder
        fits = bool(random.random() < 1 / (1 + np.exp(-odds)))
        made.append(Example(score, {}, fits, f"idea:{number // 3}", kind))
    return made


@given(st.floats(0, 1))
def test_without_decisions_labels_are_the_shipped_ones(score):
    assert Floors().label("team", score) == label_of(score)


def test_the_shipped_floors_promise_one_in_two_and_three_in_four():
    assert Floors().chance("team", floor_of(GOOD)) == pytest.approx(0.5)
    assert Floors().chance("team", floor_of(VERY_GOOD)) == pytest.approx(0.75)


def test_decisions_as_promised_leave_the_floors_where_they_are():
    learned = refit_floors(decisions(600), Parameters())
    for label in LABELS:
        assert learned.of("team")[label] == pytest.approx(floor_of(label), abs=0.05)


def test_where_people_say_no_more_often_good_begins_later():
    learned = refit_floors(decisions(600, harder=0.8), Parameters())
    floors = learned.of("team")
    assert floors[GOOD] > floor_of(GOOD) + 0.05
    assert floors[VERY_GOOD] > floor_of(VERY_GOOD) + 0.03
    assert floors[MAYBE] == floor_of(MAYBE)
    assert learned.label("team", floor_of(GOOD)) == MAYBE


def test_twenty_decisions_hardly_move_them():
    floors = refit_floors(decisions(20, harder=1.0), Parameters()).of("team")
    assert floors[GOOD] == pytest.approx(floor_of(GOOD), abs=0.06)


def test_a_kind_moves_on_its_own_and_one_without_decisions_with_all():
    both = decisions(400, harder=0.8, kinds=("team",)) + decisions(400, kinds=("person",))
    learned = refit_floors(both, Parameters())
    team, person, resource = (learned.of(kind)[GOOD] for kind in ("team", "person", "resource"))
    assert team > resource > person


def test_what_was_learned_promises_unseen_decisions_better():
    past = decisions(600, harder=1.0)
    assert replay_floors_unseen(past, Parameters()) > closeness(past, Parameters(), Floors())


def test_closeness_of_nothing_is_nothing_and_of_the_truth_near_one():
    assert closeness([], Parameters(), Floors()) is None
    assert replay_floors_unseen([], Parameters()) is None
    sure = [Example(1.0, {}, True, "a"), Example(0.0, {}, False, "b")]
    assert closeness(sure, Parameters(), Floors()) > 0.99


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from(KINDS)), max_size=60),
)
def test_floors_keep_their_order_and_stay_near_whatever_was_decided(rows):
    past = [Example(score, {}, fits, str(at), kind) for at, (score, fits, kind) in enumerate(rows)]
    learned = refit_floors(past, Parameters())
    for kind in KINDS:
        floors = learned.of(kind)
        assert list(floors) == list(LABELS)
        assert floors[VERY_GOOD] >= floors[GOOD] >= floors[MAYBE]
        assert all(abs(floors[label] - floor_of(label)) <= FARTHEST + 1e-9 for label in LABELS)
    assert Floors.from_json(learned.as_json()) == learned


def test_nothing_stored_is_what_is_shipped():
    assert Floors.from_json(None) == Floors()
