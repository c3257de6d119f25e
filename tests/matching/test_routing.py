"""Routings teach gently: what is near to them moves, what nobody routed stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Document, Matcher, NotFittedError
from matching.routing import Router, RouterError, added, log_odds, replay_in_order
from matching.simulate import Requests, read_requests, simulate, table

OFFICES = ["parks", "roads", "library"]


def routings(n: int, seed: int = 1) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Needs about two topics; zero-shot knows nothing, coordinators know where each goes."""
    random = np.random.default_rng(seed)
    topics = random.integers(2, size=n)
    X = np.eye(4)[topics] + random.normal(scale=0.2, size=(n, 4))
    return X, [OFFICES[topic] for topic in topics], np.zeros((n, 3))


def test_what_was_routed_before_is_found_again():
    router = Router().fit(*routings(200), OFFICES)
    park, road = router.contributions(np.eye(4)[:2])
    assert park["parks"] > 0.3 > -0.3 > park["roads"]
    assert road["roads"] > 0.3 > -0.3 > road["parks"]


def test_an_office_nobody_was_routed_to_keeps_its_score():
    router = Router().fit(*routings(200), OFFICES)
    assert "library" not in router.offices_
    assert "library" not in router.contributions(np.eye(4))[0]


@pytest.mark.parametrize(("n", "share"), [(1, 0.0099), (100, 0.5), (300, 0.75)])
def test_the_share_grows_with_the_routings(n, share):
    assert Router().fit(*routings(n), OFFICES).share == pytest.approx(share, abs=1e-3)


def test_few_routings_hardly_move_anything():
    gains = Router().fit(*routings(4), OFFICES).contributions(np.eye(4))
    assert max(abs(gain) for row in gains for gain in row.values()) < 0.02


def test_a_routing_without_weight_teaches_nothing():
    X, went, scores = routings(40)
    sure = [1.0 if office == "parks" else 0.0 for office in went]
    router = Router().fit(X, went, scores, OFFICES, sample_weight=sure)
    assert router.offices_ == ("parks",)
    with pytest.raises(ValueError, match="shape"):
        Router().fit(X, went, scores, OFFICES, sample_weight=np.zeros(40))


def test_shapes_that_do_not_fit_are_refused():
    X, went, scores = routings(10)
    with pytest.raises(ValueError, match="scores have"):
        Router().fit(X, went, scores[:, :2], OFFICES)


def test_what_zero_shot_knows_already_is_not_learned_again():
    X, went, scores = routings(200)
    known = scores.copy()
    known[np.arange(200), [OFFICES.index(office) for office in went]] = 12.0
    plain, sure = (Router().fit(X, went, base, OFFICES) for base in (scores, known))
    assert np.abs(sure.coef_).max() < 0.05 * np.abs(plain.coef_).max()


def test_the_same_routings_teach_the_same_in_any_order():
    X, went, scores = routings(60)
    order = np.random.default_rng(2).permutation(60)
    one = Router().fit(X, went, scores, OFFICES)
    other = Router().fit(X[order], [went[at] for at in order], scores[order], OFFICES)
    assert other.coef_ == pytest.approx(one.coef_, abs=1e-3)


def test_a_router_survives_storage_but_not_other_features():
    router = Router().fit(*routings(80), OFFICES)
    stored = router.to_bytes("v1")
    again = Router.from_bytes(stored, "v1")
    for one, other in zip(
        router.contributions(np.eye(4)), again.contributions(np.eye(4)), strict=True
    ):
        assert one == pytest.approx(other, abs=1e-2)
    assert again.share == router.share
    assert Router.from_bytes(stored, "v2") is None
    with pytest.raises(RouterError):
        Router.from_bytes(b"no router", "v1")


def test_a_router_must_be_fitted_first():
    with pytest.raises(NotFittedError):
        Router().contributions(np.eye(4))


def test_replay_judges_by_what_was_routed_earlier():
    found = replay_in_order(*routings(200), OFFICES)
    assert found.n == 160  # the first fifth has nothing before it
    assert found.before == pytest.approx(0.5)  # three equal offices: place two
    assert found.after > 0.95
    assert replay_in_order(*routings(1), OFFICES).before is None


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-20, 20))
def test_a_gain_keeps_scores_in_order_and_between_0_and_1(one, other, gain):
    low, high = added(sorted((one, other)), gain)
    assert 0.0 <= low <= high <= 1.0
    assert added(one, 0.0) == one


@pytest.fixture(scope="module")
def directory() -> Matcher:
    return Matcher(encoders="none").fit(
        [
            Document("parks", "office", "Stadtgrün", "Parks, Bäume, Bänke in Grünanlagen."),
            Document("roads", "office", "Straßenbau", "Gehwege, Fahrbahnen, Schlaglöcher, Bänke."),
            Document("need", "idea", "", "Bänke an den Gehwegen wären schön."),
        ]
    )


def test_gains_reorder_offices_and_reach_over_the_threshold(directory):
    plain = directory.search_document("need", {"office"})
    assert {match.id for match in plain} >= {"parks", "roads"}
    turned = directory.search_document("need", {"office"}, gains={"roads": 4.0, "parks": -9.0})
    assert [match.id for match in turned] == ["roads"]
    assert turned[0].score > {match.id: match.score for match in plain}["roads"]


def test_an_indexed_need_ranks_and_is_described_like_a_typed_one(directory):
    typed = dict(directory.rank("Bänke an den Gehwegen wären schön.", {"office"}))
    assert dict(directory.rank_document("need", {"office"})) == pytest.approx(typed)
    assert directory.document_features("need") == pytest.approx(
        directory.features("Bänke an den Gehwegen wären schön.")
    )


def test_log_odds_of_certain_scores_are_finite():
    assert np.isfinite(log_odds([0.0, 1.0])).all()


def test_routings_hardly_harm_even_by_words_alone_on_our_collection():
    requests = read_requests("none")
    steps = simulate(requests, steps=(0, 100), orders=3)
    assert (steps[0].asked, steps[0].before) == (len(requests.X), steps[0].after)
    assert {step.group for step in steps[1:]} == {"routed", "other"}
    for step in steps:
        assert step.after["mrr"] > step.before["mrr"] - 0.015
    assert table(steps).count("\n") == len(steps)


def test_the_simulation_learns_where_routings_say_more_than_texts():
    X, went, scores = routings(120)
    right = np.array([[office == name for name in OFFICES] for office in went])
    steps = simulate(Requests(X, scores, OFFICES, right), steps=(60,), orders=2)
    assert [step.after["hit@1"] for step in steps] == [pytest.approx(1.0, abs=0.05)]
