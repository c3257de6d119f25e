"""Where ideas went teaches which office an idea like them needs; gone ideas teach nothing."""

import pytest
from sqlalchemy import select

from matching.routing import LEAST_ROUTINGS
from portal import clock
from portal.extensions import db
from portal.ideas.actions import hide_idea, move_idea
from portal.letters import actions
from portal.letters.routings import routings as told_by_letters
from portal.matches import learning, routings
from portal.matches.index import replica
from portal.matches.models import MatcherParameters, Suggestion
from portal.matches.routings import LIKELY, SURE, WRONG
from portal.referrals.actions import answer, pass_on
from portal.referrals.routings import routings as told_by_handovers
from tests.portal.letter_cast import drafted, make_idea, make_office, sent
from tests.portal.pairs import follow_up

PATH = "/koordination/qualitaet"
STOPS = ["Haltestelle Linie vier", "Haltestelle am Markt", "Haltestelle Nordplatz", "Haltestelle"]
PONDS = ["Teich im Wäldchen", "Teich hinter dem Haus", "Ententeich", "Teich am Hang"]


@pytest.fixture
def offices(app):
    """Two offices whose entries both speak of benches."""
    parks = make_office("gruen", "Amt für Grünes", duties="Stellt Bänke in Anlagen auf.")
    roads = make_office(
        "tiefbau", "Amt für Wege", duties="Stellt Bänke auf Wegen auf.",
        everyday=["Bank fehlt vor dem Haus auf dem Weg"],
    )  # fmt: skip
    follow_up()
    return parks, roads


@pytest.fixture
def history(cem, ada, offices):
    """Benches at stops went to the roads office, those at ponds to the parks office."""
    made = []
    parks, roads = offices
    for number in range(LEAST_ROUTINGS + 20):
        office, places = ((roads, STOPS), (parks, PONDS))[number % 2]
        place = places[number // 2 % len(places)]
        idea = make_idea(ada, problem=f"Eine Bank fehlt: {place}.", wish="Bitte eine Bank.")
        letter = sent(idea, office, cem, days_ago=60 - number)
        actions.note_answer(letter, clock.now())
        made.append(idea)
    db.session.commit()
    follow_up()
    return made


@pytest.fixture
def refit(app):
    def run() -> str:
        return app.test_cli_runner().invoke(args=["match", "refit"], catch_exceptions=False).output

    return run


def offices_for(idea) -> dict[int, Suggestion]:
    rows = select(Suggestion).where(
        Suggestion.source_kind == "idea",
        Suggestion.source_id == idea.id,
        Suggestion.target_kind == "office",
        Suggestion.state == "shown",
    )
    return {row.target_id: row for row in db.session.scalars(rows.order_by(Suggestion.id))}


def bench_at_a_stop(user):
    idea = make_idea(user, problem="Eine Bank fehlt an der Haltestelle.", wish="Eine Bank.")
    follow_up()
    return idea


# -- what is told --------------------------------------------------------------------------------


def test_an_answer_is_sure_a_letter_likely_a_refusal_wrong(cem, ada, offices):
    parks, roads = offices
    idea, other = make_idea(ada), make_idea(ada, problem="Die Laterne flackert.")
    first, second, third = (
        sent(idea, parks, cem), sent(idea, roads, cem), sent(other, roads, cem),
    )  # fmt: skip
    drafted(other, parks, cem)  # never left
    actions.note_answer(first, clock.now())
    actions.note_answer(third, clock.now())
    actions.judge(third, refused=True)
    told = {(one.idea_id, one.office_id): one.sureness for one in told_by_letters()}
    assert told == {
        (idea.id, parks.id): SURE, (idea.id, roads.id): LIKELY, (other.id, roads.id): WRONG,
    }  # fmt: skip
    assert second.answered_at is None


def test_who_was_asked_instead_is_likelier_than_who_kept_silent(cem, ada, offices):
    parks, roads = offices
    idea = make_idea(ada)
    silent = sent(idea, parks, cem, days_ago=30)
    reminder = sent(idea, parks, cem, days_ago=20, follows=silent)
    assert [one.sureness for one in told_by_letters()] == [LIKELY]
    sent(idea, roads, cem, follows=reminder)
    told = {one.office_id: one.sureness for one in told_by_letters()}
    assert told == {parks.id: WRONG, roads.id: LIKELY}


def test_a_hand_over_to_an_office_by_its_name_counts_too(cem, ada, offices):
    parks, _roads = offices
    idea, other = make_idea(ada), make_idea(ada, problem="Die Laterne flackert.")
    for each, name in ((idea, "Amt für Grünes"), (other, "Bürgerverein")):
        move_idea(each, "im_gespraech", "", cem)
        handover = pass_on(
            each, to_name=name, referrer=None, passed_on=clock.today(), note="",
            contact_agreed=False, by=cem,
        )  # fmt: skip
    (told,) = told_by_handovers()
    assert (told.idea_id, told.office_id, told.sureness) == (idea.id, parks.id, LIKELY)
    handover = db.session.get_one(type(handover), handover.id - 1)
    answer(handover, idea, code="abgelehnt", text="", by=cem)
    assert [one.sureness for one in told_by_handovers()] == [WRONG]


# -- what is learned ------------------------------------------------------------------------------


def test_too_few_routings_teach_nothing(cem, ada, offices, refit):
    sent(make_idea(ada), offices[0], cem)
    follow_up()
    assert f"{LEAST_ROUTINGS} ideas sent to offices" in refit()
    assert learning.active() is None


def test_an_idea_finds_the_office_ideas_like_it_went_to(as_user, ada, ben, offices, history, refit):
    parks, roads = offices
    idea = bench_at_a_stop(ben)
    before = offices_for(idea)[roads.id].score
    table = refit()
    assert "MRR, offices of later routings" in table
    assert "in use now" in table
    follow_up()
    found = offices_for(idea)
    assert found[roads.id].score > before
    assert found[roads.id].score > getattr(found.get(parks.id), "score", 0.0)
    page = as_user(ben).visit(f"/ideen/{idea.id}/passend")
    card = page.select_one("#found-office + ul .card")
    assert "Amt für Wege" in card.text
    assert "Ähnliche Ideen gingen schon dorthin" in card.text


def test_an_idea_unlike_all_others_stays_where_it_was(ben, offices, history, refit):
    idea = make_idea(ben, problem="Stellt Bänke in Anlagen auf.", wish="Mehr Grünes.")
    follow_up()
    before = {office: row.score for office, row in offices_for(idea).items()}
    refit()
    follow_up()
    after = {office: row.score for office, row in offices_for(idea).items()}
    assert max(after, key=after.get) == max(before, key=before.get) == offices[0].id


def test_learning_again_waits_for_something_new(cem, ada, offices, history, refit):
    refit()
    assert "nothing was decided or sent" in refit()
    sent(make_idea(ada, problem="Noch eine Bank an der Haltestelle."), offices[1], cem)
    follow_up()
    assert "version p2" in refit()


def test_routings_that_mislead_later_ones_are_not_used(cem, ada, refit):
    # alike but for a word that says nothing: only routings tell them apart
    offices = [make_office(slug, f"Amt {slug} Bänke") for slug in ("der", "die")]
    for number in range(40):  # every eighth idea somebody thinks the other way round
        topic = number % 2
        place = (STOPS, PONDS)[topic][number // 2 % 4]
        idea = make_idea(ada, problem=f"Eine Bank fehlt: {place}.", wish="Bitte eine Bank.")
        letter = sent(idea, offices[(topic + number // 8) % 2], cem, days_ago=90 - number)
        if number >= 8:  # the first are less sure, so the latest eight always weigh most
            actions.note_answer(letter, clock.now())
    follow_up()
    assert "worse, so not taken: router" in refit()
    row = learning.latest(1)[0]
    assert row.metrics["routings"]["after"] < row.metrics["routings"]["before"]
    assert (row.router, learning.active()) == (None, None)


def test_a_hidden_idea_is_forgotten_with_the_next_refit_in_every_version(
    eve, cem, ada, offices, history, refit
):
    refit()
    first = learning.active()
    sent(make_idea(ada, problem="Eine Bank an der Haltestelle Ost."), offices[1], cem)
    follow_up()
    refit()
    assert learning.active().id != first.id
    assert db.session.get_one(MatcherParameters, first.id).router is not None
    hide_idea(history[0], cem, "zurückgezogen")
    db.session.commit()
    follow_up()
    refit()
    rows = db.session.scalars(select(MatcherParameters).order_by(MatcherParameters.id)).all()
    assert [row.router is not None for row in rows] == [False, False, True]
    assert history[0].id not in {ids[0] for ids in rows[-1].routed}
    assert not [ids for row in rows[:2] for ids in row.routed or ()]


def test_with_most_ideas_gone_offices_are_found_by_the_directory_again(
    cem, ada, offices, history, refit
):
    refit()
    for idea in history[5:]:
        hide_idea(idea, cem, "zurückgezogen")
    db.session.commit()
    follow_up()
    refit()
    assert learning.router_of(learning.active(), replica().matcher) is None


def test_an_administrator_rolls_the_router_back(as_user, eve, ben, offices, history, refit):
    idea = bench_at_a_stop(ben)
    before = offices_for(idea)[offices[1].id].score
    refit()
    follow_up()
    assert offices_for(idea)[offices[1].id].score != pytest.approx(before)
    as_user(eve).submit(f"{PATH}/zurueck", version=learning.active().id)
    follow_up()
    assert offices_for(idea)[offices[1].id].score == pytest.approx(before)


def test_the_quality_page_says_what_routings_taught(as_user, eve, cem, history, refit):
    assert (
        "aus dem Verzeichnis" in as_user(cem).visit(PATH).select_one("#quality-machine").parent.text
    )
    refit()
    text = as_user(cem).visit(PATH).select_one("#quality-machine").parent.text
    assert "40" in text
    table = as_user(eve).visit(PATH).select_one("#quality-versions").parent
    assert "Ämter: bisher, neu" in table.text


def test_a_router_of_other_encoders_is_left_aside(offices, history, refit):
    refit()
    row = learning.active()
    index = replica()
    learned = routings.learn(index, routings.all_routings(index))
    row.router = learned.router.to_bytes("another encoder")
    assert learning.router_of(row, index.matcher) is None


# -- nothing for offices ---------------------------------------------------------------------------


def test_without_an_office_the_page_says_that_a_person_looks(as_user, ben, cem, offices):
    idea = make_idea(ben, problem="Wir singen gern Shantys.", wish="Einen Chor gründen.")
    follow_up()
    assert offices_for(idea) == {}
    path = f"/ideen/{idea.id}/passend"
    resident = as_user(ben).visit(path).select_one("#no-office")
    assert "Unterstützungsteam" in resident.text
    assert resident.select_one("a[href*='briefe']") is None
    coordinator = as_user(cem).visit(path).select_one("#no-office")
    assert coordinator.select_one(f"a[href$='/koordination/briefe/neu?idee={idea.id}']")


def test_with_an_office_or_after_its_end_nobody_is_promised_anything(as_user, ben, cem, offices):
    fitting = make_idea(ben, problem="Stellt Bänke auf Wegen auf.")
    done = make_idea(ben, problem="Wir singen gern Shantys.", wish="Einen Chor gründen.")
    move_idea(done, "nicht_bei_wiq", "Das ist nichts für uns.", cem)
    db.session.commit()
    follow_up()
    for idea in (fitting, done):
        assert as_user(ben).visit(f"/ideen/{idea.id}/passend").select_one("#no-office") is None
