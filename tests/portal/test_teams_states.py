"""A machine plays with ideas, teams, members and openings; after each step the rules must hold."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from portal import clock
from portal.accounts.actions import create_user
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.ideas.actions import move_idea, submit_idea
from portal.ideas.models import STATES, Idea
from portal.recruiting.queries import leaderless_teams
from portal.teams import actions, adoptions, foundings
from portal.teams.models import (
    OPERATING_STATES,
    Adoption,
    Invitation,
    Membership,
    Opening,
    StatusEntry,
    Team,
)
from portal.teams.needs import Need
from portal.teams.queries import lead_ids_of
from tests.tables import empty_tables

PEOPLE, COORDINATORS = 4, 2
number = st.integers(0, 7)
yes_or_no = st.booleans()


class Teams(RuleBasedStateMachine):
    """Everybody presses everything in any order; refusals are fine, broken rules are not."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = clock.now() - timedelta(days=400)
        self.names = 0

    @initialize()
    def begin(self) -> None:
        db.session.rollback()
        empty_tables()
        for place in range(PEOPLE + COORDINATORS):
            role = "coordinator" if place >= PEOPLE else "resident"
            create_user(
                email=f"p{place}@example.org", name=f"P{place}", password=None, roles=[role]
            )
        db.session.commit()
        for who in range(2):
            self.an_idea_comes_in(who, "Eine Bank.")
        self.a_team_is_founded(0, 0, 1, 2, True)

    # -- what people do

    @rule(who=number, wish=st.sampled_from(["Eine Bank.", "Wir brauchen jemanden mit Holz."]))
    def an_idea_comes_in(self, who: int, wish: str) -> None:
        with self.later():
            submit_idea(
                problem="Es fehlt eine Bank.", wish=wish, initiator=self.person(who), publish=True
            )

    @rule(which=number, by=number, state=st.sampled_from(STATES))
    def an_idea_is_moved(self, which: int, by: int, state: str) -> None:
        if idea := self.one(Idea, which):
            with self.later():
                move_idea(idea, state, "Darum.", self.coordinator(by))

    @rule(which=number, by=number, ask=number, agreed=number, leads=yes_or_no)
    def a_team_is_founded(self, which: int, by: int, ask: int, agreed: int, leads: bool) -> None:
        idea, coordinator = self.one(Idea, which), self.coordinator(by)
        if idea is None:
            return
        with self.later():
            self.names += 1
            team = actions.create_team(
                by=coordinator, name=f"Team {self.names}", challenge="Bänke.", idea=idea
            )
            foundings.gather(
                team,
                by=coordinator,
                ask=[self.person(ask)],
                agreed=[self.person(agreed)],
                lead=self.person(agreed if leads else ask),
                needs=[Need("skill", "Wer baut mit?")],
            )

    @rule(which=number, idea=number, by=number)
    def a_paused_team_takes_an_idea_up(self, which: int, idea: int, by: int) -> None:
        team, wanted = self.one(Team, which), self.one(Idea, idea)
        if team and wanted:
            with self.later():
                foundings.take_up(team, wanted, by=self.coordinator(by))

    @rule(which=number, yes=yes_or_no)
    def somebody_answers_an_invitation(self, which: int, yes: bool) -> None:
        if invitation := self.one(Invitation, which):
            with self.later():
                foundings.answer_invitation(invitation, yes)

    @rule(which=number, state=st.sampled_from(OPERATING_STATES), carried=yes_or_no, by=number)
    def a_team_changes_its_state(self, which: int, state: str, carried: bool, by: int) -> None:
        if team := self.one(Team, which):
            with self.later():
                actions.change_state(
                    team, state=state, self_supporting=carried, by=self.coordinator(by)
                )

    @rule(which=number, who=number, leads=yes_or_no)
    def somebody_joins(self, which: int, who: int, leads: bool) -> None:
        team = self.one(Team, which)
        if team and team.takes_people:
            with self.later():
                actions.add_member(team, self.person(who), is_lead=leads)

    @rule(which=number, who=number)
    def somebody_leaves(self, which: int, who: int) -> None:
        if team := self.one(Team, which):
            with self.later():
                actions.end_membership(team, self.person(who))

    @rule(which=number, who=number)
    def somebody_offers_to_take_over(self, which: int, who: int) -> None:
        if team := self.one(Team, which):
            with self.later():
                adoptions.offer_adoption(team, self.person(who), message="Ich mache weiter.")

    @rule(which=number, by=number, yes=yes_or_no)
    def an_offer_is_answered(self, which: int, by: int, yes: bool) -> None:
        if offer := self.one(Adoption, which):
            with self.later():
                if yes:
                    adoptions.accept_adoption(offer, by=self.coordinator(by))
                    team = db.session.get_one(Team, offer.team_id)
                    assert team.state == "laeuft"
                    assert offer.user_id in lead_ids_of(team)
                else:
                    adoptions.refuse_adoption(offer, by=self.coordinator(by), reply="Nein.")

    @rule(which=number, by=number)
    def an_opening_is_published(self, which: int, by: int) -> None:
        if team := self.one(Team, which):
            with self.later():
                actions.open_opening(
                    team, by=self.coordinator(by), kind="skill", title="Wer hilft?"
                )

    @rule(which=number, by=number, again=yes_or_no)
    def an_opening_is_closed_or_opened(self, which: int, by: int, again: bool) -> None:
        if opening := self.one(Opening, which):
            with self.later():
                team, coordinator = db.session.get_one(Team, opening.team_id), self.coordinator(by)
                if again:
                    actions.reopen_opening(team, opening, by=coordinator)
                else:
                    actions.close_opening(opening, by=coordinator)

    @precondition(lambda self: self.names > 0)
    @rule(which=number, text=st.sampled_from(["", "Gut."]))
    def a_team_writes_lessons(self, which: int, text: str) -> None:
        if team := self.one(Team, which):
            with self.later():
                actions.write_lessons(
                    team, worked=text, otherwise="", costs="", duration="", permits=""
                )

    # -- what must hold after each step

    @invariant()
    def a_finished_team_looks_for_nobody(self) -> None:
        still = (
            select(func.count(Opening.id))
            .join(Opening.team)
            .where(Team.state == "abgeschlossen", Opening.closed_at.is_(None))
        )
        assert db.session.scalar(still) == 0

    @invariant()
    def somebody_is_in_a_team_at_most_once(self) -> None:
        pairs = db.session.execute(
            select(Membership.team_id, Membership.user_id).where(Membership.left_at.is_(None))
        ).all()
        assert len(pairs) == len(set(pairs))

    @invariant()
    def an_idea_with_a_team_is_founded_and_not_the_other_way_round_alone(self) -> None:
        for idea in db.session.scalars(select(Idea).where(Idea.team_id.is_not(None))):
            assert idea.state == "team_gegruendet"
            assert db.session.get(Team, idea.team_id) is not None

    @invariant()
    def the_log_ends_in_the_state_the_team_is_in(self) -> None:
        for team in db.session.scalars(select(Team)):
            last = db.session.scalars(
                select(StatusEntry)
                .where(StatusEntry.team_id == team.id, StatusEntry.state.is_not(None))
                .order_by(StatusEntry.id.desc())
            ).first()
            reached = (last.state, last.self_supporting) if last else ("laeuft", False)
            assert (team.state, team.self_supporting) == reached
            if last:
                assert team.state_since == last.day

    @invariant()
    def a_running_team_has_a_lead_or_stands_on_the_coordinators_list(self) -> None:
        without = set(db.session.scalars(select(Team.id).where(leaderless_teams())))
        for team in db.session.scalars(select(Team).where(Team.state == "laeuft")):
            assert lead_ids_of(team) or team.id in without

    @invariant()
    def nobody_is_in_a_team_against_their_own_answer(self) -> None:
        for invitation in db.session.scalars(select(Invitation)):
            if invitation.answer is None:
                assert invitation.answered_at is None
            if invitation.noted_by_id is not None:
                assert invitation.answer is True

    @invariant()
    def an_answered_offer_is_closed_and_one_person_waits_once(self) -> None:
        open_offers = db.session.execute(
            select(Adoption.team_id, Adoption.user_id).where(Adoption.closed_at.is_(None))
        ).all()
        assert len(open_offers) == len(set(open_offers))
        for offer in db.session.scalars(select(Adoption).where(Adoption.answer.is_not(None))):
            assert not offer.is_open

    # -- helpers

    def later(self) -> "Step":
        self.moment += timedelta(hours=7)
        return Step(self.moment)

    def one(self, table, which: int):
        rows = db.session.scalars(select(table).order_by(table.id)).all()
        return rows[which % len(rows)] if rows else None

    def person(self, place: int) -> User:
        return self._user(place % PEOPLE)

    def coordinator(self, place: int) -> User:
        return self._user(PEOPLE + place % COORDINATORS)

    def _user(self, place: int) -> User:
        return db.session.scalars(select(User).where(User.email == f"p{place}@example.org")).one()


class Step:
    """One transaction at one moment; what the portal refuses is rolled back whole."""

    def __init__(self, moment) -> None:
        self.clock = clock.at(moment)

    def __enter__(self) -> None:
        self.clock.__enter__()

    def __exit__(self, kind, error, trace) -> bool:
        refused = isinstance(error, PortalError)
        if kind is None:
            db.session.commit()
        else:
            db.session.rollback()
        self.clock.__exit__(None, None, None)
        db.session.expire_all()
        return refused


@pytest.mark.usefixtures("app")
class TestTeams(Teams.TestCase):
    """Some hundred steps; a failure is told as the shortest story that leads there."""

    settings = settings(
        max_examples=12,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
