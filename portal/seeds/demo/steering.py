"""The demo's steering teams: seats, two meetings that decided, and the agenda of next week."""

from datetime import timedelta

from portal.accounts.models import User
from portal.ideas.models import Idea
from portal.seeds.demo.past import Calendar, Row, plain, rows
from portal.seeds.demo.people import STAFF_SINCE, People, coordinator
from portal.steering.actions import (
    cast_vote,
    invite,
    plan_meeting,
    put_on_agenda,
    record_decision,
    seat,
    write_minutes,
)
from portal.steering.models import AgendaItem, Meeting


def add_steering(when: Calendar, people: People, ideas: dict[str, Idea]) -> None:
    """Let the steering teams meet, oldest meeting first."""
    for row in rows("steering", "seat"):
        with when.at(STAFF_SINCE, row["member"]):
            seat(people[row["member"]], row["area"])
    for number, row in enumerate(rows("steering", "meeting")):
        _meet(when, row, people, ideas, coordinator(people, number))


def _meet(when: Calendar, row: Row, people: People, ideas: dict[str, Idea], by: User) -> None:
    with when.at(row["put_on"], "agenda"):
        meeting = plan_meeting(row["area"], when.today - timedelta(row["days_ago"]))
        items = [_put_on(each, ideas, meeting, by) for each in row["item"]]
        invite(meeting)
        for each, item in zip(row["item"], items, strict=True):
            for number, (name, vote) in enumerate(each.get("vote", {}).items()):
                last = number == len(each["vote"]) - 1
                cast_vote(item, people[name], vote, each.get("comment", "") if last else "")
    if "minutes" not in row:
        return
    with when.at(row["days_ago"], "meeting"):
        for each, item in zip(row["item"], items, strict=True):
            record_decision(
                item,
                ideas[each["idea"]],
                outcome=each["outcome"],
                reason=each["reason"],
                instead=each.get("instead", ""),
                by=by,
            )
        paragraphs = row["minutes"].strip().split("\n\n")
        write_minutes(meeting, "\n\n".join(map(plain, paragraphs)), publish=True)


def _put_on(row: Row, ideas: dict[str, Idea], meeting: Meeting, by: User) -> AgendaItem:
    return put_on_agenda(
        ideas[row["idea"]],
        meeting,
        asked=row["asked"],
        open_questions=row.get("open_questions", ""),
        by=by,
    )
