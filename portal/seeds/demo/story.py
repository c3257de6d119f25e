"""What coordinators and residents did with suggestions so far, and the queue that still waits."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.matches.actions import approve, decline, snooze, wish
from portal.matches.by_hand import add_by_hand
from portal.matches.calls import note_call
from portal.matches.index import replica
from portal.matches.introductions import answer, ask_due
from portal.matches.jobs import encode, remind_due
from portal.matches.models import Call, IndexEntry, Introduction, IntroductionSide, Suggestion
from portal.matches.outcomes import note_outcome, outcomes_of
from portal.matches.queries import introductions_by_suggestion
from portal.matches.subjects import Subject
from portal.matches.suggest import pair_key, suggest_for
from portal.messages.actions import close_thread, post_message
from portal.messages.models import Participant, Thread
from portal.seeds.demo.past import Calendar, Row, rows
from portal.seeds.demo.people import People
from portal.seeds.vectors import use_prepared
from portal.teams.models import Opening

QUEUE_DAYS = 6  # what waits for review is at most a working week old
Targets = dict[str, Opening | Idea]


def suggest_all(when: Calendar) -> None:
    """Encode what waits for it and make suggestions, spread over the last days; commits."""
    waiting = select(IndexEntry.kind, IndexEntry.subject_id).where(IndexEntry.is_pending)
    entries = waiting.order_by(IndexEntry.id)
    subjects = list(
        dict.fromkeys((row.kind, row.subject_id) for row in db.session.execute(entries))
    )
    use_prepared()
    encode(subjects, processes=os.cpu_count() or 1)
    for number, subject in enumerate(subjects):
        with when.at(number % QUEUE_DAYS, f"{subject}"):
            suggest_for([subject])
    db.session.commit()


def tell_story(when: Calendar, people: People, targets: Targets) -> None:
    """Let coordinators decide about the pairs of the story and people answer, oldest first."""
    told: list[tuple[Row, Callable[..., None]]] = [
        (row, tell)
        for name, tell in (
            ("declined", _decline),
            ("snoozed", _snooze),
            ("introduction", _introduce),
        )
        for row in rows("story", name)
    ]
    of_pairs: dict[int, Row] = {}
    for row, tell in sorted(told, key=lambda each: -each[0]["days_ago"]):
        name = row.get("opening") or row["idea"]
        with when.at(row["days_ago"], f"{name} {row['resident']}") as moment:
            suggestion = _suggestion(people[row["resident"]], _subject(targets[name]))
            tell(row, suggestion, people[row["by"]], moment)
            of_pairs[suggestion.id] = row
    _date_back()
    _add_known(when, people, targets)
    _follow_up(when)
    _tell_outcomes(of_pairs)
    _make_old_calls()


def _follow_up(when: Calendar) -> None:
    """Remind, close and ask how it went, day by day as the worker would have."""
    first = max(row["days_ago"] for row in rows("story", "introduction"))
    for days_ago in range(first, -1, -1):
        with when.at(days_ago, "follow up"):
            remind_due()


def _tell_outcomes(of_pairs: dict[int, Row]) -> None:
    """Let people answer how it went, some hours after they were asked."""
    for suggestion_id, introduction in introductions_by_suggestion(list(of_pairs)).items():
        told = of_pairs[suggestion_id].get("told", {})
        for outcome in outcomes_of([introduction.id]):
            who = "resident" if outcome.side.kind == "person" else "other"
            if who in told:
                with clock.at(min(outcome.asked_at + timedelta(hours=3), clock.now())):
                    note_outcome(outcome, told[who])


def _make_old_calls() -> None:
    """Let coordinators have called whom they had something to tell, except this week."""
    week_ago = clock.shifted(clock.now(), days=-7)
    old = select(Call).where(Call.created_at < week_ago, Call.purpose.in_(("introduced", "ended")))
    for call in db.session.scalars(old.order_by(Call.id)).all():
        with clock.at(clock.shifted(call.created_at, days=1)):
            note_call(call, "gesagt", call.attempts)


def _add_known(when: Calendar, people: People, targets: Targets) -> None:
    """Let coordinators add whom they know."""
    for row in rows("story", "known"):
        with when.at(row["days_ago"], f"{row['idea']} {row['resident']}"):
            add_by_hand(
                _subject(targets[row["idea"]]),
                ("person", people[row["resident"]].id),
                note=row["note"],
                by=people[row["by"]],
                match=None,
                version=replica().matcher.version,
            )


def _suggestion(user: User, target: Subject) -> Suggestion:
    """Return the machine's suggestion, or one as a wish makes it: the story needs the pair."""
    source = ("person", user.id)
    found = db.session.scalar(
        select(Suggestion).where(Suggestion.pair_key == pair_key(source, target))
    )
    if found is not None and found.state == "open":
        return found
    index = replica()
    fitting = index.matches_of(source, {target[0]}, len(index.known), exclude=frozenset())
    suggestion = wish(user, target, dict(fitting).get(target), index.matcher.version)
    suggestion.wished_by_id = None  # nobody asked for it, so nobody has said yes beforehand
    return suggestion


def _decline(row: Row, suggestion: Suggestion, by: User, _moment: datetime) -> None:
    decline(suggestion, by, suggestion.version, row["reason"])


def _snooze(_row: Row, suggestion: Suggestion, by: User, _moment: datetime) -> None:
    snooze(suggestion, by, suggestion.version)


def _introduce(row: Row, suggestion: Suggestion, by: User, moment: datetime) -> None:
    introduction = approve(suggestion, by, suggestion.version)
    with clock.at(introduction.asks_from):
        ask_due()
    sides = select(IntroductionSide).where(IntroductionSide.introduction_id == introduction.id)
    by_kind = {side.kind: side for side in db.session.scalars(sides)}
    resident = by_kind.pop("person")
    asked = {"resident": resident, "other": by_kind.popitem()[1]}
    for number, (who, yes) in enumerate(_answers(row)):
        with clock.at(moment + timedelta(hours=7 + 13 * number)):
            answer(asked[who], yes)
    if "messages" in row:
        _write_to_each_other(row, introduction, resident, moment)


def _answers(row: Row) -> list[tuple[str, bool]]:
    """Return who answered what, in order. Before a no the other side often has said yes."""
    match row["state"]:
        case "asked":
            return []
        case "one_yes":
            return [(row["yes"], True)]
        case "declined":
            return [("other" if row["no"] == "resident" else "resident", True), (row["no"], False)]
        case _:
            return [("resident", True), ("other", True)]


def _write_to_each_other(
    row: Row, introduction: Introduction, resident: IntroductionSide, moment: datetime
) -> None:
    thread = db.session.get_one(Thread, introduction.thread_id)
    sides = select(Participant).where(Participant.thread_id == thread.id)
    writers = {
        "resident" if side.user_id == resident.user_id else "other": side
        for side in db.session.scalars(sides)
    }
    for number, message in enumerate(row["messages"], start=2):
        with clock.at(moment + timedelta(hours=17 * number)):
            post_message(thread, writers[message["from"]], message["text"])
    if row["state"] == "met":
        with clock.at(moment + timedelta(days=row["days_ago"] - row["ended"])):
            close_thread(thread)


def _date_back() -> None:
    """Let no suggestion be younger than the decision about it."""
    db.session.flush()
    db.session.execute(
        update(Suggestion)
        .where(Suggestion.decided_at < Suggestion.created_at)
        .values(created_at=Suggestion.decided_at)
    )


def _subject(row: Opening | Idea) -> Subject:
    return ("opening" if isinstance(row, Opening) else "idea", row.id)
