"""Why something is suggested, what is kept of it, what is learned, and that all get their turn."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from matching.feedback import LEAST_EXAMPLES, Parameters
from portal import clock
from portal.accounts.erasure import delete_user
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches import jobs, learning
from portal.matches.actions import DecidedByThemselves, decline, undo
from portal.matches.fairness import OPEN_PROPOSALS, Candidate, admit, fill_queue, gain_of_waiting
from portal.matches.models import IndexEntry, MatcherParameters, Suggestion, SuggestionEvent
from portal.matches.queries import waiting_suggestions
from portal.profiles.actions import agree_to_matching, save_profile
from portal.profiles.models import PUBLIC
from portal.teams.actions import add_member, create_team, open_opening

QUEUE = "/koordination/vorschlaege"
BIKES = "Ich repariere gern Fahrräder und habe einen Transporter."


def follow_up() -> None:
    while jobs.refresh_pending():
        pass


def profile_of(user, can: str = BIKES, **fields) -> None:
    known = {
        "can": can, "learn": "", "cares": "", "rules_out": "", "times": [], "languages": [],
        "district": None, "reach": "stadt", "visibility": {},
    }  # fmt: skip
    save_profile(user, **(known | fields))
    agree_to_matching(user, "Ja")
    db.session.commit()
    follow_up()


@pytest.fixture
def workshop(app, ben):
    """Ben's team around bicycles, with an opening."""
    team = create_team(by=ben, name="Radwerkstatt", challenge="Wir reparieren Fahrräder im Hof.")
    add_member(team, ben, is_lead=True)
    opening = open_opening(
        team, by=ben, kind="skill", title="Fahrräder reparieren",
        text="Hilf uns beim Reparieren der Fahrräder.", times=["wochenende_tag"], languages=[],
        district=None,
    )  # fmt: skip
    db.session.commit()
    follow_up()
    return team, opening


def suggestion_between(one: str, other: str) -> Suggestion:
    key = "|".join(sorted((one, other)))
    return db.session.scalars(select(Suggestion).where(Suggestion.pair_key == key)).one()


@pytest.fixture
def proposal(ada, workshop) -> Suggestion:
    """Ada and Ben's opening, waiting in the review queue."""
    profile_of(ada, times=["wochenende_tag"])
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    row.state, row.needs_review = "open", True
    db.session.commit()
    return row


def why_of(row: Suggestion) -> str:
    return f"/vorschlaege/{row.id}/warum"


def log_of(row: Suggestion) -> list[SuggestionEvent]:
    events = select(SuggestionEvent).where(SuggestionEvent.suggestion_id == row.id)
    return list(db.session.scalars(events.order_by(SuggestionEvent.id)))


# -- why ---------------------------------------------------------------------------------------


def test_every_card_leads_to_a_page_that_says_why(as_user, ada, workshop):
    profile_of(ada)
    browser = as_user(ada)
    cards = browser.visit("/profil/passend").select("article.card")
    assert cards
    for card in cards:
        url = card.select_one("a[href*='/warum']")["href"]
        page = browser.visit(url)
        assert page.h1.text == "Warum sehe ich das?"
        assert page.select_one(".reasons li")


def test_the_page_shows_both_texts_their_words_and_how_strong_each_reason_is(
    as_user, ada, proposal
):
    page = as_user(ada).visit(why_of(proposal))
    own, other = page.select(".columns section")
    assert "Ich repariere gern" in own.text
    assert "Hilf uns beim Reparieren" in other.text
    assert "Fahrräder" in {mark.text for mark in own.select("mark")}
    assert "Fahrräder" in {mark.text for mark in other.select("mark")}
    strengths = [badge.text for badge in page.select(".reasons .badge")]
    assert strengths
    assert set(strengths) <= {"stark", "mittel", "etwas"}
    assert "die Zeiten passen" in page.text
    assert "Was die Maschine nicht ansieht" in page.text
    assert "%" not in page.select_one("main").text


def test_a_pair_of_public_things_is_explained_to_everybody(visitor, workshop):
    idea = submit_idea(
        problem="Viele Fahrräder sind kaputt.", wish="Fahrräder reparieren.", publish=True
    ).idea
    db.session.commit()
    follow_up()
    row = suggestion_between(f"idea:{idea.id}", f"team:{workshop[0].id}")
    card = visitor.visit(f"/ideen/{idea.id}/passend").select_one(f"a[href='{why_of(row)}']")
    assert card
    page = visitor.visit(why_of(row))
    assert not page.select("main form")


def test_a_waiting_idea_is_explained_only_by_its_token(visitor, as_user, ada, cem, workshop):
    idea = submit_idea(problem="Viele Fahrräder sind kaputt.", wish="Fahrräder reparieren.").idea
    db.session.commit()
    follow_up()
    row = suggestion_between(f"idea:{idea.id}", f"team:{workshop[0].id}")
    token = idea.progress_token
    visitor.visit(why_of(row), status=404)
    visitor.visit(why_of(row) + "?t=wrong", status=404)
    as_user(ada).visit(why_of(row), status=404)
    as_user(cem).visit(why_of(row))
    link = visitor.visit(f"/ideen/{idea.id}/passend?t={token}").select_one("a[href*='/warum']")
    assert "kaputt" in visitor.visit(link["href"]).text


def test_strangers_and_other_residents_do_not_learn_who_fits(
    visitor, as_user, ben, dora, eve, proposal
):
    visitor.visit(why_of(proposal), status=404)
    as_user(dora).visit(why_of(proposal))
    as_user(ben).visit(why_of(proposal), status=404)  # leads the team, but Ada opened nothing


def test_a_lead_sees_only_what_the_person_opened(as_user, ada, ben, workshop):
    profile_of(
        ada, times=["wochenende_tag"], cares="Fahrräder für Kinder", visibility={"can": PUBLIC}
    )
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    page = as_user(ben).visit(why_of(row))
    assert "Transporter" in page.text
    assert "für Kinder" not in page.text
    assert "die Zeiten passen" not in page.text
    assert "nur, was dort für dich geöffnet ist" in page.text
    assert not page.select("main form")


def test_what_was_declined_is_not_explained_to_residents(as_user, ada, cem, proposal):
    decline(proposal, cem, proposal.version, "zeit")
    db.session.commit()
    as_user(ada).visit(why_of(proposal), status=404)
    as_user(cem).visit(why_of(proposal))


def test_not_for_me_hides_it_for_good_and_takes_it_out_of_the_queue(as_user, ada, cem, proposal):
    browser = as_user(ada)
    page = browser.submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="ort")
    assert "nicht mehr vor" in page.select_one("#notices").text
    assert not page.select(f"a[href='{why_of(proposal)}']")
    assert "Alles geprüft" in as_user(cem).visit(QUEUE).text
    profile_of(ada, can=BIKES + " Auch Lastenräder.")
    assert proposal.state == "declined"
    assert [event.decision for event in log_of(proposal)][-1] == "not_for_me"
    assert log_of(proposal)[-1].reason == "ort"


def test_coordinators_neither_see_nor_undo_what_somebody_sorted_out(as_user, ada, cem, proposal):
    as_user(ada).submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="thema")
    assert "Radwerkstatt" not in as_user(cem).visit(f"{QUEUE}/entschieden").text
    with pytest.raises(DecidedByThemselves):
        undo(proposal, proposal.version)


def test_who_sorted_it_out_may_still_wish_for_it(as_user, ada, proposal):
    browser = as_user(ada)
    browser.submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="zeit")
    opening_id = proposal.source_id if proposal.source_kind == "opening" else proposal.target_id
    browser.submit(f"/wunsch/opening/{opening_id}")
    assert (proposal.state, proposal.wished_by_id) == ("open", ada.id)


def test_only_the_person_can_say_not_for_me(as_user, ben, cem, proposal):
    for user in (ben, cem):
        as_user(user).submit(f"/vorschlaege/{proposal.id}/passt-nicht", reason="ort", status=404)
    assert proposal.state == "open"


def test_not_for_me_needs_one_of_the_reasons(as_user, ada, proposal):
    path = f"/vorschlaege/{proposal.id}/passt-nicht"
    as_user(ada).submit(path, reason="<b>", status=400)
    as_user(ada).submit(path, status=400)
    as_user(ada).submit(path, reason="ort")
    as_user(ada).submit(path, reason="ort")  # the same button twice
    assert [event.decision for event in log_of(proposal)].count("not_for_me") == 1


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

    def decide(n: int, *, follows: str = "times") -> None:
        for number in range(n):
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


def test_worse_parameters_are_kept_but_never_used(history, refit):
    history(80)
    perfect = Parameters(weights={"fact times": 20.0}, means={"fact times": 0.5})
    known = MatcherParameters(
        parameters=perfect.as_json(), trained_on=0, active_from=clock.now(), slot=1
    )
    db.session.add(known)
    db.session.commit()
    db.session.execute(delete(SuggestionEvent).where(SuggestionEvent.id % 3 == 0))
    rows = db.session.scalars(select(SuggestionEvent).order_by(SuggestionEvent.id)).all()
    for event in rows[:12]:  # a few strange decisions, which only training on them would explain
        event.features = event.features | {"facts": ["times", "moon"], "score": 0.9}
    db.session.commit()
    table = refit()
    row = db.session.scalars(
        select(MatcherParameters).order_by(MatcherParameters.id.desc())
    ).first()
    metrics = row.metrics["decisions"]
    worse = metrics["after"] < metrics["before"]
    assert (learning.active().id == known.id) is worse
    assert ("kept, but not used" in table) is worse


def test_an_administrator_rolls_back_step_by_step(as_user, eve, cem, history, refit):
    history(80)
    refit()
    first = learning.active().id
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


# -- fairness ----------------------------------------------------------------------------------


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
        assert list(waiting_suggestions()) == [old, strong, fresh]
