"""What is kept of suggestions and decisions, and what is learned from them."""

from itertools import count, islice

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matching import LABELS
from matching.feedback import LEAST_EXAMPLES, Parameters
from matching.floors import Floors
from portal import clock
from portal.accounts.erasure import delete_user
from portal.extensions import db
from portal.matches import jobs, learning
from portal.matches.actions import decline
from portal.matches.models import IndexEntry, MatcherParameters, Suggestion, SuggestionEvent
from portal.matches.refitting import roll_back
from tests.portal.pairs import follow_up, log_of, profile_of, suggestion_between

QUEUE = "/koordination/vorschlaege"
# -- log ---------------------------------------------------------------------------------------


def test_a_stored_suggestion_is_logged_once_with_place_version_and_features(as_user, ada, proposal):
    (shown,) = log_of(proposal)
    assert (shown.decision, shown.matcher_version) == ("shown", proposal.matcher_version)
    assert shown.position >= 1
    assert shown.features["score"] == pytest.approx(proposal.score, abs=1e-3)
    assert shown.features["reasons"]["words"] > 0
    assert "times" in shown.features["facts"]
    assert shown.features["languages"] == ["de", "de"]
    jobs.refresh([("person", ada.id)])
    as_user(ada).visit("/profil/passend")
    assert len(log_of(proposal)) == 1


def test_each_decision_and_answer_is_logged(as_user, ada, ben, cem, proposal):
    browser = as_user(cem)
    for decision in ("later", "approve"):
        browser.submit(f"{QUEUE}/{proposal.id}", decision=decision, version=proposal.version)
    browser.submit(f"{QUEUE}/{proposal.id}/zurueck", version=proposal.version)
    browser.submit(
        f"{QUEUE}/{proposal.id}", decision="decline", reason="team", version=proposal.version
    )
    events = log_of(proposal)
    assert [e.decision for e in events] == ["shown", "snoozed", "approved", "undone", "declined"]
    assert events[-1].reason == "team"
    assert all(event.features == events[0].features for event in events)


def test_answers_of_an_introduction_are_logged(as_user, ada, ben, cem, proposal):
    browser = as_user(cem)
    browser.submit(f"{QUEUE}/{proposal.id}", decision="approve", version=proposal.version)
    browser.submit(f"{QUEUE}/{proposal.id}/jetzt")
    for user, answer in ((ada, "ja"), (ben, "nein")):
        link = as_user(user).visit("/vermittlungen/").select_one(".card__link")["href"]
        as_user(user).submit(link, answer=answer)
    assert [e.decision for e in log_of(proposal)][-2:] == ["accepted", "refused"]


def test_a_wish_is_logged_once(as_user, ada, workshop):
    profile_of(ada)
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    for _time in range(2):
        as_user(ada).submit(f"/wunsch/opening/{workshop[1].id}")
    assert [event.decision for event in log_of(row)] == ["shown", "wished"]


def test_with_the_account_goes_every_suggestion_about_the_person_and_its_log(ada, proposal):
    delete_user(ada)
    db.session.commit()
    assert db.session.scalars(select(SuggestionEvent)).all() == []
    rows = db.session.scalars(select(Suggestion)).all()
    assert not [row for row in rows if "person" in row.pair_key]


# -- learning ----------------------------------------------------------------------------------


@pytest.fixture
def history(app, cem):
    """Coordinators accept what agrees in time and decline the rest, whatever the score."""

    counted = count()

    def numbers(n: int) -> list[int]:
        return list(islice(counted, n))

    def decide(n: int, *, follows: str = "times") -> None:
        for number in numbers(n):
            agrees = number % 2 == 0
            row = Suggestion(
                source_kind="person", source_id=9000 + number // 4, target_kind="opening",
                target_id=9000 + number, pair_key=f"past {number}", score=0.5, label="gut",
                reasons=[], facts=[follows] if agrees else [], matcher_version="1",
                state="approved" if agrees else "declined", decided_at=clock.now(),
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            row.score = 0.4 + 0.01 * (number % 9)
            learning.note(row, "approved" if agrees else "declined", None if agrees else "zeit")
        db.session.commit()

    return decide


@pytest.fixture
def refit(app):
    """Run the command as an administrator would; return what it prints."""

    def run() -> str:
        return app.test_cli_runner().invoke(args=["match", "refit"], catch_exceptions=False).output

    return run


def test_too_few_decisions_teach_nothing(history, refit):
    history(LEAST_EXAMPLES - 2)
    assert "at least 20 decisions" in refit()
    assert db.session.scalars(select(MatcherParameters)).all() == []


def test_what_was_learned_is_measured_stored_and_used(history, refit):
    history(80)
    table = refit()
    assert "version p" in table
    assert "in use now" in table
    row = learning.active()
    assert (row.trained_on, row.metrics["decisions"]["n"]) == (80, 80)
    assert row.metrics["decisions"]["after"] > row.metrics["decisions"]["before"]
    assert row.metrics["frozen"]["after"] >= row.metrics["frozen"]["before"]
    assert learning.parameters_of(row).weights["fact times"] > 0


def test_the_worker_learns_at_night_once_enough_was_decided_and_not_again_without_news(history):
    history(LEAST_EXAMPLES - 2)
    assert not jobs.learn()
    history(60)
    assert jobs.learn()
    assert learning.active().trained_on == LEAST_EXAMPLES + 58
    assert not jobs.learn()
    assert len(db.session.scalars(select(MatcherParameters)).all()) == 1


def test_what_was_rolled_back_does_not_return_the_next_night(history):
    history(80)
    assert jobs.learn()
    roll_back(learning.active().id)
    db.session.commit()
    history(LEAST_EXAMPLES - 2)
    assert not jobs.learn()
    assert learning.active() is None


def test_learned_parameters_change_the_score_but_not_what_is_logged_of_the_matcher(
    ada, workshop, history, refit
):
    profile_of(ada, times=["wochenende_tag"])
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    before, version = row.score, row.matcher_version
    history(80)
    refit()
    follow_up()
    assert row.score > before
    assert row.matcher_version == f"{version} p{learning.active().id}"
    latest = log_of(row)[-1]
    assert (latest.decision, latest.matcher_version) == ("shown", row.matcher_version)
    assert latest.features["score"] == pytest.approx(before, abs=1e-3)


def test_labels_begin_later_where_people_say_no_and_are_rolled_back_too(
    as_user, eve, cem, ada, workshop, refit
):
    many = (
        "Ich koche, backe, singe, tanze und male gern mit Kindern am Wasser, ich kann "
        "hobeln, sägen, Gitarre spielen, ein Rad reparieren und Geschichten vorlesen."
    )
    profile_of(ada, can=many)
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    shipped = row.label
    for number in range(240):  # at this score hardly one in four is right
        past = Suggestion(
            source_kind="person", source_id=9000 + number // 4, target_kind="opening",
            target_id=9000 + number, pair_key=f"past {number}", score=row.score, label=shipped,
            reasons=[], facts=[], matcher_version="1", decided_at=clock.now(),
            state="declined" if number % 4 else "approved",
        )  # fmt: skip
        db.session.add(past)
        db.session.flush()
        learning.note(past, past.state, "thema" if number % 4 else None)
    db.session.commit()
    assert "labels, closeness to decisions" in refit()
    floors = learning.floors_of(learning.active())
    assert floors.of("opening")["gut"] > Floors().of("opening")["gut"]
    follow_up()
    assert LABELS.index(row.label) > LABELS.index(shipped)
    page = as_user(eve).visit("/koordination/qualitaet")
    assert "Ab welcher Bewertung die Stufen beginnen" in page.text
    as_user(eve).submit("/koordination/qualitaet/zurueck", version=learning.active().id)
    follow_up()
    assert row.label == shipped


def test_worse_parameters_are_kept_but_never_used(history, refit):
    history(80)
    perfect = Parameters(weights={"fact times": 20.0}, means={"fact times": 0.5})
    known = MatcherParameters(
        parameters=perfect.as_json(), trained_on=0, active_from=clock.now(), slot=1
    )
    db.session.add(known)
    events = db.session.scalars(select(SuggestionEvent).order_by(SuggestionEvent.id)).all()
    for (
        event
    ) in events:  # high scores speak against a pair, which the shrunk weights only half undo
        score = 0.6 if event.decision == "approved" else 0.999
        event.features = event.features | {"score": score}
    history(2)
    table = refit()
    metrics = learning.latest(1)[0].metrics["decisions"]
    assert metrics["after"] < metrics["before"]
    assert "worse, so not taken: weights" in table
    assert learning.parameters_of(learning.active()) == perfect  # only the floors are new


def test_an_administrator_rolls_back_step_by_step(as_user, eve, cem, history, refit):
    history(80)
    refit()
    first = learning.active().id
    history(20)
    refit()
    second = learning.active().id
    assert second != first
    browser = as_user(eve)
    page = browser.visit("/koordination/qualitaet")
    form = page.select_one("form[action$='/zurueck']")
    assert form.select_one("[name=version]")["value"] == str(second)
    path = "/koordination/qualitaet/zurueck"
    browser.submit(path, version=second)
    assert learning.active().id == first
    browser.submit(path, version=second)  # the same button twice
    assert learning.active().id == first
    browser.submit(path, version=first)
    assert learning.active() is None
    as_user(cem).submit(path, version=first, status=403)


def test_without_new_decisions_nothing_is_learned_again(history, refit):
    history(80)
    refit()
    first = learning.active().id
    assert "nothing was decided" in refit()
    assert learning.active().id == first


def test_after_a_swap_every_text_is_matched_again(ada, workshop, history, refit):
    profile_of(ada)
    history(80)
    refit()
    pending = db.session.scalars(select(IndexEntry.is_pending)).all()
    assert pending
    assert all(pending)


def test_the_table_holds_one_set_of_parameters_in_use(app):
    for _time in range(2):
        db.session.add(
            MatcherParameters(parameters={}, trained_on=0, active_from=clock.now(), slot=1)
        )
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_declines_that_say_nothing_about_the_texts_teach_nothing(as_user, cem, proposal):
    as_user(cem).submit(
        f"{QUEUE}/{proposal.id}", decision="decline", reason="bekannt", version=proposal.version
    )
    assert learning.examples() == []


def test_the_last_decision_counts(as_user, cem, proposal):
    browser = as_user(cem)
    browser.submit(f"{QUEUE}/{proposal.id}", decision="approve", version=proposal.version)
    assert [example.fits for example in learning.examples()] == [True]
    browser.submit(f"{QUEUE}/{proposal.id}/zurueck", version=proposal.version)
    assert learning.examples() == []


@pytest.mark.parametrize(
    ("reason", "agreeing", "teaches"),
    [
        ("thema", ["times"], True),
        ("zeit", [], True),  # what a shared time is worth
        ("zeit", ["times"], False),  # the times agreed on paper: another reason
        ("ort", ["borough"], False),
        ("sprache", ["times"], True),
        ("team", [], False),
    ],
)
def test_a_no_teaches_what_its_reason_says(cem, proposal, reason, agreeing, teaches):
    (shown,) = log_of(proposal)
    shown.features = shown.features | {"facts": agreeing}
    decline(proposal, cem, proposal.version, reason)
    db.session.commit()
    assert [example.fits for example in learning.examples()] == [False] * teaches
