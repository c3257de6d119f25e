"""Decisions bend the scores, gently, and never make the matcher forget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from matching import Match, Reason, Term
from matching.feedback import (
    Example,
    Parameters,
    can_learn,
    frozen_candidates,
    match_features,
    mean_reciprocal_rank,
    reciprocal_rank,
    refit,
    replay,
    replay_in_folds,
    replay_unseen,
    rescored,
)
from matching.regression import PriorLogisticRegression


@parametrize_with_checks([PriorLogisticRegression(strength=1.0)])
def test_the_regression_behaves_like_every_estimator(estimator, check):
    check(estimator)


def decisions(n: int, seed: int = 1, bias: float = 4.0) -> list[Example]:
    """Decisions that follow the score, and far more whether the district agrees."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(n):
        score, near = random.uniform(0.3, 0.95), float(random.random() < 0.5)
        odds = np.log(score / (1 - score)) + bias * (near - 0.5)
        fits = bool(random.random() < 1 / (1 + np.exp(-odds)))
        made.append(Example(score, {"district": near}, fits, f"person:{number // 4}"))
    return made


def match(score: float, words: float = 0.1, id_: str = "a") -> Match:
    word = (Term("Rad"),)
    return Match(id_, "team", score, "gut", (Reason("words", word, word, words, "Rad", "Rad"),))


def test_without_data_the_weights_are_the_prior():
    model = PriorLogisticRegression(prior=[1.0, 0.0], strength=1e9)
    model.fit([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], [1, 0, 1])
    assert model.coef_ == pytest.approx([1.0, 0.0], abs=1e-6)


def test_with_much_data_the_prior_is_forgotten():
    random = np.random.default_rng(3)
    X = random.normal(size=(20_000, 2))
    y = random.random(20_000) < 1 / (1 + np.exp(-(X @ [0.5, -1.0])))
    model = PriorLogisticRegression(prior=[3.0, 3.0]).fit(X, y)
    assert model.coef_ == pytest.approx([0.5, -1.0], abs=0.1)


def test_a_prior_of_another_size_is_refused():
    with pytest.raises(ValueError, match="prior has shape"):
        PriorLogisticRegression(prior=[1.0]).fit([[0.0, 1.0], [1.0, 0.0]], [0, 1])


def test_parameters_that_learned_nothing_change_no_score():
    assert Parameters().is_identity
    assert Parameters().rescore(0.123, {"words": 5.0}) == 0.123
    assert rescored(match(0.4), Parameters(), {}) == match(0.4)


def test_few_decisions_hardly_move_a_score():
    learned = refit(decisions(8))
    assert learned.rescore(0.6, {"district": 1.0}) == pytest.approx(0.6, abs=0.06)


def test_many_decisions_do():
    learned = refit(decisions(800))
    near, far = (learned.rescore(0.6, {"district": value}) for value in (1.0, 0.0))
    assert near > 0.7
    assert far < 0.5


def test_what_was_learned_orders_unseen_decisions_better():
    past = decisions(600)
    before, after = replay_in_folds(past, Parameters()), replay_unseen(past)
    assert before["pairs"] == after["pairs"]
    assert after["right"] > before["right"] + 0.05


def test_noise_is_not_learned():
    random = np.random.default_rng(5)
    past = [
        Example(one.score, {"moon": random.random()}, one.fits, one.group)
        for one in decisions(200, bias=0.0)
    ]
    assert replay_unseen(past)["right"] > replay_in_folds(past, Parameters())["right"] - 0.03


def test_replay_counts_pairs_in_the_right_order():
    past = [
        Example(0.9, {}, True, "a"), Example(0.4, {}, True, "a"),
        Example(0.5, {}, False, "a"), Example(0.4, {}, False, "a"),
    ]  # fmt: skip
    assert replay(past, Parameters()) == {"n": 4, "pairs": 4, "right": 2.5 / 4}
    assert replay(past[:2], Parameters())["right"] is None


def test_one_kind_of_answer_or_too_few_of_them_teach_nothing():
    assert not can_learn([Example(0.5, {}, True, "a")] * 50)
    assert not can_learn(decisions(10))
    assert can_learn(decisions(40))


def test_the_average_match_keeps_its_score():
    past = decisions(400)
    learned = refit(past)
    mean = {"district": float(np.mean([one.features["district"] for one in past]))}
    middle = 1 / (1 + np.exp(-learned.middle))
    assert learned.rescore(middle, mean) == pytest.approx(middle)


def test_a_match_that_fits_no_more_is_dropped_and_others_get_their_new_label():
    strict = Parameters(weights={"words": -30.0}, means={"words": 0.0})
    assert rescored(match(0.5, words=1.0), strict, {"words": 1.0}) is None
    kind = Parameters(weights={"words": 3.0})
    better = rescored(match(0.5), kind, {"words": 1.0})
    assert (better.label, better.score > 0.9) == ("sehr gut", True)


def test_the_features_of_a_match_are_the_weights_of_its_reasons():
    assert match_features(match(0.5, words=0.25)) == {"words": 0.25}


def test_reciprocal_rank_counts_from_the_new_order():
    candidates = [(match(0.9, 0.0), False), (match(0.5, 1.0), True)]
    assert reciprocal_rank(candidates, Parameters()) == 0.5
    assert reciprocal_rank(candidates, Parameters(weights={"words": 5.0})) == 1.0
    assert reciprocal_rank(candidates[:1], Parameters()) == 0.0


def test_the_kept_back_requests_are_asked_with_the_weights_given():
    requests = frozen_candidates("none")
    assert len(requests) > 200
    assert 0 < mean_reciprocal_rank(requests, Parameters()) < 1
    assert mean_reciprocal_rank([], Parameters()) is None


def test_without_the_collection_there_is_nothing_to_ask(tmp_path):
    assert list(frozen_candidates("none", folder=tmp_path)) == []


@given(
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 3), st.floats(-5, 5),
)  # fmt: skip
def test_rescoring_keeps_the_order_of_scores_with_equal_features(one, other, slope, weight):
    learned = Parameters(slope=slope, weights={"x": weight})
    low, high = sorted((one, other))
    assert 0.0 <= learned.rescore(low, {"x": 1.0}) <= learned.rescore(high, {"x": 1.0}) <= 1.0


@given(st.floats(-3, 3), st.dictionaries(st.text(max_size=5), st.floats(-9, 9)))
def test_parameters_survive_storage(slope, weights):
    learned = Parameters(slope, 0.25, weights, dict.fromkeys(weights, 0.5))
    assert Parameters.from_json(learned.as_json()) == learned
